"""
Price paths on one thread: Philox, normals, running sum and exp, through the batch interface.

    python bench/bench_markets_paths.py [--paths N] [--rounds N]    ratios to the peers, interleaved
    pytest bench/bench_markets_paths.py                             the same as benchmarks

Peers: NumPy's SFC64 with its ziggurat, in two layouts, both in buffers that are used again: paths
side by side (a running sum adds whole rows) and path by path (a block stays in the first caches);
and QuantLib where it is installed. Before it is timed, our side is compared with the same paths
from Philox in Python integers and NumPy's elementary functions; each side's last prices must have
the mean and variance of the process.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voltcore.markets import GeometricBrownianMotion, path_blocks

STEPS, DEVIATION = 252, 0.04
DRIFT = -(DEVIATION**2) / 2
MODEL = GeometricBrownianMotion(1.0, 0.0, DEVIATION, 1.0)
SEED = 7
PATHS = 4096
WORD = 2**32 - 1

Last = NDArray[np.float64]


def voltcore_paths(paths: int) -> Last:
    last = np.empty(paths)
    for block in path_blocks(MODEL, paths, STEPS, SEED, block_paths=64, threads=1):
        prices = block.prices
        last[block.first_path : block.first_path + len(prices)] = prices[:, -1]
    return last


def numpy_side_by_side(paths: int, width: int = 2048) -> Last:
    rng = np.random.Generator(np.random.SFC64(SEED))
    prices = np.empty((STEPS, width))
    last = np.empty(paths)
    for first in range(0, paths, width):
        rng.standard_normal(out=prices)
        prices *= DEVIATION
        prices += DRIFT
        np.cumsum(prices, axis=0, out=prices)
        np.exp(prices, out=prices)
        last[first : first + width] = prices[-1, : paths - first]
    return last


def numpy_path_by_path(paths: int, rows: int = 32) -> Last:
    rng = np.random.Generator(np.random.SFC64(SEED))
    prices = np.empty((rows, STEPS))
    last = np.empty(paths)
    for first in range(0, paths, rows):
        rng.standard_normal(out=prices)
        prices *= DEVIATION
        prices += DRIFT
        np.cumsum(prices, axis=1, out=prices)
        np.exp(prices, out=prices)
        last[first : first + rows] = prices[: paths - first, -1]
    return last


def quantlib_paths(paths: int) -> Last:
    import QuantLib as ql

    process = ql.GeometricBrownianMotionProcess(1.0, 0.0, DEVIATION)
    uniforms = ql.UniformRandomSequenceGenerator(STEPS, ql.UniformRandomGenerator(SEED))
    normals = ql.GaussianRandomSequenceGenerator(uniforms)
    generator = ql.GaussianPathGenerator(process, float(STEPS), STEPS, normals, False)
    last = np.empty(paths)
    for path in range(paths):
        last[path] = generator.next().value().back()
    return last


PEERS: dict[str, Callable[[int], Last]] = {
    "numpy_side_by_side": numpy_side_by_side,
    "numpy_path_by_path": numpy_path_by_path,
}
if importlib.util.find_spec("QuantLib"):
    PEERS["quantlib"] = quantlib_paths
SIDES = {"voltcore": voltcore_paths, **PEERS}


def check_moments(last: Last) -> None:
    """ln of a last price is normal with mean STEPS * DRIFT and variance STEPS * DEVIATION^2."""
    z = (np.log(last) - STEPS * DRIFT) / (DEVIATION * np.sqrt(STEPS))
    assert abs(z.mean()) < 5 / np.sqrt(z.size)
    assert abs(z.var() - 1) < 5 * np.sqrt(2 / z.size)


def philox_in_python(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & WORD, (a >> 32) ^ c3 ^ k1, a & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def path_in_python(path: int) -> NDArray[np.float64]:
    """The documented path, from Python integers and NumPy's log, sin, cos, cumsum and exp."""
    blocks = [philox_in_python((block, 0, path, 0), (SEED, 0)) for block in range(STEPS // 4)]
    first, second = np.array(blocks, dtype=np.uint64).reshape(-1, 2).T
    uniform = ((first << np.uint64(8)) + (second >> np.uint64(24))).astype(float) + 0.5
    radius = np.sqrt(-2 * np.log(uniform / 2.0**40))
    place = (second & np.uint64(0x3FFFFF)).astype(float) + 0.5
    turn = (place / 2.0**22 - 0.5) * np.pi / 2
    sine, cosine = radius * np.sin(turn), radius * np.cos(turn)
    cosine = np.where(second & np.uint64(0x800000), -cosine, cosine)
    swapped = (second & np.uint64(0x400000)).astype(bool)
    pairs = [np.where(swapped, sine, cosine), np.where(swapped, cosine, sine)]
    walk = np.cumsum(np.stack(pairs, axis=1).ravel())
    return np.exp(DEVIATION * walk + DRIFT * np.arange(1, STEPS + 1))


def check_paths(count: int = 5) -> None:
    for block in path_blocks(MODEL, count, STEPS, SEED, block_paths=1):
        expected = path_in_python(block.first_path)
        np.testing.assert_allclose(block.prices[0, 1:], expected, rtol=1e-11)


@pytest.mark.benchmark(group="markets/paths, one thread")
@pytest.mark.parametrize("side", SIDES)
def bench_price_paths(benchmark: Any, side: str) -> None:
    check_paths()
    benchmark.extra_info["path_steps"] = PATHS * STEPS
    check_moments(benchmark(SIDES[side], PATHS))


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of a path-step, and ratios to the peers.")
    parser.add_argument("--paths", type=int, default=PATHS, help="paths of a round")
    parser.add_argument("--rounds", type=int, default=15, help="rounds; the least of each counts")
    options = parser.parse_args()
    check_paths()
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side, draw in SIDES.items():
            begin = time.perf_counter()
            last = draw(options.paths)
            times[side].append((time.perf_counter() - begin) / (options.paths * STEPS) * 1e9)
            check_moments(last)
    ours = min(times["voltcore"])
    print("all checked; nanoseconds a path-step on one thread, least of", options.rounds, "rounds")
    for side, taken in times.items():
        print(f"{side:<20} {min(taken):7.2f}   {min(taken) / ours:6.2f} times ours")


if __name__ == "__main__":
    main()
