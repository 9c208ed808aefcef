"""What the terminal shows: a progress bar, tables, and what to do next."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from voltcore.sim import Progress, Results, Scenario
from voltcore.sim.model import BASE
from voltcore.sim.summary import Summary, figure, percent

# A run that is over sooner shows no bar.
_PATIENCE = 0.5
# Columns of the table that compares the variants.
_COMPARED = 3


class RunProgress:
    """The progress callback of a run; knows whether anything had to be computed."""

    def __init__(self, console: Console | None) -> None:
        self._console = console
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self.started = False
        self.last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        self.started = True
        self.last = progress
        if self._console is None:
            return
        if self._bar is None:
            if progress.seconds < _PATIENCE or progress.finished_paths == progress.total_paths:
                return
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(compact=True),
                console=self._console,
                transient=True,
                expand=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("paths", total=progress.total_paths, rate="")
        done = progress.finished_paths - progress.kept_paths
        rate = done / progress.seconds if progress.seconds else 0.0
        self._bar.update(
            self._task, completed=progress.finished_paths, rate=f"{figure(float(round(rate)))}/s"
        )

    def stop(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # rich would end the program with status 1; a reader that has seen enough is no error.
        raise BrokenPipeError


class Screen:
    """Output for people: tables on stdout, progress and notes on stderr."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._out = _Console(highlight=False, soft_wrap=False)
        self._notes = _Console(stderr=True, highlight=False)

    @contextlib.contextmanager
    def progress(self, folder: Path) -> Iterator[RunProgress]:
        """The progress callback of a run into `folder`; says how to go on if it is interrupted."""
        show = not self._quiet and self._notes.is_terminal
        progress = RunProgress(self._notes if show else None)
        try:
            yield progress
        except KeyboardInterrupt:
            progress.stop()
            if progress.started:
                command = shlex.join(["voltcore", "resume", os.fspath(folder)])
                self._note(f"finished shards are kept; go on with: {command}")
            raise
        finally:
            progress.stop()

    @contextlib.contextmanager
    def working(self, text: str) -> Iterator[None]:
        """A spinner on a terminal, nothing elsewhere."""
        if self._quiet or not self._notes.is_terminal:
            yield
        else:
            with self._notes.status(text):
                yield

    def _note(self, text: str) -> None:
        if not self._quiet:
            self._notes.print(Text(text), soft_wrap=True)

    def results(self, results: Results, report: Path | None, reused: bool) -> None:
        """Summary, probabilities, variants, speed, and what to open next."""
        if self._quiet:
            return
        summary = results.summary()
        title = f"{summary.title}: {summary.paths:,} paths, seed {summary.seed}"
        self._out.print(Text(title, style="bold"))
        blocks = [_statistics(summary)]
        if summary.probabilities:
            blocks.append(_probabilities(summary))
        if len(results.variants) > 1:
            blocks.append(_comparison(results))
        for block in blocks:
            self._out.print(block)
            self._out.print()
        self._out.print(Text(_speed(results, reused)))
        self._out.print()
        self._next(results, report)

    def _next(self, results: Results, report: Path | None) -> None:
        grid = Table.grid(padding=(0, 2))
        if report is not None:
            grid.add_row("report", Text(os.fspath(report), style="bold"))
        if results.folder is not None:
            grid.add_row("results", Text(os.fspath(results.folder), overflow="fold"))
            code = f"voltcore.Results.load({os.fspath(results.folder)!r})"
            grid.add_row("in Python", Text(code, overflow="fold"))
        self._out.print(grid)

    def scenarios(self, scenarios: Sequence[Scenario]) -> None:
        """The shipped scenarios."""
        table = _table("scenario", "kind", "title")
        for scenario in scenarios:
            table.add_row(Text(scenario.name, style="bold"), scenario.kind, Text(scenario.title))
        self._out.print(table)

    def settings(self, scenario: Scenario) -> None:
        """Every setting of a scenario."""
        table = _table("setting", "value", "unit", "basis", "meaning")
        for row in scenario.rows():
            value = Text(str(row.value), style="" if row.default else "bold", overflow="fold")
            table.add_row(
                Text(row.key, overflow="fold"), value, row.unit, row.basis, row.description
            )
        self._out.print(table)

    def facts(self, title: str, facts: Mapping[str, Any]) -> None:
        """Names and values."""
        self._out.print(Text(title, style="bold"))
        grid = Table.grid(padding=(0, 2))
        for key, value in facts.items():
            if isinstance(value, Mapping):
                value = ", ".join(f"{name}: {figure(float(n))}" for name, n in value.items())
            elif isinstance(value, int):
                value = f"{value:,}"
            grid.add_row(key.replace("_", " "), Text(str(value), overflow="fold"))
        self._out.print(grid)


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim", title=title)
    for column in columns:
        table.add_column(column)
    return table


def _statistics(summary: Summary) -> Table:
    table = _table("", "unit")
    for name in ("median", "5 %", "95 %", "min", "max"):
        table.add_column(name, justify="right")
    for row in summary.table():
        table.add_row(*map(Text, row))
    return table


def _probabilities(summary: Summary) -> Table:
    table = _table("probability")
    table.add_column("", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("")
    for item in summary.probabilities:
        table.add_row(
            Text(item.name.replace("_", " ")),
            Text(percent(item.estimate), style="bold"),
            Text(f"{percent(item.low)} to {percent(item.high)}"),
            Text(item.description, style="dim"),
        )
    return table


def _comparison(results: Results) -> Table:
    """The same paths under other assumptions: medians and probabilities side by side."""
    summaries = {name: variant.summary() for name, variant in results.variants.items()}
    base = summaries[BASE]
    table = _table("same paths, other assumptions")
    for name in summaries:
        table.add_column(Text(name), justify="right")
    for row in base.rows[:_COMPARED]:
        unit = f", {row.unit}" if row.unit not in ("", "1") else ""
        medians = [
            next(other.median for other in summary.rows if other.name == row.name)
            for summary in summaries.values()
        ]
        table.add_row(Text(f"median {row.name.replace('_', ' ')}{unit}"), *map(figure, medians))
    for item in base.probabilities:
        chances = [
            next(other.estimate for other in summary.probabilities if other.name == item.name)
            for summary in summaries.values()
        ]
        table.add_row(Text(f"probability of {item.name.replace('_', ' ')}"), *map(percent, chances))
    table.add_row("paths", *(f"{summary.paths:,}" for summary in summaries.values()))
    return table


def _speed(results: Results, reused: bool) -> str:
    timing = results.timing
    if reused:
        return "This run was finished before; its files were checked and nothing was computed."
    if not timing or not timing.get("seconds"):
        return ""
    text = f"{timing['paths_computed']:,} paths x {results.steps_per_path:,} steps"
    text += f" in {timing['seconds']:.3g} s: {figure(float(timing['paths_per_second']))} paths/s"
    if timing.get("ns_per_path_step") and timing.get("threads"):
        threads = timing["threads"]
        on = "1 thread" if threads == 1 else f"each of {threads} threads"
        text += f", {figure(timing['ns_per_path_step'])} ns per path-step on {on}"
    if timing.get("paths_kept"):
        text += f"; {timing['paths_kept']:,} paths were kept from before"
    return text


def results_as_json(results: Results, report: Path | None, reused: bool) -> dict[str, Any]:
    """What ``--json`` prints."""
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
