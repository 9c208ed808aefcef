"""Spot orders: what is locked, what becomes free, and who pays for what."""

from __future__ import annotations

from typing import Any

import pytest

from venues.bazaar import BTC, CAROL, ONE, PEOPLE, USD, T, bazaar, open_position, reprice, spot
from venues.refusals import ALICE, BOB, refuses
from venues.worlds import ADMIN
from voltcore import (
    CapError,
    InputRangeError,
    LiquidityError,
    MarginError,
    NotAuthorizedError,
    StateError,
)
from voltcore import venues as v

LOT = 100
FEE = {"taker_fee_bps": 4}


def market(**spot_config: Any) -> v.MarginVenue:
    """A BTC costs 1000; Bob and Carol have 10 of them, all have 10 000 USD."""
    venue = bazaar(spot=spot_config)
    for who in (1, 2):
        venue.deposit(PEOPLE[who], who, 10 * BTC, T, token=0)
    return venue


def settle(venue: v.MarginVenue, *people: int) -> None:
    venue.consume_spot_events(0, T)
    for who in people:
        venue.settle_spot_funds(PEOPLE[who], who, 0, T)
    venue.audit()


def test_an_ask_locks_base_and_a_bid_quote_with_the_fee_that_could_be_due() -> None:
    venue = market(**FEE)
    assert spot(venue, 1, "ask", 10_100, 1_000).locked == 1_000 * LOT
    held = venue.open_orders(1, 0)
    assert (held.base_free, held.base_total, held.quote_total, held.orders) == (0, 100_000, 0, 1)
    receipt = spot(venue, 0, "bid", 9_900, 1_000)
    value = 1_000 * 9_900 * 10
    # The fee on all of it, and up to 254 times a unit for rounding each fill up.
    assert receipt.locked == value + value * 4 // 10_000 + 254
    held = venue.open_orders(0, 0)
    # Resting, it can owe no taker fee any more: that part is free again.
    assert held.quote_total - held.quote_free == value
    assert held.quote_total == receipt.locked
    assert spot(venue, 0, "bid", 9_900, 1_000, type="post_only").locked == value
    venue.audit()


def test_proceeds_are_free_when_the_event_is_processed_and_cash_when_settled() -> None:
    venue = market(**FEE)
    spot(venue, 1, "ask", 10_000, 5_000)
    receipt = spot(venue, 0, "bid", 10_010, 3_333)
    value = 3_333 * 10_000 * 10
    fee = -(-value * 4 // 10_000)
    assert (receipt.base_lots, receipt.quote, receipt.fee, receipt.id) == (3_333, value, fee, None)
    buyer = venue.open_orders(0, 0)
    assert (buyer.base_total, buyer.quote_total - buyer.quote_free) == (0, value + fee)
    assert venue.consume_spot_events(0, T) == 1
    buyer, seller = venue.open_orders(0, 0), venue.open_orders(1, 0)
    assert (buyer.base_free, buyer.base_total) == (333_300, 333_300)
    assert (seller.quote_free, seller.base_total, seller.orders) == (value, 166_700, 1)
    settle(venue, 0, 1)
    assert venue.spot_market(0)["fees_accrued"] == fee
    assert venue.net_balance(0, 0) // ONE in (333_300, 333_299)
    assert venue.net_balance(0) // ONE in (
        10_000 * USD - value - fee,
        10_000 * USD - value - fee - 1,
    )
    assert venue.net_balance(1) // ONE in (10_000 * USD + value, 10_000 * USD + value - 1)


def test_a_taker_that_sells_gets_the_quote_less_the_fee() -> None:
    venue = market(taker_fee_bps=4, maker_rebate_bps=1)
    spot(venue, 0, "bid", 10_000, 777)
    receipt = spot(venue, 1, "ask", 9_990, 1_000, type="immediate_or_cancel")
    value = 777 * 10_000 * 10
    fee, rebate = -(-value * 4 // 10_000), value // 10_000
    assert (receipt.quote, receipt.fee, receipt.posted_lots) == (value, fee, 0)
    venue.consume_spot_events(0, T)
    seller, buyer = venue.open_orders(1, 0), venue.open_orders(0, 0)
    assert seller.quote_free == value - fee
    assert (seller.base_free, seller.base_total) == (22_300, 22_300)
    assert buyer.rebates == rebate
    assert venue.spot_market(0)["fees_accrued"] == fee - rebate
    assert venue.settle_spot_funds(ALICE, 0, 0, T).quote == rebate + buyer.quote_free
    venue.audit()


def test_fees_round_up_on_every_fill() -> None:
    """Three fills of 10 units of quote at 4 bps: 0.004 each, a whole unit each."""
    venue = market(**FEE)
    for _ in range(3):
        spot(venue, 1, "ask", 10_000, 1)
    receipt = spot(venue, 0, "bid", 10_000, 3)
    assert receipt.fee == 3 * -(-100_000 * 4 // 10_000)
    venue = bazaar(price="0.0001", spot=FEE)
    venue.deposit(BOB, 1, 10 * BTC, T, token=0)
    for _ in range(3):
        spot(venue, 1, "ask", 1, 1)
    assert spot(venue, 0, "bid", 1, 3).fee == 3


def test_selling_what_one_does_not_have_borrows_it() -> None:
    """The short leg of the basis volt: borrow base, sell it, keep the quote."""
    venue = market()
    spot(venue, 2, "bid", 9_990, 20_000)
    receipt = spot(venue, 0, "ask", 9_990, 20_000)
    assert receipt.base_lots == 20_000
    assert venue.net_balance(0, 0) // ONE in (-2 * BTC, -2 * BTC - 1)
    settle(venue, 0, 2)
    assert venue.net_balance(0) // ONE - 10_000 * USD in (1_998 * USD, 1_998 * USD - 1)
    back = spot(venue, 2, "ask", 9_990, 20_000)
    assert back.posted_lots == 20_000
    spot(venue, 0, "bid", 9_990, 20_000)
    settle(venue, 0, 2)
    assert abs(venue.net_balance(0, 0)) < 2 * ONE


def test_only_what_depositors_left_can_be_borrowed() -> None:
    venue = bazaar()
    venue.deposit(BOB, 1, BTC // 10, T, token=0)
    error = refuses(
        venue,
        LiquidityError,
        "InsufficientLiquidity",
        lambda: spot(venue, 0, "ask", 10_000, 2_000),
    )
    assert error.field == "bank"


def test_reserved_orders_count_in_health_on_their_worse_side() -> None:
    """A bid of 4750 USD: filled it would be 4.75 BTC at the oracle's 1000, of init weight 0.9."""
    venue = market()
    before = venue.health(0, "equity")
    spot(venue, 0, "bid", 9_500, 50_000)
    assert venue.health(0, "equity") / ONE == pytest.approx(before / ONE, abs=1)
    assert venue.health(0, "init") / ONE / USD == pytest.approx(5250 + 4750 * 0.9, abs=1e-3)
    spot(venue, 1, "ask", 10_500, 50_000)
    # 5 of Bob's 10 BTC are for sale: kept they weigh 0.9, and more than sold, so that they count.
    assert venue.health(1, "init") / ONE / USD == pytest.approx(10_000 + 9_000, abs=1e-3)


def test_an_order_needs_init_health() -> None:
    """Selling 120 borrowed BTC leaves 10 000 - 120 000 x 0.1."""
    venue = market()
    venue.deposit(CAROL, 2, 10**9, T, token=0)
    error = refuses(
        venue, MarginError, "InsufficientFunds", lambda: spot(venue, 0, "ask", 10_000, 1_200_000)
    )
    assert error.field == "init health"


def test_with_negative_init_health_only_reducing_orders_pass() -> None:
    venue = market()
    open_position(venue, 1, 3, 1_000_000, 10_000)
    reprice(venue, "890")
    assert venue.health(1, "init") < 0
    error = refuses(
        venue, MarginError, "InsufficientFunds", lambda: spot(venue, 1, "bid", 8_900, 10)
    )
    assert error.field == "init health"
    spot(venue, 0, "bid", 8_900, 90_000)
    assert spot(venue, 1, "ask", 8_900, 90_000).base_lots == 90_000
    venue.audit()


@pytest.mark.parametrize("behaviour", ["decrement_take", "cancel_provide", "abort"])
def test_an_order_that_meets_its_own_account(behaviour: Any) -> None:
    venue = market()
    own = spot(venue, 1, "ask", 10_000, 30)
    spot(venue, 2, "ask", 10_001, 50)
    buy = lambda: spot(venue, 1, "bid", 10_005, 40, self_trade=behaviour)  # noqa: E731
    if behaviour == "abort":
        assert refuses(venue, StateError, "WouldSelfTrade", buy).value == own.id
        return
    receipt = buy()
    venue.audit()
    held = venue.open_orders(1, 0)
    # Shrinking both leaves 10 to trade with Carol, cancelling the other one all 40.
    assert receipt.base_lots == (10 if behaviour == "decrement_take" else 40)
    assert (held.base_free, held.orders) == (30 * LOT, 0)
    assert [event["maker"] for event in venue.spot_market(0)["events"]["waiting"]] == [2]


def test_cancelling_frees_what_was_locked_at_once() -> None:
    venue = market()
    bid = spot(venue, 0, "bid", 9_900, 100)
    ask = spot(venue, 1, "ask", 10_100, 100)
    assert venue.cancel_spot_order(ALICE, 0, 0, bid.id, T) == 100
    assert venue.cancel_spot_order(BOB, 1, 0, ask.id, T) == 100
    assert venue.open_orders(0, 0).quote_free == 100 * 9_900 * 10
    assert venue.open_orders(1, 0).base_free == 100 * LOT
    settle(venue, 0, 1)
    assert venue.account(0)["margin_basket"] == 0
    for call in (lambda: venue.cancel_spot_order(ALICE, 0, 0, bid.id, T),):
        assert refuses(venue, InputRangeError, "InvalidOrderId", call)
    other = spot(venue, 1, "ask", 10_100, 1)
    assert refuses(
        venue,
        NotAuthorizedError,
        "InvalidOwner",
        lambda: venue.cancel_spot_order(ALICE, 0, 0, other.id, T),
    )


def test_free_funds_are_used_before_the_deposit() -> None:
    venue = market()
    first = spot(venue, 0, "bid", 9_900, 100)
    venue.cancel_spot_order(ALICE, 0, 0, first.id, T)
    before = venue.bank()["vault"]
    spot(venue, 0, "bid", 9_900, 100)
    assert venue.bank()["vault"] == before


def test_a_bid_spends_no_more_than_its_quote_fees_included() -> None:
    venue = market(**FEE)
    spot(venue, 1, "ask", 10_000, 100)
    budget = 37 * 100_000 + 37 * 40
    receipt = spot(venue, 0, "bid", 10_000, 100, quote_native=budget)
    assert (receipt.base_lots, receipt.quote + receipt.fee, receipt.posted_lots) == (37, budget, 0)
    assert spot(venue, 0, "bid", 10_000, 100, quote_native=budget - 1).base_lots == 36
    venue.audit()


def test_a_full_side_gives_up_its_worst_order_through_an_event() -> None:
    venue = bazaar(limits={"orders_per_side": 2, "spot_orders": 3})
    spot(venue, 0, "bid", 9_900, 1)
    spot(venue, 0, "bid", 9_910, 1)
    full = lambda: spot(venue, 1, "bid", 9_900, 1)  # noqa: E731
    assert refuses(venue, CapError, "OutOfSpace", full).value == 2
    spot(venue, 1, "bid", 9_901, 1)
    assert venue.open_orders(0, 0).orders == 2
    venue.consume_spot_events(0, T)
    assert venue.open_orders(0, 0).orders == 1
    venue.audit()
    assert venue.open_orders(0, 0).quote_free == 9_900 * 10


def test_the_price_band_and_post_only_leave_nothing_on_the_book() -> None:
    venue = market()
    for side, price in (("bid", 10_501), ("ask", 9_499)):
        assert spot(venue, 1, side, price, 5).posted_lots == 0
    assert spot(venue, 1, "ask", 9_500, 5).posted_lots == 5
    assert spot(venue, 0, "bid", 9_500, 5, type="post_only").posted_lots == 0
    held = venue.open_orders(0, 0)
    assert held.quote_free == held.quote_total
    venue.audit()


def test_the_margin_basket_is_limited() -> None:
    quote = v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example())
    tokens = tuple(
        v.TokenConfig(
            index=i,
            curve=v.InterestCurve.example(),
            init_leverage_bits=10 * ONE,
            maint_leverage_bits=20 * ONE,
        )
        for i in range(10)
    )
    markets = tuple(
        v.MarketConfig(index=v.IndexConfig(underlying=i), spot=v.SpotMarketConfig.example())
        for i in range(10)
    )
    venue = v.MarginVenue(
        v.VenueConfig(admin=ADMIN, valid_interval=9, markets=markets, tokens=(*tokens, quote)), T
    )
    for i in range(10):
        venue.set_price(ADMIN, i, ONE, T)
    venue.cache_prices(T)
    venue.add_account(ALICE, T)
    venue.deposit(ALICE, 0, 100 * USD, T)
    for i in range(10):
        venue.init_spot_open_orders(ALICE, 0, i, T)
        place = lambda at=i: venue.place_spot_order(ALICE, 0, at, "bid", 10, 5, T)  # noqa: E731
        if i < 9:
            assert place().posted_lots == 5
        else:
            assert refuses(venue, CapError, "MarginBasketFull", place).value == 9


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": 0}, "price_lots"),
        ({"price": -1}, "price_lots"),
        ({"base": 0}, "base_lots"),
        ({"base": -(2**63)}, "base_lots"),
        ({"limit": 0}, "limit"),
        ({"limit": 256}, "limit"),
        ({"quote_native": 0}, "quote_native"),
        ({"type": "market"}, "type"),
        ({"type": "post_only_slide"}, "type"),
    ],
)
def test_what_no_spot_order_may_say(change: dict[str, Any], field: str) -> None:
    venue = market()
    given = {"price": 10_000, "base": 5, **change}
    price, base = given.pop("price"), given.pop("base")
    error = refuses(
        venue, InputRangeError, "InvalidParam", lambda: spot(venue, 0, "bid", price, base, **given)
    )
    assert error.field == field


def test_an_account_is_set_up_first_and_once() -> None:
    venue = bazaar()
    late = venue.add_account(ALICE, T)
    call = lambda: venue.place_spot_order(ALICE, late, 0, "bid", 1, 1, T)  # noqa: E731
    assert refuses(venue, StateError, "InvalidAccount", call).field == "account"
    assert venue.init_spot_open_orders(ALICE, late, 0, T)
    assert not venue.init_spot_open_orders(ALICE, late, 0, T)
    assert refuses(
        venue,
        NotAuthorizedError,
        "InvalidOwner",
        lambda: venue.init_spot_open_orders(BOB, late, 0, T),
    )
    assert refuses(
        venue, InputRangeError, "InvalidMarket", lambda: venue.init_spot_open_orders(ALICE, 0, 1, T)
    )
