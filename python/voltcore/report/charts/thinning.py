"""Long lines made shorter without hiding a peak."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def extremes(values: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """
    Places to keep of a line, so that at most `most` remain.

    The line is cut into equal stretches and of each the least and the greatest value are kept,
    in their order; the first and the last point stay. No peak and no trough is lost, what goes is
    the path between them.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN is never kept as an extreme.
    most : int
        At least 4.

    Returns
    -------
    ndarray of int64
        Ascending places in `values`.
    """
    count = values.size
    if count <= most:
        return np.arange(count, dtype=np.int64)
    stretches = (most - 2) // 2
    borders = np.linspace(0, count, stretches + 1).astype(np.int64)
    kept = {0, count - 1}
    for start, stop in pairwise(borders):
        part = values[start:stop]
        if np.isfinite(part).any():
            kept.add(int(start + np.nanargmin(part)))
            kept.add(int(start + np.nanargmax(part)))
    return np.array(sorted(kept), dtype=np.int64)
