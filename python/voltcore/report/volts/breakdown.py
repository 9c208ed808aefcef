"""From the deposit to the final value: what each source of profit and each cost added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voltcore.report.blocks import Block, Cell, Figure, Section, Table, Tone
from voltcore.report.escape import figure_text
from voltcore.report.numbers import MINUS, decimals_of, number, quantity, significant
from voltcore.report.pages import Part
from voltcore.report.palette import GAIN, GREY, LOSS
from voltcore.report.statistics import mean, quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView

DEPOSIT = "deposit"
FINAL = "final_value"
# What every volt pays, and what whole units leave over: column, words, sign.
COSTS = (
    ("trading_cost", "Spread and impact", -1),
    ("taker_fees", "Exchange fees", -1),
    ("performance_fees", "Performance fee", -1),
    ("withdrawal_fees", "Withdrawal fee", -1),
    ("aum_fees", "Management fee", -1),
    ("liquidation_cost", "Lost to a liquidation", -1),
    ("rounding", "Rounding", 1),
)


@dataclass(frozen=True)
class Flows:
    """
    What stands between deposit and final value.

    Attributes
    ----------
    steps : sequence of (str, str, int)
        Column, words, sign, from the deposit on; the first two are the prices of both legs.
    both_prices : str
        Words for the two in one.
    note : str
        What the reader should know about them.
    """

    steps: Sequence[tuple[str, str, int]]
    both_prices: str
    note: str


def breakdown_of(flows: Flows) -> Part:
    """A waterfall that adds up and the numbers behind it."""

    def breakdown(view: RunView) -> Section | None:
        steps = steps_of(view, flows)
        if steps is None:
            return None
        blocks: list[Block] = [waterfall(view, flows, steps), table(view, flows, steps)]
        return Section("breakdown", "Where the money comes from and goes to", blocks)

    return breakdown


def steps_of(view: RunView, flows: Flows) -> list[tuple[str, float]] | None:
    """
    Mean over the paths of each step, in the unit of the deposit.

    Means add up where medians do not. Whatever the named steps leave open is its own step, so the
    sum is the final value by construction and a gap is seen.
    """
    if not view.has(DEPOSIT, FINAL):
        return None
    values = view.base.values
    steps = [
        (words, sign * mean(values[column]))
        for column, words, sign in flows.steps
        if view.has(column) and np.nan_to_num(values[column]).any()
    ]
    if not steps:
        return None
    start, end = (mean(values[name]) for name in (DEPOSIT, FINAL))
    rest = end - start - sum(amount for _, amount in steps)
    if abs(rest) > 1e-6 * max(abs(start), 1.0):
        steps.append(("Not attributed", rest))
    return steps


def drawn(flows: Flows, steps: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """
    The steps of the figure: those that come to something, both prices in one.

    The legs lose and gain many deposits against each other; apart they would make every cost too
    thin to see. The table has them apart.
    """
    prices = dict(steps[:2])
    pair = [words for _, words, _ in flows.steps[:2]]
    both = [(flows.both_prices, sum(prices.values()))] if list(prices) == pair else steps[:2]
    return [(words, amount) for words, amount in [*both, *steps[2:]] if abs(amount) >= 0.5]


def waterfall(view: RunView, flows: Flows, steps: list[tuple[str, float]]) -> Figure:
    """Horizontal, so that the names stay readable on a phone; the numbers stand in a column."""
    unit = figure_text(view.columns[DEPOSIT].unit)
    start, end = (mean(view.base.values[name]) for name in (DEPOSIT, FINAL))
    steps = drawn(flows, steps)
    labels = ["Deposit", *(words for words, _ in steps), "Final value"]
    amounts = [start, *(amount for _, amount in steps), end]
    texts = [
        number(start, 0),
        *(number(amount, 0, signed=True) for _, amount in steps),
        number(end, 0),
    ]
    data: list[dict[str, Any]] = [
        {
            "type": "waterfall",
            "orientation": "h",
            "y": labels,
            "x": significant(amounts, 8),
            "measure": ["absolute", *("relative" for _ in steps), "total"],
            "text": texts,
            "textposition": "none",
            "connector": {"line": {"color": GREY, "width": 0.8}},
            "increasing": {"marker": {"color": GAIN}},
            "decreasing": {"marker": {"color": LOSS}},
            "totals": {"marker": {"color": GREY}},
            "hovertemplate": f"%{{y}}: %{{text}} {unit}<extra></extra>",
            "showlegend": False,
        }
    ]
    numbers = [
        {
            "text": shown,
            "x": 1,
            "xref": "paper",
            "xanchor": "right",
            "xshift": 76,
            "y": label,
            "yanchor": "middle",
        }
        for label, shown in zip(labels, texts, strict=True)
    ]
    height = 34 * len(labels) + 70
    return Figure(
        "breakdown",
        data,
        layout(
            height,
            margin={"l": 10, "r": 88, "t": 8, "b": 52},
            xaxis={"title": {"text": f"mean over the paths ({unit})"}, "nticks": 8},
            yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
            annotations=numbers,
        ),
        "Read from top to bottom: each bar begins where the one above it ends. Blue adds, orange "
        "takes away. Shown are means over the paths, because means add up exactly and medians do "
        f"not. {flows.note}",
        "Waterfall from the deposit to the final value.",
        narrow_layout(
            30 * len(labels) + 60,
            margin={"l": 4, "r": 64, "t": 4, "b": 48},
            xaxis={"nticks": 4},
            yaxis={"tickfont": {"size": 11}},
            annotations=[{**note, "xshift": 62, "font": {"size": 11}} for note in numbers],
        ),
    )


def table(view: RunView, flows: Flows, steps: list[tuple[str, float]]) -> Table:
    """The same steps as numbers, with their spread."""
    unit = view.columns[DEPOSIT].unit
    start, end = (mean(view.base.values[name]) for name in (DEPOSIT, FINAL))
    digits = decimals_of(unit, [start, end])
    spread = {words: (column, sign) for column, words, sign in flows.steps}
    rows: list[list[Cell | str]] = [["Deposit", number(start, digits), "", ""]]
    for words, amount in steps:
        low = high = ""
        if words in spread:
            column, sign = spread[words]
            ends = sorted(
                sign * value for value in quantiles(view.base.values[column], (0.05, 0.95))
            )
            low, high = (number(value, digits, signed=True) for value in ends)
        shown = number(amount, digits, signed=True)
        tone: Tone = "loss" if shown.startswith(MINUS) else "gain" if shown[0] == "+" else ""
        rows.append([words, Cell(shown, tone), low, high])
    low, high = (
        number(value, digits) for value in quantiles(view.base.values[FINAL], (0.05, 0.95))
    )
    rows.append(["Final value", Cell(number(end, digits), "strong"), low, high])
    share = quantity(100 * (end / start - 1), "%", signed=True) if start else ""
    return Table(
        ("step", f"mean ({unit})", "5 % of paths", "95 % of paths"),
        rows,
        caption=f"The steps add up to the final value, {share} on the deposit in the mean.",
        wide=True,
    )
