"""The commands: what they take, in which order they work."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from cyclopts import App, Parameter, Token

import voltcore
from voltcore.cli import screen
from voltcore.cli.page import check_report_target
from voltcore.errors import InputRangeError, VoltcoreError, escape_text
from voltcore.sim import Results, Scenario, load_scenario, shipped_scenarios
from voltcore.sim import resume as resume_run
from voltcore.sim import run as run_scenario
from voltcore.sim.plan import Plan, make_plan, price
from voltcore.sim.records import run_name
from voltcore.sim.scenario import parse_override

RUNS = Path("voltcore-runs")
REPORT = Path("report.html")

app = App(
    name="voltcore",
    help="Exact on-chain arithmetic at Monte Carlo speed.",
    version=voltcore.__version__,
    version_flags=["--version"],
    help_format="plaintext",
)

ScenarioName = Annotated[
    str, Parameter(help="Name of a shipped scenario (`voltcore list`) or a TOML file.")
]


def _whole(_: type, tokens: Sequence[Token]) -> int:
    """An integer as written; 1.5 is not rounded and 1e3 is not an integer."""
    text = tokens[0].value.strip()
    if not re.fullmatch(r"[+-]?[0-9](_?[0-9]){0,77}", text):
        raise ValueError(f"{escape_text(text)[:40]!r} is not an integer")
    return int(text)


Threads = Annotated[
    int | None,
    Parameter(converter=_whole, help="Threads; all cores by default. Never changes a result."),
]
Paths = Annotated[int | None, Parameter(converter=_whole, help="Price paths of the base.")]
Seed = Annotated[int | None, Parameter(converter=_whole, help="Key of all random draws.")]
Quiet = Annotated[
    bool, Parameter(negative=(), show_default=False, help="No progress bar and no tables.")
]
Json = Annotated[
    bool,
    Parameter(negative=(), show_default=False, help="One JSON object on stdout, nothing else."),
]
Overrides = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative=(),
        show_default=False,
        help="Replace a setting: --set volt.target_leverage=-0.4. May be repeated.",
    ),
]
ReportPath = Annotated[Path | None, Parameter(help="Where to write the page.")]
NoReport = Annotated[bool, Parameter(negative=(), show_default=False, help="Write no page.")]


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
    resume: Annotated[
        bool, Parameter(negative=(), show_default=False, help="Continue the run that --out holds.")
    ] = False,
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
    folder: Annotated[Path, Parameter(help="Folder of an interrupted run.")],
    /,
    *,
    threads: Threads = None,
    report: ReportPath = REPORT,
    no_report: NoReport = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Finish an interrupted run, to the same bytes as if it had never stopped."""
    target = None if no_report else report
    check_report_target(target)
    console = screen.Screen(quiet=quiet or json)
    with console.progress(folder) as progress:
        results = resume_run(folder, threads=threads, progress=progress)
    return _finish(results, console, target, json, reused=not progress.started)


@app.command(sort_key=6)
def report(
    folder: Annotated[Path, Parameter(help="Folder of a finished run.")],
    /,
    *,
    report: ReportPath = REPORT,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Check a finished run file by file, show its summary and write its page again."""
    check_report_target(report)
    results = Results.load(folder)
    return _finish(results, screen.Screen(quiet=quiet or json), report, json, reused=True)


def _finish(
    results: Results, console: screen.Screen, target: Path | None, as_json: bool, *, reused: bool
) -> int:
    failure = None
    if target is not None:
        try:
            with console.working("writing the report"):
                results.report(target)
        except VoltcoreError as error:
            # The run itself is done: it is shown before the page's failure is.
            failure, target = error, None
    if as_json:
        _print_json(screen.results_as_json(results, target, reused))
    else:
        console.results(results, target, reused)
    if failure is not None:
        raise failure
    return 0


@app.command(name="list", sort_key=2)
def list_(*, json: Json = False) -> int:
    """List the shipped scenarios."""
    found = [load_scenario(name) for name in shipped_scenarios()]
    if json:
        _print_json([{"name": s.name, "kind": s.kind, "title": s.title} for s in found])
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
        _print_json({"name": checked.name, "digest": checked.digest, "settings": rows})
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
        _print_json(facts)
    else:
        screen.Screen().facts(f"{checked.name} is valid", facts)
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
    }


@app.command(sort_key=7)
def info(*, json: Json = False) -> int:
    """Version, compiler, vector level and libraries of this installation."""
    facts = voltcore.build_info()
    if json:
        _print_json(facts)
    else:
        screen.Screen().facts("voltcore", facts)
    return 0


def _print_json(content: object) -> None:
    print(json.dumps(content, indent=1, allow_nan=False, default=str))
