"""
Report quantities of the crab, as 64-bit floats.

None of them takes part in a balance, share or fee. Powers are computed as
``expm1(n * log1p(r))``; the bits are the same on every machine.
"""

from __future__ import annotations

import math

from voltcore import _core
from voltcore.errors import InputRangeError, InputTypeError

__all__ = [
    "apy",
    "crab_return",
    "daily_rate",
    "expected_apy",
    "implied_volatility",
    "profit_range",
]


def finite(value: object, field: str, *, above: float | None = None) -> float:
    """`value` as a float; refused by type, when it is not finite, or not above a bound."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputTypeError("is not a number", field=field, value=value)
    try:
        number = float(value)
    except OverflowError:
        raise InputRangeError("is not finite", code="E112", field=field, value=value) from None
    if not math.isfinite(number):
        raise InputRangeError("is not finite", code="E112", field=field, value=value)
    if above is not None and not number > above:
        raise InputRangeError(f"is not above {above:g}", field=field, value=value)
    return number


def daily_rate(mark: float, index: float, period_days: float = 7) -> float:
    """
    Funding a day, as a fraction: ``(mark / index - 1) / period_days``, before the venue's clamp.

    Notes
    -----
    ``daily_rate(2550, 2500)`` is 0.0028571...; the documentation truncates it to 0.28 %.
    """
    return _core.volts_daily_rate(
        finite(mark, "mark"),
        finite(index, "index", above=0.0),
        finite(period_days, "period_days", above=0.0),
    )


def apy(rate: float, periods: float = 365) -> float:
    """``(1 + rate) ** periods - 1``, as a fraction; on the short notional for the crab."""
    return _core.volts_apy(finite(rate, "rate", above=-1.0), finite(periods, "periods"))


def profit_range(rate: float, days: float = 1) -> float:
    """
    The move up to which a hedged short of the squared perp profits: ``sqrt(rate * days)``.

    Without re-hedging the range widens with time (documented wording); a rate below 0 has none.
    """
    rate = finite(rate, "rate")
    if rate < 0:
        raise InputRangeError("is negative: no move is profitable", field="rate", value=rate)
    return _core.volts_profit_range(rate, finite(days, "days", above=0.0))


def crab_return(funding: float, move: float) -> float:
    """Return on the notional over one funding period: ``funding - move ** 2``."""
    return _core.volts_crab_return(finite(funding, "funding"), finite(move, "move"))


def expected_apy(daily_funding: float, volatility: float) -> float:
    """Expected return a year on the notional: ``365 * daily_funding - volatility ** 2``."""
    return _core.volts_expected_apy(
        finite(daily_funding, "daily_funding"), finite(volatility, "volatility")
    )


def implied_volatility(daily_funding: float) -> float:
    """
    Annualised implied volatility: ``sqrt(hourly_rate * 24 * 365)`` (documented).

    Parameters
    ----------
    daily_funding : float
        Funding a day as a fraction, at least 0.
    """
    rate = finite(daily_funding, "daily_funding")
    if rate < 0:
        raise InputRangeError("is negative", field="daily_funding", value=rate)
    return _core.volts_implied_volatility(rate)
