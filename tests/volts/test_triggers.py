"""The five triggers: where each begins to fire, which one is first, and when epochs end."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from voltcore import venues, volts
from voltcore.errors import StalePriceError
from volts.world import (
    ADMIN,
    ALICE,
    BOB,
    DEPOSIT,
    HEDGE_LOTS,
    SPOT,
    advance,
    funded,
    invested,
    new_venue,
    new_volt,
    perp,
    set_price,
)

WEEK = 604_800
NONE = ("none", False)


def fires(volt: volts.Volt, now: int | None = None, **options: int) -> tuple[str, bool]:
    report = volt.check_triggers(volt.clock if now is None else now, **options)
    return report.trigger, report.hedge_only


def strategy(*, lenience: str = "0.25", **changes: Any) -> volts.StrategyParams:
    bits = volts.fixed_point_bits(lenience)
    return volts.StrategyParams(target_leverage_lenience_bits=bits, **changes)


def test_a_fresh_position_gives_no_reason_to_trade() -> None:
    assert fires(invested()) == NONE


@pytest.mark.parametrize("stage", [stage for stage in volts.STAGES if stage != "ACTIVE"])
def test_nothing_fires_outside_an_active_epoch(stage: volts.Stage) -> None:
    volt = invested(stage) if stage != "BETWEEN" else new_volt()
    assert fires(volt, 10 * WEEK) == NONE


# 1. The epoch is over.


@pytest.mark.parametrize(("now", "expected"), [(WEEK - 1, "none"), (WEEK, "epoch_end")])
def test_an_epoch_ends_168_hours_after_its_start(now: int, expected: str) -> None:
    assert fires(funded(), now)[0] == expected


@pytest.mark.parametrize(
    ("start", "anchor", "end"),
    [
        (0, 7_200, 7_200),
        (7_199, 7_200, 7_200),
        (7_200, 7_200, 7_200 + WEEK),
        (7_201, 7_200, 7_200 + WEEK),
        (WEEK, 3 * WEEK + 5, WEEK + 5),
        (10 * WEEK, 1, 10 * WEEK + 1),
    ],
)
def test_an_anchor_fixes_the_boundary_whenever_the_round_began(
    start: int, anchor: int, end: int
) -> None:
    volt = new_volt(epoch_anchor=anchor)
    volt.start_round(ADMIN, start)
    assert fires(volt, end - 1) == NONE
    assert fires(volt, end) == ("epoch_end", False)


def test_the_end_of_an_epoch_needs_no_fresh_prices() -> None:
    volt = funded(venue=new_venue(valid_interval=10))
    assert fires(volt, WEEK) == ("epoch_end", False)
    with pytest.raises(StalePriceError):
        volt.check_triggers(WEEK - 1)


# 2. The collateralisation ratio.


def test_the_ratio_fires_below_150_percent_and_not_at_it() -> None:
    # The limit is set to what the volt has, exactly, and to one basis point more.
    volt = invested()
    ratio = volt.collateral_ratio_bps()
    assert ratio is not None
    assert 19_900 < ratio < 20_000  # 200 % less the taker fees
    for limit, expected in ((ratio, "none"), (ratio + 1, "collateral_ratio"), (0, "none")):
        other = invested(strategy=strategy(min_collateral_ratio_bps=limit))
        assert fires(other) == (expected, False)


def without_fees() -> venues.MarginVenue:
    config = venues.VenueConfig.squared_and_linear(
        admin=ADMIN,
        valid_interval=2**40,
        squared=perp(squared=True, taker_fee_bits=0),
        linear=perp(squared=False, taker_fee_bits=0),
        unlimited_pnl_counterparty=True,
    )
    return venues.MarginVenue(config)


def test_a_rise_of_fifteen_percent_without_a_hedge_trade_brings_the_ratio_below_its_line() -> None:
    # x = (2 + sqrt 14) / 5 = 1.14833 at leverage -0.5.
    wide = strategy(hedge_band_bps=9_999, lenience="0.5")
    volt = invested(strategy=wide, venue=without_fees())
    set_price(volt, SPOT * 1_148 // 1_000)
    assert fires(volt) == NONE
    set_price(volt, SPOT * 1_149 // 1_000)
    assert fires(volt) == ("collateral_ratio", False)


# 3. The leverage.


@pytest.mark.parametrize(("lenience", "move", "expected"), [
    ("0.1", Fraction(106, 100), "none"),
    ("0.1", Fraction(112, 100), "leverage"),
    ("0.1", Fraction(85, 100), "leverage"),
    ("0.25", Fraction(112, 100), "none"),
    ("0.25", Fraction(65, 100), "leverage"),
])  # fmt: skip
def test_the_leverage_fires_outside_its_lenience_on_both_sides(
    lenience: str, move: Fraction, expected: str
) -> None:
    volt = invested(strategy=strategy(lenience=lenience, hedge_band_bps=9_999))
    set_price(volt, int(SPOT * move))
    held = volt.exposure()
    away = abs(Fraction(held.target_notional_bits, held.equity_bits) - Fraction(1, 2))
    assert (away > Fraction(lenience)) == (expected == "leverage")
    assert fires(volt) == (expected, False)


def test_the_ratio_is_reported_before_the_leverage() -> None:
    volt = invested(strategy=strategy(hedge_band_bps=9_999))
    set_price(volt, SPOT * 13 // 10)
    held = volt.exposure()
    assert Fraction(held.target_notional_bits, held.equity_bits) > Fraction(3, 4)
    assert fires(volt) == ("collateral_ratio", False)


# 4. Pending deposits and withdrawals against the day's volume.


def test_pending_deposits_fire_above_two_percent_of_the_volume() -> None:
    volt = invested()
    volt.deposit(BOB, 10**8, volt.clock)
    assert fires(volt) == NONE
    assert fires(volt, daily_volume=5 * 10**9) == NONE
    assert fires(volt, daily_volume=5 * 10**9 - 1) == ("pending_flows", False)
    assert fires(volt, daily_volume=0) == ("pending_flows", False)


def test_pending_withdrawals_count_at_their_value_in_quote() -> None:
    volt = invested()
    volt.withdraw(ALICE, DEPOSIT // 4, volt.clock)
    price = volt.share_price(volt.clock)
    assert price is not None
    value = DEPOSIT // 4 * price.assets // price.supply
    assert fires(volt, daily_volume=value * 50) == NONE
    assert fires(volt, daily_volume=value * 50 - 1) == ("pending_flows", False)


def test_the_larger_of_both_flows_decides() -> None:
    volt = invested()
    volt.deposit(BOB, 10**7, volt.clock)
    volt.withdraw(ALICE, DEPOSIT // 2, volt.clock)
    assert fires(volt, daily_volume=10**10) == ("pending_flows", False)
    volt.cancel_pending_withdrawal(ALICE, volt.clock)
    assert fires(volt, daily_volume=10**10) == NONE


def test_without_flows_no_volume_is_too_small() -> None:
    assert fires(invested(), daily_volume=0) == NONE


# 5. The hedge.


@pytest.mark.parametrize("hedge_only", [True, False])
def test_the_hedge_fires_outside_its_band(hedge_only: bool) -> None:
    volt = invested(strategy=strategy(hedge_only=hedge_only))
    # The short's delta moves with the price, the hedge stays: the band of 5 % ends at 1 / 0.95.
    set_price(volt, SPOT * 1_052 // 1_000)
    assert fires(volt) == NONE
    set_price(volt, SPOT * 1_053 // 1_000)
    assert fires(volt) == ("hedge_drift", hedge_only)
    if not hedge_only:
        return
    before = (volt.round_number, volt.supply, volt.fee_account)
    volt.rehedge(ADMIN, volt.clock, HEDGE_LOTS * 1_053 // 1_000)
    assert fires(volt) == NONE
    assert (volt.round_number, volt.supply, volt.fee_account) == before


def test_half_a_hedge_lot_is_no_drift() -> None:
    volt = invested(strategy=strategy(hedge_band_bps=1))
    set_price(volt, SPOT + 100)  # the delta moves by 0.2 %, less than half of one of 200 lots
    assert fires(volt) == NONE
    set_price(volt, SPOT + 150)
    assert fires(volt)[0] == "hedge_drift"


def test_a_volt_that_does_not_hedge_has_no_drift() -> None:
    volt = invested(strategy=strategy(is_hedging_on=False))
    set_price(volt, SPOT * 105 // 100)
    assert fires(volt) == NONE


def test_triggers_read_and_change_nothing() -> None:
    volt = invested()
    before = volt.state_digest()
    for now in (volt.clock, WEEK, 2 * WEEK):
        volt.check_triggers(now, daily_volume=1)
    assert volt.state_digest() == before


# History.


def life(*, keep_history: bool) -> volts.Volt:
    """Three rounds in which Bob comes late and Alice leaves in parts."""
    volt = new_volt(keep_history=keep_history)
    volt.deposit(ALICE, DEPOSIT, 0)
    volt.start_round(ADMIN, 0)
    for step in range(3):
        if step == 1:
            volt.deposit(BOB, DEPOSIT, volt.clock)
        volt.withdraw(ALICE, DEPOSIT // 10, volt.clock)
        advance(advance(volt, "FEES_TAKEN"), "ACTIVE")
        volt.claim_pending_withdrawal(ALICE, volt.clock)
    return volt


def test_without_history_everything_but_the_past_is_the_same() -> None:
    kept, dropped = life(keep_history=True), life(keep_history=False)
    assert [epoch.number for epoch in kept.finished_epochs] == [1, 2, 3]
    assert dropped.finished_epochs == ()
    assert [round_.number for round_ in kept.rounds] == [1, 2, 3, 4]
    # Bob has not claimed what he got for round 2; Alice claimed 3 after the next one had begun.
    assert [round_.number for round_ in dropped.rounds] == [2, 3, 4]
    assert dropped.claim_pending_deposit(BOB, 0) == kept.claim_pending_deposit(BOB, 0) > 0
    for volt in (kept, dropped):
        volt.audit()
        assert volt.user(ALICE) == kept.user(ALICE)
        assert volt.exposure() == kept.exposure()
        assert volt.assets(0) == kept.assets(0)
    volt = advance(advance(dropped, "FEES_TAKEN"), "ACTIVE")
    assert [round_.number for round_ in volt.rounds] == [5]
    volt.audit()
