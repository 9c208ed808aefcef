"""What the crab's columns, bands, series and traces are called, and its variants in words."""

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
DEPOSIT = "deposit"
FINAL = "final_value"

TRIGGERS = (
    ("rebalances_epoch_end", "The epoch of 168 h is over"),
    ("rebalances_cr", "CR below 150 %"),
    ("rebalances_leverage", "Leverage far from its target"),
    ("rebalances_flows", "Many deposits or withdrawals"),
    ("rebalances_hedge", "Hedge drift, whole cycle"),
    ("hedge_only_rebalances", "Hedge drift, hedge leg only"),
)

# Variant -> (short, what is different).
VARIANTS = {
    "base": ("Base: premium 1.25", "funding = 1.25 × past variance + carry"),
    "k1": ("No premium: 1.00", "funding = past variance + carry"),
    "constant_28bps": ("Constant 28 bps a day", "the rate of the public example, whatever happens"),
    "no_carry": ("Without the carry", "funding = 1.25 × past variance alone"),
}


def variant_words(name: str) -> tuple[str, str]:
    """A short and a longer name of a variant; an unknown one keeps its own."""
    return VARIANTS.get(name, (name.replace("_", " "), ""))
