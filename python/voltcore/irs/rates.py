"""
Between what a desk says and what the contracts count: rates and ticks, notional and liquidity.

A price is variable tokens for one fixed token, and a fixed token is 1 % a year: the fixed rate in
percent is one over the price, 1.0001**-tick. Tick 0 is 1 %, tick -16096 about 5 %: when the rate
rises, the tick falls.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isfinite, isqrt

from voltcore import amm
from voltcore.errors import InputRangeError, InputTypeError

__all__ = [
    "liquidity_of_notional",
    "notional_of_liquidity",
    "rate_at_sqrt_price",
    "rate_at_tick",
    "sqrt_price_at_rate",
    "tick_at_rate",
]

Rate = int | float | str | Decimal | Fraction


def rate_at_sqrt_price(sqrt_price_x96: int) -> float:
    """The fixed rate in percent at a sqrt price (Q64.96, > 0): ``(2**96 / p)**2``, to be shown."""
    if sqrt_price_x96 <= 0:
        raise InputRangeError(
            "is not positive", code="E111", field="sqrt_price_x96", value=sqrt_price_x96
        )
    return float(Fraction(1 << 192, sqrt_price_x96 * sqrt_price_x96))


def rate_at_tick(tick: int) -> float:
    """The fixed rate in percent at a tick in ``[-69100, 69100]``, to be shown."""
    return rate_at_sqrt_price(amm.sqrt_ratio_at_tick(tick))


def sqrt_price_at_rate(rate_percent: Rate) -> int:
    """
    The sqrt price of a fixed rate.

    Parameters
    ----------
    rate_percent : int, float, str, Decimal or Fraction
        Percent a year: ``"5"`` is 5 %. A float stands for the decimal that it shows.

    Returns
    -------
    int
        Q64.96: ``floor(2**96 / sqrt(rate))``.

    Raises
    ------
    InputTypeError
        E101 if it is not a number.
    InputRangeError
        "R": the rate is outside about 0.001 % to 1000 %.
    """
    rate = _fraction(rate_percent)
    price = isqrt((rate.denominator << 192) // rate.numerator)
    amm.tick_at_sqrt_ratio(price)
    return price


def tick_at_rate(rate_percent: Rate, tick_spacing: int = 1) -> int:
    """
    The tick nearest to a fixed rate among the multiples of the spacing.

    Parameters
    ----------
    rate_percent : int, float, str, Decimal or Fraction
        Percent a year.
    tick_spacing : int
        In ``[1, 16383]``.

    Returns
    -------
    int
        The multiple of `tick_spacing` nearest to the tick at or below the price of the rate; of two
        equally near ones the upper, which is the lower rate.
    """
    amm.max_liquidity_per_tick(tick_spacing)
    tick = amm.tick_at_sqrt_ratio(sqrt_price_at_rate(rate_percent))
    last = 69100 // tick_spacing * tick_spacing
    return max(-last, min(last, (2 * tick + tick_spacing) // (2 * tick_spacing) * tick_spacing))


def liquidity_of_notional(notional: int, tick_lower: int, tick_upper: int) -> int:
    """
    The liquidity whose range holds a notional.

    Parameters
    ----------
    notional : int
        Variable tokens that the range can trade from end to end, >= 0.
    tick_lower, tick_upper : int
        The range.

    Returns
    -------
    int
        ``floor(notional * 2**96 / (sqrt(upper) - sqrt(lower)))``, as the periphery contract has it.
    """
    width = _width(tick_lower, tick_upper)
    if notional < 0:
        raise InputRangeError("is negative", code="E111", field="notional", value=notional)
    return (notional << 96) // width


def notional_of_liquidity(liquidity: int, tick_lower: int, tick_upper: int) -> int:
    """The notional that a range of this liquidity can trade from end to end, floor."""
    return (liquidity * _width(tick_lower, tick_upper)) >> 96


def _width(tick_lower: int, tick_upper: int) -> int:
    if tick_lower >= tick_upper:
        raise InputRangeError(
            "is not above tick_lower", code="E113", field="tick_upper", value=tick_upper
        )
    return amm.sqrt_ratio_at_tick(tick_upper) - amm.sqrt_ratio_at_tick(tick_lower)


def _fraction(value: Rate) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal, Fraction)):
        raise InputTypeError("is not a number", field="rate_percent", value=value)
    if isinstance(value, float):
        if not isfinite(value):
            raise InputRangeError("is not finite", code="E112", field="rate_percent", value=value)
        value = repr(value)
    try:
        if isinstance(value, str) and len(value) > 80:
            raise ValueError
        # A decimal with a huge exponent would be a huge number: its size is looked at first.
        if isinstance(value, str | Decimal) and not -80 < Decimal(value).adjusted() < 80:
            raise ValueError
        rate = Fraction(value)
    except (ValueError, ArithmeticError):
        raise InputRangeError(
            "is not a number within range", code="E115", field="rate_percent", value=value
        ) from None
    if rate <= 0:
        raise InputRangeError("is not positive", code="E111", field="rate_percent", value=value)
    return rate
