"""What keepers do for a venue: prices, interest and funding, and the caches that health reads."""

from __future__ import annotations

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues.receipts import FundingReceipt

__all__ = ["KeeperOperations"]


class KeeperOperations(Engine):
    """The keeper operations of `MarginVenue`."""

    __slots__ = ()

    _core: core.MarginVenue

    def set_price(
        self,
        caller: int,
        market: int,
        price_bits: int,
        now: int,
        *,
        confidence_bits: int = 0,
        trading: bool = True,
    ) -> None:
        """
        Put a price on a market's feed. Nothing reads it before `cache_prices`.

        Parameters
        ----------
        caller : int
            The admin.
        market : int
            A market with a feed of its own.
        price_bits : int
            Native quote per native base, above 0.
        now : int
            Seconds.
        confidence_bits : int
            Half width of the feed's interval, same unit.
        trading : bool
            False marks the feed as halted.

        Raises
        ------
        NotAuthorizedError
            ``InvalidOwner``: the caller is not the admin.
        OracleError
            ``InvalidOraclePrice``: the price is not positive.
        InputRangeError
            ``InvalidMarket``, or ``InvalidParam`` for a market priced from another.
        """
        self._core.set_price(caller, market, price_bits, confidence_bits, trading, now)

    def cache_prices(self, now: int) -> None:
        """
        Cache every usable feed, and the powers of those, at this instant.

        A feed without a price, halted, or with ``confidence / price > 10 %`` is skipped and keeps
        its old cache. The square is rounded down, the division by the scale toward zero.

        Parameters
        ----------
        now : int
            Seconds.
        """
        self._core.cache_prices(now)

    def update_banks(self, now: int) -> None:
        """
        Interest of every bank up to `now`: compounds at the frequency of these updates.

        Parameters
        ----------
        now : int
            Seconds.
        """
        self._core.update_banks(now)

    def cache_root_banks(self, now: int) -> None:
        """
        Cache the indices of every bank.

        Parameters
        ----------
        now : int
            Seconds.
        """
        self._core.cache_root_banks(now)

    def update_funding(self, market: int, bid_lots: int, ask_lots: int, now: int) -> FundingReceipt:
        """
        One funding update from the impact prices of the book.

        Parameters
        ----------
        market : int
            Market index.
        bid_lots, ask_lots : int
            Quote lots per base lot; 0 for a side without enough size.
        now : int
            Seconds.

        Returns
        -------
        FundingReceipt

        Raises
        ------
        StalePriceError
            ``InvalidPriceCache``: the index price is too old.

        Notes
        -----
        The rate is a snapshot, no average: who updates at a chosen moment chooses the mid, and
        very frequent updates can truncate to 0.
        """
        return FundingReceipt(**self._core.update_funding(market, bid_lots, ask_lots, now))

    def cache_perp_markets(self, now: int) -> None:
        """
        Cache the funding accumulators of every market.

        Parameters
        ----------
        now : int
            Seconds.
        """
        self._core.cache_perp_markets(now)

    def update_funding_from_book(self, market: int, now: int) -> FundingReceipt:
        """
        One funding update from the impact prices of the market's own book.

        Expired orders do not count. A side whose valid orders stay below the impact quantity has
        no price: one side alone reads as the clamp, none as 0.

        Parameters
        ----------
        market : int
            Market index.
        now : int
            Seconds.

        Returns
        -------
        FundingReceipt

        Raises
        ------
        StalePriceError
            ``InvalidPriceCache``: the index price is too old.
        """
        return FundingReceipt(**self._core.update_funding_from_book(market, now))

    def adjust_funding(
        self, caller: int, market: int, long_delta_bits: int, short_delta_bits: int, now: int
    ) -> None:
        """
        Add to both funding accumulators and their caches, to follow a recorded market.

        What longs pay beyond what shorts receive becomes the market's dust.

        Parameters
        ----------
        caller : int
            The admin.
        market : int
            Market index.
        long_delta_bits, short_delta_bits : int
            Native quote per base lot.
        now : int
            Seconds.

        Raises
        ------
        NotAuthorizedError
            ``InvalidOwner``: the caller is not the admin.
        """
        self._core.adjust_funding(caller, market, long_delta_bits, short_delta_bits, now)
