"""What a crab run says of each path, and the bins of its bands."""

from __future__ import annotations

from voltcore.sim.model import Column

USDC = 1_000_000

SHARE_PRICE_EDGES = tuple(10 ** (step / 200) for step in range(-200, 201))
EPOCH_RETURN_EDGES = tuple(step / 10 for step in range(-200, 201))
CR_EDGES = tuple(float(step) for step in range(100, 301, 2))

COLUMNS: tuple[Column, ...] = (
    Column("total_return", "float64", "%", "total return", "final share price over the first"),
    Column("apy", "float64", "%", "return a year", "compounded over the whole period"),
    Column("max_drawdown", "float64", "%", "largest fall from a peak", "share price at every hour"),
    Column(
        "min_cr",
        "int64",
        "%",
        "least collateralisation ratio",
        "every hour, before its trades; floor in basis points",
        scale=100,
        missing=2**63 - 1,
    ),
    Column("worst_epoch", "float64", "%", "worst epoch", "StartRound to StartRound"),
    Column("winning_epochs", "float64", "%", "epochs with a gain", "StartRound to StartRound"),
    Column("share_price", "uint64", "USDC", "final share price", "floor", scale=10**9),
    Column("deposit", "uint64", "USDC", "deposit", "scenario", scale=USDC, headline=False),
    Column("final_value", "uint64", "USDC", "final assets", "floor", scale=USDC),
    Column(
        "target_price_pnl",
        "int64",
        "USDC",
        "short squared perp: price",
        "index at the end, trades at the mid",
        scale=USDC,
    ),
    Column(
        "hedge_price_pnl",
        "int64",
        "USDC",
        "long hedge: price",
        "oracle price at the end, trades at the mid",
        scale=USDC,
    ),
    Column("target_funding", "int64", "USDC", "squared perp: funding", "received", scale=USDC),
    Column("hedge_funding", "int64", "USDC", "hedge: funding", "received", scale=USDC),
    Column("trading_cost", "int64", "USDC", "spread and impact", "fill to mid", scale=USDC),
    Column("taker_fees", "int64", "USDC", "exchange fees", "taker fee", scale=USDC),
    Column("performance_fees", "uint64", "USDC", "performance fees", "paid", scale=USDC),
    Column(
        "withdrawal_fees",
        "uint64",
        "USDC",
        "withdrawal fees",
        "paid; nobody leaves here",
        scale=USDC,
        headline=False,
    ),
    Column("aum_fees", "uint64", "USDC", "AUM fees", "paid", scale=USDC, headline=False),
    Column(
        "liquidation_cost",
        "int64",
        "USDC",
        "lost to a liquidation",
        "fee on both legs, less what the venue bears",
        scale=USDC,
        headline=False,
    ),
    Column(
        "rounding",
        "int64",
        "USDC",
        "rounding",
        "what whole native units and index units leave over; closes the sum exactly",
        scale=USDC,
        headline=False,
    ),
    Column("epochs", "uint32", "epochs", "finished epochs", "rounds of the volt"),
    Column(
        "rebalances_epoch_end", "uint32", "times", "rebalances: epoch over", "168 h, documented"
    ),
    Column("rebalances_cr", "uint32", "times", "rebalances: CR", "CR below 150 %, documented"),
    Column("rebalances_leverage", "uint32", "times", "rebalances: leverage", "far from its target"),
    Column(
        "rebalances_flows",
        "uint32",
        "times",
        "rebalances: flows",
        "large deposits or withdrawals; nobody moves here",
        headline=False,
    ),
    Column(
        "rebalances_hedge",
        "uint32",
        "times",
        "rebalances: hedge drift, whole cycle",
        "with hedge_only off",
        headline=False,
    ),
    Column(
        "hedge_only_rebalances",
        "uint32",
        "times",
        "rebalances: hedge leg only",
        "net delta outside its band",
    ),
    Column("loss", "bool", "", "ends below the deposit", "final assets < deposit"),
    Column("cr_below_150", "bool", "", "CR below 150 %", "at any hour"),
    Column("liquidated", "bool", "", "liquidated by the venue", "maintenance health < 0"),
    Column(
        "liquidated_hour",
        "int32",
        "h",
        "hour of the liquidation",
        "from 0",
        missing=-1,
        headline=False,
    ),
    Column("stopped", "bool", "", "stopped by a refusal", "chosen"),
    Column(
        "stopped_hour", "int32", "h", "hour of the refusal", "from 0", missing=-1, headline=False
    ),
    Column(
        "stopped_code",
        "uint16",
        "",
        "error code of the refusal",
        "0 if never",
        missing=0,
        headline=False,
    ),
)
