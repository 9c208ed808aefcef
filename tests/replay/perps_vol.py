"""Replays the scenario ledgers of the VolPerp pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from replay.perps_pools import PoolReplay, jump_of, picked
from voltcore import perps

Case = dict[str, Any]

SIGNERS = {"admin": 1, "crank": 2, "oracle": 3, "liquidator": 4, "lp": 10}
WINDOWS = ("1d", "1w", "2w", "30d", "60d", "90d")
SETTINGS = {
    "product": "product",
    "rate_mode": "rate_mode",
    "lock_covers": "lock_covers",
    "request_ttl": "max_request_execution_sec",
    "max_oracle_age": "max_oracle_age_sec",
    "lp_inventory": "lp_inventory",
}


class VolReplay(PoolReplay):
    """One pool under the names of the files."""

    def __init__(self, config: Case) -> None:
        unknown = set(config) - set(SETTINGS) - {"custodies", "limit", "fees", "oracle"}
        assert not unknown, f"unknown keys {unknown}"
        settings = {ours: config[theirs] for theirs, ours in SETTINGS.items() if theirs in config}
        settings.setdefault("rate_mode", "published")
        super().__init__()
        self.pool = perps.VolPool(
            perps.VolConfig(
                roles=perps.PoolRoles(
                    admin=SIGNERS["admin"],
                    keeper=SIGNERS["crank"],
                    oracle=SIGNERS["oracle"],
                    liquidators=(SIGNERS["liquidator"],),
                ),
                settings=perps.VolSettings(**settings),
                limit=perps.PoolLimit(**config.get("limit", {})),
                fees=perps.VolFees(**config.get("fees", {})),
                custodies=tuple(
                    perps.VolCustodyConfig(
                        name=name,
                        jump=jump_of(given.get("jump")),
                        limit=perps.PoolLimit(**given.get("limit", {})),
                    )
                    for name, given in config["custodies"].items()
                ),
            )
        )
        self.permissions = dict.fromkeys(config["custodies"], perps.VolPermissions())
        for window, quote in config.get("oracle", {}).items():
            self.set_oracle({"window": window, **quote})

    def signer(self, a: Case, role: str) -> int:
        name = a.get("signer", role)
        return SIGNERS.get(name) or self.owner(name)

    def set_oracle(self, a: Case) -> Case:
        self.pool.set_oracle(
            self.signer(a, "oracle"),
            a["window"],
            self.now,
            implied_volatility=a.get("iv"),
            realized_volatility=a.get("rv"),
        )
        return {}

    def set_permission(self, a: Case) -> Case:
        after = replace(self.permissions[a["custody"]], **{a["flag"]: a["value"]})
        self.pool.set_permissions(self.signer(a, "admin"), a["custody"], after, self.now)
        self.permissions[a["custody"]] = after
        return {}

    def fund_insurance(self, a: Case) -> Case:
        self.pool.fund_insurance(self.signer(a, "lp"), a["custody"], a["amount"], self.now)
        return {}

    def increase(self, a: Case) -> Case:
        return increased(
            self.pool.increase(
                self.owner(a["owner"]), a["custody"], a["window"], a["side"],
                a["size"], a["collateral"], self.now, **slippage(a),
            )
        )  # fmt: skip

    def decrease(self, a: Case) -> Case:
        return decreased(
            self.pool.decrease(
                self.owner(a["owner"]), a["custody"], a["window"], a["side"], self.now,
                **leaving(a), **slippage(a),
            )
        )  # fmt: skip

    def liquidate(self, a: Case) -> Case:
        receipt = self.pool.liquidate(
            self.signer(a, "liquidator"), self.owner(a["owner"]), a["custody"], a["window"],
            a["side"], self.now,
        )  # fmt: skip
        source = "insurance" if receipt.liquidator_from_insurance else "collateral"
        names = [
            "effective_collateral",
            "pnl",
            "owner_custody",
            "owner_insurance",
            "liquidator",
            "fee",
            "protocol",
            "pool",
            "insurance_fee",
            "reason",
        ]
        return {
            **picked(receipt, **{name: name for name in names}),
            "liquidator_source": source,
            "unpaid": receipt.profit.unpaid,
            "impairment": receipt.profit.impairment,
        }

    def create_request(self, a: Case) -> Case:
        owner, order = self.owner(a["owner"]), a["args"]
        market = (a["custody"], a["window"], a["side"])
        if a["action"] == "increase":
            self.pool.request_increase(
                owner, *market, order["size"], order["collateral"], self.now, **slippage(order)
            )
        elif a["action"] == "decrease":
            self.pool.request_decrease(
                owner, *market, self.now, **leaving(order), **slippage(order)
            )
        else:
            key = (a["custody"], owner, a["window"], a["side"])
            order = (1, 1, False, None, None)
            self.pool._core.create_request(owner, key, a["action"], order, self.now)
        return {}

    def execute_request(self, a: Case) -> Case:
        receipt = self.pool.execute_request(
            self.signer(a, "crank"), self.owner(a["owner"]), a["custody"], a["window"], a["side"],
            self.now,
        )  # fmt: skip
        if isinstance(receipt, perps.VolDecreaseReceipt):
            return decreased(receipt)
        return increased(receipt)

    def cancel_request(self, a: Case) -> Case:
        owner = self.owner(a["owner"])
        caller = self.signer(a, "crank") if "signer" in a else owner
        refund = self.pool.cancel_request(
            caller, owner, a["custody"], a["window"], a["side"], self.now
        )
        return {"refund": refund}

    def ledger(self) -> Case:
        state = self.pool.state()
        names = [config["name"] for config in state["configs"]]
        outstanding = state["lp"]["total"]
        same = [
            "insurance",
            "impairment_losses",
            "user_losses",
            "owned",
            "base",
            "locked",
            "longed",
            "shorted",
            "guaranteed_usd",
            "fee_reserves",
            "balance",
        ]
        return {
            "now": self.now,
            "lp_outstanding": outstanding,
            "lp_inventory": state["settings"]["lp_inventory"] - outstanding,
            "realized_fee_usd": state["realized_fee_usd"],
            "custodies": {
                name: {
                    **{key: c[key] for key in same},
                    "cum": c["cumulative"],
                    "last": c["last_updated"],
                    "rate": c["last_borrow_rate"],
                    "protocol": c["protocol_paid"],
                }
                for name, c in zip(names, state["custodies"], strict=True)
            },
            "positions": {
                self.position_name(p, names, WINDOWS[p["window"]]): {
                    "entry": p["entry"],
                    "size": p["size"],
                    "coll": p["collateral"],
                    "locked": p["locked_amount"],
                    "max_size": p["max_size"],
                    "mod": p["leverage_modifier_bps"],
                    "snap": p["snapshot"],
                }
                for p in state["positions"]
            },
        }


def slippage(a: Case) -> Case:
    return {key: a.get(key) for key in ("entry_value", "vol_slippage")}


def leaving(a: Case) -> Case:
    return {
        "size": a.get("size", 0),
        "collateral": a.get("collateral", 0),
        "entire": a.get("entire", False),
    }


def increased(receipt: Any) -> Case:
    names = [
        "size",
        "collateral",
        "entry",
        "fee",
        "borrow_fee",
        "insurance_contribution",
        "max_size",
        "leverage_modifier_bps",
    ]
    return {**picked(receipt, **{name: name for name in names}), "locked": receipt.locked_amount}


def decreased(receipt: Any) -> Case:
    names = ["pnl", "paid_custody", "paid_insurance", "fee", "borrow_fee", "insurance_contribution"]
    return {
        **picked(receipt, **{name: name for name in names}),
        "from_locked": receipt.profit.from_locked,
        "impairment": receipt.profit.impairment,
        "unpaid": receipt.profit.unpaid,
    }


OPERATIONS: dict[str, Callable[[VolReplay, Case], Case]] = {
    "warp": lambda r, a: r.warp(a["dt"]),
    "set_oracle": VolReplay.set_oracle,
    "set_permission": VolReplay.set_permission,
    "fund_insurance": VolReplay.fund_insurance,
    "deposit": lambda r, a: picked(
        r.pool.deposit(SIGNERS["lp"], a["custody"], a["amount"], r.now, min_lp=a.get("min_lp", 0)),
        lp="lp",
        fee="fee",
    ),
    "withdraw": lambda r, a: picked(
        r.pool.withdraw(
            SIGNERS["lp"], a["custody"], a["lp"], r.now, min_amount=a.get("min_out", 0)
        ),
        amount="amount",
        fee="fee",
    ),
    "clear_fee_reserves": lambda r, a: {
        "cleared": r.pool.clear_fee_reserves(r.signer(a, "admin"), a["custody"], r.now)
    },
    "increase": VolReplay.increase,
    "decrease": VolReplay.decrease,
    "liquidate": VolReplay.liquidate,
    "create_request": VolReplay.create_request,
    "execute_request": VolReplay.execute_request,
    "cancel_request": VolReplay.cancel_request,
}

VolReplay.operations = OPERATIONS
