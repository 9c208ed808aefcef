"""Liquidation and result against leverage."""

from __future__ import annotations

from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark
from voltcore.report.escape import figure_text
from voltcore.report.irs.names import acceptable, actors, positions
from voltcore.report.numbers import quantity, significant
from voltcore.report.palette import SERIES
from voltcore.report.statistics import quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView
from voltcore.sim.irs_opening import ACTORS


def leverage(view: RunView) -> Section:
    """Two figures: how often liquidated, and what is left in nine paths of ten."""
    return Section("leverage", "Leverage", [liquidation_figure(view), return_figure(view)])


def liquidation_figure(view: RunView) -> Figure:
    """Share of liquidated paths against leverage, a line for each actor."""
    data: list[dict[str, Any]] = []
    for actor, colour in zip(actors(view), SERIES, strict=False):
        rows = [position for position in positions(view) if position.actor == actor]
        shares = [100 * row.happened(view, "liquidated") / view.base.paths for row in rows]
        data.append(_line(actor, colour, [row.leverage for row in rows], shares, "%{y:.1f} %"))
    limit = 100 * acceptable(view)
    mark = horizontal_mark(limit, f"acceptable: {quantity(limit, '%', decimals=0)}")
    return Figure(
        "liquidation_by_leverage",
        data,
        layout(
            360,
            xaxis=axis("leverage", type="log", tickvals=_leverages(view)),
            yaxis=axis("liquidated paths", "%", rangemode="tozero"),
            shapes=[mark],
        ),
        "Share of paths in which the engine let a keeper liquidate the position at least once.",
        "Lines of the share of liquidated paths against leverage, one for each actor.",
        narrow_layout(320),
    )


def return_figure(view: RunView) -> Figure:
    """Median return and the range of nine paths of ten against leverage."""
    data: list[dict[str, Any]] = []
    for actor, colour in zip(actors(view), SERIES, strict=False):
        rows = [position for position in positions(view) if position.actor == actor]
        found = [quantiles(row.values(view, "return"), (0.05, 0.5, 0.95)) for row in rows]
        line = _line(
            actor, colour, [row.leverage for row in rows], [f[1] for f in found], "%{y:.1f} %"
        )
        line["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": significant([f[2] - f[1] for f in found]),
            "arrayminus": significant([f[1] - f[0] for f in found]),
            "thickness": 1.2,
            "width": 4,
        }
        data.append(line)
    return Figure(
        "return_by_leverage",
        data,
        layout(
            360,
            xaxis=axis("leverage", type="log", tickvals=_leverages(view)),
            yaxis=axis("return on margin", "%"),
        ),
        "Median path; the bars hold nine paths of ten.",
        "Median return on the margin against leverage with 5–95 % bars, one line for each actor.",
        narrow_layout(320),
    )


def _leverages(view: RunView) -> list[int]:
    return sorted({position.leverage for position in positions(view)})


def _line(actor: str, colour: str, x: list[int], y: list[float], hover: str) -> dict[str, Any]:
    name = figure_text(ACTORS[actor])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": significant(y),
        "name": name,
        "line": {"color": colour, "width": 2},
        "marker": {"size": 7},
        "hovertemplate": f"{name} at %{{x}}x<br>{hover}<extra></extra>",
    }
