"""The charts of a week of the crab on a terminal: its payoff and the profit range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from voltcore.sim import Results
from voltcore.volts import apy, profit_range

__all__ = ["RATES_BPS", "charts", "payoff_rows", "range_bar"]

RATES_BPS = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50)
"""Funding a day of the range chart."""
WIDTH, HEIGHT = 61, 13
_LABEL = 7


def charts(results: Results) -> list[RenderableType]:
    """The two charts; nothing for a run that is no week of the crab."""
    if results.scenario.kind != "crab-week":
        return []
    edge = float(results.values("profit_range")[0])
    moves = results.values("move")
    # leverage * (funding - move^2), read back from the path whose two numbers are farthest apart.
    gap = edge**2 - moves**2
    at = int(np.argmax(np.abs(gap)))
    leverage = float(100 * results.values("formula")[at] / gap[at])
    rows = payoff_rows(moves, results.values("payoff"), edge, leverage)
    return [
        Group(
            Text("what a week pays: result on the deposit (%) over the move of BTC (%)"),
            *(Text(row) for row in rows),
            Text(f"o median of the paths there, . the formula; profit inside ±{edge:.2f} %"),
        ),
        _ranges(),
    ]


def payoff_rows(
    moves: NDArray[np.float64], results: NDArray[np.float64], edge: float, leverage: float
) -> list[str]:
    """
    The payoff curve as lines of text.

    Parameters
    ----------
    moves, results : ndarray of float64, shape (n_paths,)
        Percent.
    edge : float
        Move at which the formula pays nothing, percent.
    leverage : float
        Short notional over the deposit.

    Returns
    -------
    list of str
        From the best result down, then the axis of the moves.
    """
    reach = max(float(np.max(np.abs(moves))), 1.2 * edge)
    centres = np.linspace(-reach, reach, WIDTH)
    half = reach / (WIDTH - 1)
    medians = np.array(
        [
            float(np.median(results[near]))
            if (near := np.abs(moves - at) <= half).any()
            else np.nan
            for at in centres
        ]
    )
    formula = leverage * (edge**2 - centres**2) / 100
    shown = np.concatenate([medians[np.isfinite(medians)], formula, [0.0]])
    top, bottom = float(shown.max()), float(shown.min())
    step = (top - bottom) / (HEIGHT - 1) or 1.0

    def row_of(value: float) -> int:
        return round((top - value) / step)

    grid = [[" "] * WIDTH for _ in range(HEIGHT)]
    grid[row_of(0.0)] = ["-"] * WIDTH
    for column in range(WIDTH):
        grid[row_of(float(formula[column]))][column] = "."
        if np.isfinite(medians[column]):
            grid[row_of(float(medians[column]))][column] = "o"
    lines = []
    for place, row in enumerate(grid):
        value = top - place * step
        label = f"{value:+.2f}" if place % 3 == 0 or place == row_of(0.0) else ""
        if place == row_of(0.0):
            label = "0"
        lines.append(f"{label:>{_LABEL - 1}} {''.join(row).rstrip()}")
    return [*lines, _axis(reach)]


def _axis(reach: float) -> str:
    ends: Sequence[str] = (f"{-reach:.1f}", "0", f"{reach:+.1f}")
    gap = (WIDTH - 1) // 2
    left = f"{ends[0]:<{gap}}{ends[1]}"
    return " " * _LABEL + left + f"{ends[2]:>{WIDTH - len(left)}}"


def range_bar(range_percent: float, widest: float, width: int = 20) -> str:
    """A bar around a middle, as long on each side as the range is wide."""
    size = round(width * range_percent / widest)
    return f"{'=' * size:>{width}}|{'=' * size:<{width}}"


def _ranges() -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("bps a day", justify="right")
    table.add_column("how far BTC may move in a day", justify="center", no_wrap=True)
    for name in ("day ±", "week ±", "APY"):
        table.add_column(name, justify="right")
    widest = 100 * profit_range(RATES_BPS[-1] / 1e4, 1)
    for rate in RATES_BPS:
        day, week = (100 * profit_range(rate / 1e4, days) for days in (1, 7))
        table.add_row(
            str(rate),
            Text(range_bar(day, widest)),
            f"{day:.3f} %",
            f"{week:.2f} %",
            f"{100 * apy(rate / 1e4):.1f} %",
        )
    return table
