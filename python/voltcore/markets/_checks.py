"""What the market models accept: floats that are finite and in range, integers that are exact."""

from __future__ import annotations

import math
import operator
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore._arrays import MAX_ELEMENTS
from voltcore.errors import ArrayError, InputRangeError, InputTypeError


def real(
    value: object,
    field: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    positive: bool = False,
) -> float:
    """A finite float in ``[low, high]``, and above 0 where `positive`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        raise InputTypeError(f"is {type(value).__name__}, not a number", field=field, value=value)
    try:
        number = float(value)
    except OverflowError:
        raise InputRangeError("is not finite", code="E112", field=field, value=value) from None
    if not math.isfinite(number):
        raise InputRangeError("is not finite", code="E112", field=field, value=value)
    if positive and not number > 0.0:
        raise InputRangeError("is not above 0", code="E111", field=field, value=value)
    if not low <= number <= high:
        raise InputRangeError(f"is not in [{low:g}, {high:g}]", field=field, value=value)
    return number


def integer(value: object, field: str, low: int, high: int) -> int:
    """An exact integer in ``[low, high]``; bool and float are refused."""
    if isinstance(value, (bool, np.bool_)) or not hasattr(type(value), "__index__"):
        raise InputTypeError(f"is {type(value).__name__}, not an integer", field=field, value=value)
    number = operator.index(value)  # type: ignore[arg-type]
    if not low <= number <= high:
        raise InputRangeError(f"is not in [{low}, {high}]", field=field, value=number)
    return number


def uint64(value: object, field: str) -> int:
    return integer(value, field, 0, 2**64 - 1)


def thread_count(threads: object) -> int:
    """How many threads to use: the given number, or one for each core this process may run on."""
    if threads is not None:
        return integer(threads, "threads", 1, 1024)
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def reals(values: object, field: str, *, finite: bool = True) -> NDArray[np.float64]:
    """A private float64 copy, one-dimensional; float32 and integers up to 32 bits are exact."""
    if isinstance(values, np.ma.MaskedArray):
        raise ArrayError("is a masked array", code="E120", field=field, hint="fill it first")
    array: NDArray[Any]
    if isinstance(values, np.ndarray):
        array = values
    else:
        try:
            array = np.asarray(values)
        except (ValueError, TypeError, OverflowError) as error:
            raise ArrayError(
                f"is not an array of numbers ({type(error).__name__})", code="E121", field=field
            ) from None
        if array.dtype.kind in "iu" or array.size == 0:
            array = array.astype(np.float64)
    if array.dtype.kind not in "fiu" or not np.can_cast(array.dtype, np.float64, "safe"):
        raise ArrayError(f"has dtype {array.dtype}, not float64", code="E120", field=field)
    if array.size > MAX_ELEMENTS:
        raise ArrayError(f"claims {array.size:,} elements", code="E123", field=field)
    if array.ndim != 1:
        raise ArrayError(f"has shape {array.shape}, not (n,)", code="E121", field=field)
    copy = np.array(array, dtype=np.float64, order="C", copy=True)
    if finite and not np.isfinite(copy).all():
        row = int(np.flatnonzero(~np.isfinite(copy))[0])
        raise InputRangeError(
            "is not finite", code="E112", field=f"{field}[{row}]", value=float(copy[row]), index=row
        )
    return copy
