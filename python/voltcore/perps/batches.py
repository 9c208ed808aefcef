"""What is asked of millions of positions, or of many custodies over many steps, at once."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact, same_length
from voltcore.errors import ArrayError, InputRangeError
from voltcore.perps.positions import Positions, ScanParams

__all__ = [
    "AccrualBatch",
    "GridBatch",
    "PnlBatch",
    "Prefilter",
    "PriceBatch",
    "Scan",
    "SlopeCurve",
    "accrue",
    "liquidation_grid",
    "liquidation_prices",
    "mark_to_market",
    "prefilter",
    "scan_liquidations",
]


class Scan:
    """
    The outcome of a scan.

    Attributes
    ----------
    bitmap : ndarray of uint8, shape (ceil(n / 8),)
        Bit ``i % 8`` of byte ``i // 8`` is set when position ``i`` is liquidatable.
    hits : int
        Number of them.
    bad : int
        Rows with a status; they are never hits.
    undecided : int
        Rows that the float filter left to the integers.
    status : ndarray of uint16, shape (n,), or None
        0 or the number of an error code; None when no row is bad and none was asked for.
    shortfall_usd : ndarray of uint64, shape (n,), or None
        On request: ``ceil(size / max leverage) - remaining collateral`` of the hits, 0 elsewhere.
    """

    __slots__ = ("_rows", "bad", "bitmap", "hits", "shortfall_usd", "status", "undecided")

    def __init__(
        self,
        rows: int,
        bitmap: NDArray[np.uint8],
        hits: int,
        bad: int,
        undecided: int,
        status: NDArray[np.uint16] | None,
        shortfall_usd: NDArray[np.uint64] | None,
    ) -> None:
        self._rows = rows
        self.bitmap = bitmap
        self.hits = hits
        self.bad = bad
        self.undecided = undecided
        self.status = status
        self.shortfall_usd = shortfall_usd

    @property
    def indices(self) -> NDArray[np.intp]:
        """Positions that are liquidatable, rising."""
        bits = np.unpackbits(self.bitmap, count=self._rows, bitorder="little")
        return np.flatnonzero(bits)

    def __len__(self) -> int:
        return self._rows

    def __repr__(self) -> str:
        return f"<Scan of {self._rows:,}: {self.hits:,} hits, {self.bad:,} bad rows>"


class Prefilter(msgspec.Struct, frozen=True):
    """
    A 4-byte column that decides most rows of later scans alone.

    Attributes
    ----------
    column : ndarray of float32, shape (n,)
        The mark from which a long is certainly safe, minus the mark up to which a short is, NaN
        where nothing is certain.
    max_mark, max_cumulative : int
        Up to where that holds.
    fees : tuple of int
        The fees and the leverage limit it holds for.
    """

    column: NDArray[np.float32]
    max_mark: int
    max_cumulative: int
    fees: tuple[int, ...]


class PnlBatch(NamedTuple):
    """Profit of each position, fees not counted: USD e6, int64, and a uint16 status."""

    pnl_usd: NDArray[np.int64]
    status: NDArray[np.uint16]


class PriceBatch(NamedTuple):
    """Liquidation price of each position as interfaces show it, uint64, and a uint16 status."""

    price: NDArray[np.uint64]
    status: NDArray[np.uint16]


class GridBatch(NamedTuple):
    """
    Notional that is liquidatable at each price level.

    Attributes
    ----------
    long_usd, short_usd : list of int
        USD e6 for each level, exact.
    status : ndarray of uint16, shape (n,)
        Of the positions; bad rows are not counted.
    """

    long_usd: list[int]
    short_usd: list[int]
    status: NDArray[np.uint16]


class SlopeCurve(msgspec.Struct, frozen=True, kw_only=True):
    """
    An hourly borrow rate of two slopes, 1e9.

    Attributes
    ----------
    base_rate, slope1, slope2 : int
        At 0, added up to the kink, and added from there to full use.
    optimal_utilization : int
        The kink, in [1, 1e9].
    """

    base_rate: int = 0
    slope1: int = 0
    slope2: int = 0
    optimal_utilization: int = 1_000_000_000


class AccrualBatch(NamedTuple):
    """Custodies after the steps, uint64, and a uint16 status; a row with a status is 0."""

    owned: NDArray[np.uint64]
    locked: NDArray[np.uint64]
    cumulative: NDArray[np.uint64]
    status: NDArray[np.uint16]


def scan_liquidations(
    positions: Positions,
    price: int,
    now: int,
    params: ScanParams,
    *,
    prefilter: Prefilter | None = None,
    shortfall: bool = False,
    status: bool = False,
    threads: int = 0,
) -> Scan:
    """
    Which positions are liquidatable at a mark price; exact.

    Parameters
    ----------
    positions : Positions
    price : int
        The mark, the unit of the entries, uint64.
    now : int
        Unix seconds; borrow fees are counted up to it.
    params : ScanParams
    prefilter : Prefilter, optional
        Of these positions. It is used while it holds and ignored after.
    shortfall, status : bool
        Whether to return those columns.
    threads : int
        0 is one for each core. The result does not depend on it.

    Returns
    -------
    Scan

    Raises
    ------
    ArrayError
        E122 for a prefilter of another length.
    InputTypeError, InputRangeError, ArithmeticOverflowError
        For scalars that are no uint64; ``MathOverflow`` for a cumulative beyond 128 bits.

    Notes
    -----
    A row is bad when its size or entry is 0, its side is not 0 or 1, its snapshot is ahead of the
    market, or a figure of it leaves u64. Rule: ``remaining * max_leverage < size * 10_000`` with
    ``remaining = collateral + pnl - close fee - borrow fee``, profit rounded down and fees up.
    """
    market = params.market(price, now)
    column = None
    if prefilter is not None:
        if len(prefilter.column) != len(positions):
            raise ArrayError(
                f"has {len(prefilter.column)} rows for {len(positions)} positions",
                code="E122",
                field="prefilter",
            )
        holds = price <= prefilter.max_mark and market[1] <= prefilter.max_cumulative
        if holds and market[2:] == prefilter.fees:
            column = prefilter.column
    columns = positions.columns()
    bitmap, hits, bad, undecided, codes, missing = _core.perps_scan(
        columns, market, column, status, shortfall, threads
    )
    if bad and not status:
        codes = _core.perps_scan(columns, market, column, True, False, threads)[4]
    return Scan(
        len(positions),
        bitmap,
        hits,
        bad,
        undecided,
        codes if status or bad else None,
        missing if shortfall else None,
    )


def prefilter(
    positions: Positions,
    params: ScanParams,
    *,
    max_mark: int,
    until: int,
    threads: int = 0,
) -> Prefilter:
    """
    The 4-byte column of `scan_liquidations`: built once, it saves most of the memory traffic.

    Parameters
    ----------
    positions : Positions
    params : ScanParams
    max_mark : int
        Greatest price that later scans will use it for.
    until : int
        Unix seconds up to which borrow fees are counted, at the rate of `params`.
    threads : int
        0 is one for each core.

    Returns
    -------
    Prefilter
    """
    market = params.market(max_mark, until)
    column = _core.perps_prefilter(positions.columns(), market, threads)
    return Prefilter(column, max_mark, market[1], market[2:])


def mark_to_market(positions: Positions, price: int, *, threads: int = 0) -> PnlBatch:
    """
    Profit of each position at a mark, rounded toward zero.

    Parameters
    ----------
    positions : Positions
    price : int
        uint64.
    threads : int
        0 is one for each core.

    Returns
    -------
    PnlBatch
    """
    return PnlBatch(*_core.perps_mark_to_market(positions.columns(), (price, 0, 0, 0, 1), threads))


def liquidation_prices(
    positions: Positions, now: int, params: ScanParams, *, threads: int = 0
) -> PriceBatch:
    """
    Liquidation price of each position, fees rounded down as interfaces do.

    Parameters
    ----------
    positions : Positions
    now : int
        Unix seconds; borrow fees are counted up to it.
    params : ScanParams
    threads : int
        0 is one for each core.

    Returns
    -------
    PriceBatch
    """
    return PriceBatch(
        *_core.perps_liquidation_prices(positions.columns(), params.market(1, now), threads)
    )


def liquidation_grid(
    positions: Positions, prices: Any, now: int, params: ScanParams, *, threads: int = 0
) -> GridBatch:
    """
    Notional that is liquidatable at each of many price levels: the heat map of a dashboard.

    Parameters
    ----------
    positions : Positions
    prices : array_like of uint64, shape (m,)
        Rising levels, above 0.
    now : int
        Unix seconds; borrow fees are counted up to it.
    params : ScanParams
    threads : int
        0 is one for each core.

    Returns
    -------
    GridBatch

    Raises
    ------
    InputRangeError
        E110 for levels that are not strictly rising or not positive.
    """
    levels = as_exact(prices, np.uint64, "prices")
    if len(levels) and (levels[0] == 0 or not bool(np.all(levels[1:] > levels[:-1]))):
        raise InputRangeError("is not strictly rising from above 0", code="E110", field="prices")
    return GridBatch(
        *_core.perps_liquidation_grid(positions.columns(), params.market(1, now), levels, threads)
    )


def accrue(
    owned: Any,
    locked: Any,
    cumulative: Any,
    seconds: Any,
    curve: SlopeCurve,
    *,
    rounding: Literal["up", "down"] = "up",
    compound: bool = False,
    threads: int = 0,
) -> AccrualBatch:
    """
    Borrow interest of many custodies over many steps; exact.

    In each step the rate at ``floor(locked * 1e9 / owned)``, times ``seconds / 3600``, is added to
    the cumulative.

    Parameters
    ----------
    owned, locked, cumulative : array_like of uint64, shape (n,)
        Token units, and the cumulative rate, 1e9.
    seconds : array_like of uint32, shape (steps,)
        Length of each step.
    curve : SlopeCurve
    rounding : {"up", "down"}
        Of each step's rate; the ancestor of the pools rounds up.
    compound : bool
        Whether ``floor(locked * rate)`` of each step is added to locked and owned, as in a money
        market; the pools do not compound.
    threads : int
        0 is one for each core.

    Returns
    -------
    AccrualBatch
        New arrays.

    Raises
    ------
    ArrayError
        E120, E121, E122.
    InputRangeError
        E110 for a kink outside [1, 1e9], E114 for a rounding that is neither.
    """
    if rounding not in ("up", "down"):
        raise InputRangeError(f"{rounding!r} is neither up nor down", code="E114", field="rounding")
    held = as_exact(owned, np.uint64, "owned")
    used = as_exact(locked, np.uint64, "locked")
    before = as_exact(cumulative, np.uint64, "cumulative")
    same_length(owned=held, locked=used, cumulative=before)
    times = as_exact(seconds, np.uint32, "seconds")
    slopes = (curve.base_rate, curve.slope1, curve.slope2, curve.optimal_utilization)
    return AccrualBatch(
        *_core.perps_accrue(held, used, before, times, slopes, rounding == "up", compound, threads)
    )
