"""The payoff of a week against the move of BTC, beside the parabola of the documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark, range_band
from voltcore.report.numbers import number, quantity, significant
from voltcore.report.palette import BLUE, ORANGE, shade
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView

_SHOWN = 1_000


def payoff(view: RunView) -> Section | None:
    """The figure; None if moves or results are missing."""
    if not view.has("move", "payoff", "formula", "profit_range"):
        return None
    return Section("payoff", "What a week pays", [payoff_figure(view)])


def payoff_figure(view: RunView) -> Figure:
    """One point for each path, the parabola, the profit range."""
    base = view.base.values
    moves, results = base["move"][:_SHOWN], base["payoff"][:_SHOWN]
    edge = float(base["profit_range"][0])
    # leverage * (funding - move^2), read back from any path's two numbers.
    leverage = _leverage(view)
    reach = max(float(np.max(np.abs(moves))), 1.2 * edge)
    curve = np.linspace(-reach, reach, 121)
    heights = leverage * (edge**2 - curve**2) / 100
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": significant(moves, 4),
            "y": significant(results, 4),
            "marker": {"color": shade(BLUE, 0.55), "size": 5},
            "name": "a path",
            "hovertemplate": "BTC %{x:+.1f} %, result %{y:+.2f} %<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": significant(curve, 4),
            "y": significant(heights, 4),
            "line": {"color": ORANGE, "width": 2},
            "name": f"{number(leverage, 2)} × (7 f − r²)",
            "hoverinfo": "skip",
        },
    ]
    inside = float(np.mean(np.abs(base["move"]) < edge))
    shown = quantity(edge, "%", decimals=2)
    return Figure(
        "payoff",
        data,
        layout(
            440,
            xaxis=axis("move of BTC in the week", "%", zeroline=True),
            yaxis=axis("result on the deposit", "%", zeroline=False),
            shapes=[horizontal_mark(0.0, ""), range_band(edge, ORANGE)],
            hovermode="closest",
        ),
        "Each point is a week: how far BTC moved and what the volt made of it, both legs at their "
        "marks, before fees. The curve is the documents' formula with the funding of the start. "
        "Points leave it because the hedge covers the delta of the index, not of the mark, and "
        "because the venue pays on the index of each day. "
        f"In the shaded range, moves below ±{shown}, the funding pays for the move: "
        f"{quantity(100 * inside, '%', decimals=0)} of the paths end there.",
        f"Result of the week against the move of BTC for {number(moves.size, 0)} paths.",
        narrow_layout(340, margin={"l": 44, "r": 8, "t": 56, "b": 48}),
    )


def _leverage(view: RunView) -> float:
    base = view.base.values
    gap = base["profit_range"] ** 2 - base["move"] ** 2
    place = int(np.argmax(np.abs(gap)))
    return float(100 * base["formula"][place] / gap[place])
