"""Every operation against Python's integers on many random rows; the published hard vectors."""

from __future__ import annotations

import random

import numpy as np
import pytest

import voltcore.math as vm
from case_counts import cases
from math_model import OPERATIONS, Operation, Refusal
from voltcore import ArithmeticOverflowError, VoltcoreError

TOP = 2**256 - 1
WAD = 10**18
LIMBS = (0, 1, 2**63 - 1, 2**63, 2**64 - 1)


def operand(rng: random.Random) -> int:
    """Random width, 2^k and its neighbours, limb patterns, and the constants in use."""
    kind = rng.randrange(6)
    if kind == 0:
        return rng.getrandbits(256)
    if kind == 1:
        return rng.getrandbits(rng.randrange(1, 257))
    if kind == 2:
        return ((1 << rng.randrange(257)) + rng.randrange(-1, 2)) & TOP
    if kind == 3:
        return sum(rng.choice(LIMBS) << (64 * i) for i in range(rng.randrange(1, 5)))
    if kind == 4:
        return rng.choice([0, 1, 2, WAD, 10**27, 2**96, 2**128, 2**255, TOP])
    return rng.getrandbits(64)


def wrapped(value: int, width: int) -> int:
    """The low bits of a number in two's complement."""
    low = value & (1 << width) - 1
    return low - (1 << width) if low >> (width - 1) else low


def rows_of(operation: Operation, seed: int, n: int) -> list[list[int]]:
    """A column for each operand; every fourth row has its first operand again as the last."""
    rng = random.Random(f"{operation.name} {seed}")
    columns = [[operand(rng) for _ in range(n)] for _ in operation.signs]
    # a * b / a: exact quotients, and the greatest digits of a division.
    columns[-1][::4] = columns[0][::4]
    return [
        [wrapped(value, operation.width) for value in column] if sign else column
        for column, sign in zip(columns, operation.signs, strict=True)
    ]


SLOW = ("exp", "exp2", "pow", "log2")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("seed", range(cases(1, 300)))
def test_rows_agree_with_python_integers(operation: Operation, seed: int) -> None:
    columns = rows_of(operation, seed, 4_000 if operation.name.endswith(SLOW) else 50_000)
    limbs = [
        vm.limbs_from_ints(column, signed=sign, width=operation.width // 64)
        for column, sign in zip(columns, operation.signs, strict=True)
    ]
    out, status = getattr(vm, f"{operation.name}_batch")(*limbs, mode="each")
    got = zip(vm.ints_from_limbs(out, signed=operation.signs[0]), status.tolist(), strict=True)
    for row, pair in zip(zip(*columns, strict=True), got, strict=True):
        wanted = operation.outcome(*row)
        assert pair == ((0, wanted.code) if isinstance(wanted, Refusal) else (wanted, 0)), row


def test_the_ceiling_of_2_to_the_256_minus_1_with_a_remainder_is_refused() -> None:
    # Published hard vector: adding 1 would wrap to 0.
    a = 535006138814359
    b = 432862656469423142931042426214547535783388063929571229938474969
    assert vm.mul_div(a, b, 2) == TOP
    with pytest.raises(ArithmeticOverflowError) as caught:
        vm.mul_div_ceil(a, b, 2)
    assert (caught.value.onchain, caught.value.onchain_kind) == ("overflow", "require")


@pytest.mark.parametrize(
    ("call", "text", "kind"),
    [
        (lambda: vm.mul_div(1, 1, 0), "Division by zero", "require"),
        (lambda: vm.mul_div(TOP, 2, 0), "overflow", "require"),
        (lambda: vm.mul_div_signed(-(2**255), 1, 1), "overflow", "panic"),
        (lambda: vm.ud60x18_div(1, 0), "div0", "panic"),
        (lambda: vm.ud60x18_log2(WAD - 1), "PRBMathUD60x18__LogInputTooSmall", "custom"),
        (lambda: vm.ray_div(1, 0), "DIV0", "require"),
        (lambda: vm.ray_mul(TOP, 2), "overflow", "panic"),
    ],
)
def test_a_failure_has_the_text_and_kind_of_the_contract(call, text, kind) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(VoltcoreError) as caught:
        call()
    assert (caught.value.onchain, caught.value.onchain_kind) == (text, kind)


def test_limbs_survive_every_conversion() -> None:
    values = [0, 1, 2**64, TOP, WAD, 2**255]
    limbs = vm.limbs_from_ints(values)
    assert vm.ints_from_limbs(limbs) == values
    assert np.array_equal(vm.limbs_from_hex(vm.hex_from_limbs(limbs)), limbs)
    assert np.array_equal(vm.limbs_from_bytes32(vm.bytes32_from_limbs(limbs)), limbs)
    words = vm.bytes32_from_limbs(limbs).tobytes()
    assert [int.from_bytes(words[i : i + 32], "big") for i in range(0, len(words), 32)] == values
    assert vm.float64_from_limbs(limbs).tolist() == [float(v) for v in values]
    rng = random.Random(3)
    many = [operand(rng) for _ in range(5_000)]
    doubles = vm.float64_from_limbs(vm.limbs_from_ints(many)).tolist()
    assert doubles == [float(v) for v in many]
