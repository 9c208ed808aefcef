"""The stress runs of the two pools: same bytes, books that close, and what each setting does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import voltcore
from voltcore import _core
from voltcore.sim import imperial_rv, jlp_stress
from voltcore.sim.scenario import load_scenario

SMALL: dict[str, dict[str, Any]] = {
    "jlp-stress": {"market.days": 6},
    "imperial-rv": {"market.length": 4},
}
KINDS = {"jlp-stress": jlp_stress, "imperial-rv": imperial_rv}


def shard(kind: str, paths: int, first: int = 0, **changes: Any) -> Any:
    model = load_scenario(kind, overrides={**SMALL[kind], **changes}).model()
    found = model.simulate("base", first, paths, 7, 2, _core.Control())
    assert found is not None
    return model, found


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_depends_on_its_number_alone(kind: str) -> None:
    _, whole = shard(kind, 4)
    _, tail = shard(kind, 2, first=2)
    for name, column in whole.columns.items():
        np.testing.assert_array_equal(column[2:], tail.columns[name], err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shard_has_the_columns_bands_and_traces_that_the_model_lists(kind: str) -> None:
    model, found = shard(kind, 3)
    assert set(found.columns) == {column.name for column in model.columns}
    for column in model.columns:
        assert found.columns[column.name].dtype == np.dtype(column.dtype), column.name
        assert len(found.columns[column.name]) == 3
    for band in model.bands:
        assert found.bands[band.name].shape == band.shape
        assert int(found.bands[band.name].sum()) == 3 * len(band.times)
    for trace in model.traces:
        assert found.traces[trace.name].shape == (2, len(trace.times))


def test_what_the_lps_gain_is_the_sum_of_its_parts() -> None:
    _, found = shard("jlp-stress", 6)
    c = found.columns
    parts = c["lp_fees"] + c["lp_borrow"] + c["lp_trader_pnl"] + c["lp_asset_drift"]
    np.testing.assert_array_equal(parts, c["lp_change"])
    assert (c["opened"] > 50).all()
    assert (c["lp_loss"] == (c["lp_return"] < 0)).all()


def test_without_traders_the_pool_is_its_tokens() -> None:
    _, found = shard("jlp-stress", 3, **{"traders.arrivals_per_day": 0.0})
    c = found.columns
    np.testing.assert_allclose(c["lp_return"], c["asset_return"], rtol=1e-5, atol=1e-5)
    for name in ("fees", "borrow_fees", "trader_pnl", "opened", "liquidations", "bad_debt"):
        assert not c[name].any(), name


def test_late_liquidations_cost_the_lps_bad_debt() -> None:
    harsh = {"traders.leverage_most": 90.0, "market.common_jumps_a_year": 200.0}
    prompt = shard("jlp-stress", 8, **harsh)[1].columns
    late = shard("jlp-stress", 8, **harsh, **{"keepers.liquidation_delay_steps": 6})[1].columns
    assert late["bad_debt"].sum() > prompt["bad_debt"].sum() > 0
    assert prompt["liquidations"].sum() > 0


def test_without_insurance_the_free_base_pays_first() -> None:
    wild = {"traders.leverage_most": 3.0, "traders.arrivals_per_day": 60.0}
    bare = shard("imperial-rv", 6, **wild, **{"pool.insurance_usd": 0})[1].columns
    assert not bare["insurance_depleted"].any()  # there was none to use up
    rich = shard("imperial-rv", 6, **wild, **{"pool.insurance_usd": 500_000})[1].columns
    assert (rich["impairment"] <= bare["impairment"]).all()
    assert (rich["insurance_low"] <= 500_000 * 10**6).all()


def test_the_volatility_of_a_path_comes_from_the_table() -> None:
    model, found = shard("imperial-rv", 2)
    seen = found.traces["volatility"]
    weeks = imperial_rv.read_weeks(
        load_scenario("imperial-rv").inputs["btc_weekly.csv"]
    ).realised_variance
    yearly = 100 * np.sqrt(weeks * 365 / 7)
    assert (seen >= yearly.min()).all()
    assert (seen <= yearly.max()).all()
    assert model.steps_per_path == 4 * 7 * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_shard_gives_nothing(kind: str) -> None:
    model = load_scenario(kind, overrides=SMALL[kind]).model()
    control = _core.Control()
    control.cancel()
    assert model.simulate("base", 0, 2, 7, 0, control) is None


def test_a_run_of_each_kind_gives_a_summary() -> None:
    for kind, changes in SMALL.items():
        result = voltcore.run(kind, overrides=changes, paths=6, seed=3)
        assert "%" in str(result.summary())
