"""Keys that the two pool stress runs share: traders, LPs and keepers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Protocol

import msgspec

from voltcore.errors import ScenarioError
from voltcore.sim.described_keys import chosen

__all__ = ["Keepers", "Lps", "Traders", "behaviour"]


class Traders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who comes, what they want and how long they stay."""

    arrivals_per_day: Annotated[
        float, chosen("new positions, Poisson", "a day", "a small pool", ge=0, le=2_000)
    ] = 48.0
    long_share: Annotated[
        float, chosen("share of longs without momentum", "1", "more buy than sell", ge=0, le=1)
    ] = 0.55
    momentum: Annotated[
        float,
        chosen("long share added per unit of the last day's log move", "1", "off", ge=-20, le=20),
    ] = 0.0
    size_median_usd: Annotated[
        float, chosen("median size, lognormal", "USD", "a small trader", gt=1, le=1e8)
    ] = 5_000.0
    size_sigma: Annotated[
        float, chosen("deviation of the log size", "1", "a few large ones", ge=0, le=4)
    ] = 1.2
    size_most_usd: Annotated[
        float, chosen("largest size", "USD", "what one position may be", gt=1, le=1e9)
    ] = 200_000.0
    leverage_least: Annotated[
        float, chosen("least leverage, uniform", "x", "careful ones", ge=1.01, le=500)
    ] = 2.0
    leverage_most: Annotated[float, chosen("most leverage", "x", "bold ones", ge=1.01, le=500)] = (
        40.0
    )
    holding_mean_hours: Annotated[
        float, chosen("mean time to the close, exponential", "h", "days", gt=0, le=8_760)
    ] = 24.0

    def __post_init__(self) -> None:
        if self.leverage_least > self.leverage_most:
            raise ScenarioError("is above leverage_most", code="E206", field="leverage_least")


class Lps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether LPs react."""

    exit_share: Annotated[
        float, chosen("share of the LP tokens that leaves", "1", "they stay", ge=0, le=1)
    ] = 0.0
    exit_loss: Annotated[
        float, chosen("loss of a day that makes it leave", "1", "not used", ge=0, le=1)
    ] = 0.05


class Keepers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How late prices and liquidators are."""

    liquidation_delay_steps: Annotated[
        int,
        chosen("steps a position stays eligible before it is closed", "steps", "0", ge=0, le=999),
    ] = 0
    oracle_delay_steps: Annotated[
        int, chosen("steps by which published prices are old", "steps", "0", ge=0, le=999)
    ] = 0


class PoolStress(Protocol):
    """Settings of either run."""

    @property
    def traders(self) -> Traders: ...
    @property
    def lps(self) -> Lps: ...
    @property
    def keepers(self) -> Keepers: ...


def behaviour(settings: PoolStress, steps_per_day: int) -> SimpleNamespace:
    """Traders, LPs and keepers as the core reads them, per step."""
    traders, keepers = settings.traders, settings.keepers
    flow = SimpleNamespace(
        arrivals_per_step=traders.arrivals_per_day / steps_per_day,
        long_share=traders.long_share,
        momentum=traders.momentum,
        size_median_usd=traders.size_median_usd,
        size_sigma=traders.size_sigma,
        size_most_usd=traders.size_most_usd,
        leverage_least=traders.leverage_least,
        leverage_most=traders.leverage_most,
        holding_mean_steps=traders.holding_mean_hours * steps_per_day / 24,
    )
    return SimpleNamespace(
        flow=flow,
        steps_per_day=steps_per_day,
        liquidation_delay_steps=keepers.liquidation_delay_steps,
        oracle_delay_steps=keepers.oracle_delay_steps,
        lp_exit_share=settings.lps.exit_share,
        lp_exit_loss=settings.lps.exit_loss,
    )
