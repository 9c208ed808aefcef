"""
What liquidation and bankruptcy move.

A name that ends in ``_bits`` holds the raw integer of an I80F48, value * 2**48.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "BankruptcyReceipt",
    "LiquidationAmounts",
    "LiquidationReceipt",
    "LiquidationSide",
    "PerpLiquidationAmounts",
    "TokenLoss",
]


class LiquidationSide(msgspec.Struct, frozen=True, kw_only=True):
    """
    One side of a liquidation; the quote token and perp quote have 1 for all three.

    Attributes
    ----------
    price_bits : int
        Native quote per native unit.
    weight_bits : int
        Init weight, of an asset or of a liability.
    fee_factor_bits : int
        1 + liquidation fee of an asset, 1 - liquidation fee of a liability.
    """

    price_bits: int
    weight_bits: int
    fee_factor_bits: int


class LiquidationAmounts(msgspec.Struct, frozen=True, kw_only=True):
    """
    What moves in a liquidation, native units.

    Attributes
    ----------
    liability_bits : int
        From the liquidator into the account.
    asset_bits : int
        From the account to the liquidator.
    """

    liability_bits: int
    asset_bits: int


class PerpLiquidationAmounts(msgspec.Struct, frozen=True, kw_only=True):
    """
    What moves when a perp position is liquidated.

    Attributes
    ----------
    base_lots : int
        Signed, from the account to the liquidator.
    quote_bits : int
        Native quote, added to the liquidator's quote position.
    """

    base_lots: int
    quote_bits: int


class LiquidationReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A liquidation; all amounts are 0 when the account had recovered and only lost its flag.

    Attributes
    ----------
    taken_bits : int
        What the liquidator took over: base lots of a perp, or native units of the liability.
    paid_bits : int
        What he got: native quote into his position, or native units of the asset.
    being_liquidated, is_bankrupt : bool
        Of the account, after.
    """

    taken_bits: int
    paid_bits: int
    being_liquidated: bool
    is_bankrupt: bool


class BankruptcyReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A step out of bankruptcy.

    Attributes
    ----------
    insurance : int
        Native quote from the insurance vault to the liquidator.
    liability_bits : int
        Native units that he took over for it.
    loss_bits : int
        Socialised: native quote per lot of open interest (negative), or the share of all deposits.
    is_bankrupt : bool
        Of the account, after.
    """

    insurance: int
    liability_bits: int
    loss_bits: int
    is_bankrupt: bool


class TokenLoss(msgspec.Struct, frozen=True, kw_only=True):
    """
    A borrow written off against all deposits of a token.

    Attributes
    ----------
    native_loss_bits : int
        Native units.
    share_bits : int
        Of all deposits, at most 1.
    deposit_index_bits : int
        After.
    """

    native_loss_bits: int
    share_bits: int
    deposit_index_bits: int
