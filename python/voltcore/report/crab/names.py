"""What the crab's columns, bands, series and traces are called."""

from __future__ import annotations

from voltcore.report.volts.breakdown import COSTS, Flows

TOTAL_RETURN = "total_return"
APY = "apy"
DRAWDOWN = "max_drawdown"
LEAST_CR = "min_cr"
CR_BELOW = "cr_below_150"
LIQUIDATED = "liquidated"
LOSS = "loss"

SHARE_PRICE = "share_price"
EPOCH_RETURN = "epoch_return"
CR = "cr"
CLOSE = "close"
FUNDING = "funding"

# From the deposit to the final value, in the order of the waterfall: column, words, sign.
FLOWS = Flows(
    (
        ("target_price_pnl", "Short squared perp: price", 1),
        ("hedge_price_pnl", "Long hedge: price", 1),
        ("target_funding", "Squared perp: funding", 1),
        ("hedge_funding", "Hedge: funding", 1),
        *COSTS,
    ),
    "Prices: short and hedge",
    "The hedge gives back what the short loses to a straight move; what is left of both prices is "
    "the cost of the squares of the moves.",
)

TRIGGERS = (
    ("rebalances_epoch_end", "The epoch of 168 h is over"),
    ("rebalances_cr", "CR below its line"),
    ("rebalances_leverage", "Leverage far from its target"),
    ("rebalances_flows", "Many deposits or withdrawals"),
    ("rebalances_hedge", "Hedge drift, whole cycle"),
    ("hedge_only_rebalances", "Hedge drift, hedge leg only"),
)

TRADING = (
    "A whole cycle charges the performance fee and starts a new epoch; a hedge-only rebalance just "
    "brings the hedge back to the delta of the short, at the cost of the trade."
)
