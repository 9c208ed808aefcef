"""How returns and drawdowns are distributed over the paths, under each assumption."""

from __future__ import annotations

from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, vertical_mark
from voltcore.report.charts.distribution import outline
from voltcore.report.crab import names
from voltcore.report.crab.assumed import variant_words
from voltcore.report.palette import LINES, SERIES
from voltcore.report.statistics import bins
from voltcore.report.templates import HALVES, layout, narrow_layout
from voltcore.report.view import RunView


def returns(view: RunView) -> Section | None:
    """Two figures; None if neither column is there."""
    figures = [
        figure
        for figure in (
            distribution(
                view,
                names.TOTAL_RETURN,
                "total return of a path",
                "Left of 0 the depositor has lost money. Where the outlines of two assumptions "
                "do not overlap, the assumption matters more than luck inside the weeks.",
                zero=True,
            ),
            distribution(
                view,
                names.DRAWDOWN,
                "largest fall from an earlier peak",
                "Farther right is worse: how much of the share price's best value so far was lost "
                "at the worst moment of a path.",
            ),
        )
        if figure is not None
    ]
    return (
        Section("returns", "How the paths end, and how deep they fall", figures)
        if figures
        else None
    )


def distribution(
    view: RunView, name: str, title: str, caption: str, *, zero: bool = False
) -> Figure | None:
    """One column under every assumption, the base filled; None if the base has no values."""
    if not view.has(name):
        return None
    variants = [item for item in view.variants.values() if name in item.values]
    edges = bins([item.values[name] for item in variants], 90)
    data: list[dict[str, Any]] = [
        outline(
            item.values[name],
            edges,
            variant_words(view, item.name)[0],
            SERIES[index % len(SERIES)],
            dash=LINES[index % len(LINES)],
            filled=index == 0,
        )
        for index, item in enumerate(variants)
    ]
    shapes = [vertical_mark(0.0, "no gain, no loss")] if zero else []
    return Figure(
        name,
        data,
        layout(
            330,
            xaxis=axis(title, view.columns[name].unit, showgrid=False),
            yaxis=axis("paths in a bin", "%", rangemode="tozero", nticks=6),
            shapes=shapes,
            hovermode="x unified",
        ),
        caption,
        f"Distribution of the {title} over the paths.",
        narrow_layout(
            300,
            margin={"l": 44, "r": 8, "t": 64, "b": 48},
            legend=HALVES,
        ),
    )
