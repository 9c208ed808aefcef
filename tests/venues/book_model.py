"""
One perp book with its accounts in plain Python, written from the rules and not from the C++.

Takes the operations of the `order_book` vectors and gives their results and states. Orders lie in
one list for each side, sorted anew after every change: slow and plain on purpose.
"""

from __future__ import annotations

from typing import Any

ONE = 1 << 48
MOST = 2**63 - 1
BASE_LOT, QUOTE_LOT = 100, 10

Case = dict[str, Any]


class RefusedError(Exception):
    """A refusal by its on-chain name."""


def refuse_unless(holds: bool, name: str) -> None:
    if not holds:
        raise RefusedError(name)


def divide(a: int, b: int) -> int:
    quotient = (abs(a) << 48) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


class BookModel:
    def __init__(self, config: Case) -> None:
        self.oracle = int(config["oracle_bits"])
        self.taker_fee, self.maker_fee = int(config["taker_bits"]), int(config["maker_bits"])
        leverage = config["maint_lev"] * ONE
        self.weights = {
            "ask": divide(leverage - ONE, leverage),
            "bid": divide(leverage + ONE, leverage),
        }
        self.max_side, self.max_orders = config["max_side"], config["max_orders"]
        self.now: int = config["ts"]
        self.next_id = 0
        self.sides: dict[str, list[Case]] = {"bid": [], "ask": []}
        self.events: list[Case] = []
        self.funding = [0, 0]
        self.fees = self.open_interest = 0
        self.accounts: dict[str, Case] = {
            name: dict.fromkeys(
                ("base", "quote", "taker_base", "taker_quote", "bid", "ask", "orders"), 0
            )
            | {"settled": [0, 0]}
            for name in config["users"]
        }

    def run(self, op: Case) -> Any:
        return getattr(self, op["op"])(op)

    def clock(self, op: Case) -> None:
        self.now = op["ts"]

    def funding_update(self, op: Case) -> None:
        self.funding[0] += int(op["long_delta_bits"])
        self.funding[1] += int(op["short_delta_bits"])

    def valid(self, order: Case) -> bool:
        return bool(order["expires"] == 0 or self.now < order["expires"])

    def sort(self) -> None:
        self.sides["bid"].sort(key=lambda order: (-order["price"], order["id"]))
        self.sides["ask"].sort(key=lambda order: (order["price"], order["id"]))

    def place(self, op: Case) -> Case:
        user, side, kind = op["user"], op["side"], op["type"]
        price, base = int(op["price"]), int(op["base"])
        quote, limit, tif = int(op.get("quote", MOST)), op.get("limit", 255), op.get("tif", 0)
        refuse_unless(price > 0 and base > 0 and quote > 0, "InvalidParam")
        refuse_unless(0 < limit <= 255 and 0 <= tif <= 255, "InvalidParam")
        buys = side == "bid"
        if op.get("reduce_only"):
            base = min(base, max(0, -self.position(user) if buys else self.position(user)))
            if base == 0:
                return {"base": "0", "quote": "0", "posted": "0", "id": None}
        opposite = self.sides["ask" if buys else "bid"]
        if kind == "market":
            price = MOST if buys else 1
        if kind == "post_only_slide":
            best = next((order for order in opposite if self.valid(order)), None)
            if best is not None:
                price = min(price, best["price"] - 1) if buys else max(price, best["price"] + 1)
            refuse_unless(price > 0, "InvalidParam")
        fills, drops, may_rest = self.meet(opposite, buys, kind, price, base, quote, limit)
        filled = sum(size for _, size in fills)
        paid = sum(size * order["price"] for order, size in fills)
        rest = 0
        if may_rest and kind in ("limit", "post_only", "post_only_slide"):
            rest = min(base - filled, (quote - paid) // price)
        ratio = divide(divide(price * QUOTE_LOT * ONE, BASE_LOT * ONE), self.oracle)
        if rest and (ratio > self.weights["bid"] if buys else ratio < self.weights["ask"]):
            rest = 0
        evicted = self.room(side, price, user) if rest else None
        account = self.accounts[user]
        sign = 1 if buys else -1
        account["taker_base"] += sign * filled
        account["taker_quote"] -= sign * paid
        native = QUOTE_LOT * paid * ONE
        fee = native * self.taker_fee >> 48
        account["quote"] -= fee
        self.fees += fee + (native * self.maker_fee >> 48)
        self.carry_out(user, side, opposite, fills, drops)
        if evicted is not None:
            self.drop(self.sides[side], evicted, side)
        if rest:
            order = {"id": self.next_id, "price": price, "size": rest, "owner": user}
            self.sides[side].append(order | {"expires": self.now + tif if tif else 0})
            self.sort()
            self.next_id += 1
            account[side] += rest
            account["orders"] += 1
        return {
            "base": str(filled),
            "quote": str(paid),
            "posted": str(rest),
            "id": self.next_id - 1 if rest else None,
        }

    def position(self, user: str) -> int:
        account = self.accounts[user]
        waiting = sum(
            event["size"] * (-1 if event["side"] == "bid" else 1)
            for event in self.events
            if event["type"] == "fill" and event["maker"] == user
        )
        return int(account["base"] + account["taker_base"] + waiting)

    def meet(
        self, opposite: list[Case], buys: bool, kind: str, price: int, base: int, quote: int,
        limit: int,
    ) -> tuple[list[tuple[Case, int]], list[Case], bool]:  # fmt: skip
        """Fills, expired orders to drop, and whether nothing that crosses is left."""
        fills: list[tuple[Case, int]] = []
        drops: list[Case] = []
        order_of_steps: list[Case] = []
        for resting in opposite:
            if not self.valid(resting):
                if len(drops) < 5:
                    drops.append(resting)
                    order_of_steps.append(resting)
                continue
            if (resting["price"] > price) if buys else (resting["price"] < price):
                break
            affordable = quote // resting["price"]
            if kind.startswith("post_only") or len(fills) == limit or affordable == 0:
                break
            size = min(base, resting["size"], affordable)
            fills.append((resting, size))
            order_of_steps.append(resting)
            base -= size
            quote -= size * resting["price"]
            if base == 0 or size == affordable:
                break
        self.steps = order_of_steps
        taken = {resting["id"]: size for resting, size in fills}
        crossing = [
            resting
            for resting in opposite
            if self.valid(resting)
            and ((resting["price"] <= price) if buys else (resting["price"] >= price))
            and resting["size"] > taken.get(resting["id"], 0)
        ]
        return fills, drops, not crossing

    def room(self, side: str, price: int, user: str) -> Case | None:
        """The order that must go, when the side is full."""
        mine = self.sides[side]
        worst = mine[-1] if len(mine) >= self.max_side else None
        if worst is not None:
            better = price > worst["price"] if side == "bid" else price < worst["price"]
            refuse_unless(better, "OutOfSpace")
        refuse_unless(self.accounts[user]["orders"] < self.max_orders, "TooManyOpenOrders")
        return worst

    def carry_out(
        self, user: str, side: str, opposite: list[Case], fills: list[tuple[Case, int]],
        drops: list[Case],
    ) -> None:  # fmt: skip
        sizes = {resting["id"]: size for resting, size in fills}
        for resting in self.steps:
            if resting in drops:
                self.drop(opposite, resting, "ask" if side == "bid" else "bid")
                continue
            size = sizes[resting["id"]]
            resting["size"] -= size
            fill = {"type": "fill", "side": side, "taker": user, "maker": resting["owner"]}
            fill |= {"id": resting["id"], "price": resting["price"], "size": size}
            self.events.append(fill | {"out": resting["size"] == 0})
            if resting["size"] == 0:
                opposite.remove(resting)

    def drop(self, orders: list[Case], order: Case, side: str) -> None:
        orders.remove(order)
        out = {"type": "out", "owner": order["owner"], "side": side}
        self.events.append(out | {"id": order["id"], "size": order["size"]})

    def cancel(self, op: Case) -> str:
        for side, orders in self.sides.items():
            for order in orders:
                if order["id"] != op["id"]:
                    continue
                refuse_unless(order["owner"] == op["user"], "InvalidOwner")
                orders.remove(order)
                account = self.accounts[op["user"]]
                account[side] -= order["size"]
                account["orders"] -= 1
                return str(order["size"])
        raise RefusedError("InvalidOrderId")

    def consume(self, op: Case) -> str:
        done = 0
        while self.events and done < op["count"]:
            event = self.events.pop(0)
            done += 1
            if event["type"] == "out":
                account = self.accounts[event["owner"]]
                account[event["side"]] -= event["size"]
                account["orders"] -= 1
                continue
            sign = 1 if event["side"] == "bid" else -1
            native = QUOTE_LOT * event["price"] * event["size"] * ONE
            maker, taker = self.accounts[event["maker"]], self.accounts[event["taker"]]
            maker["ask" if sign == 1 else "bid"] -= event["size"]
            maker["orders"] -= event["out"]
            self.move(maker, -sign * event["size"], sign * native)
            maker["quote"] -= native * self.maker_fee >> 48
            taker["taker_base"] -= sign * event["size"]
            taker["taker_quote"] += sign * event["price"] * event["size"]
            self.move(taker, sign * event["size"], -sign * native)
        return str(done)

    def move(self, account: Case, base: int, quote: int) -> None:
        held = account["base"]
        which = 0 if held > 0 else 1
        account["quote"] -= (self.funding[which] - account["settled"][which]) * held
        account["settled"] = list(self.funding)
        self.open_interest += abs(held + base) - abs(held)
        account["base"] += base
        account["quote"] += quote

    def state(self) -> Case:
        def rows(side: str) -> list[list[Any]]:
            return [
                [o["id"], str(o["price"]), str(o["size"]), o["owner"], o["expires"]]
                for o in self.sides[side]
            ]

        def event(e: Case) -> Case:
            out = e | {"size": str(e["size"])}
            if e["type"] == "fill":
                out |= {"taker_side": out.pop("side"), "price": str(e["price"])}
            return out

        def account(a: Case) -> Case:
            return {
                "base": str(a["base"]),
                "quote_bits": str(a["quote"]),
                "taker_base": str(a["taker_base"]),
                "taker_quote": str(a["taker_quote"]),
                "bids": str(a["bid"]),
                "asks": str(a["ask"]),
                "orders": a["orders"],
                "long_settled_bits": str(a["settled"][0]),
                "short_settled_bits": str(a["settled"][1]),
            }

        return {
            "bids": rows("bid"),
            "asks": rows("ask"),
            "events": [event(e) for e in self.events],
            "long_funding_bits": str(self.funding[0]),
            "short_funding_bits": str(self.funding[1]),
            "fees_accrued_bits": str(self.fees),
            "open_interest": str(self.open_interest),
            "accounts": {name: account(a) for name, a in self.accounts.items()},
        }
