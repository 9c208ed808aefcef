"""From the deposit to the final value: what each source of profit and each cost added."""

from __future__ import annotations

from typing import Any

import numpy as np

from voltcore.report.blocks import Block, Cell, Figure, Section, Table, Tone
from voltcore.report.crab import names
from voltcore.report.escape import figure_text
from voltcore.report.numbers import number, quantity, significant
from voltcore.report.palette import GAIN, GREY, LOSS
from voltcore.report.statistics import mean, quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView


def breakdown(view: RunView) -> Section | None:
    """A waterfall that adds up and the numbers behind it; None without deposit and final value."""
    steps = steps_of(view)
    if steps is None:
        return None
    blocks: list[Block] = [waterfall(view, steps), table(view, steps)]
    return Section("breakdown", "Where the money comes from and goes to", blocks)


def steps_of(view: RunView) -> list[tuple[str, float]] | None:
    """
    Mean over the paths of each step, in the unit of the deposit.

    Means add up where medians do not. Whatever the named steps leave open is its own step, so the
    sum is the final value by construction and a gap is seen.
    """
    if not view.has(names.DEPOSIT, names.FINAL):
        return None
    values = view.base.values
    steps = [
        (words, sign * mean(values[column]))
        for column, words, sign in names.FLOWS
        if view.has(column) and np.nan_to_num(values[column]).any()
    ]
    if not steps:
        return None
    start, end = (mean(values[name]) for name in (names.DEPOSIT, names.FINAL))
    rest = end - start - sum(amount for _, amount in steps)
    if abs(rest) > 1e-6 * max(abs(start), 1.0):
        steps.append(("Not attributed", rest))
    return steps


def waterfall(view: RunView, steps: list[tuple[str, float]]) -> Figure:
    """Horizontal, so that the names stay readable on a phone."""
    unit = figure_text(view.columns[names.DEPOSIT].unit)
    start, end = (mean(view.base.values[name]) for name in (names.DEPOSIT, names.FINAL))
    labels = ["Deposit", *(words for words, _ in steps), "Final value"]
    amounts = [start, *(amount for _, amount in steps), end]
    data: list[dict[str, Any]] = [
        {
            "type": "waterfall",
            "orientation": "h",
            "y": labels,
            "x": significant(amounts, 8),
            "measure": ["absolute", *("relative" for _ in steps), "total"],
            "text": [
                number(start, 0),
                *(number(amount, 0, signed=True) for _, amount in steps),
                number(end, 0),
            ],
            "textposition": "auto",
            "constraintext": "none",
            "cliponaxis": False,
            "connector": {"line": {"color": GREY, "width": 0.8}},
            "increasing": {"marker": {"color": GAIN}},
            "decreasing": {"marker": {"color": LOSS}},
            "totals": {"marker": {"color": GREY}},
            "hovertemplate": f"%{{y}}: %{{text}} {unit}<extra></extra>",
            "showlegend": False,
        }
    ]
    height = 34 * len(labels) + 80
    return Figure(
        "breakdown",
        data,
        layout(
            height,
            margin={"l": 10, "r": 16, "t": 12, "b": 52},
            xaxis={"title": {"text": f"mean over the paths ({unit})"}, "nticks": 8},
            yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        ),
        "Read from top to bottom: each bar begins where the one above it ends. Blue adds, orange "
        "takes away. Shown are means over the paths, because means add up exactly and medians do "
        "not. The two price rows belong together: the hedge gives back what the short loses to a "
        "straight move, and what is left of both is the cost of the squares of the moves.",
        "Waterfall from the deposit to the final value.",
        narrow_layout(height + 10, margin={"l": 4, "r": 44, "t": 8, "b": 48}, xaxis={"nticks": 4}),
    )


def table(view: RunView, steps: list[tuple[str, float]]) -> Table:
    """The same steps as numbers, with their spread."""
    unit = view.columns[names.DEPOSIT].unit
    start, end = (mean(view.base.values[name]) for name in (names.DEPOSIT, names.FINAL))
    spread = {words: (column, sign) for column, words, sign in names.FLOWS}
    rows: list[list[Cell | str]] = [["Deposit", number(start), "", ""]]
    for words, amount in steps:
        low = high = ""
        if words in spread:
            column, sign = spread[words]
            ends = sorted(
                sign * value for value in quantiles(view.base.values[column], (0.05, 0.95))
            )
            low, high = (number(value, signed=True) for value in ends)
        tone: Tone = "loss" if amount < 0 else "gain"
        rows.append([words, Cell(number(amount, signed=True), tone), low, high])
    low, high = (number(value) for value in quantiles(view.base.values[names.FINAL], (0.05, 0.95)))
    rows.append(["Final value", Cell(number(end), "strong"), low, high])
    share = quantity(100 * (end / start - 1), "%", signed=True) if start else ""
    return Table(
        ("step", f"mean ({unit})", "5 % of paths", "95 % of paths"),
        rows,
        caption=f"The steps add up to the final value, {share} on the deposit in the mean.",
    )
