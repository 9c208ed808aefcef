"""A venue with one token, its perp and its spot market, and people with money on it."""

from __future__ import annotations

from typing import Any

import msgspec

from venues.refusals import ALICE, BOB
from venues.worlds import ADMIN, fixed
from voltcore import venues as v

ONE = 1 << 48
CAROL, DAVE = 33, 44
PEOPLE = (ALICE, BOB, CAROL, DAVE)
T = 1_650_000_000
USD = 1_000_000
BTC = 1_000_000


def bazaar(
    *,
    price: str = "1000",
    deposit: int = 10_000 * USD,
    perp: dict[str, Any] | None = None,
    spot: dict[str, Any] | None = None,
    limits: dict[str, Any] | None = None,
    insurance: int = 0,
) -> v.MarginVenue:
    """Market and token 0 at `price`; Alice, Bob, Carol and Dave own the accounts 0 to 3."""
    fees = {"taker_fee_bits": 0, "maker_fee_bits": 0}
    config = v.VenueConfig(
        admin=ADMIN,
        valid_interval=3_600,
        markets=(
            v.MarketConfig(
                index=v.IndexConfig(underlying=0),
                perp=msgspec.structs.replace(
                    v.PerpMarketConfig.example(), **{**fees, **(perp or {})}
                ),
                spot=msgspec.structs.replace(v.SpotMarketConfig.example(), **(spot or {})),
            ),
        ),
        tokens=(
            v.TokenConfig(
                index=0,
                curve=v.InterestCurve.example(),
                init_leverage_bits=10 * ONE,
                maint_leverage_bits=20 * ONE,
                liquidation_fee_bits=fixed("0.025"),
            ),
            v.TokenConfig(index=v.QUOTE_TOKEN, curve=v.InterestCurve.example()),
        ),
        limits=msgspec.structs.replace(v.VenueLimits(), **(limits or {})),
    )
    venue = v.MarginVenue(config, T)
    reprice(venue, price, T)
    for owner in PEOPLE:
        account = venue.add_account(owner, T)
        if deposit:
            venue.deposit(owner, account, deposit, T)
        venue.init_spot_open_orders(owner, account, 0, T)
    if insurance:
        venue.deposit_insurance(insurance, T)
    return venue


def reprice(venue: v.MarginVenue, price: str, now: int = T) -> None:
    venue.set_price(ADMIN, 0, fixed(price), now)
    venue.cache_prices(now)


def order(
    venue: v.MarginVenue, who: int, side: Any, price: int, base: int, now: int = T, **more: Any
) -> v.PerpOrderReceipt:
    """A perp order of the person at that place."""
    return venue.place_perp_order(PEOPLE[who], who, 0, side, price, base, now, **more)


def spot(
    venue: v.MarginVenue, who: int, side: Any, price: int, base: int, now: int = T, **more: Any
) -> v.SpotOrderReceipt:
    """A spot order of the person at that place."""
    return venue.place_spot_order(PEOPLE[who], who, 0, side, price, base, now, **more)


def open_position(venue: v.MarginVenue, long: int, short: int, lots: int, price: int) -> None:
    """A trade between two people, processed; both bring 1000 USD more for it."""
    for who in (long, short):
        venue.deposit(PEOPLE[who], who, 1_000 * USD, T)
    order(venue, short, "ask", price, lots)
    order(venue, long, "bid", price, lots)
    venue.consume_events(0, T)
