"""The page of a crab run."""

from __future__ import annotations

from voltcore.report.crab.assumed import MODEL
from voltcore.report.crab.breakdown import breakdown
from voltcore.report.crab.collateral import collateral
from voltcore.report.crab.glossary import glossary
from voltcore.report.crab.headline import headline
from voltcore.report.crab.rebalances import rebalances
from voltcore.report.crab.returns import returns
from voltcore.report.crab.share_price import share_price
from voltcore.report.crab.weekly import weekly
from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.columns import column_tables
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces_with

PAGE = Page(
    (
        headline,
        share_price,
        returns,
        weekly,
        collateral,
        breakdown,
        rebalances,
        traces_with("Each keeps the real closes of the weeks and differs inside them."),
        column_tables,
        glossary,
        assumptions,
        reproduction,
    ),
    MODEL,
)
