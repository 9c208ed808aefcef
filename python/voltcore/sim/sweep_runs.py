"""
Running a sweep: every cell an ordinary run, all with the same seed.

    lock            advisory lock, held for the whole sweep
    sweep.json      the scenario, the lists and the plan, written first
    input-0-<name>  the files that the scenario and its cells name
    cell-0000/      a run folder for each cell, the last key varying fastest
    manifest.json   written last: for each cell its values, its digest and that of its manifest
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from voltcore.errors import CorruptError, InputRangeError
from voltcore.sim import shard_files, store
from voltcore.sim.execute import Progress, ProgressCallback
from voltcore.sim.grid import Grid, make_grid
from voltcore.sim.plan import Plan, Price, check_price, make_plan, price
from voltcore.sim.records import (
    input_records,
    keep_inputs,
    read_inputs,
    read_record_file,
    same_run,
    versions,
)
from voltcore.sim.results import Results
from voltcore.sim.runs import folder_path, run, threads_of
from voltcore.sim.scenario import Scenario, load_scenario, restore_scenario
from voltcore.sim.sweep_results import Sweep, SweepCell


def sweep(
    scenario: str | os.PathLike[str] | Scenario,
    over: Mapping[str, Any] | None = None,
    *,
    paths: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
    resume: bool = False,
    progress: ProgressCallback | None = None,
    overrides: Mapping[str, Any] | None = None,
    memory_limit: int | None = None,
) -> Sweep:
    """
    Run a scenario for every combination of some of its settings.

    Each cell is an ordinary run with the same seed: the same paths pass through every cell (common
    random numbers), so that the difference between two cells is not blurred by chance.

    Parameters
    ----------
    scenario : str, path or Scenario
        As in `run`.
    over : mapping of str to sequence, optional
        Dotted keys with the values of each: ``{"volt.hedge_band_bps": [100, 500]}``. A range is
        ``{"from": 1.0, "to": 1.5, "steps": 3}`` or has ``"step"``. The table ``[sweep]`` of the
        scenario by default.
    paths, seed, threads, executor, overrides, memory_limit
        As in `run`, the same for every cell.
    out : path, optional
        A folder for the sweep, with a run folder for each cell. Without it the results are kept in
        memory.
    resume : bool
        Continue the sweep that `out` holds, if it holds one.
    progress : callable, optional
        Called with a `Progress` over the paths of all cells.

    Returns
    -------
    Sweep

    Raises
    ------
    ScenarioError
        Before anything is written: a key that is unknown or cannot be swept, a value that a cell
        refuses, two cells that are the same, more than 4096 cells.
    ResourceError, StorageError, KeyboardInterrupt
        As in `run`. Finished cells, and finished shards of the one that was stopped, are kept.
    """
    base = load_scenario(scenario, overrides)
    grid = make_grid(base, over)
    models = {cell.index: cell.scenario.model() for cell in grid.cells}
    plans = [
        make_plan(cell.scenario.settings, models[cell.index], paths, seed) for cell in grid.cells
    ]
    n_threads = threads_of(threads)
    needs = [
        price(plan, models[cell.index], n_threads, stored=out is not None)
        for cell, plan in zip(grid.cells, plans, strict=True)
    ]
    del models
    if out is None:
        if resume:
            raise InputRangeError(
                "needs the folder of the sweep", field="resume", value=resume, hint="give out="
            )
        check_price(Price(sum(need.memory for need in needs), 0), memory_limit, None)
        cells = _run_cells(grid, plans, None, threads, executor, progress, memory_limit)
        return Sweep(grid, tuple(cells), None)
    folder = folder_path(out)
    shard_files.require_pyarrow()
    worst = Price(max(need.memory for need in needs), sum(need.disk for need in needs))
    check_price(worst, memory_limit, folder)
    record = _record(grid, plans)
    opened, continued = store.open_for_run(
        folder, resume, same_run(record, folder, "sweep"), store.SWEEP
    )
    with opened:
        if continued:
            record = opened.read_json(store.SWEEP)
        else:
            opened.write_json(store.SWEEP, record)
            opened.sync()
        keep_inputs(opened, _inputs(grid), record, continued)
        cells = _run_cells(grid, plans, folder, threads, executor, progress, memory_limit)
        manifest = _manifest(opened, record, cells)
        if not _holds(opened, manifest):
            opened.write_json("manifest.json", manifest)
            opened.sync()
    return Sweep(grid, tuple(cells), folder)


def resume_sweep(
    folder: str | os.PathLike[str],
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    memory_limit: int | None = None,
) -> Sweep:
    """Finish the sweep that a folder holds; parameters and errors are those of `sweep`."""
    path = folder_path(folder)
    shard_files.require_pyarrow()
    with store.Folder(path) as opened:
        record, grid = _read(opened)
    return sweep(
        grid.base,
        paths=record["plan"]["paths"],
        seed=record["plan"]["seed"],
        threads=threads,
        out=path,
        executor=executor,
        resume=True,
        progress=progress,
        memory_limit=memory_limit,
    )


def load_sweep(folder: str | os.PathLike[str]) -> Sweep:
    """The sweep in a finished folder, every file of every cell checked."""
    path = folder_path(folder)
    with store.Folder(path) as opened:
        record, grid = _read(opened)
        manifest = opened.read_json("manifest.json") if "manifest.json" in opened.names() else None
    if manifest is None:
        raise store.unfinished(path, store.SWEEP)
    cells = [
        SweepCell(cell.index, cell.values, Results.load(path / cell_name(cell.index)))
        for cell in grid.cells
    ]
    with store.Folder(path) as opened:
        if _manifest(opened, record, cells) != manifest:
            raise CorruptError(
                "belongs to other cells than the folder holds", path=opened.named("manifest.json")
            )
    return Sweep(grid, tuple(cells), path)


def sweep_name(grid: Grid, plan: Plan) -> str:
    """A folder name that only this sweep has."""
    content = {
        "cells": [cell.scenario.digest for cell in grid.cells],
        "plan": [plan.paths, plan.seed, plan.paths_per_shard, plan.traces],
        "versions": versions(),
    }
    digits = store.digest(store.canonical_json(content))[:8]
    return f"{grid.base.name}-sweep-seed{plan.seed}-{digits}"


def cell_name(index: int) -> str:
    """Folder of a cell."""
    return f"cell-{index:04d}"


def _run_cells(
    grid: Grid,
    plans: list[Plan],
    folder: Path | None,
    threads: int | None,
    executor: Executor | None,
    progress: ProgressCallback | None,
    memory_limit: int | None,
) -> list[SweepCell]:
    overall = _Overall(sum(plan.total_paths for plan in plans), progress)
    cells = []
    for cell, plan in zip(grid.cells, plans, strict=True):
        results = run(
            cell.scenario,
            paths=plan.paths,
            seed=plan.seed,
            threads=threads,
            out=None if folder is None else folder / cell_name(cell.index),
            executor=executor,
            resume=folder is not None,
            progress=overall,
            memory_limit=memory_limit,
        )
        overall.end_of_cell(plan.total_paths)
        cells.append(SweepCell(cell.index, cell.values, results))
    return cells


class _Overall:
    """The progress of one cell as progress of the whole sweep."""

    def __init__(self, total: int, callback: ProgressCallback | None) -> None:
        self._total = total
        self._callback = callback
        self._begin = time.monotonic()
        self._done = 0
        self._kept = 0
        self._last: Progress | None = None

    def __call__(self, of_cell: Progress) -> None:
        self._last = of_cell
        if self._callback is not None:
            self._callback(
                Progress(
                    self._done + of_cell.finished_paths,
                    self._total,
                    self._kept + of_cell.kept_paths,
                    time.monotonic() - self._begin,
                )
            )

    def end_of_cell(self, paths: int) -> None:
        # A cell that was finished before reports nothing.
        self._kept += paths if self._last is None else self._last.kept_paths
        self._done += paths
        self._last = None


def _inputs(grid: Grid) -> dict[str, bytes]:
    """Every file that any cell names."""
    found = dict(grid.base.inputs)
    for cell in grid.cells:
        found.update(cell.scenario.inputs)
    return found


def _record(grid: Grid, plans: list[Plan]) -> dict[str, Any]:
    base = grid.base
    # A list, since the order of the keys is that of the cells.
    lists = [{"key": axis.key, "values": list(axis.values)} for axis in grid.axes]
    return {
        "cells": [cell.scenario.digest for cell in grid.cells],
        "format": store.FORMAT,
        "inputs": input_records(_inputs(grid)),
        "plan": {
            "cells": store.digest(
                store.canonical_json([cell.scenario.digest for cell in grid.cells])
            ),
            "paths": plans[0].paths,
            "paths_per_shard": plans[0].paths_per_shard,
            "seed": plans[0].seed,
            "traces": plans[0].traces,
        },
        "scenario": {"digest": base.digest, "kind": base.kind, "name": base.name},
        "settings": msgspec.to_builtins(base.settings),
        "sweep": lists,
        "version": list(store.VERSION),
        "versions": versions(),
    }


def _read(folder: store.Folder) -> tuple[dict[str, Any], Grid]:
    """``sweep.json`` of a folder and the grid it describes, digests checked."""
    record = read_record_file(folder, store.SWEEP)
    path = folder.named(store.SWEEP)
    try:
        inputs = read_inputs(folder, record)
        stated = record["scenario"]
        base = restore_scenario(stated["name"], record["settings"], inputs)
        # Cells may name files that the base does not.
        lists = {item["key"]: item["values"] for item in record["sweep"]}
        grid = make_grid(replace(base, inputs=inputs), lists)
        base = replace(base, inputs=inputs, sweep={a.key: a.values for a in grid.axes})
        digests = [cell.scenario.digest for cell in grid.cells]
        if base.digest != stated["digest"] or digests != record["cells"]:
            raise CorruptError("holds another sweep than its digests say", path=path)
        int(record["plan"]["paths"]), int(record["plan"]["seed"])
    except (KeyError, TypeError, IndexError) as error:
        raise CorruptError(f"lacks an entry: {error}", path=path) from None
    return record, replace(grid, base=base)


def _manifest(
    folder: store.Folder, record: Mapping[str, Any], cells: list[SweepCell]
) -> dict[str, Any]:
    return {
        "cells": [
            {
                "digest": cell.results.digest,
                "folder": cell_name(cell.index),
                "manifest": store.digest(folder.read(f"{cell_name(cell.index)}/manifest.json")),
                "values": dict(cell.values),
            }
            for cell in cells
        ],
        "format": store.FORMAT,
        "sweep": store.digest(store.canonical_json(record)),
        "version": list(store.VERSION),
    }


def _holds(folder: store.Folder, manifest: Mapping[str, Any]) -> bool:
    try:
        return bool(folder.read_json("manifest.json") == manifest)
    except CorruptError:
        return False
