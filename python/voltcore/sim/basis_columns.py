"""The numbers of a path of the basis volt."""

from __future__ import annotations

from voltcore.sim.model import Column

__all__ = ["COLUMNS", "SHARE_PRICE_EDGES"]

USDC = 1_000_000
# Paths stay close together: bins of 0.23 % from a half to a double, of 1.2 % beyond. Nine digits
# leave out what the last bits of pow differ in.
SHARE_PRICE_EDGES = tuple(
    float(f"{10 ** (step / 1_000):.9g}")
    for step in range(-1_000, 1_001)
    if abs(step) <= 300 or step % 5 == 0
)


def _money(
    name: str, description: str, source: str, *, signed: bool = True, headline: bool = True
) -> Column:
    dtype = "int64" if signed else "uint64"
    return Column(name, dtype, "USDC", description, source, scale=USDC, headline=headline)


def _count(name: str, unit: str, description: str, source: str) -> Column:
    return Column(name, "uint32", unit, description, source)


def _end(name: str, dtype: str, unit: str, description: str, missing: int) -> Column:
    return Column(name, dtype, unit, description, "from 0", missing=missing, headline=False)


COLUMNS: tuple[Column, ...] = (
    Column("total_return", "float64", "%", "total return", "final share price over the first"),
    Column("apy", "float64", "%", "return a year", "compounded over the whole period"),
    Column("max_drawdown", "float64", "%", "largest fall from a peak", "share price at every step"),
    Column(
        "min_health",
        "int64",
        "%",
        "least maintenance health over equity",
        "every step with a position; toward zero in basis points",
        scale=100,
        missing=2**63 - 1,
    ),
    Column("worst_epoch", "float64", "%", "worst epoch", "StartRound to StartRound"),
    Column("winning_epochs", "float64", "%", "epochs with a gain", "StartRound to StartRound"),
    Column("time_in_position", "float64", "%", "time in the position", "of all steps"),
    Column("share_price", "uint64", "USDC", "final share price", "floor", scale=10**9),
    _money("deposit", "deposit", "scenario", signed=False, headline=False),
    _money("final_value", "final assets", "floor", signed=False),
    _money("perp_pnl", "long perp: price", "oracle at the end, trades at the mid", headline=False),
    _money(
        "spot_pnl",
        "short token: price",
        "oracle at the end, trades at the mid, interest left out",
        headline=False,
    ),
    _money("basis_pnl", "basis: both legs' prices", "what the perp gained on the token"),
    _money("funding", "funding", "received"),
    _money("borrow_interest", "borrow cost", "interest owed on the token"),
    _money("deposit_interest", "interest on the proceeds", "and on the deposit"),
    _money("trading_cost", "spread and impact", "fill to mid"),
    _money("taker_fees", "exchange fees", "both legs"),
    _money("performance_fees", "performance fees", "paid", signed=False),
    _money("withdrawal_fees", "withdrawal fees", "paid", signed=False, headline=False),
    _money("aum_fees", "AUM fees", "paid", signed=False, headline=False),
    _money("liquidation_cost", "lost to a liquidation", "fee on both legs", headline=False),
    _money(
        "rounding",
        "rounding",
        "what whole native units and index units leave over; closes the sum exactly",
        headline=False,
    ),
    _count("epochs", "epochs", "finished epochs", "rounds of the volt"),
    _count("entries", "times", "entries", "funding of the week before was negative"),
    _count("exits", "times", "exits", "funding of the week before was positive"),
    _count("rebalances_epoch_end", "times", "rebalances: epoch over", "168 h, documented"),
    _count("rebalances_leverage", "times", "rebalances: leverage", "far from its target"),
    _count("rebalances_hedge", "times", "rebalances: hedge drift", "±1 %, documented"),
    Column("loss", "bool", "", "ends below the deposit", "final assets < deposit"),
    Column("liquidated", "bool", "", "liquidated by the venue", "maintenance health < 0"),
    _end("liquidated_hour", "int32", "h", "hour of the liquidation", -1),
    Column("stopped", "bool", "", "stopped by a refusal", "chosen"),
    _end("stopped_hour", "int32", "h", "hour of the refusal", -1),
    _end("stopped_code", "uint16", "", "error code of the refusal", 0),
)
