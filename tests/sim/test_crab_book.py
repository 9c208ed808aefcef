"""The crab with its orders on the venue's book, beside the same paths at quoted prices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from faults import Faults, killed_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import voltcore
from case_counts import cases
from voltcore import _core
from voltcore.errors import InputRangeError, ScenarioError
from voltcore.sim import Scenario, load_scenario
from voltcore.sim.book_settings import Book
from voltcore.sim.crab import CrabModel, Settings, Weeks, read_weeks
from voltcore.sim.crab_settings import Compare, Market, Venue, Volt
from voltcore.sim.model import Shard

DATA = Path(_core.__file__).parent / "data" / "btc_weekly.csv"
ORDERS = {"perp_books", "open_orders", "bids_quantity", "asks_quantity"}
"""What the quick loop's makers do not show in an hour in which nobody trades."""


@pytest.fixture(scope="module")
def weeks() -> Weeks:
    return read_weeks(DATA.read_bytes())


def run(model: CrabModel, paths: int, *, variant: str = "base", **options: Any) -> Shard:
    shard = model.simulate(variant, 0, paths, 7, paths, _core.Control(), **options)
    assert shard is not None
    return shard


def without_orders(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: without_orders(of) for key, of in state.items() if key not in ORDERS}
    if isinstance(state, list):
        return [without_orders(of) for of in state]
    return state


def same_loops(model: CrabModel, paths: int) -> Shard:
    quick, plain = run(model, paths), run(model, paths, reference=True)
    for part in ("columns", "bands", "traces"):
        for name, expected in getattr(plain, part).items():
            np.testing.assert_array_equal(getattr(quick, part)[name], expected, err_msg=name)
    core = model._cores["base"]
    for path in range(paths):
        _, found = core.path_state(7, path, False)
        _, expected = core.path_state(7, path, True)
        assert without_orders(found) == without_orders(expected)
    return quick


def test_makers_who_quote_every_hour_change_nothing_against_makers_who_quote_when_asked() -> None:
    short = Settings(execution="book", market=Market(epochs=12))
    table = read_weeks(DATA.read_bytes(), count=12)
    found = same_loops(CrabModel(short, table), 2)
    assert not found.columns["stopped"].any()


@st.composite
def books(draw: st.DrawFn) -> Settings:
    start = Venue()
    venue = Venue(
        squared=msgspec.structs.replace(
            start.squared,
            base_lot=draw(st.sampled_from([10, 1_000, 9_999])),
            half_spread_bps=draw(st.sampled_from([0.01, 10, 40])),
            impact_bps=draw(st.sampled_from([0, 2.5])),
        ),
        linear=msgspec.structs.replace(
            start.linear, quote_lot=draw(st.sampled_from([1, 10])), taker_fee_bps=30
        ),
    )
    return Settings(
        execution="book",
        volt=Volt(
            target_leverage=draw(st.sampled_from([-0.5, -0.3, -1.0])),
            is_hedging_on=draw(st.booleans()),
            hedge_only=draw(st.booleans()),
            hedge_band_bps=draw(st.sampled_from([100, 500])),
            aum_fee_bps=draw(st.sampled_from([0, 200])),
        ),
        book=Book(
            levels=draw(st.integers(1, 16)),
            squared_level_usdc=draw(st.sampled_from([500, 10_000, 10**6])),
            linear_level_usdc=draw(st.sampled_from([500, 10_000, 10**6])),
        ),
        venue=venue,
    )


@settings(max_examples=cases(8, 400), deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=books(), moves=st.lists(st.floats(-0.3, 0.4), min_size=1, max_size=2))
def test_both_loops_agree_on_random_books(chosen: Settings, moves: list[float]) -> None:
    count = len(moves)
    table = Weeks(
        tuple(f"2020-01-{day:02d}T02:00:00Z" for day in range(10, 10 + count)),
        9_000 * np.cumprod(1 + np.array(moves)),
        np.full(count, 0.02),
        np.full(count, 0.002),
    )
    same_loops(CrabModel(chosen, table), 1)


def test_a_ladder_of_one_order_a_level_costs_what_the_quotes_cost(weeks: Weeks) -> None:
    # The comparison runs the same paths; a slice of the volt eats a level, up to whole lots.
    model = CrabModel(Settings(compare=(Compare(name="book", execution="book"),)), weeks)
    quoted, book = run(model, 12).columns, run(model, 12, variant="book").columns
    assert not book["stopped"].any()
    for name in ("trading_cost", "taker_fees"):
        np.testing.assert_allclose(book[name], quoted[name], rtol=1e-3, err_msg=name)
    apart = np.abs(book["total_return"] - quoted["total_return"])
    assert (np.median(apart), apart.max()) < (0.001, 0.2)  # a lot more or less may shift a trigger
    assert (book["total_return"] != quoted["total_return"]).all()


def test_parts_of_the_profit_add_up_on_the_book(weeks: Weeks) -> None:
    columns = run(CrabModel(Settings(execution="book"), weeks), 6).columns
    plus = ("target_price_pnl", "hedge_price_pnl", "target_funding", "hedge_funding", "rounding")
    minus = ("trading_cost", "taker_fees", "performance_fees", "withdrawal_fees", "aum_fees")
    for path in range(6):
        parts = sum(int(columns[name][path]) for name in plus)
        parts -= sum(int(columns[name][path]) for name in minus)
        assert parts == int(columns["final_value"][path]) - int(columns["deposit"][path])
    assert np.abs(columns["rounding"]).max() <= 20


def test_a_shallow_book_costs_more_than_a_deep_one(weeks: Weeks) -> None:
    cost = {}
    for level in (1_000, 10_000, 1_000_000):
        book = Book(squared_level_usdc=level, linear_level_usdc=level)
        columns = run(CrabModel(Settings(execution="book", book=book), weeks), 6).columns
        assert not columns["stopped"].any()
        cost[level] = float(np.median(columns["trading_cost"]))
    assert cost[1_000] > 1.2 * cost[10_000] > cost[1_000_000]


def test_a_book_whose_price_step_leaves_the_band_ends_the_path_with_a_refusal(weeks: Weeks) -> None:
    # One lot of the square is worth less than one price step, so every bid is far too high.
    squared = msgspec.structs.replace(Venue().squared, base_lot=1)
    venue = Venue(squared_scale=10**9, squared=squared)
    columns = run(CrabModel(Settings(execution="book", venue=venue), weeks), 2).columns
    assert columns["stopped"].all()
    assert (columns["stopped_hour"] == 0).all()
    assert set(columns["stopped_code"].tolist()) == {606}  # CollateralNotWithinLenience


def test_weeks_whose_mark_leaves_the_price_band_are_refused_on_a_book(weeks: Weeks) -> None:
    wild = Weeks(weeks.ends[:2], weeks.close[:2], weeks.realised_variance[:2], np.full(2, 0.5))
    assert CrabModel(Settings(), wild).weeks is wild
    with pytest.raises(InputRangeError) as refusal:
        CrabModel(Settings(execution="book"), wild)
    assert refusal.value.field == "weeks.funding_sum"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"squared_level_usdc": 100, "levels": 1}, "book.squared_level_usdc"),
        ({"linear_level_usdc": 100, "levels": 1}, "book.linear_level_usdc"),
    ],
)
def test_a_book_that_would_need_thousands_of_refills_is_refused(
    change: dict[str, int], field: str
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        Settings(
            execution="book",
            volt=Volt(deposit_usdc=10**6, max_quote_pos_change_usdc=10**6),
            book=Book(**change),
        )
    assert refusal.value.field == field


@pytest.mark.parametrize("name", ["squared", "linear"])
def test_a_book_without_a_spread_is_refused(name: str) -> None:
    perp = msgspec.structs.replace(getattr(Venue(), name), half_spread_bps=0)
    with pytest.raises(ScenarioError) as refusal:
        Settings(execution="book", venue=Venue(**{name: perp}))
    assert refusal.value.field == f"venue.{name}.half_spread_bps"


# --- threads and kills ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    changes = {"execution": "book", "market.epochs": 60, "compare": []}
    return load_scenario("crab-btc", {"run.paths": 60, "run.paths_per_shard": 4, **changes})


@pytest.fixture(scope="module")
def whole(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crab-book") / "run"
    voltcore.run(scenario, out=folder, threads=1)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    skipped = {"timing.json", "lock"}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in skipped}


def test_two_threads_write_the_folder_of_one(
    scenario: Scenario, whole: Path, tmp_path: Path
) -> None:
    voltcore.run(scenario, out=tmp_path / "run", threads=2)
    assert files(tmp_path / "run") == files(whole)


def test_killed_and_resumed_the_folder_is_the_same(
    scenario: Scenario, whole: Path, tmp_path: Path
) -> None:
    assert killed_run(scenario, tmp_path / "run", Faults(60, "tear"), resume=False)
    voltcore.run(scenario, out=tmp_path / "run", threads=2, resume=True)
    assert files(tmp_path / "run") == files(whole)
