"""How near the position came to the lines where it is cut or closed by force."""

from __future__ import annotations

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, vertical_mark
from voltcore.report.charts.distribution import bars
from voltcore.report.crab import names
from voltcore.report.crab.assumed import leverage, safe_ratio
from voltcore.report.numbers import interval, number, quantity
from voltcore.report.palette import BLUE
from voltcore.report.statistics import bins, quantiles
from voltcore.report.templates import MARGIN, NARROW_MARGIN, layout, narrow_layout
from voltcore.report.view import RunView


def collateral(view: RunView) -> Section | None:
    """Distribution of the least CR of each path; None without the column."""
    if not view.has(names.LEAST_CR):
        return None
    values = view.base.values[names.LEAST_CR]
    safe = safe_ratio(view)
    low, middle, high = quantiles(values, (0.05, 0.5, 0.95))
    figure = Figure(
        names.LEAST_CR,
        [bars(values, bins([values], 60), BLUE)],
        layout(
            320,
            margin=MARGIN | {"t": 30},
            xaxis=axis("least CR of a path", view.columns[names.LEAST_CR].unit, showgrid=False),
            yaxis=axis("paths in a bin", "%", rangemode="tozero", nticks=6),
            shapes=[
                vertical_mark(
                    safe, f"{number(safe, 0)} %: rebalance", left=middle < safe, above=True
                )
            ],
        ),
        "CR, the collateralisation ratio, is the volt's equity divided by the value of its short "
        f"position in the squared perp. It starts near {number(100 / leverage(view), 0)} %; the "
        f"position is cut when it falls below {number(safe, 0)} %, at the next hourly check. Shown "
        "is the lowest value each path reached at any hour: "
        f" {quantity(middle, '%')} in the median path, "
        f"{interval(quantity(low, '%'), quantity(high, '%'))} in nine of ten.",
        "Distribution of the least collateralisation ratio of each path.",
        narrow_layout(280, margin=NARROW_MARGIN | {"t": 30}),
    )
    return Section("collateral", "How near to the edge", [figure])
