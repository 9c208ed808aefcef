"""
Decimals with 18 places in 256 bits: ``ud60x18`` unsigned, ``sd59x18`` signed.

Values are the raw integers: 1.0 is ``10**18``. Refusals carry the library's own error name in
``.onchain`` and its arguments in ``.onchain_args``.

Source: PRBMath 2.4.3, ``PRBMath.sol``, ``PRBMathUD60x18.sol``, ``PRBMathSD59x18.sol``.
"""

from __future__ import annotations

from voltcore import _core
from voltcore.math._batch import BinaryBatch, UnaryBatch, batch_of

__all__ = [
    "sd59x18_div",
    "sd59x18_div_batch",
    "sd59x18_exp",
    "sd59x18_exp2",
    "sd59x18_exp2_batch",
    "sd59x18_exp_batch",
    "sd59x18_from_int",
    "sd59x18_from_int_batch",
    "sd59x18_log2",
    "sd59x18_log2_batch",
    "sd59x18_mul",
    "sd59x18_mul_batch",
    "sd59x18_pow",
    "sd59x18_pow_batch",
    "sd59x18_sqrt",
    "sd59x18_sqrt_batch",
    "sd59x18_to_int",
    "sd59x18_to_int_batch",
    "ud60x18_div",
    "ud60x18_div_batch",
    "ud60x18_exp",
    "ud60x18_exp2",
    "ud60x18_exp2_batch",
    "ud60x18_exp_batch",
    "ud60x18_from_uint",
    "ud60x18_from_uint_batch",
    "ud60x18_log2",
    "ud60x18_log2_batch",
    "ud60x18_mul",
    "ud60x18_mul_batch",
    "ud60x18_pow",
    "ud60x18_pow_batch",
    "ud60x18_sqrt",
    "ud60x18_sqrt_batch",
    "ud60x18_to_uint",
    "ud60x18_to_uint_batch",
]


def ud60x18_mul(x: int, y: int) -> int:
    """
    ``x * y``, to the nearest unit, half up.

    Raises ``PRBMath__MulDivFixedPointOverflow(high word)``. A product that would round up to 2^256
    is refused too, where the contract wraps to 0.
    """
    return _core.math_ud60x18_mul(x, y)


def ud60x18_div(x: int, y: int) -> int:
    """
    ``x / y``, floor.

    Raises ``PRBMath__MulDivOverflow(high word, y)``; `y` = 0 is a panic (E302, ``"div0"``) when
    ``x * 10^18`` fits 256 bits and that overflow otherwise.
    """
    return _core.math_ud60x18_div(x, y)


def ud60x18_pow(x: int, y: int) -> int:
    """
    ``x ** y`` as ``exp2(log2(x) * y)``, truncated.

    ``0 ** 0`` is 1.0 and ``0 ** y`` is 0; ``0 < x < 1.0`` is
    ``PRBMathUD60x18__LogInputTooSmall``.
    """
    return _core.math_ud60x18_pow(x, y)


def ud60x18_exp(x: int) -> int:
    """
    ``e ** x``, truncated.

    Refused from 133.084258667509499441 on: ``PRBMathUD60x18__ExpInputTooBig``.
    """
    return _core.math_ud60x18_exp(x)


def ud60x18_exp2(x: int) -> int:
    """
    ``2 ** x``, truncated.

    Refused from 192.0 on: ``PRBMathUD60x18__Exp2InputTooBig``.
    """
    return _core.math_ud60x18_exp2(x)


def ud60x18_log2(x: int) -> int:
    """
    ``log2(x)``, truncated bit by bit.

    Refused below 1.0: ``PRBMathUD60x18__LogInputTooSmall``.
    """
    return _core.math_ud60x18_log2(x)


def ud60x18_sqrt(x: int) -> int:
    """
    ``sqrt(x)``, floor.

    Refused above floor((2^256 - 1) / 10^18) units: ``PRBMathUD60x18__SqrtOverflow``.
    """
    return _core.math_ud60x18_sqrt(x)


def ud60x18_from_uint(x: int) -> int:
    """
    The integer `x` as a decimal, exactly.

    Refused above floor((2^256 - 1) / 10^18): ``PRBMathUD60x18__FromUintOverflow``.
    """
    return _core.math_ud60x18_from_uint(x)


def ud60x18_to_uint(x: int) -> int:
    """
    The whole part of `x`, floor.

    Never refused.
    """
    return _core.math_ud60x18_to_uint(x)


def sd59x18_mul(x: int, y: int) -> int:
    """
    ``x * y``, to the nearest unit, half away from zero.

    Raises ``PRBMathSD59x18__MulInputTooSmall`` for -2^255, ``PRBMathSD59x18__MulOverflow`` or
    ``PRBMath__MulDivFixedPointOverflow``.
    """
    return _core.math_sd59x18_mul(x, y)


def sd59x18_div(x: int, y: int) -> int:
    """
    ``x / y``, toward zero.

    Raises ``PRBMathSD59x18__DivInputTooSmall`` for -2^255, ``PRBMathSD59x18__DivOverflow`` or the
    failures of `ud60x18_div`.
    """
    return _core.math_sd59x18_div(x, y)


def sd59x18_pow(x: int, y: int) -> int:
    """
    ``x ** y`` as ``exp2(log2(x) * y)``, truncated.

    ``0 ** 0`` is 1.0 and ``0 ** y`` is 0; ``x < 0`` is ``PRBMathSD59x18__LogInputTooSmall``.
    """
    return _core.math_sd59x18_pow(x, y)


def sd59x18_exp(x: int) -> int:
    """
    ``e ** x``, truncated.

    0 below -41.446531673892822322, refused from 133.084258667509499441 on:
    ``PRBMathSD59x18__ExpInputTooBig``. The exponent ``x * log2(e)`` is rounded by adding a half
    before a truncation toward zero, also for negative `x`, as in the contract.
    """
    return _core.math_sd59x18_exp(x)


def sd59x18_exp2(x: int) -> int:
    """
    ``2 ** x``, truncated.

    0 below -59.794705707972522261, refused from 192.0 on: ``PRBMathSD59x18__Exp2InputTooBig``.
    """
    return _core.math_sd59x18_exp2(x)


def sd59x18_log2(x: int) -> int:
    """
    ``log2(x)``; below 1.0 minus the logarithm of ``1 / x``.

    Refused unless ``x > 0``: ``PRBMathSD59x18__LogInputTooSmall``.
    """
    return _core.math_sd59x18_log2(x)


def sd59x18_sqrt(x: int) -> int:
    """
    ``sqrt(x)``, floor.

    Raises ``PRBMathSD59x18__SqrtNegativeInput`` or ``PRBMathSD59x18__SqrtOverflow``.
    """
    return _core.math_sd59x18_sqrt(x)


def sd59x18_from_int(x: int) -> int:
    """
    The integer `x` as a decimal, exactly.

    Raises ``PRBMathSD59x18__FromIntUnderflow`` or ``PRBMathSD59x18__FromIntOverflow``.
    """
    return _core.math_sd59x18_from_int(x)


def sd59x18_to_int(x: int) -> int:
    """
    The whole part of `x`, toward zero.

    Never refused.
    """
    return _core.math_sd59x18_to_int(x)


ud60x18_mul_batch: BinaryBatch = batch_of(ud60x18_mul, signed=(False, False))
ud60x18_div_batch: BinaryBatch = batch_of(ud60x18_div, signed=(False, False))
ud60x18_pow_batch: BinaryBatch = batch_of(ud60x18_pow, signed=(False, False))
ud60x18_exp_batch: UnaryBatch = batch_of(ud60x18_exp, signed=(False,))
ud60x18_exp2_batch: UnaryBatch = batch_of(ud60x18_exp2, signed=(False,))
ud60x18_log2_batch: UnaryBatch = batch_of(ud60x18_log2, signed=(False,))
ud60x18_sqrt_batch: UnaryBatch = batch_of(ud60x18_sqrt, signed=(False,))
ud60x18_from_uint_batch: UnaryBatch = batch_of(ud60x18_from_uint, signed=(False,))
ud60x18_to_uint_batch: UnaryBatch = batch_of(ud60x18_to_uint, signed=(False,))
sd59x18_mul_batch: BinaryBatch = batch_of(sd59x18_mul, signed=(True, True))
sd59x18_div_batch: BinaryBatch = batch_of(sd59x18_div, signed=(True, True))
sd59x18_pow_batch: BinaryBatch = batch_of(sd59x18_pow, signed=(True, True))
sd59x18_exp_batch: UnaryBatch = batch_of(sd59x18_exp, signed=(True,))
sd59x18_exp2_batch: UnaryBatch = batch_of(sd59x18_exp2, signed=(True,))
sd59x18_log2_batch: UnaryBatch = batch_of(sd59x18_log2, signed=(True,))
sd59x18_sqrt_batch: UnaryBatch = batch_of(sd59x18_sqrt, signed=(True,))
sd59x18_from_int_batch: UnaryBatch = batch_of(sd59x18_from_int, signed=(True,))
sd59x18_to_int_batch: UnaryBatch = batch_of(sd59x18_to_int, signed=(True,))
