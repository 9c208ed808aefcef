"""The page of a crab run."""

from __future__ import annotations

from voltcore.report.crab import names
from voltcore.report.crab.assumed import MODEL, variant_words
from voltcore.report.crab.collateral import collateral
from voltcore.report.crab.glossary import glossary
from voltcore.report.crab.headline import headline
from voltcore.report.crab.weekly import weekly
from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.columns import column_tables
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces_with
from voltcore.report.volts.breakdown import breakdown_of
from voltcore.report.volts.rebalances import rebalances_of
from voltcore.report.volts.returns import returns_with
from voltcore.report.volts.share_price import share_price_over

PAGE = Page(
    (
        headline,
        share_price_over("BTC"),
        returns_with(lambda view, name: variant_words(view, name)[0]),
        weekly,
        collateral,
        breakdown_of(names.FLOWS),
        rebalances_of(names.TRIGGERS, names.TRADING),
        traces_with("Each keeps the real closes of the weeks and differs inside them."),
        column_tables,
        glossary,
        assumptions,
        reproduction,
    ),
    MODEL,
)
