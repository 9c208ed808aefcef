"""Price series: the two weekly tables of the package, and tables of one's own."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from importlib import resources
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import (
    InputRangeError,
    InputTypeError,
    ResourceError,
    StorageError,
    TimeOrderError,
    VoltcoreError,
)
from voltcore.markets._checks import integer

__all__ = ["SHIPPED", "Gap", "PriceSeries"]

SHIPPED: Mapping[str, tuple[str, str]] = {
    "btc_weekly": ("epoch_end_utc", "close_usd"),
    "sol_weekly": ("epoch_end_utc", "spot_close_usd"),
}
"""The tables of the package, with their columns of time and of price."""

_MOST_ROWS = 10_000_000
_MOST_UNITS = 2**51
_DEFAULT_DECIMALS = 6


class Gap(NamedTuple):
    """A place where rows are missing: between rows `row` and ``row + 1``."""

    row: int
    after: datetime
    before: datetime
    missing: int


@dataclass(frozen=True)
class PriceSeries:
    """
    Prices at increasing times, exact, with further columns.

    Made by `load` (a table of the package), `read` (a CSV or Parquet file) or `from_columns`.

    Attributes
    ----------
    name : str
        Where it comes from, for messages.
    seconds : ndarray of int64, shape (n,)
        Times in seconds since 1970-01-01 UTC, strictly increasing; read-only.
    closes : ndarray of int64, shape (n,)
        Prices in units of ``10**-decimals``, each in ``[1, 2**51]``; read-only.
    decimals : int
        Digits behind the point of a price unit.
    columns : mapping of str to ndarray of float64, shape (n,)
        The other numeric columns that were asked for; read-only.
    """

    name: str
    seconds: NDArray[np.int64] = field(repr=False)
    closes: NDArray[np.int64] = field(repr=False)
    decimals: int = _DEFAULT_DECIMALS
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, name: str) -> PriceSeries:
        """
        A table of the package with every column: ``"btc_weekly"`` or ``"sol_weekly"``.

        Raises
        ------
        InputRangeError
            For another name; the nearest known one is the hint.
        """
        if not isinstance(name, str):
            raise InputTypeError("is not a name", field="name", value=name)
        if name not in SHIPPED:
            near = difflib.get_close_matches(name, SHIPPED, 1)
            raise InputRangeError(
                f"is not one of {', '.join(SHIPPED)}",
                code="E114",
                field="name",
                value=name,
                hint=f"did you mean {near[0]}?" if near else None,
            )
        time, price = SHIPPED[name]
        path = resources.files("voltcore").joinpath("data", f"{name}.csv")
        with resources.as_file(path) as file:
            return cls.read(file, time=time, price=price, columns=..., name=name)

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        *,
        time: str = "time",
        price: str = "close",
        columns: Sequence[str] | Any = (),
        decimals: int = _DEFAULT_DECIMALS,
        name: str | None = None,
    ) -> PriceSeries:
        """
        A CSV file (header, comma, UTF-8) or, for a name that ends in ``.parquet``, a Parquet file.

        Parameters
        ----------
        path : str or path
            The file.
        time : str
            Column of times: ISO 8601 text (without an offset it is UTC), whole seconds since 1970,
            or a Parquet timestamp or date.
        price : str
            Column of prices. Text and decimals are read exactly; a binary float stands for its
            shortest decimal text.
        columns : sequence of str, or ``...``
            Further columns, read as float64; ``...`` is every other column.
        decimals : int, default 6
            Digits behind the point that a price may have, in ``[0, 12]``.
        name : str, optional
            For messages; by default the file's name.

        Raises
        ------
        StorageError
            If the file cannot be read.
        InputRangeError, TimeOrderError
            For a missing column, a cell that is no number or time, a price that is not above 0, not
            finite, too large or has too many digits, a repeated time or one that runs backwards:
            `path`, `field` (the column) and `index` (the row from 0) say where.
        ResourceError
            For Parquet without pyarrow, or more than ten million rows.
        """
        decimals = integer(decimals, "decimals", 0, 12)
        if not isinstance(path, (str, PathLike)):
            raise InputTypeError("is not a path", field="path", value=path)
        shown = fspath(path)
        names = [time, price, *([] if columns is ... else columns)]
        for column in names:
            if not isinstance(column, str):
                raise InputTypeError("is not a column name", field="columns", value=column)
        if Path(path).suffix.lower() in (".parquet", ".pq"):
            table = _read_parquet(shown, names, every=columns is ...)
        else:
            table = _read_csv(shown, names, every=columns is ...)
        others = [column for column in table if column not in (time, price)]
        try:
            return cls.from_columns(
                table[time],
                table[price],
                {column: table[column] for column in others},
                decimals=decimals,
                name=name or Path(path).name,
                labels=(time, price),
            )
        except VoltcoreError as error:
            if error.path is not None:
                raise
            state = error.__getstate__()
            raise type(error)(state.pop("bound"), **{**state, "path": shown}) from None

    @classmethod
    def from_columns(
        cls,
        times: Sequence[object],
        prices: Sequence[object],
        columns: Mapping[str, Sequence[object]] | None = None,
        *,
        decimals: int = _DEFAULT_DECIMALS,
        name: str = "series",
        labels: tuple[str, str] = ("time", "close"),
    ) -> PriceSeries:
        """
        A series of given columns; every cell is checked as in `read`.

        Parameters
        ----------
        times, prices : sequences of equal length
            See `read`. At least one row.
        columns : mapping of str to sequence
            Numbers, read as float64; an empty cell is NaN.
        decimals, name
            See `read`.
        labels : pair of str
            What messages call the two columns.
        """
        decimals = integer(decimals, "decimals", 0, 12)
        n = len(times)
        for label, column in [(labels[1], prices), *(columns or {}).items()]:
            if len(column) != n:
                raise InputRangeError(f"has {len(column)} rows, not {n}", code="E113", field=label)
        if n == 0:
            raise InputRangeError("has no rows", code="E115", field=labels[0])
        seconds = np.empty(n, dtype=np.int64)
        closes = np.empty(n, dtype=np.int64)
        for row in range(n):
            seconds[row] = _seconds(times[row], labels[0], row)
            closes[row] = _units(prices[row], decimals, labels[1], row)
        for row in (np.flatnonzero(np.diff(seconds) <= 0) + 1).tolist():
            if seconds[row] == seconds[row - 1]:
                raise InputRangeError(
                    "is there twice", code="E113", field=labels[0], value=times[row], index=row
                )
            raise TimeOrderError(
                f"is before {times[row - 1]} of the row above",
                field=labels[0],
                value=times[row],
                index=row,
            )
        extra = {
            label: np.array([_number(cell, label, row) for row, cell in enumerate(column)])
            for label, column in (columns or {}).items()
        }
        for array in (seconds, closes, *extra.values()):
            array.flags.writeable = False
        return cls(name, seconds, closes, decimals, extra)

    def __len__(self) -> int:
        return len(self.seconds)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PriceSeries):
            return NotImplemented
        return (
            (self.name, self.decimals) == (other.name, other.decimals)
            and np.array_equal(self.seconds, other.seconds)
            and np.array_equal(self.closes, other.closes)
            and self.columns.keys() == other.columns.keys()
            and all(
                np.array_equal(column, other.columns[label], equal_nan=True)
                for label, column in self.columns.items()
            )
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def scale(self) -> int:
        """Units in one unit of quotation: ``10**decimals``."""
        return int(10**self.decimals)

    @property
    def times(self) -> NDArray[np.datetime64]:
        """Times as datetime64[s], UTC, shape (n,)."""
        return self.seconds.astype("datetime64[s]")

    @property
    def prices(self) -> NDArray[np.float64]:
        """The doubles nearest to the prices, shape (n,); the exact ones are `closes`."""
        return self.closes / float(self.scale)

    def column(self, name: str) -> NDArray[np.float64]:
        """A further column, or `InputRangeError` E114 with the nearest name as a hint."""
        if name not in self.columns:
            raise _no_column(name, self.columns)
        return self.columns[name]

    def log_returns(self) -> NDArray[np.float64]:
        """``ln(close[i + 1] / close[i])``, shape (n - 1,), the same bits on every machine."""
        return np.diff(_core.markets_log(self.closes.astype(np.float64)))

    def units_of(self, price: str | int | Decimal, field: str = "price") -> int:
        """A price as units of this series, exactly; for example ``units_of("6888.85")``."""
        return _units(price, self.decimals, field, None)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Places where more than the usual time (the median) lies between two rows."""
        if len(self) < 3:
            return ()
        between = np.diff(self.seconds)
        usual = int(np.sort(between)[len(between) // 2])
        return tuple(
            Gap(row, _moment(self.seconds[row]), _moment(self.seconds[row + 1]), missing)
            for row in np.flatnonzero(between > usual).tolist()
            if (missing := max(1, round(int(between[row]) / usual) - 1))
        )


def _moment(seconds: np.int64) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _no_column(name: object, known: Mapping[str, object] | Sequence[str]) -> InputRangeError:
    near = difflib.get_close_matches(str(name), list(known), 1)
    return InputRangeError(
        "is not a column; there are: " + (", ".join(known) or "none"),
        code="E114",
        field="column",
        value=name,
        hint=f"did you mean {near[0]}?" if near else None,
    )


def _bad(
    cell: object, what: str, label: str, row: int | None, code: str = "E115"
) -> InputRangeError:
    return InputRangeError(what, code=code, field=label, value=cell, index=row)


def _seconds(cell: object, label: str, row: int) -> int:
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, str):
        text = cell.strip()
        if text.isascii() and text.isdigit() and len(text) <= 12:
            cell = int(text)
        else:
            try:
                cell = datetime.fromisoformat(text)
            except ValueError:
                raise _bad(cell, "is not an ISO 8601 time", label, row) from None
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, datetime):
        moment = cell if cell.tzinfo is not None else cell.replace(tzinfo=UTC)
        try:
            seconds, rest = divmod(moment - datetime(1970, 1, 1, tzinfo=UTC), _SECOND)
        except OverflowError:
            raise _bad(str(cell), "is outside the calendar", label, row, "E110") from None
        if rest:
            raise _bad(str(cell), "is not a whole second", label, row)
    elif isinstance(cell, (int, np.integer)) and not isinstance(cell, bool):
        seconds = int(cell)
    else:
        raise _bad(cell, "is not a time", label, row)
    if not 0 <= seconds < 253_402_300_800:
        raise _bad(cell, "is not between 1970 and 9999", label, row, "E110")
    return seconds


_SECOND = datetime(1970, 1, 1, 0, 0, 1) - datetime(1970, 1, 1)


def _decimal(cell: object, label: str, row: int | None) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, (float, np.floating)):
        return Decimal(repr(float(cell)))
    if isinstance(cell, (int, np.integer)) and not isinstance(cell, bool):
        return Decimal(int(cell))
    if isinstance(cell, str) and len(cell) <= 78 and cell.isascii() and "_" not in cell:
        try:
            return Decimal(cell.strip())
        except InvalidOperation:
            pass
    raise _bad(cell, "is not a decimal number", label, row)


def _units(cell: object, decimals: int, label: str, row: int | None) -> int:
    number = _decimal(cell, label, row)
    if not number.is_finite():
        raise _bad(cell, "is not finite", label, row, "E112")
    if number <= 0:
        raise _bad(cell, "is not above 0", label, row, "E111")
    if number.adjusted() > 20:
        raise _bad(cell, f"is above 2^51 units of 10^-{decimals}", label, row, "E110")
    sign, digits, exponent = number.as_tuple()
    assert sign == 0
    assert isinstance(exponent, int)
    mantissa = int("".join(map(str, digits)))
    places = exponent + decimals
    if places >= 0:
        units = mantissa * int(10**places)
    else:
        # A power of ten with more digits than the mantissa leaves a rest, whatever its size.
        power: int = 10 ** min(-places, len(digits) + 1)
        units, rest = divmod(mantissa, power)
        if rest:
            raise InputRangeError(
                f"has more than {decimals} digits behind the point",
                code="E115",
                field=label,
                value=cell,
                index=row,
                hint="give more decimals, or round it yourself",
            )
    if units > _MOST_UNITS:
        raise _bad(cell, f"is above 2^51 units of 10^-{decimals}", label, row, "E110")
    return units


def _number(cell: object, label: str, row: int) -> float:
    if cell is None or cell == "":
        return float("nan")
    if isinstance(cell, (float, np.floating)):
        return float(cell)
    number = float(_decimal(cell, label, row))
    if not np.isfinite(number):
        raise _bad(cell, "is not finite", label, row, "E112")
    return number


def _wanted(header: Sequence[str], names: Sequence[str], shown: str, *, every: bool) -> list[str]:
    if len(set(header)) != len(header):
        twice = next(name for name in header if list(header).count(name) > 1)
        raise InputRangeError(
            "heads two columns", code="E113", field="header", value=twice, path=shown
        )
    for name in names:
        if name not in header:
            error = _no_column(name, list(header))
            error = InputRangeError(
                error.bound, code="E114", field="column", value=name, path=shown, hint=error.hint
            )
            raise error
    return list(header) if every else list(dict.fromkeys(names))


def _read_csv(shown: str, names: Sequence[str], *, every: bool) -> dict[str, list[Any]]:
    try:
        with open(shown, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            if not header:
                raise InputRangeError("is empty", code="E115", field="header", path=shown)
            wanted = _wanted(header, names, shown, every=every)
            places = [header.index(name) for name in wanted]
            table: list[list[Any]] = [[] for _ in wanted]
            for row, cells in enumerate(_checked_rows(rows, len(header), shown)):
                if row >= _MOST_ROWS:
                    raise ResourceError(
                        f"has more than {_MOST_ROWS:,} rows", field="rows", path=shown
                    )
                for column, place in zip(table, places, strict=True):
                    column.append(cells[place])
    except OSError as error:
        if isinstance(error, VoltcoreError):
            raise
        raise StorageError(
            "cannot be read: " + (error.strerror or type(error).__name__),
            path=shown,
            errno=error.errno,
        ) from None
    except UnicodeDecodeError as error:
        raise InputRangeError(
            f"is not UTF-8 at byte {error.start}", code="E115", field="file", path=shown
        ) from None
    except ValueError as error:
        if isinstance(error, VoltcoreError):
            raise
        raise InputRangeError(  # a null character in the path
            "is not a path", code="E115", field="path", value=shown
        ) from None
    return dict(zip(wanted, table, strict=True))


def _checked_rows(rows: Any, width: int, shown: str) -> Iterator[list[str]]:
    row = 0
    try:
        for cells in rows:
            if not cells:
                continue  # a blank line
            if len(cells) != width:
                raise InputRangeError(
                    f"has {len(cells)} cells, not {width} (line {rows.line_num})",
                    code="E115",
                    field="row",
                    index=row,
                    path=shown,
                )
            yield cells
            row += 1
    except csv.Error as error:
        raise InputRangeError(
            f"is not CSV (line {rows.line_num}): {error}",
            code="E115",
            field="row",
            index=row,
            path=shown,
        ) from None


def _read_parquet(shown: str, names: Sequence[str], *, every: bool) -> dict[str, list[Any]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ResourceError(
            "needs pyarrow, which is not installed",
            code="E902",
            field="path",
            path=shown,
            hint="pip install 'voltcore[app]'",
        ) from None
    try:
        with open(shown, "rb") as handle, pq.ParquetFile(handle) as file:
            if file.metadata.num_rows > _MOST_ROWS:
                raise ResourceError(f"has more than {_MOST_ROWS:,} rows", field="rows", path=shown)
            wanted = _wanted(file.schema_arrow.names, names, shown, every=every)
            table = file.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, VoltcoreError):
            raise
        # pyarrow says OSError, without a number, of some damaged files too.
        if isinstance(error, OSError) and error.errno is not None:
            raise StorageError(
                "cannot be read: " + (error.strerror or type(error).__name__),
                path=shown,
                errno=error.errno,
            ) from None
        first = (str(error).splitlines() or [""])[0]
        raise InputRangeError(
            f"is not a Parquet file that can be read: {first[:120]}",
            code="E115",
            field="file",
            path=shown,
        ) from None
    out: dict[str, list[Any]] = {}
    for name in wanted:
        column = table.column(name)
        if pa.types.is_timestamp(column.type):
            # Whole microseconds: nanoseconds have no Python type without pandas.
            column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        out[name] = column.to_pylist()
    return out
