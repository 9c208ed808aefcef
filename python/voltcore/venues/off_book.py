"""Perp orders between two named accounts of a venue, beside the book."""

from __future__ import annotations

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues.perp_orders import Side
from voltcore.venues.receipts import FillReceipt, OffBookOrder

__all__ = ["OffBookOperations"]

_SIDES = ("bid", "ask")
_STATUSES = ("created", "cancelled", "filled")


class OffBookOperations(Engine):
    """The off-book operations of `MarginVenue`. Source: Entropy's OTC orders."""

    __slots__ = ()

    _core: core.MarginVenue

    def create_off_book_order(
        self,
        caller: int,
        account: int,
        market: int,
        side: Side,
        price_lots: int,
        size_lots: int,
        now: int,
        *,
        counterparty: int,
        expires: int,
    ) -> int:
        """
        Offer a trade to one named account; nothing is locked and no price band applies.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        market : int
            Market index.
        side : {"bid", "ask"}
        price_lots, size_lots : int
            Quote lots per base lot and base lots, above 0.
        now : int
            Seconds.
        counterparty : int
            The account that may take it, another one.
        expires : int
            Seconds; it can be taken before.

        Returns
        -------
        int
            Its place in the account's list. A full list first loses its first cancelled or filled
            order, and later ones move up.

        Raises
        ------
        InputRangeError
            ``InvalidParam``, ``InvalidMarket``, ``InvalidAccount``, ``InvalidTimeArgument``.
        CapError
            ``MaxOtcOrdersReached``: the list is full of open orders.
        """
        return self._core.create_off_book_order(
            caller, account, market, side, price_lots, size_lots, counterparty, expires, now
        )

    def cancel_off_book_order(self, caller: int, account: int, index: int, now: int) -> None:
        """
        Withdraw an open order; it stays in the list as cancelled.

        Raises
        ------
        InputRangeError
            ``InvalidOtcOrderIndex``.
        StateError
            ``InvalidOtcOrderStatus``: it is not open.
        """
        self._core.cancel_off_book_order(caller, account, index, now)

    def delete_off_book_order(self, caller: int, account: int, index: int, now: int) -> None:
        """
        Drop a finished order from the list; later ones move up.

        Raises
        ------
        InputRangeError
            ``InvalidOtcOrderIndex``.
        StateError
            ``InvalidOtcOrderStatus``: it is still open.
        """
        self._core.delete_off_book_order(caller, account, index, now)

    def delete_off_book_orders(self, caller: int, account: int, now: int) -> int:
        """
        Empty the list.

        Returns
        -------
        int
            How many orders it had.

        Raises
        ------
        StateError
            ``InvalidOtcOrderStatus``: one of them is still open.
        """
        return self._core.delete_off_book_orders(caller, account, now)

    def take_off_book_order(
        self, caller: int, counterparty: int, creator: int, market: int, index: int, now: int
    ) -> FillReceipt:
        """
        Take the whole of an order, as the account that it names.

        Funding of both is settled, then base and quote move: no fees, no events, no effect on the
        book or on funding. Both must keep to the init-health rule; a failure leaves the order open.

        Parameters
        ----------
        caller, counterparty : int
            The owner of the taking account, and that account.
        creator, index : int
            The account that made the order, and the order's place in its list.
        market, now : int
            Market index, seconds.

        Returns
        -------
        FillReceipt
            The side of the counterparty.

        Raises
        ------
        NotAuthorizedError
            ``InvalidAccount``: the order names another account. ``InvalidOwner``.
        StateError
            ``OtcOrderExpired``, ``InvalidOtcOrderStatus``, ``Bankrupt``, ``BeingLiquidated``.
        MarginError
            ``InsufficientFunds``: init health of either would be negative, and lower than before.
        InputRangeError, StalePriceError
            ``InvalidOtcOrderIndex``, ``InvalidMarket``; a cache of either that is too old.
        """
        return FillReceipt(
            **self._core.take_off_book_order(caller, counterparty, creator, market, index, now)
        )

    def off_book_orders(self, account: int) -> list[OffBookOrder]:
        """An account's off-book orders, oldest first."""
        return [
            OffBookOrder(**{**row, "side": _SIDES[row["side"]], "status": _STATUSES[row["status"]]})
            for row in self._core.off_book_orders(account)
        ]
