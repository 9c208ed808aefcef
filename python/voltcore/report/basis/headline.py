"""What a depositor would have earned, and what it was paid and charged for."""

from __future__ import annotations

from voltcore.report.blocks import Block, Facts, Section
from voltcore.report.facts import event_fact
from voltcore.report.numbers import number, quantity
from voltcore.report.sections.overview import overview
from voltcore.report.statistics import quantiles
from voltcore.report.view import RunView
from voltcore.report.volts.returns import TOTAL_RETURN
from voltcore.report.volts.verdict import loss_and_fall, verdict


def headline(view: RunView) -> Section:
    """The first thing seen."""
    if not view.has(TOTAL_RETURN):
        return overview(view)
    facts = loss_and_fall(view) + held(view)
    if "liquidated" in view.base.values:
        meaning = "paths in which the exchange closed both legs by force"
        facts.append(event_fact(view, "liquidated", "Liquidated", meaning))
    blocks: list[Block] = [verdict(view, "the basis yield volt"), Facts(facts)]
    return Section("result", "", blocks)


def held(view: RunView) -> list[tuple[str, str, str]]:
    """How long the position was held, how often it was entered, how near it came to its end."""
    facts = []
    if view.has("time_in_position", "entries"):
        share = quantiles(view.base.values["time_in_position"], (0.5,))[0]
        entries = quantiles(view.base.values["entries"], (0.5,))[0]
        facts.append(
            (
                "Time in the position",
                quantity(share, "%", decimals=0),
                f"of all steps, entered {number(entries, 0)} times; the rest is cash that earns "
                "the deposit rate",
            )
        )
    if view.has("min_health"):
        middle, worst = quantiles(view.base.values["min_health"], (0.5, 0.0))
        facts.append(
            (
                "Least health",
                quantity(middle, "%"),
                "maintenance health over equity, median path; at 0 the exchange may liquidate. "
                f"The worst path came to {quantity(worst, '%')}",
            )
        )
    return facts
