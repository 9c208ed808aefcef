"""The command ``voltcore sweep``, and what the others do with a folder that holds a sweep."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from voltcore.cli import screen
from voltcore.cli.options import (
    RUNS,
    Json,
    NoReport,
    Overrides,
    Paths,
    Quiet,
    ReportPath,
    Resume,
    ScenarioName,
    Seed,
    Threads,
)
from voltcore.cli.page import check_report_target
from voltcore.sim import Sweep, load_scenario, resume_sweep
from voltcore.sim import sweep as run_sweep
from voltcore.sim.grid import make_grid
from voltcore.sim.plan import make_plan
from voltcore.sim.scenario import parse_override
from voltcore.sim.store import SWEEP
from voltcore.sim.sweep_results import measures_of, named_measures
from voltcore.sim.sweep_runs import sweep_name

PAGE = Path("sweep.html")

Over = Annotated[
    list[str] | None,
    Parameter(
        name="--over",
        negative=(),
        show_default=False,
        help="Values of a setting: --over volt.hedge_band_bps=[100,500], in place of the table "
        "[sweep]. May be repeated.",
    ),
]
Show = Annotated[
    list[str] | None,
    Parameter(
        name="--show",
        negative=(),
        show_default=False,
        help="A number of each cell to show: --show total_return_p05. May be repeated.",
    ),
]


def sweep(
    scenario: ScenarioName,
    /,
    *,
    over: Over = None,
    show: Show = None,
    paths: Paths = None,
    seed: Seed = None,
    threads: Threads = None,
    out: Annotated[
        Path | None,
        Parameter(help="Folder; by default one named after the sweep, under voltcore-runs."),
    ] = None,
    resume: Resume = False,
    set_: Overrides = None,
    report: ReportPath = PAGE,
    no_report: NoReport = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Run a scenario for every combination of some settings; write sweep.html."""
    base = load_scenario(scenario, dict(parse_override(text) for text in set_ or []))
    lists = dict(parse_override(text, "--over") for text in over) if over else None
    grid = make_grid(base, lists)
    model = grid.cells[0].scenario.model()
    plan = make_plan(grid.cells[0].scenario.settings, model, paths, seed)
    # Refused now rather than after the work.
    named_measures(measures_of(model.columns), show or ())
    target = None if no_report else report
    check_report_target(target)
    console = screen.Screen(quiet=quiet or json)
    folder = RUNS / sweep_name(grid, plan) if out is None else out
    with console.progress(folder) as progress:
        found = run_sweep(
            base,
            lists,
            paths=plan.paths,
            seed=plan.seed,
            threads=threads,
            out=folder,
            resume=resume or out is None,
            progress=progress,
        )
    return finish_sweep(found, console, target, json, show)


def holds_sweep(folder: Path) -> bool:
    """Whether a folder is that of a sweep."""
    return (folder / SWEEP).exists()


def resume_in(
    folder: Path, threads: int | None, console: screen.Screen, target: Path | None, json: bool
) -> int:
    """Finish the sweep that a folder holds."""
    with console.progress(folder) as progress:
        found = resume_sweep(folder, threads=threads, progress=progress)
    return finish_sweep(found, console, target, json, None)


def finish_sweep(
    sweep: Sweep,
    console: screen.Screen,
    target: Path | None,
    json: bool,
    show: Sequence[str] | None,
) -> int:
    """Write the page of a sweep and show its table."""

    def write(target: Path) -> None:
        sweep.report(target, show)

    def shown(written: Path | None) -> None:
        if json:
            screen.print_json(_as_json(sweep, written))
        else:
            console.sweep(sweep, written, show)

    return screen.write_then_show(console, target, write, shown)


def _as_json(sweep: Sweep, report: Path | None) -> dict[str, Any]:
    return {
        "scenario": sweep.scenario.name,
        "kind": sweep.scenario.kind,
        "seed": sweep.seed,
        "folder": None if sweep.folder is None else os.fspath(sweep.folder),
        "report": None if report is None else os.fspath(report),
        "axes": [{"key": a.key, "values": list(a.values), "unit": a.unit} for a in sweep.axes],
        "cells": sweep.rows(),
    }
