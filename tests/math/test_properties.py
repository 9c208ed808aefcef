"""Every operation of `voltcore.math` against Python's integers: result, or which refusal."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import voltcore.math as vm
from case_counts import cases
from math_model import (
    OPERATIONS,
    Operation,
    Refusal,
    i80f48_nearest,
    mul_div,
    mul_div_ceil,
    outcome,
    toward_zero,
)
from voltcore import VoltcoreError
from voltcore.errors import ArithmeticOverflowError

BY_NAME = {operation.name: operation for operation in OPERATIONS}
CONSTANTS = (10**9, 10**18, 2 * 10**18, 10**27, 10**36, 133_084258667509499441, 192 * 10**18)
# Where a 64-bit limb of 0s or 1s, or the least and the greatest of a limb, may go wrong.
LIMBS = (0, 1, 2**63 - 1, 2**63, 2**64 - 1)


def unsigned(width: int) -> st.SearchStrategy[int]:
    """Every size with the same weight, 2^k and its neighbours, limb patterns, constants."""
    top = 2**width - 1
    powers = st.builds(
        lambda k, step: min(max(2**k + step, 0), top), st.integers(0, width), st.integers(-1, 1)
    )
    sizes = st.integers(0, width).flatmap(lambda k: st.integers(0, 2**k - 1))
    limbs = st.lists(st.sampled_from(LIMBS), min_size=1, max_size=width // 64).map(
        lambda row: sum(limb << (64 * i) for i, limb in enumerate(row))
    )
    near = st.builds(
        lambda c, step: min(max(c + step, 0), top), st.sampled_from(CONSTANTS), st.integers(-2, 2)
    )
    return st.one_of(
        powers, sizes, limbs, near, st.integers(0, 300 * 10**18).map(lambda v: v & top)
    )


def signed(width: int) -> st.SearchStrategy[int]:
    """The same in two's complement, and with a minus."""
    top = 2 ** (width - 1)
    wrapped = unsigned(width).map(lambda v: v - 2 * top if v >= top else v)
    return st.one_of(wrapped, wrapped.map(lambda v: max(-v, -top) if v != -top else v))


def operands(operation: Operation) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(
        *(
            signed(operation.width) if sign else unsigned(operation.width)
            for sign in operation.signs
        )
    )


def found(name: str, *values: object) -> int | Refusal:
    """What the core answers, in the words of the model."""
    try:
        return getattr(vm, name)(*values)
    except VoltcoreError as error:
        code = int(error.code.removeprefix("E"))
        return Refusal(code, error.onchain, error.onchain_kind, tuple(error.onchain_args or ()))


@pytest.mark.parametrize("name", BY_NAME)
def test_an_operation_agrees_with_python_integers_or_refuses_as_the_contract_does(
    name: str,
) -> None:
    operation = BY_NAME[name]

    @settings(max_examples=cases(150, 30_000))
    @given(operands(operation))
    def agrees(values: tuple[int, ...]) -> None:
        assert found(name, *values) == operation.outcome(*values)

    agrees()
    assert len(operation.signs) in (1, 2, 3)


@settings(max_examples=cases(300, 50_000))
@given(unsigned(256), unsigned(256), st.integers(-2, 2))
@example(2**256 - 1, 2**256 - 1, 0)
@example(2**255, 2, 0)
def test_a_quotient_at_the_border_of_256_bits_is_refused_exactly_when_it_does_not_fit(
    a: int, b: int, step: int
) -> None:
    # The denominator at which a * b / d passes 2^256, and its neighbours.
    d = min(max((a * b >> 256) + 1 + step, 0), 2**256 - 1)
    assert found("mul_div", a, b, d) == outcome(mul_div, a, b, d)
    assert found("mul_div_ceil", a, b, d) == outcome(mul_div_ceil, a, b, d)


def borders(width: int, step: int) -> list[int]:
    """2^k and its neighbours for every `step`-th k, and around each limb."""
    top = 2**width - 1
    powers = {*range(0, width + 1, step), *range(0, width + 1, 64), width - 1}
    near = {2**k + i for k in powers for i in (-1, 0, 1)}
    return sorted(value for value in near if 0 <= value <= top)


def grid(operation: Operation) -> list[tuple[int, ...]]:
    """All tuples of border values, coarser where there are more operands."""
    step = {1: 1, 2: 8, 3: 40}[len(operation.signs)]
    if cases(0, 1):
        step = max(1, step // 4)
    values = borders(operation.width, step)
    half = 2 ** (operation.width - 1)
    both = [value - 2 * half if value >= half else value for value in values]
    both = sorted({*both, *(-value for value in both if value != -half)})
    return list(itertools.product(*(both if sign else values for sign in operation.signs)))


@pytest.mark.parametrize("name", BY_NAME)
def test_a_batch_agrees_with_python_integers_on_every_pair_of_borders(name: str) -> None:
    operation = BY_NAME[name]
    rows = grid(operation)
    limbs = [
        vm.limbs_from_ints(column, signed=sign, width=operation.width // 64)
        for column, sign in zip(zip(*rows, strict=True), operation.signs, strict=True)
    ]
    out, status = getattr(vm, f"{name}_batch")(*limbs, mode="each")
    is_signed = operation.signs[0]
    results = vm.ints_from_limbs(out, signed=is_signed)
    assert len(results) == len(rows) > 500
    refused = set()
    for row, result, code in zip(rows, results, status.tolist(), strict=True):
        wanted = operation.outcome(*row)
        if isinstance(wanted, Refusal):
            assert (result, code) == (0, wanted.code), row
            refused.add(code)
        else:
            assert (result, code) == (wanted, 0), row
    never = {"div_up_unsafe", "ud60x18_to_uint", "sd59x18_to_int", "ray_to_wad"}
    assert bool(refused) is (name not in never)


@pytest.mark.parametrize("name", ["i80f48_floor", "i80f48_ceil", "i80f48_trunc"])
def test_whole_parts_of_an_i80f48_agree_with_python_integers(name: str) -> None:
    exact = {
        "i80f48_floor": lambda bits: bits // 2**48,
        "i80f48_ceil": lambda bits: -(-bits // 2**48),
        "i80f48_trunc": lambda bits: toward_zero(bits, 2**48),
    }[name]

    @settings(max_examples=cases(200, 30_000))
    @given(signed(128))
    def agrees(bits: int) -> None:
        assert getattr(vm, name)(bits) == exact(bits)

    agrees()
    assert getattr(vm, name)(-(2**48)) == -1


@settings(max_examples=cases(300, 30_000))
@given(signed(128))
def test_decimal_text_of_an_i80f48_is_exact_and_comes_back(bits: int) -> None:
    text = vm.i80f48_to_decimal(bits)
    assert Fraction(text) == Fraction(bits, 2**48)
    assert vm.i80f48_from_decimal(text) == bits
    assert vm.i80f48_to_float(bits) == float(Fraction(bits, 2**48))


@settings(max_examples=cases(300, 30_000))
@given(st.integers(-(2**81), 2**81), st.integers(0, 60), st.booleans())
def test_decimal_text_goes_to_the_nearest_i80f48(number: int, places: int, tie: bool) -> None:
    value = Fraction(2 * number + 1, 2**49) if tie else Fraction(number, 10**places)
    assert found("i80f48_from_decimal", decimal_text(value)) == outcome(i80f48_nearest, value)


@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_a_decimal_beyond_the_range_is_refused_however_large(sign: str) -> None:
    # 2^208 and its multiples leave nothing in 256 bits once they are shifted by 48.
    sizes = [2**power + more for power in range(80, 840, 2) for more in (-1, 0, 1)]
    for size in sizes:
        with pytest.raises(ArithmeticOverflowError) as caught:
            vm.i80f48_from_decimal(f"{sign}{size}")
        assert caught.value.code == "E301"


def decimal_text(value: Fraction) -> str:
    """All digits of a fraction whose denominator divides a power of ten."""
    digits = 0
    while value.denominator != 1:
        value, digits = value * 10, digits + 1
    shown = str(abs(value.numerator)).zfill(digits + 1)
    point = len(shown) - digits
    return f"{'-' if value < 0 else ''}{shown[:point]}{'.' if digits else ''}{shown[point:]}"


@settings(max_examples=cases(400, 50_000))
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_goes_to_the_nearest_i80f48(value: float) -> None:
    assert found("i80f48_from_float", value) == outcome(i80f48_nearest, Fraction(value))


@settings(max_examples=cases(200, 20_000))
@given(st.lists(unsigned(256), min_size=1, max_size=30))
def test_limbs_come_back_through_every_conversion(values: list[int]) -> None:
    limbs = vm.limbs_from_ints(values)
    assert vm.ints_from_limbs(limbs) == values
    assert [int(text, 16) for text in vm.hex_from_limbs(limbs)] == values
    assert np.array_equal(vm.limbs_from_hex(vm.hex_from_limbs(limbs)), limbs)
    assert np.array_equal(vm.limbs_from_bytes32(vm.bytes32_from_limbs(limbs)), limbs)
    assert vm.float64_from_limbs(limbs).tolist() == [float(value) for value in values]
