"""Spot trades with a counterparty outside."""

from __future__ import annotations

from venues.bazaar import CAROL, DAVE, ONE, USD, T, bazaar
from venues.refusals import ALICE, BOB, refuses
from voltcore import InputRangeError, LiquidityError, MarginError, NotAuthorizedError

# The example market: 100 native base and 10 native quote a lot.
LOTS, PRICE = 300, 10_000
QUOTE = LOTS * PRICE * 10
# Balances are kept in units of the bank's index, which starts at 10**6: a bit of such units is so
# many bits of native tokens, and each change is cut to whole ones.
UNIT = 10**6


def test_a_purchase_and_its_fee_come_from_the_deposit() -> None:
    venue = bazaar()
    fee_bits = ONE // 1_000
    fee = -(-QUOTE * fee_bits // ONE)
    receipt = venue.fill_spot_at_quote(ALICE, 0, 0, LOTS, PRICE, T, taker_fee_bits=fee_bits)
    venue.audit()
    assert (receipt.base_lots, receipt.quote, receipt.fee) == (LOTS, QUOTE, fee)
    assert abs(venue.net_balance(0, 0) - LOTS * 100 * ONE) < UNIT
    assert abs(venue.net_balance(0) - (10_000 * USD - QUOTE - fee) * ONE) < UNIT


def test_what_is_sold_and_not_held_is_borrowed_from_depositors() -> None:
    venue = bazaar()
    venue.fill_spot_at_quote(BOB, 1, 0, LOTS, PRICE, T)
    venue.fill_spot_at_quote(ALICE, 0, 0, 1 - LOTS, PRICE, T)
    venue.audit()
    assert abs(venue.net_balance(0, 0) - (1 - LOTS) * 100 * ONE) < UNIT
    refuses(
        venue,
        LiquidityError,
        "InsufficientLiquidity",
        lambda: venue.fill_spot_at_quote(CAROL, 2, 0, -1, PRICE, T),
    )


def test_a_trade_needs_init_health_and_an_owner() -> None:
    venue = bazaar()
    for owner, account in ((BOB, 1), (CAROL, 2), (DAVE, 3)):
        venue.fill_spot_at_quote(owner, account, 0, 90_000, PRICE, T)
    before = venue.state_digest()
    refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.fill_spot_at_quote(ALICE, 0, 0, -260_000, PRICE // 2, T),
    )
    refuses(
        venue,
        NotAuthorizedError,
        "InvalidOwner",
        lambda: venue.fill_spot_at_quote(BOB, 0, 0, 1, PRICE, T),
    )
    for lots, price in ((0, PRICE), (1, 0), (1, -1)):
        refuses(
            venue,
            InputRangeError,
            "InvalidParam",
            lambda lots=lots, price=price: venue.fill_spot_at_quote(ALICE, 0, 0, lots, price, T),
        )
    assert venue.state_digest() == before
