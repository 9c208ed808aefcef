"""Figures of many paths: quantiles, means, bins for distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voltcore.sim.statistics import BandCounts, ordered_quantile


def finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values that are there."""
    return values[np.isfinite(values)]


def quantiles(values: NDArray[np.float64], levels: Sequence[float]) -> list[float]:
    """
    Values that occur: the smallest with at least a share `level` of all at or below it.

    The same rule as `Results.quantile`, so that the page and the terminal agree. NaN if no value
    is there.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN is left out.
    levels : sequence of float
        In [0, 1].
    """
    ordered = np.sort(finite(values))
    return [ordered_quantile(ordered, level) for level in levels]


def mean(values: NDArray[np.float64]) -> float:
    """Mean of the values that are there, from their exact sum; NaN if none is."""
    there = finite(values)
    return math.fsum(there.tolist()) / there.size if there.size else math.nan


def band_quantiles(counts: BandCounts, levels: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles of a band at each time, shape (len(levels), times)."""
    return np.stack([counts.quantile(level) for level in levels])


def bins(samples: Sequence[NDArray[np.float64]], most: int = 60) -> NDArray[np.float64]:
    """
    Common edges for several distributions, at round numbers.

    The range holds the middle 99.8 % of all values; what lies beyond is counted in the outermost
    bins by `counts_in`.
    """
    there = np.concatenate([finite(sample) for sample in samples] or [np.zeros(0)])
    if there.size == 0:
        return np.array([0.0, 1.0])
    low, high = (float(value) for value in np.quantile(there, (0.001, 0.999)))
    if not high > low:
        width = max(abs(low), 1.0) * 0.01
        return np.array([low - width, low + width])
    width = round_step((high - low) / most)
    first = np.floor(low / width)
    count = int(np.ceil(high / width) - first) + 1
    return np.asarray((first + np.arange(count + 1)) * width)


def round_step(step: float) -> float:
    """The least of 1, 2, 2.5 and 5 times a power of ten that is at least `step`."""
    power = 10.0 ** np.floor(np.log10(step))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if factor * power >= step * (1 - 1e-12):
            return float(factor * power)
    return float(10.0 * power)


def counts_in(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Values in each bin; those outside the edges go into the outermost bins."""
    inside = np.clip(finite(values), edges[0], np.nextafter(edges[-1], edges[0]))
    counts, _ = np.histogram(inside, edges)
    return np.asarray(counts, dtype=np.int64)
