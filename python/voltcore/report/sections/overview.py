"""The first thing seen when a kind of run has no headline of its own."""

from __future__ import annotations

from voltcore.report.blocks import Facts, Paragraph, Section
from voltcore.report.numbers import SPACE, decimals_of, interval, number, probability, quantity
from voltcore.report.statistics import quantiles
from voltcore.report.view import RunView
from voltcore.report.words import label_of


def overview(view: RunView) -> Section:
    """What was run, and the headline columns as terms with a value."""
    return Section(
        "overview",
        "",
        [
            Paragraph(
                (
                    "",
                    f"{number(view.base.paths, 0)} paths",
                    " were run. Each number below is the median path, with the range that holds "
                    "nine paths of ten.",
                ),
                "verdict",
            ),
            Facts(headline_facts(view)),
        ],
    )


def headline_facts(view: RunView) -> list[tuple[str, str, str]]:
    """Median and 5–95 % of each headline column; the probability of each event."""
    facts = []
    for name, column in view.columns.items():
        if not column.headline or name not in view.base.values:
            continue
        values = view.base.values[name]
        label = label_of(column)
        if column.dtype == "bool":
            count = view.happened(name)
            of = f"{number(count, 0)} of {number(values.size, 0)} paths"
            facts.append((label, probability(count, values.size), of))
            continue
        low, middle, high = quantiles(values, (0.05, 0.5, 0.95))
        digits = decimals_of(column.unit, [low, middle, high])
        low_end, shown, high_end = (
            quantity(value, column.unit, decimals=digits) for value in (low, middle, high)
        )
        spread = interval(low_end, high_end)
        facts.append((label, shown, f"5–95{SPACE}%: {spread}"))
    return facts
