"""mulDiv, decimals and I80F48 against Python's integers: random and border operands."""

from __future__ import annotations

import random

import numpy as np
import pytest

import voltcore.math as vm
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


def mul_div_model(a: int, b: int, d: int, up: bool) -> tuple[int, int]:
    """(result, code) by the rules of the contract."""
    product = a * b
    if product <= TOP and d == 0:
        return 0, 302
    if product > TOP and d <= product >> 256:
        return 0, 301
    quotient = -(-product // d) if up else product // d
    return (quotient, 0) if quotient <= TOP else (0, 301)


def signed(bits: int, width: int = 256) -> int:
    return bits - (1 << width) if bits >> (width - 1) else bits


def check(got: list[int], status: list[int], wanted: list[tuple[int, int]]) -> None:
    for i, (value, code, (w_value, w_code)) in enumerate(zip(got, status, wanted, strict=True)):
        assert (code, value if code == 0 else 0) == (w_code, w_value), i


def operands(seed: int, n: int) -> tuple[list[int], list[int], list[int]]:
    rng = random.Random(seed)
    a, b, d = ([operand(rng) for _ in range(n)] for _ in range(3))
    for i in range(0, n, 4):  # a * b / a: exact quotients, and the greatest digits
        d[i] = a[i]
    return a, b, d


def mul_div_agrees(seed: int, n: int) -> None:
    a, b, d = operands(seed, n)
    rows = [vm.limbs_from_ints(x) for x in (a, b, d)]
    for function, up in ((vm.mul_div_batch, False), (vm.mul_div_ceil_batch, True)):
        out, status = function(*rows, mode="each")
        wanted = [mul_div_model(x, y, z, up) for x, y, z in zip(a, b, d, strict=True)]
        check(vm.ints_from_limbs(out), status.tolist(), wanted)
    out, status = vm.mul_div_signed_batch(*rows, mode="each")
    wanted = []
    for x, y, z in zip(map(signed, a), b, d, strict=True):
        size, code = mul_div_model(abs(x), y, z, False)
        if x == -(2**255) or (code == 0 and x < 0 and size == 2**255):
            size, code = 0, 301
        size = signed(size)
        wanted.append((-size if x < 0 else size, code))
    check(vm.ints_from_limbs(out, signed=True), status.tolist(), wanted)


def decimals_agree(seed: int, n: int) -> None:
    a, b, _ = operands(seed, n)
    rows = [vm.limbs_from_ints(x) for x in (a, b)]
    out, status = vm.ud60x18_mul_batch(*rows, mode="each")
    wanted = []
    for x, y in zip(a, b, strict=True):
        result = x * y // WAD + (x * y % WAD >= WAD // 2)
        wanted.append((result, 0) if result <= TOP else (0, 301))
    check(vm.ints_from_limbs(out), status.tolist(), wanted)
    out, status = vm.ud60x18_div_batch(*rows, mode="each")
    wanted = [mul_div_model(x, WAD, y, False) for x, y in zip(a, b, strict=True)]
    check(vm.ints_from_limbs(out), status.tolist(), wanted)


def i80f48_agrees(seed: int, n: int) -> None:
    rng = random.Random(seed)
    a, b = ([signed(operand(rng) % 2**128, 128) for _ in range(n)] for _ in range(2))
    rows = [vm.limbs_from_ints(x, signed=True, width=2) for x in (a, b)]
    products = [x * y >> 48 for x, y in zip(a, b, strict=True)]
    quotients = []
    for x, y in zip(a, b, strict=True):
        size = (abs(x) << 48) // abs(y) if y else 0
        quotients.append(-size if (x < 0) != (y < 0) else size)
    for function, results, by_zero in (
        (vm.i80f48_mul_batch, products, False),
        (vm.i80f48_div_batch, quotients, True),
    ):
        out, status = function(*rows, mode="each")
        wanted = []
        for result, y in zip(results, b, strict=True):
            if by_zero and y == 0:
                wanted.append((0, 302))
            else:
                wanted.append((result, 0) if -(2**127) <= result < 2**127 else (0, 301))
        check(vm.ints_from_limbs(out, signed=True), status.tolist(), wanted)


AGREEMENTS = [mul_div_agrees, decimals_agree, i80f48_agrees]


@pytest.mark.parametrize("agrees", AGREEMENTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("seed", range(4))
def test_rows_agree_with_python_integers(agrees, seed) -> None:  # type: ignore[no-untyped-def]
    agrees(seed, 25_000)


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
