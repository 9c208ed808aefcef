"""
A VolPerp pool on realised volatility, through resampled weeks of BTC.

Each path is a whole `voltcore.perps.VolPool` with the product ``rv``. Its realised volatilities
come from the weekly realised variances of the table: blocks of consecutive weeks are drawn
(circular block bootstrap), a week's variance spreads evenly over its days, and the 7- and 30-day
windows move over them. Fee reserves are cleared once a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Literal

import msgspec

from voltcore import _core
from voltcore.errors import ScenarioError
from voltcore.perps import (
    JumpRate,
    PoolLimit,
    PoolRoles,
    VolConfig,
    VolCustodyConfig,
    VolFees,
    VolSettings,
)
from voltcore.sim.crab import Weeks, read_weeks
from voltcore.sim.described_keys import chosen, documented
from voltcore.sim.model import Band, Column, InputFile, ModelSettings
from voltcore.sim.stress_model import (
    SHARE_EDGES,
    USD,
    USE_EDGES,
    StressModel,
    rising_edges,
    usd_column,
)
from voltcore.sim.stress_settings import Keepers, Lps, Traders, behaviour

__all__ = ["ImperialRvModel", "Settings", "build"]

ROLES = PoolRoles(admin=1, keeper=2, oracle=3)
INSURANCE_EDGES = (0.5, *rising_edges(40, 280, 40))
VOLATILITY_EDGES = tuple(float(step) for step in range(0, 301, 2))


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weeks that are resampled."""

    weeks: Annotated[
        InputFile,
        documented("table of weeks with realised_variance", "file", "hourly BTC/USDT closes"),
    ] = "btc_weekly.csv"
    length: Annotated[int, chosen("length of a path", "weeks", "half a year", ge=1, le=520)] = 26
    block: Annotated[int, chosen("length of a block", "weeks", "a month", ge=1, le=260)] = 4
    steps_per_day: Annotated[int, chosen("steps", "a day", "every six hours", ge=1, le=1_440)] = 4


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules and size of the pool."""

    deposit_usd: Annotated[int, chosen("of the LPs", "USD", "a small pool", ge=1, le=10**10)] = (
        1_000_000
    )
    insurance_usd: Annotated[int, chosen("seed", "USD", "1 %", ge=0, le=10**10)] = 10_000
    max_leverage: Annotated[int, documented("plain multiple", "x", "docs", ge=2, le=1_000)] = 20
    max_size_usd: Annotated[
        int, chosen("of one position, with its profit", "USD", "5 %", ge=1, le=10**10)
    ] = 50_000
    load_percentage_bps: Annotated[
        int, chosen("of the largest size that is locked", "bps", "", ge=0, le=10_000)
    ] = 4_000
    blockage_limit_bps: Annotated[
        int, chosen("use above which LPs wait", "bps", "", ge=1, le=10_000)
    ] = 9_000
    min_rate_bps: Annotated[int, documented("yearly", "bps", "example", ge=0, le=10**6)] = 500
    target_rate_bps: Annotated[int, documented("at the kink", "bps", "example", ge=0, le=10**6)] = (
        3_500
    )
    max_rate_bps: Annotated[int, documented("at full use", "bps", "example", ge=0, le=10**6)] = (
        15_000
    )
    kink_bps: Annotated[int, documented("kink", "bps", "example", ge=1, le=9_999)] = 8_000
    rate_mode: Annotated[
        Literal["exact", "published"], chosen("jump rate", "", "the printed one loses its slope")
    ] = "exact"
    trade_fee_bps: Annotated[int, chosen("open and close", "bps", "", ge=0, le=1_000)] = 7
    trade_impact_fee_scalar: Annotated[int, chosen("0: none", "", "", ge=0, le=2**62)] = (
        1_000_000_000_000
    )
    protocol_share_bps: Annotated[int, chosen("of fees", "bps", "", ge=0, le=10_000)] = 2_500
    liquidation_reward_bps: Annotated[int, chosen("liquidator's", "bps", "", ge=0, le=2_500)] = 500
    insurance_fee_bps: Annotated[int, chosen("of liquidations", "bps", "", ge=0, le=2_500)] = 400
    insurance_share_dps: Annotated[
        int, chosen("of borrow fees, for the insurance", "1e-5", "", ge=0, le=100_000)
    ] = 20_000

    def __post_init__(self) -> None:
        rising = self.min_rate_bps <= self.target_rate_bps <= self.max_rate_bps
        if not rising:
            raise ScenarioError(
                "is not between min_rate_bps and max_rate_bps",
                code="E206",
                field="target_rate_bps",
                value=self.target_rate_bps,
            )


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything of an ``imperial-rv`` scenario."""

    market: Market = Market()
    pool: Pool = Pool()
    traders: Traders = Traders()
    lps: Lps = Lps()
    keepers: Keepers = Keepers()


COLUMNS: tuple[Column, ...] = (
    Column("lp_return", "float64", "%", "return of the LP unit", "sum of base per unit"),
    Column(
        "lp_return_at_mark",
        "float64",
        "%",
        "return at mark",
        "with open profits and losses",
        at_risk=True,
    ),
    Column("max_drawdown", "float64", "%", "largest fall from a peak", "sum of base per unit"),
    usd_column("trader_pnl", "what traders won", "settled and open, as far as paid, before fees"),
    usd_column("fees", "trade fees", "open, close, liquidation"),
    usd_column("borrow_fees", "borrow fees", "paid at closes"),
    usd_column("to_protocol", "to the protocol", "fees and rewards"),
    usd_column("lp_fees", "LPs: trade fees", "less the protocol's part"),
    usd_column("lp_borrow", "LPs: borrow fees", "less the protocol's and the insurance's part"),
    usd_column("lp_trader_pnl", "LPs: against traders", "minus what traders won"),
    usd_column("lp_insurance", "LPs: paid by the insurance", "of what traders won"),
    usd_column("lp_other", "LPs: the rest", "left by liquidations; closes the sum"),
    usd_column("lp_change", "LPs: change at mark", "less what LPs moved", at_risk=True),
    Column("mean_utilisation", "float64", "%", "mean use", "locked / base"),
    Column("max_utilisation", "float64", "%", "greatest use", "every step"),
    usd_column("insurance_low", "least insurance", "after every payment out of it"),
    usd_column("insurance_end", "insurance at the end", "", headline=False),
    usd_column("impairment", "impairment", "profits paid from the free base"),
    usd_column("user_losses", "user losses", "profits never paid"),
    usd_column("shortfall", "loss beyond collateral", "of liquidations"),
    Column("opened", "uint32", "times", "positions opened", ""),
    Column("refused", "uint32", "times", "refused", "limits of the pool"),
    Column("liquidations", "uint32", "times", "liquidations", ""),
    Column("over_profit", "uint32", "times", "of them for profit", "above max_size"),
    usd_column("liquidated_notional", "liquidated notional", "size"),
    Column("blocked_time", "float64", "%", "time blocked", "use at or above the limit"),
    Column("lp_loss", "bool", "", "LPs lose at mark", "lp_return_at_mark < 0"),
    Column(
        "insurance_depleted",
        "bool",
        "",
        "insurance used up",
        "insurance_low = 0",
    ),
    Column("any_user_loss", "bool", "", "some profit not paid", "user_losses > 0"),
    Column("any_impairment", "bool", "", "some impairment", "impairment > 0"),
)


class ImperialRvModel(StressModel):
    """The model of an ``imperial-rv`` scenario."""

    kind = "imperial-rv"
    columns = COLUMNS

    def __init__(self, settings: Settings, weeks: Weeks) -> None:
        market = settings.market
        core = _core.ImperialRvModel(
            SimpleNamespace(
                pool=_pool(settings.pool),
                weekly_variance=weeks.realised_variance,
                weeks=market.length,
                block_weeks=market.block,
                deposit=settings.pool.deposit_usd * USD,
                insurance=settings.pool.insurance_usd * USD,
                **vars(behaviour(settings, market.steps_per_day)),
            )
        )
        times = tuple(f"week {week}" for week in range(1, market.length + 1))
        texts = (
            ("share_price", "1", SHARE_EDGES, "sum of base per LP unit, 1 at the start"),
            ("utilisation", "%", USE_EDGES, "locked over base"),
            ("insurance", "USD", INSURANCE_EDGES, "insurance account"),
            ("volatility", "%", VOLATILITY_EDGES, "realised volatility of 30 days"),
        )
        bands = tuple(Band(n, unit, edges, times, text) for n, unit, edges, text in texts)
        super().__init__(core, market.length * 7 * market.steps_per_day, bands)


def _pool(pool: Pool) -> VolConfig:
    limit = PoolLimit(
        pool_profit_load_percentage_bps=pool.load_percentage_bps,
        max_long_size=pool.max_size_usd * USD,
        max_short_size=pool.max_size_usd * USD,
        max_leverage=pool.max_leverage,
        trade_impact_fee_scalar=pool.trade_impact_fee_scalar,
        trade_blockage_utilization_limit=pool.blockage_limit_bps,
    )
    jump = JumpRate(
        min_rate_bps=pool.min_rate_bps,
        max_rate_bps=pool.max_rate_bps,
        target_rate_bps=pool.target_rate_bps,
        target_utilization=pool.kink_bps,
    )
    fees = VolFees(
        increase_position_bps=pool.trade_fee_bps,
        decrease_position_bps=pool.trade_fee_bps,
        protocol_share_bps=pool.protocol_share_bps,
        positive_collateral_liquidator_reward_bps=pool.liquidation_reward_bps,
        insurance_fund_liquidation_fee_bps=pool.insurance_fee_bps,
        borrow_fee_liquidation_fund_contribution_dps=pool.insurance_share_dps,
    )
    return VolConfig(
        roles=ROLES,
        settings=VolSettings(product="rv", rate_mode=pool.rate_mode, lp_inventory=2**63),
        limit=limit,
        fees=fees,
        custodies=(VolCustodyConfig(name="USDC", limit=limit, jump=jump),),
    )


def build(settings: Settings, inputs: Mapping[str, bytes]) -> ImperialRvModel:
    """The model of checked settings and the table they name."""
    return ImperialRvModel(settings, read_weeks(inputs[settings.market.weeks]))
