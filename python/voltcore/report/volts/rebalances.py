"""How often the position was rebalanced, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltcore.report.blocks import Figure, Section
from voltcore.report.numbers import interval, number, significant
from voltcore.report.pages import Part
from voltcore.report.palette import BLUE, GREY
from voltcore.report.statistics import mean, quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView


def rebalances_of(triggers: Sequence[tuple[str, str]], note: str) -> Part:
    """Rebalances of a path by trigger: columns with their words, and what a rebalance costs."""

    def rebalances(view: RunView) -> Section | None:
        figure = rebalances_figure(view, triggers, note)
        return Section("rebalances", "How often it trades, and why", [figure]) if figure else None

    return rebalances


def rebalances_figure(
    view: RunView, triggers: Sequence[tuple[str, str]], note: str
) -> Figure | None:
    """A bar for each trigger that fired; None if none did."""
    counted = [(name, words) for name, words in triggers if view.has(name)]
    present = [(name, words) for name, words in counted if np.nanmax(view.base.values[name]) > 0]
    if not present:
        return None
    never = [
        words[:1].lower() + words[1:] for name, words in counted if (name, words) not in present
    ]
    rows = [view.base.values[name] for name, _ in present]
    means = [mean(row) for row in rows]
    ends = [quantiles(row, (0.05, 0.95)) for row in rows]
    labels = [words for _, words in present]
    return Figure(
        "rebalances",
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": labels,
                "x": significant(means),
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": significant(
                        [high - count for count, (_, high) in zip(means, ends, strict=True)]
                    ),
                    "arrayminus": significant(
                        [count - low for count, (low, _) in zip(means, ends, strict=True)]
                    ),
                    "color": GREY,
                    "thickness": 1.2,
                    "width": 4,
                },
                "customdata": [interval(number(low, 0), number(high, 0)) for low, high in ends],
                "marker": {"color": BLUE},
                "hovertemplate": "%{y}: %{x:,.1f} a path, 5–95 %: %{customdata}<extra></extra>",
                "showlegend": False,
            },
            {
                "type": "scatter",
                "mode": "text",
                "y": labels,
                "x": significant(
                    [max(count, end[1]) for count, end in zip(means, ends, strict=True)]
                ),
                "text": [f"  {number(count, 0 if count >= 20 else 1)}" for count in means],
                "textposition": "middle right",
                "cliponaxis": False,
                "hoverinfo": "skip",
                "showlegend": False,
            },
        ],
        layout(
            40 * len(labels) + 80,
            margin={"l": 10, "r": 56, "t": 12, "b": 52},
            xaxis={"title": {"text": "times in a path"}, "rangemode": "tozero"},
            yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        ),
        f"Bar and number: the mean; line: nine paths of ten. {note}"
        + (f" Never in this run: {', '.join(never)}." if never else ""),
        "Mean number of rebalances of a path by trigger.",
        narrow_layout(
            36 * len(labels) + 60,
            margin={"l": 4, "r": 40, "t": 4, "b": 48},
            xaxis={"nticks": 4},
            yaxis={"tickfont": {"size": 11}},
        ),
    )
