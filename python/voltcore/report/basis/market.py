"""What the weeks paid: funding of the perp, and how far it stood from its token."""

from __future__ import annotations

from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark, time_axis
from voltcore.report.numbers import quantity, significant
from voltcore.report.palette import BLUE, GAIN, LOSS
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView


def market(view: RunView) -> Section | None:
    """Funding as bars over the basis as a line; None without either series."""
    if "funding" not in view.series or "basis" not in view.series:
        return None
    return Section("market", "What the market paid", [market_figure(view)])


def market_figure(view: RunView) -> Figure:
    """Bars of the week's funding as the long leg sees it, and the basis below."""
    funding, basis = view.series["funding"], view.series["basis"]
    received = [-value for value in funding.values]
    paying = sum(value > 0 for value in received)
    share = quantity(100 * paying / max(len(received), 1), "%", decimals=0)
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": list(funding.times),
            "y": significant(received, 4),
            "marker": {"color": [GAIN if value > 0 else LOSS for value in received]},
            "name": "funding received in the week",
            "hovertemplate": "%{x}<br>%{y:+.2f} % of the position<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(basis.times),
            "y": significant(basis.values, 4),
            "yaxis": "y2",
            "line": {"color": BLUE, "width": 1.4},
            "name": "perp over token (below)",
            "hovertemplate": "%{x}<br>basis %{y:+.2f} %<extra></extra>",
        },
    ]
    return Figure(
        "market",
        data,
        layout(
            460,
            xaxis=time_axis(funding.times, anchor="y2"),
            yaxis=axis("funding", "%", domain=[0.42, 1.0], nticks=6),
            yaxis2=axis("basis", "%", domain=[0.0, 0.34], nticks=5),
            shapes=[horizontal_mark(0.0, "")],
        ),
        "Above: what a week's funding added to (blue) or took from (orange) a long position, as a "
        f"share of it; {share} of the weeks paid the long side. Below: how far the perp closed "
        "from its token. The volt is long the perp and short the token, so a wider basis is a "
        "gain and a narrower one a loss at the prices it could trade at; its shares are reckoned "
        "at one oracle price for both legs.",
        "Funding received in each week and the distance of the perp from its token.",
        narrow_layout(400, margin={"l": 44, "r": 8, "t": 56, "b": 36}, xaxis={"nticks": 5}),
    )
