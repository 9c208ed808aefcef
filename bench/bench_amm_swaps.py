"""
Swaps through 500 ranges of one Uniswap v3 pool, spacing 60: in one loop, and one call each.

    pytest bench/bench_amm_swaps.py

Peers: the same loop in Python's ints, tick prices cached, and over degenbot's functions where it is
installed; all amounts, prices and ticks equal.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from bench_amm_ticks import TOP, python_price
from rates_peer import amount0, amount1

import voltcore.math as vm
from voltcore import amm

SWAPS, SPACING, FEE, Q96 = 2_000, 60, 3000, 1 << 96
LOW, HIGH = 4295128739, 1461446703485210103287273052203988822378723970342
price_at = lru_cache(None)(python_price)


def ranges() -> list[tuple[int, int, int]]:
    draw = random.Random(5)
    out = []
    for _ in range(500):
        lower = 60 * draw.randrange(-1000, 1000)
        out.append((lower, lower + 60 * draw.randrange(1, 201), draw.randrange(2**59, 2**60)))
    return out


def orders() -> list[tuple[bool, int]]:
    draw = random.Random(6)
    return [(draw.random() < 0.5, draw.randrange(1, 12 * 10**17)) for _ in range(SWAPS)]


class Peer:
    """The contract's loop for exact inputs."""

    def __init__(self) -> None:
        self.net: dict[int, int] = {}
        self.price, self.tick, self.liquidity = Q96, 0, 0
        self.growth = [0, 0]
        for lower, upper, size in ranges():
            self.net[lower] = self.net.get(lower, 0) + size
            self.net[upper] = self.net.get(upper, 0) - size
            if lower <= 0 < upper:
                self.liquidity += size
        self.bits = sorted(tick // SPACING for tick in self.net)
        self.steps = 0

    def next_tick(self, down: bool) -> tuple[int, bool]:
        c = self.tick // SPACING
        at = bisect_right(self.bits, c)
        if down:
            end = c >> 8 << 8
            found = self.bits[at - 1] if at else end - 1
            return (found * SPACING, True) if found >= end else (end * SPACING, False)
        end = (((c + 1) >> 8) << 8) + 255
        found = self.bits[at] if at < len(self.bits) else end + 1
        return (found * SPACING, True) if found <= end else (end * SPACING, False)

    def swap(self, down: bool, amount: int) -> tuple[int, int, int]:
        left, gained = amount, 0
        limit = LOW + 1 if down else HIGH - 1
        while left and self.price != limit:
            following, marked = self.next_tick(down)
            following = max(-TOP, min(TOP, following))
            p, size, goal = self.price, self.liquidity, price_at(following)
            target = max(goal, limit) if down else min(goal, limit)
            q, taken, given, fee = self.step(down, p, target, size, left)
            left -= taken + fee
            gained += given
            if size:
                self.growth[not down] += (fee << 128) // size
            self.price = q
            self.steps += 1
            if q == goal:
                if marked:
                    self.liquidity += -self.net[following] if down else self.net[following]
                self.tick = following - 1 if down else following
            elif q != p:
                self.tick = self.tick_at(q)
        return gained, self.price, self.tick

    def step(
        self, down: bool, p: int, target: int, size: int, left: int
    ) -> tuple[int, int, int, int]:
        """Price, input, output and fee of one step."""
        usable = left * (10**6 - FEE) // 10**6
        into, out_of = (amount0, amount1) if down else (amount1, amount0)
        full = into(p, target, size, True)
        if usable >= full:
            q = target
            fee = (full * FEE + 10**6 - FEE - 1) // (10**6 - FEE)
        else:
            if down:
                n = size << 96
                q = (n * p + n + usable * p - 1) // (n + usable * p)
            else:
                q = p + (usable << 96) // size
            full = into(p, q, size, True)
            fee = left - full
        return q, full, out_of(p, q, size, False), fee

    def tick_at(self, price: int) -> int:
        low, high = max(-TOP, self.tick - 16384), min(TOP + 1, self.tick + 16384)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if price_at(middle) <= price else (low, middle)
        return low


class DegenbotPeer(Peer):
    """The same loop over the step and tick functions of degenbot, where it is installed."""

    def __init__(self) -> None:
        super().__init__()
        prefix = "degenbot.uniswap.v3_libraries."
        compute = pytest.importorskip(f"{prefix}swap_math").compute_swap_step
        # Not from its cache: the same swaps are run again in every round.
        self.compute = getattr(compute, "__wrapped__", compute)
        self.tick_of = pytest.importorskip(f"{prefix}tick_math").get_tick_at_sqrt_ratio

    def step(
        self,
        down: bool,  # noqa: ARG002
        p: int,
        target: int,
        size: int,
        left: int,
    ) -> tuple[int, int, int, int]:
        found: tuple[int, int, int, int] = self.compute(p, target, size, left, FEE)
        return found

    def tick_at(self, price: int) -> int:
        return int(self.tick_of(price))


def new_pool() -> amm.UniswapV3Pool:
    pool = amm.UniswapV3Pool(FEE, SPACING)
    pool.initialize(Q96)
    for owner, (lower, upper, size) in enumerate(ranges()):
        pool.mint(owner, lower, upper, size)
    return pool


@pytest.fixture(scope="module")
def expected() -> list[tuple[int, int, int]]:
    peer = Peer()
    return [peer.swap(down, amount) for down, amount in orders()]


@pytest.mark.parametrize("peer", ["voltcore loop", "voltcore calls", "python", "degenbot"])
def bench_swaps(benchmark: Any, peer: str, expected: list[tuple[int, int, int]]) -> None:
    benchmark.group = "amm/swap"
    benchmark.extra_info["swaps"] = SWAPS
    trades = orders()
    if peer in ("python", "degenbot"):
        kind = Peer if peer == "python" else DegenbotPeer

        def run(model: Peer) -> list[tuple[int, int, int]]:
            return [model.swap(down, amount) for down, amount in trades]

        got = benchmark.pedantic(run, setup=lambda: ((kind(),), {}), rounds=5)
        assert got == expected
        return
    pool = new_pool()
    if peer == "voltcore calls":

        def calls(engine: amm.UniswapV3Pool) -> list[amm.Swap]:
            swap = engine.swap
            return [swap(down, amount, LOW + 1 if down else HIGH - 1) for down, amount in trades]

        out = benchmark.pedantic(calls, setup=lambda: ((pool.copy(),), {}), rounds=15)
        got = [
            (-(s.amount1 if down else s.amount0), s.sqrt_price_x96, s.tick)
            for s, (down, _) in zip(out, trades, strict=True)
        ]
        assert got == expected
        return
    down = np.array([d for d, _ in trades])
    rows = (
        vm.limbs_from_ints([a for _, a in trades]),
        vm.limbs_from_ints([LOW + 1 if d else HIGH - 1 for d in down.tolist()]),
    )
    result = benchmark.pedantic(
        lambda engine: engine.swap_many(down, *rows),
        setup=lambda: ((pool.copy(),), {}),
        rounds=15,
    )
    benchmark.extra_info["steps"] = int(result.steps.sum())
    zero, one = (vm.ints_from_limbs(column) for column in result[:2])
    prices = vm.ints_from_limbs(result.sqrt_price_x96)
    got = [
        (2**256 - (one if d else zero)[i], prices[i], int(result.tick[i]))
        for i, d in enumerate(down.tolist())
    ]
    assert got == [(gained or 2**256, *rest) for gained, *rest in expected]
