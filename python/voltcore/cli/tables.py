"""Results as tables for a terminal, and as JSON."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from voltcore.sim import Results, Scenario, Sweep
from voltcore.sim.model import BASE
from voltcore.sim.plan import size_text
from voltcore.sim.summary import TAIL_HEADERS, Summary, figure, figures, label_of, percent
from voltcore.sim.sweep_results import value_text

# Columns of the table that compares the variants.
_COMPARED = 3
# Units that the name of a column says already.
_COUNTS = ("1", "times", "epochs", "paths")
# Rows of a sweep on a terminal; the page and the table in Python have them all.
_MOST_CELLS = 60


def plain_table(*columns: str) -> Table:
    """A table without lines, its first columns left-aligned."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column)
    return table


def statistics(summary: Summary) -> Table:
    """Median, range and extremes of each column."""
    # One space between columns: with two, the longest names would break at 80 characters.
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column()
    table.add_column("unit")
    for name in ("median", "5 %", "95 %", "min", "max"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary.rows:
        unit = "" if row.unit in _COUNTS else row.unit
        values = figures((row.median, row.low, row.high, row.minimum, row.maximum))
        table.add_row(*map(Text, (label_of(row), unit, *values)))
    return table


def tail_losses(summary: Summary) -> Table:
    """Value at risk and expected shortfall of what can be lost."""
    table = plain_table("loss of", "unit")
    for name in TAIL_HEADERS:
        table.add_column(name, justify="right", no_wrap=True)
    for item in summary.tail_losses:
        table.add_row(*map(Text, (label_of(item), item.unit, *item.cells())))
    return table


def probabilities(summary: Summary) -> Table:
    """Each event with its 95 % interval."""
    table = plain_table("probability")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    for item in summary.probabilities:
        table.add_row(
            Text(label_of(item)),
            Text(percent(item.estimate), style="bold"),
            Text(f"{percent(item.low)} to {percent(item.high)}"),
        )
    return table


def comparison(results: Results) -> Table:
    """The same paths under other assumptions: medians and probabilities side by side."""
    summaries = {name: variant.summary() for name, variant in results.variants.items()}
    base = summaries[BASE]
    table = plain_table("same paths, other assumptions")
    for name in summaries:
        table.add_column(Text(name), justify="right")
    for place, row in enumerate(base.rows[:_COMPARED]):
        unit = f", {row.unit}" if row.unit not in ("", "1") else ""
        medians = [summary.rows[place].median for summary in summaries.values()]
        table.add_row(Text(f"median {label_of(row)}{unit}"), *figures(medians))
    for place, item in enumerate(base.probabilities):
        chances = [summary.probabilities[place].estimate for summary in summaries.values()]
        table.add_row(Text(label_of(item)), *map(percent, chances))
    table.add_row("paths", *(f"{summary.paths:,}" for summary in summaries.values()))
    return table


def sweep_table(sweep: Sweep, show: Sequence[str] | None) -> Table:
    """The measures of each cell."""
    table = plain_table()
    for place, header in enumerate(sweep.header(show)):
        table.add_column(Text(header), justify="right", no_wrap=place < len(sweep.axes))
    for row in sweep.table(show)[:_MOST_CELLS]:
        table.add_row(*map(Text, row))
    return table


def left_out(sweep: Sweep) -> str:
    """What a sweep's table does not show."""
    more = len(sweep) - _MOST_CELLS
    return f"{more:,} more cells are in the page and in the table of the sweep." if more > 0 else ""


def settings(scenario: Scenario) -> Table:
    """Every setting of a scenario; those that are not the default are bold."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim")
    group = ""
    for row in sorted(scenario.rows(), key=lambda row: "." in row.key):
        name, _, key = row.key.rpartition(".")
        if name != group:
            group = name
            table.add_row(Text(f"[{name}]", style="bold"))
        value = value_text(row.value) if row.value is not None else ""
        shown = f"{value} {row.unit}" if row.unit not in ("", "1") else value
        style = "" if row.default else "bold"
        meaning = f"{row.description} ({row.basis})" if row.basis else row.description
        table.add_row(Text(key), Text(shown, style=style), Text(meaning))
    return table


def speed(results: Results, reused: bool) -> list[str]:
    """How much was computed, and how fast."""
    timing = results.timing
    if reused:
        return ["finished before; its files were checked and nothing was computed"]
    if not timing or not timing.get("seconds"):
        return []
    text = f"{timing['paths_computed']:,} paths x {results.steps_per_path:,} steps in "
    text += f"{timing['seconds']:.3g} s: {_three(timing['paths_per_second'])} paths/s"
    lines = [text]
    if timing.get("ns_per_path_step") and timing.get("threads"):
        threads = timing["threads"]
        on = "1 thread" if threads == 1 else f"each of {threads} threads"
        lines.append(f"{_three(timing['ns_per_path_step'])} ns per path and step on {on}")
    if timing.get("paths_kept"):
        lines.append(f"{timing['paths_kept']:,} paths were kept from before")
    return lines


def _three(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def readable_plan(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a plan with sizes as a reader wants them."""
    shown = dict(facts)
    shown["digest"] = f"{facts['digest'][:16]}…"
    shown["memory"] = size_text(shown.pop("memory_bytes"))
    shown["disk"] = f"at most {size_text(shown.pop('disk_bytes_at_most'))}"
    return shown


def fact_text(value: Any) -> str:
    """A fact as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {figure(float(n))}" for name, n in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def results_as_json(results: Results, report: Path | None, reused: bool) -> dict[str, Any]:
    """What ``--json`` prints of a run."""
    return {
        "scenario": results.scenario.name,
        "kind": results.scenario.kind,
        "digest": results.digest,
        "seed": results.seed,
        "folder": None if results.folder is None else os.fspath(results.folder),
        "report": None if report is None else os.fspath(report),
        "reused": reused,
        "steps_per_path": results.steps_per_path,
        "versions": results.versions,
        "timing": results.timing,
        "variants": {
            name: variant.summary().to_dict() for name, variant in results.variants.items()
        },
    }
