"""Volts to test with: the crab on Entropy's two markets, at any stage of its cycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from voltcore import venues, volts
from voltcore.errors import VoltcoreError

ONE = 1 << 48
ADMIN, STRANGER, ALICE, BOB = 1, 99, 11, 12
WALLET = 10**11
DEPOSIT = 10**9
SPOT = 50_000

Call = Callable[[volts.Volt], object]
Scene = Callable[[], tuple[volts.Volt, Call]]
Case = tuple[str, type[VoltcoreError], Scene]
"""A name, the class that carries it, and a volt with a call that is refused so."""

# Prices in quote lots per base lot at SPOT: the squared market's index is 2500.
TARGET_LOTS, HEDGE_LOTS = 25_000, 500_000


def perp(*, squared: bool, **changes: Any) -> venues.PerpMarketConfig:
    """An example market with the taker fee of the squared one on both."""
    market = venues.PerpMarketConfig.example(squared=squared)
    fees = {"taker_fee_bits": volts.fixed_point_bits("0.0005"), "maker_fee_bits": 0}
    return msgspec.structs.replace(market, **{**fees, **changes})


def new_venue(
    *,
    valid_interval: int = 2**40,
    enforce_health: bool = True,
    unlimited_pnl_counterparty: bool = True,
) -> venues.MarginVenue:
    return venues.MarginVenue(
        venues.VenueConfig.squared_and_linear(
            admin=ADMIN,
            valid_interval=valid_interval,
            squared=perp(squared=True),
            linear=perp(squared=False),
            enforce_health=enforce_health,
            unlimited_pnl_counterparty=unlimited_pnl_counterparty,
        )
    )


def new_volt(
    venue: venues.MarginVenue | None = None,
    strategy: volts.StrategyParams | None = None,
    **config: Any,
) -> volts.Volt:
    """A volt before its first deposit, with two users who have money."""
    base = msgspec.structs.replace(
        volts.VoltConfig.crab(ADMIN), strategy=strategy or volts.StrategyParams(), **config
    )
    volt = volts.Volt(base, venue or new_venue())
    set_price(volt, SPOT)
    for user in (ALICE, BOB):
        volt.credit_wallet(user, WALLET)
    return volt


def set_price(volt: volts.Volt, price: int) -> None:
    """The linear price and everything that follows from it, at the volt's own clock."""
    volt.set_price(ADMIN, 1, price * ONE, volt.clock)
    volt.refresh_caches(volt.clock)


def crank(volt: volts.Volt) -> None:
    """One call that brings the cycle forward, by the admin, at the oracle's prices."""
    now, stage = volt.clock, volt.stage
    if stage in ("BETWEEN", "WFEES"):
        volt.start_round(ADMIN, now)
    elif stage == "ACTIVE":
        volt.take_performance_fees(ADMIN, now)
    elif stage == "FEES_TAKEN":
        volt.setup_rebalance(ADMIN, now)
    elif stage == "READY":
        volt.rebalance_target(ADMIN, now, TARGET_LOTS)
    elif stage == "TARGET_DONE":
        volt.rebalance_hedge(ADMIN, now, HEDGE_LOTS)
    elif stage == "DONE":
        volt.end_round(ADMIN, now)
    else:
        volt.take_pending_withdrawal_fees(ADMIN, now)


def advance(volt: volts.Volt, stage: volts.Stage) -> volts.Volt:
    """The volt itself, cranked until it stands at `stage`."""
    for _ in range(2 * len(volts.STAGES)):
        if volt.stage == stage:
            return volt
        crank(volt)
    raise AssertionError(f"{stage} is never reached")


def funded(stage: volts.Stage = "ACTIVE", **options: Any) -> volts.Volt:
    """Alice's deposit in the pool, the volt in its first round at `stage`."""
    volt = new_volt(**options)
    volt.deposit(ALICE, DEPOSIT, 0)
    return advance(volt, stage)


def invested(stage: volts.Stage = "ACTIVE", **options: Any) -> volts.Volt:
    """Alice's deposit in both legs, the volt in its second round at `stage`."""
    volt = funded("FEES_TAKEN", **options)
    return advance(advance(volt, "ACTIVE"), stage)
