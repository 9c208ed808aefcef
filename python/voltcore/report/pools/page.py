"""The page of the stress runs of both perps pools."""

from __future__ import annotations

from voltcore.report.pages import Page
from voltcore.report.pools.breakdown import breakdown
from voltcore.report.pools.headline import headline
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.bands import bands
from voltcore.report.sections.columns import columns
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces
from voltcore.report.view import Assumption

MODEL = tuple(
    Assumption(f"model.{key}", "", "", description, "chosen", source)
    for key, description, source in (
        ("traders", "open once and close whole", "no partial closes, no added collateral"),
        ("refusals", "an opening that the pool refuses is counted and forgotten", ""),
        ("collateral", "paid in the token that the pool wants", "no swap before a trade"),
        ("fees", "distributed or cleared once a day", "as the keepers do"),
        ("order", "prices, due closes, liquidations, openings", "in each step"),
        ("oracle", "nobody trades on its delay", "the flow does not see the true price"),
        ("bad debt", "liquidations are at the published price", "no slippage of the keeper"),
    )
)

PAGE = Page((headline, breakdown, bands, columns, traces, assumptions, reproduction), MODEL)
