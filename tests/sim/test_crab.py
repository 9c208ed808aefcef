"""The crab's model: what adds up, what was published about it, and that both loops agree."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_counts import cases
from voltcore import _core
from voltcore.sim.crab import COLUMNS, CrabModel, Settings, Weeks, build, read_weeks
from voltcore.sim.crab_settings import Compare, Funding, Market, Perp, Venue, Volt
from voltcore.sim.model import Shard

DATA = Path(_core.__file__).parent / "data" / "btc_weekly.csv"
COMPARE = (
    Compare(name="k1", variance_premium=1.0),
    Compare(name="k15", variance_premium=1.5),
    Compare(name="constant_28bps", rule="constant"),
    Compare(name="no_carry", carry=0.0),
)


@pytest.fixture(scope="module")
def weeks() -> Weeks:
    return read_weeks(DATA.read_bytes())


@pytest.fixture(scope="module")
def model(weeks: Weeks) -> CrabModel:
    return CrabModel(Settings(compare=COMPARE), weeks)


def run(model: CrabModel, first: int, paths: int, **kwargs: Any) -> Shard:
    variant = kwargs.pop("variant", "base")
    seed = kwargs.pop("seed", 7)
    traced = kwargs.pop("traced", 2)
    shard = model.simulate(variant, first, paths, seed, traced, _core.Control(), **kwargs)
    assert shard is not None
    return shard


def digest(shards: list[Shard]) -> str:
    """SHA-256 of all columns in path order, the summed bands and the first traces."""
    total = hashlib.sha256()
    for name in sorted(shards[0].columns):
        total.update(np.concatenate([shard.columns[name] for shard in shards]).tobytes())
    for name in sorted(shards[0].bands):
        total.update(sum(shard.bands[name] for shard in shards).tobytes())  # type: ignore[union-attr]
    for name in sorted(shards[0].traces):
        total.update(shards[0].traces[name].tobytes())
    return total.hexdigest()


# --- the market model -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "mean_bps", "capped"), [("k1", 19.5, 5), ("base", 22.3, 8), ("k15", 24.9, 15)]
)
def test_mean_funding_and_binding_clamps_are_those_of_the_published_market_model(
    model: CrabModel, variant: str, mean_bps: float, capped: int
) -> None:
    # The 259 weeks that have a week before them.
    rates = model.rates(variant)
    assert round(float(rates["daily_squared"][1:].mean()) * 1e4, 1) == mean_bps
    assert int(rates["is_capped"][1:].sum()) == capped


def test_weekly_rates_follow_their_definition_in_exact_fractions(
    model: CrabModel, weeks: Weeks
) -> None:
    rates = model.rates()
    cap = Fraction(5, 700)
    for week in range(1, len(weeks.ends)):
        past = [Fraction(float(v)) for v in weeks.realised_variance[max(0, week - 8) : week]]
        sigma2 = sum(past, Fraction(0)) / len(past) / 7
        linear = Fraction(float(weeks.funding_sum[week])) / 7
        wished = Fraction(5, 4) * sigma2 + 2 * linear
        expected = min(max(wished, -cap), cap)
        assert abs(Fraction(float(rates["daily_squared"][week])) - expected) < Fraction(1, 10**15)


def test_the_first_week_reads_the_variance_before_the_table(model: CrabModel) -> None:
    assert model.rates()["daily_variance"][0] == 0.00525646 / 7


def test_a_constant_rate_ignores_the_weeks(model: CrabModel) -> None:
    assert set(model.rates("constant_28bps")["daily_squared"].tolist()) == {0.0028}


# --- both loops -----------------------------------------------------------------------------------


def same(model: CrabModel, paths: int, seed: int = 7) -> bool:
    """Both loops come to the same columns, bands, traces and states; the difference is raised."""
    quick = run(model, 0, paths, seed=seed, traced=paths)
    plain = run(model, 0, paths, seed=seed, traced=paths, reference=True)
    for name in quick.columns:
        np.testing.assert_array_equal(quick.columns[name], plain.columns[name], err_msg=name)
    for name in quick.bands:
        np.testing.assert_array_equal(quick.bands[name], plain.bands[name], err_msg=name)
    for name in quick.traces:
        np.testing.assert_array_equal(quick.traces[name], plain.traces[name], err_msg=name)
    core = model._cores["base"]
    for path in range(paths):
        quick_state, readable = core.path_state(seed, path, False)
        plain_state, expected = core.path_state(seed, path, True)
        assert readable == expected
        assert quick_state == plain_state
    return True


def test_the_quick_loop_leaves_the_state_and_numbers_of_the_public_operations(
    model: CrabModel,
) -> None:
    assert same(model, 6)


def perps(draw: st.DrawFn) -> Venue:
    def perp(base: Perp) -> Perp:
        return msgspec.structs.replace(
            base,
            base_lot=draw(st.sampled_from([1, 10, 100, 1_000, 1_024, 9_999])),
            quote_lot=draw(st.sampled_from([1, 2, 10])),
            taker_fee_bps=draw(st.sampled_from([0, 5, 30])),
            half_spread_bps=draw(st.sampled_from([0, 1, 40])),
            impact_bps=draw(st.sampled_from([0, 2.5])),
        )

    start = Venue()
    return Venue(squared=perp(start.squared), linear=perp(start.linear))


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[Settings, Weeks]:
    count = draw(st.integers(1, 12))
    level = draw(st.sampled_from([2_100.0, 9_000.0, 60_000.0, 120_000.0, 190_000.0]))
    moves = draw(st.lists(st.floats(-0.35, 0.45), min_size=count, max_size=count))
    closes = level * np.cumprod(1 + np.array(moves))
    variances = draw(st.lists(st.floats(0, 0.12), min_size=count, max_size=count))
    sums = draw(st.lists(st.floats(-0.02, 0.03), min_size=count, max_size=count))
    table = Weeks(
        tuple(f"2020-01-{day:02d}T02:00:00Z" for day in range(10, 10 + count)),
        closes,
        np.array(variances),
        np.array(sums),
    )
    leverage = draw(st.sampled_from([-0.5, -0.3, -0.65, -1.0]))
    volt = Volt(
        deposit_usdc=draw(st.sampled_from([1_000, 100_000, 50_000_000])),
        target_leverage=leverage,
        target_leverage_lenience=draw(st.sampled_from([0.1, 0.25, 0.3])),
        safe_collateral_ratio_bps=draw(st.sampled_from([0, 12_000, 15_000, 18_000])),
        is_hedging_on=draw(st.booleans()),
        hedge_band_bps=draw(st.sampled_from([1, 100, 500, 3_000])),
        hedge_only=draw(st.booleans()),
        max_quote_pos_change_usdc=draw(st.sampled_from([100_000, 10**9])),
        performance_fee_bps=draw(st.sampled_from([0, 1_000, 3_000])),
        aum_fee_bps=draw(st.sampled_from([0, 200])),
    )
    chosen = Settings(
        market=Market(opening_price_usd=min(level, 128_000.0)),
        funding=Funding(
            variance_premium=draw(st.floats(0, 3)), carry=draw(st.sampled_from([0.0, 2.0]))
        ),
        volt=volt,
        venue=perps(draw),
    )
    return chosen, table


@settings(max_examples=cases(40, 2_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), seed=st.integers(0, 2**64 - 1))
def test_both_loops_agree_on_random_scenarios(scenario: tuple[Settings, Weeks], seed: int) -> None:
    assert same(CrabModel(*scenario), 2, seed)


def test_both_loops_agree_when_the_venue_liquidates(weeks: Weeks) -> None:
    wild = Weeks(weeks.ends[:4], weeks.close[:4], np.full(4, 4.0), weeks.funding_sum[:4])
    shaken = CrabModel(Settings(volt=Volt(target_leverage=-1.0, is_hedging_on=False)), wild)
    found = run(shaken, 0, 20)
    assert found.columns["liquidated"].any()
    assert (found.columns["liquidated_hour"][found.columns["liquidated"]] >= 0).all()
    assert same(shaken, 20)


# --- what must add up -----------------------------------------------------------------------------


def parts_of(columns: dict[str, Any]) -> list[int]:
    plus = ("target_price_pnl", "hedge_price_pnl", "target_funding", "hedge_funding", "rounding")
    minus = (
        "trading_cost",
        "taker_fees",
        "performance_fees",
        "withdrawal_fees",
        "aum_fees",
        "liquidation_cost",
    )
    paths = len(columns["rounding"])
    return [
        sum(int(columns[name][i]) for name in plus) - sum(int(columns[name][i]) for name in minus)
        for i in range(paths)
    ]


@pytest.mark.parametrize("variant", ["base", "k1", "constant_28bps", "no_carry"])
def test_profit_parts_add_up_to_the_change_of_assets_to_the_last_unit(
    model: CrabModel, variant: str
) -> None:
    columns = run(model, 0, 30, variant=variant).columns
    change = [
        int(final) - int(start)
        for final, start in zip(columns["final_value"], columns["deposit"], strict=True)
    ]
    assert parts_of(columns) == change
    # Seven floors and one index unit for each credit: nothing else may hide in there.
    assert np.abs(columns["rounding"]).max() <= 20


@settings(max_examples=cases(25, 1_250), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios())
def test_profit_parts_add_up_in_random_scenarios(scenario: tuple[Settings, Weeks]) -> None:
    columns = run(CrabModel(*scenario), 0, 3).columns
    # A refusal in the middle of a cycle leaves the flows of the half cycle booked.
    for path in range(3):
        change = int(columns["final_value"][path]) - int(columns["deposit"][path])
        if not columns["stopped"][path]:
            assert abs(int(columns["rounding"][path])) <= 20
        assert parts_of(columns)[path] == change


def test_every_band_counts_every_path_once(model: CrabModel) -> None:
    shard = run(model, 0, 25)
    assert (shard.bands["share_price"].sum(axis=1) == 25).all()
    assert (shard.bands["epoch_return"].sum(axis=1) == 25).all()
    assert (shard.bands["cr"].sum(axis=1) == 25).all()


def test_traces_are_the_first_paths_and_end_at_the_final_share_price(model: CrabModel) -> None:
    shard = run(model, 0, 5, traced=3)
    last = shard.traces["share_price"][:, -1]
    expected = 1 + shard.columns["total_return"][:3] / 100
    np.testing.assert_allclose(last, expected, rtol=1e-13)
    assert (shard.traces["triggers"] & 2 != 0).all()
    lowest = shard.traces["cr"].min(axis=1)
    np.testing.assert_allclose(lowest, shard.columns["min_cr"][:3] / 100, rtol=1e-13)


def test_shapes_and_dtypes_are_those_declared(model: CrabModel) -> None:
    shard = run(model, 3, 4, traced=2)
    assert set(shard.columns) == {column.name for column in COLUMNS}
    for column in COLUMNS:
        assert shard.columns[column.name].dtype == np.dtype(column.dtype), column.name
        assert shard.columns[column.name].shape == (4,)
    for band in model.bands:
        assert shard.bands[band.name].shape == band.shape
        assert shard.bands[band.name].dtype == np.uint64
    for trace in model.traces:
        assert shard.traces[trace.name].shape == (2, len(trace.times))
        assert shard.traces[trace.name].dtype == np.dtype(trace.dtype)


# --- the published figures ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "yearly", "drawdown"), [("k1", -4.3, 21), ("base", 0.2, 14), ("k15", 4.6, 13)]
)
def test_median_return_and_drawdown_are_near_the_published_ones(
    model: CrabModel, variant: str, yearly: float, drawdown: float
) -> None:
    # 200 paths as published; lots, spread and impact are this scenario's own.
    columns = run(model, 0, 200, variant=variant).columns
    assert abs(float(np.median(columns["apy"])) - yearly) < 0.5
    assert abs(float(np.median(columns["max_drawdown"])) - drawdown) < 2.0
    assert not columns["stopped"].any()
    assert not columns["liquidated"].any()


# --- determinism ----------------------------------------------------------------------------------


def test_results_do_not_depend_on_shards_or_threads(model: CrabModel) -> None:
    whole = digest([run(model, 0, 64)])
    for shards in (7, 64):
        ends = [64 * i // shards for i in range(shards + 1)]
        ranges = list(pairwise(ends))
        for threads in (1, 2, 3):
            with ThreadPoolExecutor(threads) as pool:
                parts = list(
                    pool.map(
                        lambda span: run(
                            model, span[0], span[1] - span[0], traced=max(0, 2 - span[0])
                        ),
                        ranges,
                    )
                )
            traced = {
                name: np.concatenate([part.traces[name] for part in parts])
                for name in parts[0].traces
            }
            parts[0] = with_traces(parts[0], traced)
            assert digest(parts) == whole


def with_traces(shard: Shard, traces: dict[str, Any]) -> Shard:
    return Shard(shard.columns, shard.bands, traces)


def test_a_path_depends_on_its_seed_and_index_alone(model: CrabModel) -> None:
    far = run(model, 1_000_000_007, 2)
    again = run(model, 1_000_000_008, 1)
    assert far.columns["final_value"][1] == again.columns["final_value"][0]
    other = run(model, 1_000_000_008, 1, seed=8)
    assert other.columns["final_value"][0] != again.columns["final_value"][0]


def test_cancelling_returns_nothing_within_a_fifth_of_a_second(model: CrabModel) -> None:
    control = _core.Control()
    timer = threading.Timer(0.05, control.cancel)
    timer.start()
    assert model.simulate("base", 0, 100_000, 7, 0, control) is None
    assert control.finished < 100_000


def test_finished_paths_are_counted(model: CrabModel) -> None:
    control = _core.Control()
    assert model.simulate("base", 0, 5, 7, 0, control) is not None
    assert control.finished == 5


# --- the table of weeks ---------------------------------------------------------------------------


def test_a_shorter_run_is_the_beginning_of_a_longer_one() -> None:
    data = {"btc_weekly.csv": DATA.read_bytes()}
    short = build(Settings(market=Market(epochs=30)), data)
    long = build(Settings(market=Market(epochs=40)), data)
    first = run(short, 0, 3, traced=3).traces["share_price"]
    second = run(long, 0, 3, traced=3).traces["share_price"]
    np.testing.assert_array_equal(first, second[:, :30])
