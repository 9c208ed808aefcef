"""Amounts, next prices and swap steps against Python integers, one call and batch alike."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from case_counts import cases
from voltcore import amm
from voltcore.errors import ArrayError, LiquidityError, VoltcoreError

Q96 = 1 << 96
U256 = 1 << 256
prices = st.one_of(
    st.integers(2503036416286949174936592462, 2507794810551837817144115957739),
    st.integers(1, 2**160 - 1),
)
liquidities = st.one_of(
    st.integers(0, 2**128 - 1), st.integers(1, 2**64), st.integers(2**95, 2**97)
)
amounts = st.one_of(
    st.integers(0, 2**128), st.integers(0, 2**256 - 1), st.integers(2**160 - 2, 2**160 + 2)
)


def limbs(values: list[int]) -> NDArray[np.uint64]:
    data = b"".join((value % U256).to_bytes(32, "little") for value in values)
    return np.frombuffer(data, dtype="<u8").reshape(-1, 4).astype(np.uint64)


def ints(rows: NDArray[np.uint64]) -> list[int]:
    return [sum(int(limb) << (64 * i) for i, limb in enumerate(row)) for row in rows]


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


class Failure(Exception):
    """The reference refuses; its argument is the contract's text."""


def mul_div(a: int, b: int, d: int, up: bool = False) -> int:
    if a * b < U256 and d == 0:
        raise Failure("Division by zero")
    if d <= (a * b) >> 256:
        raise Failure("overflow")
    result = ceil_div(a * b, d) if up else a * b // d
    if result >= U256:
        raise Failure("overflow")
    return result


def panic_above(value: int, bits: int) -> int:
    if value >= 1 << bits:
        raise Failure("overflow")
    return value


def next0(price: int, liquidity: int, amount: int, add: bool) -> int:
    n = liquidity << 96
    if amount == 0:
        return price
    product = panic_above(amount * price, 256)
    if add:
        return mul_div(n, price, panic_above(n + product, 256), up=True) % (1 << 160)
    if n <= product:
        raise Failure("denom uflow")
    result = mul_div(n, price, n - product, up=True)
    if result >= 1 << 160:
        raise Failure("toUint160 oflo")
    return result


def next1(price: int, liquidity: int, amount: int, add: bool) -> int:
    small = amount < 1 << 160
    if add:
        if small and liquidity == 0:
            raise Failure("div0")
        q = (amount << 96) // liquidity if small else mul_div(amount, Q96, liquidity)
        if q >= 1 << 160:
            raise Failure("toUint160 oflo")
        return panic_above(price + q, 160)
    if small:
        q = ceil_div(amount << 96, liquidity) if liquidity else 0
    else:
        q = mul_div(amount, Q96, liquidity, up=True)
    if price <= q:
        raise Failure("sqrtPX96 !> quotient")
    return price - q


def outcome(call: Callable[..., int], *args: Any) -> int | str:
    try:
        return call(*args)
    except Failure as error:
        return str(error)
    except VoltcoreError as error:
        return str(error.onchain)


@settings(max_examples=cases(400, 40_000), deadline=None)
@given(prices, liquidities, amounts, st.booleans())
def test_next_prices_agree_with_python_integers(
    price: int, liquidity: int, amount: int, add: bool
) -> None:
    for call, rows, reference in (
        (amm.next_sqrt_price_from_amount0, amm.next_sqrt_price_from_amount0_rows, next0),
        (amm.next_sqrt_price_from_amount1, amm.next_sqrt_price_from_amount1_rows, next1),
    ):
        want = outcome(reference, price, liquidity, amount, add)
        assert outcome(call, price, liquidity, amount, add) == want
        values, status = rows(limbs([price]), limbs([liquidity]), limbs([amount]), np.array([add]))
        assert (status[0] == 0) == isinstance(want, int)
        assert ints(values) == [want if isinstance(want, int) else 0]


@settings(max_examples=cases(400, 40_000), deadline=None)
@given(prices, prices, liquidities, st.booleans())
def test_amounts_between_prices_agree_with_python_integers(
    a: int, b: int, liquidity: int, up: bool
) -> None:
    low, high = min(a, b), max(a, b)
    n = liquidity << 96
    want0 = (
        ceil_div(ceil_div(n * (high - low), high), low) if up else n * (high - low) // high // low
    )
    want1 = ceil_div(liquidity * (high - low), Q96) if up else liquidity * (high - low) >> 96
    assert amm.amount0_delta(a, b, liquidity, up) == want0
    assert amm.amount1_delta(a, b, liquidity, up) == want1
    rows = (limbs([a]), limbs([b]), limbs([liquidity]))
    assert ints(amm.amount0_delta_rows(*rows, up).values) == [want0]
    assert ints(amm.amount1_delta_rows(*rows, up).values) == [want1]
    signed = min(liquidity, 2**127 - 1)
    for sign, rounded in ((1, True), (-1, False)):
        assert amm.amount0_delta_signed(a, b, sign * signed) == sign * amm.amount0_delta(
            a, b, signed, rounded
        )
        assert amm.amount1_delta_signed(a, b, sign * signed) == sign * amm.amount1_delta(
            a, b, signed, rounded
        )


@settings(max_examples=cases(300, 30_000), deadline=None)
@given(
    prices,
    prices,
    st.integers(1, 2**100),
    st.integers(-(2**120), 2**120),
    st.integers(0, 999_999),
    st.integers(0, 2 * 10**16),
    st.integers(0, 10**26),
)
def test_a_step_never_passes_its_target_nor_pays_more_than_the_price_allows(
    current: int,
    target: int,
    liquidity: int,
    remaining: int,
    pips: int,
    fee_wad: int,
    time_wad: int,
) -> None:
    for step in (
        lambda: amm.swap_step_uniswap(current, target, liquidity, remaining, pips),
        lambda: amm.swap_step_voltz(current, target, liquidity, remaining, fee_wad, time_wad),
    ):
        try:
            got = step()
        except VoltcoreError:
            continue
        assert min(current, target) <= got.sqrt_ratio_next_x96 <= max(current, target)
        if remaining < 0:
            assert got.amount_out <= -remaining
        # Out, valued at the better end of the step, is covered by what comes in.
        price = Fraction(got.sqrt_ratio_next_x96, Q96) ** 2
        paid, received = got.amount_in, got.amount_out
        if current >= target:
            assert paid * max(price, Fraction(current, Q96) ** 2) >= received
        else:
            assert paid >= received * min(price, Fraction(current, Q96) ** 2)


def test_rows_of_steps_are_the_single_steps() -> None:
    rng = np.random.default_rng(11)
    n = 400
    lows, highs = 2503036416286949174936592462, 2507794810551837817144115957739
    pick = [int(rng.integers(0, 2**62)) for _ in range(4 * n)]
    current = [lows + x * (highs - lows) // 2**62 for x in pick[:n]]
    target = [lows + x * (highs - lows) // 2**62 for x in pick[n : 2 * n]]
    liquidity = [x * 2 ** (x % 50) for x in pick[2 * n : 3 * n]]
    remaining = [(x - 2**61) * 2 ** (x % 30) for x in pick[3 * n :]]
    arrays = [limbs(values) for values in (current, target, liquidity, remaining)]
    uniswap = amm.swap_step_uniswap_rows(*arrays, 3000, threads=2)
    voltz = amm.swap_step_voltz_rows(*arrays, 3 * 10**15, 10**25, threads=2)

    def single(step: Callable[[], amm.SwapStep]) -> tuple[int, list[int]]:
        try:
            return 0, list(step())
        except VoltcoreError as error:
            return int(error.code[1:]), [0, 0, 0, 0]

    for i, args in enumerate(zip(current, target, liquidity, remaining, strict=True)):
        for rows, want in (
            (uniswap, single(partial(amm.swap_step_uniswap, *args, 3000))),
            (voltz, single(partial(amm.swap_step_voltz, *args, 3 * 10**15, 10**25))),
        ):
            got = [ints(column[i : i + 1])[0] for column in rows[:4]]
            assert (rows.status[i], got) == want


def test_the_published_price_below_the_range_is_what_the_bare_formula_gives() -> None:
    # Published hard vector: the bare formula gives 1; a pool refuses such a price.
    arguments = (
        192527866349542497182378200028923523296830566619,
        3121856577256316178563069792952001938,
        87976224064120683466372192477762052080551804637393713865979671817311849605529,
    )
    assert amm.next_sqrt_price_from_input(*arguments, True, protocol="uniswap_v3") == 1
    with pytest.raises(VoltcoreError) as caught:
        amm.next_sqrt_price_from_input(*arguments, True)
    assert caught.value.onchain_kind == "panic"
    with pytest.raises(VoltcoreError) as caught:
        amm.tick_at_sqrt_ratio(1, protocol="uniswap_v3")
    assert caught.value.onchain == "R"


def test_more_out_than_there_is_names_the_rule() -> None:
    with pytest.raises(LiquidityError) as caught:
        amm.next_sqrt_price_from_amount0(Q96, 1000, 1000, False)
    assert (caught.value.code, caught.value.onchain) == ("E604", "denom uflow")
    with pytest.raises(LiquidityError) as caught:
        amm.next_sqrt_price_from_amount0(Q96, 1000, 1000, False, protocol="uniswap_v3")
    assert caught.value.onchain_kind == "empty"


@pytest.mark.parametrize("flags", [np.array([1]), np.array([0.0]), np.ma.masked_array([True])])
def test_directions_are_booleans(flags: NDArray[np.generic]) -> None:
    one = limbs([Q96])
    with pytest.raises(ArrayError):
        amm.next_sqrt_price_from_input_rows(one, one, one, flags)  # type: ignore[arg-type]


def test_rows_out_of_their_width_are_refused_one_by_one() -> None:
    values, status = amm.amount1_delta_rows(
        limbs([Q96, 2**160, Q96]), limbs([1, 1, 1]), limbs([5, 5, 2**128]), True
    )
    assert status.tolist() == [0, 110, 110]
    assert ints(values)[1:] == [0, 0]
