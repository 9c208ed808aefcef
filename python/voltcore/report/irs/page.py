"""The page of a rates run."""

from __future__ import annotations

from voltcore.report.irs.headline import headline
from voltcore.report.irs.leverage import leverage
from voltcore.report.irs.rates import headroom, rates
from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.columns import column_tables
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.view import Assumption

MODEL = tuple(
    Assumption(f"model.{key}", "", "", description, basis, source)
    for key, description, basis, source in (
        (
            "index",
            "the index compounds at the mean of the rates before and after each step",
            "chosen",
            "before the term the rate has been the starting one throughout the look-back window",
        ),
        (
            "market taker",
            "at every step a large taker trades the fixed rate to its view of the variable rate",
            "chosen",
            "its margin never binds; the range of the market's liquidity bounds it",
        ),
        (
            "positions",
            "opened at the start, each at the same fixed rate; only liquidation changes them",
            "chosen",
            "nobody adds margin",
        ),
        (
            "keeper",
            "looks at every step and liquidates whatever the engine allows",
            "chosen",
            "a keeper that is never late",
        ),
        (
            "equity",
            "margin plus the cashflow accrued so far",
            "chosen",
            "what would be settled if the term ended now",
        ),
        (
            "LVaR and IVaR",
            "circular block bootstrap of (m0 - LM)/m0 and (pnl + m0)/m0; mean less z deviations",
            "documented",
            "the protocol's risk engine; beside it the quantile over paths",
        ),
    )
)

PAGE = Page((headline, leverage, rates, headroom, column_tables, assumptions, reproduction), MODEL)
