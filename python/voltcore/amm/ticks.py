"""
Ticks and sqrt prices.

A tick t stands for the sqrt price ``1.0001**(t/2)``, kept as an integer scaled by 2**96 (Q64.96).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact, as_limbs
from voltcore.amm._protocol import Protocol, Rows, is_voltz

__all__ = [
    "Q96",
    "Q128",
    "max_liquidity_per_tick",
    "max_sqrt_ratio",
    "max_tick",
    "min_sqrt_ratio",
    "min_tick",
    "sqrt_ratio_at_tick",
    "sqrt_ratio_at_tick_rows",
    "tick_at_sqrt_ratio",
    "tick_at_sqrt_ratio_rows",
]

Q96 = 2**96
Q128 = 2**128


def min_tick(protocol: Protocol = "voltz") -> int:
    """The least tick: -69100 (a fixed rate of about 1000 %), or -887272 for ``"uniswap_v3"``."""
    return -69100 if is_voltz(protocol) else -887272


def max_tick(protocol: Protocol = "voltz") -> int:
    """The greatest tick: 69100 (a fixed rate of about 0.001 %), or 887272."""
    return 69100 if is_voltz(protocol) else 887272


def min_sqrt_ratio(protocol: Protocol = "voltz") -> int:
    """The least legal sqrt price, Q64.96: that of `min_tick`."""
    return sqrt_ratio_at_tick(min_tick(protocol), protocol=protocol)


def max_sqrt_ratio(protocol: Protocol = "voltz") -> int:
    """The sqrt price of `max_tick`, Q64.96; legal prices are below it."""
    return sqrt_ratio_at_tick(max_tick(protocol), protocol=protocol)


def sqrt_ratio_at_tick(tick: int, *, protocol: Protocol = "voltz") -> int:
    """
    Sqrt price of a tick.

    Parameters
    ----------
    tick : int
        In ``[-69100, 69100]``, or ``[-887272, 887272]`` for ``"uniswap_v3"``.
    protocol : {"voltz", "uniswap_v3"}
        Whose range of ticks.

    Returns
    -------
    int
        ``1.0001**(tick/2)`` as Q64.96, rounded up as the contract does.

    Raises
    ------
    InputRangeError
        "T": the tick is out of range.

    Notes
    -----
    Source: ``TickMath.sol``, ``getSqrtRatioAtTick``.
    """
    return _core.amm_sqrt_ratio_at_tick(tick, is_voltz(protocol))


def sqrt_ratio_at_tick_rows(ticks: Any, *, protocol: Protocol = "voltz", threads: int = 0) -> Rows:
    """
    `sqrt_ratio_at_tick` for every row.

    Parameters
    ----------
    ticks : ndarray of int32, shape (n,)
        Any integer dtype whose values fit int32.
    protocol : {"voltz", "uniswap_v3"}
        Whose range of ticks.
    threads : int
        0 for one thread for each core. The result does not depend on it.

    Returns
    -------
    Rows
        ``values``: uint64, shape (n, 4), limbs of Q64.96 sqrt prices, least significant first.
        ``status``: 110 for a tick out of range.
    """
    return Rows(
        *_core.amm_sqrt_ratio_at_tick_rows(
            as_exact(ticks, np.int32, "ticks"), is_voltz(protocol), threads
        )
    )


def tick_at_sqrt_ratio(sqrt_price_x96: int, *, protocol: Protocol = "voltz") -> int:
    """
    The greatest tick whose sqrt price is at most `sqrt_price_x96`.

    Parameters
    ----------
    sqrt_price_x96 : int
        Q64.96, at least the least and below the greatest sqrt ratio of the protocol.
    protocol : {"voltz", "uniswap_v3"}
        Whose range of prices.

    Returns
    -------
    int

    Raises
    ------
    InputRangeError
        "R": the price is out of range.

    Notes
    -----
    Source: ``TickMath.sol``, ``getTickAtSqrtRatio``.
    """
    return _core.amm_tick_at_sqrt_ratio(sqrt_price_x96, is_voltz(protocol))


def tick_at_sqrt_ratio_rows(
    sqrt_prices_x96: NDArray[np.uint64], *, protocol: Protocol = "voltz", threads: int = 0
) -> Rows:
    """
    `tick_at_sqrt_ratio` for every row.

    Parameters
    ----------
    sqrt_prices_x96 : ndarray of uint64, shape (n, 4)
        Limbs of Q64.96 sqrt prices, least significant first.
    protocol : {"voltz", "uniswap_v3"}
        Whose range of prices.
    threads : int
        0 for one thread for each core. The result does not depend on it.

    Returns
    -------
    Rows
        ``values``: int32, shape (n,). ``status``: 110 for a price out of range.
    """
    return Rows(
        *_core.amm_tick_at_sqrt_ratio_rows(
            as_limbs(sqrt_prices_x96, "sqrt_prices_x96"), is_voltz(protocol), threads
        )
    )


def max_liquidity_per_tick(tick_spacing: int, *, protocol: Protocol = "voltz") -> int:
    """
    The most liquidity that may refer to one tick: ``(2**128 - 1) // number of usable ticks``.

    Parameters
    ----------
    tick_spacing : int
        In ``[1, 16383]``.
    protocol : {"voltz", "uniswap_v3"}
        Whose range of ticks.

    Returns
    -------
    int

    Raises
    ------
    InputRangeError
        "TSOOB": the spacing is out of range.

    Notes
    -----
    Source: ``Tick.sol``, ``tickSpacingToMaxLiquidityPerTick``.
    """
    return _core.amm_max_liquidity_per_tick(tick_spacing, is_voltz(protocol))
