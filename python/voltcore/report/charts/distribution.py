"""How often each value occurs among the paths, as an outline that can be laid over others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.report.escape import figure_text
from voltcore.report.numbers import significant
from voltcore.report.palette import shade
from voltcore.report.statistics import counts_in, finite


def outline(
    values: NDArray[np.float64],
    edges: NDArray[np.float64],
    name: str,
    colour: str,
    *,
    dash: str = "solid",
    filled: bool = False,
) -> dict[str, Any]:
    """
    Share of paths in each bin, in percent, drawn as steps.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        One for each path; NaN is left out.
    edges : ndarray of float64, shape (bins + 1,)
        Values outside them are counted in the outermost bins.
    name : str
        Name in the legend.
    colour : str
        ``#rrggbb``.
    """
    counts = counts_in(values, edges)
    shares = 100.0 * counts / max(finite(values).size, 1)
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": significant(np.repeat(edges, 2)),
        "y": significant(np.concatenate(([0.0], np.repeat(shares, 2), [0.0])), 4),
        "line": {"color": colour, "width": 2 if filled else 1.6, "dash": dash},
        "name": figure_text(name),
        "hovertemplate": f"{figure_text(name)}: %{{y:.2f}} % of paths<extra></extra>",
    }
    if filled:
        trace["fill"] = "tozeroy"
        trace["fillcolor"] = shade(colour, 0.22)
    return trace


def bars(values: NDArray[np.float64], edges: NDArray[np.float64], colour: str) -> dict[str, Any]:
    """Share of paths in each bin, in percent, as bars."""
    counts = counts_in(values, edges)
    return {
        "type": "bar",
        "x": significant((edges[:-1] + edges[1:]) / 2),
        "width": significant(np.diff(edges)),
        "y": significant(100.0 * counts / max(finite(values).size, 1), 4),
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertemplate": "%{x}: %{y:.2f} % of paths<extra></extra>",
        "showlegend": False,
    }
