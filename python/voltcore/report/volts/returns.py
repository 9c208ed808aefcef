"""How returns and drawdowns are distributed over the paths, under each assumption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from voltcore.report.blocks import Block, Figure, Section
from voltcore.report.charts.axes import axis, vertical_mark
from voltcore.report.charts.distribution import outline
from voltcore.report.pages import Part
from voltcore.report.palette import LINES, SERIES
from voltcore.report.statistics import bins
from voltcore.report.templates import HALVES, layout, narrow_layout
from voltcore.report.view import RunView

TOTAL_RETURN = "total_return"
DRAWDOWN = "max_drawdown"

VariantWords: TypeAlias = Callable[[RunView, str], str]
"""A short name for a variant of a run."""


def plain_words(view: RunView, name: str) -> str:
    """A variant by the name that its scenario gives it."""
    return "Base" if view.base.name == name else name.replace("_", " ")


def returns_with(words: VariantWords = plain_words) -> Part:
    """How the paths end and how deep they fall, under each variant."""

    def returns(view: RunView) -> Section | None:
        figures = figures_of(view, words)
        title = "How the paths end, and how deep they fall"
        return Section("returns", title, figures) if figures else None

    return returns


def figures_of(view: RunView, words: VariantWords) -> list[Block]:
    """Two figures, of the columns that are there."""
    return [
        figure
        for figure in (
            distribution(
                view,
                words,
                TOTAL_RETURN,
                "total return of a path",
                "Left of 0 the depositor has lost money. Where the outlines of two assumptions "
                "do not overlap, the assumption matters more than luck inside the weeks.",
                zero=True,
            ),
            distribution(
                view,
                words,
                DRAWDOWN,
                "largest fall from an earlier peak",
                "Farther right is worse: how much of the share price's best value so far was lost "
                "at the worst moment of a path.",
            ),
        )
        if figure is not None
    ]


def distribution(
    view: RunView,
    words: VariantWords,
    name: str,
    title: str,
    caption: str,
    *,
    zero: bool = False,
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
            words(view, item.name),
            SERIES[index % len(SERIES)],
            dash=LINES[index % len(LINES)],
            filled=index == 0,
        )
        for index, item in enumerate(variants)
    ]
    # The name stands on the side that has more room.
    left = bool(edges[0] + edges[-1] < 0)
    shapes = [vertical_mark(0.0, "no gain, no loss", left=left)] if zero else []
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
