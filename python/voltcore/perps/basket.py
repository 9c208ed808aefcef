"""Positions of the ancestor: prices with a spread, profit, leverage, liquidation."""

from __future__ import annotations

from typing import NamedTuple

from voltcore import _core


class BasketQuote(NamedTuple):
    """A position of the ancestor at one instant; USD e6 and token units."""

    profit_usd: int
    loss_usd: int
    exit_fee: int
    leverage: int
    liquidation_price: int
    close_amount: int
    liquidation_amount: int
    liquidation_fee: int


def anc_spread_price(
    side: str, spot: int, ema: int, *, exponent: int, spread_bps: int
) -> tuple[int, int]:
    """
    Price that a trade of the ancestor gets.

    Parameters
    ----------
    side : {"long", "short"}
        Long: the greater of both plus the spread; short: the lesser minus it.
    spot, ema : int
        Mantissas, u64.
    exponent : int
        Power of ten of both.
    spread_bps : int
        Spread, bps.

    Returns
    -------
    tuple[int, int]
        Mantissa and exponent; up is rounded up, down is rounded down.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_anc_spread_price(side, spot, ema, exponent, spread_bps)


def anc_position_quote(
    side: str,
    *,
    entry: int,
    size_usd: int,
    borrow_size_usd: int,
    collateral_usd: int,
    collateral_amount: int,
    locked_amount: int,
    snapshot: int,
    open_time: int,
    spot: int,
    ema: int,
    exponent: int,
    decimals: int,
    spread_long_bps: int,
    spread_short_bps: int,
    close_fee_bps: int,
    liquidation_fee_bps: int,
    max_leverage_bps: int,
    cumulative: int,
    now: int,
) -> BasketQuote:
    """
    A position of the ancestor, valued.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    entry : int
        Entry price, 6 decimals.
    size_usd, borrow_size_usd, collateral_usd : int
        USD e6.
    collateral_amount, locked_amount : int
        Token units.
    snapshot, cumulative : int
        Interest trackers, 1e9.
    open_time, now : int
        Unix seconds; profit counts only after the opening second.
    spot, ema, exponent : int
        Token price; the traded token is its own collateral.
    decimals : int
        Decimals of the token.
    spread_long_bps, spread_short_bps, close_fee_bps, liquidation_fee_bps : int
        bps.
    max_leverage_bps : int
        100,000 is 10x.

    Returns
    -------
    BasketQuote
        Profit, loss and leverage as if closed now, and what closing or liquidating would
        pay.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return BasketQuote(
        *_core.perps_anc_position_quote(
            side,
            entry,
            size_usd,
            borrow_size_usd,
            collateral_usd,
            collateral_amount,
            locked_amount,
            snapshot,
            open_time,
            spot,
            ema,
            exponent,
            decimals,
            spread_long_bps,
            spread_short_bps,
            close_fee_bps,
            liquidation_fee_bps,
            max_leverage_bps,
            cumulative,
            now,
        )
    )
