"""What a margin venue does and refuses, one rule at a time."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from venues.model import ONE
from venues.worlds import ADMIN, START, VALID_INTERVAL, fixed, world
from voltcore import (
    ArithmeticOverflowError,
    CorruptError,
    InputRangeError,
    InputTypeError,
    InsufficientFundsError,
    LiquidityError,
    MarginError,
    NotAuthorizedError,
    OracleError,
    StalePriceError,
    StateError,
    TimeOrderError,
    VoltcoreError,
    _snapshot,
    errors,
)
from voltcore import venues as v
from voltcore.venues import MarginVenue

ALICE, BOB, NOBODY = 0x1122334455667788, 22, 0
USD = 1_000_000
NOW = START + 60


@pytest.fixture
def venue() -> MarginVenue:
    """BTC at 50 000; Alice and Bob with 1 000 000 USD each."""
    out, _ = world()
    out.set_price(ADMIN, 1, 50_000 * ONE, NOW)
    out.cache_prices(NOW)
    out.update_banks(NOW)
    for owner in (ALICE, BOB):
        account = out.add_account(owner, NOW)
        out.deposit(owner, account, 10**6 * USD, NOW)
    return out


def refuses(
    venue: MarginVenue, kind: type[VoltcoreError], onchain: str | None, call: Callable[[], Any]
) -> VoltcoreError:
    """The refusal of `call`, of this class and on-chain name, with nothing changed."""
    before = venue.state_digest()
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.onchain == onchain
    assert caught.value.op
    assert caught.value.code == "E110" or caught.value.code[:2] == kind.default_code[:2]
    assert venue.state_digest() == before
    venue.audit()
    return caught.value


def with_flags(venue: MarginVenue, *, being_liquidated: bool, is_bankrupt: bool) -> MarginVenue:
    """Alice's account with these flags, which only a liquidation sets."""
    payload = venue._core.payload()
    at = payload.index(ALICE.to_bytes(8, "little")) + 8
    flags = bytes([being_liquidated, is_bankrupt])
    return MarginVenue.from_bytes(
        _snapshot.pack("margin_venue", payload[:at] + flags + payload[at + 2 :])
    )


# Prices and caches.


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
    refuses(venue, OracleError, "InvalidOraclePrice", lambda: venue.set_price(ADMIN, 1, price, NOW))


def test_a_confidence_is_not_negative(venue: MarginVenue) -> None:
    error = refuses(
        venue,
        OracleError,
        "InvalidOraclePrice",
        lambda: venue.set_price(ADMIN, 1, ONE, NOW, confidence_bits=-1),
    )
    assert error.field == "confidence"


def test_a_squared_market_has_no_feed_of_its_own(venue: MarginVenue) -> None:
    refuses(venue, InputRangeError, "InvalidParam", lambda: venue.set_price(ADMIN, 0, ONE, NOW))


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
    refuses(venue, ArithmeticOverflowError, "MathError", lambda: venue.cache_prices(NOW))


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
        refuses(venue, StalePriceError, name, call)
    venue.fill_at_quote(ALICE, 0, 1, 1, 500_000, base + EDGE)


def test_a_market_that_an_account_does_not_touch_may_be_stale(venue: MarginVenue) -> None:
    later = NOW + EDGE + 1
    venue.cache_root_banks(later)
    venue.withdraw(ALICE, 0, 5, later)
    refuses(
        venue,
        StalePriceError,
        "InvalidPriceCache",
        lambda: venue.withdraw(ALICE, 0, 5, later, token=1, allow_borrow=True),
    )


def test_funding_needs_a_fresh_index(venue: MarginVenue) -> None:
    refuses(
        venue,
        StalePriceError,
        "InvalidPriceCache",
        lambda: venue.update_funding(0, 25_499, 25_501, NOW + EDGE + 1),
    )


def test_a_market_without_a_price_cannot_be_traded() -> None:
    out, _ = world()
    account = out.add_account(ALICE, START)
    out.deposit(ALICE, account, USD, START)
    refuses(
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


# Deposits and withdrawals.


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
    refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.withdraw(ALICE, 0, 10**6 * USD + 1, NOW, allow_borrow=True),
    )


def test_a_borrow_needs_depositors(venue: MarginVenue) -> None:
    refuses(
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
        refuses(venue, NotAuthorizedError, "InvalidOwner", call)


def test_nobody_owns_no_account(venue: MarginVenue) -> None:
    refuses(venue, NotAuthorizedError, "InvalidOwner", lambda: venue.add_account(NOBODY, NOW))


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
        refuses(venue, InputRangeError, "InvalidMarket", call)


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
    refuses(
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


# Fills.


def test_a_fill_moves_base_quote_fees_and_open_interest(venue: MarginVenue) -> None:
    receipt = venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    quote = 2000 * 25_500 * 10 * ONE
    fee = (quote * fixed("0.0005")) >> 48
    assert receipt.quote_bits == quote
    assert receipt.fee_bits == fee
    assert receipt.base_position == -2000
    assert receipt.quote_position_bits == quote - fee
    perp = venue.market(0)["perp"]
    assert perp["fees_accrued_bits"] == fee
    assert perp["open_interest"] == 4000
    assert perp["counterparty"]["base_position"] == 2000
    assert perp["counterparty"]["quote_position_bits"] == -quote


def test_the_counterparty_pays_the_maker_fee(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 10, 500_000, NOW)
    quote = 10 * 500_000 * 10 * ONE
    fee = (quote * fixed("0.01")) >> 48
    perp = venue.market(1)["perp"]
    assert perp["fees_accrued_bits"] == 2 * fee
    assert perp["counterparty"]["quote_position_bits"] == quote - fee


def test_an_off_book_fill_carries_no_fees(venue: MarginVenue) -> None:
    receipt = venue.fill_at_quote(ALICE, 0, 1, 10, 500_000, NOW, off_book=True)
    assert receipt.fee_bits == 0
    assert venue.market(1)["perp"]["fees_accrued_bits"] == 0


def test_funding_is_settled_before_the_position_changes(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    delta = venue.update_funding(0, 25_499, 25_501, NOW + 3600).delta_bits
    venue.cache_perp_markets(NOW + 3600)
    receipt = venue.fill_at_quote(ALICE, 0, 0, 500, 25_500, NOW + 3600)
    assert delta > 0
    assert receipt.funding_bits == 2000 * delta
    position = venue.perp_account(0, 0)
    assert position.long_settled_funding_bits == position.short_settled_funding_bits == delta


def test_a_fill_needs_init_health(venue: MarginVenue) -> None:
    """1 000 000 USD carry 10x: 200 BTC less the fee do not fit, 180 do."""
    refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.fill_at_quote(ALICE, 0, 1, 2_000_000, 500_000, NOW),
    )
    venue.fill_at_quote(ALICE, 0, 1, 1_800_000, 500_000, NOW, off_book=True)


def test_below_init_health_only_what_does_not_make_it_worse_passes(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 1_900_000, 500_000, NOW, off_book=True)
    venue.set_price(ADMIN, 1, 48_000 * ONE, NOW)
    venue.cache_prices(NOW)
    assert venue.health(0, "init") < 0
    refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.fill_at_quote(ALICE, 0, 1, 1, 480_000, NOW, off_book=True),
    )
    before = venue.health(0, "init")
    venue.fill_at_quote(ALICE, 0, 1, -100_000, 480_000, NOW, off_book=True)
    assert venue.health(0, "init") > before


@pytest.mark.parametrize(
    ("base", "price", "field"),
    [
        (0, 500_000, "base_lots"),
        (1, 0, "price_lots"),
        (1, -1, "price_lots"),
        (1, -(2**63), "price_lots"),
    ],
)
def test_a_fill_has_size_and_a_positive_price(
    venue: MarginVenue, base: int, price: int, field: str
) -> None:
    error = refuses(
        venue,
        InputRangeError,
        "InvalidParam",
        lambda: venue.fill_at_quote(ALICE, 0, 1, base, price, NOW),
    )
    assert error.field == field


@pytest.mark.parametrize("base", [2**63 - 1, -(2**63), -(2**63) + 1])
@pytest.mark.parametrize("price", [1, 2**63 - 1])
@pytest.mark.parametrize("enforce_health", [True, False])
def test_fills_at_the_extremes_refuse_or_leave_a_sound_venue(
    base: int, price: int, enforce_health: bool
) -> None:
    out, _ = world(enforce_health=enforce_health)
    out.set_price(ADMIN, 1, 50_000 * ONE, START)
    out.cache_prices(START)
    account = out.add_account(ALICE, START)
    before = out.state_digest()
    try:
        out.fill_at_quote(ALICE, account, 1, base, price, START)
    except VoltcoreError as error:
        assert error.onchain in ("MathError", "InsufficientFunds")  # noqa: PT017
        assert out.state_digest() == before
    out.audit()


def test_a_bankrupt_account_does_nothing(venue: MarginVenue) -> None:
    bankrupt = with_flags(venue, being_liquidated=False, is_bankrupt=True)
    for call in (
        lambda: bankrupt.deposit(ALICE, 0, 1, NOW),
        lambda: bankrupt.withdraw(ALICE, 0, 1, NOW),
        lambda: bankrupt.fill_at_quote(ALICE, 0, 1, 1, 500_000, NOW),
        lambda: bankrupt.settle_pnl(0, 1, 1, NOW),
        lambda: bankrupt.settle_pnl(1, 0, 1, NOW),
        lambda: bankrupt.settle_fees(0, 1, NOW),
    ):
        refuses(bankrupt, StateError, "Bankrupt", call)


def test_a_healthy_account_leaves_liquidation_by_its_next_fill(venue: MarginVenue) -> None:
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    flagged.fill_at_quote(ALICE, 0, 1, 1, 500_000, NOW)
    assert not flagged.account(0)["being_liquidated"]


def test_an_unhealthy_account_in_liquidation_cannot_trade(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 1_900_000, 500_000, NOW, off_book=True)
    venue.set_price(ADMIN, 1, 48_000 * ONE, NOW)
    venue.cache_prices(NOW)
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    refuses(
        flagged,
        StateError,
        "BeingLiquidated",
        lambda: flagged.fill_at_quote(ALICE, 0, 1, -1, 480_000, NOW),
    )


def test_a_withdrawal_clears_the_liquidation_flag(venue: MarginVenue) -> None:
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    flagged.withdraw(ALICE, 0, 1, NOW)
    assert not flagged.account(0)["being_liquidated"]


# Settling.


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
    refuses(venue, InputRangeError, "InvalidAccount", lambda: venue.settle_pnl(0, 0, 1, NOW))


def test_only_an_unlimited_counterparty_settles_from_outside(venue: MarginVenue) -> None:
    refuses(venue, StateError, "InvalidAccount", lambda: venue.settle_pnl_outside(0, 1, NOW))


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


# Configuration.


def changed(**fields: Any) -> v.VenueConfig:
    return msgspec.structs.replace(v.VenueConfig.squared_and_linear(admin=ADMIN), **fields)


def with_linear(**fields: Any) -> v.VenueConfig:
    linear = msgspec.structs.replace(v.PerpMarketConfig.example(), **fields)
    return v.VenueConfig.squared_and_linear(admin=ADMIN, linear=linear)


def with_index(market: int, **fields: Any) -> v.VenueConfig:
    config = v.VenueConfig.squared_and_linear(admin=ADMIN)
    markets = list(config.markets)
    index = msgspec.structs.replace(markets[market].index, **fields)
    markets[market] = msgspec.structs.replace(markets[market], index=index)
    return msgspec.structs.replace(config, markets=tuple(markets))


def with_tokens(*tokens: v.TokenConfig) -> v.VenueConfig:
    return changed(tokens=tokens)


def with_curve(**fields: Any) -> v.VenueConfig:
    curve = msgspec.structs.replace(v.InterestCurve.example(), **fields)
    return with_tokens(v.TokenConfig(index=v.QUOTE_TOKEN, curve=curve))


def base_token(index: int, **fields: Any) -> v.TokenConfig:
    return v.TokenConfig(
        index=index,
        curve=v.InterestCurve.example(),
        **{"init_leverage_bits": 10 * ONE, "maint_leverage_bits": 20 * ONE, **fields},
    )


QUOTE = v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example())
PERP = "markets[1].perp."
BAD_CONFIGURATIONS = [
    (changed(admin=0), "admin"),
    (changed(valid_interval=2**61 + 1), "valid_interval"),
    (changed(markets=v.VenueConfig.squared_and_linear(admin=1).markets * 8), "markets"),
    (changed(tokens=()), "tokens"),
    (with_tokens(base_token(1)), "tokens"),
    (with_tokens(base_token(1), base_token(1), QUOTE), "tokens[1].index"),
    (with_tokens(base_token(2), QUOTE), "tokens[0].index"),
    (with_tokens(base_token(1, init_leverage_bits=ONE - 1), QUOTE), "tokens[0].init_leverage"),
    (with_tokens(base_token(1, liquidation_fee_bits=-1), QUOTE), "tokens[0].liquidation_fee"),
    (with_index(0, power=0), "markets[0].index.power"),
    (with_index(0, power=3), "markets[0].index.power"),
    (with_index(0, scale=0), "markets[0].index.scale"),
    (with_index(0, underlying=2), "markets[0].index.underlying"),
    (with_index(0, underlying=0), "markets[0].index.underlying"),
    (with_index(1, underlying=0), "markets[0].index.underlying"),
    (with_index(1, power=2), "markets[1].index.underlying"),
    (with_linear(base_lot_size=0), PERP + "base_lot_size"),
    (with_linear(base_lot_size=-1), PERP + "base_lot_size"),
    (with_linear(quote_lot_size=0), PERP + "quote_lot_size"),
    (with_linear(init_leverage_bits=ONE - 1), PERP + "init_leverage"),
    (with_linear(maint_leverage_bits=10 * ONE), PERP + "maint_leverage"),
    (with_linear(maint_leverage_bits=2**127 - 1), PERP + "maint_leverage"),
    (with_linear(liquidation_fee_bits=-1), PERP + "liquidation_fee"),
    (with_linear(liquidation_fee_bits=ONE), PERP + "liquidation_fee"),
    (with_linear(liquidation_fee_bits=fixed("0.1")), PERP + "liquidation_fee"),
    (with_linear(taker_fee_bits=-1), PERP + "taker_fee"),
    (with_linear(taker_fee_bits=ONE), PERP + "taker_fee"),
    (with_linear(maker_fee_bits=-fixed("0.01") - 1), PERP + "maker_fee"),
    (with_linear(maker_fee_bits=ONE), PERP + "maker_fee"),
    (with_linear(funding_period=0), PERP + "funding_period"),
    (with_linear(funding_period=2**63), PERP + "funding_period"),
    (with_linear(funding_clamp_bits=-1), PERP + "funding_clamp"),
    (with_linear(impact_quantity=0), PERP + "impact_quantity"),
    (with_curve(optimal_util_bits=0), "tokens[0].curve.optimal_util"),
    (with_curve(optimal_util_bits=ONE), "tokens[0].curve.optimal_util"),
    (with_curve(optimal_rate_bits=-1), "tokens[0].curve.optimal_rate"),
    (with_curve(max_rate_bits=-1), "tokens[0].curve.max_rate"),
]


@pytest.mark.parametrize(
    ("config", "field"), BAD_CONFIGURATIONS, ids=[f for _, f in BAD_CONFIGURATIONS]
)
def test_a_configuration_that_contradicts_itself_names_the_field(
    config: v.VenueConfig, field: str
) -> None:
    with pytest.raises(InputRangeError) as caught:
        MarginVenue(config)
    assert caught.value.onchain == "InvalidParam"
    assert caught.value.field == field


def test_a_rebate_up_to_the_taker_fee_is_allowed() -> None:
    MarginVenue(with_linear(maker_fee_bits=-fixed("0.01")))


@pytest.mark.parametrize(
    ("config", "kind", "field"),
    [
        (changed(admin=2**64), InputRangeError, "admin"),
        (changed(admin=1.0), InputTypeError, "admin"),
        (changed(enforce_health=1), InputTypeError, "enforce_health"),
        (with_linear(base_lot_size=2**63), InputRangeError, PERP + "base_lot_size"),
        (with_linear(taker_fee_bits=0.01), InputTypeError, PERP + "taker_fee_bits"),
        (with_linear(taker_fee_bits=2**127), InputRangeError, PERP + "taker_fee_bits"),
    ],
)
def test_a_configuration_of_the_wrong_type_names_the_path(
    config: v.VenueConfig, kind: type[VoltcoreError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        MarginVenue(config)
    assert caught.value.field == field


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_only_integers_are_arguments(venue: MarginVenue, value: Any) -> None:
    for call in (
        lambda: venue.set_price(value, 1, ONE, NOW),
        lambda: venue.set_price(ADMIN, value, ONE, NOW),
        lambda: venue.set_price(ADMIN, 1, value, NOW),
        lambda: venue.deposit(ALICE, value, 1, NOW),
        lambda: venue.deposit(ALICE, 0, value, NOW),
        lambda: venue.fill_at_quote(ALICE, 0, 1, value, 1, NOW),
        lambda: venue.cache_prices(value),
    ):
        before = venue.state_digest()
        with pytest.raises(InputTypeError):
            call()
        assert venue.state_digest() == before


def test_an_unknown_health_is_named(venue: MarginVenue) -> None:
    with pytest.raises(InputRangeError) as caught:
        venue.health(0, "liquidation")  # type: ignore[arg-type]
    assert caught.value.code == "E114"
    assert caught.value.field == "kind"


# The venue as a value.


def test_copies_pickles_and_snapshots_are_equal_and_go_their_own_way(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    twins = [
        venue.copy(),
        copy.copy(venue),
        copy.deepcopy(venue),
        pickle.loads(pickle.dumps(venue)),
        MarginVenue.from_bytes(venue.to_bytes()),
    ]
    for twin in twins:
        assert twin == venue
        assert twin.state_digest() == venue.state_digest()
        twin.deposit(ALICE, 0, 1, NOW)
        assert twin != venue
        twin.audit()
    assert venue != "venue"
    with pytest.raises(TypeError):
        hash(venue)


def test_the_digest_is_in_the_name(venue: MarginVenue) -> None:
    assert repr(venue) == f"<MarginVenue {venue.state_digest().hex()[:12]}>"


def test_every_flipped_bit_of_a_snapshot_is_found(venue: MarginVenue) -> None:
    snapshot = venue.to_bytes()
    for position in range(0, len(snapshot) * 8, 7):
        damaged = bytearray(snapshot)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(bytes(damaged))


def test_a_payload_that_no_operations_could_have_left_is_refused(venue: MarginVenue) -> None:
    """Every byte of the payload changed under a right digest: refused or another sound venue."""
    venue.deposit(BOB, 1, 10**6, NOW, token=1)
    venue.fill_at_quote(ALICE, 0, 0, -2000, 25_500, NOW)
    payload = venue._core.payload()
    refused = 0
    for position in range(len(payload)):
        for flip in (1, 0x80, 0xFF):
            damaged = bytearray(payload)
            damaged[position] ^= flip
            try:
                twin = MarginVenue.from_bytes(_snapshot.pack("margin_venue", bytes(damaged)))
            except CorruptError:
                refused += 1
            else:
                twin.audit()
                assert twin._core.payload() == bytes(damaged)
    assert refused > len(payload)


@pytest.mark.parametrize("cut", [0, 1, 8, 100])
def test_a_payload_that_ends_early_or_late_is_refused(venue: MarginVenue, cut: int) -> None:
    payload = venue._core.payload()
    for bad in (payload[: len(payload) - 1 - cut], payload + bytes(1 + cut), b""):
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(_snapshot.pack("margin_venue", bad))


def test_a_huge_count_is_refused_before_anything_is_allocated(venue: MarginVenue) -> None:
    payload = venue._core.payload()
    at = payload.index(ALICE.to_bytes(8, "little")) - 8
    assert int.from_bytes(payload[at : at + 8], "little") == 2
    for count in (2**63, 2**64 - 1, 10**12, 3, 1):
        bad = payload[:at] + count.to_bytes(8, "little") + payload[at + 8 :]
        with pytest.raises(CorruptError):
            MarginVenue.from_bytes(_snapshot.pack("margin_venue", bad))


def test_another_kind_of_engine_is_refused(venue: MarginVenue) -> None:
    with pytest.raises(CorruptError):
        MarginVenue.from_bytes(_snapshot.pack("vamm", venue._core.payload()))


def test_an_argument_that_calls_the_engine_back_is_read_before_the_call(venue: MarginVenue) -> None:
    class Sneaky:
        def __index__(self) -> int:
            venue.deposit(BOB, 1, 7, NOW)
            return 5

    venue.deposit(ALICE, 0, Sneaky(), NOW)  # type: ignore[arg-type]
    assert venue.bank()["vault"] == 2 * 10**6 * USD + 12


def test_threads_get_their_turn_or_busy_and_never_a_race(venue: MarginVenue) -> None:
    done = []

    def work() -> None:
        for _ in range(200):
            try:
                venue.deposit(ALICE, 0, 1, NOW)
            except errors.BusyError:
                continue
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert venue.bank()["vault"] == 2 * 10**6 * USD + len(done)
    venue.audit()
