"""
The integer library in Python's unbounded integers, from the sources that `voltcore.math` names.

Each function returns the result or raises `Refused` with what the contract would say. Nothing here
is taken from the core: the factors of 2^x are computed, quotients are compared with the bound
instead of inspecting the halves of a product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt

TOP = 2**256 - 1
INT_MAX, INT_MIN = 2**255 - 1, -(2**255)
WAD, RAY = 10**18, 10**27
LOG2_E = 1_442695040888963407


@dataclass(frozen=True)
class Refusal:
    """What the contract answers: code, its own text, kind and arguments."""

    code: int
    text: str | None
    kind: str | None
    arguments: tuple[int, ...]


class Refused(Exception):
    """Raised by a model with its refusal."""

    def __init__(self, code: int, text: str | None, kind: str | None, *arguments: int) -> None:
        super().__init__(code, text, kind, arguments)
        self.refusal = Refusal(code, text, kind, arguments)


def _custom(code: int, text: str, *arguments: int) -> Refused:
    return Refused(code, text, "custom", *arguments)


PANIC = Refused(301, "overflow", "panic")


def as_signed(bits: int) -> int:
    return bits - 2**256 if bits > INT_MAX else bits


def toward_zero(numerator: int, denominator: int) -> int:
    size = abs(numerator) // abs(denominator)
    return -size if (numerator < 0) != (denominator < 0) else size


# FullMath.sol, UnsafeMath.sol


def mul_div(a: int, b: int, d: int) -> int:
    if d == 0:
        fits = a * b <= TOP
        text, code = ("Division by zero", 302) if fits else ("overflow", 301)
        raise Refused(code, text, "require")
    if a * b // d > TOP:
        raise Refused(301, "overflow", "require")
    return a * b // d


def mul_div_ceil(a: int, b: int, d: int) -> int:
    floor = mul_div(a, b, d)
    if floor * d == a * b:
        return floor
    if floor == TOP:
        raise Refused(301, "overflow", "require")
    return floor + 1


def mul_div_signed(a: int, b: int, d: int) -> int:
    if a == INT_MIN:
        raise PANIC
    size = as_signed(mul_div(abs(a), b, d))
    if a >= 0:
        return size
    if size == INT_MIN:
        raise PANIC
    return -size


def div_up_unsafe(x: int, y: int) -> int:
    return -(-x // y) if y else 0


# PRBMath.sol, PRBMathUD60x18.sol


def _half_up(x: int, y: int) -> int:
    result = (x * y + WAD // 2) // WAD
    if result > TOP:
        raise _custom(301, "PRBMath__MulDivFixedPointOverflow", x * y >> 256)
    return result


def _quotient(x: int, y: int) -> int:
    if y == 0 and x * WAD <= TOP:
        raise Refused(302, "div0", "panic")
    if y == 0 or x * WAD // y > TOP:
        raise _custom(301, "PRBMath__MulDivOverflow", x * WAD >> 256, y)
    return x * WAD // y


def _factor(place: int) -> int:
    """2^(2^-place) in 64 fractional bits, to the nearest."""
    exact = Context(prec=80)
    power = exact.power(Decimal(2), exact.divide(Decimal(1), Decimal(2**place)))
    return int(exact.multiply(power, Decimal(2**64)).quantize(Decimal(1), context=exact))


FACTORS = [_factor(place) for place in range(1, 65)]


def _two_to_the(x: int) -> int:
    """x has 64 fractional bits."""
    result = 1 << 191
    for place, factor in enumerate(FACTORS, 1):
        if x >> (64 - place) & 1:
            result = result * factor >> 64
    return result * WAD >> (191 - (x >> 64))


def _log2(x: int) -> int:
    whole = (x // WAD).bit_length() - 1
    y, result, step = x >> whole, whole * WAD, WAD // 2
    if y == WAD:
        return result
    while step:
        y = y * y // WAD
        if y >= 2 * WAD:
            result += step
            y >>= 1
        step >>= 1
    return result


def ud60x18_mul(x: int, y: int) -> int:
    return _half_up(x, y)


def ud60x18_div(x: int, y: int) -> int:
    return _quotient(x, y)


def ud60x18_from_uint(x: int) -> int:
    if x * WAD > TOP:
        raise _custom(301, "PRBMathUD60x18__FromUintOverflow", x)
    return x * WAD


def ud60x18_to_uint(x: int) -> int:
    return x // WAD


def ud60x18_log2(x: int) -> int:
    if x < WAD:
        raise _custom(303, "PRBMathUD60x18__LogInputTooSmall", x)
    return _log2(x)


def ud60x18_exp2(x: int) -> int:
    if x >= 192 * WAD:
        raise _custom(303, "PRBMathUD60x18__Exp2InputTooBig", x)
    return _two_to_the((x << 64) // WAD)


def ud60x18_exp(x: int) -> int:
    if x >= 133_084258667509499441:
        raise _custom(303, "PRBMathUD60x18__ExpInputTooBig", x)
    return ud60x18_exp2((x * LOG2_E + WAD // 2) // WAD)


def ud60x18_pow(x: int, y: int) -> int:
    if x == 0:
        return 0 if y else WAD
    return ud60x18_exp2(ud60x18_mul(ud60x18_log2(x), y))


def ud60x18_sqrt(x: int) -> int:
    if x > TOP // WAD:
        raise _custom(303, "PRBMathUD60x18__SqrtOverflow", x)
    return isqrt(x * WAD)


# PRBMathSD59x18.sol


def sd59x18_mul(x: int, y: int) -> int:
    if INT_MIN in (x, y):
        raise _custom(303, "PRBMathSD59x18__MulInputTooSmall")
    size = _half_up(abs(x), abs(y))
    if size > INT_MAX:
        raise _custom(301, "PRBMathSD59x18__MulOverflow", size)
    return -size if (x < 0) != (y < 0) else size


def sd59x18_div(x: int, y: int) -> int:
    if INT_MIN in (x, y):
        raise _custom(303, "PRBMathSD59x18__DivInputTooSmall")
    size = _quotient(abs(x), abs(y))
    if size > INT_MAX:
        raise _custom(301, "PRBMathSD59x18__DivOverflow", size)
    return -size if (x < 0) != (y < 0) else size


def sd59x18_from_int(x: int) -> int:
    if not INT_MIN <= x * WAD <= INT_MAX:
        side = "Under" if x < 0 else "Over"
        raise _custom(301, f"PRBMathSD59x18__FromInt{side}flow", x)
    return x * WAD


def sd59x18_to_int(x: int) -> int:
    return toward_zero(x, WAD)


def sd59x18_log2(x: int) -> int:
    if x <= 0:
        raise _custom(303, "PRBMathSD59x18__LogInputTooSmall", x)
    return _log2(x) if x >= WAD else -_log2(WAD * WAD // x)


def sd59x18_exp2(x: int) -> int:
    if x < -59_794705707972522261:
        return 0
    if x < 0:
        return WAD * WAD // ud60x18_exp2(-x)
    if x >= 192 * WAD:
        raise _custom(303, "PRBMathSD59x18__Exp2InputTooBig", x)
    return ud60x18_exp2(x)


def sd59x18_exp(x: int) -> int:
    if x < -41_446531673892822322:
        return 0
    if x >= 133_084258667509499441:
        raise _custom(303, "PRBMathSD59x18__ExpInputTooBig", x)
    return sd59x18_exp2(toward_zero(x * LOG2_E + WAD // 2, WAD))


def sd59x18_pow(x: int, y: int) -> int:
    if x == 0:
        return 0 if y else WAD
    return sd59x18_exp2(sd59x18_mul(sd59x18_log2(x), y))


def sd59x18_sqrt(x: int) -> int:
    if x < 0:
        raise _custom(303, "PRBMathSD59x18__SqrtNegativeInput", x)
    if x > INT_MAX // WAD:
        raise _custom(303, "PRBMathSD59x18__SqrtOverflow", x)
    return isqrt(x * WAD)


# WadRayMath.sol


def _checked(numerator: int, denominator: int) -> int:
    if numerator > TOP:
        raise PANIC
    return numerator // denominator


def _per(a: int, scale: int, b: int) -> int:
    if b == 0:
        raise Refused(302, "DIV0", "require")
    return _checked(a * scale + b // 2, b)


def ray_mul(a: int, b: int) -> int:
    return _checked(a * b + RAY // 2, RAY)


def ray_div(a: int, b: int) -> int:
    return _per(a, RAY, b)


def wad_mul(a: int, b: int) -> int:
    return _checked(a * b + WAD // 2, WAD)


def wad_div(a: int, b: int) -> int:
    return _per(a, WAD, b)


def ray_to_wad(x: int) -> int:
    return (x + 10**9 // 2) // 10**9


def wad_to_ray(x: int) -> int:
    return _checked(x * 10**9, 1)


# The fixed crate's FixedI128<U48>


def _in_128_bits(bits: int) -> int:
    if not -(2**127) <= bits < 2**127:
        raise Refused(301, None, None)
    return bits


def i80f48_add(a: int, b: int) -> int:
    return _in_128_bits(a + b)


def i80f48_sub(a: int, b: int) -> int:
    return _in_128_bits(a - b)


def i80f48_mul(a: int, b: int) -> int:
    return _in_128_bits(a * b // 2**48)


def i80f48_div(a: int, b: int) -> int:
    if b == 0:
        raise Refused(302, None, None)
    return _in_128_bits(toward_zero(a * 2**48, b))


def i80f48_nearest(value: Fraction) -> int:
    return _in_128_bits(round(value * 2**48))


def outcome(model: Callable[..., int], *values: object) -> int | Refusal:
    """The result, or the refusal as a value."""
    try:
        return model(*values)
    except Refused as refused:
        return refused.refusal


@dataclass(frozen=True)
class Operation:
    """A function of `voltcore.math` with its model; `signs` says which operands are signed."""

    model: Callable[..., int]
    signs: tuple[bool, ...]
    width: int = 256

    @property
    def name(self) -> str:
        return self.model.__name__

    def outcome(self, *values: int) -> int | Refusal:
        return outcome(self.model, *values)


UNSIGNED = (
    *(mul_div, mul_div_ceil, div_up_unsafe),
    *(ud60x18_mul, ud60x18_div, ud60x18_pow, ud60x18_exp, ud60x18_exp2, ud60x18_log2),
    *(ud60x18_sqrt, ud60x18_from_uint, ud60x18_to_uint),
    *(ray_mul, ray_div, wad_mul, wad_div, ray_to_wad, wad_to_ray),
)
SIGNED = (
    *(sd59x18_mul, sd59x18_div, sd59x18_pow, sd59x18_exp, sd59x18_exp2, sd59x18_log2),
    *(sd59x18_sqrt, sd59x18_from_int, sd59x18_to_int),
)
FIXED = (i80f48_add, i80f48_sub, i80f48_mul, i80f48_div)


def _operation(model: Callable[..., int], sign: bool, width: int = 256) -> Operation:
    return Operation(model, (sign,) * model.__code__.co_argcount, width)


OPERATIONS = (
    *(_operation(model, False) for model in UNSIGNED),
    *(_operation(model, True) for model in SIGNED),
    *(_operation(model, True, 128) for model in FIXED),
    Operation(mul_div_signed, (True, False, False)),
)
