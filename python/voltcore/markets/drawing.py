"""Drawing paths: all at once, or block by block without storing them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import ArrayError, InputRangeError, InputTypeError, ResourceError
from voltcore.markets._checks import integer, thread_count, uint64
from voltcore.markets.correlated import CorrelatedAssets
from voltcore.markets.models import (
    BlockBootstrap,
    EpochBridge,
    GeometricBrownianMotion,
    MertonJumps,
    PathModel,
)
from voltcore.markets.rates import CoxIngersollRoss

__all__ = ["MEMORY_LIMIT", "PathBlock", "asset_paths", "path_blocks", "paths", "unit_paths"]

MEMORY_LIMIT = 8 * 2**30
"""Bytes that a call may ask for unless it is told otherwise."""

_MODELS: tuple[type, ...] = (
    GeometricBrownianMotion,
    MertonJumps,
    BlockBootstrap,
    EpochBridge,
    CoxIngersollRoss,
)
_CALL_ELEMENTS = 2**21  # between two looks at Ctrl-C: some 10 ms
_BLOCK_BYTES = 2**19  # stays in the second cache


class PathBlock(NamedTuple):
    """Consecutive paths of a longer list."""

    first_path: int
    prices: NDArray[np.float64]


def _check(
    model: object,
    n_paths: object,
    n_steps: object,
    seed: object,
    first_path: object,
    kinds: tuple[type, ...] = _MODELS,
) -> tuple[int, int, int, int]:
    if not isinstance(model, kinds):
        names = ", ".join(kind.__name__ for kind in kinds)
        raise InputTypeError(f"is not one of {names}", field="model", value=model)
    paths_wanted = integer(n_paths, "n_paths", 0, 2**63 - 1)
    steps = integer(n_steps, "n_steps", 1, 2**32 - 1)
    seed_value = uint64(seed, "seed")
    first = uint64(first_path, "first_path")
    if first + paths_wanted > 2**64:
        raise InputRangeError(
            "+ n_paths is above 2^64", code="E113", field="first_path", value=first
        )
    if isinstance(model, EpochBridge):
        if steps > model.steps:
            raise InputRangeError(
                f"is above the {model.steps} steps of the model's epochs",
                field="n_steps",
                value=steps,
            )
        if steps % model.steps_per_epoch:
            raise InputRangeError(
                f"is not a multiple of the {model.steps_per_epoch} steps of an epoch",
                code="E113",
                field="n_steps",
                value=steps,
            )
    return paths_wanted, steps, seed_value, first


def _price_memory(n_bytes: int, limit: object, what: str) -> None:
    most = integer(limit, "memory_limit", 1, 2**63 - 1)
    if n_bytes > most:
        raise ResourceError(
            f"needs {n_bytes:,} bytes, above the limit of {most:,}",
            field=what,
            hint="draw them with path_blocks, or raise memory_limit",
        )


def _array(
    out: object, shape: tuple[int, ...], dtype: Any, memory_limit: object, what: str
) -> NDArray[Any]:
    """`out` if it fits, or a new array of which the memory has been priced first."""
    if out is not None:
        return _check_out(out, shape, dtype)
    size = 8 * math.prod(shape)
    _price_memory(size, memory_limit, what)
    try:
        return np.empty(shape, dtype=dtype)
    except (MemoryError, ValueError) as error:
        raise ResourceError(f"the system refused {size:,} bytes", field=what) from error


def _check_out(out: object, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise InputTypeError("is not a NumPy array", field="out", value=type(out).__name__)
    if out.dtype != np.dtype(dtype) or not out.dtype.isnative:
        raise ArrayError(f"has dtype {out.dtype}, not {np.dtype(dtype)}", code="E124", field="out")
    if out.shape != shape:
        raise ArrayError(f"has shape {out.shape}, not {shape}", code="E121", field="out")
    if not (out.flags.c_contiguous and out.flags.aligned and out.flags.writeable):
        raise ArrayError("is not C-contiguous, aligned and writable", code="E124", field="out")
    return out


def _fill(fill: Any, seed: int, first: int, out: NDArray[Any], threads: int) -> None:
    rows = max(1, _CALL_ELEMENTS * threads // math.prod(out.shape[1:]))
    for row in range(0, out.shape[0], rows):
        fill(seed, first + row, out[row : row + rows], threads)


def _drawn(
    fill: Any,
    checked: tuple[int, int, int, int],
    of_a_step: tuple[int, ...],
    dtype: Any,
    threads: int | None,
    out: object,
    memory_limit: object,
    what: str,
) -> NDArray[Any]:
    """Paths of `checked` arguments, written by `fill` to `out` or to a new array."""
    n_paths, n_steps, seed, first = checked
    workers = thread_count(threads)
    rows = _array(out, (n_paths, n_steps + 1, *of_a_step), dtype, memory_limit, what)
    _fill(fill, seed, first, rows, workers)
    return rows


def paths(
    model: PathModel,
    n_paths: int,
    n_steps: int,
    seed: int,
    *,
    first_path: int = 0,
    threads: int | None = None,
    out: NDArray[np.float64] | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> NDArray[np.float64]:
    """
    Draw price paths.

    A path is a pure function of (`model`, `seed`, path number): the same for every thread count and
    however the paths are split over calls, and for a longer path the same steps at its beginning.

    Parameters
    ----------
    model : GeometricBrownianMotion, MertonJumps, BlockBootstrap, EpochBridge or CoxIngersollRoss
        A short rate gives rates instead of prices.
    n_paths : int
        How many, from `first_path` on.
    n_steps : int
        Steps of each, in ``[1, 2**32 - 1]``. For an `EpochBridge` whole epochs, at most its own.
    seed : int
        In ``[0, 2**64 - 1]``.
    first_path : int, default 0
        Number of the first path, in ``[0, 2**64 - 1]``.
    threads : int, optional
        Default: one for each core this process may use.
    out : ndarray of float64, shape (n_paths, n_steps + 1), optional
        Written and returned instead of a new array; C-contiguous.
    memory_limit : int
        Most bytes a new array may take.

    Returns
    -------
    ndarray of float64, shape (n_paths, n_steps + 1)
        Prices, C-contiguous; column 0 is the start.

    Raises
    ------
    InputTypeError, InputRangeError, ArrayError
        For arguments of the wrong type, range, shape or dtype.
    ResourceError
        If the array would take more than `memory_limit`; nothing has been allocated.

    Examples
    --------
    >>> from voltcore.markets import GeometricBrownianMotion, paths
    >>> prices = paths(GeometricBrownianMotion(100.0, volatility=0.66), 1000, 168, seed=7)
    >>> prices.shape
    (1000, 169)
    """
    checked = _check(model, n_paths, n_steps, seed, first_path)
    return _drawn(model._handle.fill, checked, (), np.float64, threads, out, memory_limit, "paths")


def unit_paths(
    model: EpochBridge,
    n_paths: int,
    n_steps: int,
    seed: int,
    *,
    first_path: int = 0,
    threads: int | None = None,
    out: NDArray[np.int64] | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> NDArray[np.int64]:
    """
    Draw bridged paths in exact integer units: what a simulation steps on.

    Parameters and errors are those of `paths`; `out` is an array of int64.

    Returns
    -------
    ndarray of int64, shape (n_paths, n_steps + 1)
        Prices in units of ``1 / model.scale``, rounded to nearest with ties to even; every
        ``steps_per_epoch``-th is the close itself.
    """
    if not isinstance(model, EpochBridge):
        raise InputTypeError("is not an EpochBridge", field="model", value=model)
    checked = _check(model, n_paths, n_steps, seed, first_path)
    fill = model._handle.fill_units
    return _drawn(fill, checked, (), np.int64, threads, out, memory_limit, "unit_paths")


def asset_paths(
    model: CorrelatedAssets,
    n_paths: int,
    n_steps: int,
    seed: int,
    *,
    first_path: int = 0,
    threads: int | None = None,
    out: NDArray[np.float64] | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> NDArray[np.float64]:
    """
    Draw the prices of several assets that move together.

    Parameters and errors are those of `paths`; `out` has the shape of the result.

    Returns
    -------
    ndarray of float64, shape (n_paths, n_steps + 1, assets)
        Prices, C-contiguous; step 0 is the start.
    """
    checked = _check(model, n_paths, n_steps, seed, first_path, (CorrelatedAssets,))
    fill, assets = model._handle.fill, (len(model.assets),)
    return _drawn(fill, checked, assets, np.float64, threads, out, memory_limit, "asset_paths")


def path_blocks(
    model: PathModel,
    n_paths: int,
    n_steps: int,
    seed: int,
    *,
    first_path: int = 0,
    block_paths: int | None = None,
    threads: int | None = 1,
    memory_limit: int = MEMORY_LIMIT,
) -> Iterator[PathBlock]:
    """
    Draw paths block by block: for sums over more paths than memory holds.

    Parameters
    ----------
    model, n_paths, n_steps, seed, first_path, threads
        As for `paths`; one thread unless said, because a block is small.
    block_paths : int, optional
        Paths in a block; by default as many as half a megabyte holds, at least one.
    memory_limit : int
        Most bytes a block may take.

    Yields
    ------
    PathBlock
        ``(first_path, prices)``. The array is read-only and is written again for the next block:
        copy what has to stay.

    Notes
    -----
    Arguments are checked when the function is called, not at the first block. The numbers are those
    of `paths` for every block size.
    """
    n_paths, n_steps, seed, first = _check(model, n_paths, n_steps, seed, first_path)
    workers = thread_count(threads)
    row_bytes = 8 * (n_steps + 1)
    if block_paths is None:
        rows = max(1, _BLOCK_BYTES // row_bytes)
    else:
        rows = integer(block_paths, "block_paths", 1, 2**63 - 1)
    rows = min(rows, max(n_paths, 1))
    buffer = _array(None, (rows, n_steps + 1), np.float64, memory_limit, "path_blocks")
    return _blocks(model, n_paths, buffer, seed, first, workers)


def _blocks(
    model: PathModel,
    n_paths: int,
    buffer: NDArray[np.float64],
    seed: int,
    first: int,
    threads: int,
) -> Iterator[PathBlock]:
    for done in range(0, n_paths, len(buffer)):
        block = buffer[: min(len(buffer), n_paths - done)]
        _fill(model._handle.fill, seed, first + done, block, threads)
        view = block.view()
        view.flags.writeable = False
        yield PathBlock(first + done, view)
