"""
``a * b / d`` with the product in 512 bits, as the contracts calculate it.

Source: Uniswap v3 ``FullMath.sol`` and ``UnsafeMath.sol``; Voltz ``FullMath.sol``.
"""

from __future__ import annotations

from voltcore import _core
from voltcore.math._batch import BinaryBatch, TernaryBatch, batch_of

__all__ = [
    "div_up_unsafe",
    "div_up_unsafe_batch",
    "mul_div",
    "mul_div_batch",
    "mul_div_ceil",
    "mul_div_ceil_batch",
    "mul_div_signed",
    "mul_div_signed_batch",
]


def mul_div(a: int, b: int, denominator: int) -> int:
    """
    ``a * b / denominator``, floor.

    Parameters
    ----------
    a, b, denominator : int
        uint256.

    Returns
    -------
    int
        uint256.

    Raises
    ------
    ArithmeticOverflowError
        E301, on-chain ``"overflow"`` (a require): the quotient needs more than 256 bits, or the
        denominator is 0 and the product does.
    DivideByZeroError
        E302, on-chain ``"Division by zero"``: the denominator is 0 and the product fits.
    """
    return _core.math_mul_div(a, b, denominator)


def mul_div_ceil(a: int, b: int, denominator: int) -> int:
    """
    ``a * b / denominator``, ceil.

    The failures are those of `mul_div`; a floor of 2^256 - 1 with a remainder is ``"overflow"``.
    Source: ``mulDivRoundingUp``.
    """
    return _core.math_mul_div_ceil(a, b, denominator)


def mul_div_signed(a: int, b: int, denominator: int) -> int:
    """
    ``a * b / denominator``, toward zero, for a signed `a`.

    A magnitude of 2^255 or more is read as two's complement without a check, as the contract does.

    Parameters
    ----------
    a : int
        int256; -2^255 is a panic (E301, on-chain ``"overflow"``, kind ``"panic"``).
    b, denominator : int
        uint256.

    Returns
    -------
    int
        int256.
    """
    return _core.math_mul_div_signed(a, b, denominator)


def div_up_unsafe(x: int, y: int) -> int:
    """``x / y``, ceil, and 0 when `y` is 0: never refused. uint256."""
    return _core.math_div_up_unsafe(x, y)


mul_div_batch: TernaryBatch = batch_of(mul_div, signed=(False, False, False))
mul_div_ceil_batch: TernaryBatch = batch_of(mul_div_ceil, signed=(False, False, False))
mul_div_signed_batch: TernaryBatch = batch_of(mul_div_signed, signed=(True, False, False))
div_up_unsafe_batch: BinaryBatch = batch_of(div_up_unsafe, signed=(False, False))
