"""Liquidation, bankruptcy, insurance and socialised losses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from venues.bazaar import (
    BTC,
    CAROL,
    ONE,
    PEOPLE,
    USD,
    T,
    bazaar,
    open_position,
    order,
    reprice,
    spot,
)
from venues.refusals import ALICE, BOB, refuses
from voltcore import (
    InputRangeError,
    MarginError,
    NotAuthorizedError,
    NotLiquidatableError,
    StateError,
)
from voltcore import venues as v

MANY = 10**30
LOT = 100  # native base in a lot
ORACLE = 10_000  # a price of 1000 in lots


def total_quote(venue: v.MarginVenue) -> Fraction:
    """Cash of everyone and of the vaults, with what positions are worth to each other."""
    perp = venue.market(0)["perp"]
    positions = sum(venue.perp_account(who, 0).quote_position_bits for who in range(4))
    assert positions + perp["fees_accrued_bits"] + perp["dust_bits"] == 0
    state = venue.state()
    cash = sum(bank["vault"] for bank in state["banks"] if bank["config"]["index"] == v.QUOTE_TOKEN)
    return Fraction(cash + state["insurance_vault"] + state["fee_vault"])


def long_alice(**more: Any) -> v.MarginVenue:
    """Alice with 10 000 USD is long 100 of them against Bob, bought at 1000; they cost 1010."""
    venue = bazaar(**more)
    open_position(venue, 0, 1, 100 * BTC // LOT, ORACLE)
    reprice(venue, "1010")
    venue.withdraw(ALICE, 0, 1_000 * USD, T)
    return venue


def long_in_trouble(**more: Any) -> v.MarginVenue:
    """The price falls to 940."""
    venue = long_alice(**more)
    reprice(venue, "940")
    return venue


def test_the_documented_account_is_liquidated_to_where_its_init_health_is_0() -> None:
    """10 000 + 100 x (0.9 x 940 - 1000) = -5400; a lot restores 940 x (1 - 0.9 - 0.025)."""
    venue = long_in_trouble()
    assert round(venue.health(0, "init") / ONE / USD, 6) == -5400
    assert round(venue.health(0, "maint") / ONE / USD, 6) == -700
    receipt = venue.liquidate_perp(CAROL, 2, 0, 0, 10**9, T)
    venue.audit()
    assert receipt.taken_bits == 765_958 * ONE  # 76.5958 of 100, rounded up to a lot
    assert receipt.paid_bits / ONE / USD == pytest.approx(-76.5958 * 940 * 0.975, abs=1e-3)
    assert not receipt.being_liquidated
    assert not receipt.is_bankrupt
    assert 0 <= venue.health(0, "init") / ONE < 940 * LOT
    assert venue.perp_account(2, 0).base_position == 765_958
    assert venue.market(0)["perp"]["open_interest"] == 2_000_000


def test_a_short_is_liquidated_the_same_way() -> None:
    venue = bazaar()
    open_position(venue, 1, 0, 1_000_000, ORACLE)
    reprice(venue, "1060")
    receipt = venue.liquidate_perp(CAROL, 2, 0, 0, -(10**9), T)
    venue.audit()
    assert receipt.taken_bits < 0 < receipt.paid_bits
    assert 0 <= venue.health(0, "init") / ONE < 1060 * LOT
    assert venue.perp_account(2, 0).base_position == receipt.taken_bits // ONE


def test_an_account_above_maintenance_is_left_alone() -> None:
    venue = bazaar()
    open_position(venue, 0, 1, 1_000_000, ORACLE)
    reprice(venue, "940")
    assert venue.health(0, "init") < 0 < venue.health(0, "maint")
    for call in (
        lambda: venue.liquidate_perp(CAROL, 2, 0, 0, 5, T),
        lambda: venue.force_cancel_perp_orders(0, 0, T),
        lambda: venue.force_cancel_spot_orders(0, 0, T),
    ):
        assert refuses(venue, NotLiquidatableError, "NotLiquidatable", call).available


def test_once_begun_it_goes_on_until_init_health_and_only_then_the_flag_goes() -> None:
    venue = long_in_trouble()
    assert venue.liquidate_perp(CAROL, 2, 0, 0, 300_000, T).being_liquidated
    assert venue.health(0, "maint") > 0 > venue.health(0, "init")
    error = refuses(venue, StateError, "BeingLiquidated", lambda: order(venue, 0, "ask", 9_400, 5))
    assert error.field == "account"
    reprice(venue, "1000")
    receipt = venue.liquidate_perp(CAROL, 2, 0, 0, 5, T)
    assert (receipt.taken_bits, receipt.paid_bits) == (0, 0)
    assert not venue.account(0)["being_liquidated"]
    assert refuses(
        venue,
        NotLiquidatableError,
        "NotLiquidatable",
        lambda: venue.liquidate_perp(CAROL, 2, 0, 0, 5, T),
    )


def test_a_recovered_account_may_trade_at_once() -> None:
    venue = long_in_trouble()
    venue.liquidate_perp(CAROL, 2, 0, 0, 300_000, T)
    reprice(venue, "1000")
    order(venue, 0, "ask", 10_100, 5)
    assert not venue.account(0)["being_liquidated"]


def test_orders_and_waiting_events_must_be_gone_first() -> None:
    venue = long_alice()
    order(venue, 0, "ask", 10_500, 1_000)
    order(venue, 0, "ask", 10_600, 1_000)
    order(venue, 0, "ask", 10_000, 1)
    order(venue, 2, "bid", 10_000, 1)
    reprice(venue, "940")
    call = lambda: venue.liquidate_perp(CAROL, 2, 0, 0, 5, T)  # noqa: E731
    assert refuses(venue, StateError, "Default", call).field == "perp orders"
    assert venue.force_cancel_perp_orders(0, 0, T, limit=1) == 1
    assert venue.account(0)["being_liquidated"]
    assert venue.force_cancel_perp_orders(0, 0, T) == 1
    assert refuses(venue, StateError, "Default", call)
    venue.consume_events(0, T)
    assert venue.liquidate_perp(CAROL, 2, 0, 0, 5, T).taken_bits == 5 * ONE


def test_who_may_not_liquidate() -> None:
    venue = long_in_trouble()
    lots = 10
    assert refuses(
        venue, NotAuthorizedError, "InvalidOwner",
        lambda: venue.liquidate_perp(BOB, 2, 0, 0, lots, T),
    )  # fmt: skip
    assert refuses(
        venue, InputRangeError, "InvalidAccount",
        lambda: venue.liquidate_perp(ALICE, 0, 0, 0, lots, T),
    )  # fmt: skip
    assert refuses(
        venue, InputRangeError, "InvalidParam",
        lambda: venue.liquidate_perp(CAROL, 2, 0, 0, -lots, T),
    )  # fmt: skip
    assert refuses(
        venue, StateError, "Default", lambda: venue.liquidate_perp(CAROL, 2, 3, 0, lots, T)
    )


def test_a_liquidator_must_be_able_to_carry_it() -> None:
    venue = long_in_trouble()
    venue.withdraw(CAROL, 2, 9_999 * USD, T)
    error = refuses(
        venue,
        MarginError,
        "InsufficientFunds",
        lambda: venue.liquidate_perp(CAROL, 2, 0, 0, 10**9, T),
    )
    assert error.field == "init health"


def test_a_deposit_pays_a_borrow_back_through_a_liquidator() -> None:
    """1 BTC against a borrow in USD: worth 0.9 of its price, given at 1.025 of it."""
    venue = bazaar(deposit=0)
    venue.deposit(ALICE, 0, 10 * BTC, T, token=0)
    for who in (1, 2):
        venue.deposit(PEOPLE[who], who, 20_000 * USD, T)
    venue.withdraw(ALICE, 0, 8_900 * USD, T, allow_borrow=True)
    reprice(venue, "930")
    call = lambda most: venue.liquidate_token_and_token(  # noqa: E731
        CAROL, 2, 0, 0, v.QUOTE_TOKEN, most, T
    )
    before = venue.health(0, "init")
    assert before < 0
    receipt = call(100 * USD * ONE)
    assert receipt.taken_bits == 100 * USD * ONE
    assert receipt.paid_bits / ONE / BTC == pytest.approx(100 * 1.025 / 930, rel=1e-9)
    assert receipt.being_liquidated
    receipt = call(MANY)
    venue.audit()
    assert not receipt.being_liquidated
    assert abs(venue.health(0, "init")) < 10 * ONE
    assert venue.net_balance(2, 0) / ONE / BTC == pytest.approx(
        (10_000 - 10_000 + 100 + receipt.taken_bits / ONE / USD) * 1.025 / 930, rel=1e-9
    )


@pytest.mark.parametrize(("asset", "liability"), [(v.QUOTE_TOKEN, 0), (0, 0)])
def test_only_a_deposit_and_a_borrow_are_an_asset_and_a_liability(
    asset: int, liability: int
) -> None:
    venue = long_in_trouble()
    kind, name = (
        (InputRangeError, "InvalidParam") if asset == liability else (StateError, "Default")
    )
    assert refuses(
        venue,
        kind,
        name,
        lambda: venue.liquidate_token_and_token(CAROL, 2, 0, asset, liability, ONE, T),
    )
    for most in (0, -1):
        assert refuses(
            venue,
            InputRangeError,
            "InvalidParam",
            lambda most=most: venue.liquidate_token_and_token(CAROL, 2, 0, 0, 15, most, T),
        )


def closed_with_a_loss(loss_usd: int, **more: Any) -> v.MarginVenue:
    """Alice's long is closed by Dave above the oracle's fall: only negative quote is left."""
    venue = long_alice(**more)
    price = 1_000 - loss_usd // 100
    reprice(venue, str(price))
    venue.liquidate_perp(CAROL, 2, 0, 0, 10**9, T)
    while venue.perp_account(0, 0).base_position:
        assert venue.liquidate_perp(CAROL, 2, 0, 0, 10**9, T).taken_bits
    return venue


def test_a_deposit_pays_for_negative_perp_quote() -> None:
    venue = closed_with_a_loss(9_500)
    held = venue.perp_account(0, 0)
    assert held.base_position == 0
    deposit, debt = venue.net_balance(0), -held.quote_position_bits
    assert venue.account(0)["being_liquidated"]
    pay = lambda most: venue.liquidate_token_and_perp(  # noqa: E731
        CAROL, 2, 0, v.QUOTE_TOKEN, 0, most, T, token_is_asset=True
    )
    receipt = pay(100 * USD * ONE)
    assert receipt.taken_bits == receipt.paid_bits == 100 * USD * ONE
    receipt = pay(MANY)
    venue.audit()
    assert receipt.taken_bits + 100 * USD * ONE == pytest.approx(min(deposit, debt), abs=ONE)


def bankrupt(insurance: int) -> v.MarginVenue:
    """Alice's loss is above her deposit: position and cash are gone, debt is left."""
    venue = closed_with_a_loss(10_500, insurance=insurance)
    venue.liquidate_token_and_perp(CAROL, 2, 0, v.QUOTE_TOKEN, 0, MANY, T, token_is_asset=True)
    assert venue.account(0)["is_bankrupt"]
    venue.audit()
    return venue


def test_a_bankrupt_account_can_only_be_resolved() -> None:
    venue = bankrupt(0)
    for call in (
        lambda: order(venue, 0, "bid", 8_950, 1),
        lambda: spot(venue, 0, "bid", 8_950, 1),
        lambda: venue.deposit(ALICE, 0, 1, T),
        lambda: venue.withdraw(ALICE, 0, 1, T),
        lambda: venue.force_cancel_perp_orders(0, 0, T),
        lambda: venue.liquidate_token_and_token(CAROL, 2, 0, 15, 0, ONE, T),
        lambda: venue.create_off_book_order(
            ALICE, 0, 0, "bid", 1, 1, T, counterparty=1, expires=T + 1
        ),
    ):
        assert refuses(venue, StateError, "Bankrupt", call)


def test_insurance_pays_first_and_nobody_loses() -> None:
    venue = bankrupt(100_000 * USD)
    cash = total_quote(venue)
    debt = -venue.perp_account(0, 0).quote_position_bits
    receipt = venue.resolve_perp_bankruptcy(CAROL, 2, 0, 0, MANY, T)
    venue.audit()
    assert receipt.insurance == -(-debt // ONE)
    assert receipt.loss_bits == 0
    assert not receipt.is_bankrupt
    assert not venue.account(0)["is_bankrupt"]
    assert total_quote(venue) == cash
    assert venue.state()["insurance_vault"] == 100_000 * USD - receipt.insurance


def test_without_insurance_longs_and_shorts_lose_alike_per_lot() -> None:
    venue = bankrupt(0)
    before = [venue.equity(who) for who in range(4)]
    debt = -venue.perp_account(0, 0).quote_position_bits
    interest = venue.market(0)["perp"]["open_interest"]
    receipt = venue.resolve_perp_bankruptcy(CAROL, 2, 0, 0, MANY, T)
    venue.audit()
    assert receipt.insurance == 0
    assert receipt.loss_bits == -(debt // interest)
    after = [venue.equity(who) for who in range(4)]
    assert before[1] - after[1] == before[2] - after[2] == 1_000_000 * -receipt.loss_bits
    assert 0 <= debt - (before[1] - after[1]) * 2 < interest
    assert after[0] == 0
    assert not receipt.is_bankrupt


def test_insurance_that_does_not_suffice_is_spent_and_the_rest_socialised() -> None:
    venue = bankrupt(7)
    receipt = venue.resolve_perp_bankruptcy(CAROL, 2, 0, 0, MANY, T)
    venue.audit()
    assert receipt.insurance == 7
    assert receipt.loss_bits < 0
    assert venue.state()["insurance_vault"] == 0


def test_a_borrow_nobody_pays_lowers_every_deposit_by_the_same_share() -> None:
    venue = bazaar(deposit=0, insurance=3)
    for who in (1, 2):
        venue.deposit(PEOPLE[who], who, 10_000 * USD, T)
    venue.deposit(ALICE, 0, BTC, T, token=0)
    venue.withdraw(ALICE, 0, 890 * USD, T, allow_borrow=True)
    reprice(venue, "500")
    while not venue.account(0)["is_bankrupt"]:
        moved = venue.liquidate_token_and_token(CAROL, 2, 0, 0, v.QUOTE_TOKEN, MANY, T)
        assert moved.taken_bits > 0
    debt = -venue.net_balance(0)
    before = venue.net_balance(1), venue.net_balance(2)
    receipt = venue.resolve_token_bankruptcy(CAROL, 2, 0, MANY, T)
    venue.audit()
    assert receipt.insurance == 3
    assert not receipt.is_bankrupt
    assert venue.net_balance(0) == 0
    left = venue.net_balance(1), venue.net_balance(2)
    assert left[0] / before[0] == pytest.approx(1 - receipt.loss_bits / ONE, rel=1e-9)
    lost = sum(before) - sum(left)
    assert lost / ONE == pytest.approx(debt / ONE - 3, abs=2)
    bank = venue.bank()
    owed = bank["deposits_bits"] * bank["deposit_index_bits"] // 2**96
    assert bank["vault"] - owed in (0, 1)


def test_only_a_bankrupt_account_is_resolved() -> None:
    venue = long_in_trouble()
    for call in (
        lambda: venue.resolve_perp_bankruptcy(CAROL, 2, 0, 0, ONE, T),
        lambda: venue.resolve_token_bankruptcy(CAROL, 2, 0, ONE, T),
    ):
        assert refuses(venue, StateError, "Default", call).field == "account"


def test_forced_cancelling_of_spot_orders_settles_what_they_held() -> None:
    venue = bazaar(deposit=10_000 * USD)
    spot(venue, 0, "bid", 9_990, 10_000)
    open_position(venue, 0, 1, 900_000, ORACLE)
    reprice(venue, "880")
    assert venue.open_orders(0, 0).quote_total == 999 * USD
    assert venue.force_cancel_spot_orders(0, 0, T) == 1
    venue.audit()
    assert venue.open_orders(0, 0) == v.OpenOrders(
        exists=True, orders=0, base_free=0, base_total=0, quote_free=0, quote_total=0, rebates=0
    )
    assert venue.account(0)["margin_basket"] == 0
    assert venue.account(0)["being_liquidated"]
