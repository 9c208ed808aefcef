"""Swaps against the peer of the benchmarks, which is Python's ints and the protocol's formulas."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from case_counts import cases
from irs.worlds import DAY, LP, PARAMETERS, START, TRADERS, new_pool
from voltcore import amm, irs

TRADER = TRADERS[0]


def load_peer() -> Any:
    path = Path(__file__).parents[2] / "bench" / "rates_peer.py"
    spec = importlib.util.spec_from_file_location("rates_peer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PEER = load_peer()


def liquid_pool(draw: random.Random) -> irs.IrsPool:
    """Ranges with gaps between them, some days into the term."""
    spacing = draw.choice((1, 10, 60, 200))
    pool = new_pool(spacing=spacing, fee_protocol=draw.choice((0, 3, 7)))
    pool.fund(LP, 10**30)
    pool.fund(TRADER, 10**30)
    centre = -16096 // spacing
    for _ in range(draw.randrange(1, 12)):
        lower = centre + draw.randrange(-40, 40)
        key = (LP, lower * spacing, (lower + draw.randrange(1, 30)) * spacing)
        pool.update_position_margin(LP, START, *key, 10**25)
        pool.mint(LP, START, *key, draw.randrange(1, 10 ** draw.randrange(6, 18)))
    pool.update_position_margin(TRADER, START, TRADER, -spacing, spacing, 10**29)
    now = START + draw.randrange(0, 80 * DAY)
    pool.set_rate(now, 10**27 + draw.randrange(0, 10**25))
    pool.write_oracle_entry(LP, now)
    pool.get_historical_apy(LP, now)
    return pool


def peer_of(pool: irs.IrsPool, spacing: int) -> Any:
    vamm = pool.vamm()
    return PEER.Market(
        PARAMETERS,
        START,
        START + 90 * DAY,
        pool.now,
        pool.variable_factor_no_cache(pool.now),
        pool.margin_engine()["cached_apy_wad"],
        vamm["fee_wad"],
        vamm["sqrt_price_x96"],
        vamm["tick"],
        vamm["liquidity"],
        {tick: pool.tick(tick)["liquidity_net"] for tick in pool.initialized_ticks()},
        spacing,
        traders={TRADER: PEER.Trader(10**29)},
        fee_protocol=vamm["fee_protocol"],
    )


def order(draw: random.Random, pool: irs.IrsPool, spacing: int) -> tuple[int, int]:
    """An amount and a limit: often none, often exactly the price of a tick."""
    price, tick = pool.vamm()["sqrt_price_x96"], pool.vamm()["tick"]
    amount = draw.choice((1, -1)) * draw.randrange(1, 10 ** draw.randrange(1, 17))
    kind = draw.randrange(4)
    if kind == 0:
        limit = amm.sqrt_ratio_at_tick(
            max(-69000, min(69000, (tick // spacing + draw.randrange(-5, 6)) * spacing))
        )
    elif kind == 1:
        limit = price + draw.choice((1, -1)) * draw.randrange(1, price // 100)
    else:
        return amount, 0
    legal = price < limit < irs.MAX_SQRT_RATIO if amount > 0 else irs.MIN_SQRT_RATIO < limit < price
    return amount, limit if legal else 0


@pytest.mark.parametrize("seed", range(cases(120, 20_000)))
def test_a_sequence_of_swaps_is_what_plain_python_makes_of_it(seed: int) -> None:
    draw = random.Random(f"swaps {seed}")
    pool = liquid_pool(draw)
    spacing = pool.config()["tick_spacing"]
    peer = peer_of(pool, spacing)
    for _ in range(8):
        amount, limit = order(draw, pool, spacing)
        end = irs.MAX_SQRT_RATIO - 1 if amount > 0 else irs.MIN_SQRT_RATIO + 1
        if pool.vamm()["sqrt_price_x96"] == end:
            amount = -amount
        receipt = pool.swap(TRADER, pool.now, TRADER, -spacing, spacing, amount, limit or None)
        assert tuple(receipt) == peer.swap(TRADER, amount, limit)
        vamm, record = pool.vamm(), pool.position(TRADER, -spacing, spacing)
        assert (vamm["sqrt_price_x96"], vamm["tick"]) == (peer.price, peer.tick)
        assert vamm["liquidity"] == peer.liquidity
        assert vamm["protocol_fees"] == peer.protocol_fees
        assert [
            vamm["fixed_token_growth_global_x128"],
            vamm["variable_token_growth_global_x128"],
            vamm["fee_growth_global_x128"],
        ] == peer.growth
        trader = peer.traders[TRADER]
        assert record.margin == trader.margin
        assert record.fixed_token_balance == trader.fixed
        assert record.variable_token_balance == trader.variable
        pool.audit()
