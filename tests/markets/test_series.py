"""Price series: the shipped tables, a user's own files, and every way a file can be wrong."""

from __future__ import annotations

import builtins
import math
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from voltcore import errors
from voltcore.markets import EpochBridge, PriceSeries

SHARED = Path(__file__).parents[3] / "shared" / "data"


def write(folder: Path, text: str | bytes, name: str = "prices.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_btc_table_is_there() -> None:
    series = PriceSeries.load("btc_weekly")
    assert len(series) == 260
    assert str(series.times[0]) == "2020-01-10T02:00:00"
    assert str(series.times[-1]) == "2024-12-27T02:00:00"
    assert series.closes[0] == 7_804_990_000
    assert series.gaps == ()
    assert set(series.columns) == {
        "high_usd",
        "low_usd",
        "realised_variance",
        "hours",
        "perp_funding_sum",
    }
    # The README of the data: 66.0 % a year.
    yearly = math.sqrt(series.column("realised_variance").mean() * 52.1775)
    assert round(100 * yearly, 1) == 66.0
    assert (np.diff(series.seconds) == 604_800).all()
    assert (
        (series.column("low_usd") <= series.prices) & (series.prices <= series.column("high_usd"))
    ).all()


def test_the_sol_table_is_there() -> None:
    series = PriceSeries.load("sol_weekly")
    assert len(series) == 267
    assert series.closes[0] == 3_850_000
    assert series.column("perp_close_usd")[0] == 3.856
    assert series.gaps == ()


def test_another_name_gets_the_nearest_one_as_a_hint() -> None:
    with pytest.raises(errors.InputRangeError, match="did you mean 'btc_weekly'") as caught:
        PriceSeries.load("btc_wekly")
    assert caught.value.code == "E114"
    with pytest.raises(errors.InputTypeError):
        PriceSeries.load(3)  # type: ignore[arg-type]


def test_a_csv_of_one_s_own_is_read_exactly(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeffwhen, price ,volume\r\n"
        '2024-01-01T00:00:00Z,0.1,5\r\n\r\n"2024-01-01T01:00:00+00:00",2251799813.685247,\r\n'
        "1704074400,1e3,7.5\r\n2024-01-01T03:00:00,2.50000000000,8\r\n",
    )
    series = PriceSeries.read(path, time="when", price="price", columns=["volume"])
    assert series.closes.tolist() == [100_000, 2_251_799_813_685_247, 10**9, 2_500_000]
    assert series.seconds.tolist() == [1704067200 + 3600 * i for i in range(4)]
    assert series.name == "prices.csv"
    assert_array_equal(series.column("volume"), [5.0, math.nan, 7.5, 8.0])
    assert not series.closes.flags.writeable


def test_prices_keep_digits_that_a_double_would_lose(tmp_path: Path) -> None:
    series = PriceSeries.read(write(tmp_path, "time,close\n1,2.3\n2,4.35\n"), decimals=2)
    assert series.closes.tolist() == [230, 435]  # int(4.35 * 100) is 434
    path = write(tmp_path, "time,close\n1,0.1234567890123\n2,0.3\n")
    with pytest.raises(errors.InputRangeError) as caught:
        PriceSeries.read(path, decimals=12)
    assert (caught.value.code, caught.value.index, caught.value.field) == ("E115", 0, "close")


def test_gaps_are_reported(tmp_path: Path) -> None:
    rows = "".join(f"{3600 * hour},1\n" for hour in (0, 1, 2, 5, 6, 7, 9))
    gaps = PriceSeries.read(write(tmp_path, "time,close\n" + rows)).gaps
    assert [(gap.row, gap.missing) for gap in gaps] == [(2, 2), (5, 1)]
    assert gaps[0].after == datetime(1970, 1, 1, 2, tzinfo=UTC)
    assert gaps[0].before == datetime(1970, 1, 1, 5, tzinfo=UTC)


HEAD = "time,close\n2024-01-01,10\n"


@pytest.mark.parametrize(
    ("text", "cls", "code", "field", "index"),
    [
        ("", errors.InputRangeError, "E115", "header", None),
        ("time,close\n", errors.InputRangeError, "E115", "time", None),
        ("time,price\n1,2\n", errors.InputRangeError, "E114", "column", None),
        ("time,close,close\n1,2,3\n", errors.InputRangeError, "E113", "header", None),
        (HEAD + "2024-01-02\n", errors.InputRangeError, "E115", "row", 1),
        (HEAD + "2024-01-02,1,2\n", errors.InputRangeError, "E115", "row", 1),
        (HEAD + '2024-01-02,"1\n', errors.InputRangeError, "E115", "row", 1),
        (HEAD + "2024-01-02,\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,abc\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,1_000\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,0x10\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + '2024-01-02,"1,000"\n', errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,\u0661\u0662\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02," + "1" * 79 + "\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,nan\n", errors.InputRangeError, "E112", "close", 1),
        (HEAD + "2024-01-02,-inf\n", errors.InputRangeError, "E112", "close", 1),
        (HEAD + "2024-01-02,0\n", errors.InputRangeError, "E111", "close", 1),
        (HEAD + "2024-01-02,-5\n", errors.InputRangeError, "E111", "close", 1),
        (HEAD + "2024-01-02,1e999999999\n", errors.InputRangeError, "E110", "close", 1),
        (HEAD + "2024-01-02,2251799813.685249\n", errors.InputRangeError, "E110", "close", 1),
        (HEAD + "2024-01-02,1e-999999999\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "2024-01-02,1.0000001\n", errors.InputRangeError, "E115", "close", 1),
        (HEAD + "soon,5\n", errors.InputRangeError, "E115", "time", 1),
        (HEAD + ",5\n", errors.InputRangeError, "E115", "time", 1),
        (HEAD + "1969-12-31,5\n", errors.InputRangeError, "E110", "time", 1),
        (HEAD + "2024-01-02T00:00:00.5,5\n", errors.InputRangeError, "E115", "time", 1),
        (HEAD + "2024-01-01T00:00:00Z,5\n", errors.InputRangeError, "E113", "time", 1),
        (HEAD + "2023-12-31,5\n", errors.TimeOrderError, "E705", "time", 1),
        (HEAD.encode() + b"2024-01-02,\xff\n", errors.InputRangeError, "E115", "file", None),
        (HEAD + "2024-01-02,5\0\n", errors.InputRangeError, None, None, 1),
    ],
)
def test_a_wrong_file_is_refused_with_file_row_and_column(
    tmp_path: Path,
    text: str | bytes,
    cls: type[errors.VoltcoreError],
    code: str | None,
    field: str | None,
    index: int | None,
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(cls) as caught:
        PriceSeries.read(path)
    error = caught.value
    assert code is None or (error.code, error.field) == (code, field)
    assert error.index == index
    assert error.path == str(path)


def test_the_largest_price_is_accepted(tmp_path: Path) -> None:
    series = PriceSeries.read(write(tmp_path, HEAD + "2024-01-02,2251799813.685248\n"))
    assert series.closes[1] == 2**51


def test_a_file_that_cannot_be_opened_is_a_storage_error(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path, tmp_path / "missing.parquet"):
        with pytest.raises(errors.StorageError) as caught:
            PriceSeries.read(path)
        assert caught.value.path == str(path)
        assert caught.value.errno
    with pytest.raises(errors.InputRangeError):
        PriceSeries.read("a\0b.csv")
    with pytest.raises(errors.InputTypeError):
        PriceSeries.read(7)  # type: ignore[arg-type]
    with pytest.raises(errors.InputTypeError):
        PriceSeries.read(tmp_path, time=3)  # type: ignore[arg-type]


def test_parquet_and_csv_of_the_same_prices_are_the_same_series(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    expected = PriceSeries.read(
        write(tmp_path, "time,close,x\n2024-01-01,0.1,1\n2024-01-02,4.35,2\n"), columns=["x"]
    )
    moments = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)]
    days = [date(2024, 1, 1), date(2024, 1, 2)]
    times = [
        pa.array(moments, pa.timestamp("ns", "UTC")),
        pa.array(moments, pa.timestamp("s")),
        pa.array(days, pa.date32()),
        pa.array(["2024-01-01", "2024-01-02T00:00Z"]),
        pa.array([1704067200, 1704153600], pa.int64()),
    ]
    prices = [
        pa.array([0.1, 4.35]),
        pa.array(["0.1", "4.35"]),
        pa.array([Decimal("0.10"), Decimal("4.35")], pa.decimal128(10, 2)),
        pa.array([0.1, 4.35]),
        pa.array([0.1, 4.35]),
    ]
    for number, (time, price) in enumerate(zip(times, prices, strict=True)):
        path = tmp_path / f"p{number}.parquet"
        pq.write_table(pa.table({"time": time, "close": price, "x": pa.array([1, 2])}), path)
        got = PriceSeries.read(path, columns=["x"], name="prices.csv")
        assert got == expected


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("close", [1.0, None], "E115"),
        ("close", [1.0, math.nan], "E112"),
        ("close", [True, False], "E115"),
        ("time", [None, 5], "E115"),
        ("time", [1.5, 2.5], "E115"),
        ("close", [[1.0], [2.0]], "E115"),
    ],
)
def test_wrong_parquet_cells_are_refused(
    tmp_path: Path, column: str, values: list[Any], code: str
) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = {"time": [1, 2], "close": [1.0, 2.0], column: values}
    path = tmp_path / "p.parquet"
    pq.write_table(pa.table(table), path)
    with pytest.raises(errors.InputRangeError) as caught:
        PriceSeries.read(path)
    assert (caught.value.code, caught.value.field, caught.value.path) == (code, column, str(path))


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for content in (b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1"):
        with pytest.raises(errors.InputRangeError) as caught:
            PriceSeries.read(write(tmp_path, content, "p.parquet"))
        assert caught.value.code == "E115"


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_import = builtins.__import__

    def without_pyarrow(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real_import(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    with pytest.raises(errors.ResourceError, match=r"voltcore\[app\]") as caught:
        PriceSeries.read(tmp_path / "p.parquet")
    assert caught.value.code == "E902"


def test_units_of_text_are_exact() -> None:
    series = PriceSeries.load("btc_weekly")
    assert series.units_of("6888.85") == 6_888_850_000
    assert series.units_of(5) == 5_000_000
    assert series.units_of(Decimal("5" + "." + "0" * 300)) == 5_000_000
    for bad in ("", "x", None, "-1", "0.0000001"):
        with pytest.raises(errors.InputRangeError):
            series.units_of(bad, "start_price")  # type: ignore[arg-type]


def test_a_missing_column_is_refused_by_name() -> None:
    with pytest.raises(errors.InputRangeError, match="did you mean 'realised_variance'") as caught:
        PriceSeries.load("btc_weekly").column("realized_variance")
    assert caught.value.code == "E114"


def test_log_returns_are_those_of_the_prices() -> None:
    series = PriceSeries.load("btc_weekly")
    np.testing.assert_allclose(series.log_returns(), np.diff(np.log(series.prices)), atol=2e-14)


def test_a_bridge_from_a_table_starts_where_it_is_told() -> None:
    series = PriceSeries.load("btc_weekly")
    whole = EpochBridge.from_series(series, start_price="6888.85")
    short = EpochBridge.from_series(series)
    assert (whole.epochs, short.epochs) == (260, 259)
    assert whole.closes == (6_888_850_000, *short.closes)
    assert whole.realised_variance[1:] == short.realised_variance


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not beside this checkout")
def test_the_weekly_table_is_that_of_the_hourly_closes() -> None:
    hourly = PriceSeries.read(
        SHARED / "btc_usdt_hourly_close.csv", time="timestamp_utc", price="close"
    )
    assert sum(gap.missing for gap in hourly.gaps) == 32
    assert len(hourly.gaps) == 15
    weekly = PriceSeries.load("btc_weekly")
    logs = np.log(hourly.prices)
    # A bar is labelled by its opening: the close at 02:00 is that of the bar of 01:00.
    ends = np.searchsorted(hourly.seconds + 3600, weekly.seconds, side="right") - 1
    assert_array_equal(hourly.closes[ends], weekly.closes)
    first = int(np.searchsorted(hourly.seconds + 3600, weekly.seconds[0] - 604_800))
    assert hourly.closes[first] == 6_888_850_000
    starts = np.concatenate([[first], ends[:-1]])
    variance = [
        float((np.diff(logs[a : b + 1]) ** 2).sum()) for a, b in zip(starts, ends, strict=True)
    ]
    np.testing.assert_allclose(variance, weekly.column("realised_variance"), atol=5.1e-9)
    assert_array_equal(ends - starts, weekly.column("hours"))


def test_shipped_tables_are_those_of_the_source_tree() -> None:
    folder = Path(os.path.dirname(errors.__file__)) / "data"
    for name in ("btc_weekly.csv", "sol_weekly.csv", "README.md"):
        assert (folder / name).is_file()


def test_a_series_of_bytes_is_the_series_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("time,close,more\n2024-01-01,1.5,7\n2024-01-02,2.25,8\n", encoding="utf-8")
    for kind in ("csv", "parquet"):
        if kind == "parquet":
            pq = pytest.importorskip("pyarrow.parquet")
            csv = pytest.importorskip("pyarrow.csv")
            file = tmp_path / "prices.parquet"
            pq.write_table(csv.read_csv(tmp_path / "prices.csv"), file)
        read = PriceSeries.read(file, columns=["more"])
        assert PriceSeries.from_bytes(file.read_bytes(), file.name, columns=["more"]) == read
        assert read.prices.tolist() == [1.5, 2.25]
    with pytest.raises(errors.InputRangeError) as caught:
        PriceSeries.from_bytes(b"time,close\n2024-01-01,-1\n", "x.csv")
    assert (caught.value.path, caught.value.index) == ("x.csv", 0)
    with pytest.raises(errors.InputTypeError):
        PriceSeries.from_bytes("time,close", "x.csv")  # type: ignore[arg-type]
