"""The two legs of a volt."""

from __future__ import annotations

from typing import Literal

from voltcore import _core as core
from voltcore.errors import InputTypeError
from voltcore.volts.receipts import OffBookReceipt, Quote, RebalanceReceipt


def _quote(
    quote: Quote | Literal["book"] | None,
) -> tuple[int, int, int | None, int] | Literal["book"] | None:
    if quote is None or quote == "book":
        return quote
    if not isinstance(quote, Quote):
        raise InputTypeError('is no Quote, and not "book"', field="quote", value=quote)
    return quote.bid_lots, quote.ask_lots, quote.size_lots, quote.spot_taker_fee_bits


class LegOperations:
    """Target leg and hedge of `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

    def init_spot_open_orders(self, caller: int, now: int) -> None:
        """
        Step 6: open the spot open-orders account; calling again does nothing (chosen).

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.

        Raises
        ------
        StateError
            ``HedgeWithSpotMustBeTrue``.
        """
        self._core.init_spot_open_orders(caller, now)

    def rebalance_target(
        self,
        caller: int,
        now: int,
        limit_price_lots: int,
        *,
        max_quote: int | None = None,
        quote: Quote | Literal["book"] | None = None,
        off_book: bool = False,
    ) -> RebalanceReceipt:
        """
        Step 7: one slice of the target leg, immediate or cancel at the caller's limit.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.
        limit_price_lots : int
            Quote lots per base lot, above 0.
        max_quote : int, optional
            Native quote that this slice may move; the lower of it and `max_quote_pos_change`.
        quote : Quote or "book", optional
            What the counterparty shows; without one everything fills at the limit. ``"book"`` sends
            an immediate-or-cancel order to the venue's own order book.
        off_book : bool
            A fill at a fixed price, without fees; only the admin. `setup_rebalance_off_book` is the
            same with a counterparty on the venue.

        Returns
        -------
        RebalanceReceipt

        Raises
        ------
        PhaseError
            ``InvalidRebalanceEntropyState``.
        StateError
            The same while an off-book order of the leg is open.
        CapError
            ``QuotePositionChangedTooMuch``: the slice would be 0 lots.
        SlippageError
            ``InvalidOtcOrderPrice``: a stranger's or an off-book limit worse than the oracle by
            more than `required_basis_from_oracle`; ``CollateralNotWithinLenience``: nothing fills
            and the position is outside the lenience.
        FundsError
            ``MustMoveCloserToTargetCollateralization``; for the crab
            ``BasePositionMustBeNegative``, ``QuotePositionMustBePositive``.
        InsufficientFundsError
            ``InsufficientFunds`` of the venue: init health.
        """
        return RebalanceReceipt(
            **self._core.rebalance_target(
                caller, now, limit_price_lots, max_quote, _quote(quote), off_book
            )
        )

    def setup_rebalance_off_book(
        self, caller: int, counterparty: int, price_lots: int, expires: int, now: int
    ) -> OffBookReceipt:
        """
        Step 7 beside the book: offer the whole rest of the target leg to one counterparty.

        The order stands in the venue's list of the volt's margin account. The counterparty takes it
        there (`MarginVenue.take_off_book_order`), without fees and as a whole; the next
        `rebalance_target` finds the position and goes on. While the order is open, nothing else
        trades the leg and the round does not end.

        Parameters
        ----------
        caller : int
            The admin, whatever the switch of the cranks says.
        counterparty : int
            Margin account that may take the order.
        price_lots : int
            Quote lots per base lot.
        expires, now : int
            Seconds; the order can be taken before `expires`.

        Returns
        -------
        OffBookReceipt

        Raises
        ------
        PhaseError
            ``InvalidRebalanceEntropyState`` outside READY.
        StateError
            ``InvalidRebalanceEntropyState``: an order is open, or nothing is left to trade.
        SlippageError
            ``InvalidOtcOrderPrice``: worse than the oracle by more than
            `required_basis_from_oracle`.
        VoltcoreError
            ``InvalidAccount``, ``InvalidTimeArgument``, ``MaxOtcOrdersReached`` of the venue.
        """
        return OffBookReceipt(
            **self._core.setup_rebalance_off_book(caller, counterparty, price_lots, expires, now)
        )

    def cancel_rebalance_off_book(self, caller: int, now: int) -> None:
        """
        Take the open off-book order back: READY as before.

        Parameters
        ----------
        caller, now : int
            The admin, and seconds.

        Raises
        ------
        StateError
            ``InvalidOtcOrderStatus``: there is none; a taken one cannot come back.
        """
        self._core.cancel_rebalance_off_book(caller, now)

    def rebalance_hedge(
        self,
        caller: int,
        now: int,
        limit_price_lots: int,
        *,
        max_quote: int | None = None,
        quote: Quote | Literal["book"] | None = None,
    ) -> RebalanceReceipt:
        """
        Step 8: one slice of the hedge leg on the other perp; its size is re-read at every call.

        Parameters
        ----------
        caller, now, limit_price_lots, max_quote, quote
            As of `rebalance_target`.

        Returns
        -------
        RebalanceReceipt

        Raises
        ------
        StateError
            ``HedgingMustBeOn``, ``ShouldHedgeWithSpotNotPerp``.
        PhaseError
            ``PowerPerpMustBeDoneRebalancing``.
        CapError
            ``QuotePositionChangedTooMuch``.
        SlippageError
            ``IncorrectHedge``: the finished hedge leaves more than the band and half a lot;
            ``InvalidOtcOrderPrice``.
        """
        return RebalanceReceipt(
            **self._core.rebalance_hedge(caller, now, limit_price_lots, max_quote, _quote(quote))
        )

    def rehedge(
        self,
        caller: int,
        now: int,
        limit_price_lots: int,
        *,
        max_quote: int | None = None,
        quote: Quote | Literal["book"] | None = None,
    ) -> RebalanceReceipt:
        """
        Redo the hedge leg inside the epoch: no fee, no flows, no new round (chosen).

        Parameters
        ----------
        caller, now, limit_price_lots, max_quote, quote
            As of `rebalance_hedge`. A stranger may call only while the hedge drift trigger fires.

        Returns
        -------
        RebalanceReceipt

        Raises
        ------
        StateError
            ``HedgingMustBeOn`` (or `hedge_only` is off), ``ShouldHedgeWithSpotNotPerp``.
        PhaseError
            ``InvalidRebalanceEntropyState`` outside ACTIVE.
        CapError, SlippageError
            As of `rebalance_hedge`.
        """
        return RebalanceReceipt(
            **self._core.rehedge(caller, now, limit_price_lots, max_quote, _quote(quote))
        )

    def rebalance_spot(
        self,
        caller: int,
        now: int,
        limit_price_lots: int,
        *,
        max_quote: int | None = None,
        quote: Quote | Literal["book"] | None = None,
    ) -> RebalanceReceipt:
        """
        Step 8 with a spot hedge: sell borrowed tokens, or buy back what is owed, in one slice.

        Parameters
        ----------
        caller, now, limit_price_lots, max_quote, quote
            As of `rebalance_target`, in the lots of the market's perp (chosen, so that both legs
            match exactly). The size is re-read at every call: a borrow grows by its interest.
            ``"book"`` is the venue's spot market: the order, the queue that it fills and the
            settling of its proceeds are one call (chosen).

        Returns
        -------
        RebalanceReceipt

        Raises
        ------
        StateError
            ``HedgeWithSpotMustBeTrue``.
        PhaseError
            ``InvalidRebalanceSpotEntropyState``.
        NotInitializedError
            E503: the venue has no token at `hedge_spot`; ``InvalidAccount``: the order goes to the
            book and `init_spot_open_orders` has not been called.
        CapError
            ``QuotePositionChangedTooMuch``.
        SlippageError
            ``IncorrectHedge``, ``InvalidOtcOrderPrice``.
        FundsError
            ``DepositedAmountOfHedgeAssetShouldBeZero``: a short hedge would end with more than half
            a lot held (chosen).
        LiquidityError
            ``InsufficientLiquidity``: nobody lends as much.
        MarginError
            ``InsufficientFunds`` of the venue: init health.
        """
        return RebalanceReceipt(
            **self._core.rebalance_spot(caller, now, limit_price_lots, max_quote, _quote(quote))
        )

    def reset_rebalancing(self, caller: int, now: int, *, only_hedge: bool = False) -> None:
        """
        Back to READY, or to TARGET_DONE for the hedge alone, without moving money.

        Parameters
        ----------
        caller, now : int
            The admin, and seconds.
        only_hedge : bool
            Needs a target leg that is done (chosen).

        Raises
        ------
        PhaseError
            ``InvalidRebalanceEntropyState``.
        """
        self._core.reset_rebalancing(caller, only_hedge, now)
