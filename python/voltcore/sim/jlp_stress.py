"""
A JLP pool under stress: correlated prices with jumps against a flow of leveraged traders.

Each path is a whole `voltcore.perps.JlpPool`. In each step prices are published (late if asked),
positions whose time is up are closed, eligible ones are liquidated (late if asked), and new traders
come. Fees are distributed once a day. Every rule of the pool applies; an opening that it refuses is
counted and forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Literal

import msgspec
import numpy as np

from voltcore import _core
from voltcore.errors import ScenarioError
from voltcore.perps import JlpConfig, JlpCustodyConfig, JlpSettings, PoolRoles
from voltcore.sim.described_keys import chosen, documented
from voltcore.sim.model import Band, Column, ModelSettings
from voltcore.sim.stress_model import SHARE_EDGES, USE_EDGES, StressModel, rising_edges, usd_column
from voltcore.sim.stress_settings import Keepers, Lps, Traders, behaviour

__all__ = ["JlpStressModel", "Settings", "build"]

ROLES = PoolRoles(admin=1, keeper=2, oracle=3)
STABLE = "USDC"
PRICE_EDGES = rising_edges(-100, 600, 100)


class Asset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A traded token: what it is in the pool, and how its price moves."""

    name: Annotated[str, chosen("custody", "", "as at Jupiter", min_length=1, max_length=16)]
    price_usd: Annotated[float, chosen("first price", "USD", "late 2024", gt=0, le=1e7)]
    deposit_usd: Annotated[float, chosen("what the LPs put in", "USD", "target", ge=1, le=1e11)]
    decimals: Annotated[int, documented("of the token", "", "mint", ge=0, le=9)] = 8
    arrivals_share: Annotated[float, chosen("of the traders", "1", "", ge=0, le=1)] = 0.0
    target_weight_bps: Annotated[int, documented("in the pool", "bps", "docs", ge=0, le=10_000)] = (
        2_500
    )
    growth: Annotated[float, chosen("expected", "a year", "no view", ge=-5, le=5)] = 0.0
    volatility: Annotated[float, chosen("of the log", "a year", "past years", ge=0, le=5)] = 0.8
    jumps_a_year: Annotated[float, chosen("own jumps", "a year", "", ge=0, le=1_000)] = 0.0
    jump_mean: Annotated[float, chosen("of the log price", "1", "", ge=-2, le=2)] = 0.0
    jump_volatility: Annotated[float, chosen("of it", "1", "", ge=0, le=2)] = 0.0
    common_jump_mean: Annotated[float, chosen("in a market jump", "1", "", ge=-2, le=2)] = 0.0
    common_jump_volatility: Annotated[float, chosen("of it", "1", "", ge=0, le=2)] = 0.0


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Length of a path, and what the assets have in common."""

    days: Annotated[int, chosen("length of a path", "days", "a quarter", ge=1, le=1_000)] = 90
    steps_per_day: Annotated[int, chosen("steps", "a day", "hourly", ge=2, le=1_440)] = 24
    correlation: Annotated[float, chosen("of any two assets", "1", "", ge=-0.5, le=1)] = 0.8
    common_jumps_a_year: Annotated[float, chosen("market jumps", "a year", "", ge=0, le=500)] = 12.0


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of the pool."""

    max_leverage: Annotated[int, documented("liquidation", "x", "first rule", ge=2, le=1_000)] = 200
    position_fee_bps: Annotated[int, documented("open and close", "bps", "docs", ge=0, le=500)] = 6
    trade_impact_fee_scalar: Annotated[
        int, documented("USD e6 x bps", "", "SOL custody", ge=0, le=2**62)
    ] = 1_250_000_000_000_000
    hourly_funding_dbps: Annotated[
        int, documented("at full use", "1e-5 an hour", "docs", ge=0, le=10_000)
    ] = 12
    surplus: Annotated[
        Literal["refund", "forfeit"], documented("of liquidations", "", "first rule; today forfeit")
    ] = "refund"
    usdc_deposit: Annotated[float, chosen("of the LPs", "USD", "target", ge=1, le=1e11)] = (
        3_500_000.0
    )


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything of a ``jlp-stress`` scenario."""

    asset: tuple[Asset, ...]
    market: Market = Market()
    pool: Pool = Pool()
    traders: Traders = Traders()
    lps: Lps = Lps()
    keepers: Keepers = Keepers()

    def __post_init__(self) -> None:
        if not 1 <= len(self.asset) <= 8:
            raise ScenarioError("are not 1 to 8", code="E206", field="asset")
        if abs(sum(asset.arrivals_share for asset in self.asset) - 1.0) > 1e-9:
            raise ScenarioError("do not add to 1", code="E206", field="asset.arrivals_share")
        names = {asset.name for asset in self.asset}
        if len(names) < len(self.asset) or STABLE in names:
            raise ScenarioError(
                "share a name, or have that of the stable", code="E206", field="asset"
            )
        least = -1.0 / max(len(self.asset) - 1, 1)
        if self.market.correlation < least:
            raise ScenarioError(
                f"is below {least:.3g}, the least that {len(self.asset)} assets can have",
                code="E206",
                field="market.correlation",
                value=self.market.correlation,
            )


COLUMNS: tuple[Column, ...] = (
    Column("lp_return", "float64", "%", "return of the LP token", "virtual price", at_risk=True),
    Column("max_drawdown", "float64", "%", "largest fall from a peak", "daily virtual price"),
    Column("asset_return", "float64", "%", "the same tokens held", "without a pool"),
    usd_column("trader_pnl", "what traders won", "settled and open, before fees"),
    usd_column("fees", "position fees", "paid"),
    usd_column("borrow_fees", "borrow fees", "paid"),
    usd_column("lp_fees", "LPs: position fees", "less the protocol's share"),
    usd_column("lp_borrow", "LPs: borrow fees", "less the protocol's share"),
    usd_column("lp_trader_pnl", "LPs: against traders", "minus what traders won"),
    usd_column("lp_asset_drift", "LPs: prices of their tokens", "with longs' collateral"),
    usd_column("lp_other", "LPs: the rest", "the average of the shorts, rounding"),
    usd_column("lp_change", "LPs: change of the AUM", "less what LPs moved", at_risk=True),
    usd_column("bad_debt", "loss beyond collateral", "paid by nobody"),
    usd_column("forfeited", "forfeited to LPs", "surplus of liquidations", headline=False),
    Column("mean_utilisation", "float64", "%", "mean use of the first token", "locked / owned"),
    Column("max_utilisation", "float64", "%", "greatest use of the first token", "every step"),
    Column("opened", "uint32", "times", "positions opened", ""),
    Column("refused", "uint32", "times", "openings refused", "limits of the pool"),
    Column("liquidations", "uint32", "times", "liquidations", ""),
    usd_column("liquidated_notional", "liquidated notional", "size"),
    Column("most_positions", "uint32", "", "most open positions", "", headline=False),
    Column("lp_loss", "bool", "", "LP token ends lower", "lp_return < 0"),
    Column("any_bad_debt", "bool", "", "some loss beyond collateral", "bad_debt > 0"),
    Column("traders_won", "bool", "", "traders won in all", "trader_pnl > 0"),
)


class JlpStressModel(StressModel):
    """The model of a ``jlp-stress`` scenario."""

    kind = "jlp-stress"
    columns = COLUMNS

    def __init__(self, settings: Settings) -> None:
        market, pool = settings.market, settings.pool
        per_year = 365.0 * market.steps_per_day
        assets = [
            SimpleNamespace(
                start=asset.price_usd,
                growth=asset.growth / per_year,
                volatility=asset.volatility / math.sqrt(per_year),
                jumps_per_step=asset.jumps_a_year / per_year,
                jump_mean=asset.jump_mean,
                jump_volatility=asset.jump_volatility,
                common_jump_mean=asset.common_jump_mean,
                common_jump_volatility=asset.common_jump_volatility,
            )
            for asset in settings.asset
        ]
        correlation = np.full((len(assets), len(assets)), market.correlation)
        np.fill_diagonal(correlation, 1.0)
        deposits = [*(asset.deposit_usd for asset in settings.asset), pool.usdc_deposit]
        core = _core.JlpStressModel(
            SimpleNamespace(
                pool=_pool(settings),
                assets=assets,
                correlation=correlation.ravel(),
                common_jumps_per_step=market.common_jumps_a_year / per_year,
                asset_share=np.array([asset.arrivals_share for asset in settings.asset]),
                deposits_usd=np.array(deposits),
                days=market.days,
                **vars(behaviour(settings, market.steps_per_day)),
            )
        )
        times = tuple(f"day {day}" for day in range(1, market.days + 1))
        first = settings.asset[0].name
        bands = (
            Band("share_price", "1", SHARE_EDGES, times, "virtual price, 1 at the start"),
            Band("utilisation", "%", USE_EDGES, times, f"locked over owned {first}"),
            Band("price", "USD", PRICE_EDGES, times, f"price of {first}"),
        )
        super().__init__(core, market.days * market.steps_per_day, bands)


def _pool(settings: Settings) -> JlpConfig:
    pool = settings.pool
    traded = tuple(
        JlpCustodyConfig(
            name=asset.name,
            decimals=asset.decimals,
            target_bps=asset.target_weight_bps,
            increase_bps=pool.position_fee_bps,
            decrease_bps=pool.position_fee_bps,
            trade_impact_fee_scalar=pool.trade_impact_fee_scalar,
            max_leverage_bps=pool.max_leverage * 10_000,
            hourly_funding_dbps=pool.hourly_funding_dbps,
        )
        for asset in settings.asset
    )
    stable = JlpCustodyConfig(
        name=STABLE, is_stable=True, target_bps=2_500, hourly_funding_dbps=pool.hourly_funding_dbps
    )
    return JlpConfig(
        roles=ROLES, settings=JlpSettings(surplus=pool.surplus), custodies=(*traded, stable)
    )


def build(settings: Settings, inputs: Mapping[str, bytes]) -> JlpStressModel:
    """The model of checked settings, which name no file."""
    del inputs
    return JlpStressModel(settings)
