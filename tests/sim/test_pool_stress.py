"""The stress runs of the two pools: same bytes, books that close, and what each setting does."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

import voltcore
from voltcore import _core
from voltcore.errors import ScenarioError
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


GOLDEN = {"jlp-stress": "b1b8448654765798", "imperial-rv": "f0a3f09c94e58fe1"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_of_a_run_are_those_of_every_machine(kind: str) -> None:
    """Recorded once: another compiler, processor or number of threads must give the same."""
    _, found = shard(kind, 3, **{"keepers.liquidation_delay_steps": 2, "traders.momentum": 1.0})
    total = hashlib.sha256()
    for table in (found.columns, found.bands, found.traces):
        for name, values in sorted(table.items()):
            total.update(name.encode() + np.ascontiguousarray(values).tobytes())
    assert total.hexdigest()[:16] == GOLDEN[kind]


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


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("jlp-stress", ("lp_fees", "lp_borrow", "lp_trader_pnl", "lp_asset_drift", "lp_other")),
        ("imperial-rv", ("lp_fees", "lp_borrow", "lp_trader_pnl", "lp_insurance", "lp_other")),
    ],
)
def test_what_the_lps_gain_is_the_sum_of_its_parts(kind: str, parts: tuple[str, ...]) -> None:
    # Without shorts, whose average is all that a JLP pool keeps of them, each part worked out by
    # itself leaves next to nothing open.
    c = shard(kind, 6, **{"traders.long_share": 1.0})[1].columns
    assert np.abs(c["lp_other"]).max() < 2e-3 * np.abs(c["lp_change"]).min()
    c = shard(kind, 6)[1].columns
    np.testing.assert_array_equal(sum(c[name] for name in parts), c["lp_change"])
    assert (c["opened"] > 50).all()
    # The LPs keep 75 % of all position fees, rounded once a fee.
    assert np.abs(c["lp_fees"] - 0.75 * c["fees"]).max() < 3 * c["opened"].max()


def test_losses_of_the_tail_are_those_of_the_worst_paths() -> None:
    result = voltcore.run("jlp-stress", overrides={"market.days": 3}, paths=40, seed=3)
    (returns, change) = result.summary().tail_losses
    assert (returns.name, change.name) == ("lp_return", "lp_change")
    worst = sorted(result["lp_return"].tolist())
    # 5 % of 40 paths are two; 1 % is less than one, so the worst.
    assert returns.value_at_risk == {0.95: -worst[1], 0.99: -worst[0]}
    assert returns.expected_shortfall[0.95] == pytest.approx(-(worst[0] + worst[1]) / 2, rel=1e-15)
    assert returns.expected_shortfall[0.99] == -worst[0]
    assert change.value_at_risk[0.99] == -min(result["lp_change"].tolist()) / 10**6
    assert "VaR 95%" in str(result.summary())


def test_as_many_traders_come_as_were_asked_for() -> None:
    """A mean of 1,000 a step is beyond exp(-mean) in doubles."""
    crowd = {
        "traders.arrivals_per_day": 2_000.0,
        "market.steps_per_day": 2,
        "market.days": 4,
        "traders.size_median_usd": 100.0,
        "traders.holding_mean_hours": 1.0,
    }
    _, found = shard("jlp-stress", 2, **crowd)
    came = found.columns["opened"].astype(int) + found.columns["refused"].astype(int)
    assert np.abs(came - 8_000).max() < 5 * 8_000**0.5


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
    rich = shard("imperial-rv", 6, **wild, **{"pool.insurance_usd": 500_000})[1].columns
    assert bare["impairment"].sum() > 0
    assert (rich["impairment"] <= bare["impairment"]).all()
    assert (rich["insurance_low"] <= 500_000 * 10**6).all()
    assert rich["insurance_low"].sum() < 6 * 500_000 * 10**6


@pytest.mark.parametrize("seed_usd", [0, 300, 3_000, 30_000, 500_000])
def test_the_insurance_is_depleted_when_it_reached_zero(seed_usd: int) -> None:
    wild = {"traders.leverage_most": 3.0, "traders.arrivals_per_day": 60.0}
    c = shard("imperial-rv", 6, **wild, **{"pool.insurance_usd": seed_usd})[1].columns
    np.testing.assert_array_equal(c["insurance_depleted"], c["insurance_low"] == 0)
    # Nothing is taken from the free base, and no profit stays unpaid, before it is empty.
    assert (c["insurance_depleted"] >= c["any_impairment"]).all()
    assert (c["any_impairment"] >= c["any_user_loss"]).all()
    if seed_usd == 0:
        assert c["insurance_depleted"].all()
    if seed_usd == 500_000:
        assert not c["insurance_depleted"].any()


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


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("imperial-rv", {"pool.min_rate_bps": 9_000}, "pool.target_rate_bps"),
        ("imperial-rv", {"pool.kink_bps": 10_000}, "pool.kink_bps"),
        ("imperial-rv", {"traders.leverage_most": 1.2}, "traders.leverage_least"),
        ("jlp-stress", {"asset": []}, "asset"),
        ("jlp-stress", {"market.correlation": -0.5, "asset": 4}, "market.correlation"),
        ("jlp-stress", {"asset": 2}, "asset.arrivals_share"),
        ("jlp-stress", {"asset": "USDC"}, "asset"),
    ],
)
def test_settings_that_contradict_each_other_are_refused_when_they_are_read(
    kind: str, changes: dict[str, Any], field: str
) -> None:
    given = changes.get("asset")
    if isinstance(given, int):
        share = 1 / given if given == 4 else 1.0
        changes = {**changes, "asset": [asset(f"T{i}", share) for i in range(given)]}
    elif isinstance(given, str):
        changes = {**changes, "asset": [asset(given, 1.0)]}
    with pytest.raises(ScenarioError) as caught:
        load_scenario(kind, overrides=changes)
    assert caught.value.code == "E206"
    assert caught.value.field == field


def asset(name: str, share: float) -> dict[str, Any]:
    return {"name": name, "price_usd": 10.0, "deposit_usd": 1_000.0, "arrivals_share": share}
