"""
Ticks to sqrt prices and back over arrays, the whole range of ticks at random.

    pytest bench/bench_amm_ticks.py

Peers: Python's ints, and numba with 64-bit limbs, which inverts positive ticks bit by bit and goes
back from a logarithm by its own prices; every result compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rates_peer import tick_factor

import voltcore.math as vm
from voltcore import amm

ROWS, TOP = 20_000, 887_272
MORE = ("5d6af8dedb81196699c329225ee604", "2216e584f5fa1ea926041bedfe98", "48a170391f7dc42444e8fa2")
FACTORS = [tick_factor(k) for k in range(17)] + [int(text, 16) for text in MORE]
LIMBS = np.array([[f & (2**64 - 1), f >> 64] for f in FACTORS], np.uint64)


def some_ticks() -> NDArray[np.int32]:
    return np.random.default_rng(7).integers(-TOP, TOP, ROWS, np.int32)


def python_price(tick: int) -> int:
    r, size, k = 1 << 128, abs(tick), 0
    while size >> k:
        if size >> k & 1:
            r = r * FACTORS[k] >> 128
        k += 1
    if tick > 0:
        r = (2**256 - 1) // r
    return (r >> 32) + (r % 2**32 > 0)


def numba_kernels() -> Any:
    numba = pytest.importorskip("numba")
    u64 = np.uint64
    mask, half = u64(2**32 - 1), u64(32)

    @numba.njit(inline="always")
    def wide(a: Any, b: Any) -> Any:
        a0, a1, b0, b1 = a & mask, a >> half, b & mask, b >> half
        low = a0 * b0
        mid = a1 * b0 + (low >> half)
        other = a0 * b1 + (mid & mask)
        return (other << half) | (low & mask), a1 * b1 + (mid >> half) + (other >> half)

    @numba.njit(inline="always")
    def high_product(a0: Any, a1: Any, b0: Any, b1: Any) -> Any:
        _, c = wide(a0, b0)
        p0, p1 = wide(a1, b0)
        q0, q1 = wide(a0, b1)
        s = p0 + c
        carry = u64(s < p0)
        t = s + q0
        carry += u64(t < s)
        r0, r1 = wide(a1, b1)
        x = p1 + q1
        top = u64(x < p1)
        y = x + carry
        top += u64(y < x)
        z = r0 + y
        return z, r1 + top + u64(z < r0)

    @numba.njit
    def inverse(d0: Any, d1: Any) -> Any:
        """floor((2**256 - 1) / d) bit by bit from the top; below 2**193 for every tick."""
        q0 = q1 = q2 = q3 = r0 = r1 = u64(0)
        for _ in range(256):
            over = r1 >> u64(63)
            r1 = (r1 << u64(1)) | (r0 >> u64(63))
            r0 = (r0 << u64(1)) | u64(1)
            q3 = (q3 << u64(1)) | (q2 >> u64(63))
            q2 = (q2 << u64(1)) | (q1 >> u64(63))
            q1 = (q1 << u64(1)) | (q0 >> u64(63))
            q0 = q0 << u64(1)
            if over or r1 > d1 or (r1 == d1 and r0 >= d0):
                borrow = u64(r0 < d0)
                r0 -= d0
                r1 -= d1 + borrow
                q0 |= u64(1)
        return q0, q1, q2, q3

    @numba.njit
    def prices(ticks: Any, limbs: Any, out: Any) -> None:
        for i in range(ticks.shape[0]):
            size = abs(ticks[i])
            r0 = r1 = u64(0)
            one = True
            for k in range(20):
                if size >> k & 1:
                    if one:
                        r0, r1, one = limbs[k, 0], limbs[k, 1], False
                    else:
                        r0, r1 = high_product(r0, r1, limbs[k, 0], limbs[k, 1])
            q2 = q3 = u64(0)
            if one:
                r0, r1, q2 = u64(0), u64(0), u64(1)
            elif ticks[i] > 0:
                r0, r1, q2, q3 = inverse(r0, r1)
            up = u64((r0 & mask) != u64(0))
            w0 = (r0 >> half) | (r1 << half)
            w1 = (r1 >> half) | (q2 << half)
            w2 = (q2 >> half) | (q3 << half)
            out[i, 0] = w0 + up
            carry = u64(out[i, 0] < w0)
            out[i, 1] = w1 + carry
            carry = u64(out[i, 1] < w1)
            out[i, 2] = w2 + carry
            out[i, 3] = q3 >> half

    @numba.njit
    def ticks_of(rows: Any, logs: Any, limbs: Any, out: Any) -> None:
        one = np.empty(1, np.int64)
        price = np.empty((1, 4), np.uint64)
        for i in range(rows.shape[0]):
            tick = int(np.floor(logs[i]))
            for guess in (tick + 1, tick, tick - 1):
                one[0] = guess
                prices(one, limbs, price)
                below = True
                for j in (3, 2, 1, 0):
                    if price[0, j] != rows[i, j]:
                        below = price[0, j] < rows[i, j]
                        break
                if below:
                    out[i] = guess
                    break

    return prices, ticks_of


@pytest.mark.parametrize("peer", ["voltcore", "numba", "python"])
def bench_sqrt_ratio_at_tick(benchmark: Any, peer: str) -> None:
    benchmark.group = "amm/tick to price"
    benchmark.extra_info["rows"] = ROWS
    ticks = some_ticks()
    expected = [python_price(t) for t in ticks.tolist()]
    if peer == "python":
        values = ticks.tolist()
        assert benchmark(lambda: [python_price(t) for t in values]) == expected
        return
    if peer == "numba":
        prices, _ = numba_kernels()
        wide, out = ticks.astype(np.int64), np.zeros((ROWS, 4), np.uint64)
        prices(wide, LIMBS, out)
        benchmark(lambda: prices(wide, LIMBS, out))
        assert vm.ints_from_limbs(out) == expected
        return
    rows = benchmark(lambda: amm.sqrt_ratio_at_tick_rows(ticks, protocol="uniswap_v3", threads=1))
    assert vm.ints_from_limbs(rows.values) == expected


@pytest.mark.parametrize("peer", ["voltcore", "numba", "python"])
def bench_tick_at_sqrt_ratio(benchmark: Any, peer: str) -> None:
    benchmark.group = "amm/price to tick"
    benchmark.extra_info["rows"] = ROWS
    ticks = some_ticks()
    values = [python_price(t) for t in ticks.tolist()]
    values = [v + (v >> 16) for v in values]  # between two ticks
    rows = vm.limbs_from_ints(values)
    if peer == "python":

        def bisect(price: int) -> int:
            low, high = -TOP, TOP + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if python_price(middle) <= price else (low, middle)
            return low

        got = benchmark.pedantic(lambda: [bisect(v) for v in values[:200]], rounds=2)
        benchmark.extra_info["rows"] = 200
        assert got == ticks[:200].tolist()
        return
    if peer == "numba":
        _, ticks_of = numba_kernels()
        out = np.zeros(ROWS, np.int64)

        def run() -> None:
            logs = (np.log(rows.astype(np.float64) @ 2.0 ** np.array([0, 64, 128, 192]))) * 2
            ticks_of(rows, (logs - 192 * np.log(2)) / np.log(1.0001), LIMBS, out)

        run()
        benchmark(run)
        np.testing.assert_array_equal(out, ticks)
        return
    result = benchmark(lambda: amm.tick_at_sqrt_ratio_rows(rows, protocol="uniswap_v3", threads=1))
    np.testing.assert_array_equal(result.values, ticks)
