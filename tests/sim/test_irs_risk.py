"""The rates model: the core's loop against the pool's own operations, call by call."""

from __future__ import annotations

import contextlib
import hashlib
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import voltcore
from voltcore import _core, markets
from voltcore.errors import ScenarioError, VoltcoreError
from voltcore.report.irs.names import positions
from voltcore.report.read import view_of
from voltcore.sim.irs import METRICS, IrsRiskModel, build, read_history
from voltcore.sim.irs_opening import TOKEN
from voltcore.sim.irs_risk_table import risk_table, safe_leverage
from voltcore.sim.irs_settings import Market, Pool, Positions, Rate, Settings, ValueAtRisk
from voltcore.sim.model import Shard

DAY = 86_400
KEEPER = 4
STRESSED = Settings(
    kind="irs",
    rate=Rate(volatility=2.0, volatility_scale=1.5),
    market=Market(view="bear"),
    pool=Pool(term_days=60),
    positions=Positions(leverages=(10, 15)),
    value_at_risk=ValueAtRisk(replicates=20),
)


def simulate(model: IrsRiskModel, first: int, paths: int, seed: int = 7, traced: int = 1) -> Shard:
    shard = model.simulate("base", first, paths, seed, traced, _core.Control())
    assert shard is not None
    return shard


class Replay:
    """One path through the public operations of `IrsPool`, in Python."""

    def __init__(self, model: IrsRiskModel, seed: int, path: int) -> None:
        settings = model.settings
        self.pool = model.pool.copy()
        self.model = model
        n_days = settings.pool.term_days
        rates = markets.paths(model.rate, 1, n_days, seed, first_path=path)[0]
        index = self.pool.rate_oracle()["rate_ray"]
        start = self.pool.now
        end = start + n_days * DAY
        self.liquidated: dict[str, int] = {}
        self.headroom: dict[str, list[float]] = {seat.name: [] for seat in model.seats}
        for day in range(1, n_days + 1):
            now = start + day * DAY
            mean = 0.5 * (rates[day - 1] + rates[day])
            logarithm = markets.log(np.array([1.0 + mean]))
            growth = float(markets.exp(logarithm * (DAY / 31_536_000.0))[0])
            index = index * int(growth * 2.0**96) >> 96
            self.pool.set_rate(now, index)
            if now == end:
                break
            self.pool.write_oracle_entry(KEEPER, now)
            if now < end - DAY:
                self.trade(now, 100.0 * rates[day])
            self.pool.variable_factor(KEEPER, now)
            for seat in model.seats:
                self.watch(seat, now, day, now < end - DAY)
        for seat in model.seats:
            self.pool.settle_position(KEEPER, end, *seat.position)
        self.pool.variable_factor(KEEPER, end)

    def trade(self, now: int, percent: float) -> None:
        pool = self.model.settings.pool
        tilt = {"neutral": 0.0, "bull": 1.0, "bear": -1.0}[self.model.settings.market.view]
        tilt *= self.model.settings.market.tilt_percent / 100
        wished = min(max(percent * (1.0 + tilt), pool.low_rate_percent), pool.high_rate_percent)
        target = int(2.0**96 / math.sqrt(wished))
        price = self.pool.vamm()["sqrt_price_x96"]
        taker = (3, -pool.tick_spacing, pool.tick_spacing)
        if target != price:
            with contextlib.suppress(VoltcoreError):
                self.pool.swap(3, now, *taker, 2**120 if target > price else -(2**120), target)

    def watch(self, seat: Any, now: int, day: int, open_for_trades: bool) -> None:
        needed = self.pool.get_position_margin_requirement(KEEPER, now, *seat.position, True)
        margin = self.pool.position(*seat.position).margin
        self.headroom[seat.name].append(100.0 * (margin - needed) / seat.margin)
        if open_for_trades and margin < needed:
            try:
                self.pool.liquidate_position(KEEPER, now, *seat.position)
            except VoltcoreError:
                return
            self.liquidated.setdefault(seat.name, day)


@pytest.mark.parametrize("revision", ["r22", "r23"])
def test_a_path_is_what_the_pools_own_operations_make_of_the_same_rates(revision: Any) -> None:
    settings = Settings(
        kind="irs",
        rate=STRESSED.rate,
        market=STRESSED.market,
        pool=Pool(term_days=60, revision=revision),
        positions=STRESSED.positions,
    )
    model = IrsRiskModel(settings)
    columns = simulate(model, 0, 400, traced=400)
    hit = np.any([columns.columns[f"{seat.name}_liquidated"] for seat in model.seats], axis=0)
    seen = 0
    for path in [0, 1, *np.flatnonzero(hit)[:3].tolist()]:
        replay = Replay(model, 7, path)
        bytes_of_core = model.path_state(7, path)
        assert hashlib.sha256(bytes_of_core).digest() == replay.pool.state_digest()
        for seat in model.seats:
            name = seat.name
            margin = replay.pool.position(*seat.position).margin
            assert columns.columns[f"{name}_pnl"][path] == margin - seat.margin
            day = replay.liquidated.get(name, -1)
            assert columns.columns[f"{name}_liquidated_day"][path] == day
            assert columns.columns[f"{name}_liquidated"][path] == (day > 0)
            traced = columns.traces[f"{name}_headroom"][path][:-1]
            assert traced == pytest.approx(replay.headroom[name], rel=1e-12, abs=1e-9)
            least = columns.columns[f"{name}_headroom"][path]
            assert least == pytest.approx(min(replay.headroom[name]), rel=1e-12, abs=1e-9)
            seen += day > 0
    assert seen > 0, "the test is about liquidations too"


def test_the_split_into_shards_changes_nothing() -> None:
    model = IrsRiskModel(STRESSED)
    whole = simulate(model, 3, 4, traced=0)
    parts = [simulate(model, 3, 1, traced=0), simulate(model, 4, 3, traced=0)]
    for name, values in whole.columns.items():
        joined = np.concatenate([part.columns[name] for part in parts])
        assert values.tobytes() == joined.tobytes(), name
    for name, counts in whole.bands.items():
        assert (counts == parts[0].bands[name] + parts[1].bands[name]).all(), name


def test_results_sum_with_fees_and_rewards_to_what_the_pool_holds() -> None:
    model = IrsRiskModel(STRESSED)
    for path in range(3):
        replay = Replay(model, 7, path)
        pool = replay.pool
        for key in pool.position_keys():
            if not pool.position(*key).is_settled:
                pool.settle_position(KEEPER, pool.now, *key)
        margins = sum(pool.position(*key).margin for key in pool.position_keys())
        held = pool.margin_engine()["underlying_balance"]
        # What is left over is rounding in the pool's favour, a unit or two for each refresh.
        dust = held - margins - pool.vamm()["protocol_fees"]
        assert 0 <= dust < 100 * len(pool.position_keys()) * model.steps_per_path


def test_a_leverage_that_the_engine_refuses_is_named_with_its_words() -> None:
    model = IrsRiskModel(
        Settings(kind="irs", positions=Positions(leverages=(10, 5_000), actors=("ft",)))
    )
    assert [seat.name for seat in model.seats] == ["ft_10x"]
    assert [(row.actor, row.leverage) for row in model.refused] == [("ft", 5_000)]
    assert model.refused[0].reason == "MarginRequirementNotMet"
    with pytest.raises(ScenarioError, match="MarginRequirementNotMet") as refusal:
        IrsRiskModel(Settings(kind="irs", positions=Positions(leverages=(9_000,), actors=("vt",))))
    assert refusal.value.field == "positions.leverages"


def test_more_volatility_liquidates_more() -> None:
    def liquidated(scale: float) -> int:
        settings = Settings(
            kind="irs",
            rate=Rate(volatility_scale=scale),
            pool=Pool(term_days=60),
            positions=Positions(leverages=(15,), actors=("ft",)),
        )
        return int(simulate(IrsRiskModel(settings), 0, 30).columns["ft_liquidated"].sum())

    calm, wild = liquidated(0.1), liquidated(4.0)
    assert calm < wild


def test_rates_are_calibrated_from_a_history() -> None:
    truth = markets.CoxIngersollRoss(0.04, 12.0, 0.06, 0.3)
    history = markets.paths(truth, 1, 4_000, 11)[0]
    text = "day,rate_percent\n" + "".join(
        f"{i},{100 * float(r)!r}\n" for i, r in enumerate(history)
    )
    settings = Settings(kind="irs", rate=Rate(history="rates.csv"), pool=Pool(term_days=5))
    model = build(settings, {"rates.csv": text.encode()})
    assert model.rate.start_rate == pytest.approx(history[-1], rel=1e-12)
    assert model.rate.level == pytest.approx(0.06, rel=0.1)
    assert model.rate.volatility == pytest.approx(0.3, rel=0.1)
    assert read_history(text.encode()) == pytest.approx(history, rel=1e-12)


@pytest.mark.parametrize(
    "text", [b"rate\n5\n", b"rate_percent\nfive\n", b"\xff\xfe", b"rate_percent\n5\n"]
)
def test_a_history_that_cannot_be_used_is_refused(text: bytes) -> None:
    settings = Settings(kind="irs", rate=Rate(history="rates.csv"))
    with pytest.raises(ScenarioError) as refusal:
        build(settings, {"rates.csv": text})
    assert refusal.value.field == "rate.history"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"positions": {"leverages": [20, 10]}}, "positions.leverages"),
        ({"positions": {"leverages": [10, 10]}}, "positions.leverages"),
        ({"positions": {"actors": ["ft", "ft"]}}, "positions.actors"),
        ({"pool": {"low_rate_percent": 60}}, "pool.low_rate_percent .. high"),
        ({"rate": {"start_percent": 0.1}}, "rate.start_percent"),
        ({"pool": {"revision": "r24"}}, "pool.revision"),
        ({"pool": {"fee_percent": 3}}, "pool.fee_percent"),
        ({"value_at_risk": {"replicates": 1}}, "value_at_risk.replicates"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: Any, field: str) -> None:
    overrides = {f"{table}.{key}": v for table, keys in changes.items() for key, v in keys.items()}
    with pytest.raises(ScenarioError) as refusal:
        voltcore.run("irs-risk", paths=1, overrides=overrides)
    assert refusal.value.field == field


class TestBlockBootstrap:
    def test_one_block_of_the_whole_series_has_the_mean_of_the_series(self) -> None:
        series = np.random.default_rng(3).normal(size=(4, 50))
        mean, deviation = _core.block_bootstrap(series, 50, 30, 1)
        assert mean == pytest.approx(series.mean(axis=1), abs=1e-12)
        assert deviation == pytest.approx(np.zeros(4), abs=1e-12)

    def test_blocks_of_one_have_the_deviation_of_the_mean(self) -> None:
        series = np.random.default_rng(4).normal(2.0, 3.0, size=(1, 400))
        mean, deviation = _core.block_bootstrap(series, 1, 20_000, 5)
        assert mean[0] == pytest.approx(series.mean(), abs=0.01)
        assert deviation[0] == pytest.approx(series.std() / 20.0, rel=0.03)

    def test_blocks_keep_neighbours_together(self) -> None:
        """A slow wave: resampling by blocks leaves its mean far more uncertain than by points."""
        wave = np.sin(np.arange(600) * 2 * np.pi / 60)[None, :].copy()
        _, by_points = _core.block_bootstrap(wave, 1, 4_000, 6)
        _, by_blocks = _core.block_bootstrap(wave, 20, 4_000, 6)
        generator = np.random.default_rng(8)
        starts = generator.integers(0, 600, (4_000, 30))
        places = (starts[:, :, None] + np.arange(20)) % 600
        expected = wave[0][places].mean(axis=(1, 2)).std()
        assert by_blocks[0] == pytest.approx(expected, rel=0.08)
        assert by_blocks[0] > 3 * by_points[0]

    @pytest.mark.parametrize("length", [1, 5, 29, 30])
    @pytest.mark.parametrize("block", [1, 3, 7, 40])
    @pytest.mark.parametrize("replicates", [2, 15, 16, 17, 41])
    def test_it_is_the_definition_in_fractions(
        self, length: int, block: int, replicates: int
    ) -> None:
        """Element by element, from the words of the stream; dyadic numbers, so sums are exact."""
        seed, row, size = 11, 2, min(block, length)
        series = np.random.default_rng(9).integers(-64, 64, (3, length)) / 64
        values = [Fraction(value) for value in series[row]]
        each = -(-length // size)
        blocks = -(-each * replicates // 4)
        counters = [[k, 3 << 24, row, 0] for k in range(blocks)]
        words = markets.philox4x32(counters, (seed, 0)).ravel().tolist()
        means = []
        for r in range(replicates):
            starts = [word * length >> 32 for word in words[r * each : (r + 1) * each]]
            places = [(start + i) % length for start in starts for i in range(size)]
            means.append(sum(values[place] for place in places[:length]) / length)
        expected = sum(means) / replicates
        square = sum((mean - expected) ** 2 for mean in means) / (replicates - 1)
        mean, deviation = _core.block_bootstrap(series, block, replicates, seed)
        assert mean[row] == pytest.approx(float(expected), rel=1e-14, abs=1e-15)
        assert deviation[row] == pytest.approx(math.sqrt(square), rel=1e-12, abs=1e-15)

    @pytest.mark.parametrize(("block", "replicates"), [(0, 10), (1, 1)])
    def test_no_block_or_one_replicate_is_refused(self, block: int, replicates: int) -> None:
        with pytest.raises(voltcore.InputRangeError):
            _core.block_bootstrap(np.zeros((1, 3)), block, replicates, 1)


def test_the_risk_table_is_made_of_the_columns() -> None:
    result = voltcore.run("irs-risk", paths=24, overrides={"pool.term_days": 20})
    table = risk_table(result)
    assert {(row.actor, row.leverage) for row in table} >= {("ft", 10), ("vt", 10), ("lp", 10)}
    values = result.to_numpy()
    for row in table:
        name = f"{row.actor}_{row.leverage}x"
        assert row.liquidation == np.mean(values[f"{name}_liquidated"])
        least = np.sort(np.asarray(values[f"{name}_least_liquidation"]))
        assert row.lvar_95_direct == least[1]  # the 2nd of 24 is the 5 % quantile
        assert row.median_return == pytest.approx(np.sort(values[f"{name}_return"])[11])
    for actor, leverage in safe_leverage(result).items():
        fine = [row.leverage for row in table if row.actor == actor and row.liquidation < 0.05]
        assert leverage == (max(fine) if fine else None)


def test_every_metric_has_a_column_for_every_position() -> None:
    model = IrsRiskModel(STRESSED)
    names = [column.name for column in model.columns]
    assert len(names) == len(set(names)) == len(METRICS) * len(model.seats) + 3
    shard = simulate(model, 0, 1)
    assert set(shard.columns) == set(names)
    for column in model.columns:
        assert shard.columns[column.name].dtype == np.dtype(column.dtype), column.name
    assert model.seats[0].margin == 1_000_000 * TOKEN // 10


def test_single_leverages_are_swept_like_any_setting() -> None:
    sweep = voltcore.sweep(
        "irs-risk",
        {"rate.volatility_scale": [1.0, 3.0], "positions.leverages": [[5], [15]]},
        paths=40,
        seed=7,
        overrides={"positions.actors": ["ft"]},
    )
    liquidated = sweep.grid("ft_liquidated")
    assert liquidated.shape == (2, 2)
    assert (np.diff(liquidated, axis=0) >= 0).all(), "more volatility, more liquidations"
    assert (np.diff(liquidated, axis=1) >= 0).all(), "more leverage, more liquidations"
    assert liquidated[1, 1] > liquidated[0, 0]
    for row in risk_table(sweep.cells[3].results):
        assert (row.actor, row.leverage) == ("ft", 15)
        assert row.liquidation == liquidated[1, 1]
    assert "volatility_scale  leverages" in str(sweep)
    assert "[" not in sweep.table()[0][1], "a list of one is shown as its one"


def test_a_number_that_a_cell_of_a_sweep_lacks_is_missing_in_its_place() -> None:
    sweep = voltcore.sweep(
        "irs-risk",
        {"positions.leverages": [[5], [5, 10]]},
        paths=10,
        overrides={"positions.actors": ["ft"], "pool.term_days": 10},
    )
    assert np.isnan(sweep.grid("ft_liquidated")).tolist() == [False, True]
    assert np.isnan(sweep.grid("ft_10x_liquidated")).tolist() == [True, False]
    assert sweep.to_arrow().num_rows == 2


def test_the_page_of_one_leverage_names_it() -> None:
    result = voltcore.run(
        "irs-risk",
        paths=10,
        overrides={"positions.leverages": [15], "pool.term_days": 10},
    )
    shown = positions(view_of(result))
    assert [position.label for position in shown] == [
        "fixed taker, 15x",
        "variable taker, 15x",
        "liquidity provider, 15x",
    ]
    assert safe_leverage(result) == {"ft": 15, "vt": 15, "lp": 15}


def test_a_sweep_over_single_leverages_shows_them_as_numbers() -> None:
    sweep = voltcore.sweep(
        "irs-risk",
        {"rate.volatility_scale": [0.5, 1.0], "positions.leverages": [[5], [10]]},
        paths=2,
        overrides={"positions.actors": ["ft"], "pool.term_days": 10},
    )
    assert sweep.figures["ft_liquidated"].data[0].x == ("5", "10")
    label = sweep.measures["ft_least_liquidation_p05"].label
    assert label.endswith("of the path, 5 % quantile")
