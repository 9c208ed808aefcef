"""Replays the scenario ledgers of the ancestor's pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from replay.perps_pools import PoolReplay, picked
from voltcore import perps

Case = dict[str, Any]

ADMIN, ORACLE, LIQUIDATOR, LP, TRADER = 1, 2, 3, 10, 11

FEES = {
    "open_fee": "open_bps",
    "close_fee": "close_bps",
    "liq_fee": "liquidation_bps",
    "add_liq": "add_liquidity_bps",
    "rem_liq": "remove_liquidity_bps",
    "swap_in": "swap_in_bps",
    "swap_out": "swap_out_bps",
    "stable_swap_in": "stable_swap_in_bps",
    "stable_swap_out": "stable_swap_out_bps",
    "protocol_share": "protocol_share_bps",
    "ratio_mult": "ratio_multiplier_bps",
    "util_mult": "utilization_multiplier_bps",
    "fee_max": "fee_max_bps",
    "fee_optimal": "fee_optimal_bps",
    "fee_mode": "mode",
}
SETTINGS = {
    "decimals": "decimals",
    "stable": "is_stable",
    "use_ema": "use_ema",
    "aum_pnl": "use_unrealized_pnl_in_aum",
    "spread_long": "spread_long_bps",
    "spread_short": "spread_short_bps",
    "swap_spread": "swap_spread_bps",
    "min_lev": "min_initial_leverage_bps",
    "max_init_lev": "max_initial_leverage_bps",
    "max_lev": "max_leverage_bps",
    "payoff_mult": "max_payoff_multiplier_bps",
    "max_util": "max_utilization_bps",
    "max_pos_locked_usd": "max_position_locked_usd",
    "max_total_locked_usd": "max_total_locked_usd",
    "base_rate": "base_rate",
    "slope1": "slope1",
    "slope2": "slope2",
    "opt_util": "optimal_utilization",
}
ELSEWHERE = {"price", "ema", "expo", "ratios"}


def custody_config(name: str, given: Case) -> perps.BasketCustodyConfig:
    unknown = set(given) - set(FEES) - set(SETTINGS) - ELSEWHERE
    assert not unknown, f"unknown keys {unknown}"
    target, least, most = given.get("ratios", (5_000, 0, 10_000))
    return perps.BasketCustodyConfig(
        name=name,
        target_ratio_bps=target,
        min_ratio_bps=least,
        max_ratio_bps=most,
        fees=perps.BasketFees(**{ours: given[key] for key, ours in FEES.items() if key in given}),
        **{ours: given[key] for key, ours in SETTINGS.items() if key in given},
    )


class BasketReplay(PoolReplay):
    """One pool under the names of the files."""

    def __init__(self, config: Case) -> None:
        super().__init__()
        self.exponent = {name: c.get("expo", -6) for name, c in config["custodies"].items()}
        self.pool = perps.BasketPool(
            perps.BasketConfig(
                roles=perps.PoolRoles(admin=ADMIN, oracle=ORACLE, liquidators=(LIQUIDATOR,)),
                custodies=tuple(custody_config(n, c) for n, c in config["custodies"].items()),
            )
        )
        for name, given in config["custodies"].items():
            self.set_price(name, given["price"], given.get("ema"))

    def set_price(self, custody: str, price: int, ema: int | None = None) -> Case:
        self.pool.set_price(
            ORACLE, custody, price, self.now, ema=ema, exponent=self.exponent[custody]
        )
        return {}

    def open(self, a: Case) -> Case:
        receipt = self.pool.open(
            TRADER,
            a["custody"],
            a["side"],
            a["size"],
            a["collateral"],
            a["price"],
            self.now,
            collateral_custody=a["collateral_custody"],
        )
        return {
            "id": receipt.position_id,
            "entry_price": receipt.entry_price,
            "size_usd": receipt.size_usd,
            "collateral_usd": receipt.collateral_usd,
            "locked": receipt.locked_amount,
            "borrow_usd": receipt.borrow_size_usd,
            "fee": receipt.fee,
            "protocol_fee": receipt.protocol_fee,
        }

    def ledger(self) -> Case:
        state = self.pool.state()
        names = [config["name"] for config in state["configs"]]
        return {
            "now": self.now,
            "lp_supply": state["lp"]["total"],
            "custodies": {
                name: {
                    "owned": c["owned"],
                    "locked": c["locked"],
                    "collateral": c["collateral"],
                    "protocol_fees": c["protocol_fees"],
                    "rate": c["borrow_rate"],
                    "cum": c["cumulative_interest"],
                    "last": c["last_update"],
                    "balance": c["balance"],
                    "lp_fee_outside_owned": c["lp_fee_outside_owned"],
                }
                for name, c in zip(names, state["custodies"], strict=True)
            },
            "positions": {
                str(key): {
                    "side": ("long", "short")[p["side"]],
                    "price": p["price"],
                    "size_usd": p["size_usd"],
                    "borrow_usd": p["borrow_size_usd"],
                    "coll_usd": p["collateral_usd"],
                    "locked": p["locked_amount"],
                    "coll_amt": p["collateral_amount"],
                    "snap": p["cumulative_interest_snapshot"],
                }
                for key, p in ((k, h["position"]) for k, h in state["positions"].items())
            },
        }


CLOSED = {
    name: name for name in ("amount_out", "reward", "fee", "protocol_fee", "profit_usd", "loss_usd")
}

OPERATIONS: dict[str, Callable[[BasketReplay, Case], Case]] = {
    "warp": lambda r, a: r.warp(a["dt"]),
    "set_price": lambda r, a: r.set_price(a["custody"], a["price"], a.get("ema")),
    "update_aum": lambda r, _: {"aum_usd": r.pool.update_aum(LP, r.now)},
    "add_liquidity": lambda r, a: picked(
        r.pool.add_liquidity(LP, a["custody"], a["amount"], r.now, min_lp=a.get("min_lp", 0)),
        lp="lp",
        fee="fee",
        protocol_fee="protocol_fee",
    ),
    "remove_liquidity": lambda r, a: picked(
        r.pool.remove_liquidity(LP, a["custody"], a["lp"], r.now, min_amount=a.get("min_out", 0)),
        amount="amount",
        fee="fee",
        protocol_fee="protocol_fee",
    ),
    "swap": lambda r, a: picked(
        r.pool.swap(LP, a["cin"], a["cout"], a["amount"], r.now, min_amount=a.get("min_out", 0)),
        amount_out="amount_out",
        fee_in="fee_in",
        fee_out="fee_out",
    ),
    "open": BasketReplay.open,
    "close": lambda r, a: picked(r.pool.close(TRADER, a["id"], a["price"], r.now), **CLOSED),
    "liquidate": lambda r, a: picked(r.pool.liquidate(LIQUIDATOR, a["id"], r.now), **CLOSED),
    "add_collateral": lambda r, a: picked(
        r.pool.add_collateral(TRADER, a["id"], a["amount"], r.now), collateral_usd="value_usd"
    ),
    "remove_collateral": lambda r, a: picked(
        r.pool.remove_collateral(TRADER, a["id"], a["usd"], r.now), amount="amount"
    ),
}

BasketReplay.operations = OPERATIONS
