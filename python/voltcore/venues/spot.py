"""Spot orders from the margin accounts of a venue."""

from __future__ import annotations

from typing import Any, Literal

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues.perp_orders import Side
from voltcore.venues.receipts import OpenOrders, SpotOrderReceipt, SpotSettlement

__all__ = ["SelfTrade", "SpotOperations", "SpotOrderType"]

SelfTrade = Literal["decrement_take", "cancel_provide", "abort"]
SpotOrderType = Literal["limit", "immediate_or_cancel", "post_only"]


class SpotOperations(Engine):
    """The spot operations of `MarginVenue`. Source: Serum's DEX program, Mango v3."""

    __slots__ = ()

    _core: core.MarginVenue

    def init_spot_open_orders(self, caller: int, account: int, market: int, now: int) -> bool:
        """
        Set an account up for a spot market.

        Returns
        -------
        bool
            True when it was not yet.
        """
        return self._core.init_spot_open_orders(caller, account, market, now)

    def place_spot_order(
        self,
        caller: int,
        account: int,
        market: int,
        side: Side,
        price_lots: int,
        base_lots: int,
        now: int,
        *,
        type: SpotOrderType = "limit",
        quote_native: int = 2**64 - 1,
        limit: int = 255,
        self_trade: SelfTrade = "decrement_take",
        client_id: int = 0,
    ) -> SpotOrderReceipt:
        """
        Match a spot order by price, then time; the rest of a limit order may stay.

        The market first takes in what the order could cost: the base of an ask, or the quote of a
        bid with the taker fee that could be due, out of free funds, then out of the deposit, then
        on credit. What neither fills nor rests is free at once. Proceeds become free when
        `consume_spot_events` gets to the fills.

        Parameters
        ----------
        caller, account : int
            The owner and the account, set up by `init_spot_open_orders`.
        market : int
            Market index.
        side : {"bid", "ask"}
        price_lots, base_lots : int
            Quote lots per base lot, base lots; above 0.
        now : int
            Seconds.
        type : {"limit", "immediate_or_cancel", "post_only"}
            A post-only order that would take is not placed.
        quote_native : int
            Most native quote of a bid, fees included, above 0.
        limit : int
            Most resting orders it may meet, in [1, 255].
        self_trade : {"decrement_take", "cancel_provide", "abort"}
            On meeting an order of the same account: shrink both, cancel that one, or refuse this.
        client_id : int
            The caller's own number for the order.

        Returns
        -------
        SpotOrderReceipt

        Raises
        ------
        InputRangeError
            ``InvalidParam``, ``InvalidMarket``.
        StateError
            ``InvalidAccount``: not set up. ``WouldSelfTrade``, ``Bankrupt``, ``BeingLiquidated``.
        CapError
            ``MarginBasketFull``, ``OutOfSpace``, ``TooManyOpenOrders``.
        LiquidityError
            ``InsufficientLiquidity``: the bank cannot lend what is short.
        MarginError
            ``InsufficientFunds``: init health would be negative; when it was already, only what
            reduces a borrow or sells a deposit passes.
        NotAuthorizedError, StalePriceError
            ``InvalidOwner``; a cache that is too old.
        """
        order = (
            side, type, price_lots, base_lots, quote_native, limit, self_trade, client_id,
        )  # fmt: skip
        return SpotOrderReceipt(**self._core.place_spot_order(caller, account, market, order, now))

    def cancel_spot_order(
        self, caller: int, account: int, market: int, order_id: int, now: int
    ) -> int:
        """
        Take an order off the book; what it locked is free.

        Returns
        -------
        int
            Base lots taken off.

        Raises
        ------
        InputRangeError
            ``InvalidOrderId``.
        NotAuthorizedError
            ``InvalidOwner``: the account is another caller's, or the order another account's.
        """
        return self._core.cancel_spot_order(caller, account, market, order_id, now)

    def consume_spot_events(self, market: int, now: int, *, limit: int = 2**64 - 1) -> int:
        """
        Process the oldest events of a spot market; anyone may call.

        Proceeds become free, the taker's fee is booked and the maker's rebate given.

        Returns
        -------
        int
            How many were processed.
        """
        return self._core.consume_spot_events(market, limit, now)

    def settle_spot_funds(self, caller: int, account: int, market: int, now: int) -> SpotSettlement:
        """
        Move what is free, and rebates, into the deposits; borrows are paid back first.

        Raises
        ------
        StalePriceError
            ``InvalidRootBankCache``: a cache of either token is too old.
        """
        return SpotSettlement(**self._core.settle_spot_funds(caller, account, market, now))

    def spot_market(self, market: int) -> dict[str, Any]:
        """
        State of a spot market: vaults and fees in native units, ``book``, ``events``.

        Returns
        -------
        dict
            ``book`` with ``next_id`` and the rows ``bids`` and ``asks``, best first; ``events``
            with the rows ``waiting``, oldest first.
        """
        return self._core.spot_market(market)

    def open_orders(self, account: int, market: int) -> OpenOrders:
        """An account's tokens inside a spot market."""
        return OpenOrders(**self._core.open_orders(account, market))
