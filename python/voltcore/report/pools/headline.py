"""The first thing seen: what the LPs earn, how much they can lose, and what else can go wrong."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Facts, Paragraph, Section, Table
from voltcore.report.facts import event_fact, fall_fact
from voltcore.report.numbers import SPACE, decimals_of, interval, number, quantity
from voltcore.report.pools.names import wording_of
from voltcore.report.statistics import finite, quantiles
from voltcore.report.view import RunView
from voltcore.report.words import label_with_unit
from voltcore.sim.statistics import ordered_quantile, ordered_shortfall


def headline(view: RunView) -> Section:
    """Verdict, probabilities, and the losses of the tail."""
    blocks: list[Block] = [verdict(view), Facts(facts(view)), tail_table(view)]
    return Section("overview", "", blocks)


def verdict(view: RunView) -> Paragraph:
    """One sentence on the return."""
    words = wording_of(view)
    low, middle, high = quantiles(view.base.values[words.result], (0.05, 0.5, 0.95))
    ends = interval(quantity(low, "%", signed=True), quantity(high, "%", signed=True))
    parts = [
        f"In the middle one of {number(view.base.paths, 0)} simulated paths {words.stake} returns ",
        quantity(middle, "%", signed=True),
        f" over {length_of(view)}; nine paths of ten end within {ends}.",
    ]
    if view.has("asset_return"):
        held = quantiles(view.base.values["asset_return"], (0.5,))[0]
        parts[-1] += (
            f" The same tokens held without a pool: {quantity(held, '%', signed=True)} in their "
            "middle path."
        )
    return Paragraph(parts, "verdict")


def length_of(view: RunView) -> str:
    """How long a path is, in words."""
    for key, unit in (("market.days", "days"), ("market.length", "weeks")):
        if key in view.settings:
            return f"{view.settings[key]} {unit}"
    return "the path"


def facts(view: RunView) -> list[tuple[str, str, str]]:
    """Each event with its share of the paths; how far the LPs fall."""
    found = [
        event_fact(view, name, term, meaning)
        for name, term, meaning in wording_of(view).events
        if name in view.base.values
    ]
    found.append(fall_fact(view, "max_drawdown", "Largest fall from a peak"))
    return found


def tail_table(view: RunView) -> Table:
    """Value at risk and expected shortfall of what is at risk."""
    rows: list[list[Cell | str]] = []
    for name, column in view.columns.items():
        if not column.at_risk or name not in view.base.values:
            continue
        ordered = sorted(finite(view.base.values[name]).tolist())
        losses = [
            loss
            for level in (0.95, 0.99)
            for loss in (
                0.0 - ordered_quantile(ordered, 1.0 - level),
                ordered_shortfall(ordered, level),
            )
        ]
        digits = decimals_of(column.unit, losses)
        rows.append([label_with_unit(column), *(number(loss, digits) for loss in losses)])
    return Table(
        ("loss of", "VaR 95", "ES 95", "VaR 99", "ES 99"),
        rows,
        caption=f"Value at risk: the loss that 95 or 99{SPACE}% of the paths do not exceed. "
        "Expected shortfall: the mean loss of the others. Below 0 it is a gain.",
    )
