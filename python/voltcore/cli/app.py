"""The commands: what they take, in which order they work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from cyclopts import App, Parameter

import voltcore
from voltcore.cli import screen, sweeps, tables
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
from voltcore.errors import InputRangeError
from voltcore.sim import Results, Scenario, Sweep, load_scenario, shipped_scenarios
from voltcore.sim import resume as resume_run
from voltcore.sim import run as run_scenario
from voltcore.sim.grid import make_grid
from voltcore.sim.plan import Plan, make_plan, price
from voltcore.sim.records import run_name
from voltcore.sim.scenario import parse_override

REPORT = Path("report.html")

app = App(
    name="voltcore",
    help="Exact on-chain arithmetic at Monte Carlo speed.",
    version=voltcore.__version__,
    version_flags=["--version"],
    help_format="plaintext",
)

ReportIn = Annotated[
    Path | None,
    Parameter(
        show_default=False, help="Where to write the page. [default: report.html or sweep.html]"
    ),
]


def execute(arguments: list[str]) -> int:
    """Parse and run a command; usage errors become one typed line."""
    try:
        command, bound, *_ = app.parse_args(
            arguments or ["--help"], exit_on_error=False, print_error=False
        )
    except cyclopts.CycloptsError as error:
        text = " ".join(str(error).split())
        raise InputRangeError(
            text, code="E115", field="command line", hint="voltcore --help"
        ) from None
    status = command(*bound.args, **bound.kwargs)
    return status if isinstance(status, int) else 0


@app.command(sort_key=1)
def run(
    scenario: ScenarioName,
    /,
    *,
    paths: Paths = None,
    seed: Seed = None,
    threads: Threads = None,
    out: Annotated[
        Path | None,
        Parameter(help="Run folder; by default one named after the run, under voltcore-runs."),
    ] = None,
    resume: Resume = False,
    set_: Overrides = None,
    report: ReportPath = REPORT,
    no_report: NoReport = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Run a scenario; keep the results in a folder and write report.html."""
    overrides = dict(parse_override(text) for text in set_ or [])
    checked = load_scenario(scenario, overrides)
    plan = make_plan(checked.settings, checked.model(), paths, seed)
    # The default folder is named by everything that decides its content: what it holds is this
    # run, finished or not, and going on with it is what the user means.
    folder = RUNS / run_name(checked, plan) if out is None else out
    target = None if no_report else report
    check_report_target(target)
    console = screen.Screen(quiet=quiet or json)
    with console.progress(folder) as progress:
        results = run_scenario(
            checked,
            paths=plan.paths,
            seed=plan.seed,
            threads=threads,
            out=folder,
            resume=resume or out is None,
            progress=progress,
        )
    return _finish(results, console, target, json, reused=not progress.started)


@app.command(sort_key=5)
def resume(
    folder: Annotated[Path, Parameter(help="Folder of an interrupted run or sweep.")],
    /,
    *,
    threads: Threads = None,
    report: ReportIn = None,
    no_report: NoReport = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Finish an interrupted run or sweep, to the same bytes as if it had never stopped."""
    target = _target(folder, report, no_report)
    console = screen.Screen(quiet=quiet or json)
    if sweeps.holds_sweep(folder):
        return sweeps.resume_in(folder, threads, console, target, json)
    with console.progress(folder) as progress:
        results = resume_run(folder, threads=threads, progress=progress)
    return _finish(results, console, target, json, reused=not progress.started)


@app.command(sort_key=6)
def report(
    folder: Annotated[Path, Parameter(help="Folder of a finished run or sweep.")],
    /,
    *,
    show: sweeps.Show = None,
    report: ReportIn = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Check a finished run or sweep file by file, show its summary, write its page again."""
    target = _target(folder, report, False)
    console = screen.Screen(quiet=quiet or json)
    if sweeps.holds_sweep(folder):
        return sweeps.finish_sweep(Sweep.load(folder), console, target, json, show)
    if show:
        raise InputRangeError("is for the folder of a sweep", field="--show", value=show[0])
    return _finish(Results.load(folder), console, target, json, reused=True)


def _target(folder: Path, report: Path | None, no_report: bool) -> Path | None:
    """Where the page goes: as asked for, or by what the folder holds."""
    if no_report:
        return None
    target = report or (sweeps.PAGE if sweeps.holds_sweep(folder) else REPORT)
    check_report_target(target)
    return target


def _finish(
    results: Results, console: screen.Screen, target: Path | None, as_json: bool, *, reused: bool
) -> int:
    def write(target: Path) -> None:
        results.report(target)

    def shown(written: Path | None) -> None:
        if as_json:
            screen.print_json(tables.results_as_json(results, written, reused))
        else:
            console.results(results, written, reused)

    return screen.write_then_show(console, target, write, shown)


@app.command(name="list", sort_key=2)
def list_(*, json: Json = False) -> int:
    """List the shipped scenarios."""
    found = [load_scenario(name) for name in shipped_scenarios()]
    if json:
        screen.print_json([{"name": s.name, "kind": s.kind, "title": s.title} for s in found])
    else:
        screen.Screen().scenarios(found)
    return 0


@app.command(sort_key=3)
def show(
    scenario: ScenarioName,
    /,
    *,
    settings: Annotated[
        bool,
        Parameter(
            negative=(), show_default=False, help="A table of every setting, defaults included."
        ),
    ] = False,
    set_: Overrides = None,
    json: Json = False,
) -> int:
    """Print a scenario as written, to read it or to start your own from it."""
    checked = load_scenario(scenario, dict(parse_override(text) for text in set_ or []))
    if json:
        rows = [{"key": r.key, "value": r.value, "unit": r.unit} for r in checked.rows()]
        screen.print_json({"name": checked.name, "digest": checked.digest, "settings": rows})
    elif settings or set_:
        screen.Screen().settings(checked)
    else:
        sys.stdout.write(checked.text or "")
    return 0


@app.command(sort_key=4)
def validate(
    scenario: ScenarioName,
    /,
    *,
    paths: Paths = None,
    set_: Overrides = None,
    json: Json = False,
) -> int:
    """Check a scenario completely and say what running it would need."""
    checked = load_scenario(scenario, dict(parse_override(text) for text in set_ or []))
    model = checked.model()
    plan = make_plan(checked.settings, model, paths)
    facts = _plan_facts(checked, plan, model)
    if json:
        screen.print_json(facts)
    else:
        screen.Screen().facts(f"{checked.name} is valid", tables.readable_plan(facts))
    return 0


def _plan_facts(scenario: Scenario, plan: Plan, model: Any) -> dict[str, Any]:
    need = price(plan, model, 1, stored=True)
    return {
        "kind": scenario.kind,
        "digest": scenario.digest,
        "variants": dict(plan.variants),
        "steps_per_path": model.steps_per_path,
        "shards": plan.n_shards,
        "memory_bytes": need.memory,
        "disk_bytes_at_most": need.disk,
        **({"sweep_cells": len(make_grid(scenario).cells)} if scenario.sweep else {}),
    }


@app.command(sort_key=7)
def info(*, json: Json = False) -> int:
    """Version, compiler, vector level and libraries of this installation."""
    facts = voltcore.build_info()
    if json:
        screen.print_json(facts)
    else:
        screen.Screen().facts("voltcore", facts)
    return 0


app.command(sweeps.sweep, sort_key=1.5)
