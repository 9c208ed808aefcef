"""Replays `volts/order_book` on a whole venue with one perp market."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import msgspec

from voltcore import VoltcoreError, venues

Case = dict[str, Any]
ONE = 1 << 48
ADMIN = 1
TYPES = {"ioc": "immediate_or_cancel"}


class Desk:
    """The venue of one sequence; accounts are named and owned by their place in `users`."""

    def __init__(self, config: Case) -> None:
        perp = msgspec.structs.replace(
            venues.PerpMarketConfig.example(),
            init_leverage_bits=ONE,
            maint_leverage_bits=config["maint_lev"] * ONE,
            taker_fee_bits=round(Fraction(config["taker_fee"]) * ONE),
            maker_fee_bits=round(Fraction(config["maker_fee"]) * ONE),
        )
        limits = msgspec.structs.replace(
            venues.VenueLimits(),
            orders_per_side=config["max_side"],
            orders_per_account=config["max_orders"],
        )
        self.users: list[str] = config["users"]
        self.now: int = config["ts"]
        self.venue = venues.MarginVenue(
            venues.VenueConfig(
                admin=ADMIN,
                valid_interval=2**40,
                markets=(venues.MarketConfig(index=venues.IndexConfig(underlying=0), perp=perp),),
                tokens=(
                    venues.TokenConfig(
                        index=venues.QUOTE_TOKEN, curve=venues.InterestCurve.example()
                    ),
                ),
                enforce_health=False,
                limits=limits,
            ),
            self.now,
        )
        self.venue.set_price(ADMIN, 0, int(config["oracle_bits"]), self.now)
        self.venue.cache_prices(self.now)
        for account, _ in enumerate(self.users):
            self.venue.add_account(10 + account, self.now)

    def run(self, op: Case) -> Any:
        match op["op"]:
            case "clock":
                self.now = op["ts"]
                return None
            case "consume":
                return str(self.venue.consume_events(0, self.now, limit=op["count"]))
            case "funding":
                deltas = int(op["long_delta_bits"]), int(op["short_delta_bits"])
                return self.venue.adjust_funding(ADMIN, 0, *deltas, self.now)
            case "cancel":
                account = self.users.index(op["user"])
                return str(
                    self.venue.cancel_perp_order(10 + account, account, 0, op["id"], self.now)
                )
            case "place":
                return self.place(op)
            case unknown:
                raise ValueError(f"unknown operation {unknown!r}")

    def place(self, op: Case) -> Case:
        account = self.users.index(op["user"])
        receipt = self.venue.place_perp_order(
            10 + account,
            account,
            0,
            op["side"],
            int(op["price"]),
            int(op["base"]),
            self.now,
            type=TYPES.get(op["type"], op["type"]),
            quote_lots=int(op.get("quote", venues.NO_QUOTE_LIMIT)),
            limit=op.get("limit", 255),
            time_in_force=op.get("tif", 0),
            reduce_only=op.get("reduce_only", False),
        )
        return {
            "base": str(receipt.base_lots),
            "quote": str(receipt.quote_lots),
            "posted": str(receipt.posted_lots),
            "id": receipt.id,
        }

    def state(self) -> Case:
        held = self.venue.perp_book(0)
        perp = self.venue.market(0)["perp"]
        return {
            **{side: [self._row(row) for row in held["book"][side]] for side in ("bids", "asks")},
            "events": [self._event(event) for event in held["events"]["waiting"]],
            "long_funding_bits": str(perp["long_funding_bits"]),
            "short_funding_bits": str(perp["short_funding_bits"]),
            "fees_accrued_bits": str(perp["fees_accrued_bits"]),
            "open_interest": str(perp["open_interest"]),
            "accounts": {name: self._account(i) for i, name in enumerate(self.users)},
        }

    def _row(self, row: Case) -> list[Any]:
        return [
            row["id"],
            str(row["price_lots"]),
            str(row["size_lots"]),
            self.users[row["owner"]],
            row["expires"],
        ]

    def _event(self, event: Case) -> Case:
        side = ("bid", "ask")[event["side"]]
        maker, size = self.users[event["maker"]], str(event["size_lots"])
        if event["kind"] == 1:
            return {"type": "out", "owner": maker, "side": side, "id": event["id"], "size": size}
        return {
            "type": "fill",
            "taker_side": side,
            "taker": self.users[event["taker"]],
            "maker": maker,
            "id": event["id"],
            "price": str(event["price_lots"]),
            "size": size,
            "out": event["maker_out"],
        }

    def _account(self, account: int) -> Case:
        held = self.venue.perp_account(account, 0)
        return {
            "base": str(held.base_position),
            "quote_bits": str(held.quote_position_bits),
            "taker_base": str(held.taker_base),
            "taker_quote": str(held.taker_quote),
            "bids": str(held.bids_quantity),
            "asks": str(held.asks_quantity),
            "orders": self.venue.account(account)["open_orders"],
            "long_settled_bits": str(held.long_settled_funding_bits),
            "short_settled_bits": str(held.short_settled_funding_bits),
        }


def replay(document: Case) -> Iterator[tuple[str, str | None]]:
    """One outcome for each sequence; the first difference is its problem."""
    for case in document["cases"]:
        yield case["name"], _first_difference(case["input"], case["expect"])


def _first_difference(given: Case, expected: Case) -> str | None:
    desk = Desk(given["config"])
    for step, (op, result, state) in enumerate(
        zip(given["ops"], expected["results"], expected["states"], strict=True)
    ):
        try:
            got = {"ok": desk.run(op)}
        except VoltcoreError as error:
            got = {"err": error.onchain}
        if got != result:
            return f"step {step} {op}: {got}, not {result}"
        desk.venue.audit()
        now = desk.state()
        if now != state:
            names = [name for name in state if now[name] != state[name]]
            return f"step {step} {op}: {names[0]} is {now[names[0]]}, not {state[names[0]]}"
    return None
