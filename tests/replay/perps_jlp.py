"""Replays the scenario ledgers of the JLP pool."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from replay.perps_pools import PoolReplay, jump_of, picked
from voltcore import perps

Case = dict[str, Any]

ADMIN, KEEPER, ORACLE, LIQUIDATOR, LP = 1, 2, 3, 4, 10

SETTINGS = {
    name: name
    for name in (
        "swap_bps",
        "tax_bps",
        "stable_swap_bps",
        "stable_swap_tax_bps",
        "swap_multiplier",
        "stable_swap_multiplier",
        "add_remove_bps",
        "protocol_share_bps",
        "max_aum_usd",
        "weight_buffer_bps",
        "max_position_usd",
        "surplus",
    )
} | {"max_request_sec": "max_request_execution_sec"}
CUSTODY = {
    "decimals": "decimals",
    "stable": "is_stable",
    "target_bps": "target_bps",
    "increase_bps": "increase_bps",
    "decrease_bps": "decrease_bps",
    "scalar": "trade_impact_fee_scalar",
    "max_lev": "max_leverage_bps",
    "max_long": "max_global_long_usd",
    "max_short": "max_global_short_usd",
    "dbps": "hourly_funding_dbps",
    "owned": "seed_owned",
    "fees_reserves": "seed_fees_reserves",
}
ELSEWHERE = {"price", "jump", "balance", "custodies"}


def renamed(given: Case, names: dict[str, str]) -> Case:
    unknown = set(given) - set(names) - ELSEWHERE
    assert not unknown, f"unknown keys {unknown}"
    return {ours: given[theirs] for theirs, ours in names.items() if theirs in given}


class JlpReplay(PoolReplay):
    """One pool under the names of the files."""

    def __init__(self, config: Case) -> None:
        super().__init__()
        self.requests: dict[str, str] = {}
        self.pool = perps.JlpPool(
            perps.JlpConfig(
                roles=perps.PoolRoles(
                    admin=ADMIN, keeper=KEEPER, oracle=ORACLE, liquidators=(LIQUIDATOR,)
                ),
                settings=perps.JlpSettings(**renamed(config, SETTINGS)),
                custodies=tuple(
                    perps.JlpCustodyConfig(
                        name=name, jump=jump_of(given.get("jump")), **renamed(given, CUSTODY)
                    )
                    for name, given in config["custodies"].items()
                ),
            )
        )
        self.permissions = dict.fromkeys(config["custodies"], perps.JlpPermissions())
        for name, given in config["custodies"].items():
            self.pool.set_price(ORACLE, name, given.get("price", 1_000_000), 0)

    def set_permission(self, a: Case) -> Case:
        after = replace(self.permissions[a["custody"]], **{a["flag"]: a["value"]})
        self.pool.set_permissions(ADMIN, a["custody"], after, self.now)
        self.permissions[a["custody"]] = after
        return {}

    def increase(self, a: Case) -> Case:
        return increased(
            self.pool.increase(
                self.owner(a["owner"]),
                a["custody"],
                a["side"],
                a["size_usd"],
                a["collateral"],
                self.now,
                **limits(a),
            )
        )

    def decrease(self, a: Case) -> Case:
        return decreased(
            self.pool.decrease(
                self.owner(a["owner"]), a["custody"], a["side"], self.now, **leaving(a), **limits(a)
            )
        )

    def liquidate(self, a: Case) -> Case:
        return decreased(
            self.pool.liquidate(
                LIQUIDATOR,
                self.owner(a["owner"]),
                a["custody"],
                a["side"],
                self.now,
                collateral_custody=a.get("collateral_custody"),
            )
        )

    def request(self, a: Case) -> Case:
        trade, key = a["args"], zlib.crc32(str(a["request_id"]).encode())
        owner = self.owner(trade["owner"])
        trigger = {"trigger": a.get("trigger"), "above": a.get("above")}
        if a["action"] == "increase":
            self.pool.request_increase(
                owner, key, trade["custody"], trade["side"], trade["size_usd"],
                trade["collateral"], self.now, **limits(trade), **trigger,
            )  # fmt: skip
        elif a["action"] == "decrease":
            self.pool.request_decrease(
                owner, key, trade["custody"], trade["side"], self.now,
                **leaving(trade), **limits(trade), **trigger,
            )  # fmt: skip
        else:
            named = (trade["custody"], trade["custody"], trade["side"], 1, 0, False, 0)
            self.pool._core.request(owner, key, a["action"], named, None, None, self.now)
        return {}

    def execute(self, a: Case) -> Case:
        receipt = self.pool.execute(KEEPER, zlib.crc32(str(a["request_id"]).encode()), self.now)
        if isinstance(receipt, perps.JlpDecreaseReceipt):
            return decreased(receipt)
        return increased(receipt)

    def cancel(self, a: Case) -> Case:
        key = zlib.crc32(str(a["request_id"]).encode())
        return {"refund": self.pool.cancel(KEEPER, key, self.now)}

    def ledger(self) -> Case:
        state = self.pool.state()
        names = [config["name"] for config in state["configs"]]
        return {
            "now": self.now,
            "lp_supply": state["lp"]["total"],
            "aum_usd": self.pool.aum(self.now),
            "custodies": {
                name: {
                    "owned": c["owned"],
                    "locked": c["locked"],
                    "fees_reserves": c["fees_reserves"],
                    "guaranteed_usd": c["guaranteed_usd"],
                    "short_sizes": c["global_short_sizes"],
                    "short_avg": c["global_short_average_prices"],
                    "trader_collateral": c["trader_collateral"],
                    "cum": c["cumulative"],
                    "last": c["last_update"],
                    "balance": c["balance"],
                    "protocol_paid": c["protocol_paid"],
                }
                for name, c in zip(names, state["custodies"], strict=True)
            },
            "positions": {
                self.position_name(p, names, names[p["collateral_custody"]]): {
                    "price": p["price"],
                    "size_usd": p["size_usd"],
                    "coll_usd": p["collateral_usd"],
                    "locked": p["locked_amount"],
                    "snap": p["snapshot"],
                    "coll_amt": p["collateral_tokens"],
                    "realised": p["realised_pnl_usd"],
                }
                for p in state["positions"]
            },
        }


def limits(a: Case) -> Case:
    return {
        "collateral_custody": a.get("collateral_custody"),
        "price_slippage": a.get("price_slippage", 0),
    }


def leaving(a: Case) -> Case:
    return {
        "size_usd": a.get("size_usd", 0),
        "collateral_usd": a.get("collateral_usd", 0),
        "entire": a.get("entire", False),
    }


def increased(receipt: Any) -> Case:
    return picked(
        receipt,
        entry_price="entry_price",
        position_fee_usd="position_fee_usd",
        borrow_fee_usd="borrow_fee_usd",
        fee_tokens="fee_tokens",
        size_usd="size_usd",
        collateral_usd="collateral_usd",
        locked="locked_amount",
    )


def decreased(receipt: Any) -> Case:
    return picked(receipt, **{name: name for name in perps.JlpDecreaseReceipt.__struct_fields__})


OPERATIONS: dict[str, Callable[[JlpReplay, Case], Case]] = {
    "warp": lambda r, a: r.warp(a["dt"]),
    "set_price": lambda r, a: r.pool.set_price(ORACLE, a["custody"], a["price"], r.now) or {},
    "set_permission": JlpReplay.set_permission,
    "mint": lambda r, a: picked(
        r.pool.mint(LP, a["custody"], a["amount"], r.now, min_lp=a.get("min_lp", 0)),
        lp="lp",
        fee_bps="fee_bps",
        fee="fee",
    ),
    "burn": lambda r, a: picked(
        r.pool.burn(LP, a["custody"], a["lp"], r.now, min_amount=a.get("min_out", 0)),
        amount="amount",
        fee_bps="fee_bps",
        fee="fee",
    ),
    "swap": lambda r, a: picked(
        r.pool.swap(LP, a["cin"], a["cout"], a["amount"], r.now, min_amount=a.get("min_out", 0)),
        amount_out="amount_out",
        fee_bps="fee_bps",
        fee="fee",
    ),
    "increase": JlpReplay.increase,
    "decrease": JlpReplay.decrease,
    "liquidate": JlpReplay.liquidate,
    "distribute_fees": lambda r, a: picked(
        r.pool.distribute_fees(KEEPER, a["custody"], r.now),
        to_pool="to_pool",
        to_protocol="to_protocol",
    ),
    "request": JlpReplay.request,
    "execute": JlpReplay.execute,
    "cancel": JlpReplay.cancel,
}

JlpReplay.operations = OPERATIONS
