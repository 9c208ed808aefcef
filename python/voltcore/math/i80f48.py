"""
I80F48: signed fixed point with 48 fractional bits in 128, the number of the margin venues.

Values are the raw bits: 1.0 is ``2**48``; the range is [-2^79, 2^79). Batches hold rows of two
limbs, shape ``(n, 2)``, two's complement.

Source: the ``fixed`` crate's ``FixedI128<U48>`` as Mango v3 and Entropy use it.
"""

from __future__ import annotations

from voltcore import _core
from voltcore.errors import InputTypeError
from voltcore.math._batch import BinaryBatch, batch_of

__all__ = [
    "i80f48_add",
    "i80f48_add_batch",
    "i80f48_ceil",
    "i80f48_div",
    "i80f48_div_batch",
    "i80f48_floor",
    "i80f48_from_decimal",
    "i80f48_from_float",
    "i80f48_from_int",
    "i80f48_mul",
    "i80f48_mul_batch",
    "i80f48_sub",
    "i80f48_sub_batch",
    "i80f48_to_decimal",
    "i80f48_to_float",
    "i80f48_trunc",
]


def i80f48_add(a_bits: int, b_bits: int) -> int:
    """
    ``a + b``, exactly.

    Refused (E301) outside the range.
    """
    return _core.math_i80f48_add(a_bits, b_bits)


def i80f48_sub(a_bits: int, b_bits: int) -> int:
    """
    ``a - b``, exactly.

    Refused (E301) outside the range.
    """
    return _core.math_i80f48_sub(a_bits, b_bits)


def i80f48_mul(a_bits: int, b_bits: int) -> int:
    """
    ``a * b``, toward minus infinity.

    Refused (E301) outside the range.
    """
    return _core.math_i80f48_mul(a_bits, b_bits)


def i80f48_div(a_bits: int, b_bits: int) -> int:
    """
    ``a / b``, toward zero.

    Refused for ``b = 0`` (E302) and outside the range (E301).
    """
    return _core.math_i80f48_div(a_bits, b_bits)


def i80f48_from_int(value: int) -> int:
    """
    The bits of an integer, exactly.

    Refused (E301) outside [-2^79, 2^79).
    """
    return _core.math_i80f48_from_int(value)


def i80f48_from_decimal(text: str) -> int:
    """
    The bits nearest to decimal text such as ``"-0.0125"``, ties to even.

    Parameters
    ----------
    text : str
        At most 256 characters: an optional sign, digits, at most one point; no exponent.

    Raises
    ------
    InputTypeError
        `text` is not text.
    InputRangeError
        E115: not of that form.
    ArithmeticOverflowError
        E301: outside the range.
    """
    if not isinstance(text, str):
        raise InputTypeError(f"is {type(text).__name__}, not text", field="decimal", value=text)
    return _core.math_i80f48_from_decimal(text.encode("utf-8", "backslashreplace"))


def i80f48_from_float(value: float) -> int:
    """
    The bits nearest to a double, ties to even.

    Raises
    ------
    InputTypeError
        `value` is not a float.
    InputRangeError
        E112: NaN or infinite.
    ArithmeticOverflowError
        E301: outside the range.
    """
    if not isinstance(value, float):
        raise InputTypeError(
            f"is {type(value).__name__}, not a float",
            field="value",
            value=value,
            hint="i80f48_from_int is exact",
        )
    return _core.math_i80f48_from_float(value)


def i80f48_to_decimal(bits: int) -> str:
    """Decimal text with every digit: a multiple of 2^-48 has at most 48 places."""
    return _core.math_i80f48_to_decimal(bits)


def i80f48_to_float(bits: int) -> float:
    """The nearest double; for reports, never for exact work."""
    return _core.math_i80f48_to_float(bits)


def i80f48_floor(bits: int) -> int:
    """Greatest integer not above the value."""
    return _core.math_i80f48_floor(bits)


def i80f48_ceil(bits: int) -> int:
    """Least integer not below the value."""
    return _core.math_i80f48_ceil(bits)


def i80f48_trunc(bits: int) -> int:
    """The integer part, toward zero."""
    return _core.math_i80f48_trunc(bits)


i80f48_add_batch: BinaryBatch = batch_of(i80f48_add, signed=(True, True), width=2)
i80f48_sub_batch: BinaryBatch = batch_of(i80f48_sub, signed=(True, True), width=2)
i80f48_mul_batch: BinaryBatch = batch_of(i80f48_mul, signed=(True, True), width=2)
i80f48_div_batch: BinaryBatch = batch_of(i80f48_div, signed=(True, True), width=2)
