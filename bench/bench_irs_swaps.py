"""
Full rates swaps: oracle entry, steps, growth, fee, position update, margin requirement. R22.

    pytest bench/bench_irs_swaps.py

`standing`: all at one second, whose entry is written once. `moving`: ten seconds apart, so that
each swap writes an entry of its own and meets a new time to maturity, as on chain.

Peer: the same swaps in Python's ints (`rates_peer`), every receipt compared. The published figure
for the contracts' own bytecode in a Rust EVM is 1,850 such swaps a second, 541 us each; their
bytecode is not in any package registry, so that it cannot be run here. The same EVM is published
with 9,500 plain Uniswap swaps a second and does about 4,700 on the two-core machine of the figures
in docs/rates.md: scaled by that, 1,090 us. A ratio is the mean of a swap in 541 us, unscaled.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rates_peer import Market, Trader

import voltcore.math as vm
from voltcore import amm, irs

WAD, START, DAY = 10**18, 1_660_000_000, 86_400
NOW, END = START + 30 * DAY, START + 180 * DAY
TRADERS, SWAPS = 100, 2_000
PARAMETERS = irs.MarginParameters(
    apy_upper_multiplier_wad=15 * WAD // 10,
    apy_lower_multiplier_wad=7 * WAD // 10,
    sigma_squared_wad=WAD // 100,
    alpha_wad=4 * WAD // 100,
    beta_wad=WAD,
    xi_upper_wad=2 * WAD,
    xi_lower_wad=15 * WAD // 10,
    t_max_wad=31_536_000 * WAD,
    dev_mul_left_unwind_lm_wad=5 * WAD // 10,
    dev_mul_right_unwind_lm_wad=5 * WAD // 10,
    dev_mul_left_unwind_im_wad=8 * WAD // 10,
    dev_mul_right_unwind_im_wad=8 * WAD // 10,
    fixed_rate_deviation_min_left_unwind_lm_wad=WAD // 10,
    fixed_rate_deviation_min_right_unwind_lm_wad=WAD // 10,
    fixed_rate_deviation_min_left_unwind_im_wad=3 * WAD // 10,
    fixed_rate_deviation_min_right_unwind_im_wad=3 * WAD // 10,
    gamma_wad=WAD,
)


def market() -> irs.IrsPool:
    """50 ranges around 5 %, 100 traders with margin, 30 days into the term."""
    pool = irs.IrsPool(
        owner=1,
        now=START,
        term_start=START,
        term_end=END,
        rate_ray=10**27,
        observations=[(START - 10 * DAY, 999 * 10**24)],
    )
    pool.set_margin_calculator_parameters(1, START, PARAMETERS)
    pool.set_lookback_window_in_seconds(1, START, 5 * DAY)
    pool.set_cache_max_age_in_seconds(1, START, 6 * 3600)
    pool.set_fee(1, START, 3 * WAD // 1000)
    pool.increase_observation_cardinality_next(1, START, 2_500)
    pool.initialize_vamm(1, START, amm.sqrt_ratio_at_tick(-16096))
    draw = random.Random(7)
    pool.fund(2, 10**15)
    for _ in range(50):
        key = (2, -18000 + 60 * draw.randrange(20), -14400 - 60 * draw.randrange(20))
        pool.update_position_margin(2, START, *key, 10**12)
        pool.mint(2, START, *key, 10**12)
    for trader in range(100, 100 + TRADERS):
        pool.fund(trader, 10**13)
        pool.update_position_margin(trader, START, trader, -60, 60, 10**13)
    pool.set_rate(NOW, 1_004 * 10**24)
    pool.write_oracle_entry(1, NOW)
    pool.get_historical_apy(1, NOW)
    return pool


def orders() -> tuple[list[int], list[int]]:
    draw = random.Random(9)
    who = [100 + draw.randrange(TRADERS) for _ in range(SWAPS)]
    return who, [draw.randrange(10**7, 10**10) * draw.choice((1, -1)) for _ in range(SWAPS)]


def peer_of(pool: irs.IrsPool) -> Market:
    vamm = pool.vamm()
    return Market(
        PARAMETERS,
        START,
        END,
        NOW,
        pool.variable_factor_no_cache(NOW),
        pool.margin_engine()["cached_apy_wad"],
        vamm["fee_wad"],
        vamm["sqrt_price_x96"],
        vamm["tick"],
        vamm["liquidity"],
        {tick: pool.tick(tick)["liquidity_net"] for tick in pool.initialized_ticks()},
        60,
        traders={trader: Trader(10**13) for trader in range(100, 100 + TRADERS)},
    )


def times_of(clock: str) -> list[int]:
    """Within the six hours that the historical rate is kept."""
    return [NOW + (10 * i if clock == "moving" else 0) for i in range(SWAPS)]


def by_the_peer(pool: irs.IrsPool, clock: str) -> list[tuple[int, ...]]:
    """A `Market` is one moment: at a new time the next one goes on with what the last one left."""
    model, out = peer_of(pool), []
    for who, amount, now in zip(*orders(), times_of(clock), strict=True):
        if now != model.now:
            model = replace(model, now=now)
        out.append(model.swap(who, amount))
    return out


@pytest.fixture(scope="module")
def expected() -> dict[str, list[tuple[int, ...]]]:
    return {clock: by_the_peer(market(), clock) for clock in ("standing", "moving")}


@pytest.mark.parametrize("clock", ["standing", "moving"])
@pytest.mark.parametrize("peer", ["voltcore batch", "voltcore calls", "python"])
def bench_rates_swaps(benchmark: Any, peer: str, clock: str, expected: Any) -> None:
    benchmark.group = f"irs/swap, {clock} clock"
    benchmark.extra_info["swaps"] = SWAPS
    pool = market()
    if peer == "python":
        got = benchmark.pedantic(lambda: by_the_peer(pool, clock), rounds=3)
        assert got == expected[clock]
        return
    who, amounts = orders()
    times = times_of(clock)
    if peer == "voltcore calls":
        rows = list(zip(who, times, amounts, strict=True))

        def calls(engine: irs.IrsPool) -> list[tuple[int, ...]]:
            swap = engine.swap
            return [swap(w, now, w, -60, 60, a) for w, now, a in rows]

        got = benchmark.pedantic(calls, setup=lambda: ((pool.copy(),), {}), rounds=15)
        assert got == expected[clock]
    else:
        owners, seconds = np.array(who, np.uint64), np.array(times, np.uint32)
        sizes = vm.limbs_from_ints([a % 2**256 for a in amounts])
        ends = vm.limbs_from_ints(
            [irs.MAX_SQRT_RATIO - 1 if a > 0 else irs.MIN_SQRT_RATIO + 1 for a in amounts]
        )
        out = benchmark.pedantic(
            lambda engine: engine.swap_many(seconds, owners, -60, 60, sizes, ends, mode="each"),
            setup=lambda: ((pool.copy(),), {}),
            rounds=15,
        )
        assert not out.status.any()
        columns = [vm.ints_from_limbs(column) for column in out[:5]]
        signed = [[v - 2**256 if v >> 255 else v for v in column] for column in columns]
        assert list(zip(*signed, strict=True)) == expected[clock]
    if benchmark.stats is not None:  # None where nothing is timed
        each = benchmark.stats.stats.min / SWAPS
        benchmark.extra_info["us a swap"] = round(1e6 * each, 2)
        benchmark.extra_info["published EVM, 541 us"] = f"{541e-6 / each:.0f}x"
