"""Facts of a headline: a term, a figure, and what it means."""

from __future__ import annotations

from voltcore.report.numbers import SPACE, number, probability, quantity
from voltcore.report.statistics import quantiles
from voltcore.report.view import RunView
from voltcore.sim.summary import wilson


def event_fact(view: RunView, column: str, term: str, meaning: str) -> tuple[str, str, str]:
    """An event with its share of the paths; one that never happened with what that excludes."""
    count, total = view.happened(column), view.base.paths
    if count == 0:
        bound = quantity(100 * wilson(0, total)[1], "%", decimals=2)
        meaning += f"; none of {number(total, 0)}, so with 95{SPACE}% confidence below {bound}"
    return term, probability(count, total), meaning


def fall_fact(view: RunView, column: str, term: str) -> tuple[str, str, str]:
    """How deep the paths fall on their way: the median, one in twenty, the worst."""
    middle, bad, worst = quantiles(view.base.values[column], (0.5, 0.95, 1.0))
    return (
        term,
        quantity(middle, "%"),
        f"median path; one path in twenty falls {quantity(bad, '%')} or more, the worst "
        f"{quantity(worst, '%')}",
    )
