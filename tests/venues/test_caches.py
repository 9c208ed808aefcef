"""Prices, caches and the clock of a venue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from venues.model import ONE
from venues.refusals import ALICE, NOW, USD, refuses
from venues.worlds import ADMIN, START, VALID_INTERVAL, world
from voltcore import (
    ArithmeticOverflowError,
    InputRangeError,
    NotAuthorizedError,
    OracleError,
    StalePriceError,
    TimeOrderError,
)
from voltcore.venues import MarginVenue


def test_only_the_admin_sets_prices(venue: MarginVenue) -> None:
    error = refuses(
        venue,
        NotAuthorizedError,
        "InvalidOwner",
        lambda: venue.set_price(ALICE, 1, ONE, NOW),
    )
    assert error.field == "caller"


@pytest.mark.parametrize("price", [0, -1, -(2**127)])
def test_a_price_is_positive(venue: MarginVenue, price: int) -> None:
    assert refuses(
        venue, OracleError, "InvalidOraclePrice", lambda: venue.set_price(ADMIN, 1, price, NOW)
    )


def test_a_confidence_is_not_negative(venue: MarginVenue) -> None:
    error = refuses(
        venue,
        OracleError,
        "InvalidOraclePrice",
        lambda: venue.set_price(ADMIN, 1, ONE, NOW, confidence_bits=-1),
    )
    assert error.field == "confidence"


def test_a_squared_market_has_no_feed_of_its_own(venue: MarginVenue) -> None:
    assert refuses(
        venue, InputRangeError, "InvalidParam", lambda: venue.set_price(ADMIN, 0, ONE, NOW)
    )


def test_a_price_is_read_only_after_it_was_cached(venue: MarginVenue) -> None:
    venue.set_price(ADMIN, 1, 60_000 * ONE, NOW + 1)
    assert venue.market(1)["oracle"]["price_bits"] == 50_000 * ONE
    venue.cache_prices(NOW + 1)
    assert venue.market(1)["oracle"]["price_bits"] == 60_000 * ONE
    assert venue.market(0)["oracle"]["price_bits"] == 3600 * ONE


@pytest.mark.parametrize(
    ("confidence", "trading", "cached"),
    [
        (6_000 * ONE, True, True),
        (6_000 * ONE + 1, True, False),
        (0, False, False),
    ],
)
def test_a_bad_feed_is_skipped_with_everything_that_is_priced_from_it(
    venue: MarginVenue, confidence: int, trading: bool, cached: bool
) -> None:
    venue.set_price(ADMIN, 1, 60_000 * ONE, NOW, confidence_bits=confidence, trading=trading)
    venue.cache_prices(NOW + 5)
    for market, old, new in ((0, 2500, 3600), (1, 50_000, 60_000)):
        oracle = venue.market(market)["oracle"]
        assert oracle["price_bits"] == (new if cached else old) * ONE
        assert oracle["last_update"] == (NOW + 5 if cached else NOW)


def test_a_square_that_leaves_the_range_is_refused_whole(venue: MarginVenue) -> None:
    venue.set_price(ADMIN, 1, 2**127 - 1, NOW)
    assert refuses(venue, ArithmeticOverflowError, "MathError", lambda: venue.cache_prices(NOW))


EDGE = 2 * VALID_INTERVAL


@pytest.mark.parametrize(
    ("late", "name"),
    [
        ("price", "InvalidPriceCache"),
        ("bank", "InvalidRootBankCache"),
        ("perp", "InvalidPerpMarketCache"),
    ],
)
def test_a_cache_is_fresh_for_twice_the_interval_and_not_a_second_longer(
    venue: MarginVenue, late: str, name: str
) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 100, 500_000, NOW)
    base = NOW + 10
    caches = {
        "price": lambda at: venue.cache_prices(at),
        "bank": lambda at: venue.cache_root_banks(at),
        "perp": lambda at: venue.cache_perp_markets(at),
    }
    for cache in caches.values():
        cache(base)
    for what, cache in caches.items():
        if what != late:
            cache(base + EDGE)
    venue.require_fresh(0, base + EDGE)
    for call in (
        lambda: venue.require_fresh(0, base + EDGE + 1),
        lambda: venue.withdraw(ALICE, 0, 1, base + EDGE + 1),
        lambda: venue.fill_at_quote(ALICE, 0, 1, 1, 500_000, base + EDGE + 1),
        lambda: venue.settle_fees(0, 1, base + EDGE + 1),
    ):
        assert refuses(venue, StalePriceError, name, call)
    venue.fill_at_quote(ALICE, 0, 1, 1, 500_000, base + EDGE)


def test_a_market_that_an_account_does_not_touch_may_be_stale(venue: MarginVenue) -> None:
    later = NOW + EDGE + 1
    venue.cache_root_banks(later)
    venue.withdraw(ALICE, 0, 5, later)
    assert refuses(
        venue,
        StalePriceError,
        "InvalidPriceCache",
        lambda: venue.withdraw(ALICE, 0, 5, later, token=1, allow_borrow=True),
    )


def test_funding_needs_a_fresh_index(venue: MarginVenue) -> None:
    assert refuses(
        venue,
        StalePriceError,
        "InvalidPriceCache",
        lambda: venue.update_funding(0, 25_499, 25_501, NOW + EDGE + 1),
    )


def test_a_market_without_a_price_cannot_be_traded() -> None:
    out, _ = world()
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, USD, START)
    assert refuses(
        out,
        StalePriceError,
        "InvalidPriceCache",
        lambda: out.fill_at_quote(ALICE, account, 1, 1, 500_000, START),
    )


OPERATIONS_WITH_A_CLOCK: list[Callable[[MarginVenue, int], Any]] = [
    lambda m, t: m.set_price(ADMIN, 1, ONE, t),
    lambda m, t: m.cache_prices(t),
    lambda m, t: m.update_banks(t),
    lambda m, t: m.cache_root_banks(t),
    lambda m, t: m.update_funding(1, 1, 1, t),
    lambda m, t: m.cache_perp_markets(t),
    lambda m, t: m.add_account(ALICE, t),
    lambda m, t: m.deposit(ALICE, 0, 1, t),
    lambda m, t: m.withdraw(ALICE, 0, 1, t),
    lambda m, t: m.fill_at_quote(ALICE, 0, 1, 1, 500_000, t),
    lambda m, t: m.settle_funding(0, 1, t),
    lambda m, t: m.settle_pnl(0, 1, 1, t),
    lambda m, t: m.settle_fees(0, 1, t),
    lambda m, t: m.require_fresh(0, t),
]


@pytest.mark.parametrize("operation", OPERATIONS_WITH_A_CLOCK)
@pytest.mark.parametrize("time", [NOW - 1, 0, 2**63, 2**64 - 1])
def test_the_clock_never_runs_backwards_or_past_the_last_second(
    venue: MarginVenue, operation: Callable[[MarginVenue, int], Any], time: int
) -> None:
    error = refuses(venue, TimeOrderError, None, lambda: operation(venue, time))
    assert error.code == "E705"
    assert error.field == "now"


def test_equal_times_are_in_order_and_accrue_nothing(venue: MarginVenue) -> None:
    venue.update_funding(1, 1, 1, NOW)
    before = venue.state()
    venue.update_banks(NOW)
    assert venue.update_funding(1, 1, 1, NOW).delta_bits == 0
    assert venue.state() == before
