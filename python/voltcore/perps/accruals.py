"""Borrow interest of many custodies over many steps."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact, same_length
from voltcore.errors import InputRangeError

__all__ = ["AccrualBatch", "SlopeCurve", "accrue"]


class SlopeCurve(msgspec.Struct, frozen=True, kw_only=True):
    """
    An hourly borrow rate of two slopes, 1e9.

    Attributes
    ----------
    base_rate, slope1, slope2 : int
        At 0, added up to the kink, and added from there to full use.
    optimal_utilization : int
        The kink, in [1, 1e9].
    """

    base_rate: int = 0
    slope1: int = 0
    slope2: int = 0
    optimal_utilization: int = 1_000_000_000


class AccrualBatch(NamedTuple):
    """Custodies after the steps, uint64, and a uint16 status; a row with a status is 0."""

    owned: NDArray[np.uint64]
    locked: NDArray[np.uint64]
    cumulative: NDArray[np.uint64]
    status: NDArray[np.uint16]


def accrue(
    owned: Any,
    locked: Any,
    cumulative: Any,
    seconds: Any,
    curve: SlopeCurve,
    *,
    rounding: Literal["up", "down"] = "up",
    compound: bool = False,
    threads: int = 0,
) -> AccrualBatch:
    """
    Borrow interest of many custodies over many steps; exact.

    In each step the rate at ``floor(locked * 1e9 / owned)``, times ``seconds / 3600``, is added to
    the cumulative.

    Parameters
    ----------
    owned, locked, cumulative : array_like of uint64, shape (n,)
        Token units, and the cumulative rate, 1e9.
    seconds : array_like of uint32, shape (steps,)
        Length of each step.
    curve : SlopeCurve
    rounding : {"up", "down"}
        Of each step's rate; the ancestor of the pools rounds up.
    compound : bool
        Whether ``floor(locked * rate)`` of each step is added to locked and owned, as in a money
        market; the pools do not compound.
    threads : int
        0 is one for each core.

    Returns
    -------
    AccrualBatch
        New arrays.

    Raises
    ------
    ArrayError
        E120, E121, E122.
    InputRangeError
        E110 for a kink outside [1, 1e9], E114 for a rounding that is neither.
    """
    if rounding not in ("up", "down"):
        raise InputRangeError(f"{rounding!r} is neither up nor down", code="E114", field="rounding")
    held = as_exact(owned, np.uint64, "owned")
    used = as_exact(locked, np.uint64, "locked")
    before = as_exact(cumulative, np.uint64, "cumulative")
    same_length(owned=held, locked=used, cumulative=before)
    times = as_exact(seconds, np.uint32, "seconds")
    slopes = (curve.base_rate, curve.slope1, curve.slope2, curve.optimal_utilization)
    return AccrualBatch(
        *_core.perps_accrue(held, used, before, times, slopes, rounding == "up", compound, threads)
    )
