"""Off-book orders: created, cancelled, deleted, taken."""

from __future__ import annotations

from typing import Any

import pytest

from venues.bazaar import CAROL, DAVE, ONE, T, bazaar, open_position, order, reprice
from venues.refusals import ALICE, BOB, refuses
from voltcore import (
    CapError,
    InputRangeError,
    MarginError,
    NotAuthorizedError,
    StalePriceError,
    StateError,
)
from voltcore import venues as v


def create(venue: v.MarginVenue, **more: Any) -> int:
    """Alice offers Bob 200 lots at the oracle's price."""
    given = {"side": "ask", "price_lots": 10_000, "size_lots": 200, "counterparty": 1}
    given |= {"expires": T + 10, "now": T, **more}
    now, side, price, size = (given.pop(n) for n in ("now", "side", "price_lots", "size_lots"))
    return venue.create_off_book_order(ALICE, 0, 0, side, price, size, now, **given)


def test_the_whole_order_moves_without_fees_events_or_funding() -> None:
    venue = bazaar(perp={"taker_fee_bits": ONE // 100, "maker_fee_bits": ONE // 100})
    order(venue, 3, "bid", 9_990, 500)
    before = venue.perp_book(0), venue.market(0)["perp"]["long_funding_bits"]
    receipt = venue.take_off_book_order(BOB, 1, 0, 0, create(venue), T + 9)
    venue.audit()
    quote = 200 * 10_000 * 10 * ONE
    assert (receipt.base_lots, receipt.quote_bits, receipt.fee_bits) == (200, -quote, 0)
    assert (receipt.base_position, receipt.quote_position_bits) == (200, -quote)
    assert venue.perp_account(0, 0).base_position == -200
    assert venue.perp_account(0, 0).quote_position_bits == quote
    perp = venue.market(0)["perp"]
    assert (perp["open_interest"], perp["fees_accrued_bits"]) == (400, 0)
    assert before == (venue.perp_book(0), perp["long_funding_bits"])
    assert [o.status for o in venue.off_book_orders(0)] == ["filled"]


def test_funding_of_both_is_settled_before_the_positions_change() -> None:
    venue = bazaar()
    open_position(venue, 0, 1, 1_000, 10_000)
    venue.update_funding(0, 10_050, 10_052, T + 3_600)
    venue.cache_prices(T + 3_600)
    venue.cache_perp_markets(T + 3_600)
    funding = venue.market(0)["perp"]["long_funding_bits"]
    index = create(venue, now=T + 3_600, expires=T + 3_601)
    receipt = venue.take_off_book_order(BOB, 1, 0, 0, index, T + 3_600)
    venue.audit()
    assert receipt.funding_bits == 1_000 * funding
    assert venue.perp_account(0, 0).long_settled_funding_bits == funding


def test_only_the_named_counterparty_takes_it() -> None:
    venue = bazaar()
    index = create(venue)
    for caller, account, kind, name in (
        (CAROL, 2, NotAuthorizedError, "InvalidAccount"),
        (CAROL, 1, NotAuthorizedError, "InvalidOwner"),
        (ALICE, 0, NotAuthorizedError, "InvalidAccount"),
    ):
        assert refuses(
            venue,
            kind,
            name,
            lambda c=caller, a=account: venue.take_off_book_order(c, a, 0, 0, index, T),
        )


@pytest.mark.parametrize(("at", "taken"), [(T + 9, True), (T + 10, False), (T + 11, False)])
def test_it_can_be_taken_before_it_expires_and_not_in_that_second(at: int, taken: bool) -> None:
    venue = bazaar()
    index = create(venue)
    take = lambda: venue.take_off_book_order(BOB, 1, 0, 0, index, at)  # noqa: E731
    if taken:
        assert take().base_lots == 200
    else:
        assert refuses(venue, StateError, "OtcOrderExpired", take).field == "expires"
        assert venue.off_book_orders(0)[0].status == "created"


def test_an_order_is_taken_once_and_a_cancelled_one_never() -> None:
    venue = bazaar()
    first, second = create(venue), create(venue, side="bid")
    venue.take_off_book_order(BOB, 1, 0, 0, first, T)
    venue.cancel_off_book_order(ALICE, 0, second, T)
    for index in (first, second):
        for call in (
            lambda i=index: venue.take_off_book_order(BOB, 1, 0, 0, i, T),
            lambda i=index: venue.cancel_off_book_order(ALICE, 0, i, T),
        ):
            assert refuses(venue, StateError, "InvalidOtcOrderStatus", call)
    assert [o.status for o in venue.off_book_orders(0)] == ["filled", "cancelled"]


def test_a_full_list_loses_its_first_finished_order_and_the_later_ones_move_up() -> None:
    venue = bazaar()
    for size in range(10):
        assert create(venue, size_lots=size + 1) == size
    full = refuses(venue, CapError, "MaxOtcOrdersReached", lambda: create(venue))
    assert full.value == 10
    venue.cancel_off_book_order(ALICE, 0, 3, T)
    venue.cancel_off_book_order(ALICE, 0, 7, T)
    assert create(venue, size_lots=99) == 9
    sizes = [o.size_lots for o in venue.off_book_orders(0)]
    assert sizes == [1, 2, 3, 5, 6, 7, 8, 9, 10, 99]
    assert venue.off_book_orders(0)[6].status == "cancelled"


def test_a_program_without_off_book_orders_takes_none() -> None:
    venue = bazaar(limits={"off_book_orders": v.VenueLimits.named("mango_v3").off_book_orders})
    assert refuses(venue, CapError, "MaxOtcOrdersReached", lambda: create(venue))


def test_deleting_leaves_what_is_open() -> None:
    venue = bazaar()
    for _ in range(3):
        create(venue)
    delete = lambda i: venue.delete_off_book_order(ALICE, 0, i, T)  # noqa: E731
    assert refuses(venue, StateError, "InvalidOtcOrderStatus", lambda: delete(1))
    assert refuses(
        venue,
        StateError,
        "InvalidOtcOrderStatus",
        lambda: venue.delete_off_book_orders(ALICE, 0, T),
    )
    venue.cancel_off_book_order(ALICE, 0, 1, T)
    delete(1)
    assert len(venue.off_book_orders(0)) == 2
    for index in (0, 1):
        venue.cancel_off_book_order(ALICE, 0, index, T)
    assert venue.delete_off_book_orders(ALICE, 0, T) == 2
    assert venue.off_book_orders(0) == []


@pytest.mark.parametrize(
    ("change", "name", "field"),
    [
        ({"price_lots": 0}, "InvalidParam", "price_lots"),
        ({"price_lots": -5}, "InvalidParam", "price_lots"),
        ({"size_lots": 0}, "InvalidParam", "size_lots"),
        ({"size_lots": -1}, "InvalidParam", "size_lots"),
        ({"counterparty": 0}, "InvalidAccount", "counterparty"),
        ({"counterparty": 9}, "InvalidAccount", "account"),
        ({"expires": T}, "InvalidTimeArgument", "expires"),
        ({"expires": 0}, "InvalidTimeArgument", "expires"),
        ({"side": "both"}, None, "side"),
    ],
)
def test_what_no_order_may_say(change: dict[str, Any], name: str | None, field: str) -> None:
    venue = bazaar()
    before = venue.state_digest()
    with pytest.raises(InputRangeError) as caught:
        create(venue, **change)
    assert (caught.value.onchain, caught.value.field) == (name, field)
    assert venue.state_digest() == before


@pytest.mark.parametrize("index", [1, 10, 2**64 - 1])
def test_an_unknown_place_in_the_list_is_refused(index: int) -> None:
    venue = bazaar()
    create(venue)
    for call in (
        lambda: venue.cancel_off_book_order(ALICE, 0, index, T),
        lambda: venue.delete_off_book_order(ALICE, 0, index, T),
        lambda: venue.take_off_book_order(BOB, 1, 0, 0, index, T),
    ):
        assert refuses(venue, InputRangeError, "InvalidOtcOrderIndex", call).field == "index"


def test_a_stranger_touches_no_order() -> None:
    venue = bazaar()
    create(venue)
    for call in (
        lambda: venue.create_off_book_order(
            DAVE, 0, 0, "bid", 1, 1, T, counterparty=1, expires=T + 1
        ),
        lambda: venue.cancel_off_book_order(DAVE, 0, 0, T),
        lambda: venue.delete_off_book_order(DAVE, 0, 0, T),
        lambda: venue.delete_off_book_orders(DAVE, 0, T),
    ):
        assert refuses(venue, NotAuthorizedError, "InvalidOwner", call)


@pytest.mark.parametrize("poor", [0, 1])
def test_both_sides_need_init_health_and_a_failure_leaves_the_order_open(poor: int) -> None:
    """10 000 USD carry 10 times their size; one side has 100 left."""
    venue = bazaar()
    venue.withdraw((ALICE, BOB)[poor], poor, 9_900 * 10**6, T)
    index = create(venue, size_lots=50_000)
    assert refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.take_off_book_order(BOB, 1, 0, 0, index, T),
    )
    assert venue.off_book_orders(0)[0].status == "created"


def test_the_caches_of_both_are_fresh() -> None:
    venue = bazaar()
    index = create(venue, expires=T + 10**6)
    late = T + 2 * 3_600 + 1
    take = lambda: venue.take_off_book_order(BOB, 1, 0, 0, index, late)  # noqa: E731
    assert refuses(venue, StalePriceError, "InvalidPriceCache", take)
    reprice(venue, "1000", late)
    assert refuses(venue, StalePriceError, "InvalidPerpMarketCache", take)
    venue.cache_perp_markets(late)
    assert refuses(venue, StalePriceError, "InvalidRootBankCache", take)
    venue.cache_root_banks(late)
    assert take().base_lots == 200
