"""Volt #04: entering, leaving and re-hedging a long perp against borrowed and sold spot."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from voltcore import venues, volts
from voltcore.errors import (
    InputRangeError,
    LiquidityError,
    MarginError,
    PhaseError,
    VoltcoreError,
)
from volts.world import ADMIN, ALICE, BOB, DEPOSIT, ONE, WALLET

LENDER = 77
DAY = 86_400
SOL = 40
PRICE_LOTS = SOL * 10
"""Lots 100 / 10: a lot of 100 native SOL costs PRICE_LOTS * 10 native USDC."""


def mango(
    lent: int = 10**12,
    *,
    weights: int = 10,
    fee: str = "0",
    spot: venues.SpotMarketConfig = venues.SpotMarketConfig(),  # noqa: B008 - a value
    **changes: Any,
) -> venues.MarginVenue:
    """One market with a perp and a token, where somebody lends the token."""
    market = msgspec.structs.replace(
        venues.PerpMarketConfig.example("mango_v3"),
        taker_fee_bits=volts.fixed_point_bits(fee),
        maker_fee_bits=0,
        init_leverage_bits=weights * ONE,
        maint_leverage_bits=2 * weights * ONE,
        liquidation_fee_bits=volts.fixed_point_bits("0.02"),
    )
    curve = venues.InterestCurve.example()
    token = venues.TokenConfig(
        index=0,
        curve=curve,
        init_leverage_bits=weights * ONE,
        maint_leverage_bits=2 * weights * ONE,
        liquidation_fee_bits=volts.fixed_point_bits("0.02"),
    )
    options = {"unlimited_pnl_counterparty": True, **changes}
    venue = venues.MarginVenue(
        venues.VenueConfig(
            admin=ADMIN,
            valid_interval=2**40,
            markets=(
                venues.MarketConfig(index=venues.IndexConfig(underlying=0), perp=market, spot=spot),
            ),
            tokens=(token, venues.TokenConfig(index=venues.QUOTE_TOKEN, curve=curve)),
            **options,
        )
    )
    venue.set_price(ADMIN, 0, SOL * ONE, 0)
    venue.cache_prices(0)
    venue.cache_root_banks(0)
    venue.cache_perp_markets(0)
    if lent:
        account = venue.add_account(LENDER, 0)
        venue.deposit(LENDER, account, lent, 0, token=0)
    return venue


def new_volt(venue: venues.MarginVenue | None = None) -> volts.Volt:
    volt = volts.Volt(volts.VoltConfig.basis(ADMIN), venue or mango())
    for user in (ALICE, BOB):
        volt.credit_wallet(user, WALLET)
    return volt


def move(volt: volts.Volt, price: int, now: int) -> None:
    volt.set_price(ADMIN, 0, price * ONE, now)
    volt.refresh_caches(now)


def cycle(
    volt: volts.Volt, now: int, price: int = PRICE_LOTS, *, leverage: int | None = None
) -> None:
    """The whole cycle at one price for both legs, under another leverage if one is given."""
    if leverage is not None:
        strategy = msgspec.structs.replace(
            volt.config.strategy, target_leverage_bits=leverage * ONE
        )
        volt.set_strategy_params(ADMIN, strategy, now)
    volt.take_performance_fees(ADMIN, now)
    volt.setup_rebalance(ADMIN, now)
    while volt.stage == "READY":
        volt.rebalance_target(ADMIN, now, price)
    while volt.stage == "TARGET_DONE":
        volt.rebalance_spot(ADMIN, now, price)
    volt.end_round(ADMIN, now)
    volt.take_pending_withdrawal_fees(ADMIN, now)
    volt.start_round(ADMIN, now)


def entered(venue: venues.MarginVenue | None = None) -> volts.Volt:
    volt = new_volt(venue)
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    cycle(volt, 0)
    return volt


def owed(volt: volts.Volt) -> int:
    """Net native units of the token, I80F48 bits; negative for a borrow."""
    return volt.venue.net_balance(volt.margin_account, 0)


def test_both_legs_match_exactly_in_base_units() -> None:
    volt = entered()
    perp_lots, short = volts.basis_size(DEPOSIT * ONE, SOL * ONE, 100)
    assert volt.venue.perp_account(volt.margin_account, 0).base_position == perp_lots == 250_000
    # The borrow is truncated to index units: at most one unit of 2^-48 times the index is missing.
    assert -short * ONE <= owed(volt) <= -short * ONE + 10**6
    held = volt.exposure()
    assert held.target_notional_bits == DEPOSIT * ONE
    assert 0 <= held.net_delta_bits <= 10**6
    assert volt.check_triggers(0).trigger == "none"
    volt.audit()


@pytest.mark.parametrize("price", [1, 20, 41, 80, 200])
def test_the_price_alone_changes_nothing_but_the_borrow_truncated_away(price: int) -> None:
    volt = entered()
    before = volt.exposure().equity_bits
    move(volt, price, 0)
    assert abs(volt.exposure().equity_bits - before) <= 200 * 2 * 10**6


@pytest.mark.parametrize(("weights", "ruin"), [(10, 5), (20, 10)])
def test_health_falls_with_the_price_by_the_distance_of_the_weights(
    weights: int, ruin: int
) -> None:
    # X (1 - x (l - a)): zero at x = 5 for 0.9 / 1.1 and at x = 10 for 0.95 / 1.05.
    volt = entered(mango(weights=weights))
    for factor in (1, ruin - 1, ruin + 1):
        move(volt, SOL * factor, 0)
        health = volt.venue.health(volt.margin_account, "init")
        asset, liability = Fraction(weights - 1, weights), Fraction(weights + 1, weights)
        expected = DEPOSIT * (1 - factor * (liability - asset))
        assert abs(health / ONE - float(expected)) < 1
        assert (health < 0) is (factor > ruin)


def test_interest_and_funding_are_what_the_position_earns() -> None:
    volt = entered(mango(lent=50_000_000))  # half of what is lent is borrowed
    before = volt.exposure().equity_bits
    # A day at mark 1 % below the index: the long perp receives 1 %.
    volt.update_funding(0, 396, 396, DAY)
    volt.refresh_caches(DAY)
    gained = (volt.exposure().equity_bits - before) / ONE
    rate = 0.06 / 0.7 * 0.5 / 365
    expected = DEPOSIT * volts.basis_daily_return(-0.01, rate, 0.0)
    assert gained == pytest.approx(expected, rel=1e-5)


def test_a_growing_borrow_drifts_short_until_the_whole_cycle_re_hedges_it() -> None:
    volt = entered(mango(lent=30_000_000))
    now = 0
    report = volt.check_triggers(now)
    while report.trigger == "none":
        now += DAY
        volt.refresh_caches(now)
        report = volt.check_triggers(now)
        assert now < 7 * DAY, "interest of 83 % utilisation reaches 1 % within days"
    assert (report.trigger, report.hedge_only) == ("hedge_drift", False)
    held = volt.exposure()
    assert -held.net_delta_bits * 100 > held.target_delta_bits
    cycle(volt, now)
    after = volt.exposure()
    assert abs(after.net_delta_bits) * 2 <= 100 * ONE
    assert volt.check_triggers(now).trigger == "none"
    volt.audit()


def test_leaving_buys_everything_back_but_less_than_half_a_lot() -> None:
    volt = entered(mango(lent=50_000_000))
    volt.refresh_caches(5 * DAY)
    assert owed(volt) < -25_000_000 * ONE
    cycle(volt, 5 * DAY, leverage=0)
    assert volt.venue.perp_account(volt.margin_account, 0).base_position == 0
    assert abs(owed(volt)) * 2 <= 100 * ONE
    assert volt.assets(5 * DAY) < DEPOSIT
    volt.audit()
    # And in again.
    cycle(volt, 5 * DAY, leverage=1)
    held = volt.exposure()
    assert abs(held.net_delta_bits) * 2 <= 100 * ONE
    assert held.target_delta_bits > 24_000_000 * ONE


def test_leavers_are_paid_out_of_the_proceeds() -> None:
    volt = entered(mango(fee="0.0005"))
    volt.deposit(BOB, DEPOSIT // 2, 0)
    volt.withdraw(ALICE, volt.user(ALICE).volt_tokens, 0)
    price = Fraction(volt.assets(0), volt.shares_outstanding())
    cycle(volt, 0)
    volt.claim_pending_deposit(BOB, 0)
    paid = volt.claim_pending_withdrawal(ALICE, 0)
    assert 0.99 * DEPOSIT < paid <= DEPOSIT * price
    assert volt.user(BOB).volt_tokens == volt.supply
    assert volt.venue.perp_account(volt.margin_account, 0).base_position in range(124_000, 125_001)
    volt.audit()


def test_slices_of_the_spot_leg_can_stop_and_go_on() -> None:
    volt = new_volt()
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    volt.init_spot_open_orders(ADMIN, 0)
    volt.rebalance_target(ADMIN, 0, PRICE_LOTS)
    first = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS, max_quote=300_000_000)
    assert (first.filled_lots, first.missing_lots) == (-75_000, -175_000)
    volt = volts.Volt.from_bytes(volt.to_bytes())
    quote = volts.Quote(
        bid_lots=PRICE_LOTS,
        ask_lots=PRICE_LOTS + 1,
        size_lots=100_000,
        spot_taker_fee_bits=volts.fixed_point_bits("0.0004"),
    )
    second = volt.rebalance_spot(ADMIN, 0, PRICE_LOTS, quote=quote)
    assert (second.filled_lots, second.missing_lots) == (-100_000, -75_000)
    assert second.fee_bits == 160_000 * ONE + (ONE if _rounds_up("0.0004", 400_000_000) else 0)
    assert volt.stage == "TARGET_DONE"
    assert volt.rebalance_spot(ADMIN, 0, PRICE_LOTS).is_done
    assert volt.stage == "DONE"


def _rounds_up(rate: str, quote: int) -> bool:
    """Whether the rate, a multiple of 2^-48, lies above the decimal it stands for."""
    return volts.fixed_point_bits(rate) * quote > Fraction(rate) * quote * ONE


@pytest.mark.parametrize(
    ("funding", "signal"), [(-1, "enter"), (0, "stay"), (1, "exit"), (-(2**100), "enter")]
)
def test_the_rule_reads_the_sign_of_the_trailing_funding(funding: int, signal: str) -> None:
    assert volts.basis_signal(funding) == signal


def test_nobody_lends_enough() -> None:
    volt = new_volt(mango(lent=10**6))
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    refused(volt, lambda: cycle(volt, 0), LiquidityError, "InsufficientLiquidity")
    assert volt.stage == "TARGET_DONE"


def test_a_sale_at_nothing_leaves_no_init_health() -> None:
    volt = new_volt()
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    volt.take_performance_fees(ADMIN, 0)
    volt.setup_rebalance(ADMIN, 0)
    volt.rebalance_target(ADMIN, 0, PRICE_LOTS)
    before = volt.state_digest()
    with pytest.raises(MarginError) as caught:
        volt.rebalance_spot(ADMIN, 0, 1)
    assert caught.value.onchain == "InsufficientFunds"
    assert volt.state_digest() == before


def test_the_spot_hedge_keeps_its_phase() -> None:
    volt = entered()
    stage, before = volt.stage, volt.state_digest()
    refused(
        volt,
        lambda: volt.rebalance_spot(ADMIN, 0, PRICE_LOTS),
        PhaseError,
        "InvalidRebalanceSpotEntropyState",
    )
    assert (volt.stage, volt.state_digest()) == (stage, before)


def test_the_basis_volt_always_hedges_with_spot() -> None:
    volt = new_volt()
    strategy = msgspec.structs.replace(volt.config.strategy, hedge_with_spot=False)
    refused(
        volt,
        lambda: volt.set_strategy_params(ADMIN, strategy, 0),
        InputRangeError,
        "HedgeWithSpotMustBeTrue",
    )
    assert volt.config.strategy.hedge_with_spot


def test_a_venue_without_the_token_has_no_basis_volt() -> None:
    squared = venues.MarginVenue(venues.VenueConfig.squared_and_linear(admin=ADMIN))
    with pytest.raises(VoltcoreError) as caught:
        volts.Volt(volts.VoltConfig.basis(ADMIN, market=1), squared)
    assert caught.value.field == "token"


def test_nav_at_mark_takes_both_legs_at_their_own_prices() -> None:
    volt = entered()
    # The perp 1 % above the oracle and the token at it: the long leg is worth 1 % more.
    marked = volt.nav_at_mark(SOL * ONE * 101 // 100, SOL * ONE)
    assert marked - volt.assets(0) in range(DEPOSIT // 100 - 1, DEPOSIT // 100 + 2)
    # The token 1 % dearer: so is what is owed.
    marked = volt.nav_at_mark(SOL * ONE, SOL * ONE * 101 // 100)
    assert volt.assets(0) - marked in range(DEPOSIT // 100 - 1, DEPOSIT // 100 + 2)


def refused(volt: volts.Volt, call: Any, kind: type[VoltcoreError], name: str) -> None:
    stage, before = volt.stage, volt.state_digest()
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.onchain == name
    if volt.stage == stage:
        assert volt.state_digest() == before
    volt.audit()
