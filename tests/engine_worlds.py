"""One engine of each kind with something in it, for what all of them must withstand."""

from __future__ import annotations

from collections.abc import Callable

from irs.worlds import traded_pool
from perps_worlds import ALICE, BOB, USD, basket, jlp, vol
from venues.refusals import ALICE as FIRST
from venues.refusals import BOB as SECOND
from venues.refusals import NOW
from venues.worlds import ADMIN, fixed, world
from voltcore import amm, perps, venues
from voltcore._engine import Engine
from volts.world import invested


def used_basket() -> perps.BasketPool:
    pool = basket()
    pool.open(ALICE, "eth", "long", 2 * 10**9, 10**9, 10**12, 0)
    pool.open(BOB, "eth", "short", 10**9, 400 * USD, 1, 0, collateral_custody="usdc")
    return pool


def used_jlp() -> perps.JlpPool:
    pool = jlp()
    pool.increase(ALICE, "SOL", "long", 3_000 * USD, 4 * 10**9, 0)
    pool.increase(BOB, "ETH", "short", 2_000 * USD, 300 * USD, 0)
    pool.request_decrease(ALICE, 1, "SOL", "long", 0, size_usd=10 * USD)
    return pool


def used_vol() -> perps.VolPool:
    pool = vol()
    pool.increase(ALICE, "USDC", "1d", "long", 500 * USD, 200 * USD, 0)
    pool.request_decrease(ALICE, "USDC", "1d", "long", 0, size=10 * USD)
    return pool


def used_venue() -> venues.MarginVenue:
    venue, _ = world()
    venue.set_price(ADMIN, 1, fixed("50000"), NOW)
    venue.cache_prices(NOW)
    venue.update_banks(NOW)
    for owner in (FIRST, SECOND):
        venue.deposit(owner, venue.add_account(owner, NOW), 10**12, NOW)
    venue.fill_at_quote(FIRST, 0, 0, -2_000, 25_500, NOW)
    venue.place_perp_order(SECOND, 1, 0, "bid", 24_000, 100, NOW)
    return venue


def used_uniswap() -> amm.UniswapV3Pool:
    pool = amm.UniswapV3Pool(3_000, 60)
    pool.initialize(2**96)
    pool.mint(1, -6_000, 6_000, 10**18)
    pool.mint(2, -600, 1_200, 10**17)
    pool.swap(True, 10**15, 2**95)
    return pool


ENGINES: dict[str, Callable[[], Engine]] = {
    "uniswap": used_uniswap,
    "irs": traded_pool,
    "basket": used_basket,
    "jlp": used_jlp,
    "vol": used_vol,
    "venue": used_venue,
    "volt": invested,
}
