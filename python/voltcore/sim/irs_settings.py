"""Keys of a rates scenario: bounds, units and where each number comes from."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from voltcore.errors import ScenarioError
from voltcore.sim.described_keys import chosen, documented
from voltcore.sim.model import InputFile, ModelSettings


class Rate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The variable rate: Cox-Ingersoll-Ross, set or calibrated."""

    history: Annotated[
        InputFile | None,
        chosen(
            "table with a column rate_percent of daily rates; start, speed, level and volatility "
            "are then calibrated from it",
            "file",
            "optional",
        ),
    ] = None
    start_percent: Annotated[
        float, chosen("rate at the start", "% a year", "a round rate", ge=0.01, le=500)
    ] = 5.0
    speed: Annotated[
        float,
        chosen(
            "speed of mean reversion", "1 a year", "half of a gap is gone in 42 days", gt=0, le=1000
        ),
    ] = 6.0
    level_percent: Annotated[
        float, chosen("rate to which it reverts", "% a year", "the start", ge=0.01, le=500)
    ] = 5.0
    volatility: Annotated[
        float,
        chosen(
            "volatility: of the rate as a fraction, per square root of rate and year",
            "1",
            "a stable-coin lending rate: most days of a 5 % rate lie between 0.3 and 18 %",
            ge=1e-6,
            le=50,
        ),
    ] = 1.0
    volatility_scale: Annotated[
        float,
        documented(
            "F: the volatility is multiplied by it",
            "1",
            "stress factor of the protocol's risk engine",
            gt=0,
            le=100,
        ),
    ] = 1.0


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the market trades the fixed rate."""

    view: Annotated[
        Literal["neutral", "bull", "bear"],
        documented(
            "neutral: at the variable rate; bull: above it; bear: below it",
            "",
            "fixed-rate markets of the protocol's risk engine",
        ),
    ] = "neutral"
    tilt_percent: Annotated[
        float,
        chosen("how far above or below", "% of the variable rate", "a fifth", ge=0, le=90),
    ] = 20.0


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The instance: term, revision, liquidity, fee."""

    revision: Annotated[
        Literal["r22", "r23"], documented("state of the contracts", "", "July 2022, July 2023")
    ] = "r22"
    term_days: Annotated[int, chosen("length of the term", "days", "a quarter", ge=3, le=1_825)] = (
        90
    )
    steps_per_day: Annotated[
        int,
        chosen("how often rates move and keepers look", "1", "once a day", ge=1, le=24),
    ] = 1
    tick_spacing: Annotated[
        int, documented("tick spacing", "ticks", "deployed pools", ge=1, le=1_000)
    ] = 60
    liquidity_notional: Annotated[
        int,
        chosen(
            "notional that the market's own liquidity can trade from end to end of its range",
            "tokens",
            "a hundred times the notional of a position",
            ge=1_000,
            le=10**12,
        ),
    ] = 100_000_000
    low_rate_percent: Annotated[
        float, chosen("lower end of that range", "% a year", "wide", ge=0.01, le=500)
    ] = 0.5
    high_rate_percent: Annotated[
        float, chosen("upper end of that range", "% a year", "wide", ge=0.01, le=900)
    ] = 50.0
    fee_percent: Annotated[
        float,
        documented("fee, of the notional a year", "%", "deployed pools: 0.1 to 0.3 %", ge=0, le=2),
    ] = 0.1
    lookback_days: Annotated[
        int,
        documented("window of the historical rate", "days", "deployed pools", ge=1, le=365),
    ] = 5
    cache_hours: Annotated[
        int, documented("how long the historical rate is kept", "h", "6 h", ge=0, le=336)
    ] = 6
    liquidator_reward_percent: Annotated[
        float, documented("liquidator's share of the margin", "%", "5 to 10 %", ge=0, le=30)
    ] = 5.0


class Positions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The positions that are watched: each actor at each leverage."""

    notional: Annotated[
        int, chosen("notional of each", "tokens", "a round sum", ge=100, le=10**9)
    ] = 1_000_000
    leverages: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=10_000)], ...],
        chosen(
            "notional over margin; a leverage that the engine refuses is left out and said so",
            "1",
            "from careful to the engine's limit",
            min_length=1,
            max_length=12,
        ),
    ] = (5, 10, 15, 30, 60)
    actors: Annotated[
        tuple[Literal["ft", "vt", "lp"], ...],
        documented(
            "ft fixed taker, vt variable taker, lp liquidity provider",
            "",
            "actors of the protocol",
            min_length=1,
            max_length=3,
        ),
    ] = ("ft", "vt", "lp")
    lp_low_rate_percent: Annotated[
        float, chosen("lower end of the providers' range", "% a year", "", ge=0.01, le=500)
    ] = 2.0
    lp_high_rate_percent: Annotated[
        float, chosen("upper end of the providers' range", "% a year", "", ge=0.01, le=900)
    ] = 10.0

    def name_of(self, actor: str, leverage: int) -> str:
        """
        What the columns of a position begin with: ``ft_20x``, or ``ft`` if there is one leverage.

        So the cells of a sweep over single leverages have the same columns.
        """
        return actor if len(self.leverages) == 1 else f"{actor}_{leverage}x"


class ValueAtRisk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """LVaR and IVaR, and which leverage counts as safe."""

    block_days: Annotated[
        int, chosen("length of a block of the bootstrap", "days", "a week", ge=1, le=365)
    ] = 7
    replicates: Annotated[
        int, chosen("resampled series a path", "1", "enough for two figures", ge=2, le=100_000)
    ] = 100
    acceptable_liquidation_percent: Annotated[
        float,
        chosen("a leverage is safe below this probability of liquidation", "%", "", gt=0, le=50),
    ] = 5.0


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys of a rates scenario."""

    kind: Literal["irs"]
    rate: Rate = Rate()
    market: Market = Market()
    pool: Pool = Pool()
    positions: Positions = Positions()
    value_at_risk: ValueAtRisk = ValueAtRisk()

    def __post_init__(self) -> None:
        def increasing(field: str, *numbers: float) -> None:
            if not all(low < high for low, high in pairwise(numbers)):
                raise ScenarioError(
                    f"does not rise: {', '.join(f'{number:g}' for number in numbers)}",
                    code="E206",
                    field=field,
                )

        pool, positions = self.pool, self.positions
        increasing("pool.low_rate_percent .. high", pool.low_rate_percent, pool.high_rate_percent)
        increasing(
            "positions.lp_low_rate_percent .. high",
            positions.lp_low_rate_percent,
            positions.lp_high_rate_percent,
        )
        increasing("positions.leverages", *positions.leverages)
        if len(set(positions.actors)) != len(positions.actors):
            raise ScenarioError("names an actor twice", code="E206", field="positions.actors")
        if not pool.low_rate_percent <= self.rate.start_percent <= pool.high_rate_percent:
            raise ScenarioError(
                "is outside pool.low_rate_percent .. pool.high_rate_percent",
                code="E206",
                field="rate.start_percent",
                value=self.rate.start_percent,
            )
