"""The basis volt with both legs on the venue's books, beside the same paths at quoted prices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from faults import Faults, killed_run

import voltcore
from voltcore import _core
from voltcore.errors import ScenarioError
from voltcore.report.basis.page import FLOWS
from voltcore.sim import load_scenario
from voltcore.sim.basis import BasisModel, Settings, read_basis_weeks
from voltcore.sim.basis_settings import Compare, Venue
from voltcore.sim.book_settings import TokenBook
from voltcore.sim.model import Shard

DATA = Path(_core.__file__).parent / "data" / "sol_weekly.csv"


def run(settings: Settings, paths: int, variant: str = "base") -> Shard:
    model = BasisModel(settings, read_basis_weeks(DATA.read_bytes()))
    shard = model.simulate(variant, 0, paths, 7, paths, _core.Control())
    assert shard is not None
    return shard


def parts_add_up(columns: dict[str, Any]) -> None:
    """Every step of the page's waterfall, to the last unit."""
    for path in range(len(columns["deposit"])):
        change = int(columns["final_value"][path]) - int(columns["deposit"][path])
        assert change == sum(sign * int(columns[name][path]) for name, _, sign in FLOWS.steps)


def test_ladders_of_the_size_of_an_order_cost_what_the_quotes_cost() -> None:
    # With 16 levels no trade eats a whole side, whose refill would be cheaper than a 13th quote.
    compared = Compare(name="book", execution="book")
    settings = Settings(compare=(compared,), book=TokenBook(levels=16))
    quoted, book = run(settings, 4).columns, run(settings, 4, "book").columns
    assert not book["stopped"].any()
    parts_add_up(book)
    for name in ("trading_cost", "taker_fees"):
        np.testing.assert_allclose(book[name], quoted[name], rtol=5e-3, err_msg=name)
    np.testing.assert_allclose(book["total_return"], quoted["total_return"], atol=0.2)
    assert (book["total_return"] != quoted["total_return"]).all()
    for name in ("entries", "exits", "time_in_position"):
        np.testing.assert_array_equal(book[name], quoted[name], err_msg=name)
    # The makers' money lies in the spot market, so others' banks pay and charge what they did.
    for name in ("borrow_interest", "deposit_interest"):
        np.testing.assert_allclose(book[name], quoted[name], rtol=1e-2, err_msg=name)


def test_a_shallow_book_costs_more_than_a_deep_one() -> None:
    cost = {}
    for level in (1_000, 1_000_000):
        book = TokenBook(perp_level_usdc=level, token_level_usdc=level)
        columns = run(Settings(execution="book", book=book), 2).columns
        assert not columns["stopped"].any()
        parts_add_up(columns)
        cost[level] = float(np.median(columns["trading_cost"]))
    assert cost[1_000] > 1.5 * cost[1_000_000]


def files(folder: Path) -> dict[str, bytes]:
    skipped = {"timing.json", "lock"}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in skipped}


def test_threads_and_a_kill_change_no_byte(tmp_path: Path) -> None:
    changes = {"execution": "book", "market.epochs": 60, "compare": [], "run.paths_per_shard": 4}
    scenario = load_scenario("basis-sol", {"run.paths": 16, **changes})
    one, two, killed = (tmp_path / name for name in ("one", "two", "killed"))
    voltcore.run(scenario, out=one, threads=1)
    voltcore.run(scenario, out=two, threads=2)
    assert killed_run(scenario, killed, Faults(40, "tear"), resume=False)
    voltcore.run(scenario, out=killed, threads=2, resume=True)
    assert files(one) == files(two) == files(killed)
    assert len(files(one)) > 6


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"taker_fee_bps": 4.5}, "venue.token.taker_fee_bps"),
        ({"half_spread_bps": 0}, "venue.token.half_spread_bps"),
    ],
)
def test_a_book_that_the_venue_cannot_have_is_refused(change: dict[str, float], field: str) -> None:
    venue = Venue(token=msgspec.structs.replace(Venue().token, **change))
    assert Settings(venue=venue).execution == "quoted"
    with pytest.raises(ScenarioError) as refusal:
        Settings(execution="book", venue=venue)
    assert refusal.value.field == field
