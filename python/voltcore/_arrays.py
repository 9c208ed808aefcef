"""
Arrays at the border: what a batch may be given, and the private copy that the core reads.

Every public batch passes its arrays through `as_exact` (integers) or `as_limbs` (256-bit rows).
Nothing is rounded: a dtype that cannot be read exactly is refused.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import ArrayError, ResourceError

# A stride-0 view may claim any number of elements; copying it would ask for that much memory.
MAX_ELEMENTS = 2**33


def as_exact(
    values: object, dtype: Any, field: str, *, shape: tuple[int | None, ...] = (None,)
) -> NDArray[Any]:
    """
    `values` as a C-contiguous array of `dtype`, exactly.

    Parameters
    ----------
    values : array_like of integers
        Strided, reversed, misaligned, read-only and byte-swapped arrays are read like a plain copy.
        Lists of Python ints are accepted.
    dtype : numpy dtype
        An integer dtype. Wider integers are accepted when every value fits.
    field : str
        The argument's name, for the refusal.
    shape : tuple of int or None
        Expected shape; None stands for any length.

    Returns
    -------
    ndarray
        C-contiguous, of `dtype`.

    Raises
    ------
    ArrayError
        E120 for a dtype that is not an integer (bool, float, object, masked, string, ...) or a
        value that does not fit, E121 for a wrong shape, E123 above 2**33 elements.
    """
    target = np.dtype(dtype)
    if isinstance(values, np.ma.MaskedArray):
        raise ArrayError("is a masked array", code="E120", field=field, hint="fill it first")
    if isinstance(values, np.ndarray):
        array = values
    else:
        try:
            array = np.asarray(values)
        except (ValueError, TypeError, OverflowError) as error:
            raise ArrayError(
                f"is not an array of integers ({type(error).__name__})", code="E121", field=field
            ) from None
        if array.size == 0:
            array = array.astype(target)
        elif array.dtype.kind in "fO":
            array = _whole_numbers(values, array)
    if array.dtype.kind not in "iu":
        raise ArrayError(
            f"has dtype {array.dtype}, not an integer dtype",
            code="E120",
            field=field,
            hint=f"convert to {target} yourself, so that nothing is rounded silently",
        )
    if array.size > MAX_ELEMENTS:
        raise ArrayError(f"claims {array.size:,} elements", code="E123", field=field)
    expected = "(" + ", ".join("n" if n is None else str(n) for n in shape) + ")"
    if array.ndim != len(shape) or any(
        want is not None and have != want for have, want in zip(array.shape, shape, strict=True)
    ):
        raise ArrayError(f"has shape {array.shape}, not {expected}", code="E121", field=field)
    if not np.can_cast(array.dtype, target, "safe") and array.size:
        info = np.iinfo(target)
        low, high = int(array.min()), int(array.max())
        if low < info.min or high > info.max:
            raise ArrayError(
                f"holds values in [{low}, {high}], outside {target}", code="E120", field=field
            )
    needed = array.size * target.itemsize
    in_place = array.dtype == target and array.flags.c_contiguous and array.flags.aligned
    try:
        if not in_place and needed > _physical_memory() // 2:
            raise MemoryError
        return np.require(array, target, ("C", "A", "E"))
    except MemoryError:
        raise ResourceError(f"needs a copy of {needed:,} bytes", field=field) from None


def _whole_numbers(values: object, array: NDArray[Any]) -> NDArray[Any]:
    """
    Python ints beyond int64 as uint64, where they fit: NumPy makes floats or objects of them.

    Anything else comes back as it was, to be refused by its dtype.
    """
    exact = np.asarray(values, dtype=object)
    if all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in exact.flat) and (
        min(exact.flat) >= 0 and max(exact.flat) < 2**64
    ):
        return exact.astype(np.uint64)
    return array


def _physical_memory() -> int:
    """Bytes of memory of this machine: what no private copy can exceed."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**63


def as_limbs(values: object, field: str) -> NDArray[np.uint64]:
    """256-bit rows: a C-contiguous uint64 array of shape (n, 4), least significant limb first."""
    return as_exact(values, np.uint64, field, shape=(None, 4))


def as_output(
    array: object, dtype: Any, shape: tuple[int, ...], field: str, inputs: Sequence[NDArray[Any]]
) -> None:
    """
    Check that the core may write its result into `array`.

    Raises
    ------
    ArrayError
        E124 unless it is a C-contiguous, aligned, writable ndarray of exactly `dtype` (native byte
        order) and `shape` that shares no memory with any of `inputs`.
    """
    target = np.dtype(dtype)

    def refused(bound: str) -> ArrayError:
        return ArrayError(bound, code="E124", field=field)

    if type(array) is not np.ndarray:
        raise refused(f"is {type(array).__name__}, not a plain ndarray")
    if array.dtype != target or not array.dtype.isnative:
        raise refused(f"has dtype {array.dtype}, not {target}")
    if array.shape != shape:
        raise refused(f"has shape {array.shape}, not {shape}")
    if not (array.flags.c_contiguous and array.flags.aligned and array.flags.writeable):
        raise refused("is not C-contiguous, aligned and writable")
    if any(np.may_share_memory(array, other) for other in inputs):
        raise refused("shares memory with an input")


def same_length(**arrays: NDArray[Any]) -> int:
    """Common length of the named arrays, or `ArrayError` E122."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ArrayError(
            f"have different lengths: {listed}", code="E122", field=" and ".join(lengths)
        )
    return next(iter(lengths.values()))
