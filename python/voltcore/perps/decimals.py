"""Decimal kernels of the ancestor: mantissa and exponent, u64 results."""

from __future__ import annotations

from voltcore import _core


def dec_mul(c1: int, e1: int, c2: int, e2: int, target: int, *, ceil: bool = False) -> int:
    """
    Product of two decimals at a given exponent.

    Parameters
    ----------
    c1, c2 : int
        Mantissas, u64.
    e1, e2, target : int
        Powers of ten of the factors and of the result, in [-38, 38].
    ceil : bool
        Round the last division up instead of down.

    Returns
    -------
    int
        Mantissa of the product at exponent `target`.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_dec_mul(c1, e1, c2, e2, target, ceil)


def dec_div(c1: int, e1: int, c2: int, e2: int, target: int, *, ceil: bool = False) -> int:
    """
    Quotient of two decimals at a given exponent.

    Parameters
    ----------
    c1, c2 : int
        Mantissas, u64.
    e1, e2, target : int
        Powers of ten, in [-38, 38].
    ceil : bool
        Round up, in the first of the two divisions only.

    Returns
    -------
    int
        Mantissa of the quotient at exponent `target`. With a positive remaining power the
        low digits are lost on purpose.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_dec_div(c1, e1, c2, e2, target, ceil)
