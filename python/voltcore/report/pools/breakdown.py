"""What the LPs' result is made of."""

from __future__ import annotations

from voltcore.report.blocks import Cell, Figure, Section, Table, Tone
from voltcore.report.charts.axes import axis
from voltcore.report.numbers import decimals_of, number, quantity, significant
from voltcore.report.palette import GAIN, GREY, LOSS
from voltcore.report.pools.names import wording_of
from voltcore.report.statistics import mean, quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView

TOTAL = "lp_change"


def breakdown(view: RunView) -> Section | None:
    """Bars and numbers; None without the columns."""
    parts = wording_of(view).parts
    if not view.has(TOTAL, *(name for name, _ in parts)):
        return None
    rows = [*parts, (TOTAL, "All of it")]
    return Section(
        "breakdown", "What the LPs' result is made of", [bars(view, rows), table(view, rows)]
    )


def bars(view: RunView, rows: list[tuple[str, str]]) -> Figure:
    """Means over the paths, which add up where medians do not."""
    amounts = [mean(view.base.values[name]) for name, _ in rows]
    labels = [words for _, words in rows]
    colours = [GAIN if amount >= 0 else LOSS for amount in amounts[:-1]] + [GREY]
    data = {
        "type": "bar",
        "orientation": "h",
        "x": significant(amounts),
        "y": labels,
        "text": [quantity(amount, "USD", signed=True, decimals=0) for amount in amounts],
        "textposition": "none",
        "marker": {"color": colours},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "showlegend": False,
    }
    shape = {"autorange": "reversed", "showgrid": False, "type": "category"}
    return Figure(
        "breakdown",
        [data],
        layout(
            40 * len(rows) + 70,
            margin={"l": 10, "r": 16, "t": 8, "b": 52},
            xaxis=axis("mean over the paths", "USD", nticks=8),
            yaxis=shape,
        ),
        "Blue is earned, orange is lost, grey is the sum. Shown are means over the paths, because "
        "means add up and medians do not.",
        "Mean parts of the LPs' result.",
        narrow_layout(
            36 * len(rows) + 60,
            margin={"l": 4, "r": 8, "t": 4, "b": 48},
            xaxis={"nticks": 3},
            yaxis={"tickfont": {"size": 11}},
        ),
    )


def table(view: RunView, rows: list[tuple[str, str]]) -> Table:
    """The same with their spread."""
    values = view.base.values
    digits = decimals_of("USD", [mean(values[name]) for name, _ in rows])
    cells: list[list[Cell | str]] = []
    for name, words in rows:
        middle = mean(values[name])
        ends = quantiles(values[name], (0.05, 0.95))
        tone: Tone = "strong" if name == TOTAL else "gain" if middle > 0 else "loss"
        shown = Cell(number(middle, digits, signed=True), tone)
        cells.append([words, shown, *(number(end, digits, signed=True) for end in ends)])
    return Table(
        ("part", "mean (USD)", "5 % of paths", "95 % of paths"),
        cells,
        caption="The means add up; the quantiles of the parts do not.",
        wide=True,
    )
