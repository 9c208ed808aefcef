"""Counter-based random numbers and the elementary functions under the path models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact
from voltcore.errors import ArrayError
from voltcore.markets._checks import integer, reals, uint64

__all__ = ["exp", "inverse_normal", "log", "normals", "philox4x32"]


def philox4x32(counters: object, key: tuple[int, int]) -> NDArray[np.uint32]:
    """
    Philox4x32-10: four random words for each counter.

    Parameters
    ----------
    counters : array_like of integers, shape (n, 4)
        Counter words, each in ``[0, 2**32 - 1]``.
    key : tuple of two ints
        Key words, each in ``[0, 2**32 - 1]``.

    Returns
    -------
    ndarray of uint32, shape (n, 4)

    Raises
    ------
    ArrayError
        If `counters` is not an integer array of shape ``(n, 4)`` or a word does not fit.
    InputTypeError, InputRangeError
        If a key word is not an integer or does not fit.

    Notes
    -----
    Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
    """
    if not isinstance(key, tuple) or len(key) != 2:
        raise ArrayError("is not a pair of words", code="E121", field="key")
    words = [integer(word, f"key[{i}]", 0, 2**32 - 1) for i, word in enumerate(key)]
    rows = as_exact(counters, np.uint32, "counters", shape=(None, 4))
    return _core.markets_philox(rows, *words)


def normals(
    seed: int, path: int, count: int, *, purpose: int = 64, part: int = 0, first_block: int = 0
) -> NDArray[np.float64]:
    """
    Standard normals of one stream: a pure function of the arguments.

    Parameters
    ----------
    seed, path : int
        In ``[0, 2**64 - 1]``.
    count : int
        How many, at most ``2**31``.
    purpose : int, default 64
        What they are for, in ``[0, 255]``. Purposes below 64 are those of the path models; the
        default is free.
    part : int, default 0
        In ``[0, 2**24 - 1]``: an epoch, an asset.
    first_block : int, default 0
        Where to start, in blocks of four normals; in ``[0, 2**32 - 1]``.

    Returns
    -------
    ndarray of float64, shape (count,)
        Normal ``i`` is number ``4 * first_block + i`` of the stream. ``|normal| < 7.54``.
    """
    return _core.markets_normals(
        uint64(seed, "seed"),
        uint64(path, "path"),
        integer(purpose, "purpose", 0, 255),
        integer(part, "part", 0, 2**24 - 1),
        integer(first_block, "first_block", 0, 2**32 - 1),
        integer(count, "count", 0, 2**31),
    )


def exp(x: object) -> NDArray[np.float64]:
    """
    ``e**x``, the same bits on every machine; relative error below 1.6 * 2**-53 where normal.

    Parameters
    ----------
    x : array_like of float64, shape (n,)
        NaN and infinities are allowed.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    return _core.markets_exp(reals(x, "x", finite=False))


def log(x: object) -> NDArray[np.float64]:
    """
    Natural logarithm, the same bits on every machine; relative error below 1.7 * 2**-53.

    Parameters
    ----------
    x : array_like of float64, shape (n,)
        0 gives minus infinity, less than 0 gives NaN.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    return _core.markets_log(reals(x, "x", finite=False))


def inverse_normal(probability: object) -> NDArray[np.float64]:
    """
    Quantiles of the standard normal distribution; relative error below 1e-15.

    Parameters
    ----------
    probability : array_like of float64, shape (n,)
        0 and 1 give minus and plus infinity; outside ``[0, 1]`` gives NaN.

    Returns
    -------
    ndarray of float64, shape (n,)

    Notes
    -----
    Source: Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), PPND16.
    """
    return _core.markets_inverse_normal(reals(probability, "probability", finite=False))
