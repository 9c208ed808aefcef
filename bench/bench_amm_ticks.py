"""
Ticks to sqrt prices and back over arrays, the whole range of ticks at random.

    pytest bench/bench_amm_ticks.py

Peers: Python's ints, gmpy2's, and numba at its best (`ticks_numba`); every result compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rates_peer import tick_factor
from ticks_numba import numba_kernels

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


def gmpy2_price() -> Callable[[int], Any]:
    """`python_price` over gmpy2's integers."""
    mpz = pytest.importorskip("gmpy2").mpz
    factors, one, most, low = [mpz(f) for f in FACTORS], mpz(1) << 128, mpz(2**256 - 1), 2**32 - 1

    def price(tick: int) -> Any:
        r, size, k = one, abs(tick), 0
        while size >> k:
            if size >> k & 1:
                r = r * factors[k] >> 128
            k += 1
        if tick > 0:
            r = most // r
        return (r >> 32) + (r & low > 0)

    return price


@pytest.mark.parametrize("peer", ["voltcore", "numba", "gmpy2", "python"])
def bench_sqrt_ratio_at_tick(benchmark: Any, peer: str) -> None:
    benchmark.group = "amm/tick to price"
    benchmark.extra_info["rows"] = ROWS
    ticks = some_ticks()
    expected = [python_price(t) for t in ticks.tolist()]
    if peer in ("python", "gmpy2"):
        values = ticks.tolist()
        price = gmpy2_price() if peer == "gmpy2" else python_price
        assert benchmark(lambda: [price(t) for t in values]) == expected
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
        ticks_of(rows, LIMBS, out)
        benchmark(lambda: ticks_of(rows, LIMBS, out))
        np.testing.assert_array_equal(out, ticks)
        return
    result = benchmark(lambda: amm.tick_at_sqrt_ratio_rows(rows, protocol="uniswap_v3", threads=1))
    np.testing.assert_array_equal(result.values, ticks)
