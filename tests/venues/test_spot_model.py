"""The spot market against its independent model: same orders, same receipts, books and purses."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from case_counts import cases
from venues.bazaar import BTC, PEOPLE, USD, T, bazaar
from venues.spot_model import RefusedError, SpotModel
from voltcore import VoltcoreError
from voltcore import venues as v

LOT, QUOTE_LOT = 100, 10
KINDS = ("limit", "limit", "limit", "immediate_or_cancel", "post_only")
OWN = ("decrement_take", "decrement_take", "cancel_provide", "abort")
RICH = 10**9


def market(fee: int, rebate: int) -> tuple[v.MarginVenue, SpotModel]:
    venue = bazaar(
        deposit=RICH * USD,
        spot={"taker_fee_bps": fee, "maker_rebate_bps": rebate},
        limits={"orders_per_side": 512},
    )
    for who, owner in enumerate(PEOPLE):
        venue.deposit(owner, who, RICH * BTC // 1_000, T, token=0)
    return venue, SpotModel(LOT, QUOTE_LOT, fee, rebate, len(PEOPLE))


def compare(venue: v.MarginVenue, model: SpotModel) -> None:
    state = venue.spot_market(0)
    for side in ("bid", "ask"):
        rows = [
            (row["id"], row["owner"], row["price_lots"], row["size_lots"])
            for row in state["book"][f"{side}s"]
        ]
        assert rows == [(o.id, o.owner, o.price, o.size) for o in model.books[side]]
    assert len(state["events"]["waiting"]) == len(model.events)
    assert state["fees_accrued"] == model.fees_accrued
    assert (state["base_vault"], state["quote_vault"]) == (model.base_vault, model.quote_vault)
    for who, purse in enumerate(model.purses):
        held = msgspec.structs.asdict(venue.open_orders(who, 0))
        assert held.pop("exists")
        assert held == vars(purse)


def both(venue: v.MarginVenue, engine: Any, expected: Any) -> bool:
    """The same outcome, value or refusal; whether it was none."""
    before = venue.state_digest()
    name = wanted = None
    try:
        wanted = expected()
    except RefusedError as refused:
        name = str(refused)
    if name is None:
        assert engine() == wanted
        return True
    with pytest.raises(VoltcoreError) as caught:
        engine()
    assert caught.value.onchain == name
    assert venue.state_digest() == before
    return False


@pytest.mark.parametrize(("fee", "rebate"), [(4, 0), (0, 0), (22, 3), (9_999, 9_999)])
@pytest.mark.parametrize("seed", range(cases(2, 60)))
def test_random_orders_leave_the_same_book_and_the_same_purses(
    fee: int, rebate: int, seed: int
) -> None:
    draw = random.Random(f"{fee} {rebate} {seed}")
    venue, model = market(fee, rebate)
    refusals = trades = 0
    for _ in range(300):
        who = draw.randrange(len(PEOPLE))
        owner, act = PEOPLE[who], draw.random()
        if act < 0.65:
            side, kind, own = draw.choice(("bid", "ask")), draw.choice(KINDS), draw.choice(OWN)
            price, size = 10_000 + draw.randint(-12, 12), draw.choice((1, 7, 300, 5_000))
            limit = draw.choice((1, 3, 255))
            most = draw.choice((2**64 - 1, 2**64 - 1, 10**6, 99_999))

            def engine() -> dict[str, Any]:
                receipt = venue.place_spot_order(
                    owner, who, 0, side, price, size, T,  # noqa: B023
                    type=kind, self_trade=own, limit=limit, quote_native=most,  # noqa: B023
                )  # fmt: skip
                return msgspec.structs.asdict(receipt)

            passed = both(
                venue,
                engine,
                lambda: model.place(who, side, kind, price, size, own, limit, most),  # noqa: B023
            )
            trades += passed
            refusals += not passed
        elif act < 0.8:
            ids = [order.id for orders in model.books.values() for order in orders]
            chosen = draw.choice([*ids, 10**6]) if ids else 10**6
            refusals += not both(
                venue,
                lambda: venue.cancel_spot_order(owner, who, 0, chosen, T),  # noqa: B023
                lambda: model.cancel(who, chosen),  # noqa: B023
            )
        elif act < 0.92:
            most = draw.choice((1, 3, 100))
            assert venue.consume_spot_events(0, T, limit=most) == model.consume(most)
        else:
            got = venue.settle_spot_funds(owner, who, 0, T)
            assert (got.base, got.quote) == model.settle(who)
        compare(venue, model)
    venue.audit()
    assert trades > 100
    assert refusals > 10
