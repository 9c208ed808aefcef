"""What can be read from a volt."""

from __future__ import annotations

from typing import Any

import msgspec

from voltcore import _core as core
from voltcore.venues import MarginVenue
from voltcore.volts.config import VoltConfig
from voltcore.volts.operations import STAGES, Stage
from voltcore.volts.receipts import (
    EntropyRound,
    EpochInfo,
    Exposure,
    PendingRecord,
    Round,
    TriggerName,
    TriggerReport,
    UserAccount,
)
from voltcore.volts.shares import SharePrice

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


class VoltReadings:
    """State, exposure and triggers of `voltcore.volts.Volt`."""

    __slots__ = ()

    _core: core.Volt

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

    def has_open_off_book_order(self, now: int) -> bool:
        """
        Whether an off-book order of the target leg can still be taken.

        Parameters
        ----------
        now : int
            Seconds.

        Returns
        -------
        bool
            The original's ``otc_setup_rebalance_block``.
        """
        return self._core.has_open_off_book_order(now)

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
