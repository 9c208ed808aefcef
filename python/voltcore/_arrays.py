"""
Arrays at the border: what a batch may be given, and the private copy that the core reads.

Every public batch passes its arrays through `as_exact` (integers) or `as_limbs` (256-bit rows).
Nothing is rounded: a dtype that cannot be read exactly is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import ArrayError

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
    return np.ascontiguousarray(array, dtype=target)


def as_limbs(values: object, field: str) -> NDArray[np.uint64]:
    """256-bit rows: a C-contiguous uint64 array of shape (n, 4), least significant limb first."""
    return as_exact(values, np.uint64, field, shape=(None, 4))


def same_length(**arrays: NDArray[Any]) -> int:
    """Common length of the named arrays, or `ArrayError` E122."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ArrayError(
            f"have different lengths: {listed}", code="E122", field=" and ".join(lengths)
        )
    return next(iter(lengths.values()))
