"""What a depositor would have earned, and beside it which assumption decides the sign."""

from __future__ import annotations

from voltcore.report.blocks import Block, Facts, Section
from voltcore.report.crab import names
from voltcore.report.crab.deciding import deciding_blocks
from voltcore.report.facts import event_fact
from voltcore.report.numbers import SPACE
from voltcore.report.sections.overview import overview
from voltcore.report.view import RunView
from voltcore.report.volts.verdict import loss_and_fall, verdict


def headline(view: RunView) -> Section:
    """The first thing seen."""
    if not view.has(names.TOTAL_RETURN):
        return overview(view)
    blocks: list[Block] = [verdict(view, "the crab"), Facts(risk_facts(view))]
    return Section("result", "", blocks, deciding_blocks(view))


def risk_facts(view: RunView) -> list[tuple[str, str, str]]:
    """What can go wrong, each with how often or how far."""
    base = view.base
    facts = loss_and_fall(view)
    for column, term, meaning in (
        (
            names.CR_BELOW,
            "CR below 150" + SPACE + "%",
            "paths in which equity fell below that share of the short position at some hour",
        ),
        (
            names.LIQUIDATED,
            "Liquidated",
            "paths in which the exchange closed the position by force",
        ),
    ):
        if column in base.values:
            facts.append(event_fact(view, column, term, meaning))
    return facts
