"""What only the admin of a volt may change."""

from __future__ import annotations

from voltcore import _core as core
from voltcore.volts.config import FeeSettings, StrategyParams


class AdminOperations:
    """Parameters, fees, limits and switches of `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

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
