"""
A spot book with its open-orders accounts in plain Python, written from the rules.

Orders lie in one list for each side, sorted anew after every change; amounts are unbounded ints.
Nothing here knows of banks or health: the tests give everybody enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any


class RefusedError(Exception):
    """A refusal by its on-chain name."""


@dataclass
class Order:
    id: int
    owner: int
    price: int
    size: int


@dataclass
class Purse:
    """What an account has inside the market."""

    base_free: int = 0
    base_total: int = 0
    quote_free: int = 0
    quote_total: int = 0
    rebates: int = 0
    orders: int = 0


@dataclass
class SpotModel:
    base_lot: int
    quote_lot: int
    fee_bps: int
    rebate_bps: int
    people: int
    books: dict[str, list[Order]] = field(default_factory=lambda: {"bid": [], "ask": []})
    events: list[tuple[str, bool, int, Order, int]] = field(default_factory=list)
    fees_accrued: int = 0
    base_vault: int = 0
    quote_vault: int = 0

    def __post_init__(self) -> None:
        self.purses = [Purse() for _ in range(self.people)]
        self.ids = count()

    def worth(self, price: int, size: int) -> int:
        return price * size * self.quote_lot

    def fee(self, quote: int) -> int:
        return -(-quote * self.fee_bps // 10_000)

    def lock(self, side: str, kind: str, price: int, size: int, limit: int, most: int) -> int:
        """An ask brings its base; a bid its quote and every fee that could be due."""
        if side == "ask":
            return size * self.base_lot
        quote = self.worth(price, size)
        if kind != "post_only" and self.fee_bps:
            quote += self.fee(quote) + min(limit, size) - 1
        return min(quote, most)

    def place(
        self, who: int, side: str, kind: str, price: int, size: int, own: str, limit: int, most: int
    ) -> dict[str, Any]:
        other = "ask" if side == "bid" else "bid"
        locked = self.lock(side, kind, price, size, limit, most)
        budget, left = locked, size
        fills: list[tuple[Order, int, int]] = []
        shrunk: list[tuple[Order, int]] = []
        rests = kind != "immediate_or_cancel"
        for order in list(self.books[other]):
            if left == 0 or (order.price > price if side == "bid" else order.price < price):
                break
            if kind == "post_only" or len(fills) + len(shrunk) == limit:
                rests = False
                break
            if order.owner == who and own == "abort":
                raise RefusedError("WouldSelfTrade")
            if order.owner == who and own == "cancel_provide":
                shrunk.append((order, order.size))
                continue
            lots = min(left, order.size)
            if order.owner == who:
                shrunk.append((order, lots))
                left -= lots
                continue
            wanted = lots
            if side == "bid":
                while (
                    lots
                    and self.worth(order.price, lots) + self.fee(self.worth(order.price, lots))
                    > budget
                ):
                    # The most whose cost and fee the budget pays, found without a formula.
                    unit = self.worth(order.price, 1)
                    lots = min(lots - 1, budget // unit)
            if lots == 0:
                rests = False
                break
            quote = self.worth(order.price, lots)
            fee = self.fee(quote)
            fills.append((order, lots, fee))
            left -= lots
            if side == "bid":
                budget -= quote + fee
            if lots < wanted:
                rests = False
                break
        posted = 0
        if rests and left:
            posted = min(left, budget // self.worth(price, 1)) if side == "bid" else left
        self.pay_in(who, side, price, locked, budget, fills, posted)
        for order, lots in shrunk:
            self.shrink(order, lots, other)
        for order, lots, fee in fills:
            order.size -= lots
            gone = order.size == 0
            self.events.append(
                (side, gone, who, Order(order.id, order.owner, order.price, lots), fee)
            )
        self.books[other] = [order for order in self.books[other] if order.size]
        placed = None
        if posted:
            placed = next(self.ids)
            self.books[side].append(Order(placed, who, price, posted))
            sign = -1 if side == "bid" else 1
            self.books[side].sort(key=lambda order: (sign * order.price, order.id))
            self.purses[who].orders += 1
        return {
            "base_lots": sum(lots for _, lots, _ in fills),
            "quote": sum(self.worth(order.price, lots) for order, lots, _ in fills),
            "fee": sum(fee for _, _, fee in fills),
            "posted_lots": posted,
            "id": placed,
            "locked": locked,
        }

    def pay_in(
        self,
        who: int,
        side: str,
        price: int,
        locked: int,
        budget: int,
        fills: list[tuple[Order, int, int]],
        posted: int,
    ) -> None:
        """The lock comes out of free funds first; what neither fills nor rests is free again."""
        purse = self.purses[who]
        name = "quote" if side == "bid" else "base"
        free = getattr(purse, f"{name}_free")
        new = locked - min(free, locked)
        if side == "bid":
            kept = (locked - budget) + self.worth(price, posted)
        else:
            kept = (sum(lots for _, lots, _ in fills) + posted) * self.base_lot
        setattr(purse, f"{name}_free", free - min(free, locked) + locked - kept)
        setattr(purse, f"{name}_total", getattr(purse, f"{name}_total") + new)
        setattr(self, f"{name}_vault", getattr(self, f"{name}_vault") + new)

    def shrink(self, order: Order, lots: int, side: str) -> None:
        """Lots of a resting order leave without a trade; what they locked is free."""
        purse = self.purses[order.owner]
        if side == "bid":
            purse.quote_free += self.worth(order.price, lots)
        else:
            purse.base_free += lots * self.base_lot
        order.size -= lots
        if order.size == 0:
            purse.orders -= 1

    def cancel(self, who: int, order_id: int) -> int:
        for side, orders in self.books.items():
            for order in orders:
                if order.id != order_id:
                    continue
                if order.owner != who:
                    raise RefusedError("InvalidOwner")
                lots = order.size
                self.shrink(order, lots, side)
                orders.remove(order)
                return lots
        raise RefusedError("InvalidOrderId")

    def consume(self, limit: int) -> int:
        done = self.events[:limit]
        del self.events[:limit]
        for side, gone, who, filled, fee in done:
            taker, maker = self.purses[who], self.purses[filled.owner]
            maker.orders -= gone
            base, quote = filled.size * self.base_lot, self.worth(filled.price, filled.size)
            rebate = quote * self.rebate_bps // 10_000
            if side == "bid":
                taker.quote_total -= quote + fee
                taker.base_total += base
                taker.base_free += base
                maker.base_total -= base
                maker.quote_total += quote
                maker.quote_free += quote
            else:
                taker.base_total -= base
                taker.quote_total += quote - fee
                taker.quote_free += quote - fee
                maker.quote_total -= quote
                maker.base_total += base
                maker.base_free += base
            maker.rebates += rebate
            self.fees_accrued += fee - rebate
        return len(done)

    def settle(self, who: int) -> tuple[int, int]:
        purse = self.purses[who]
        base, quote = purse.base_free, purse.quote_free + purse.rebates
        purse.base_total -= base
        purse.quote_total -= purse.quote_free
        purse.base_free = purse.quote_free = purse.rebates = 0
        self.base_vault -= base
        self.quote_vault -= quote
        return base, quote
