"""Deposits, withdrawals and borrows."""

from __future__ import annotations

import pytest

from venues.model import ONE
from venues.refusals import ALICE, BOB, NOBODY, NOW, USD, refuses
from venues.worlds import ADMIN, START, world
from voltcore import (
    ArithmeticOverflowError,
    InputRangeError,
    InsufficientFundsError,
    LiquidityError,
    MarginError,
    NotAuthorizedError,
)
from voltcore import venues as v
from voltcore.venues import MarginVenue


def test_an_integer_amount_just_credited_may_read_a_little_lower() -> None:
    out, _ = world()
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, 1, START)
    assert out.net_balance(account) == 281_474_976_000_000  # 0.9999999975
    assert out.withdraw(ALICE, account, v.WHOLE_DEPOSIT, START).amount == 0


def test_the_whole_deposit_is_its_floor(venue: MarginVenue) -> None:
    receipt = venue.withdraw(ALICE, 0, v.WHOLE_DEPOSIT, NOW)
    assert receipt.amount == 10**6 * USD
    assert receipt.balance == v.Balance()


def test_the_bank_and_the_vault_are_the_sums(venue: MarginVenue) -> None:
    bank = venue.bank()
    assert bank["vault"] == 2 * 10**6 * USD
    assert bank["deposits_bits"] == sum(venue.balance(a).deposits_bits for a in (0, 1))


def test_more_than_the_deposit_needs_leave_to_borrow(venue: MarginVenue) -> None:
    error = refuses(
        venue,
        InsufficientFundsError,
        "InsufficientFunds",
        lambda: venue.withdraw(ALICE, 0, 10**6 * USD + 1, NOW),
    )
    assert (error.required, error.available) == (10**6 * USD + 1, 10**6 * USD)


def test_a_borrow_needs_init_health(venue: MarginVenue) -> None:
    assert refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.withdraw(ALICE, 0, 10**6 * USD + 1, NOW, allow_borrow=True),
    )


def test_a_borrow_needs_depositors(venue: MarginVenue) -> None:
    assert refuses(
        venue,
        LiquidityError,
        "InsufficientLiquidity",
        lambda: venue.withdraw(ALICE, 0, 1, NOW, token=1, allow_borrow=True),
    )


def test_a_borrow_of_base_pays_interest_to_its_depositors(venue: MarginVenue) -> None:
    """1 BTC lent, half of it borrowed: utilisation 0.5, 6 % * 5/7 a year to the borrower."""
    venue.deposit(BOB, 1, 10**6, NOW, token=1)
    venue.withdraw(ALICE, 0, 500_000, NOW, token=1, allow_borrow=True)
    year = NOW + 31_536_000
    venue.update_banks(year)
    venue.cache_root_banks(year)
    owed, lent = venue.net_balance(0, 1), venue.net_balance(1, 1)
    assert owed / ONE == pytest.approx(-500_000 * (1 + 0.06 * 5 / 7), rel=1e-9)
    assert lent / ONE == pytest.approx(10**6 * (1 + 0.06 * 5 / 7 / 2), rel=1e-9)
    venue.audit()


@pytest.mark.parametrize("owner", [BOB, NOBODY, 2**64 - 1])
def test_only_the_owner_moves_an_account(venue: MarginVenue, owner: int) -> None:
    for call in (
        lambda: venue.deposit(owner, 0, 1, NOW),
        lambda: venue.withdraw(owner, 0, 1, NOW),
        lambda: venue.fill_at_quote(owner, 0, 1, 1, 500_000, NOW),
    ):
        assert refuses(venue, NotAuthorizedError, "InvalidOwner", call)


def test_nobody_owns_no_account(venue: MarginVenue) -> None:
    assert refuses(
        venue, NotAuthorizedError, "InvalidOwner", lambda: venue.add_account(NOBODY, NOW)
    )


@pytest.mark.parametrize("account", [2, 2**32, 2**32 + 1, 2**64 - 1])
def test_an_unknown_account_is_refused(venue: MarginVenue, account: int) -> None:
    for call in (
        lambda: venue.deposit(ALICE, account, 1, NOW),
        lambda: venue.withdraw(ALICE, account, 1, NOW),
        lambda: venue.fill_at_quote(ALICE, account, 1, 1, 500_000, NOW),
        lambda: venue.settle_funding(account, 1, NOW),
        lambda: venue.settle_pnl(0, account, 1, NOW),
        lambda: venue.settle_pnl(account, 0, 1, NOW),
        lambda: venue.settle_fees(account, 1, NOW),
        lambda: venue.equity(account),
        lambda: venue.account(account),
        lambda: venue.balance(account),
        lambda: venue.net_balance(account),
        lambda: venue.perp_account(account, 1),
        lambda: venue.position_value(account, 1),
    ):
        error = refuses(venue, InputRangeError, "InvalidAccount", call)
        assert error.field == "account"


@pytest.mark.parametrize("market", [2, 15, 2**64 - 1])
def test_an_unknown_market_is_refused(venue: MarginVenue, market: int) -> None:
    for call in (
        lambda: venue.set_price(ADMIN, market, ONE, NOW),
        lambda: venue.update_funding(market, 1, 1, NOW),
        lambda: venue.fill_at_quote(ALICE, 0, market, 1, 1, NOW),
        lambda: venue.settle_funding(0, market, NOW),
        lambda: venue.settle_pnl(0, 1, market, NOW),
        lambda: venue.settle_fees(0, market, NOW),
        lambda: venue.market(market),
    ):
        assert refuses(venue, InputRangeError, "InvalidMarket", call)


@pytest.mark.parametrize("token", [0, 2, 14, 16, 255, 256 + 15, 2**64 - 1])
def test_an_unknown_token_is_refused(venue: MarginVenue, token: int) -> None:
    for call in (
        lambda: venue.deposit(ALICE, 0, 1, NOW, token=token),
        lambda: venue.withdraw(ALICE, 0, 1, NOW, token=token),
        lambda: venue.bank(token),
        lambda: venue.net_balance(0, token),
    ):
        error = refuses(venue, InputRangeError, "InvalidParam", call)
        assert error.field == "token"


def test_a_vault_beyond_u64_is_refused(venue: MarginVenue) -> None:
    assert refuses(
        venue,
        ArithmeticOverflowError,
        "MathError",
        lambda: venue.deposit(ALICE, 0, 2**64 - 1, NOW),
    )


def test_the_largest_deposit_comes_back() -> None:
    out, _ = world()
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, 2**64 - 1, START)
    taken = out.withdraw(ALICE, account, v.WHOLE_DEPOSIT, START).amount
    assert 2**64 - 1 - taken in (0, 1)
    out.audit()
