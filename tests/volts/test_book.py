"""Both legs of a volt on the venue's own order book, beside the same legs at quoted prices."""

from __future__ import annotations

import pytest

from voltcore import venues, volts
from voltcore.errors import InputTypeError, MarginError, SlippageError
from volts.world import (
    ADMIN,
    ALICE,
    DEPOSIT,
    HEDGE_LOTS,
    ONE,
    SPOT,
    TARGET_LOTS,
    advance,
    new_venue,
    new_volt,
)

MAKER = 55
Level = tuple[int, int]


def with_book(
    bids: list[Level], asks: list[Level], *, unlimited: bool = True
) -> venues.MarginVenue:
    """Bids for the squared perp and asks of the linear one, (price lots, base lots)."""
    venue = new_venue(unlimited_pnl_counterparty=unlimited)
    venue.set_price(ADMIN, 1, SPOT * ONE, 0)
    venue.cache_prices(0)
    venue.cache_root_banks(0)
    venue.cache_perp_markets(0)
    maker = venue.add_account(MAKER, 0)
    venue.deposit(MAKER, maker, 10**12, 0)
    for price, lots in bids:
        venue.place_perp_order(MAKER, maker, 0, "bid", price, lots, 0)
    for price, lots in asks:
        venue.place_perp_order(MAKER, maker, 1, "ask", price, lots, 0)
    return venue


def ready(venue: venues.MarginVenue) -> volts.Volt:
    volt = new_volt(venue)
    volt.deposit(ALICE, DEPOSIT, 0)
    return advance(volt, "READY")


def test_the_target_leg_walks_down_the_book_as_far_as_its_limit() -> None:
    levels = [(TARGET_LOTS, 700), (TARGET_LOTS - 10, 800), (TARGET_LOTS - 30, 2_000)]
    volt = ready(with_book(levels, []))
    first = volt.rebalance_target(ADMIN, 0, TARGET_LOTS - 10, quote="book")
    assert (first.filled_lots, first.missing_lots, first.is_done) == (-1_500, -500, False)
    received = 10 * (700 * TARGET_LOTS + 800 * (TARGET_LOTS - 10))
    assert first.quote_bits == received * ONE
    assert first.fee_bits == received * ONE * volts.fixed_point_bits("0.0005") >> 48
    second = volt.rebalance_target(ADMIN, 0, TARGET_LOTS - 30, max_quote=10**8, quote="book")
    assert second.filled_lots == -(10**8 // ((TARGET_LOTS - 30) * 10))
    last = volt.rebalance_target(ADMIN, 0, TARGET_LOTS - 30, quote="book")
    assert last.is_done
    assert volt.stage == "TARGET_DONE"
    volt.audit()


def test_what_waits_in_the_queue_counts_and_consuming_it_changes_nothing_for_the_volt() -> None:
    volt = ready(with_book([(TARGET_LOTS, 3_000)], [(HEDGE_LOTS, 300)]))
    volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    held = volt.venue.perp_account(volt.margin_account, 0)
    assert (held.base_position, held.taker_base) == (0, -2_000)
    before = volt.exposure()
    assert before.target_notional_bits == DEPOSIT * ONE // 2
    assert volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote="book").filled_lots == 200
    assert volt.exposure().net_delta_bits == 0
    assert volt.consume_events(0, 10, 0) == 1
    assert volt.consume_events(1, 10, 0) == 1
    assert volt.venue.perp_account(volt.margin_account, 0).base_position == -2_000
    assert volt.exposure().net_delta_bits == 0
    volt.audit()


def test_the_book_and_a_quote_at_its_price_leave_the_same_volt() -> None:
    on_book = ready(with_book([(TARGET_LOTS, 3_000)], [(HEDGE_LOTS, 300)]))
    quoted = ready(with_book([], []))
    for volt, quote in ((on_book, "book"), (quoted, None)):
        volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote=quote)  # type: ignore[arg-type]
        volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote=quote)  # type: ignore[arg-type]
        for market in (0, 1):
            volt.consume_events(market, 10, 0)
        advance(volt, "ACTIVE")
    assert on_book.assets(0) == quoted.assets(0)
    assert on_book.exposure() == quoted.exposure()
    for market in (0, 1):
        left, right = (
            volt.venue.perp_account(volt.margin_account, market) for volt in (on_book, quoted)
        )
        assert left == right


def test_leavers_are_paid_when_the_makers_are_the_only_counterparty() -> None:
    book = with_book([(TARGET_LOTS, 9_000)], [(HEDGE_LOTS, 900)], unlimited=False)
    maker = venues.MarginVenue.from_bytes(book.to_bytes())
    assert maker == book
    book.place_perp_order(MAKER, 0, 0, "ask", TARGET_LOTS + 20, 9_000, 0)
    book.place_perp_order(MAKER, 0, 1, "bid", HEDGE_LOTS - 50, 900, 0)
    volt = ready(book)
    volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote="book")
    for market in (0, 1):
        volt.consume_events(market, 10, 0)
    advance(volt, "ACTIVE")
    volt.withdraw(ALICE, DEPOSIT // 2, 0)
    advance(volt, "READY")
    assert volt.rebalance_target(ADMIN, 0, TARGET_LOTS + 20, quote="book").filled_lots > 900
    assert volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS - 50, quote="book").filled_lots < -90
    for market in (0, 1):
        volt.consume_events(market, 10, 0)
    advance(volt, "ACTIVE")
    paid = volt.claim_pending_withdrawal(ALICE, 0)
    assert 0.99 * DEPOSIT / 2 < paid < DEPOSIT / 2
    volt.audit()


@pytest.mark.parametrize("bids", [[], [(TARGET_LOTS - 1, 5_000)]])
def test_an_empty_book_and_one_beyond_the_limit_fill_nothing(bids: list[Level]) -> None:
    volt = ready(with_book(bids, []))
    before = volt.state_digest()
    with pytest.raises(SlippageError) as caught:
        volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    assert caught.value.onchain == "CollateralNotWithinLenience"
    assert volt.state_digest() == before


def test_a_fill_that_init_health_does_not_allow_leaves_the_book_as_it_was() -> None:
    venue = with_book([(1, 5_000)], [])
    strategy = volts.StrategyParams.crab(target_leverage=-1)
    volt = new_volt(venue, strategy)
    volt.deposit(ALICE, DEPOSIT, 0)
    advance(volt, "READY")
    before = volt.state_digest()
    with pytest.raises(MarginError) as caught:
        volt.rebalance_target(ADMIN, 0, 1, quote="book")
    assert caught.value.onchain == "InsufficientFunds"
    assert volt.state_digest() == before


@pytest.mark.parametrize("quote", ["books", 1, (1, 2, None, 0)])
def test_a_quote_is_a_quote_or_the_book(quote: object) -> None:
    volt = ready(with_book([], []))
    before = volt.state_digest()
    with pytest.raises(InputTypeError) as caught:
        volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote=quote)  # type: ignore[arg-type]
    assert caught.value.field == "quote"
    assert volt.state_digest() == before


def test_two_thousand_orders_of_a_lot_and_one_order_leave_the_same_legs() -> None:
    whole, sliced = (
        ready(with_book([(TARGET_LOTS, 3_000)], [(HEDGE_LOTS, 300)])) for _ in range(2)
    )
    whole.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    whole.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote="book")
    calls = 0
    while sliced.stage == "READY":
        receipt = sliced.rebalance_target(
            ADMIN, 0, TARGET_LOTS, max_quote=TARGET_LOTS * 10, quote="book"
        )
        calls += 1
        assert (receipt.filled_lots, receipt.missing_lots) == (-1, calls - 2_000)
        if calls % 400 == 0:
            sliced = volts.Volt.from_bytes(sliced.to_bytes())
        if calls % 7 == 0:
            sliced.consume_events(0, 3, 0)
    assert calls == 2_000
    while sliced.stage == "TARGET_DONE":
        sliced.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, max_quote=HEDGE_LOTS * 10, quote="book")
        calls += 1
    assert calls == 2_200
    for volt in (whole, sliced):
        for market in (0, 1):
            volt.consume_events(market, 10_000, 0)
        volt.audit()
    for market in (0, 1):
        left, right = (
            volt.venue.perp_account(volt.margin_account, market) for volt in (whole, sliced)
        )
        assert left.base_position == right.base_position != 0
        # A fee of each order, rounded down by itself.
        assert 0 <= right.quote_position_bits - left.quote_position_bits <= calls
    assert whole.exposure().net_delta_bits == sliced.exposure().net_delta_bits == 0


@pytest.mark.parametrize("stage", ["READY", "TARGET_DONE", "DONE"])
def test_the_legs_may_be_reset_in_the_middle_and_end_where_they_would_have(
    stage: volts.Stage,
) -> None:
    volt = ready(with_book([(TARGET_LOTS, 3_000)], [(HEDGE_LOTS, 300)]))
    volt.rebalance_target(ADMIN, 0, TARGET_LOTS, max_quote=10**8, quote="book")
    if stage != "READY":
        volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    if stage == "DONE":
        volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote="book")
    assert volt.stage == stage
    before = volt.exposure()
    volt.reset_rebalancing(ADMIN, 0)
    assert (volt.stage, volt.exposure()) == ("READY", before)
    again = volt.rebalance_target(ADMIN, 0, TARGET_LOTS, quote="book")
    assert again.is_done
    assert again.filled_lots == (-1_600 if stage == "READY" else 0)
    hedge = volt.rebalance_hedge(ADMIN, 0, HEDGE_LOTS, quote="book")
    assert (hedge.filled_lots, hedge.is_done) == (0 if stage == "DONE" else 200, True)
    assert volt.exposure().net_delta_bits == 0
    volt.audit()


def test_anybody_cranks_on_the_book_once_the_switch_is_on_at_limits_near_the_oracle() -> None:
    volt = ready(with_book([(TARGET_LOTS, 3_000)], [(HEDGE_LOTS, 300)]))
    volt.set_permissionless_cranks(ADMIN, True, 0)
    stranger = 99
    before = volt.state_digest()
    with pytest.raises(SlippageError) as caught:
        volt.rebalance_target(stranger, 0, TARGET_LOTS - 1, quote="book")
    assert caught.value.onchain == "InvalidOtcOrderPrice"
    assert volt.state_digest() == before
    assert volt.rebalance_target(stranger, 0, TARGET_LOTS, quote="book").is_done
    assert volt.rebalance_hedge(stranger, 0, HEDGE_LOTS, quote="book").is_done
    advance(volt, "ACTIVE")
    volt.audit()
