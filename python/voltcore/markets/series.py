"""Price series: the two weekly tables of the package, and tables of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._names import known_name
from voltcore.errors import (
    InputRangeError,
    InputTypeError,
    TimeOrderError,
    VoltcoreError,
)
from voltcore.markets._checks import integer
from voltcore.markets._tables import (
    no_column,
    number_of,
    read_csv,
    read_parquet,
    seconds_of,
    units_of,
)

__all__ = ["SHIPPED", "Gap", "PriceSeries"]

SHIPPED: Mapping[str, tuple[str, str]] = {
    "btc_weekly": ("epoch_end_utc", "close_usd"),
    "sol_weekly": ("epoch_end_utc", "spot_close_usd"),
}
"""The tables of the package, with their columns of time and of price."""

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
        known_name(name, tuple(SHIPPED), "name")
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
        if not isinstance(path, (str, PathLike)):
            raise InputTypeError("is not a path", field="path", value=path)
        return cls._read(fspath(path), None, time, price, columns, decimals, name)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        name: str,
        *,
        time: str = "time",
        price: str = "close",
        columns: Sequence[str] | Any = (),
        decimals: int = _DEFAULT_DECIMALS,
    ) -> PriceSeries:
        """
        The series in the bytes of a file; `name` is its name. All else is as for `read`.

        Parameters
        ----------
        data : bytes
            What the file holds.
        name : str
            Says by its ending what kind of file it is, and is named in messages.
        time, price, columns, decimals
            See `read`.
        """
        if not isinstance(data, bytes):
            raise InputTypeError("is not bytes", field="data", value=type(data).__name__)
        return cls._read(name, data, time, price, columns, decimals, name)

    @classmethod
    def _read(
        cls,
        shown: str,
        data: bytes | None,
        time: str,
        price: str,
        columns: Sequence[str] | Any,
        decimals: int,
        name: str | None,
    ) -> PriceSeries:
        decimals = integer(decimals, "decimals", 0, 12)
        names = [time, price, *([] if columns is ... else columns)]
        for column in names:
            if not isinstance(column, str):
                raise InputTypeError("is not a column name", field="columns", value=column)
        is_parquet = Path(shown).suffix.lower() in (".parquet", ".pq")
        reader = read_parquet if is_parquet else read_csv
        table = reader(shown, names, every=columns is ..., data=data)
        others = [column for column in table if column not in (time, price)]
        try:
            return cls.from_columns(
                table[time],
                table[price],
                {column: table[column] for column in others},
                decimals=decimals,
                name=name or Path(shown).name,
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
            seconds[row] = seconds_of(times[row], labels[0], row)
            closes[row] = units_of(prices[row], decimals, labels[1], row)
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
            label: np.array([number_of(cell, label, row) for row, cell in enumerate(column)])
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
            raise no_column(name, self.columns)
        return self.columns[name]

    def log_returns(self) -> NDArray[np.float64]:
        """``ln(close[i + 1] / close[i])``, shape (n - 1,), the same bits on every machine."""
        return np.diff(_core.markets_log(self.closes.astype(np.float64)))

    def units_of(self, price: str | int | Decimal, field: str = "price") -> int:
        """A price as units of this series, exactly; for example ``units_of("6888.85")``."""
        return units_of(price, self.decimals, field, None)

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
