"""Volts #03 and #04 with their margin venue, as one value."""

from __future__ import annotations

from typing import Any

import msgspec

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues import FundingReceipt, MarginVenue
from voltcore.volts.config import FeeSettings, StrategyParams, VoltConfig
from voltcore.volts.operations import STAGES, Stage
from voltcore.volts.receipts import (
    EndRoundReceipt,
    EntropyRound,
    EpochInfo,
    Exposure,
    FeesReceipt,
    PendingRecord,
    Quote,
    RebalanceReceipt,
    Round,
    SetupReceipt,
    TransferReceipt,
    TriggerName,
    TriggerReport,
    UserAccount,
)
from voltcore.volts.shares import SharePrice

__all__ = ["VOLT_AUTHORITY", "Volt"]

VOLT_AUTHORITY = 2**64 - 1
"""Owner of a volt's margin account: the volt itself. Nobody may call under this id."""

_TRIGGERS: tuple[TriggerName, ...] = (
    "none",
    "epoch_end",
    "collateral_ratio",
    "leverage",
    "pending_flows",
    "hedge_drift",
)
_KINDS = ("crab", "basis")
_HEDGE_MODES = ("delta", "ratio")
_SIZE_PRICES = ("oracle", "mark")


def _quote(quote: Quote | None) -> tuple[int, int, int | None] | None:
    return None if quote is None else (quote.bid_lots, quote.ask_lots, quote.size_lots)


class Volt(Engine):
    """
    A volt and the margin venue it trades on: rounds, shares, fees and the twelve-step cycle.

    Callers are non-zero ids, `now` is whole seconds and never runs backwards. Amounts are native
    units of the deposit token (the venue's quote token), shares native units of the volt token;
    every division favours those who stay.

    Parameters
    ----------
    config : VoltConfig
    venue : MarginVenue
        Copied; the volt opens its margin account there.
    now : int
        Clock at the start, seconds.

    Raises
    ------
    InputRangeError
        For a parameter that no volt could run with, with the path of the field and, where the
        original has one, its name for the refusal.

    Notes
    -----
    Every operation either does what it says or raises one error and changes nothing, neither in
    the volt nor on the venue. ``onchain`` of the error is the original's own name. All of them
    raise `NotAuthorizedError` (``Unauthorized``) for the wrong caller, `PhaseError` in the wrong
    stage (the table is `voltcore.volts.OPERATIONS`), `TimeOrderError` for a `now` before the last
    one, `StalePriceError` (``InvalidPriceCache``, ...) where they read the margin account, and the
    venue's own refusals.
    """

    __slots__ = ()

    _kind = "volt"
    _core_type = core.Volt
    _core: core.Volt

    def __init__(self, config: VoltConfig, venue: MarginVenue, now: int = 0) -> None:
        self._core = core.Volt(config, venue._core.payload(), now)

    def credit_wallet(self, user: int, amount: int) -> None:
        """
        Put money from outside the model into a user's wallet.

        Parameters
        ----------
        user : int
            Caller id, in ``[1, 2**64 - 2]``; his account is opened if he has none.
        amount : int
            Native underlying.
        """
        self._core.credit_wallet(user, amount)

    # Users.

    def deposit(self, caller: int, amount: int, now: int) -> TransferReceipt:
        """
        Deposit underlying: pending while the round is active, instant between rounds.

        Parameters
        ----------
        caller : int
            The user.
        amount : int
            Native underlying out of his wallet.
        now : int
            Seconds.

        Returns
        -------
        TransferReceipt
            Shares of an instant deposit are ``floor(amount * S / A)``, `amount` when S is 0.

        Raises
        ------
        PausedError
            ``DepositsAndWithdrawalsAreTurnedOff``.
        InputRangeError
            ``InvalidDepositAmount``: 0, or a first deposit below `min_first_deposit`.
        PhaseError
            ``DepositsDisabled`` while a rebalance runs.
        InsufficientFundsError
            ``InsufficientCollateralForDeposit``.
        StateError
            ``PendingDepositAlreadyExists``: an older one has not been claimed.
        FundsError
            ``AccountEquityLessThanZero``; ``NewEquityMustBeHigherThanDepositAmount`` for an instant
            deposit into shares that nothing backs.
        CapError
            ``VaultCapacityWouldBeExceeded``, ``IndividualDepositCapacityWouldBeExceeded``.

        Notes
        -----
        The checks run in this order (chosen). Deposits of one round accumulate (chosen; the public
        pages contradict each other).
        """
        return TransferReceipt(**self._core.deposit(caller, amount, now))

    def withdraw(self, caller: int, shares: int, now: int) -> TransferReceipt:
        """
        Withdraw shares: burned and pending while the round is active, instant between rounds.

        Parameters
        ----------
        caller : int
            The user.
        shares : int
            Out of his hands; unclaimed shares do not count.
        now : int
            Seconds.

        Returns
        -------
        TransferReceipt
            An instant withdrawal pays ``floor(shares * A / S)`` minus the withdrawal fee, out of
            the deposit pool only.

        Raises
        ------
        PausedError
            ``DepositsAndWithdrawalsAreTurnedOff``.
        InputRangeError
            ``InvalidWithdrawAmount`` for 0.
        PhaseError
            ``WithdrawalsDisabled`` while a rebalance runs (chosen).
        InsufficientFundsError
            ``InsufficientVaultTokens``; ``InvalidWithdrawAmount`` if the pool is too small
            (chosen).
        StateError
            ``CantHaveMultiplePendingWithdrawals``: an older one has not been claimed.
        FundsError
            ``AccountEquityLessThanZero`` for an instant withdrawal.
        """
        return TransferReceipt(**self._core.withdraw(caller, shares, now))

    def deposit_with_claim(self, caller: int, amount: int, now: int) -> TransferReceipt:
        """
        Claim an older pending deposit if there is one, then `deposit`; both or nothing.

        Parameters
        ----------
        caller, amount, now : int
            As of `deposit`.
        """
        return TransferReceipt(**self._core.deposit_with_claim(caller, amount, now))

    def withdraw_with_claim(self, caller: int, shares: int, now: int) -> TransferReceipt:
        """
        Claim an older pending withdrawal if there is one, then `withdraw`; both or nothing.

        Parameters
        ----------
        caller, shares, now : int
            As of `withdraw`.
        """
        return TransferReceipt(**self._core.withdraw_with_claim(caller, shares, now))

    def cancel_pending_deposit(self, caller: int, now: int) -> int:
        """
        Take a pending deposit of this round back, while nothing is fixed (chosen).

        Parameters
        ----------
        caller, now : int
            The user, and seconds.

        Returns
        -------
        int
            Native underlying that is back in the wallet.

        Raises
        ------
        StateError
            ``PendingDepositDoesNotExist``, ``CannotCancelPendingDepositFromOldRound``.
        PhaseError
            ``InvalidEpochForCancel`` from SetupRebalance to the next StartRound.
        """
        return self._core.cancel_pending_deposit(caller, now)

    def cancel_pending_withdrawal(self, caller: int, now: int) -> int:
        """
        Mint the burned shares of a pending withdrawal of this round again.

        Parameters
        ----------
        caller, now : int
            The user, and seconds.

        Returns
        -------
        int
            Shares that are back in the user's hands.

        Raises
        ------
        StateError
            ``PendingWithdrawalDoesNotExist``, ``CannotCancelPendingWithdrawalFromOldRound``.
        PhaseError
            ``InvalidEpochForCancel`` from SetupRebalance to the next StartRound.
        """
        return self._core.cancel_pending_withdrawal(caller, now)

    def claim_pending_deposit(self, caller: int, now: int) -> int:
        """
        Shares of a deposit whose round is over: ``floor(record * round_volt_tokens / D)``.

        Parameters
        ----------
        caller, now : int
            The user, and seconds.

        Returns
        -------
        int
            Shares.

        Raises
        ------
        StateError
            ``PendingDepositDoesNotExist``.
        PhaseError
            ``InvalidClaimPendingDepositState`` before the next round has begun.

        Notes
        -----
        Implied: the client divides the live token balance by the live D, so the last claim takes
        the rest and nothing is stranded.
        """
        return self._core.claim_pending_deposit(caller, now)

    def claim_pending_withdrawal(self, caller: int, now: int) -> int:
        """
        Underlying of a withdrawal whose round is over, after the withdrawal fee, pro rata.

        Parameters
        ----------
        caller, now : int
            The user, and seconds.

        Returns
        -------
        int
            Native underlying, rounded down.

        Raises
        ------
        StateError
            ``PendingWithdrawalDoesNotExist``.
        PhaseError
            ``InvalidClaimPendingWithdrawalState`` before the next round has begun.
        """
        return self._core.claim_pending_withdrawal(caller, now)

    # The cycle.

    def take_performance_fees(self, caller: int, now: int) -> FeesReceipt:
        """
        Step 4: performance and AUM fee, from the pool first, the rest from the venue.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.

        Returns
        -------
        FeesReceipt

        Raises
        ------
        PhaseError
            ``InvalidTakePerformanceFeesState``.
        FundsError
            ``AccountEquityLessThanZero``.
        InsufficientFundsError
            ``InsufficientFunds`` of the venue.

        Notes
        -----
        A loss pays no fee and is not carried forward (implied): there is no high-water mark.
        PnL is settled only when the venue has to pay.
        """
        return FeesReceipt(**self._core.take_performance_fees(caller, now))

    def setup_rebalance(
        self,
        caller: int,
        now: int,
        *,
        expected_oracle_price_bits: int | None = None,
        mark_price_bits: int | None = None,
    ) -> SetupReceipt:
        """
        Step 5: fix payout and minted shares at one share price, move money, size the target leg.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.
        expected_oracle_price_bits : int, optional
            Of the linear underlying; the oracle must be within 1 % of it.
        mark_price_bits : int, optional
            Of the target market; needed when `size_price` is ``"mark"``.

        Returns
        -------
        SetupReceipt

        Raises
        ------
        PhaseError
            ``InvalidSetupRebalanceEntropyState``.
        PriceBoundError
            ``RealizedOraclePriceTooFarOffClientProvided``.
        FundsError
            ``AccountEquityLessThanZero``, ``NewEquityMustBeHigherThanDepositAmount``.
        """
        return SetupReceipt(
            **self._core.setup_rebalance(caller, now, expected_oracle_price_bits, mark_price_bits)
        )

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
        quote: Quote | None = None,
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
        quote : Quote, optional
            What the counterparty shows; without one everything fills at the limit.
        off_book : bool
            A fill at a fixed price, without fees; only the admin.

        Returns
        -------
        RebalanceReceipt

        Raises
        ------
        PhaseError
            ``InvalidRebalanceEntropyState``.
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

    def rebalance_hedge(
        self,
        caller: int,
        now: int,
        limit_price_lots: int,
        *,
        max_quote: int | None = None,
        quote: Quote | None = None,
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
        quote: Quote | None = None,
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

    def rebalance_spot(self, caller: int, now: int) -> None:
        """
        Step 8 with a spot hedge. The quoted venue has no spot market, so this always refuses.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.

        Raises
        ------
        StateError
            ``HedgeWithSpotMustBeTrue``.
        PhaseError
            ``InvalidRebalanceSpotEntropyState``.
        NotInitializedError
            E503: there is no spot market.
        """
        self._core.rebalance_spot(caller, now)

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

    def end_round(self, caller: int, now: int, *, bypass: bool = False) -> EndRoundReceipt:
        """
        Step 9: pay the leavers ``min(U, floor(W * max(0, A_now - D) / S))``, mint M shares.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.
        bypass : bool
            The admin may end a round from READY on; it skips only that check (chosen).

        Returns
        -------
        EndRoundReceipt

        Raises
        ------
        PhaseError
            ``InvalidEndEntropyRoundState``.
        FundsError
            ``AccountEquityLessThanZero``.
        MarginError
            ``UnhealthyEntropyAccount``: maintenance health is negative (chosen).
        InsufficientFundsError, LiquidityError
            ``InsufficientFunds``, ``InsufficientLiquidity`` of the venue. The settlements of the
            same call are undone and the round can be ended later.
        """
        return EndRoundReceipt(**self._core.end_round(caller, now, bypass))

    def take_pending_withdrawal_fees(self, caller: int, now: int) -> int:
        """
        Step 10: the withdrawal fee of the round, once, before its claims.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.

        Returns
        -------
        int
            Native underlying, rounded down.

        Raises
        ------
        PhaseError
            ``InvalidEndRoundState``.
        """
        return self._core.take_pending_withdrawal_fees(caller, now)

    def start_round(self, caller: int, now: int) -> int:
        """
        Step 11: the next round begins and the claims of the last one open.

        Parameters
        ----------
        caller, now : int
            The admin (anybody while cranks are permissionless), and seconds.

        Returns
        -------
        int
            A, which the epoch's performance fee is measured against.

        Raises
        ------
        PhaseError
            ``InvalidStartRoundState``, ``MustTakeWithdrawalFeesBeforeStartingRound``.
        FundsError
            ``AccountEquityLessThanZero``.
        """
        return self._core.start_round(caller, now)

    # The admin.

    def set_strategy_params(self, caller: int, params: StrategyParams, now: int) -> None:
        """
        New leverage, hedge, leniences and switches; in ACTIVE or between rounds.

        Parameters
        ----------
        caller : int
            The admin.
        params : StrategyParams
        now : int
            Seconds.

        Raises
        ------
        InputRangeError
            ``LenienceMustBeGreaterThanZero``, ``LenienceShouldNotBeGreaterThanLeverage``,
            ``VaultDoesNotSupportOverLeveragedStrategies`` (``|leverage| > 1``, chosen), for the
            crab ``TargetCollateralRatioMustBeNegative``.
        """
        self._core.set_strategy_params(caller, params, now)

    def change_fees(self, caller: int, fees: FeeSettings, now: int) -> None:
        """
        Set custom fees; they count only while `use_custom_fees` is on.

        Parameters
        ----------
        caller : int
            The admin.
        fees : FeeSettings
            Basis points, at most 10 000 each.
        now : int
            Seconds.
        """
        self._core.change_fees(caller, fees, now)

    def change_capacity(
        self, caller: int, now: int, *, capacity: int, individual_capacity: int
    ) -> None:
        """
        Set both limits; what is in already stays in.

        Parameters
        ----------
        caller, now : int
            The admin, and seconds.
        capacity, individual_capacity : int
            Native underlying.
        """
        self._core.change_capacity(caller, capacity, individual_capacity, now)

    def set_permissionless_cranks(self, caller: int, on: bool, now: int) -> None:
        """
        Let anybody turn the cranks, or only the admin again.

        Parameters
        ----------
        caller : int
            The admin.
        on : bool
        now : int
            Seconds.
        """
        self._core.set_permissionless_cranks(caller, on, now)

    def turn_off_deposits_and_withdrawals(self, caller: int, off: bool, now: int) -> None:
        """
        Stop deposits and withdrawals, or allow them again; cancels and claims go on.

        Parameters
        ----------
        caller : int
            The admin.
        off : bool
        now : int
            Seconds.
        """
        self._core.turn_off_deposits_and_withdrawals(caller, off, now)

    def propose_admin(self, caller: int, heir: int, now: int) -> None:
        """
        Name a successor, who becomes admin by `accept_admin`; 0 takes a proposal back.

        Parameters
        ----------
        caller, heir, now : int
            The admin, the successor's id, and seconds.
        """
        self._core.propose_admin(caller, heir, now)

    def accept_admin(self, caller: int, now: int) -> None:
        """
        Become the admin after a proposal.

        Parameters
        ----------
        caller, now : int
            The proposed account, and seconds.
        """
        self._core.accept_admin(caller, now)

    # Keepers of the venue inside.

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

    def cache_perp_markets(self, now: int) -> None:
        """Cache the funding accumulators; `now` in seconds."""
        self._core.cache_perp_markets(now)

    def refresh_caches(self, now: int) -> None:
        """The four keeper steps at one instant, in the order of the venue; `now` in seconds."""
        self.cache_prices(now)
        self.update_banks(now)
        self.cache_root_banks(now)
        self.cache_perp_markets(now)

    # Readings.

    @property
    def venue(self) -> MarginVenue:
        """A copy of the venue with everything on it."""
        return MarginVenue._from_core(
            MarginVenue._core_type.from_payload(self._core.venue_payload())
        )

    @property
    def stage(self) -> Stage:
        """Where the cycle stands; the names are `voltcore.volts.STAGES`."""
        return STAGES[self._core.summary()["stage"]]

    @property
    def flags(self) -> dict[str, bool]:
        """The eight flags of the original account, as a reading of `stage`."""
        return core.volts_stage_flags(self._core.summary()["stage"])

    @property
    def round_number(self) -> int:
        """The present round; 0 before the first."""
        return self._core.summary()["round_number"]

    @property
    def supply(self) -> int:
        """Supply of the share mint, unclaimed shares included; shares being withdrawn are not."""
        return self._core.summary()["supply"]

    @property
    def deposit_pool(self) -> int:
        """Native underlying that is held outside the venue."""
        return self._core.summary()["deposit_pool"]

    @property
    def fee_account(self) -> int:
        """Native underlying that fees have brought so far."""
        return self._core.summary()["fee_account"]

    @property
    def clock(self) -> int:
        """Time of the last operation on the volt, seconds."""
        return self._core.summary()["clock"]

    @property
    def admin(self) -> int:
        """Caller id of the admin."""
        return self._core.summary()["admin"]

    @property
    def margin_account(self) -> int:
        """Index of the volt's margin account on the venue."""
        return self._core.summary()["margin_account"]

    @property
    def config(self) -> VoltConfig:
        """The parameters in force."""
        fields = self._core.config()
        fields["kind"] = _KINDS[fields["kind"]]
        strategy = fields["strategy"]
        strategy["hedge_mode"] = _HEDGE_MODES[strategy["hedge_mode"]]
        strategy["size_price"] = _SIZE_PRICES[strategy["size_price"]]
        return msgspec.convert(fields, VoltConfig)

    def user(self, user: int) -> UserAccount:
        """A user's wallet, shares and requests; an empty account for one who has none."""
        return _user(self._core.user(user))

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Rounds by rising number, the present one last; without history only those with claims."""
        return tuple(Round(**fields) for fields in self._core.rounds())

    @property
    def entropy_round(self) -> EntropyRound:
        """Working numbers of the present rebalance."""
        return EntropyRound(**self._core.entropy_round())

    @property
    def epoch_info(self) -> EpochInfo:
        """What the present epoch reports so far."""
        return EpochInfo(**self._core.epoch_info())

    @property
    def finished_epochs(self) -> tuple[EpochInfo, ...]:
        """What the finished epochs reported, if history is kept."""
        return tuple(EpochInfo(**fields) for fields in self._core.finished_epochs())

    def assets(self, now: int) -> int:
        """
        A: ``floor(equity) + deposit_pool`` at oracle prices, with unsettled profit and funding.

        Raises
        ------
        FundsError
            ``AccountEquityLessThanZero``.
        """
        return self._core.assets(now)

    def shares_outstanding(self) -> int:
        """S: the supply, and W from StartRound to EndRound; burned shares own until then."""
        return self._core.shares_outstanding()

    def share_price(self, now: int) -> SharePrice | None:
        """A / S as an exact ratio; None from SetupRebalance to EndRound, where it is no price."""
        price = self._core.share_price(now)
        return None if price is None else SharePrice(*price)

    def nav_at_mark(self, target_mark_bits: int, hedge_mark_bits: int) -> int:
        """A with both perps at mark prices; never used for shares or fees (chosen). Signed."""
        return self._core.nav_at_mark(target_mark_bits, hedge_mark_bits)

    def exposure(self) -> Exposure:
        """Equity, notional and deltas at oracle prices."""
        return Exposure(**self._core.exposure())

    def collateral_ratio_bps(self) -> int | None:
        """CR in basis points, rounded down; None without a position."""
        return self._core.collateral_ratio_bps()

    def hedge_target_lots(self) -> int:
        """Base lots that the hedge leg goes to, by the rule of `hedge_mode`."""
        return self._core.hedge_target_lots()

    def check_triggers(self, now: int, *, daily_volume: int | None = None) -> TriggerReport:
        """
        Step 2: the first trigger that fires, in the order of the rules; none outside ACTIVE.

        Parameters
        ----------
        now : int
            Seconds.
        daily_volume : int, optional
            Trailing 24 h volume of the target perp, native quote; without it the fourth trigger is
            skipped.
        """
        trigger, hedge_only = self._core.check_triggers(now, daily_volume)
        return TriggerReport(trigger=_TRIGGERS[trigger], hedge_only=hedge_only)

    def describe(self) -> str:
        """The volt in a few lines for a person, at the cached oracle prices."""
        config = self.config
        held = self.exposure()
        unit = 10**config.decimals
        equity = held.equity_bits / 2**48
        ratio = self.collateral_ratio_bps()
        venue = self.venue
        account = self.margin_account
        target = venue.perp_account(account, config.target_perp)
        hedge = venue.perp_account(account, config.hedge_perp)
        floor_equity = held.equity_bits >> 48
        assets = floor_equity + self.deposit_pool
        shares = self.shares_outstanding()
        price = "-"
        if self.stage not in ("READY", "TARGET_DONE", "DONE") and floor_equity >= 0:
            price = str(SharePrice(assets, shares))
        lines = [
            f"volt {config.kind}, round {self.round_number}, {self.stage}",
            f"  equity       {equity / unit:>16,.2f}   pool {self.deposit_pool / unit:,.2f}",
            f"  shares       {shares / unit:>16,.2f}   price {price}",
            f"  target leg   {target.base_position:>16,} lots   notional "
            f"{held.target_notional_bits / 2**48 / unit:,.2f}",
            f"  hedge leg    {hedge.base_position:>16,} lots   net delta "
            f"{held.net_delta_bits / 2**48:,.1f} native base",
            "  CR           "
            + ("          no position" if ratio is None else f"{ratio / 100:>14.2f} %"),
            f"  fees so far  {self.fee_account / unit:>16,.2f}",
        ]
        return "\n".join(lines)


def _user(fields: dict[str, Any]) -> UserAccount:
    return UserAccount(
        id=fields["id"],
        wallet=fields["wallet"],
        volt_tokens=fields["volt_tokens"],
        pending_deposit=PendingRecord(**fields["pending_deposit"]),
        pending_withdrawal=PendingRecord(**fields["pending_withdrawal"]),
    )
