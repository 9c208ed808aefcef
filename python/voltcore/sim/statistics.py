"""Statistics that do not depend on the order of paths, and the views that carry them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import InputRangeError, InputTypeError
from voltcore.sim.model import Band, Trace


@dataclass(frozen=True, slots=True)
class BandCounts:
    """
    A band with its counts.

    Attributes
    ----------
    band : Band
        Name, unit, bin edges and times.
    counts : ndarray of uint64, shape (times, bins)
        Paths in each bin at each time; bin 0 lies below the first edge, the last above the last.
    """

    band: Band
    counts: NDArray[np.uint64]

    def quantile(self, q: float) -> NDArray[np.float64]:
        """
        The `q`-quantile at each time, linear within its bin; NaN where nothing was counted.

        Parameters
        ----------
        q : float
            In [0, 1].

        Returns
        -------
        ndarray of float64, shape (times,)
            In the band's unit. Values beyond the edges are shown as the outermost edge.
        """
        check_level("q", q, 0.0, 1.0)
        edges = np.asarray(self.band.edges, dtype=np.float64)
        out = np.full(len(self.band.times), np.nan)
        for time, row in enumerate(self.counts):
            total = int(row.sum())
            if total == 0:
                continue
            below = np.concatenate([[0], np.cumsum(row, dtype=np.uint64).astype(np.float64)])
            target = q * total
            at = int(np.searchsorted(below[1:], target, side="left"))
            at = min(at, len(row) - 1)
            if at == 0:
                out[time] = edges[0]
            elif at == len(row) - 1:
                out[time] = edges[-1]
            else:
                inside = (target - below[at]) / row[at] if row[at] else 0.0
                out[time] = edges[at - 1] + inside * (edges[at] - edges[at - 1])
        return out


@dataclass(frozen=True, slots=True)
class TraceValues:
    """A trace with its values: ``values[i, t]`` is traced path ``i`` at ``trace.times[t]``."""

    trace: Trace
    values: NDArray[Any]

    @property
    def shown(self) -> NDArray[np.float64]:
        """Values in the trace's unit, float64."""
        return self.values / np.float64(self.trace.scale)


def ordered_quantile(ordered: Sequence[float] | NDArray[np.float64], q: float) -> float:
    check_level("q", q, 0.0, 1.0)
    if not len(ordered):
        return math.nan
    # The guard keeps 0.05 x 100 at rank 5 when the product is a rounding error above it.
    rank = math.ceil(q * len(ordered) - 1e-9)
    return float(ordered[max(0, min(len(ordered), rank) - 1)])


def ordered_shortfall(ordered: Sequence[float] | NDArray[np.float64], level: float) -> float:
    """Mean loss of the worst share 1 - `level`, at least one value; the sum is exact."""
    check_level("level", level, 0.0, 1.0)
    if not len(ordered):
        return math.nan
    # 1 - 0.95 is a little above 0.05: without the guard, 0.05 x 100 paths would be six.
    count = max(1, math.ceil((1.0 - level) * len(ordered) - 1e-9))
    return 0.0 - math.fsum(ordered[:count]) / count


def check_level(field: str, level: float, low: float, high: float) -> None:
    if isinstance(level, bool) or not isinstance(level, int | float | np.floating | np.integer):
        raise InputTypeError("is not a number", field=field, value=level)
    if not low <= level <= high:
        raise InputRangeError(f"is not in [{low:g}, {high:g}]", field=field, value=level)
