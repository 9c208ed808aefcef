"""Runs of price paths: their numbers against NumPy's on the same paths, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from voltcore import _core
from voltcore.errors import ScenarioError, VoltcoreError
from voltcore.markets import paths
from voltcore.sim import Results, Scenario, load_scenario, parse_scenario, resume, run
from voltcore.sim.price_paths import DRAWDOWN_EDGES, PricePathsModel

BASE = """
kind = "paths"
title = "short"
steps_shown = 24

[run]
paths = 60
paths_per_shard = 16
traces = 5

[market]
model = "MODEL"
steps = 100
step_hours = 1
volatility = 0.9

[market.history]
steps_per_row = 12
"""
MODELS = ("gbm", "merton", "bootstrap", "bridge")


def scenario(model: str, folder: Path = Path(), **changes: str) -> Scenario:
    text = BASE.replace("MODEL", model)
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_scenario(text, folder=folder)


@pytest.fixture(scope="module")
def runs() -> dict[str, Results]:
    return {name: run(scenario(name), seed=5, threads=1) for name in MODELS}


def drawn(results: Results) -> tuple[np.ndarray, float]:
    """The paths of a run, drawn by `voltcore.markets`, and their length in years."""
    model = results.scenario.model()
    assert isinstance(model, PricePathsModel)
    # The rows of the table are weeks.
    hours = {"bootstrap": 168, "bridge": 14}.get(results.scenario.settings.market.model, 1)
    prices = paths(model.path_model, results.paths, model.steps_per_path, seed=5)
    return prices, model.steps_per_path * hours / 8766


@pytest.mark.parametrize("name", MODELS)
def test_every_column_is_what_numpy_finds_on_the_same_paths(
    runs: dict[str, Results], name: str
) -> None:
    prices, years = drawn(runs[name])
    values = runs[name].values
    assert_array_equal(values("final_price"), prices[:, -1])
    assert_array_equal(values("min_price"), prices.min(axis=1))
    assert_array_equal(values("max_price"), prices.max(axis=1))
    assert_allclose(values("total_return"), 100 * (prices[:, -1] / prices[:, 0] - 1), atol=1e-10)
    squares = (np.diff(np.log(prices), axis=1) ** 2).sum(axis=1)
    assert_allclose(values("realised_volatility"), 100 * np.sqrt(squares / years), rtol=1e-9)
    falls = 100 * (1 - prices / np.maximum.accumulate(prices, axis=1))
    assert_allclose(values("max_drawdown"), falls.max(axis=1), atol=1e-10)
    found = runs[name].probability("loss")
    assert found.hits == int((prices[:, -1] < prices[:, 0]).sum())


@pytest.mark.parametrize("name", MODELS)
def test_bands_count_every_path_at_every_time_and_traces_are_the_first_paths(
    runs: dict[str, Results], name: str
) -> None:
    prices, _ = drawn(runs[name])
    steps = prices.shape[1] - 1
    shown = [*range(24, steps, 24), steps]
    falls = 100 * (
        1 - np.minimum.accumulate(prices / np.maximum.accumulate(prices, axis=1), axis=1)
    )
    for label, values in (("price", prices), ("drawdown", falls)):
        band = runs[name].bands[label]
        edges = np.array(band.band.edges)
        expected = [
            np.bincount(np.searchsorted(edges, row, "right"), minlength=len(edges) + 1)
            for row in values[:, shown].T
        ]
        assert_array_equal(band.counts, expected)
        assert_array_equal(runs[name].traces[label].values, values[:5, shown])
    assert len(DRAWDOWN_EDGES) == 201


def test_the_bridge_ends_at_the_last_price_of_its_history(runs: dict[str, Results]) -> None:
    assert set(runs["bridge"].values("final_price").tolist()) == {95_917.03}


def test_the_expected_price_of_jumps_stays_at_the_start() -> None:
    found = run(scenario("merton"), paths=20_000, seed=1).values("final_price")
    assert abs(found.mean() - 100) < 4.5 * found.std() / np.sqrt(found.size)


def test_threads_shards_and_a_resume_leave_the_same_folder(tmp_path: Path) -> None:
    texts = []
    for name, threads in (("one", 1), ("two", 2)):
        run(scenario("merton"), seed=3, threads=threads, out=tmp_path / name)
        texts.append((tmp_path / name / "manifest.json").read_bytes())
    (tmp_path / "two" / "manifest.json").unlink()
    (tmp_path / "two" / "shard-000001.parquet").unlink()
    resume(tmp_path / "two")
    texts.append((tmp_path / "two" / "manifest.json").read_bytes())
    assert texts[0] == texts[1] == texts[2]


def test_a_cancelled_range_gives_nothing() -> None:
    control = _core.Control()
    control.cancel()
    model = scenario("gbm").model()
    assert model.simulate("base", 0, 10, 7, 0, control) is None
    assert control.finished == 0


def test_the_shipped_scenario_runs_and_says_what_it_assumes() -> None:
    shipped = load_scenario("price-paths")
    assert shipped.kind == "paths"
    found = run(shipped, paths=400, seed=7)
    volatility = np.median(found.values("realised_volatility"))
    assert 55 < volatility < 75
    rows = {row.key: row for row in shipped.rows()}
    assert rows["market.volatility"].basis == "chosen"
    text = str(found.summary())
    assert "realised_volatility" in text.replace(" ", "_")


@pytest.mark.parametrize(
    ("model", "changes", "field"),
    [
        ("nothing", {}, "market.model"),
        ("gbm", {"0.9": "-0.9"}, "market.volatility"),
        ("gbm", {"steps = 100": "steps = 0"}, "market.steps"),
        ("gbm", {"steps_shown = 24": "steps_shown = 0"}, "steps_shown"),
        (
            "gbm",
            {"steps = 100": "steps = 1000000", "steps_shown = 24": "steps_shown = 1"},
            "steps_shown",
        ),
        (
            "merton",
            {
                "[market.history]": "[market.jumps]\nrate = 1e5\n[market.history]",
                "step_hours = 1": "step_hours = 8766",
            },
            "market.jump_rate",
        ),
        ("bridge", {"steps_per_row = 12": 'price_column = "no"'}, "market.column"),
        ("bridge", {"steps_per_row = 12": 'variance_column = "no"'}, "market.column"),
        ("bridge", {"steps_per_row = 12": "steps_per_row = 1048576"}, "market.history"),
        ("bootstrap", {"steps_per_row = 12": "block_length = 300"}, "market.block_length"),
        ("bootstrap", {"steps_per_row = 12": 'prices = "none.csv"'}, "market.history.prices"),
        ("bootstrap", {"steps_per_row = 12": 'prices = "one.csv"'}, "market.history.prices"),
        ("gbm", {"volatility": "volatilty"}, "market.volatilty"),
    ],
)
def test_a_scenario_that_cannot_be_run_is_refused_by_key(
    model: str, changes: dict[str, Any], field: str, tmp_path: Path
) -> None:
    one_row = "epoch_end_utc,close_usd,realised_variance\n2024-01-01,100,0.01\n"
    (tmp_path / "one.csv").write_text(one_row, encoding="utf-8")
    with pytest.raises(VoltcoreError) as caught:
        _ = scenario(model, tmp_path, **changes).model()
    assert isinstance(caught.value, ScenarioError)
    assert str(caught.value.field).startswith(field)
