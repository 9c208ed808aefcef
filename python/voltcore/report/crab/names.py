"""What the crab's columns, bands, series and traces are called."""

from __future__ import annotations

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
FLOWS = (
    ("target_price_pnl", "Short squared perp: price", 1),
    ("hedge_price_pnl", "Long hedge: price", 1),
    ("target_funding", "Squared perp: funding", 1),
    ("hedge_funding", "Hedge: funding", 1),
    ("trading_cost", "Spread and impact", -1),
    ("taker_fees", "Exchange fees", -1),
    ("performance_fees", "Performance fee", -1),
    ("withdrawal_fees", "Withdrawal fee", -1),
    ("aum_fees", "Management fee", -1),
    ("liquidation_cost", "Lost to a liquidation", -1),
    ("rounding", "Rounding", 1),
)
PRICES = ("target_price_pnl", "hedge_price_pnl")
BOTH_PRICES = "Prices: short and hedge"
DEPOSIT = "deposit"
FINAL = "final_value"

TRIGGERS = (
    ("rebalances_epoch_end", "The epoch of 168 h is over"),
    ("rebalances_cr", "CR below its line"),
    ("rebalances_leverage", "Leverage far from its target"),
    ("rebalances_flows", "Many deposits or withdrawals"),
    ("rebalances_hedge", "Hedge drift, whole cycle"),
    ("hedge_only_rebalances", "Hedge drift, hedge leg only"),
)
