"""Receipts of a `JlpPool`: where each unit went."""

from __future__ import annotations

import msgspec

__all__ = [
    "JlpBurnReceipt",
    "JlpDecreaseReceipt",
    "JlpDistributionReceipt",
    "JlpIncreaseReceipt",
    "JlpMintReceipt",
    "JlpPositionView",
    "JlpSwapReceipt",
]


class JlpMintReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    LP tokens minted.

    Attributes
    ----------
    amount, fee : int
        Token units put in, and the part of them that went to the fee reserves.
    fee_bps : int
    lp : int
        LP units.
    """

    amount: int
    lp: int
    fee_bps: int
    fee: int


class JlpBurnReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    LP tokens burned.

    Attributes
    ----------
    lp : int
        LP units.
    amount, fee : int
        Token units paid out, and those that went to the fee reserves.
    fee_bps : int
    """

    lp: int
    amount: int
    fee_bps: int
    fee: int


class JlpSwapReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A swap.

    Attributes
    ----------
    amount_in, amount_out : int
        Token units of the two custodies; the second is net of the fee.
    fee_bps : int
        The greater of the two legs'.
    fee : int
        Units of the token going out, to its fee reserves.
    """

    amount_in: int
    amount_out: int
    fee_bps: int
    fee: int


class JlpIncreaseReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A position opened or increased.

    Attributes
    ----------
    entry_price, size_usd, collateral_usd, locked_amount : int
        The position, after; 6 decimals and token units.
    position_fee_usd, impact_fee_usd, borrow_fee_usd : int
        USD e6; the impact is part of the position fee.
    fee_tokens : int
        Both fees in collateral-token units, to the fee reserves.
    """

    entry_price: int
    size_usd: int
    collateral_usd: int
    locked_amount: int
    position_fee_usd: int
    impact_fee_usd: int
    borrow_fee_usd: int
    fee_tokens: int


class JlpDecreaseReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A position decreased, closed or liquidated.

    Attributes
    ----------
    amount_out, usd_out : int
        To the owner, net of fees: token units and USD e6.
    fee_usd, fee_tokens : int
        What was paid, to the fee reserves.
    borrow_fee_usd : int
        What was due of it for borrowing.
    profit : bool
    pnl_usd : int
        Of the part that left, unsigned; a profit after its cap, a loss in full.
    bad_debt_usd : int
        Loss beyond the collateral; nobody pays it.
    forfeited_usd : int
        Surplus of a liquidation that went to the LPs.
    """

    amount_out: int
    usd_out: int
    fee_usd: int
    fee_tokens: int
    borrow_fee_usd: int
    profit: bool
    pnl_usd: int
    bad_debt_usd: int
    forfeited_usd: int


class JlpDistributionReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """Fee reserves distributed, token units: into `owned`, and away to the protocol."""

    to_pool: int
    to_protocol: int


class JlpPositionView(msgspec.Struct, frozen=True, kw_only=True):
    """
    A position at the current prices.

    Attributes
    ----------
    profit : bool
    pnl_usd, borrow_fee_usd, close_fee_usd : int
        USD e6.
    remaining_usd : int
        Collateral + pnl - fees; may be negative.
    liquidatable : bool
        Decides; the price below may differ from it by one unit.
    liquidation_price : int
        As interfaces show it, 6 decimals.
    """

    profit: bool
    pnl_usd: int
    borrow_fee_usd: int
    close_fee_usd: int
    remaining_usd: int
    liquidatable: bool
    liquidation_price: int
