"""
The arithmetic of a venue as pure functions, the same code that `MarginVenue` runs.

Arguments and results that end in ``_bits`` are raw integers of I80F48, value * 2**48: products
round down, quotients toward zero. Each function raises `ArithmeticOverflowError` E301 where a
result would leave [-2**79, 2**79) and `DivideByZeroError` E302 for a zero divisor.
"""

from __future__ import annotations

from collections.abc import Iterable

from voltcore import _core
from voltcore.venues.config import IndexConfig, InterestCurve, PerpMarketConfig
from voltcore.venues.liquidation_receipts import (
    LiquidationAmounts,
    LiquidationSide,
    PerpLiquidationAmounts,
    TokenLoss,
)
from voltcore.venues.receipts import (
    Accrual,
    Balance,
    OpenOrdersBalance,
    PerpAccount,
    PositionValue,
    Weights,
)

__all__ = [
    "accrue",
    "credit",
    "debit",
    "funding_delta",
    "funding_diff",
    "impact_price",
    "index_price",
    "interest_rate",
    "leverage_weights",
    "liquidation_amounts",
    "liquidation_deficit",
    "perp_liquidation_amounts",
    "perp_loss_per_lot",
    "perp_value",
    "settle_funding",
    "settlement",
    "spot_value",
    "token_loss",
    "weighted",
]


def interest_rate(curve: InterestCurve, utilization_bits: int) -> int:
    """
    Rate at a utilisation, which may exceed 1; nothing clamps it.

    Parameters
    ----------
    curve : InterestCurve
        The result is per year when the curve's rates are.
    utilization_bits : int

    Returns
    -------
    int
        I80F48 bits.
    """
    return _core.venues_interest_rate(curve, utilization_bits)


def accrue(
    curve: InterestCurve,
    *,
    deposits_bits: int,
    borrows_bits: int,
    deposit_index_bits: int,
    borrow_index_bits: int,
    elapsed: int,
) -> Accrual:
    """
    The indices of a bank `elapsed` seconds later.

    Parameters
    ----------
    curve : InterestCurve
    deposits_bits, borrows_bits : int
        Totals in index units.
    deposit_index_bits, borrow_index_bits : int
        Native units per index unit.
    elapsed : int
        Seconds.

    Returns
    -------
    Accrual

    Notes
    -----
    Source: Mango v3 ``RootBank::update_index``.
    """
    return Accrual(
        **_core.venues_accrue(
            curve, deposits_bits, borrows_bits, deposit_index_bits, borrow_index_bits, elapsed
        )
    )


def credit(
    balance: Balance, *, deposit_index_bits: int, borrow_index_bits: int, native_bits: int
) -> Balance:
    """
    `balance` after `native_bits` >= 0 came in: a borrow is paid back first.

    Returns
    -------
    Balance
        Index units, truncated.
    """
    return Balance(
        **_core.venues_credit(balance, deposit_index_bits, borrow_index_bits, native_bits)
    )


def debit(
    balance: Balance, *, deposit_index_bits: int, borrow_index_bits: int, native_bits: int
) -> Balance:
    """
    `balance` after `native_bits` >= 0 went out: a deposit is emptied first, the rest is borrowed.

    Returns
    -------
    Balance
        Index units, truncated.
    """
    return Balance(
        **_core.venues_debit(balance, deposit_index_bits, borrow_index_bits, native_bits)
    )


def index_price(config: IndexConfig, price_bits: int) -> int:
    """``price ** power / scale``: the square rounds down, the division toward zero."""
    return _core.venues_index_price(config, price_bits)


def funding_diff(config: PerpMarketConfig, index_bits: int, bid_lots: int, ask_lots: int) -> int:
    """
    How far the book stands from the index, clamped.

    Parameters
    ----------
    config : PerpMarketConfig
    index_bits : int
        Index price, native quote per native base.
    bid_lots, ask_lots : int
        Impact prices, quote lots per base lot; 0 for a side without enough size.

    Returns
    -------
    int
        I80F48 bits; the clamp with one side, 0 with none.
    """
    return _core.venues_funding_diff(config, index_bits, bid_lots, ask_lots)


def funding_delta(config: PerpMarketConfig, index_bits: int, diff_bits: int, elapsed: int) -> int:
    """
    Funding per base lot of `elapsed` seconds, native quote; positive when longs pay.

    ``((index * diff) * base_lot_size) * (elapsed / period)``, evaluated in this order.
    """
    return _core.venues_funding_delta(config, index_bits, diff_bits, elapsed)


def impact_price(levels: Iterable[tuple[int, int]], quantity: int) -> int:
    """
    Price of the level at which the cumulative size first reaches `quantity`.

    Parameters
    ----------
    levels : iterable of (price_lots, size_lots)
        Best first.
    quantity : int
        Base lots.

    Returns
    -------
    int
        Quote lots per base lot; 0 when the side does not hold that much.
    """
    return _core.venues_impact_price(levels, quantity)


def settle_funding(
    account: PerpAccount, *, long_funding_bits: int, short_funding_bits: int
) -> PerpAccount:
    """
    `account` after its funding up to the given accumulators; exact.

    Notes
    -----
    Source: Mango v3 ``PerpAccount::settle_funding``.
    """
    return PerpAccount(
        **_core.venues_settle_position_funding(account, long_funding_bits, short_funding_bits)
    )


def perp_value(
    account: PerpAccount,
    config: PerpMarketConfig,
    *,
    price_bits: int,
    long_funding_bits: int,
    short_funding_bits: int,
) -> PositionValue:
    """
    Base and quote value of a position with the worse side of its open orders; exact.

    Ties take the ask side. Source: Mango v3 ``PerpAccount::get_val``.
    """
    return PositionValue(
        **_core.venues_perp_value(
            account, config, price_bits, long_funding_bits, short_funding_bits
        )
    )


def spot_value(
    net_bits: int, price_bits: int, orders: OpenOrdersBalance | None = None
) -> PositionValue:
    """
    Base and quote value of a token balance, with its open orders if any.

    Parameters
    ----------
    net_bits : int
        Native deposit, or minus the borrow.
    price_bits : int
        Native quote per native unit.
    orders : OpenOrdersBalance, optional

    Returns
    -------
    PositionValue
        The products round down, so a borrow rounds away from zero.
    """
    return PositionValue(**_core.venues_spot_value(net_bits, price_bits, orders))


def leverage_weights(leverage_bits: int) -> Weights:
    """Weights ``(L - 1) / L`` and ``(L + 1) / L`` of a leverage above 0, each one division."""
    return Weights(**_core.venues_leverage_weights(leverage_bits))


def weighted(value: PositionValue, weights: Weights) -> int:
    """``base * weight + quote``, the asset weight for a base value >= 0, else the liability's."""
    return _core.venues_weighted(value, weights.asset_bits, weights.liability_bits)


def settlement(profit_a_bits: int, profit_b_bits: int) -> int:
    """What settling two profits moves out of the first; 0 unless the signs differ."""
    return _core.venues_settlement(profit_a_bits, profit_b_bits)


def liquidation_deficit(
    init_health_bits: int, asset: LiquidationSide, liability: LiquidationSide
) -> int:
    """
    The liability whose transfer brings a negative init health back to 0.

    ``-health / (price_l * (weight_l - (weight_a * fee_a) / fee_l))``, native units, I80F48 bits.
    Source: Mango v3 ``LiquidateTokenAndToken``.
    """
    return _core.venues_liquidation_deficit(init_health_bits, asset, liability)


def liquidation_amounts(
    *,
    deficit_bits: int,
    request_bits: int,
    native_deposit_bits: int,
    native_borrow_bits: int,
    asset: LiquidationSide,
    liability: LiquidationSide,
) -> LiquidationAmounts:
    """
    What a liquidator takes over and receives.

    Parameters
    ----------
    deficit_bits : int
        `liquidation_deficit`, or the whole deposit where a quote side has none.
    request_bits : int
        The most the liquidator wants to take over.
    native_deposit_bits, native_borrow_bits : int
        What the account holds of the asset and owes of the liability.
    asset, liability : LiquidationSide

    Returns
    -------
    LiquidationAmounts

    Notes
    -----
    Source: Mango v3 ``LiquidateTokenAndToken``, ``LiquidateTokenAndPerp``.
    """
    return LiquidationAmounts(
        **_core.venues_liquidation_amounts(
            deficit_bits, request_bits, native_deposit_bits, native_borrow_bits, asset, liability
        )
    )


def perp_liquidation_amounts(
    config: PerpMarketConfig,
    *,
    init_health_bits: int,
    base_position: int,
    request: int,
    price_bits: int,
) -> PerpLiquidationAmounts:
    """
    The part of a perp position that a liquidator takes over.

    Parameters
    ----------
    config : PerpMarketConfig
    init_health_bits : int
        Native quote, negative.
    base_position, request : int
        Base lots, of the same sign; no more than both.
    price_bits : int
        Native quote per native base.

    Returns
    -------
    PerpLiquidationAmounts
        No more lots than bring init health back to 0, rounded away from zero.
    """
    return PerpLiquidationAmounts(
        **_core.venues_perp_liquidation_amounts(
            init_health_bits, base_position, request, price_bits, config
        )
    )


def perp_loss_per_lot(quote_bits: int, open_interest: int) -> int:
    """
    A negative perp quote spread over the open interest.

    Parameters
    ----------
    quote_bits : int
        Native quote.
    open_interest : int
        Base lots; 0 gives 0.

    Returns
    -------
    int
        Native quote per base lot, I80F48 bits, toward zero. Longs lose it by
        ``long_funding -= loss``, shorts by ``short_funding += loss``.
    """
    return _core.venues_perp_loss_per_lot(quote_bits, open_interest)


def token_loss(
    *, borrows_bits: int, borrow_index_bits: int, deposits_bits: int, deposit_index_bits: int
) -> TokenLoss:
    """
    A borrow that nobody pays, spread over all deposits of its token.

    Parameters
    ----------
    borrows_bits, borrow_index_bits : int
        Index units written off, and their index.
    deposits_bits, deposit_index_bits : int
        All deposits of the bank, and their index.

    Returns
    -------
    TokenLoss
        A loss above all deposits takes everything: the share is at most 1.
    """
    return TokenLoss(
        **_core.venues_token_loss(
            borrows_bits, borrow_index_bits, deposits_bits, deposit_index_bits
        )
    )
