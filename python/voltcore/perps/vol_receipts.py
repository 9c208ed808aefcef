"""Receipts of a `VolPool`: where each unit went. One unit is 10**-6 USD."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = [
    "VolDecreaseReceipt",
    "VolDepositReceipt",
    "VolIncreaseReceipt",
    "VolLiquidationReceipt",
    "VolWaterfall",
]


class VolDepositReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    An LP deposit or withdrawal.

    Attributes
    ----------
    amount : int
        Put in, or paid out net of the fee.
    lp : int
        LP units.
    fee, protocol : int
        The fee and the protocol's part of it.
    """

    amount: int
    lp: int
    fee: int
    protocol: int


class VolIncreaseReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A position opened or increased.

    Attributes
    ----------
    size, collateral, entry, locked_amount, max_size, leverage_modifier_bps : int
        The position, after.
    fee, borrow_fee : int
        The trade fee, and the borrow fee on top of it.
    insurance_contribution, protocol : int
        Parts of the two that went to the insurance and to the protocol.
    """

    size: int
    collateral: int
    entry: int
    fee: int
    borrow_fee: int
    insurance_contribution: int
    protocol: int
    locked_amount: int
    max_size: int
    leverage_modifier_bps: int


class VolWaterfall(msgspec.Struct, frozen=True, kw_only=True):
    """
    Who pays a profit, in this order.

    Attributes
    ----------
    from_locked : int
        The position's lock.
    from_insurance : int
        The insurance account.
    impairment : int
        The free base: LPs' money beyond the lock.
    unpaid : int
        Nobody: a user loss.
    """

    from_locked: int = 0
    from_insurance: int = 0
    impairment: int = 0
    unpaid: int = 0


class VolDecreaseReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A position decreased or closed.

    Attributes
    ----------
    pnl : int
        Of the part that left, signed.
    paid_custody, paid_insurance : int
        To the owner, from the two accounts; the first is net of fees.
    fee : int
        All that was paid.
    borrow_fee : int
        What was due for borrowing.
    insurance_contribution, protocol : int
        Parts of the fee that went to the insurance and to the protocol.
    profit : VolWaterfall
    """

    pnl: int
    paid_custody: int
    paid_insurance: int
    fee: int
    borrow_fee: int
    insurance_contribution: int
    protocol: int
    profit: VolWaterfall


class VolLiquidationReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A liquidation.

    Attributes
    ----------
    reason : {"over_leverage", "over_profit"}
    effective_collateral, pnl : int
        Signed.
    fee, protocol_fee : int
        What was paid of close and borrow fee, and the protocol's part of it.
    liquidator, protocol, pool, insurance_fee : int
        Rewards.
    liquidator_from_insurance : bool
        The insurance account paid the liquidator: nothing was left of the position.
    owner_custody, owner_insurance : int
        Back to the owner, from the two accounts.
    profit : VolWaterfall
    """

    reason: Literal["over_leverage", "over_profit"]
    effective_collateral: int
    pnl: int
    fee: int
    protocol_fee: int
    liquidator: int
    liquidator_from_insurance: bool
    protocol: int
    pool: int
    insurance_fee: int
    owner_custody: int
    owner_insurance: int
    profit: VolWaterfall


def decrease_receipt(parts: dict[str, Any]) -> VolDecreaseReceipt:
    """The receipt of the core's dict."""
    return VolDecreaseReceipt(**{**parts, "profit": VolWaterfall(**parts["profit"])})


def liquidation_receipt(parts: dict[str, Any]) -> VolLiquidationReceipt:
    """The receipt of the core's dict."""
    reason = ("healthy", "over_leverage", "over_profit")[parts["reason"]]
    return VolLiquidationReceipt(
        **{**parts, "profit": VolWaterfall(**parts["profit"]), "reason": reason}
    )
