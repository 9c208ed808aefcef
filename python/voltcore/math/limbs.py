"""
Rows of limbs: how batches hold integers wider than 64 bits.

A row is ``width`` unsigned 64-bit limbs, least significant first; signed values are two's
complement. 256-bit integers have 4 limbs, I80F48 bits have 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact
from voltcore.errors import ArrayError, InputRangeError, InputTypeError

__all__ = [
    "bytes32_from_limbs",
    "float64_from_limbs",
    "hex_from_limbs",
    "ints_from_limbs",
    "limbs_from_bytes32",
    "limbs_from_hex",
    "limbs_from_ints",
]

_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,64}")


def limbs_from_ints(
    values: Iterable[int], *, signed: bool = False, width: int = 4
) -> NDArray[np.uint64]:
    """
    Rows of limbs from integers.

    Parameters
    ----------
    values : iterable of int, or integer ndarray of shape (n,)
        Python or NumPy integers.
    signed : bool
        Whether negative values are meant: two's complement.
    width : int
        Limbs of a row, 1 to 8.

    Returns
    -------
    ndarray of uint64, shape (n, width)

    Raises
    ------
    InputTypeError, InputRangeError
        An element that is not an integer or needs more bits; ``field`` names it: ``"values[3]"``.
    """
    _check_width(width)
    if isinstance(values, np.ndarray):
        if values.ndim != 1 or values.dtype.kind not in "iuO":
            as_exact(values, np.int64, "values")  # refuses what is not a column of integers
        values = values.tolist()
    items = _items(values, "values")
    out = np.zeros((len(items), width), np.uint64)
    _core.math_limbs_from_ints(items, out, signed, "values")
    return out


def ints_from_limbs(limbs: NDArray[np.uint64], *, signed: bool = False) -> list[int]:
    """
    Python integers from rows of limbs.

    Parameters
    ----------
    limbs : ndarray of uint64, shape (n, width)
    signed : bool
        Whether the rows are two's complement.

    Returns
    -------
    list of int
    """
    return _core.math_ints_from_limbs(_rows(limbs, None), signed)


def limbs_from_hex(values: Iterable[str]) -> NDArray[np.uint64]:
    """
    256-bit rows from hexadecimal text such as ``"0x1f"``, of up to 64 digits each.

    Raises
    ------
    InputTypeError, InputRangeError
        An element that is not text, or is not ``0x`` and 1 to 64 hexadecimal digits (E115).
    """
    numbers = []
    for i, text in enumerate(_items(values, "values")):
        field = f"values[{i}]"
        if not isinstance(text, str):
            raise InputTypeError(f"is {type(text).__name__}, not text", field=field, value=text)
        if _HEX.fullmatch(text) is None:
            raise InputRangeError(
                "is not 0x and 1 to 64 hexadecimal digits", code="E115", field=field, value=text
            )
        numbers.append(int(text, 16))
    return limbs_from_ints(numbers)


def hex_from_limbs(limbs: NDArray[np.uint64]) -> list[str]:
    """Hexadecimal text, ``0x`` and 64 digits, of 256-bit rows."""
    words = bytes32_from_limbs(limbs).tobytes()
    return [f"0x{words[i : i + 32].hex()}" for i in range(0, len(words), 32)]


def limbs_from_bytes32(words: object) -> NDArray[np.uint64]:
    """
    256-bit rows from 32-byte words, most significant byte first, as contracts store them.

    Parameters
    ----------
    words : bytes-like, or ndarray of uint8, shape (n, 32)
        A bytes-like object holds whole words one after the other.

    Returns
    -------
    ndarray of uint64, shape (n, 4)
    """
    if isinstance(words, bytes | bytearray | memoryview):
        flat = np.frombuffer(words, np.uint8)
        if flat.size % 32 != 0:
            raise ArrayError(
                f"holds {flat.size} bytes, not whole words of 32", code="E121", field="words"
            )
        table = flat.reshape(-1, 32)
    else:
        table = as_exact(words, np.uint8, "words", shape=(None, 32))
    # Four big-endian limbs, the most significant first.
    return np.ascontiguousarray(np.ascontiguousarray(table).view(">u8")[:, ::-1], dtype=np.uint64)


def bytes32_from_limbs(limbs: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """
    32-byte words, most significant byte first, of 256-bit rows.

    Returns
    -------
    ndarray of uint8, shape (n, 32)
    """
    rows = _rows(limbs, 4)
    return np.ascontiguousarray(rows[:, ::-1], dtype=">u8").view(np.uint8)


def float64_from_limbs(
    limbs: NDArray[np.uint64], *, signed: bool = False, scale: int = 1
) -> NDArray[np.float64]:
    """
    Nearest doubles of 256-bit rows, for plots and statistics; never for exact work.

    Parameters
    ----------
    limbs : ndarray of uint64, shape (n, 4)
    signed : bool
        Whether the rows are two's complement.
    scale : int
        What one unit is worth: ``10**18`` for wad, ``2**96`` for Q64.96. The quotient is rounded a
        second time.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    if isinstance(scale, bool) or not isinstance(scale, int):
        raise InputTypeError(f"is {type(scale).__name__}, not an integer", field="scale")
    if not 0 < scale < 2**256:
        raise InputRangeError("is not in [1, 2^256 - 1]", field="scale", value=scale)
    rows = _rows(limbs, 4)
    out = np.empty(len(rows), np.float64)
    _core.math_float64_from_limbs(rows, out, signed)
    if scale != 1:
        out /= float(scale)
    return out


def _items(values: Any, field: str) -> list[Any]:
    if isinstance(values, str | bytes):
        raise InputTypeError(f"is {type(values).__name__}, not a sequence", field=field)
    try:
        return list(values)
    except TypeError:
        raise InputTypeError(
            f"is {type(values).__name__}, not a sequence", field=field, value=values
        ) from None


def _check_width(width: int) -> None:
    if isinstance(width, bool) or not isinstance(width, int):
        raise InputTypeError(f"is {type(width).__name__}, not an integer", field="width")
    if not 1 <= width <= 8:
        raise InputRangeError("is not in [1, 8]", field="width", value=width)


def _rows(limbs: object, width: int | None) -> NDArray[np.uint64]:
    rows = as_exact(limbs, np.uint64, "limbs", shape=(None, width))
    if width is None:
        _check_width(rows.shape[1])
    return rows
