"""The share price in time over the price of BTC."""

from __future__ import annotations

from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark, time_axis
from voltcore.report.charts.fan import LEVELS, fan
from voltcore.report.crab import names
from voltcore.report.escape import figure_text
from voltcore.report.numbers import significant
from voltcore.report.palette import GREY
from voltcore.report.statistics import band_quantiles
from voltcore.report.templates import HALVES, layout, narrow_layout
from voltcore.report.view import RunView


def share_price(view: RunView) -> Section | None:
    """The fan; None without its band."""
    figure = share_price_figure(view)
    return Section("share-price", "The share price in time", [figure]) if figure else None


def share_price_figure(view: RunView) -> Figure | None:
    """The fan of the base over the line of BTC on a second, logarithmic axis."""
    if names.SHARE_PRICE not in view.base.bands:
        return None
    band = view.bands[names.SHARE_PRICE]
    data: list[dict[str, Any]] = []
    close = view.series.get(names.CLOSE)
    if close is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(close.times),
                "y": significant(close.values),
                "yaxis": "y2",
                "name": "BTC (right, log)",
                "line": {"color": GREY, "width": 1.2},
                "hovertemplate": f"BTC %{{y:,.0f}} {figure_text(close.unit)}<extra></extra>",
            }
        )
    quantiles = band_quantiles(view.base.bands[names.SHARE_PRICE], LEVELS)
    data += fan(band.times, quantiles, band.unit, decimals=4)
    right = (
        {
            "yaxis2": axis(
                "BTC",
                close.unit,
                overlaying="y",
                side="right",
                type="log",
                showgrid=False,
                dtick="D2",
                tickformat="~s",
            )
        }
        if close is not None
        else {}
    )
    return Figure(
        names.SHARE_PRICE,
        data,
        layout(
            440,
            margin={"l": 62, "r": 66, "t": 44, "b": 40},
            xaxis=time_axis(band.times),
            yaxis=axis("one share", band.unit),
            shapes=[horizontal_mark(1.0, "")],
            **right,
        ),
        "Blue: what one share, bought for 1 USDC, is worth at oracle prices at the end of each "
        "epoch. The line is the median path, the dark area holds the middle half of the paths, "
        "the light one nine of ten. Grey: the real price of BTC at the same times, on the right "
        "axis. Dotted: the deposit. All paths share the real weekly closes; they differ only "
        "inside the weeks.",
        "Share price in time with its spread over the paths, and the price of BTC.",
        narrow_layout(
            340,
            margin={"l": 44, "r": 44, "t": 56, "b": 36},
            xaxis={"nticks": 5},
            legend=HALVES,
        ),
    )
