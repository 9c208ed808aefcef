"""Every column of a run: a table of quantiles, and small distributions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from voltcore.report.blocks import Block, Figure, Section, Table
from voltcore.report.charts.distribution import bars
from voltcore.report.escape import figure_text
from voltcore.report.numbers import decimals_of, number, probability
from voltcore.report.palette import BLUE
from voltcore.report.statistics import bins, finite, mean, quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView
from voltcore.report.words import label_of, label_with_unit, shortened

_ACROSS = 3
_ROW = 210
_MOST = 24


def columns(view: RunView) -> Section | None:
    """All columns, drawn and as tables; None if the run has none."""
    figure = distributions(view)
    return _section([*([figure] if figure else []), *_tables(view)])


def column_tables(view: RunView) -> Section | None:
    """The tables alone, for a page that draws what matters elsewhere."""
    return _section(_tables(view))


def _section(blocks: Sequence[Block]) -> Section | None:
    return Section("columns", "Every number of a path", blocks) if blocks else None


def _tables(view: RunView) -> list[Block]:
    return [table for table in (column_table(view), event_table(view)) if table.rows]


def column_table(view: RunView) -> Table:
    """Extremes, quantiles and mean of each column over the paths of the base."""
    rows = []
    partial = False
    for name, column in view.columns.items():
        if column.dtype == "bool" or name not in view.base.values:
            continue
        values = view.base.values[name]
        there = finite(values)
        partial = partial or there.size < values.size
        digits = decimals_of(column.unit, there)
        cells = [number(value, digits) for value in quantiles(values, (0, 0.05, 0.5, 0.95, 1))]
        cells.append(number(mean(there), digits or 1))
        rows.append([label_with_unit(column), *cells, number(there.size, 0)])
    headers = ("quantity", "least", "5 %", "median", "95 %", "most", "mean", "paths")
    folded = f"{number(len(rows), 0)} numbers of each path: extremes, quantiles and mean"
    if not partial:
        return Table(headers[:-1], [row[:-1] for row in rows], folded=folded, wide=True)
    return Table(
        headers,
        rows,
        caption="Over the paths in which the quantity exists; their number is in the last column.",
        folded=folded,
        wide=True,
    )


def event_table(view: RunView) -> Table:
    """Probability of each event."""
    rows = []
    for name, column in view.columns.items():
        if column.dtype != "bool" or name not in view.base.values:
            continue
        total = view.base.values[name].size
        count = view.happened(name)
        rows.append([label_of(column), probability(count, total), number(count, 0)])
    return Table(("event", "probability", "paths"), rows, wide=True)


def distributions(view: RunView) -> Figure | None:
    """Small multiples: one distribution for each column that varies."""
    varying = [
        (name, column)
        for name, column in view.columns.items()
        if column.dtype != "bool"
        and name in view.base.values
        and np.unique(finite(view.base.values[name])).size > 1
    ][:_MOST]
    if not varying:
        return None
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    narrow: dict[str, Any] = {}
    titles = []
    narrow_titles = []
    across = min(_ACROSS, len(varying))
    for index, (name, column) in enumerate(varying):
        values = view.base.values[name]
        suffix = "" if index == 0 else str(index + 1)
        data.append(
            {
                **bars(values, bins([values], 30), BLUE),
                "xaxis": f"x{suffix}",
                "yaxis": f"y{suffix}",
            }
        )
        left, right, bottom, top = _place(index, len(varying), across)
        axes[f"xaxis{suffix}"] = {
            "domain": [left, right],
            "anchor": f"y{suffix}",
            "showgrid": False,
            "nticks": 5,
        }
        axes[f"yaxis{suffix}"] = {
            "domain": [bottom, top],
            "anchor": f"x{suffix}",
            "nticks": 3,
            "ticksuffix": " %",
            "rangemode": "tozero",
        }
        label = label_with_unit(column)
        titles.append(_title(label, left, top, 44))
        left, right, bottom, top = _place(index, len(varying), 1)
        narrow[f"xaxis{suffix}"] = {"domain": [left, right]}
        narrow[f"yaxis{suffix}"] = {"domain": [bottom, top]}
        narrow_titles.append(_title(label, left, top, 46))
    rows = -(-len(varying) // across)
    return Figure(
        "columns",
        data,
        layout(rows * _ROW + 40, annotations=titles, **axes) | {"margin": _EDGES},
        "One small figure for each number of a path. Height: share of the paths in that bin; the "
        "outermost bins hold everything beyond them.",
        "Distributions of all columns over the paths.",
        narrow_layout(len(varying) * _ROW + 20, annotations=narrow_titles, **narrow)
        | {"margin": _EDGES},
    )


_EDGES = {"l": 44, "r": 10, "t": 26, "b": 30}


def _place(index: int, count: int, across: int) -> tuple[float, float, float, float]:
    rows = -(-count // across)
    column, row = index % across, index // across
    gap = 0.07 if across > 1 else 0.0
    width = (1 - gap * (across - 1)) / across
    left = column * (width + gap)
    height = 1 / rows
    top = 1 - row * height
    share = 0.68 if rows > 1 else 1.0
    return left, min(left + width, 1.0), top - height * share, top


def _title(label: str, left: float, top: float, width: int) -> dict[str, Any]:
    return {
        "text": figure_text(shortened(label, width)),
        "xref": "paper",
        "yref": "paper",
        "x": left,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
    }
