"""The result of a week against the move of BTC in it, beside the parabola of theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, horizontal_mark, range_band
from voltcore.report.crab import names
from voltcore.report.crab.assumed import leverage as leverage_of
from voltcore.report.numbers import SPACE, number, quantity, significant
from voltcore.report.palette import BLUE, ORANGE, shade
from voltcore.report.statistics import band_quantiles, finite
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView


@dataclass(frozen=True)
class Weeks:
    """
    One entry for each week.

    Attributes
    ----------
    moves : ndarray of float64, shape (weeks,)
        Close to close move of BTC, as a fraction.
    low, middle, high : ndarray of float64, shape (weeks,)
        5 %, 50 % and 95 % of the paths' results on equity, as fractions.
    """

    moves: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    origin: str


def weekly(view: RunView) -> Section | None:
    """The figure; None if weekly results or the real closes are missing."""
    weeks = weeks_of(view)
    if weeks is None:
        return None
    return Section("weeks", "When it earns and when it pays", [weekly_figure(view, weeks)])


def weeks_of(view: RunView) -> Weeks | None:
    """Moves from the real closes; results from the band, or from the kept paths without one."""
    close = view.series.get(names.CLOSE)
    if close is None:
        return None
    price_at = dict(zip(close.times, close.values, strict=True))
    if names.EPOCH_RETURN in view.base.bands:
        band = view.bands[names.EPOCH_RETURN]
        times = band.times
        rows = band_quantiles(view.base.bands[names.EPOCH_RETURN], (0.05, 0.5, 0.95)) / 100
        origin = f"{number(view.base.paths, 0)} paths"
    elif names.SHARE_PRICE in view.base.traces:
        trace = view.traces[names.SHARE_PRICE]
        place = {time: index for index, time in enumerate(trace.times)}
        times = tuple(time for time in close.times if time in place)
        if len(times) < 3:
            return None
        ends = view.base.traces[names.SHARE_PRICE][:, [place[time] for time in times]]
        results = ends[:, 1:] / ends[:, :-1] - 1
        rows = np.nanquantile(results, (0.05, 0.5, 0.95), axis=0)
        times, origin = times[1:], f"the first {number(ends.shape[0], 0)} paths"
    else:
        return None
    earlier = dict(zip(close.times[1:], close.times[:-1], strict=True))
    kept = [
        index
        for index, time in enumerate(times)
        if time in price_at and time in earlier and np.isfinite(rows[1, index])
    ]
    if len(kept) < 3:
        return None
    moves = [price_at[times[index]] / price_at[earlier[times[index]]] - 1 for index in kept]
    low, middle, high = (row[kept] for row in rows)
    return Weeks(np.array(moves), low, middle, high, origin)


def weekly_figure(view: RunView, weeks: Weeks) -> Figure:
    """Points with their spread, the parabola, the profit range."""
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": significant(100 * weeks.moves, 4),
            "y": significant(100 * weeks.middle, 4),
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": significant(100 * (weeks.high - weeks.middle), 3),
                "arrayminus": significant(100 * (weeks.middle - weeks.low), 3),
                "color": shade(BLUE, 0.35),
                "thickness": 1,
                "width": 0,
            },
            "marker": {"color": BLUE, "size": 5},
            "name": "a week: median, 5–95 %",
            "hovertemplate": "BTC %{x:+.1f} %, result %{y:+.2f} %<extra></extra>",
        }
    ]
    shapes = [horizontal_mark(0.0, "")]
    caption = (
        "Each point is one real week: how far BTC moved from close to close, and what the volt "
        f"made of it on its equity (oracle prices, after all costs; {weeks.origin})."
    )
    funding = view.series.get(names.FUNDING)
    leverage = leverage_of(view)
    low = float(np.nanmin(weeks.low))
    high = float(np.nanmax(weeks.high))
    if funding is not None and finite(np.asarray(funding.values)).size:
        daily = float(np.median(finite(np.asarray(funding.values)))) / 100
        weekly_funding = 7 * daily
        reach = float(np.max(np.abs(weeks.moves)))
        # No farther down than the results: the worst week would leave the others a thin line.
        deepest = max(weekly_funding - min(low, -weekly_funding) / leverage, 0.0) ** 0.5
        moves = np.linspace(-1, 1, 121) * min(reach, deepest)
        high = max(high, leverage * weekly_funding)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": significant(100 * moves, 4),
                "y": significant(100 * leverage * (weekly_funding - moves**2), 4),
                "line": {"color": ORANGE, "width": 2},
                "name": "without re-hedging",
                "hoverinfo": "skip",
            }
        )
        if weekly_funding > 0:
            edge = weekly_funding**0.5
            shapes.append(range_band(100 * edge, ORANGE, "profit range"))
            caption += _explained(leverage, weekly_funding, weeks.moves)
    return Figure(
        "weekly",
        data,
        layout(
            460,
            xaxis=axis("move of BTC in the week", "%", zeroline=True),
            yaxis=axis(
                "result of the week",
                "%",
                zeroline=False,
                range=[105 * low - 0.4, 105 * high + 0.8],
            ),
            shapes=shapes,
            hovermode="closest",
        ),
        caption,
        f"Weekly result against weekly move for {weeks.moves.size}{SPACE}weeks.",
        narrow_layout(360, margin={"l": 44, "r": 8, "t": 56, "b": 48}),
    )


def _explained(leverage: float, weekly_funding: float, moves: NDArray[np.float64]) -> str:
    edge = weekly_funding**0.5
    beyond = float(np.mean(np.abs(moves) > edge))
    paid = quantity(100 * weekly_funding, "%", decimals=2)
    reach = quantity(100 * edge, "%")
    share = quantity(100 * beyond, "%", decimals=0)
    return (
        f" The curve is {number(leverage, 2)} × (f − r²): f the funding of a week ({paid}, the "
        f"median), r the move. In the shaded range, moves below ±{reach}, the funding pays for the "
        f"move; {share} of the real weeks went beyond it. Points above the curve: re-hedging "
        "inside the week keeps a straight run from costing r² in one piece. Points below it: a "
        "zigzag that ended near where it began, or a week that paid less funding than the median "
        "one."
    )
