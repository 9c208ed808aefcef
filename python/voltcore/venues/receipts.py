"""
What the operations of a venue hand back.

A name that ends in ``_bits`` holds the raw integer of an I80F48, value * 2**48.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "Accrual",
    "Balance",
    "BalanceReceipt",
    "FillReceipt",
    "FundingReceipt",
    "OffBookOrder",
    "OpenOrders",
    "OpenOrdersBalance",
    "PerpAccount",
    "PerpOrderReceipt",
    "PositionValue",
    "SpotFillReceipt",
    "SpotOrderReceipt",
    "SpotSettlement",
    "Weights",
]


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One account's balance of one token in index units; never both at once."""

    deposits_bits: int = 0
    borrows_bits: int = 0


class PerpAccount(msgspec.Struct, frozen=True, kw_only=True):
    """
    One account's position in one perp market.

    Attributes
    ----------
    base_position : int
        Base lots.
    quote_position_bits : int
        Native quote.
    long_settled_funding_bits, short_settled_funding_bits : int
        Native quote per base lot.
    taker_base, taker_quote : int
        Base and quote lots of taker fills that are not processed yet.
    bids_quantity, asks_quantity : int
        Base lots on the book or in the queue.
    """

    base_position: int = 0
    quote_position_bits: int = 0
    long_settled_funding_bits: int = 0
    short_settled_funding_bits: int = 0
    taker_base: int = 0
    taker_quote: int = 0
    bids_quantity: int = 0
    asks_quantity: int = 0


class PositionValue(msgspec.Struct, frozen=True, kw_only=True):
    """Value of a position before weighting, native quote."""

    base_bits: int
    quote_bits: int


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of a positive and a negative base value."""

    asset_bits: int
    liability_bits: int


class OpenOrdersBalance(msgspec.Struct, frozen=True, kw_only=True):
    """Free and locked amounts of a spot open-orders account, native units."""

    base_free_bits: int = 0
    base_locked_bits: int = 0
    quote_free_bits: int = 0
    quote_locked_bits: int = 0


class Accrual(msgspec.Struct, frozen=True, kw_only=True):
    """
    One update of a bank.

    Attributes
    ----------
    utilization_bits : int
        Native borrows / native deposits; 0 without deposits.
    rate_bits : int
        Yearly rate at that utilisation.
    deposit_index_bits, borrow_index_bits : int
        The indices after the update.
    """

    utilization_bits: int
    rate_bits: int
    deposit_index_bits: int
    borrow_index_bits: int


class BalanceReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A deposit or a withdrawal.

    Attributes
    ----------
    amount : int
        Native units that moved.
    balance : Balance
        Of the account, after.
    """

    amount: int
    balance: Balance


class SpotFillReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A spot trade at a quoted price.

    Attributes
    ----------
    base_lots : int
        As given, negative for a sale.
    quote : int
        Native quote at the price, before the fee.
    fee : int
        Native quote, rounded up.
    base_balance, quote_balance : Balance
        Of the account, after.
    """

    base_lots: int
    quote: int
    fee: int
    base_balance: Balance
    quote_balance: Balance


class FundingReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    One funding update.

    Attributes
    ----------
    diff_bits : int
        ``book / index - 1``, clamped.
    delta_bits : int
        Native quote per base lot, added to both accumulators; positive when longs pay.
    """

    diff_bits: int
    delta_bits: int


class FillReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    A fill at a quoted price.

    Attributes
    ----------
    base_lots : int
        As given; negative for a sale.
    quote_bits : int
        Native quote moved into the position, before the fee.
    fee_bits : int
        Taker fee, native quote, taken from the position.
    funding_bits : int
        Funding settled on the way, native quote, positive when received.
    base_position : int
        Base lots, after.
    quote_position_bits : int
        Native quote, after.
    """

    base_lots: int
    quote_bits: int
    fee_bits: int
    funding_bits: int
    base_position: int
    quote_position_bits: int


class PerpOrderReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    An order that met the book of a perp market.

    Attributes
    ----------
    base_lots, quote_lots : int
        Filled, not negative.
    posted_lots : int
        Base lots left on the book.
    id : int or None
        Of the resting order.
    fills : int
        How many orders it met.
    fee_bits : int
        Taker fee, native quote, taken from the position.
    """

    base_lots: int
    quote_lots: int
    posted_lots: int
    id: int | None
    fills: int
    fee_bits: int


class OffBookOrder(msgspec.Struct, frozen=True, kw_only=True):
    """
    A perp order between two named accounts.

    Attributes
    ----------
    side : str
        ``"bid"`` or ``"ask"``, of the creator.
    status : str
        ``"created"``, ``"cancelled"`` or ``"filled"``.
    market : int
        Market index.
    price_lots, size_lots : int
        Quote lots per base lot; base lots.
    counterparty : int
        The only account that may take it.
    created_at, expires : int
        Seconds; it can be taken before `expires`.
    """

    side: str
    status: str
    market: int
    price_lots: int
    size_lots: int
    counterparty: int
    created_at: int
    expires: int


class OpenOrders(msgspec.Struct, frozen=True, kw_only=True):
    """
    An account's tokens inside a spot market, native units.

    Attributes
    ----------
    exists : bool
        Whether they were set up.
    orders : int
        Resting, or gone by an event that is still to be processed.
    base_free, base_total, quote_free, quote_total : int
        What is not free is locked by orders and by fills that wait in the queue.
    rebates : int
        Native quote, beside the total.
    """

    exists: bool
    orders: int
    base_free: int
    base_total: int
    quote_free: int
    quote_total: int
    rebates: int


class SpotOrderReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """
    An order that met a spot book.

    Attributes
    ----------
    base_lots : int
        Traded.
    quote, fee : int
        Native quote traded, and the taker fee beside it.
    posted_lots : int
        Base lots left on the book.
    id : int or None
        Of the resting order.
    locked : int
        Native units taken in for the order; what it did not need is free again.
    """

    base_lots: int
    quote: int
    fee: int
    posted_lots: int
    id: int | None
    locked: int


class SpotSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """What settling moved from open orders into deposits, native units, rebates included."""

    base: int
    quote: int
