"""What the terminal shows: a progress bar, tables, and what to do next."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from voltcore.cli import tables, week_charts
from voltcore.errors import VoltcoreError
from voltcore.sim import Progress, Results, Scenario, Sweep

# A run that is over sooner shows no bar.
_PATIENCE = 0.5


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
                TextColumn("{task.fields[count]}"),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(compact=True),
                console=self._console,
                transient=True,
                expand=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("paths", total=progress.total_paths, rate="", count="")
        done = progress.finished_paths - progress.kept_paths
        rate = done / progress.seconds if progress.seconds else 0.0
        self._bar.update(
            self._task,
            completed=progress.finished_paths,
            count=f"{progress.finished_paths:,}/{progress.total_paths:,}",
            rate=f"{rate:,.0f}/s",
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
        blocks: list[RenderableType] = [tables.statistics(summary)]
        if summary.tail_losses:
            blocks.append(tables.tail_losses(summary))
        if summary.probabilities:
            blocks.append(tables.probabilities(summary))
        if len(results.variants) > 1:
            blocks.append(tables.comparison(results))
        blocks += week_charts.charts(results)
        title = f"{summary.title}: {summary.paths:,} paths, seed {summary.seed}"
        code = f"voltcore.Results.load({os.fspath(results.folder or '')!r})"
        self._page(title, blocks, tables.speed(results, reused), report, results.folder, code)

    def sweep(self, sweep: Sweep, report: Path | None, show: Sequence[str] | None) -> None:
        """A row for each cell, and what to open next."""
        if self._quiet:
            return
        count = f"{len(sweep):,} cells of {sweep.paths:,} paths, seed {sweep.seed}"
        title = f"{sweep.scenario.title}: {count}"
        blocks: list[RenderableType] = [tables.sweep_table(sweep, show)]
        if more := tables.left_out(sweep):
            blocks.append(Text(more, style="dim"))
        code = f"voltcore.Sweep.load({os.fspath(sweep.folder or '')!r})"
        self._page(title, blocks, [], report, sweep.folder, code)

    def _page(
        self,
        title: str,
        blocks: Sequence[RenderableType],
        speed: Sequence[str],
        report: Path | None,
        folder: Path | None,
        code: str,
    ) -> None:
        self._out.print(Text(title, style="bold"))
        for block in blocks:
            self._out.print(block)
            self._out.print()
        grid = Table.grid(padding=(0, 2))
        for place, line in enumerate(speed):
            grid.add_row("" if place else "speed", Text(line))
        if report is not None:
            grid.add_row("open next", Text(os.fspath(report), style="bold", overflow="fold"))
        if folder is not None:
            grid.add_row("results", Text(os.fspath(folder), overflow="fold"))
            grid.add_row("in Python", Text(code, overflow="fold"))
        self._out.print(grid)

    def scenarios(self, scenarios: Sequence[Scenario]) -> None:
        """The shipped scenarios."""
        table = tables.plain_table("scenario", "kind", "title")
        for scenario in scenarios:
            table.add_row(Text(scenario.name, style="bold"), scenario.kind, Text(scenario.title))
        self._out.print(table)
        if scenarios:
            name = scenarios[0].name
            self._out.print()
            hint = f"read one: voltcore show {name}    run it: voltcore run {name}"
            self._out.print(Text(hint, style="dim"))

    def settings(self, scenario: Scenario) -> None:
        """Every setting of a scenario."""
        self._out.print(tables.settings(scenario))

    def facts(self, title: str, facts: Mapping[str, Any]) -> None:
        """Names and values."""
        self._out.print(Text(title, style="bold"))
        grid = Table.grid(padding=(0, 2))
        for key, value in facts.items():
            grid.add_row(key.replace("_", " "), Text(tables.fact_text(value), overflow="fold"))
        self._out.print(grid)


def write_then_show(
    console: Screen,
    target: Path | None,
    write: Callable[[Path], None],
    show: Callable[[Path | None], None],
) -> int:
    """Write the page and show the outcome; a page that fails is reported after it was shown."""
    failure = None
    if target is not None:
        try:
            with console.working("writing the report"):
                write(target)
        except VoltcoreError as error:
            failure, target = error, None
    show(target)
    if failure is not None:
        raise failure
    return 0


def print_json(content: object) -> None:
    """One JSON object on stdout."""
    print(json.dumps(content, indent=1, allow_nan=False, default=str))
