"""The first paths, whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, time_axis
from voltcore.report.charts.thinning import extremes
from voltcore.report.escape import figure_text
from voltcore.report.numbers import number, significant
from voltcore.report.pages import Part
from voltcore.report.palette import SERIES
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView
from voltcore.report.words import label_with_unit, shortened

_PATHS = 3
_PANELS = 4
_POINTS = 700
_HEIGHT = 200
_GAP = 0.28


def traces(view: RunView) -> Section | None:
    """A panel for each kept quantity; None if no path was kept."""
    return traces_with("")(view)


def traces_with(note: str, names: Sequence[str] | None = None) -> Part:
    """The same with a sentence about what the paths share, or with these quantities only."""

    def section(view: RunView) -> Section | None:
        figure = trace_figure(view, note, names)
        return Section("paths", "A few whole paths", [figure]) if figure else None

    return section


def trace_figure(view: RunView, note: str, names: Sequence[str] | None = None) -> Figure | None:
    """The first paths in stacked panels over one axis of time."""
    kept = view.base.traces
    chosen = [name for name in (names or list(view.traces)) if name in kept and kept[name].size]
    chosen = chosen[:_PANELS]
    if not chosen:
        return None
    paths = min(_PATHS, *(kept[name].shape[0] for name in chosen))
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    titles: list[dict[str, Any]] = []
    thinned = False
    for panel, name in enumerate(chosen):
        trace = view.traces[name]
        suffix = "" if panel == 0 else str(panel + 1)
        share = 1 / (len(chosen) + (len(chosen) - 1) * _GAP)
        top = 1 - panel * (1 + _GAP) * share
        bottom = max(top - share, 0.0)
        axes[f"yaxis{suffix}"] = axis("", domain=[bottom, top], nticks=5, anchor="x")
        titles.append(
            {
                "text": figure_text(shortened(label_with_unit(trace), 60)),
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "xanchor": "left",
                "y": top,
                "yanchor": "bottom",
            }
        )
        for path in range(paths):
            values = kept[name][path]
            places = extremes(values, _POINTS)
            thinned = thinned or places.size < values.size
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [trace.times[place] for place in places],
                    "y": significant(values[places], 5),
                    "xaxis": "x",
                    "yaxis": f"y{suffix}",
                    "name": f"path {path}",
                    "legendgroup": f"path {path}",
                    "showlegend": panel == 0,
                    "line": {
                        "color": SERIES[path % len(SERIES)],
                        "width": 1.3,
                    },
                    "hovertemplate": f"path {path}: %{{y}}<extra></extra>",
                }
            )
    last = "y" if len(chosen) == 1 else f"y{len(chosen)}"
    times = view.traces[chosen[0]].times
    height = _HEIGHT * len(chosen) + 90
    caption = f"The first {number(paths, 0)} paths of the run, not chosen ones. {note}".rstrip()
    if thinned:
        caption += (
            f" Each line is drawn with at most {_POINTS} of its {number(len(times), 0)} points: "
            "of every stretch the lowest and the highest, so no peak is hidden."
        )
    return Figure(
        "paths",
        data,
        layout(
            height,
            margin={"l": 56, "r": 12, "t": 58, "b": 34},
            annotations=titles,
            xaxis=time_axis(times, anchor=last),
            legend={"y": 1.0, "yref": "container", "yanchor": "top"},
            **axes,
        ),
        caption,
        f"The first {paths} paths step by step.",
        narrow_layout(height, margin={"l": 44, "r": 6, "t": 58, "b": 34}),
    )
