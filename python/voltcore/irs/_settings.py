"""Settings of an `IrsPool`, and the world around its contracts."""

from __future__ import annotations

from voltcore.errors import InputTypeError
from voltcore.irs._reads import PoolReads
from voltcore.irs.parameters import MarginParameters

__all__ = ["PoolSettings"]


class PoolSettings(PoolReads):
    """
    The half of `IrsPool` that is set rather than traded.

    Settings are the owner's; another caller gets `NotAuthorizedError`, "Ownable: caller is not the
    owner".
    """

    __slots__ = ()

    # The world around the contracts.

    def set_rate(self, now: int, rate_ray: int, report_timestamp: int = 0) -> None:
        """
        The clock moves to `now` and the source of the index reports a rate.

        Parameters
        ----------
        now : int
            Seconds, not before the last operation.
        rate_ray : int
            Index, ray, in ``[1, 2**216 - 1]``. It may fall: what needs its growth then refuses.
        report_timestamp : int
            Of a push source: when it reported; 0 stands for `now`.
        """
        self._core.set_rate(now, rate_ray, report_timestamp)

    def fund(self, account: int, amount: int) -> None:
        """Give an account new underlying tokens."""
        self._core.fund(account, amount)

    def fund_yield_tokens(self, account: int, amount: int) -> None:
        """Give an account new yield tokens, `amount` at the present index."""
        self._core.fund_yield_tokens(account, amount)

    def fund_yield_reserve(self, amount: int) -> None:
        """Give the lending pool behind the yield token underlying to pay out."""
        self._core.fund_yield_reserve(amount)

    # The owner's.

    def set_margin_calculator_parameters(
        self, caller: int, now: int, parameters: MarginParameters
    ) -> None:
        """Set all margin parameters; the contract does not check them."""
        if not isinstance(parameters, MarginParameters):
            raise InputTypeError("is not a MarginParameters", field="parameters", value=parameters)
        self._core.set_margin_calculator_parameters(caller, now, parameters)

    def set_lookback_window_in_seconds(self, caller: int, now: int, seconds: int) -> None:
        """
        Set the window of the historical APY, in ``[3600, 315360000]``; "LB OOB" outside.

        When it was set before, the cached APY is refreshed at once, which may fail.
        """
        self._core.set_lookback_window_in_seconds(caller, now, seconds)

    def set_cache_max_age_in_seconds(self, caller: int, now: int, seconds: int) -> None:
        """Set how old the cached APY may be, at most 1209600; "CMA OOB" above."""
        self._core.set_cache_max_age_in_seconds(caller, now, seconds)

    def set_liquidator_reward(self, caller: int, now: int, reward_wad: int) -> None:
        """Set the liquidator's share of the margin, wad, at most 30 %; "LR OOB" above."""
        self._core.set_liquidator_reward(caller, now, reward_wad)

    def set_fee(self, caller: int, now: int, fee_wad: int) -> None:
        """Set the fee, wad, of the notional a year, at most 2 %; "fee range" above."""
        self._core.set_fee(caller, now, fee_wad)

    def set_fee_protocol(self, caller: int, now: int, fee_protocol: int) -> None:
        """Set the protocol's part, one in that many: 0 (none) or 3 to 50; "PR range" otherwise."""
        self._core.set_fee_protocol(caller, now, fee_protocol)

    def set_is_alpha(self, caller: int, now: int, is_alpha: bool) -> None:
        """Restrict mint and burn to the periphery."""
        self._core.set_is_alpha(caller, now, is_alpha)

    def set_is_alpha_margin_engine(self, caller: int, now: int, is_alpha: bool) -> None:
        """Restrict margin updates to the periphery."""
        self._core.set_is_alpha_margin_engine(caller, now, is_alpha)

    def set_maturity_buffer(self, caller: int, now: int, buffer_wad: int) -> None:
        """R23: set how long before maturity trading stops, wad seconds. R22 has a fixed day."""
        self._core.set_maturity_buffer(caller, now, buffer_wad)

    def set_min_seconds_since_last_update(self, caller: int, now: int, seconds: int) -> None:
        """Set the least time between two oracle entries."""
        self._core.set_min_seconds_since_last_update(caller, now, seconds)

    def change_pauser(self, caller: int, now: int, account: int, permission: bool) -> None:
        """Let an account pause the pool, or no longer."""
        self._core.change_pauser(caller, now, account, permission)

    def collect_protocol(self, caller: int, now: int, recipient: int, amount: int) -> None:
        """Pay out protocol fees; "NotEnoughFunds" for more than there are."""
        self._core.collect_protocol(caller, now, recipient, amount)

    # Others'.

    def set_pausability(self, caller: int, now: int, paused: bool) -> None:
        """Pause vAMM, engine and module, or go on: by a pauser, "no role" for others."""
        self._core.set_pausability(caller, now, paused)

    def set_approval(self, caller: int, now: int, integration: int, allow: bool) -> None:
        """Let `integration` act for the caller, or no longer."""
        self._core.set_approval(caller, now, integration, allow)

    def increase_observation_cardinality_next(self, caller: int, now: int, value: int) -> None:
        """Make room for more oracle observations: by anyone; "buffer limit" from 65535 on."""
        self._core.increase_observation_cardinality_next(caller, now, value)

    def write_oracle_entry(self, caller: int, now: int) -> None:
        """Store the source's report: by anyone."""
        self._core.write_oracle_entry(caller, now)

    def update_protocol_fees(self, caller: int, now: int, amount: int) -> None:
        """For the margin engine alone: every account gets "OnlyMarginEngine"."""
        self._core.update_protocol_fees(caller, now, amount)

    def transfer_margin_to_fcm_trader(
        self, caller: int, now: int, account: int, amount: int
    ) -> None:
        """For the module alone: every account gets "OnlyFCM"."""
        self._core.transfer_margin_to_fcm_trader(caller, now, account, amount)
