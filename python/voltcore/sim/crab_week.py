"""
One epoch of the crab volt by itself: the public worked example as a run.

A deposit becomes a position at one mark and one index, a week passes, and the fees are taken. The
move of the week is drawn; everything else is the example's. Volt and venue are the exact engines,
call by call.

What is assumed beyond the rules of volt and venue:

* The mark of the squared perp stays at the same ratio to its index all week, so its funding a day
  is the example's; the linear perp has neither premium nor funding.
* Prices are whole steps of 2^-14 USD. Keepers come once a day.
* Opening is at the mark for the short and at the oracle price for the hedge; nothing is closed.
  The result at the mark values both legs as they were opened: it is what the payoff curve shows.
  The result at the oracle price is the volt's own: it books the premium of the short at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from voltcore import _core, markets, venues, volts
from voltcore.errors import VoltcoreError
from voltcore.math import i80f48_from_float
from voltcore.sim.described_keys import chosen, documented
from voltcore.sim.model import BASE, Band, Column, ModelSettings, Series, Shard, Trace
from voltcore.sim.volt_settings import check_names

__all__ = ["CrabWeekModel", "Settings", "build"]

USDC = 1_000_000
DAYS = 7
_DAY = 86_400
_ADMIN, _DEPOSITOR = 1, 2
_ONE = 1 << 48
_STEPS = 2**14
_HOURS_PER_YEAR = 8766

COLUMNS: tuple[Column, ...] = (
    Column("move", "float64", "%", "move of BTC in the week", "drawn"),
    Column("payoff", "float64", "%", "result on the deposit, legs at their marks", "before fees"),
    Column("total_return", "float64", "%", "result on the deposit, oracle prices", "after fees"),
    Column("formula", "float64", "%", "leverage x (funding - move^2)", "documented"),
    Column("funding", "int64", "USDC", "funding received", "floor", scale=USDC),
    Column("performance_fee", "uint64", "USDC", "performance fee", "paid", scale=USDC),
    Column("final_value", "uint64", "USDC", "assets after the fees", "floor", scale=USDC),
    Column("profit_range", "float64", "%", "profit range of the week: ±", "sqrt(7 f), documented"),
    Column("in_range", "bool", "", "move inside the profit range", "documented"),
    Column("profit", "bool", "", "profit, legs at their marks", "before fees"),
    Column("loss", "bool", "", "loss, oracle prices", "after fees"),
)


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of the public example."""

    deposit_usdc: Annotated[
        int, documented("deposit", "USDC", "the public example", ge=10, le=10**9)
    ] = 1_000
    spot_usd: Annotated[
        float, documented("price of BTC", "USD", "the public example", ge=1, le=1e6)
    ] = 50_000.0
    mark_usd: Annotated[
        float, documented("mark of the squared perp", "USD", "the public example", gt=0, le=1e8)
    ] = 2_550.0
    target_leverage: Annotated[
        float,
        documented("notional of the short over equity", "1", "volt #03: CR 200 %", ge=-1, lt=0),
    ] = -0.5
    size_price: Annotated[
        Literal["mark", "oracle"],
        documented("price that sizes the short", "", "the page divides by the mark"),
    ] = "mark"
    taker_fee_bps: Annotated[
        float, chosen("fee of every fill", "bps", "the example has none", ge=0, le=1_000)
    ] = 0.0
    performance_fee_bps: Annotated[
        int, documented("share of the profit", "bps", "volt fees: 10 %", ge=0, le=10_000)
    ] = 1_000


class Week(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the week brings."""

    volatility: Annotated[
        float,
        chosen("of BTC a year", "1", "realised over 260 real weeks: 66 %", ge=0, le=10),
    ] = 0.66
    drift: Annotated[float, chosen("of BTC a year", "1", "no view", ge=-10, le=10)] = 0.0
    rehedge: Annotated[
        Literal["none", "daily"],
        chosen("whether the hedge is redone every day", "", "the payoff curve holds without"),
    ] = "none"


class Compare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same moves under another rule."""

    name: Annotated[
        str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$", description="name of the comparison")
    ]
    rehedge: Annotated[
        Literal["none", "daily"] | None, chosen("as week.rehedge", "", "for comparison only")
    ] = None
    size_price: Annotated[
        Literal["mark", "oracle"] | None, chosen("as example.size_price", "", "for comparison only")
    ] = None


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A single-epoch scenario."""

    kind: Literal["crab-week"] = "crab-week"
    example: Example = Example()
    week: Week = Week()
    compare: Annotated[tuple[Compare, ...], Meta(max_length=8)] = ()

    def __post_init__(self) -> None:
        check_names(self.compare)


def _perp(settings: Settings, *, squared: bool) -> venues.PerpMarketConfig:
    fee = i80f48_from_float(settings.example.taker_fee_bps / 10_000)
    return msgspec.structs.replace(
        venues.PerpMarketConfig.example(squared=squared), taker_fee_bits=fee, maker_fee_bits=0
    )


def _steps(usd: float) -> int:
    return max(1, round(usd * _STEPS))


def _linear_lots(steps: int) -> int:
    """The oracle price in price lots of the linear perp."""
    return max(1, round(steps * 10 / _STEPS))


def _index(steps: int) -> float:
    return (steps / _STEPS) ** 2 / 1_000_000


class _Opened:
    """The volt of the example with both legs open, at the start of the epoch that counts."""

    def __init__(self, settings: Settings) -> None:
        example = settings.example
        venue = venues.MarginVenue(
            venues.VenueConfig.squared_and_linear(
                admin=_ADMIN,
                valid_interval=_DAY,
                squared=_perp(settings, squared=True),
                linear=_perp(settings, squared=False),
                unlimited_pnl_counterparty=True,
            )
        )
        rates = volts.FeeRates(performance_fee_bps=example.performance_fee_bps)
        strategy = volts.StrategyParams.crab(
            target_leverage=float(example.target_leverage),
            target_leverage_lenience=-float(example.target_leverage) / 2,
        )
        config = msgspec.structs.replace(
            volts.VoltConfig.crab(_ADMIN),
            fees=volts.FeeSettings(use_custom_fees=True, custom=rates),
            strategy=msgspec.structs.replace(strategy, size_price=example.size_price),
        )
        steps = _steps(example.spot_usd)
        mark = float(example.mark_usd)
        self.premium = mark / _index(steps)
        volt = volts.Volt(config, venue)
        volt.set_price(_ADMIN, 1, steps << 34, 0)
        volt.refresh_caches(0)
        volt.credit_wallet(_DEPOSITOR, example.deposit_usdc * USDC)
        volt.deposit(_DEPOSITOR, example.deposit_usdc * USDC, 0)
        volt.start_round(_ADMIN, 0)
        volt.take_performance_fees(_ADMIN, 0)
        volt.setup_rebalance(_ADMIN, 0, mark_price_bits=i80f48_from_float(mark))
        volt.rebalance_target(_ADMIN, 0, max(1, round(mark * 10)))
        volt.rebalance_hedge(_ADMIN, 0, _linear_lots(steps))
        volt.end_round(_ADMIN, 0)
        volt.take_pending_withdrawal_fees(_ADMIN, 0)
        self.assets = volt.start_round(_ADMIN, 0)
        self.at_mark = volt.nav_at_mark(self.mark_bits(steps), steps << 34)
        self.volt = volt
        self.short = -volt.venue.perp_account(volt.margin_account, 0).base_position

    def mark_bits(self, steps: int) -> int:
        """The mark of the squared perp at an oracle price."""
        return i80f48_from_float(_index(steps) * self.premium)

    def mark_lots(self, steps: int) -> int:
        """The same in price lots."""
        return max(1, round(_index(steps) * self.premium * 10))


class CrabWeekModel:
    """The model of a single epoch; see `voltcore.sim.model.Model`."""

    kind = "crab-week"
    columns = COLUMNS
    steps_per_path = DAYS

    def __init__(self, settings: Settings) -> None:
        days = tuple(str(day) for day in range(1, DAYS + 1))
        week = settings.week
        self._settings = {BASE: settings}
        for compare in settings.compare:
            self._settings[compare.name] = msgspec.structs.replace(
                settings,
                week=msgspec.structs.replace(week, rehedge=compare.rehedge or week.rehedge),
                example=msgspec.structs.replace(
                    settings.example, size_price=compare.size_price or settings.example.size_price
                ),
            )
        self.variants = tuple(self._settings)
        self._opened = {name: _Opened(given) for name, given in self._settings.items()}
        self._prices = markets.GeometricBrownianMotion(
            float(settings.example.spot_usd),
            drift=float(week.drift),
            volatility=float(week.volatility),
            step_years=24 / _HOURS_PER_YEAR,
        )
        self.daily_funding = (self._opened[BASE].premium - 1.0) / DAYS
        edges = tuple(step / 10 for step in range(-200, 101))
        self.bands = (Band("payoff", "%", edges, days, "result so far, legs at their marks"),)
        self.traces = (
            Trace("price", "float64", "USD", days, "price of BTC"),
            Trace("payoff", "float64", "%", days, "result so far, legs at their marks"),
        )
        reach = np.sqrt(max(self.daily_funding, 0.0) * np.arange(1, DAYS + 1))
        self.series = (
            Series(
                "profit_range", "%", days, tuple((100 * reach).tolist()), "without re-hedging: ±"
            ),
        )

    def paths_of(self, variant: str, paths: int) -> int:
        """Every variant runs all paths."""
        return paths if variant in self.variants else 0

    def simulate(
        self,
        variant: str,
        first_path: int,
        n_paths: int,
        seed: int,
        traced: int,
        control: _core.Control,
    ) -> Shard | None:
        """Run a range of paths; see `voltcore.sim.model.Model.simulate`."""
        prices = markets.paths(self._prices, n_paths, DAYS, seed, first_path=first_path, threads=1)
        rows = []
        payoffs = np.empty((n_paths, DAYS))
        for number in range(n_paths):
            if control.cancelled:
                return None
            rows.append(self._week(variant, prices[number, 1:], payoffs[number]))
            control.add_finished(1)
        columns = {
            column.name: np.array([row[column.name] for row in rows], dtype=column.dtype)
            for column in COLUMNS
        }
        counts = np.zeros(self.bands[0].shape, dtype=np.uint64)
        bins = np.searchsorted(np.array(self.bands[0].edges), payoffs, side="right")
        for day in range(DAYS):
            counts[day] += np.bincount(bins[:, day], minlength=counts.shape[1]).astype(np.uint64)
        traces = {"price": prices[:traced, 1:].copy(), "payoff": payoffs[:traced].copy()}
        return Shard(columns, {"payoff": counts}, traces)

    def _week(
        self, variant: str, prices: NDArray[np.float64], payoffs: NDArray[np.float64]
    ) -> dict[str, Any]:
        settings, opened = self._settings[variant], self._opened[variant]
        deposit = settings.example.deposit_usdc * USDC
        volt = opened.volt.copy()
        received = steps = 0
        for day, price in enumerate(prices, start=1):
            now, steps = day * _DAY, _steps(float(price))
            volt.set_price(_ADMIN, 1, steps << 34, now)
            volt.cache_prices(now)
            volt.update_banks(now)
            volt.cache_root_banks(now)
            mark, oracle = opened.mark_lots(steps), _linear_lots(steps)
            received += volt.update_funding(0, mark, mark, now).delta_bits * opened.short
            volt.update_funding(1, oracle, oracle, now)
            volt.cache_perp_markets(now)
            if settings.week.rehedge == "daily":
                volt.rehedge(_ADMIN, now, oracle)
            marked = volt.nav_at_mark(opened.mark_bits(steps), steps << 34)
            payoffs[day - 1] = 100 * (marked - opened.at_mark) / deposit
        start, end = settings.example.spot_usd, steps / _STEPS
        move = end / start - 1.0
        fee = 0
        try:
            fee = volt.take_performance_fees(_ADMIN, DAYS * _DAY).performance_fee
            final = volt.assets(DAYS * _DAY)
        except VoltcoreError:  # worth less than nothing: the rest is the venue's loss
            final = 0
        funding = self.daily_funding * DAYS
        reach = max(funding, 0.0) ** 0.5
        return {
            "move": 100 * move,
            "payoff": payoffs[-1],
            "total_return": 100 * (final / deposit - 1.0),
            "formula": -100 * settings.example.target_leverage * (funding - move**2),
            "funding": received >> 48,
            "performance_fee": fee,
            "final_value": final,
            "profit_range": 100 * reach,
            "in_range": abs(move) < reach,
            "profit": payoffs[-1] > 0,
            "loss": final < deposit,
        }


def build(settings: Settings, inputs: Mapping[str, bytes]) -> CrabWeekModel:
    """The model of checked settings; it names no file."""
    assert not inputs
    return CrabWeekModel(settings)
