"""Fills at a quoted price."""

from __future__ import annotations

import pytest

from venues.model import ONE
from venues.refusals import ALICE, NOW, refuses, with_flags
from venues.worlds import ADMIN, START, fixed, world
from voltcore import (
    InputRangeError,
    MarginError,
    StateError,
    VoltcoreError,
)
from voltcore.venues import MarginVenue


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
    assert refuses(
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
    assert refuses(
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
        assert refuses(bankrupt, StateError, "Bankrupt", call)


def test_a_healthy_account_leaves_liquidation_by_its_next_fill(venue: MarginVenue) -> None:
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    flagged.fill_at_quote(ALICE, 0, 1, 1, 500_000, NOW)
    assert not flagged.account(0)["being_liquidated"]


def test_an_unhealthy_account_in_liquidation_cannot_trade(venue: MarginVenue) -> None:
    venue.fill_at_quote(ALICE, 0, 1, 1_900_000, 500_000, NOW, off_book=True)
    venue.set_price(ADMIN, 1, 48_000 * ONE, NOW)
    venue.cache_prices(NOW)
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    assert refuses(
        flagged,
        StateError,
        "BeingLiquidated",
        lambda: flagged.fill_at_quote(ALICE, 0, 1, -1, 480_000, NOW),
    )


def test_a_withdrawal_clears_the_liquidation_flag(venue: MarginVenue) -> None:
    flagged = with_flags(venue, being_liquidated=True, is_bankrupt=False)
    flagged.withdraw(ALICE, 0, 1, NOW)
    assert not flagged.account(0)["being_liquidated"]
