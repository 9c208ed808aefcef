"""Margin requirements of many balances against Python's ints, both revisions, and each other."""

from __future__ import annotations

import random
from math import isqrt

import pytest

import voltcore.math as vm
from case_counts import cases
from irs.worlds import DAY, PARAMETERS, START, WAD
from voltcore import amm, irs

YEAR = 31_536_000
TERM, PASSED = 180 * DAY, 30 * DAY
APY, FACTOR = 45 * WAD // 1000, 4 * WAD // 1000


def half_up(x: int, y: int) -> int:
    size = abs(x * y)
    rounded = (size + WAD // 2) // WAD
    return rounded if (x < 0) == (y < 0) else -rounded


def toward_zero(x: int, d: int) -> int:
    return x // d if x >= 0 else -(-x // d)


def core(fixed: int, variable: int, factor: int, worst: int) -> int:
    if fixed >= 0 and variable >= 0:
        return 0
    return max(0, -(fixed * factor + variable * worst)) // WAD


def r23(fixed: int, variable: int, is_lm: bool, worst: dict[bool, int], least: int) -> int:
    at_end = TERM * WAD * WAD // (YEAR * WAD) // 100
    left = (TERM - PASSED) * WAD * WAD // (YEAR * WAD)
    eta = PARAMETERS.eta_lm_wad if is_lm else PARAMETERS.eta_im_wad
    share = half_up(half_up(abs(variable), eta), left)
    return max(core(fixed, variable, at_end, worst[variable < 0]), share, least)


def r22(fixed: int, variable: int, worst: dict[bool, int], unwind: dict[bool, int]) -> int:
    at_end = TERM * WAD * WAD // (YEAR * WAD) // 100
    so_far = PASSED * WAD * WAD // (YEAR * WAD) // 100
    least = 0
    if variable < 0 or (variable > 0 and fixed <= 0):
        moved = abs(variable) * unwind[variable > 0] // WAD
        raw = moved if variable > 0 else -moved
        excess = raw * so_far - variable * FACTOR
        left = raw * WAD - toward_zero(excess * WAD, at_end)
        least = core(fixed + toward_zero(left, WAD), 0, at_end, 0)
    return max(core(fixed, variable, at_end, worst[variable < 0]), least)


def calculator(revision: irs.Revision) -> irs.MarginCalculator:
    return irs.MarginCalculator(
        PARAMETERS,
        term_start_wad=START * WAD,
        term_end_wad=(START + TERM) * WAD,
        now=START + PASSED,
        historical_apy_wad=APY,
        variable_factor_wad=FACTOR,
        revision=revision,
    )


def balance(draw: random.Random) -> int:
    """Any size, often where the short way of the core begins and ends."""
    size = draw.choice(
        (
            draw.randrange(3),
            2**62 + draw.randrange(-3, 3),
            2**63 + draw.randrange(-3, 3),
            draw.getrandbits(draw.randrange(1, 62)),
            draw.getrandbits(draw.randrange(1, 62)),
            draw.getrandbits(draw.randrange(62, 120)),
        )
    )
    return draw.choice((1, -1)) * size


@pytest.mark.parametrize("is_lm", [False, True])
@pytest.mark.parametrize("revision", ["r22", "r23"])
def test_a_batch_a_call_and_python_ask_for_the_same_margin(
    revision: irs.Revision, is_lm: bool
) -> None:
    draw = random.Random(f"{revision} {is_lm}")
    rows = cases(4_000, 200_000)
    fixed = [balance(draw) for _ in range(rows)]
    variable = [balance(draw) for _ in range(rows)]
    asked = calculator(revision)
    price = amm.sqrt_ratio_at_tick(-16096)
    worst = {taker: asked.worst_case_variable_factor(taker, is_lm, APY) for taker in (False, True)}
    kind = "lm" if is_lm else "im"
    unwind = {
        taker: asked.simulated_unwind(
            WAD,
            price,
            getattr(PARAMETERS, f"dev_mul_{side}_unwind_{kind}_wad"),
            getattr(PARAMETERS, f"fixed_rate_deviation_min_{side}_unwind_{kind}_wad"),
            taker,
        )
        for taker, side in ((True, "left"), (False, "right"))
    }
    limbs = [vm.limbs_from_ints([x % 2**256 for x in column]) for column in (fixed, variable)]
    batch = asked.requirements(*limbs, is_lm, price)
    assert not batch.status.any()
    got = vm.ints_from_limbs(batch.values)
    least = PARAMETERS.min_margin_to_incentivise_liquidators
    for i, (f, v) in enumerate(zip(fixed, variable, strict=True)):
        expected = r22(f, v, worst, unwind) if revision == "r22" else r23(f, v, is_lm, worst, least)
        assert got[i] == expected, (f, v)
        if i % 8 == 0:
            assert asked.requirement(f, v, is_lm, price) == expected, (f, v)


def test_the_worst_case_is_the_bound_of_the_square_root_process() -> None:
    asked, rate = calculator("r22"), APY
    forgets = asked.time_factor()
    k = 4 * PARAMETERS.alpha_wad * WAD // PARAMETERS.sigma_squared_wad
    decayed = half_up(half_up(4 * PARAMETERS.beta_wad, forgets), rate)
    lam = decayed * WAD // PARAMETERS.sigma_squared_wad * WAD // (WAD - forgets)
    root = isqrt(2 * (2 * lam + k) * WAD)
    scale = half_up(PARAMETERS.sigma_squared_wad, WAD - forgets) * WAD // (4 * PARAMETERS.beta_wad)
    upper = half_up(scale, k + lam + half_up(root, PARAMETERS.xi_upper_wad))
    lower = half_up(scale, k + lam - half_up(root, PARAMETERS.xi_lower_wad))
    assert asked.apy_bound(rate, True) == upper
    assert asked.apy_bound(rate, False) == max(0, lower)
