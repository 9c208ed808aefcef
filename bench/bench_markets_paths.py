"""Price paths against numpy SFC64: normals, running sum and exp in one cached buffer."""

from __future__ import annotations

import numpy as np
import pytest

from voltcore.markets import GeometricBrownianMotion, normals, path_blocks

N, STEPS, BLOCK = 4096, 252, 64
MODEL = GeometricBrownianMotion(1.0, 0.0, 0.04, 1.0)


def voltcore_paths() -> float:
    return sum(
        float(block.prices[-1, -1])
        for block in path_blocks(MODEL, N, STEPS, 7, block_paths=BLOCK, threads=1)
    )


def numpy_paths() -> float:
    rng = np.random.Generator(np.random.SFC64(7))
    prices = np.empty((BLOCK, STEPS))
    total = 0.0
    for _ in range(0, N, BLOCK):
        rng.standard_normal(out=prices)
        prices *= 0.04
        prices -= 0.0008
        np.cumsum(prices, axis=1, out=prices)
        np.exp(prices, out=prices)
        total += float(prices[-1, -1])
    return total


@pytest.mark.benchmark(group="markets/paths")
@pytest.mark.parametrize("peer", [voltcore_paths, numpy_paths])
def bench_price_paths(benchmark, peer):
    total = benchmark(peer)
    benchmark.extra_info["path_steps"] = N * STEPS
    # 64 ends with expectation 1 and deviation sqrt(e^0.4032 - 1) = 0.70.
    assert abs(total / (N / BLOCK) - 1) < 5 * 0.71 / np.sqrt(N / BLOCK)
    first = next(iter(path_blocks(MODEL, 2, STEPS, 7))).prices[1, 1:]
    walk = np.cumsum(normals(7, 1, STEPS, purpose=0))
    expected = np.exp(0.04 * walk - 0.0008 * np.arange(1, STEPS + 1))
    np.testing.assert_allclose(first, expected, rtol=1e-13)
