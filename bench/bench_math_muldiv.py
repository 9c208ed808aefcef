"""
mulDiv in the shapes that rates engines use. Peers: Python ints and gmpy2, on the same operands.

    pytest bench/bench_math_muldiv.py
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import voltcore.math as vm

ROWS = 20_000
REGIMES = ("full", "price", "q96", "u64")


def operands(regime: str) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    rng = np.random.default_rng(7)
    a, b, d = (rng.integers(0, 2**64, (ROWS, 4), np.uint64) for _ in range(3))
    widths = {
        "full": (255, 256, 256),
        "price": (224, 152, 160),  # (liquidity << 96) * price difference / price
        "q96": (128, 160, 97),  # liquidity * price / 2^96
        "u64": (64, 64, 64),
    }[regime]
    for rows, width in zip((a, b, d), widths, strict=True):
        whole, rest = divmod(width, 64)
        if rest:
            rows[:, whole] &= np.uint64(2**rest - 1)
            whole += 1
        rows[:, whole:] = 0
    top, bit = divmod(widths[2] - 1, 64)
    d[:, top] |= np.uint64(1 << bit)
    if regime == "q96":
        d[:] = vm.limbs_from_ints([2**96])
    if regime == "price":
        a[:, 0] = 0
        a[:, 1] &= np.uint64(2**64 - 2**32)
    return a, b, d


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("peer", ["voltcore", "python", "gmpy2"])
def bench_mul_div(benchmark: Any, regime: str, peer: str) -> None:
    benchmark.group = f"math/mul_div/{regime}"
    benchmark.extra_info["rows"] = ROWS
    rows = operands(regime)
    ints = [vm.ints_from_limbs(x) for x in rows]
    expected = [a * b // d for a, b, d in zip(*ints, strict=True)]
    run: Callable[[], Any]
    if peer == "voltcore":
        out = np.zeros((ROWS, 4), np.uint64)
        status = np.zeros(ROWS, np.uint16)
        run = lambda: vm.mul_div_batch(*rows, mode="each", out=out, status=status, threads=1)  # noqa: E731
        assert vm.ints_from_limbs(benchmark(run)[0]) == expected
        return
    if peer == "gmpy2":
        gmpy2 = pytest.importorskip("gmpy2")
        ints = [[gmpy2.mpz(v) for v in x] for x in ints]
    run = lambda: [a * b // d for a, b, d in zip(*ints, strict=True)]  # noqa: E731
    assert benchmark(run) == expected
