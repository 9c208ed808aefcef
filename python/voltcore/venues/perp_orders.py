"""Orders on the books of a venue's perp markets."""

from __future__ import annotations

from typing import Any, Literal

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues.receipts import PerpOrderReceipt

__all__ = ["NO_QUOTE_LIMIT", "OrderType", "PerpOrderOperations", "Side"]

Side = Literal["bid", "ask"]
OrderType = Literal["limit", "immediate_or_cancel", "post_only", "market", "post_only_slide"]

NO_QUOTE_LIMIT = 2**63 - 1
"""Quote lots of an order that only its base lots limit."""


class PerpOrderOperations(Engine):
    """The order operations of `MarginVenue`."""

    __slots__ = ()

    _core: core.MarginVenue

    def place_perp_order(
        self,
        caller: int,
        account: int,
        market: int,
        side: Side,
        price_lots: int,
        base_lots: int,
        now: int,
        *,
        type: OrderType = "limit",
        quote_lots: int = NO_QUOTE_LIMIT,
        limit: int = 255,
        time_in_force: int = 0,
        reduce_only: bool = False,
        client_id: int = 0,
    ) -> PerpOrderReceipt:
        """
        Match an order against the book by price, then time; the rest of it may stay there.

        Fills wait in the market's queue until `consume_events` moves the positions; the taker fee
        leaves the quote position at once. Expired orders on the way are skipped and up to five of
        them dropped. Orders of one owner match each other like any others.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        market : int
            Market index.
        side : {"bid", "ask"}
        price_lots : int
            Quote lots per base lot, above 0; a market order takes any price whatever it says.
        base_lots : int
            Largest size, above 0.
        now : int
            Seconds.
        type : str
            ``"post_only"`` and ``"post_only_slide"`` never take: the first is not placed when it
            would, the second moves its price next to the best opposite one.
        quote_lots : int
            Largest quote before fees, above 0.
        limit : int
            Most fills, in [1, 255].
        time_in_force : int
            Seconds in [0, 255]; 0 never expires.
        reduce_only : bool
            Cut to the position with all its unprocessed fills; without one nothing happens.
        client_id : int
            The caller's own number for the order, uint64.

        Returns
        -------
        PerpOrderReceipt
            A rest that is outside the price band, or that would cross the book, is not placed.

        Raises
        ------
        InputRangeError
            ``InvalidParam``, ``InvalidMarket``, ``InvalidAccount``.
        CapError
            ``OutOfSpace``: the side is full and its worst order is not worse than this one.
            ``TooManyOpenOrders``: the account holds as many as it may.
        MarginError
            ``InsufficientFunds``: init health would be negative, and lower than before if it
            already was.
        StateError
            ``Bankrupt``, ``BeingLiquidated``.
        NotAuthorizedError, StalePriceError
            ``InvalidOwner``; a cache that is too old.

        Notes
        -----
        Source: Mango v3 ``Book::new_order``.
        """
        order = (
            side, type, price_lots, base_lots, quote_lots, limit, time_in_force, reduce_only,
            client_id,
        )  # fmt: skip
        return PerpOrderReceipt(**self._core.place_perp_order(caller, account, market, order, now))

    def quote_perp_order(
        self,
        account: int,
        market: int,
        side: Side,
        price_lots: int,
        base_lots: int,
        now: int,
        *,
        type: OrderType = "limit",
        quote_lots: int = NO_QUOTE_LIMIT,
        limit: int = 255,
        reduce_only: bool = False,
    ) -> PerpOrderReceipt:
        """
        What `place_perp_order` would fill and leave on the book; nothing changes.

        Parameters
        ----------
        account, market, side, price_lots, base_lots, now, type, quote_lots, limit, reduce_only
            As there. Neither the owner nor health nor the room on the book is looked at.

        Returns
        -------
        PerpOrderReceipt
            Without an id.
        """
        order = (side, type, price_lots, base_lots, quote_lots, limit, 0, reduce_only, 0)
        return PerpOrderReceipt(**self._core.quote_perp_order(account, market, order, now))

    def cancel_perp_order(
        self, caller: int, account: int, market: int, order_id: int, now: int
    ) -> int:
        """
        Take an order off the book; its place in the account is free at once.

        Parameters
        ----------
        caller, account, market, order_id, now : int
            Owner, account, market index, id of the order, seconds.

        Returns
        -------
        int
            Base lots taken off.

        Raises
        ------
        InputRangeError
            ``InvalidOrderId``: no order of the book has this id.
        NotAuthorizedError
            ``InvalidOwner``: the account is another caller's, or the order another account's.
        """
        return self._core.cancel_perp_order(caller, account, market, order_id, now)

    def cancel_perp_order_by_client_id(
        self, caller: int, account: int, market: int, client_id: int, now: int
    ) -> int:
        """
        Take the account's best order with this client id off the book.

        Parameters
        ----------
        caller, account, market, client_id, now : int
            Owner, account, market index, the number given to `place_perp_order`, seconds.

        Returns
        -------
        int
            Base lots taken off.

        Raises
        ------
        InputRangeError
            ``ClientIdNotFound``.
        """
        return self._core.cancel_perp_order_by_client_id(caller, account, market, client_id, now)

    def cancel_all_perp_orders(
        self, caller: int, account: int, market: int, now: int, *, limit: int = 2**64 - 1
    ) -> int:
        """
        Take the account's orders in one market off the book, bids first, best first.

        Parameters
        ----------
        caller, account, market, now : int
            Owner, account, market index, seconds.
        limit : int
            Most orders.

        Returns
        -------
        int
            How many orders went.
        """
        return self._core.cancel_all_perp_orders(caller, account, market, limit, now)

    def consume_events(self, market: int, now: int, *, limit: int = 2**64 - 1) -> int:
        """
        Process the oldest events of a market; anyone may call.

        A fill settles funding and moves the positions of the maker and then of the taker; the
        maker's fee is taken, or his rebate given. An order that was evicted or had expired, or
        that a fill used up, gives its place in the account free.

        Parameters
        ----------
        market, now : int
            Market index, seconds.
        limit : int
            Most events.

        Returns
        -------
        int
            How many were processed. An event whose arithmetic fails stays in the queue, and its
            ``MathError`` is raised when it is the first.
        """
        return self._core.consume_events(market, limit, now)

    def perp_book(self, market: int) -> dict[str, Any]:
        """
        A market's book and its queue.

        Returns
        -------
        dict
            ``book`` with ``next_id`` and the rows ``bids`` and ``asks``, best first, expired ones
            included until they are dropped; ``events`` with the rows ``waiting``, oldest first.
        """
        return self._core.perp_book(market)
