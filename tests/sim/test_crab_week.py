"""The public example as a run: its figures, the payoff curve, and shards that agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import voltcore
from voltcore import _core, volts
from voltcore.report.crab_week.ranges import RATES, ranges_table
from voltcore.sim.crab_week import COLUMNS, Compare, Example, Settings, Week, build
from voltcore.sim.model import Shard

COMPARE = (
    Compare(name="daily_rehedge", rehedge="daily"),
    Compare(name="sized_at_oracle", size_price="oracle"),
)


def run(settings: Settings, first: int = 0, paths: int = 60, variant: str = "base") -> Shard:
    shard = build(settings, {}).simulate(variant, first, paths, 7, 2, _core.Control())
    assert shard is not None
    return shard


def test_the_position_is_the_printed_one() -> None:
    opened = build(Settings(), {})._opened["base"]
    assert opened.short == 1960
    held = opened.volt.exposure()
    assert abs(held.net_delta_bits) * 2 <= 100 << 48
    # Nothing was paid for opening; the premium of 2 % on 490 of notional is booked at once.
    assert opened.at_mark == 1_000_000_000
    assert opened.assets == 1_009_800_000


def test_funding_is_two_percent_of_the_notional_where_the_price_stands_still() -> None:
    still = Settings(week=Week(volatility=0.0))
    columns = run(still, paths=1).columns
    # 490 at the index, paid by the weekly rule to a bit of 2^-48 a day.
    assert columns["funding"][0] in (9_799_999, 9_800_000)
    assert columns["payoff"][0] == pytest.approx(0.98, abs=1e-6)
    assert columns["formula"][0] == pytest.approx(1.0, abs=1e-9)
    assert columns["profit_range"][0] == pytest.approx(100 * (50 / 2500) ** 0.5)


def test_the_payoff_is_that_of_the_two_legs_and_near_the_curve_of_the_documents() -> None:
    shard = run(Settings(), paths=400)
    columns, prices = shard.columns, shard.traces["price"]
    move = columns["move"] / 100
    # 0.196 contracts at a mark of 2550 short, 0.0196 BTC long, and the funding.
    legs = -499.8 * ((1 + move) ** 2 - 1) + 980 * move + columns["funding"] / 10**6
    assert columns["payoff"] == pytest.approx(legs / 10, abs=1e-3)
    paid = (0.196 * 0.02 / 7 * (prices**2 / 10**6)).sum(axis=1)
    assert columns["funding"][:2] / 10**6 == pytest.approx(paid, rel=1e-3)
    near = np.abs(move) < 0.02
    assert near.sum() > 20
    assert (np.abs(columns["payoff"] - columns["formula"])[near] < 0.25).all()


def test_a_move_outside_the_range_loses_and_one_well_inside_gains() -> None:
    columns = run(Settings(), paths=400).columns
    reach = columns["profit_range"]
    assert (columns["profit"][np.abs(columns["move"]) < 0.9 * reach]).all()
    assert not (columns["profit"][np.abs(columns["move"]) > 1.15 * reach]).any()
    assert (columns["in_range"] == (np.abs(columns["move"]) < reach)).all()


def test_the_fee_is_a_tenth_of_the_profit_that_the_volt_books() -> None:
    columns = run(Settings(), paths=100).columns
    booked = columns["final_value"] + columns["performance_fee"]
    profit = np.maximum(booked.astype(np.int64) - 1_009_800_000, 0)
    assert (columns["performance_fee"] == profit // 10).all()
    free = msgspec.structs.replace(Settings(), example=Example(performance_fee_bps=0))
    assert (run(free, paths=100).columns["final_value"] == booked).all()


def test_daily_re_hedging_narrows_the_results() -> None:
    settings = Settings(compare=COMPARE)
    base, daily = (run(settings, paths=300, variant=name) for name in ("base", "daily_rehedge"))
    assert (base.columns["move"] == daily.columns["move"]).all()
    assert np.std(daily.columns["payoff"]) < 0.7 * np.std(base.columns["payoff"])


def test_sizing_at_the_oracle_price_makes_the_printed_hedge_exact() -> None:
    model = build(Settings(compare=COMPARE), {})
    assert model._opened["sized_at_oracle"].short == 2000
    assert model._opened["sized_at_oracle"].volt.exposure().net_delta_bits == 0


def test_shards_of_any_size_hold_the_same_paths() -> None:
    whole = run(Settings(), 0, 12)
    parts = [run(Settings(), 0, 5), run(Settings(), 5, 7)]
    for column in COLUMNS:
        values = np.concatenate([part.columns[column.name] for part in parts])
        assert values.tobytes() == whole.columns[column.name].tobytes()
        assert values.dtype == np.dtype(column.dtype)
    assert (sum(part.bands["payoff"] for part in parts) == whole.bands["payoff"]).all()
    assert (whole.bands["payoff"].sum(axis=1) == 12).all()


def test_a_week_that_ruins_the_volt_leaves_nothing() -> None:
    wild = Settings(week=Week(volatility=10.0))
    columns = run(wild, paths=60).columns
    ruined = columns["final_value"] == 0
    assert ruined.any()
    assert (columns["total_return"][ruined] == -100.0).all()


def test_a_cancelled_shard_gives_nothing() -> None:
    control = _core.Control()
    control.cancel()
    assert build(Settings(), {}).simulate("base", 0, 3, 7, 0, control) is None


def test_the_defaults_are_those_of_the_shipped_scenario_and_it_runs(tmp_path: Path) -> None:
    results = voltcore.run("crab-week", paths=40, seed=7, out=tmp_path / "run")
    figures: Any = results.figures
    assert {"payoff", "profit_ranges"} <= set(figures)
    page = tmp_path / "page.html"
    results.report(page)
    assert page.read_text(encoding="utf-8").count("profit range") > 1


def test_the_table_of_the_page_is_the_public_one() -> None:
    rows = {row[0]: row for row in ranges_table().rows}
    assert len(rows) == len(RATES)
    shown = [str(cell).replace("\u202f", " ").replace("\xa0", " ") for cell in rows["20 bps"]]
    assert shown == ["20 bps", "4.472 %", "11.83 %", "107.4 %", "85.4 %"]
    assert volts.profit_range(0.002, 7) == pytest.approx(0.1183216, rel=1e-6)
