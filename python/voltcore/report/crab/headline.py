"""What a depositor would have earned, and beside it which assumption decides the sign."""

from __future__ import annotations

from voltcore.report.blocks import Block, Facts, Paragraph, Section
from voltcore.report.crab import names
from voltcore.report.crab.deciding import deciding_blocks
from voltcore.report.crab.period import period
from voltcore.report.numbers import SPACE, interval, number, probability, quantity
from voltcore.report.sections.overview import overview
from voltcore.report.statistics import finite, quantiles
from voltcore.report.view import RunView
from voltcore.sim.summary import wilson

STAKE = 1000.0


def headline(view: RunView) -> Section:
    """The first thing seen."""
    if not view.has(names.TOTAL_RETURN):
        return overview(view)
    blocks: list[Block] = [verdict(view), Facts(risk_facts(view))]
    return Section("result", "", blocks, deciding_blocks(view))


def verdict(view: RunView) -> Paragraph:
    """One sentence in words a depositor understands."""
    values = view.base.values[names.TOTAL_RETURN]
    low, middle, high = quantiles(values, (0.05, 0.5, 0.95))
    first, last = period(view)
    since = f" in {first}" if first else ""
    until = f" at the end of {last}" if last else " at the end"
    held = quantity(STAKE * (1 + middle / 100), "USDC", decimals=0)
    stake = quantity(STAKE, "USDC", decimals=0)
    rate = ""
    if view.has(names.APY):
        yearly = quantiles(view.base.values[names.APY], (0.5,))[0]
        rate = f" or {quantity(yearly, '%', signed=True)} a year"
    ends = interval(
        quantity(STAKE * (1 + low / 100), "USDC", decimals=0),
        quantity(STAKE * (1 + high / 100), "USDC", decimals=0),
    )
    return Paragraph(
        (
            f"Of every {stake} put into the crab{since}, the middle one of "
            f"{number(view.base.paths, 0)} simulated paths leaves ",
            held,
            f"{until}: ",
            f"{quantity(middle, '%', signed=True)}{rate}",
            f". Nine paths of ten end between {ends}.",
        ),
        "verdict",
    )


def risk_facts(view: RunView) -> list[tuple[str, str, str]]:
    """What can go wrong, each with how often or how far."""
    base = view.base
    facts: list[tuple[str, str, str]] = []
    returns = finite(base.values[names.TOTAL_RETURN])
    losing = int((returns < 0).sum())
    facts.append(
        (
            "Probability of a loss",
            probability(losing, returns.size),
            f"{number(losing, 0)} of {number(returns.size, 0)} paths end below the deposit",
        )
    )
    if view.has(names.DRAWDOWN):
        middle, bad, worst = quantiles(base.values[names.DRAWDOWN], (0.5, 0.95, 1.0))
        facts.append(
            (
                "Worst fall from a peak",
                quantity(middle, "%"),
                f"median path; one path in twenty falls {quantity(bad, '%')} or more, the worst "
                f"{quantity(worst, '%')}",
            )
        )
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


def event_fact(view: RunView, column: str, term: str, meaning: str) -> tuple[str, str, str]:
    """An event with its share of the paths; one that never happened with what that excludes."""
    count, total = view.happened(column), view.base.paths
    if count == 0:
        bound = quantity(100 * wilson(0, total)[1], "%", decimals=2)
        meaning += f"; none of {number(total, 0)}, so with 95{SPACE}% confidence below {bound}"
    return term, probability(count, total), meaning
