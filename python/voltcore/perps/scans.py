"""Which of millions of positions are liquidatable."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import ArrayError
from voltcore.perps.positions import Positions, ScanParams

__all__ = ["Prefilter", "Scan", "prefilter", "scan_liquidations"]


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
