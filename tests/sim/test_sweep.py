"""Sweeps: the lists, the grid, common random numbers, the folder, the table."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy_model
from numpy.testing import assert_array_equal

import voltcore
from voltcore import sim
from voltcore.errors import (
    CorruptError,
    InputRangeError,
    LimitError,
    MissingKeyError,
    OutputExistsError,
    ResumeMismatchError,
    ScenarioError,
    StorageError,
    UnknownKeyError,
)
from voltcore.sim import Scenario, Sweep, parse_scenario
from voltcore.sim.grid import make_grid
from voltcore.sim.sweep_table import sweep_lists

SWEPT = """
[sweep]
volt.target_leverage = [-0.5, -0.4]
market.start_price = { from = 1, to = 5, step = 2 }
"""
OVER = {"volt.target_leverage": [-0.5, -0.4], "market.start_price": [1, 3, 5]}


@pytest.fixture
def swept() -> Scenario:
    return parse_scenario(toy_model.SCENARIO + SWEPT)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        os.path.relpath(os.path.join(root, name), folder): Path(root, name).read_bytes()
        for root, _, names in os.walk(folder)
        for name in names
        if name != "timing.json"
    }


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ({"from": 1, "to": 5, "step": 2}, [1, 3, 5]),
        ({"from": 5, "to": 1, "step": -2}, [5, 3, 1]),
        ({"from": 0.1, "to": 0.3, "step": 0.1}, [0.1, 0.2, 0.3]),
        ({"from": 1, "to": 2, "steps": 3}, [1.0, 1.5, 2.0]),
        ({"from": 1, "to": 3, "steps": 3}, [1, 2, 3]),
        ({"from": 1.0, "to": 3.0, "steps": 3}, [1.0, 2.0, 3.0]),
        ([1, 2.5, "variance", True], [1, 2.5, "variance", True]),
        (range(1, 4), [1, 2, 3]),
        (np.array([0.5, 1.0]), [0.5, 1.0]),
    ],
)
def test_ranges_are_written_out_as_in_decimal_arithmetic(table: Any, values: list[Any]) -> None:
    found = sweep_lists({"a": {"b": table}})
    assert list(found) == ["a.b"]
    assert [*found["a.b"]] == values
    assert [type(value) for value in found["a.b"]] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("table", "error", "field", "text"),
    [
        ({"a": 1}, ScenarioError, "sweep.a", "not a list or a range"),
        ({"a": []}, ScenarioError, "sweep.a", "not a list or a range"),
        ({"a": {"from": 1, "to": 2}}, ScenarioError, "sweep.a", "either step or steps"),
        ({"a": {"from": 1, "step": 2}}, MissingKeyError, "sweep.a.to", "missing"),
        ({"a": {"from": 1, "to": 2, "stop": 3}}, UnknownKeyError, "sweep.a.stop", "range"),
        ({"a": {"from": 1, "to": 2, "step": 0}}, ScenarioError, "sweep.a.step", "whole steps"),
        ({"a": {"from": 1, "to": 2, "step": -1}}, ScenarioError, "sweep.a.step", "whole steps"),
        ({"a": {"from": 1, "to": 2, "step": 0.3}}, ScenarioError, "sweep.a.step", "whole steps"),
        ({"a": {"from": 1, "to": 2, "steps": 1}}, ScenarioError, "sweep.a.steps", "in [2,"),
        ({"a": {"from": "1", "to": 2, "steps": 3}}, ScenarioError, "sweep.a.from", "not a number"),
        ({"a": {"from": True, "to": 2, "steps": 3}}, ScenarioError, "sweep.a.from", "a number"),
        ({"a": {"from": np.nan, "to": 2, "steps": 3}}, ScenarioError, "sweep.a.from", "finite"),
        ({"a": {"from": 0, "to": 10**9, "step": 1}}, LimitError, "sweep.a", "at most 4,096"),
        ({"a": [1] * 65, "b": [1] * 65}, LimitError, "sweep", "4,225 cells"),
        ({f"k{i}": [1] for i in range(9)}, LimitError, "sweep", "9 keys"),
        ({"run": {"paths": [1, 2]}}, ScenarioError, "sweep.run.paths", "cannot be swept"),
        ({"kind": ["toy"]}, ScenarioError, "sweep.kind", "cannot be swept"),
        ({"a": [1], "a.b": [2]}, ScenarioError, "sweep.a", "holds a.b"),
        ([1], ScenarioError, "sweep", "is not a table"),
    ],
)  # fmt: skip
def test_a_bad_list_names_its_key(table: Any, error: type, field: str, text: str) -> None:
    with pytest.raises(error) as caught:
        sweep_lists(table)
    assert caught.value.field == field
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("over", "code", "field"),
    [
        ({"volt.target_leverag": [-0.4]}, "E202", "volt.target_leverag"),
        ({"volt.target_leverage": [-0.4, -3.0]}, "E206", "volt.target_leverage"),
        ({"volt.target_leverage": ["x"]}, "E206", "volt.target_leverage"),
        ({"volt.target_leverage": [-1, -1.0]}, "E206", "sweep"),
        ({}, "E203", "sweep"),
    ],
)
def test_every_cell_is_checked_before_any_work(
    toy: Scenario, tmp_path: Path, over: Any, code: str, field: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.sweep(toy, over, out=tmp_path / "sweep")
    assert (caught.value.code, caught.value.field) == (code, field)
    assert list(tmp_path.iterdir()) == []


def test_the_last_key_varies_fastest_and_values_are_those_of_the_settings(swept: Scenario) -> None:
    grid = make_grid(swept)
    assert [axis.key for axis in grid.axes] == ["volt.target_leverage", "market.start_price"]
    assert grid.shape == (2, 3)
    assert [tuple(cell.values.values()) for cell in grid.cells] == [
        (leverage, price) for leverage in (-0.5, -0.4) for price in (1, 3, 5)
    ]
    for cell in grid.cells:
        assert cell.scenario.settings.volt.target_leverage == cell.values["volt.target_leverage"]
        assert cell.scenario.settings.market.start_price == cell.values["market.start_price"]
    assert grid.axes[0].unit == "1"
    assert grid.axes[0].description == "target leverage"


def test_the_table_sweep_is_no_part_of_a_run(swept: Scenario, toy: Scenario) -> None:
    assert swept.digest == toy.digest
    assert_array_equal(sim.run(swept)["total_return"], sim.run(toy)["total_return"])
    with pytest.raises(UnknownKeyError, match="did you mean 'sweep'"):
        parse_scenario(toy_model.SCENARIO + "[swep]\n")


def test_every_cell_is_the_ordinary_run_of_its_scenario(swept: Scenario) -> None:
    sweep = sim.sweep(swept, paths=20, seed=9)
    assert len(sweep) == 6
    for cell in sweep.cells:
        alone = sim.run(swept, paths=20, seed=9, overrides=dict(cell.values))
        assert cell.results.digest == alone.digest
        for name in ("total_return", "drawdown", "loss"):
            assert_array_equal(cell.results[name], alone[name])
    assert (
        sweep.at({"volt.target_leverage": -0.4, "market.start_price": 3}) is sweep.cells[4].results
    )
    with pytest.raises(InputRangeError):
        sweep.at({"volt.target_leverage": -0.4})


def test_every_cell_runs_the_same_paths(swept: Scenario) -> None:
    # The toy's numbers do not depend on the settings: common random numbers make all cells equal.
    sweep = sim.sweep(swept, paths=20)
    for cell in sweep.cells[1:]:
        assert_array_equal(cell.results["total_return"], sweep.cells[0].results["total_return"])


def test_the_table_has_a_row_for_each_cell_and_variant(swept: Scenario) -> None:
    sweep = sim.sweep(swept, paths=20)
    frame = sweep.to_polars()
    assert frame.shape[0] == 6 * 2
    assert frame["variant"].to_list()[:2] == ["base", "k = 1"]
    assert frame["market.start_price"].to_list()[::2] == [1, 3, 5, 1, 3, 5]
    for row in frame.iter_rows(named=True):
        results = sweep.cells[row["cell"]].results.variants[row["variant"]]
        values = np.sort(results.values("total_return"))
        assert row["paths"] == len(values)
        assert row["total_return_median"] == values[(len(values) + 1) // 2 - 1]
        assert row["total_return_min"] == values[0]
        assert row["loss"] == np.mean(results["loss"])
    assert list(sweep.to_pandas().columns) == frame.columns
    assert sweep.to_arrow().schema.field("total_return_p05").metadata == {b"unit": b"%"}
    grid = sweep.grid("total_return_p95")
    assert grid.shape == (2, 3)
    assert grid[1, 2] == sweep.cells[5].results.quantile("total_return", 0.95)
    with pytest.raises(InputRangeError, match="did you mean 'total_return_p95'"):
        sweep.grid("total_return_p9")
    assert "2 volt.target_leverage x 3 market.start_price" in repr(sweep)
    assert "6 cells of 20 paths, seed 7" in str(sweep)
    assert sweep._repr_html_().count("<tr>") == 7


def test_a_swept_file_is_found_and_kept(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name)
    scenario = parse_scenario(toy_model.SCENARIO, folder=tmp_path)
    over = {"market.data": ["a.csv", "b.csv"]}
    sweep = sim.sweep(scenario, over, paths=4, out=tmp_path / "sweep")
    assert [dict(cell.results.scenario.inputs) for cell in sweep.cells] == [
        {"a.csv": b"a.csv"},
        {"b.csv": b"b.csv"},
    ]
    assert len(sim.resume_sweep(tmp_path / "sweep")) == 2


def test_a_sweep_loads_as_it_was_in_memory(swept: Scenario, tmp_path: Path) -> None:
    stored = sim.sweep(swept, paths=20, out=tmp_path / "sweep")
    assert stored.folder == tmp_path / "sweep"
    loaded = Sweep.load(tmp_path / "sweep")
    assert loaded.rows() == sim.sweep(swept, paths=20).rows()
    assert str(loaded) == str(stored)
    manifest = json.loads((tmp_path / "sweep" / "manifest.json").read_text())
    assert [cell["folder"] for cell in manifest["cells"]] == [f"cell-{i:04d}" for i in range(6)]


class Stop(Exception):
    pass


@pytest.mark.parametrize("at", [1, 40, 155, 290, 450])
def test_stopped_anywhere_a_sweep_goes_on_to_the_same_bytes(
    swept: Scenario, tmp_path: Path, at: int
) -> None:
    sim.sweep(swept, paths=50, out=tmp_path / "whole")

    def stop(progress: sim.Progress) -> None:
        assert progress.total_paths == 6 * 75
        if progress.finished_paths >= at:
            raise Stop

    with pytest.raises(Stop):
        sim.sweep(swept, paths=50, out=tmp_path / "stopped", progress=stop)
    with pytest.raises(StorageError, match="not finished"):
        Sweep.load(tmp_path / "stopped")
    seen: list[sim.Progress] = []
    sim.resume_sweep(tmp_path / "stopped", progress=seen.append)
    assert tree(tmp_path / "stopped") == tree(tmp_path / "whole")
    if seen:
        assert seen[-1].finished_paths == seen[-1].total_paths
    again = sim.sweep(swept, paths=50, out=tmp_path / "stopped", resume=True, progress=seen.append)
    assert len(again) == 6
    assert tree(tmp_path / "stopped") == tree(tmp_path / "whole")


def test_folders_that_hold_something_else(swept: Scenario, tmp_path: Path) -> None:
    sim.sweep(swept, paths=4, out=tmp_path / "sweep")
    sim.run(swept, paths=4, out=tmp_path / "run")
    before = tree(tmp_path)
    with pytest.raises(OutputExistsError, match="holds a sweep already"):
        sim.sweep(swept, paths=4, out=tmp_path / "sweep")
    for change in ({"paths": 5}, {"seed": 8}, {"over": {"market.start_price": [1]}}):
        options: dict[str, Any] = {"paths": 4, **change}
        with pytest.raises(ResumeMismatchError, match="holds a sweep with another"):
            sim.sweep(swept, out=tmp_path / "sweep", resume=True, **options)
    with pytest.raises(OutputExistsError, match="holds no sweep"):
        sim.sweep(swept, paths=4, out=tmp_path / "run", resume=True)
    with pytest.raises(OutputExistsError, match="holds no run"):
        sim.run(swept, paths=4, out=tmp_path / "sweep", resume=True)
    with pytest.raises(StorageError, match=r"holds no run.*it holds a sweep"):
        voltcore.resume(tmp_path / "sweep")
    with pytest.raises(StorageError, match=r"holds no sweep.*it holds a run"):
        sim.resume_sweep(tmp_path / "run")
    assert tree(tmp_path) == before


def test_a_cell_that_was_changed_is_named(swept: Scenario, tmp_path: Path) -> None:
    sim.sweep(swept, paths=4, out=tmp_path / "sweep")
    shard = tmp_path / "sweep" / "cell-0003" / "shard-000000.parquet"
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(bytes(data))
    with pytest.raises(CorruptError, match=r"cell-0003/shard-000000\.parquet"):
        Sweep.load(tmp_path / "sweep")
    before = shard.read_bytes()
    sim.resume_sweep(tmp_path / "sweep")
    assert shard.read_bytes() != before
    assert len(Sweep.load(tmp_path / "sweep")) == 6


def test_the_page_has_a_heat_map_of_two_keys_and_a_line_of_one(
    swept: Scenario, tmp_path: Path
) -> None:
    two = sim.sweep(swept, paths=8)
    assert two.figures["loss"].data[0].type == "heatmap"
    assert two.figures["loss"].data[0].z[0][0] == pytest.approx(100 * two.grid("loss")[0, 0])
    one = sim.sweep(swept, {"market.start_price": [1, 3]}, paths=8)
    line = one.figures["total_return_median"].data[-1]
    assert list(line.x) == [1, 3]
    assert line.y[0] == pytest.approx(one.grid("total_return_median")[0], rel=1e-5)
    words = sim.sweep(swept, {"volt.execution": ["quoted", "book"]}, paths=8)
    assert words.figures["drawdown_median"].data[-1].mode == "markers"
    three = sim.sweep(
        swept,
        {"market.start_price": [1, 3], "volt.target_leverage": [-0.5, -0.2], "steps": [4, 5]},
        paths=4,
    )
    for sweep, name in ((two, "two"), (one, "one"), (words, "words"), (three, "three")):
        page = sweep.report(tmp_path / f"{name}.html").read_text()
        assert page.startswith("<!DOCTYPE html>")
        # A row starts with a number, so on a narrow screen its key stands beside it.
        (key,) = set(re.findall(r'<th scope="row" data-label="?([^">]*)"?>', page))
        assert key == sweep.header()[0]
        assert "voltcore sweep scenario.toml" in page
    shown = two.report(tmp_path / "shown.html", show=["minimum_cr_min"]).read_text()
    assert "minimum_cr" in shown or "lowest collateral ratio, least" in shown
