"""The share price in time over the price of the token."""

from __future__ import annotations

from typing import Any

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark, time_axis
from voltcore.report.charts.fan import LEVELS, fan
from voltcore.report.escape import figure_text
from voltcore.report.numbers import significant
from voltcore.report.pages import Part
from voltcore.report.palette import GREY
from voltcore.report.statistics import band_quantiles
from voltcore.report.templates import HALVES, layout, narrow_layout
from voltcore.report.view import RunView

SHARE_PRICE = "share_price"
CLOSE = "close"


def share_price_over(token: str) -> Part:
    """The fan of the share price, over the price of this token."""

    def share_price(view: RunView) -> Section | None:
        figure = share_price_figure(view, token)
        return Section("share-price", "The share price in time", [figure]) if figure else None

    return share_price


def share_price_figure(view: RunView, token: str) -> Figure | None:
    """The fan of the base over the token on a second, logarithmic axis; None without its band."""
    if SHARE_PRICE not in view.base.bands:
        return None
    band = view.bands[SHARE_PRICE]
    data: list[dict[str, Any]] = []
    close = view.series.get(CLOSE)
    if close is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(close.times),
                "y": significant(close.values),
                "yaxis": "y2",
                "name": f"{token} (right, log)",
                "line": {"color": GREY, "width": 1.2},
                "hovertemplate": f"{token} %{{y:,.4~g}} {figure_text(close.unit)}<extra></extra>",
            }
        )
    quantiles = band_quantiles(view.base.bands[SHARE_PRICE], LEVELS)
    data += fan(band.times, quantiles, band.unit, decimals=4)
    right = (
        {
            "yaxis2": axis(
                token,
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
        SHARE_PRICE,
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
        f"the light one nine of ten. Grey: the real price of {token} at the same times, on the "
        "right axis. Dotted: the deposit. All paths share the real weekly closes; they differ only "
        "inside the weeks.",
        f"Share price in time with its spread over the paths, and the price of {token}.",
        narrow_layout(
            340,
            margin={"l": 44, "r": 44, "t": 56, "b": 36},
            xaxis={"nticks": 5},
            legend=HALVES,
        ),
    )
