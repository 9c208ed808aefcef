"""Profits and liquidation prices of millions of positions at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact
from voltcore.errors import InputRangeError
from voltcore.perps.positions import Positions, ScanParams

__all__ = [
    "GridBatch",
    "PnlBatch",
    "PriceBatch",
    "liquidation_grid",
    "liquidation_prices",
    "mark_to_market",
]


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
