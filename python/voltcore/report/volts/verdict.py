"""What a depositor would have earned, and what could have gone wrong."""

from __future__ import annotations

from voltcore.report.blocks import Paragraph
from voltcore.report.facts import fall_fact
from voltcore.report.numbers import interval, number, probability, quantity
from voltcore.report.statistics import finite, quantiles
from voltcore.report.view import RunView
from voltcore.report.volts.period import period
from voltcore.report.volts.returns import DRAWDOWN, TOTAL_RETURN

APY = "apy"
STAKE = 1000.0


def verdict(view: RunView, volt: str) -> Paragraph:
    """What became of a deposit in `volt`, in words a depositor understands."""
    values = view.base.values[TOTAL_RETURN]
    low, middle, high = quantiles(values, (0.05, 0.5, 0.95))
    first, last = period(view)
    since = f" in {first}" if first else ""
    until = f" at the end of {last}" if last else " at the end"
    held = quantity(STAKE * (1 + middle / 100), "USDC", decimals=0)
    stake = quantity(STAKE, "USDC", decimals=0)
    rate = ""
    if view.has(APY):
        yearly = quantiles(view.base.values[APY], (0.5,))[0]
        rate = f" or {quantity(yearly, '%', signed=True)} a year"
    ends = interval(
        quantity(STAKE * (1 + low / 100), "USDC", decimals=0),
        quantity(STAKE * (1 + high / 100), "USDC", decimals=0),
    )
    return Paragraph(
        (
            f"Of every {stake} put into {volt}{since}, the middle one of "
            f"{number(view.base.paths, 0)} simulated paths leaves ",
            held,
            f"{until}: ",
            f"{quantity(middle, '%', signed=True)}{rate}",
            f". Nine paths of ten end between {ends}.",
        ),
        "verdict",
    )


def loss_and_fall(view: RunView) -> list[tuple[str, str, str]]:
    """How often a path ends below the deposit, and how deep it falls on its way."""
    base = view.base
    facts: list[tuple[str, str, str]] = []
    returns = finite(base.values[TOTAL_RETURN])
    losing = int((returns < 0).sum())
    facts.append(
        (
            "Probability of a loss",
            probability(losing, returns.size),
            f"{number(losing, 0)} of {number(returns.size, 0)} paths end below the deposit",
        )
    )
    if view.has(DRAWDOWN):
        facts.append(fall_fact(view, DRAWDOWN, "Worst fall from a peak"))
    return facts
