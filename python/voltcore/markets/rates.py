"""A short rate: simulated by its exact transition, calibrated from a history."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import ArrayError, InputRangeError
from voltcore.markets._checks import integer, real, reals
from voltcore.markets.models import fields_of, set_fields

__all__ = ["CoxIngersollRoss"]

_DAY_YEARS = 1.0 / 365.0
_MOST_SPEED = 1e4
_MOST_LEVEL = 1e3
_LEAST_VOLATILITY = 1e-6
_MOST_VOLATILITY = 100.0


@dataclass(frozen=True)
class CoxIngersollRoss:
    """
    The short rate of Cox, Ingersoll and Ross.

    ``dr = speed (level - r) dt + volatility sqrt(r) dW``, drawn from the exact transition (a scaled
    non-central chi-square number): a step may have any length, and the rate is never negative.

    Parameters
    ----------
    start_rate : float
        Rate at step 0 as a fraction a year, in ``[0, 1000]``: 0.05 is 5 %.
    speed : float
        Speed of mean reversion, per year, in ``(0, 10000]``.
    level : float
        Rate to which it reverts, a fraction a year, in ``(0, 1000]``.
    volatility : float
        Per square root of a year and of the rate, in ``[1e-6, 100]``.
    step_years : float
        Length of a step in years; the default is a day of a year of 365 days.
    series : int
        Number of the rate where one scenario has several: others draw other numbers. Below 65536.

    Raises
    ------
    InputTypeError, InputRangeError
        For a parameter that is no number, not finite or out of its range.

    Notes
    -----
    Source: Cox, Ingersoll, Ross, "A theory of the term structure of interest rates", Econometrica
    53 (1985); the transition as in Glasserman, "Monte Carlo Methods in Financial Engineering", 3.4.
    """

    start_rate: float
    speed: float
    level: float
    volatility: float
    step_years: float = _DAY_YEARS
    series: int = 0

    def __post_init__(self) -> None:
        set_fields(
            self,
            start_rate=real(self.start_rate, "start_rate", low=0.0, high=_MOST_LEVEL),
            speed=real(self.speed, "speed", positive=True, high=_MOST_SPEED),
            level=real(self.level, "level", positive=True, high=_MOST_LEVEL),
            volatility=real(
                self.volatility, "volatility", low=_LEAST_VOLATILITY, high=_MOST_VOLATILITY
            ),
            step_years=real(self.step_years, "step_years", low=1e-12, high=1e3),
            series=integer(self.series, "series", 0, 2**16 - 1),
        )
        _ = self._handle  # the remaining checks are those of the C++ value

    @classmethod
    def calibrate(
        cls,
        history: object,
        step_years: float = _DAY_YEARS,
        *,
        start_rate: float | None = None,
        series: int = 0,
    ) -> CoxIngersollRoss:
        """
        The process whose exact conditional mean and variance fit a history best.

        The mean of the next rate is ``level (1 - b) + b r`` with ``b = exp(-speed step_years)``.
        The line through the pairs of successive rates is fitted by least squares weighted with
        ``1 / r``, because the variance grows with the rate. The squared residuals over the exact
        conditional variance of ``volatility = 1`` then have the mean ``volatility**2``.

        Parameters
        ----------
        history : array_like of float64, shape (n,)
            Rates at equal distances, fractions a year, each above 0; at least 4.
        step_years : float
            The distance, in years; also the step of the new process.
        start_rate : float, optional
            By default the last of the history.
        series : int
            As for the class.

        Raises
        ------
        ArrayError, InputTypeError, InputRangeError
            For a history that is too short, not above 0 or without mean reversion: nothing is
            guessed then.

        Notes
        -----
        Source: Overbeck and Rydén, "Estimation in the Cox-Ingersoll-Ross model", Econometric Theory
        13 (1997). As with every estimator, `speed` is biased upwards for histories of a few
        ``1 / speed`` years.
        """
        rates = reals(history, "history")
        step = real(step_years, "step_years", low=1e-12, high=1e3)
        if rates.size < 4:
            raise ArrayError(
                "has fewer than 4 rates", code="E121", field="history", value=rates.size
            )
        if not (rates > 0.0).all():
            row = int(np.flatnonzero(~(rates > 0.0))[0])
            raise InputRangeError(
                "is not above 0",
                code="E111",
                field=f"history[{row}]",
                value=float(rates[row]),
                index=row,
            )
        before, after = rates[:-1], rates[1:]
        intercept, slope = _weighted_line(before, after)
        if not (0.0 < slope < 1.0 and 0.0 < intercept <= _MOST_LEVEL * (1.0 - slope)):
            raise _unusable(intercept, slope, "shows no mean reversion")
        speed = -float(_core.markets_log(np.array([slope]))[0]) / step
        level = intercept / (1.0 - slope)
        unit_variance = (
            before * (slope * (1.0 - slope) / speed)
            + level * (1.0 - slope) * (1.0 - slope) / speed / 2.0
        )
        residuals = after - (intercept + slope * before)
        volatility = math.sqrt(_sum(residuals * residuals / unit_variance) / before.size)
        if not (speed <= _MOST_SPEED and _LEAST_VOLATILITY <= volatility <= _MOST_VOLATILITY):
            raise _unusable(intercept, slope, "has noise outside the bounds of this process")
        start = float(rates[-1]) if start_rate is None else start_rate
        return cls(start, speed, level, volatility, step, series)

    @property
    def degrees(self) -> float:
        """Degrees of freedom ``4 speed level / volatility**2``; from 2 on rates stay above 0."""
        return self._handle.degrees

    @cached_property
    def _handle(self) -> _core.MarketsCoxIngersollRoss:
        return _core.MarketsCoxIngersollRoss(
            self.start_rate, self.speed, self.level, self.volatility, self.step_years, self.series
        )

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


def _unusable(intercept: float, slope: float, reason: str) -> InputRangeError:
    return InputRangeError(
        reason,
        code="E113",
        field="history",
        value=f"next = {intercept:.6g} + {slope:.6g} rate",
        hint="take a longer history, or set the parameters",
    )


def _sum(values: Iterable[float]) -> float:
    # Correctly rounded: the same for every order and machine.
    return math.fsum(values)


def _weighted_line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Intercept and slope that minimise the sum of ``(y - a - b x)**2 / x``."""
    n = Fraction(x.size)
    inverse, ratio = Fraction(_sum(1.0 / x)), Fraction(_sum(y / x))
    total_x, total_y = Fraction(_sum(x)), Fraction(_sum(y))
    determinant = inverse * total_x - n * n
    if determinant <= 0:
        return 0.0, 0.0  # all rates are equal
    intercept = (ratio * total_x - n * total_y) / determinant
    slope = (inverse * total_y - n * ratio) / determinant
    return float(intercept), float(slope)
