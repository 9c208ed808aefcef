"""
Margin requirements of many swaps at one moment, R22: worst case and counterfactual unwind.

    pytest bench/bench_irs_margin.py

Peers: the same in Python's ints (`rates_peer`), results equal; and in float64 with numpy, whose
results are near. The protocol's own pandas risk engine is published with 9 us for one; it is not
installable, so that `published` is the ratio to that figure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bench_irs_swaps import END, NOW, PARAMETERS, START, WAD, market, peer_of
from numpy.typing import NDArray
from rates_peer import Market

import voltcore.math as vm
from voltcore import irs

ROWS = 20_000
Balances = NDArray[np.int64]


def balances() -> tuple[Balances, Balances]:
    rng = np.random.default_rng(3)
    variable = rng.integers(-(10**13), 10**13, ROWS)
    fixed = (-variable * rng.uniform(3.5, 6.5, ROWS)).astype(np.int64)
    return fixed, variable


def numpy_requirements(model: Market, fixed: Balances, variable: Balances) -> NDArray[np.float64]:
    """One float64 formula for each of the peer's exact ones."""
    p, end, now = PARAMETERS, model.factor_end / WAD, model.factor_now / WAD
    worst = np.where(variable < 0, model.worst[True, True], model.worst[False, True]) / WAD
    core = np.maximum(0, -(fixed * end + variable * worst))
    rate = (2**96 / model.price) ** 2
    multiplier = p.dev_mul_left_unwind_lm_wad / WAD
    shift = max(rate * multiplier, p.fixed_rate_deviation_min_left_unwind_lm_wad / WAD)
    shift *= model.decay / WAD
    unwound = np.abs(variable) * np.where(variable > 0, max(0.0, rate - shift), rate + shift)
    unwound = np.where(variable > 0, unwound, -unwound)
    moved = unwound - (unwound * now - variable * (model.variable_factor / WAD)) / end
    least = np.maximum(0, -(fixed + moved) * end)
    return np.maximum(core, np.where((variable > 0) & (fixed > 0), 0, least))


@pytest.mark.parametrize("peer", ["voltcore batch", "voltcore calls", "python", "numpy float64"])
def bench_margin_requirement(benchmark: Any, peer: str) -> None:
    benchmark.group = "irs/margin"
    benchmark.extra_info["rows"] = ROWS
    pool = market()
    model = peer_of(pool)
    price = model.price
    fixed, variable = balances()
    pairs = list(zip(fixed.tolist(), variable.tolist(), strict=True))
    expected = [model.requirement(f, v, True) for f, v in pairs]
    if peer == "python":
        assert benchmark(lambda: [model.requirement(f, v, True) for f, v in pairs]) == expected
        return
    if peer == "numpy float64":
        got = benchmark(lambda: numpy_requirements(model, fixed, variable))
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=2)
        return
    calculator = irs.MarginCalculator(
        PARAMETERS,
        term_start_wad=START * WAD,
        term_end_wad=END * WAD,
        now=NOW,
        historical_apy_wad=model.historical_apy,
        variable_factor_wad=model.variable_factor,
    )
    if peer == "voltcore calls":
        ask = calculator.requirement
        assert benchmark(lambda: [ask(f, v, True, price) for f, v in pairs]) == expected
        return
    rows = [
        vm.limbs_from_ints([x % 2**256 for x in column.tolist()]) for column in (fixed, variable)
    ]
    out = benchmark(lambda: calculator.requirements(*rows, True, price, threads=1))
    if benchmark.stats is not None:  # None where nothing is timed
        least = benchmark.stats.stats.min
        benchmark.extra_info["published, 9 us"] = f"{9e-6 * ROWS / least:.0f}x"
    assert not out.status.any()
    assert vm.ints_from_limbs(out.values) == expected
