"""How far BTC may move for a rate of funding: the profit range from 5 to 50 bps a day."""

from __future__ import annotations

from typing import Any

import numpy as np

from voltcore.report.blocks import Figure, Section, Table
from voltcore.report.charts.axes import axis, vertical_mark
from voltcore.report.numbers import number, quantity, significant
from voltcore.report.palette import BLUE, ORANGE
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView
from voltcore.volts import apy, implied_volatility, profit_range

RATES = (5, 10, 15, 20, 25, 28, 30, 40, 50)
"""Basis points a day, those of the public table."""
_WEEK = 7


def ranges(view: RunView) -> Section:
    """The chart and the table; the run's own rate is marked."""
    own = view.base.values.get("profit_range")
    daily = None
    if own is not None and own.size and np.isfinite(own[0]):
        daily = 1e4 * (float(own[0]) / 100) ** 2 / _WEEK
    return Section("ranges", "How far BTC may move", [ranges_figure(daily), ranges_table()])


def ranges_figure(daily_bps: float | None) -> Figure:
    """The range of a day and of a week over the daily funding."""
    rates = np.linspace(RATES[0], RATES[-1], 91)

    def line(days: int, color: str, name: str) -> dict[str, Any]:
        values = [100 * profit_range(rate / 1e4, days) for rate in rates]
        return {
            "type": "scatter",
            "mode": "lines",
            "x": significant(rates, 4),
            "y": significant(values, 4),
            "line": {"color": color, "width": 2},
            "name": name,
            "hovertemplate": "%{x:.1f} bps a day: ±%{y:.2f} %<extra></extra>",
        }

    marks = []
    if daily_bps is not None and RATES[0] <= daily_bps <= RATES[-1]:
        marks.append(vertical_mark(daily_bps, f"{number(daily_bps, 1)} bps, this run"))
    return Figure(
        "profit_ranges",
        [line(1, ORANGE, "one day"), line(_WEEK, BLUE, "seven days without a re-hedge")],
        layout(
            360,
            xaxis=axis("funding a day", "bps"),
            yaxis=axis("profit range ±", "%", rangemode="tozero"),
            shapes=marks,
            hovermode="x",
        ),
        "The move up to which the funding pays for it: the square root of the funding of so many "
        "days. With a re-hedge every day the condition is on the sum of the squared daily moves.",
        "Profit range of one day and of seven days for 5 to 50 basis points of daily funding.",
        narrow_layout(300, margin={"l": 44, "r": 8, "t": 56, "b": 48}),
    )


def ranges_table() -> Table:
    """The public table, with the range of a week beside that of a day."""

    def percent(value: float, decimals: int) -> str:
        return quantity(100 * value, "%", decimals=decimals)

    return Table(
        ("funding a day", "range of a day ±", "range of a week ±", "APY", "implied volatility"),
        [
            (
                f"{bps} bps",
                percent(profit_range(bps / 1e4), 3),
                percent(profit_range(bps / 1e4, _WEEK), 2),
                percent(apy(bps / 1e4), 1),
                percent(implied_volatility(bps / 1e4), 1),
            )
            for bps in RATES
        ],
        caption="On the short notional; the deposit is twice as much at leverage −0.5.",
        wide=True,
    )
