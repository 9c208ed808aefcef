"""A distribution in time: the middle line, the middle half, nine paths of ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.report.escape import figure_text
from voltcore.report.numbers import significant, symbol_of
from voltcore.report.palette import BLUE, shade

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def fan(
    times: Sequence[str],
    quantiles: NDArray[np.float64],
    unit: str,
    *,
    decimals: int = 2,
    colour: str = BLUE,
) -> list[dict[str, Any]]:
    """
    Traces of a fan.

    Parameters
    ----------
    times : sequence of str
        One for each column of `quantiles`.
    quantiles : ndarray of float64, shape (5, times)
        At the levels of `LEVELS`.
    unit : str
        Unit of the values.
    decimals : int
        Digits after the point where the pointer rests.
    colour : str
        ``#rrggbb``.
    """
    low, lower, middle, upper, high = (significant(row) for row in quantiles)
    tail = f" {figure_text(symbol_of(unit))}".rstrip()
    hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": list(times)}
    digits = f",.{decimals}f"
    return [
        {"type": "scatter", **hidden, "y": low, "showlegend": False},
        {
            "type": "scatter",
            **hidden,
            "y": high,
            "fill": "tonexty",
            "fillcolor": shade(colour, 0.16),
            "name": "9 paths of 10",
        },
        {"type": "scatter", **hidden, "y": lower, "showlegend": False},
        {
            "type": "scatter",
            **hidden,
            "y": upper,
            "fill": "tonexty",
            "fillcolor": shade(colour, 0.30),
            "name": "middle half",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(times),
            "y": middle,
            "line": {"color": colour, "width": 2.2},
            "name": "median",
            "customdata": [list(row) for row in zip(low, high, strict=True)],
            "hovertemplate": f"%{{x}}<br>median %{{y:{digits}}}{tail}<br>"
            f"5–95 %: %{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}}{tail}"
            "<extra></extra>",
        },
    ]
