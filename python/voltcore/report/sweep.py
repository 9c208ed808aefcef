"""The page of a sweep: one number over the swept settings, cell by cell."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voltcore.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from voltcore.report.charts.axes import axis
from voltcore.report.charts.heat_map import Parameter, heat_map
from voltcore.report.command import changed_settings
from voltcore.report.escape import figure_text
from voltcore.report.extras import plotly_figure
from voltcore.report.numbers import MINUS, number, significant
from voltcore.report.palette import BLUE, shade
from voltcore.report.read import view_of
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.templates import TEMPLATES, layout, narrow_layout
from voltcore.report.write import write_page
from voltcore.sim.model import BASE
from voltcore.sim.scenario import shipped_scenarios

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

    from voltcore.sim.grid import Axis
    from voltcore.sim.sweep_results import Measure, Sweep

_MOST_ROWS = 400


def write_sweep(
    sweep: Sweep, path: str | os.PathLike[str], show: Sequence[str] | None = None
) -> Path:
    """
    Write the page of a sweep: one file that works offline.

    Parameters
    ----------
    sweep : Sweep
    path : path
        As in `voltcore.report.write_report`.
    show : sequence of str, optional
        Names of measures; those of ``sweep.headline()`` by default.
    """
    count = f"{len(sweep):,} cells of {sweep.paths:,} paths"
    kicker = f"voltcore · sweep of {sweep.scenario.name} · {count} · seed {sweep.seed}"
    return write_page(path, sweep.scenario.title, kicker, _sections(sweep, show))


def figures_of(sweep: Sweep) -> Mapping[str, PlotlyFigure]:
    """A plotly figure of every measure of a sweep by its name, built when it is asked for."""
    return _Figures(sweep)


class _Figures(Mapping[str, "PlotlyFigure"]):
    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._measures = sweep.measures

    def __getitem__(self, name: str) -> PlotlyFigure:
        figure = measure_figure(self._sweep, self._measures[name])
        return plotly_figure(figure.data, {**figure.layout, "template": TEMPLATES["light"]})

    def __iter__(self) -> Iterator[str]:
        return iter(self._measures)

    def __len__(self) -> int:
        return len(self._measures)

    def __repr__(self) -> str:
        return f"Figures({', '.join(self)})"


def _sections(sweep: Sweep, show: Sequence[str] | None) -> list[Section]:
    swept = {axis.key for axis in sweep.axes}
    view = view_of(sweep.cells[0].results)
    view = replace(
        view,
        assumptions=tuple(item for item in view.assumptions if item.key not in swept),
        command=command_of_sweep(sweep),
        facts={
            **{name: text for name, text in view.facts.items() if "digest" not in name},
            "digest of the scenario that was swept": sweep.scenario.digest,
        },
    )
    figures = [measure_figure(sweep, measure) for measure in sweep.headline(show)]
    fixed = assumptions(view)
    return [
        Section("sweep", "", [_introduction(sweep), *figures]),
        Section("cells", "Every cell", _cells(sweep, show)),
        *([fixed] if fixed is not None else []),
        reproduction(view),
    ]


def _introduction(sweep: Sweep) -> Paragraph:
    lists = " and ".join(f"{len(axis.values)} values of {axis.key}" for axis in sweep.axes)
    return Paragraph(
        (
            f"{lists[:1].upper()}{lists[1:]}: {len(sweep):,} cells. Every cell runs the same "
            f"{sweep.paths:,} paths, seed {sweep.seed}, so that two cells differ by their settings "
            "and not by chance.",
        )
    )


def _cells(sweep: Sweep, show: Sequence[str] | None) -> list[Block]:
    rows: list[list[Cell | str]] = [
        [f"{MINUS}{text[1:]}" if text.startswith("-") else text for text in row]
        for row in sweep.table(show)[:_MOST_ROWS]
    ]
    blocks: list[Block] = [Table(sweep.header(show), rows, label_first=True)]
    if len(sweep) > len(rows):
        blocks.append(Paragraph((f"The first {len(rows)} of {len(sweep):,} cells.",), "note"))
    return blocks


# --- figures --------------------------------------------------------------------------------------


def measure_figure(sweep: Sweep, measure: Measure) -> Figure:
    """One measure over the swept settings: a line for one, a heat map for two or more."""
    values = sweep.grid(measure.name)
    unit = "%" if measure.is_probability else measure.unit
    values = 100 * values if measure.is_probability else values
    if len(sweep.axes) == 1:
        return _line(sweep, measure, values, unit)
    standing = [_standing(sweep, axis) for axis in sweep.axes]
    # Of three or more settings, the first two are drawn and the others kept where they stand.
    slices = [place or 0 for place in standing[2:]]
    held = ", ".join(
        f"{axis.key} = {axis.values[place]}"
        for axis, place in zip(sweep.axes[2:], slices, strict=True)
    )
    rest = int(np.ravel_multi_index(slices, sweep.shape[2:])) if slices else 0
    values = values.reshape(*sweep.shape[:2], -1)[:, :, rest]
    up, across = sweep.axes[:2]
    marked = None
    if None not in standing:
        marked = (standing[0] or 0, standing[1] or 0)
    return heat_map(
        measure.name,
        _parameter(across),
        _parameter(up),
        values,
        title=measure.label,
        unit=unit,
        marked=marked,
        caption=f"With {held}." if held else "",
    )


def _standing(sweep: Sweep, swept: Axis) -> int | None:
    """The place of the scenario's own value on an axis, if it has one."""
    own = {row.key: row.value for row in sweep.scenario.rows()}.get(swept.key)
    return swept.values.index(own) if own in swept.values else None


def _parameter(swept: Axis) -> Parameter:
    # A list of one is shown as what it holds: a leverage and not "[5]".
    lists = [value if isinstance(value, list | tuple) else [value] for value in swept.values]
    plain = [held[0] for held in lists] if all(len(held) == 1 for held in lists) else swept.values
    values = [
        value if isinstance(value, int | float) and not isinstance(value, bool) else _text(value)
        for value in plain
    ]
    return Parameter(swept.key, values, swept.unit)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(sweep: Sweep, measure: Measure, values: NDArray[np.float64], unit: str) -> Figure:
    swept = sweep.axes[0]
    parameter = _parameter(swept)
    numeric = not any(isinstance(value, str) for value in parameter.values)
    places = (
        list(parameter.values) if numeric else [figure_text(text) for text in parameter.labels()]
    )
    data: list[dict[str, Any]] = []
    caption = f"{measure.label[:1].upper()}{measure.label[1:]}, by {swept.key}."
    line: dict[str, Any] = {
        "type": "scatter",
        # Between two names there is nothing that a line could show.
        "mode": "lines+markers" if numeric else "markers",
        "x": places,
        "y": significant(values),
        "line": {"color": BLUE, "width": 2.2},
        "marker": {"color": BLUE, "size": 7},
        "showlegend": False,
        "hovertemplate": f"{figure_text(swept.key)} %{{x}}<br>%{{y:,.4g}} {figure_text(unit)}"
        "<extra></extra>",
    }
    column = measure.name.removesuffix("_median")
    if column != measure.name:
        low, high = (sweep.grid(f"{column}_{end}") for end in ("p05", "p95"))
        if numeric:
            data = _band(places, low, high)
        else:
            line["error_y"] = {
                "type": "data",
                "symmetric": False,
                "array": significant(high - values),
                "arrayminus": significant(values - low),
                "color": shade(BLUE, 0.5),
            }
        caption += f" {'Shaded' if numeric else 'Bars'}: nine paths of ten."
    data.append(line)
    return Figure(
        measure.name,
        data,
        layout(
            320,
            xaxis=axis(swept.key, swept.unit, type="linear" if numeric else "category"),
            yaxis=axis(measure.label, unit),
        ),
        caption,
        f"{measure.label} for {number(len(places), 0)} values of {swept.key}.",
        narrow_layout(300),
    )


def _band(
    places: list[Any], low: NDArray[np.float64], high: NDArray[np.float64]
) -> list[dict[str, Any]]:
    hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": places}
    filled = {"fill": "tonexty", "fillcolor": shade(BLUE, 0.16)}
    shared = {"type": "scatter", "showlegend": False, **hidden}
    return [{**shared, "y": significant(low)}, {**shared, **filled, "y": significant(high)}]


# --- the command ----------------------------------------------------------------------------------


def command_of_sweep(sweep: Sweep) -> str:
    """One line for a shell that gives the same sweep again."""
    scenario = sweep.scenario
    words = ["voltcore", "sweep"]
    if scenario.name in shipped_scenarios():
        words.append(scenario.name)
        words += [f"--set={item}" for item in changed_settings(scenario)]
    else:
        words.append(f"{scenario.name}.toml")
    words += [
        f"--over={axis.key}={json.dumps(list(axis.values), ensure_ascii=False)}"
        for axis in sweep.axes
    ]
    base = sweep.cells[0].results.variants[BASE]
    words += ["--paths", str(base.paths), "--seed", str(sweep.seed)]
    return shlex.join(words)
