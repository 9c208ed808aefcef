"""What users do with a volt."""

from __future__ import annotations

from voltcore import _core as core
from voltcore.volts.receipts import TransferReceipt


class UserOperations:
    """Deposits, withdrawals, cancels and claims of `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

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
