"""The book of a perp market against the model of it, operation by operation."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from case_counts import cases
from replay.venue_book import Desk
from venues import book_model
from voltcore import VoltcoreError

USERS = ("ann", "ben", "cat")
ONE = 1 << 48
# 40 000 quote per base: a tick is 0.1, so that the oracle stands at 400 000 lots.
ORACLE_LOTS = 400

TYPES = ("limit", "limit", "ioc", "market", "post_only", "post_only_slide")
prices = st.one_of(
    st.integers(ORACLE_LOTS - 6, ORACLE_LOTS + 6),
    st.sampled_from([1, 2, 300, 500, 2**40, 0, -1, 2**63 - 1]),
)
sizes = st.one_of(st.integers(1, 40), st.sampled_from([0, -3, 2**62, 2**63 - 1]))
placing = st.fixed_dictionaries(
    {
        "op": st.just("place"),
        "user": st.sampled_from(USERS),
        "side": st.sampled_from(("bid", "ask")),
        "type": st.sampled_from(TYPES),
        "price": prices.map(str),
        "base": sizes.map(str),
    },
    optional={
        "quote": st.sampled_from((1, 399, 4_000, 20_000, 2**62, 0)).map(str),
        "limit": st.sampled_from((1, 2, 255, 256, 0)),
        "tif": st.sampled_from((0, 1, 7, 255, 256)),
        "reduce_only": st.booleans(),
    },
)
operations = st.one_of(
    placing,
    placing,
    placing,
    st.fixed_dictionaries(
        {"op": st.just("cancel"), "user": st.sampled_from(USERS), "id": st.integers(0, 25)}
    ),
    st.fixed_dictionaries({"op": st.just("consume"), "count": st.integers(0, 8)}),
    st.fixed_dictionaries({"op": st.just("clock"), "after": st.integers(0, 9)}),
    st.fixed_dictionaries(
        {
            "op": st.just("funding"),
            "long_delta_bits": st.integers(-(2**60), 2**60).map(str),
            "short_delta_bits": st.integers(-(2**60), 2**60).map(str),
        }
    ),
)
configurations = st.fixed_dictionaries(
    {
        "oracle_bits": st.just(str(ORACLE_LOTS * ONE // 10)),
        "taker_fee": st.sampled_from(("0", "0.01", "0.0005")),
        "maker_fee": st.sampled_from(("0", "0.01", "-0.0003")),
        "maint_lev": st.sampled_from((2, 20)),
        "max_side": st.integers(1, 5),
        "max_orders": st.integers(1, 6),
        "users": st.just(list(USERS)),
        "ts": st.just(1_000),
    }
).filter(lambda c: Fraction(c["taker_fee"]) + Fraction(c["maker_fee"]) >= 0)


def outcome(run: Any, op: dict[str, Any], now: int) -> dict[str, Any]:
    given_op = {**op, "ts": now + op.get("after", 0)} if op["op"] == "clock" else op
    try:
        return {"ok": run(given_op)}
    except VoltcoreError as error:
        return {"err": error.onchain}
    except book_model.RefusedError as error:
        return {"err": str(error)}


def compare(config: dict[str, Any], ops: list[dict[str, Any]], every: int = 1) -> Counter[str]:
    """Same results, same states, sound books, nothing changed by a refusal; what happened.

    States are looked at after every `every`-th operation and after the last ten.
    """
    bits = {
        f"{who}_bits": round(Fraction(config[f"{who}_fee"]) * ONE) for who in ("taker", "maker")
    }
    desk, model = Desk(config), book_model.BookModel({**config, **bits})
    model_operations = {"funding": model.funding_update}
    seen: Counter[str] = Counter()
    for step, op in enumerate(ops):
        before = desk.venue.state_digest()
        expected = outcome(model_operations.get(op["op"], model.run), op, model.now)
        got = outcome(desk.run, op, desk.now)
        assert got == expected, op
        if step % every == 0 or step >= len(ops) - 10:
            desk.venue.audit()
            assert desk.state() == model.state(), op
        if "err" in got:
            assert desk.venue.state_digest() == before
        seen[got.get("err", op["op"])] += 1
    again = type(desk.venue).from_bytes(desk.venue.to_bytes())
    assert again == desk.venue
    assert again.state_digest() == desk.venue.state_digest()
    return seen


@settings(max_examples=cases(150, 15_000), deadline=None)
@given(config=configurations, ops=st.lists(operations, max_size=40))
def test_every_operation_does_what_the_model_does(
    config: dict[str, Any], ops: list[dict[str, Any]]
) -> None:
    compare(config, ops)
    assert ops is not None


def place(user: str, side: str, price: int, base: int, **more: Any) -> dict[str, Any]:
    return {"op": "place", "user": user, "side": side, "type": "limit", "price": str(price),
            "base": str(base), **more}  # fmt: skip


CONFIG = {
    "oracle_bits": str(ORACLE_LOTS * ONE // 10),
    "taker_fee": "0.01",
    "maker_fee": "-0.0025",
    "maint_lev": 20,
    "max_side": 512,
    "max_orders": 64,
    "users": ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal", "ida"],
    "ts": 1_000,
}


def test_a_side_holds_512_orders_and_then_gives_up_its_worst() -> None:
    ops = [place(CONFIG["users"][i % 8], "bid", 390 + i % 5, 1) for i in range(512)]
    ops += [place("ida", "bid", 390, 1), place("ida", "bid", 391, 1), place("ida", "bid", 396, 1)]
    seen = compare(CONFIG, ops, every=50)
    assert seen == {"place": 514, "OutOfSpace": 1}


def test_an_account_holds_64_orders_until_an_event_or_a_cancel_frees_one() -> None:
    ops = [place("ann", "bid", 390, 2) for _ in range(64)]
    ops += [place("ann", "ask", 410, 1)]  # refused
    ops += [place("ben", "ask", 390, 2), place("ann", "ask", 410, 1)]  # filled, still counted
    ops += [{"op": "consume", "count": 1}, place("ann", "ask", 410, 1)]
    ops += [{"op": "cancel", "user": "ann", "id": 5}, place("ann", "ask", 411, 1)]
    seen = compare(CONFIG, ops)
    assert seen == {"place": 67, "TooManyOpenOrders": 2, "consume": 1, "cancel": 1}


@pytest.mark.parametrize("side", ["bid", "ask"])
def test_at_most_five_expired_orders_leave_with_one_match(side: str) -> None:
    """Seven expired orders at the best prices: five are dropped, two stay for the next call."""
    away = 1 if side == "bid" else -1
    other = "ask" if side == "bid" else "bid"
    ops = [place("ann", other, ORACLE_LOTS + away * i, 1, tif=5) for i in range(7)]
    ops += [place("ben", other, ORACLE_LOTS + away * 8, 3), {"op": "clock", "after": 5}]
    desk = Desk(CONFIG)
    for op in ops:
        outcome(desk.run, op, desk.now)
    result = desk.run(place("cat", side, ORACLE_LOTS + away * 9, 2))
    assert result["base"] == "2"
    assert len(desk.state()[f"{other}s"]) == 3
    assert [event["type"] for event in desk.state()["events"]] == ["out"] * 5 + ["fill"]


def test_a_maker_rebate_comes_out_of_the_taker_fee() -> None:
    desk = Desk(CONFIG)
    for op in (place("ann", "ask", 400, 10), place("ben", "bid", 400, 10),
               {"op": "consume", "count": 9}):  # fmt: skip
        desk.run(op)
    quote = 10 * 400 * 10 * ONE
    accounts = desk.state()["accounts"]
    taker = quote * round(Fraction("0.01") * ONE) >> 48
    rebate = -(quote * round(Fraction("-0.0025") * ONE) >> 48)
    assert int(accounts["ben"]["quote_bits"]) == -quote - taker
    assert int(accounts["ann"]["quote_bits"]) == quote + rebate
    assert int(desk.state()["fees_accrued_bits"]) == taker - rebate


def test_funding_reads_the_impact_prices_of_valid_orders() -> None:
    """A bid of 60 that expires leaves 40 + 60 lots below it: 100 are reached one level lower."""
    desk = Desk({**CONFIG, "maint_lev": 2})
    for op in (
        place("ann", "bid", 399, 60, tif=10),
        place("ann", "bid", 398, 40),
        place("ann", "bid", 396, 60),
        place("ben", "ask", 404, 100),
    ):
        desk.run(op)
    venue = desk.venue
    by_hand = venue.copy()
    assert venue.update_funding_from_book(0, 1_005) == by_hand.update_funding(0, 398, 404, 1_005)
    assert venue.update_funding_from_book(0, 1_010) == by_hand.update_funding(0, 396, 404, 1_010)
    desk.now = 1_010
    desk.run(place("cat", "bid", 404, 1))
    assert venue.update_funding_from_book(0, 1_020) == by_hand.update_funding(0, 396, 0, 1_020)


def test_a_quote_of_an_order_is_what_placing_it_gives() -> None:
    desk = Desk(CONFIG)
    for op in (place("ann", "ask", 401, 10), place("ben", "ask", 402, 10)):
        desk.run(op)
    before = desk.venue.state_digest()
    order = (12, 2, 0, "bid", 405, 25, 1_000)
    quoted = desk.venue.quote_perp_order(*order[1:])
    assert desk.venue.state_digest() == before
    placed = desk.venue.place_perp_order(*order)
    assert (placed.base_lots, placed.quote_lots) == (20, 10 * 401 + 10 * 402)
    assert quoted.fee_bits == placed.fee_bits
    assert (quoted.base_lots, quoted.quote_lots, quoted.posted_lots, quoted.fills, quoted.id) == (
        placed.base_lots, placed.quote_lots, placed.posted_lots, placed.fills, None,
    )  # fmt: skip
