"""Receipts of a `BasketPool`: where each unit went."""

from __future__ import annotations

import msgspec

__all__ = [
    "BasketCloseReceipt",
    "BasketCollateralReceipt",
    "BasketLiquidityReceipt",
    "BasketOpenReceipt",
    "BasketPositionView",
    "BasketSwapReceipt",
]


class BasketLiquidityReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    Liquidity added or removed.

    Attributes
    ----------
    amount : int
        Token units put in, or paid out net of the fee.
    lp : int
        LP units minted or burned.
    fee, protocol_fee : int
        Token units that stay in the pool, and the protocol's part of them.
    """

    amount: int
    lp: int
    fee: int
    protocol_fee: int


class BasketSwapReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A swap; only the fee of the leg going out is deducted from the payment.

    Attributes
    ----------
    amount_in, amount_out : int
        Token units of the two custodies.
    fee_in, fee_out, protocol_fee_in, protocol_fee_out : int
        Token units of the two custodies.
    """

    amount_in: int
    amount_out: int
    fee_in: int
    fee_out: int
    protocol_fee_in: int
    protocol_fee_out: int


class BasketOpenReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A new position.

    Attributes
    ----------
    position_id : int
        Ids count from 1.
    entry_price, size_usd, collateral_usd, borrow_size_usd : int
        6 decimals.
    locked_amount : int
        Collateral-token units.
    fee, protocol_fee : int
        Collateral-token units, paid on top of the collateral.
    """

    position_id: int
    entry_price: int
    size_usd: int
    collateral_usd: int
    locked_amount: int
    borrow_size_usd: int
    fee: int
    protocol_fee: int


class BasketCloseReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A closed or liquidated position.

    Attributes
    ----------
    amount_out, reward : int
        Collateral-token units to the owner and to the liquidator.
    fee, protocol_fee : int
        Collateral-token units that stay in the pool, and the protocol's part of them.
    profit_usd, loss_usd : int
        Net of costs; one of them is 0.
    """

    amount_out: int
    reward: int
    fee: int
    protocol_fee: int
    profit_usd: int
    loss_usd: int


class BasketCollateralReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    Collateral added or removed.

    Attributes
    ----------
    amount : int
        Token units.
    value_usd : int
        What they added to or took from the position's collateral.
    collateral_usd : int
        Of the position, after.
    """

    amount: int
    value_usd: int
    collateral_usd: int


class BasketPositionView(msgspec.Struct, frozen=True, kw_only=True):
    """A position at the current prices: profit net of costs, leverage, liquidation price."""

    profit_usd: int
    loss_usd: int
    leverage_bps: int
    liquidation_price: int
    liquidatable: bool
