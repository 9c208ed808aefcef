"""Reading a table of prices: columns of a CSV or Parquet file, and the cells in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import numpy as np

from voltcore._names import nearest
from voltcore.errors import InputRangeError, ResourceError, StorageError, VoltcoreError

MOST_ROWS = 10_000_000
_MOST_UNITS = 2**51


def no_column(name: object, known: Mapping[str, object] | Sequence[str]) -> InputRangeError:
    return InputRangeError(
        "is not a column; there are: " + (", ".join(known) or "none"),
        code="E114",
        field="column",
        value=name,
        hint=nearest(name, known),
    )


def _bad(
    cell: object, what: str, label: str, row: int | None, code: str = "E115"
) -> InputRangeError:
    return InputRangeError(what, code=code, field=label, value=cell, index=row)


def seconds_of(cell: object, label: str, row: int) -> int:
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


def units_of(cell: object, decimals: int, label: str, row: int | None) -> int:
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


def number_of(cell: object, label: str, row: int) -> float:
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
            error = no_column(name, list(header))
            error = InputRangeError(
                error.bound, code="E114", field="column", value=name, path=shown, hint=error.hint
            )
            raise error
    return list(header) if every else list(dict.fromkeys(names))


def _opened(shown: str, data: bytes | None) -> BinaryIO:
    return open(shown, "rb") if data is None else io.BytesIO(data)


def read_csv(
    shown: str, names: Sequence[str], *, every: bool, data: bytes | None = None
) -> dict[str, list[Any]]:
    """The named columns of a CSV file, or of its bytes, as text; `every` column with them."""
    try:
        with io.TextIOWrapper(_opened(shown, data), encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            if not header:
                raise InputRangeError("is empty", code="E115", field="header", path=shown)
            wanted = _wanted(header, names, shown, every=every)
            places = [header.index(name) for name in wanted]
            table: list[list[Any]] = [[] for _ in wanted]
            for row, cells in enumerate(_checked_rows(rows, len(header), shown)):
                if row >= MOST_ROWS:
                    raise ResourceError(
                        f"has more than {MOST_ROWS:,} rows", field="rows", path=shown
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


def read_parquet(
    shown: str, names: Sequence[str], *, every: bool, data: bytes | None = None
) -> dict[str, list[Any]]:
    """The named columns of a Parquet file, or of its bytes, as Python values."""
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
        with _opened(shown, data) as handle, pq.ParquetFile(handle) as file:
            if file.metadata.num_rows > MOST_ROWS:
                raise ResourceError(f"has more than {MOST_ROWS:,} rows", field="rows", path=shown)
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
