"""Settling of profits, losses and fees."""

from __future__ import annotations

from venues.model import ONE
from venues.refusals import ALICE, BOB, NOW, USD, refuses
from venues.worlds import ADMIN, START, fixed, world
from voltcore import (
    InputRangeError,
    StateError,
)
from voltcore import venues as v
from voltcore.venues import MarginVenue


def move_price(venue: MarginVenue, usd: int) -> None:
    venue.set_price(ADMIN, 1, usd * ONE, NOW)
    venue.cache_prices(NOW)


def test_settling_moves_profit_from_the_loser_to_the_winner(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 10_000, 500_000, NOW, off_book=True)
    venue.fill_at_quote(BOB, 1, 1, -5_000, 500_000, NOW, off_book=True)
    move_price(venue, 51_000)
    settled = venue.settle_pnl(0, 1, 1, NOW)
    assert settled == 500 * USD * ONE  # the lesser: half a BTC times 1000
    # 500 000 000 at index 1 000 000 is 500 units: nothing is cut off.
    assert venue.net_balance(0) == (10**6 + 500) * USD * ONE
    assert venue.net_balance(1) == (10**6 - 500) * USD * ONE
    assert venue.perp_account(1, 1).quote_position_bits == 25_500 * USD * ONE
    assert venue.settle_pnl(0, 1, 1, NOW) == 0
    venue.audit()


def test_equal_signs_settle_nothing(venue: MarginVenue) -> None:
    for owner, account in ((ALICE, 0), (BOB, 1)):
        venue.fill_at_quote(owner, account, 1, 10_000, 500_000, NOW, off_book=True)
    move_price(venue, 51_000)
    assert venue.settle_pnl(0, 1, 1, NOW) == 0


def test_an_account_does_not_settle_with_itself(venue: MarginVenue) -> None:
    assert refuses(venue, InputRangeError, "InvalidAccount", lambda: venue.settle_pnl(0, 0, 1, NOW))


def test_only_an_unlimited_counterparty_settles_from_outside(venue: MarginVenue) -> None:
    assert refuses(venue, StateError, "InvalidAccount", lambda: venue.settle_pnl_outside(0, 1, NOW))


def test_the_outside_pays_profits_in_cash_that_can_be_withdrawn() -> None:
    out, _ = world(unlimited=True)
    out.set_price(ADMIN, 1, 50_000 * ONE, START)
    out.cache_prices(START)
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, 10_000 * USD, START)
    out.fill_at_quote(ALICE, account, 1, 10_000, 500_000, START, off_book=True)
    out.set_price(ADMIN, 1, 51_000 * ONE, START)
    out.cache_prices(START)
    assert out.settle_pnl_outside(account, 1, START) == 1_000 * USD * ONE
    assert out.state()["outside_balance_bits"] == -1_000 * USD * ONE
    out.fill_at_quote(ALICE, account, 1, -10_000, 510_000, START, off_book=True)
    assert out.withdraw(ALICE, account, v.WHOLE_DEPOSIT, START).amount == 11_000 * USD
    assert out.state()["outside_balance_bits"] == 0
    out.audit()


def test_a_loss_to_the_outside_is_limited_to_the_deposit() -> None:
    out, _ = world(unlimited=True, enforce_health=False)
    out.set_price(ADMIN, 1, 50_000 * ONE, START)
    out.cache_prices(START)
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, 100 * USD, START)
    out.fill_at_quote(ALICE, account, 1, 10_000, 510_000, START, off_book=True)
    assert out.settle_pnl_outside(account, 1, START) == -100 * USD * ONE
    assert out.balance(account) == v.Balance()
    assert out.settle_pnl_outside(account, 1, START) == 0
    out.audit()


def test_a_loser_pays_accrued_fees_in_whole_units(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 0, -3, 25_501, NOW)
    venue.fill_at_quote(BOB, 1, 1, 10_000, 500_000, NOW)
    accrued = venue.market(0)["perp"]["fees_accrued_bits"]
    assert accrued % ONE > 0
    assert venue.settle_fees(0, 0, NOW) == 0  # sold above the index: not losing
    assert venue.settle_fees(1, 1, NOW) == 500 * USD  # the loss is the taker fee
    assert venue.state()["fee_vault"] == 500 * USD
    assert venue.bank()["vault"] == 2 * 10**6 * USD - 500 * USD
    fee = (50_000 * USD * ONE * fixed("0.01")) >> 48
    assert venue.perp_account(1, 1).quote_position_bits == (-50_000 + 500) * USD * ONE - fee
    venue.audit()
