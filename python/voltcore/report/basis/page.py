"""The page of a basis run."""

from __future__ import annotations

from voltcore.report.basis.headline import headline
from voltcore.report.basis.market import market
from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.columns import column_tables
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces_with
from voltcore.report.sections.variants import variants
from voltcore.report.view import Assumption
from voltcore.report.volts.breakdown import COSTS, Flows, breakdown_of
from voltcore.report.volts.rebalances import rebalances_of
from voltcore.report.volts.returns import returns_with
from voltcore.report.volts.share_price import share_price_over

# From the deposit to the final value, in the order of the waterfall: column, words, sign.
FLOWS = Flows(
    (
        ("perp_pnl", "Long perp: price", 1),
        ("spot_pnl", "Short token: price", 1),
        ("funding", "Funding", 1),
        ("deposit_interest", "Interest on the proceeds", 1),
        ("borrow_interest", "Borrow cost", -1),
        *COSTS,
    ),
    "Basis: both legs' prices",
    "Both legs are worth the same at the oracle price, so what is left of their prices is the "
    "basis: what the perp cost more or less than its token when the volt traded.",
)

TRIGGERS = (
    ("rebalances_epoch_end", "The epoch of 168 h is over"),
    ("rebalances_leverage", "Leverage far from its target"),
    ("rebalances_hedge", "Net delta outside its band"),
)

MODEL = tuple(
    Assumption(f"model.{key}", "", "", description, basis, source)
    for key, description, basis, source in (
        (
            "closes",
            "every path passes through the real weekly closes of token and perp; between them the "
            "token is drawn so that the week's realised variance sets the size of its moves",
            "chosen",
            "keeps what happened and varies what only hourly data would show",
        ),
        (
            "basis",
            "the perp's distance from its token goes straight from one week's close to the next",
            "chosen",
            "the table has no more",
        ),
        (
            "funding",
            "a seventh of the week's funding is paid each day",
            "chosen",
            "the table has the sum of a week",
        ),
        (
            "banks",
            "others lend and borrow the same amounts all the time",
            "chosen",
            "rates move by the volt's own share and by interest alone",
        ),
        (
            "settling",
            "profits and losses of the perp are settled into cash before every cycle",
            "chosen",
            "anybody may settle them",
        ),
        (
            "liquidation",
            "in the first step with negative maintenance health both legs go at the oracle price, "
            "whole, for the liquidation fees; the path ends there",
            "chosen",
            "the venue's partial steps are left out",
        ),
    )
)

PAGE = Page(
    (
        headline,
        share_price_over("SOL"),
        market,
        breakdown_of(FLOWS),
        returns_with(),
        rebalances_of(
            TRIGGERS,
            "Each is a whole cycle: it takes the performance fee, trades both legs to their "
            "targets and starts a new epoch.",
        ),
        variants,
        traces_with("Each keeps the real closes of the weeks and differs inside them."),
        column_tables,
        assumptions,
        reproduction,
    ),
    MODEL,
)
