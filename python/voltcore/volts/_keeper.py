"""Keeper operations of the venue inside a volt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from voltcore import _core as core
from voltcore.venues import FundingReceipt, MarginVenue

Result = TypeVar("Result")


class KeeperOperations:
    """Prices, banks, funding and caches of the venue in a `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

    def set_price(self, caller: int, market: int, price_bits: int, now: int) -> None:
        """
        Put a price on a feed of the venue; nothing reads it before `cache_prices`.

        Parameters
        ----------
        caller : int
            The venue's admin.
        market : int
            A market with a feed of its own.
        price_bits : int
            Native quote per native base, above 0.
        now : int
            Seconds.
        """
        self._core.set_price(caller, market, price_bits, now)

    def cache_prices(self, now: int) -> None:
        """Cache every usable feed and the powers of those; `now` in seconds."""
        self._core.cache_prices(now)

    def update_banks(self, now: int) -> None:
        """Interest of every bank up to `now`, seconds."""
        self._core.update_banks(now)

    def cache_root_banks(self, now: int) -> None:
        """Cache the indices of every bank; `now` in seconds."""
        self._core.cache_root_banks(now)

    def update_funding(self, market: int, bid_lots: int, ask_lots: int, now: int) -> FundingReceipt:
        """
        One funding update from the impact prices of a market's book.

        Parameters
        ----------
        market : int
        bid_lots, ask_lots : int
            Quote lots per base lot; 0 for a side without enough size.
        now : int
            Seconds.
        """
        return FundingReceipt(**self._core.update_funding(market, bid_lots, ask_lots, now))

    def settle_pnl_outside(self, market: int, now: int) -> int:
        """
        Turn the volt's profit or loss in a perp market into cash, as anybody may.

        Parameters
        ----------
        market, now : int
            Market index, and seconds. The venue needs `unlimited_pnl_counterparty`.

        Returns
        -------
        int
            Native quote that moved out of the position, I80F48 bits; a loss is limited to the
            deposit.
        """
        return self._core.settle_pnl_outside(market, now)

    def on_venue(self, action: Callable[[MarginVenue], Result]) -> Result:
        """
        Act on the venue the volt trades on: makers, takers, counterparties, liquidators.

        Parameters
        ----------
        action : callable
            Gets the venue and may call any of its operations under any id but the volt's. What it
            did holds when it returns; an exception leaves venue and volt as they were.

        Returns
        -------
        object
            What `action` returned.

        Raises
        ------
        NotAuthorizedError
            ``InvalidOwner``: the id of volts.
        ReentrancyError
            E508: the volt traded inside `action`; what `action` did elsewhere is dropped.
        """
        before = self._core.venue_payload()
        venue = MarginVenue._from_core(core.MarginVenue.from_payload(before))
        result = action(venue)
        self._core.take_venue(before, venue._core)
        return result

    def consume_events(self, market: int, limit: int, now: int) -> int:
        """
        Process the oldest events of a market's order book, as anybody may.

        Parameters
        ----------
        market, limit, now : int
            Market index, how many at most, and seconds.

        Returns
        -------
        int
            How many.
        """
        return self._core.consume_events(market, limit, now)

    def cache_perp_markets(self, now: int) -> None:
        """Cache the funding accumulators; `now` in seconds."""
        self._core.cache_perp_markets(now)

    def refresh_caches(self, now: int) -> None:
        """The four keeper steps at one instant, in the order of the venue; `now` in seconds."""
        self.cache_prices(now)
        self.update_banks(now)
        self.cache_root_banks(now)
        self.cache_perp_markets(now)
