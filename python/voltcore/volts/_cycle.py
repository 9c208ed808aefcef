"""The steps of a volt's cycle that move money between rounds."""

from __future__ import annotations

from voltcore import _core as core
from voltcore.volts.receipts import EndRoundReceipt, FeesReceipt, SetupReceipt


class CycleOperations:
    """Fees, set-up, end and start of a round, of `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

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
