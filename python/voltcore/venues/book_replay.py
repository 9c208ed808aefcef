"""A long sequence of orders and cancels on one book, in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact

__all__ = ["CANCEL", "ORDER_TYPES", "replay_book"]

ORDER_TYPES = ("limit", "immediate_or_cancel", "post_only", "market", "post_only_slide")
"""Order types in the order of their numbers in `replay_book`."""

CANCEL = 5
"""Type of a row that cancels: its price column is the id of the order."""


def replay_book(
    operations: NDArray[np.int64], *, orders_per_side: int = 512
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """
    Run rows in order on one perp book without accounts, every event processed at once.

    Parameters
    ----------
    operations : ndarray of int64, shape (n, 7)
        Columns: type (a place in `ORDER_TYPES`, or `CANCEL`), side (0 bid, 1 ask), price in quote
        lots (of a cancel: the order's id), size in base lots, owner in [0, 2**32 - 1], time in
        force in [0, 255] seconds (0: for ever), clock in seconds.
    orders_per_side : int
        Resting orders of a side, in [1, 2**20]; a full one gives up its worst order for a better.

    Returns
    -------
    results : ndarray of int64, shape (n, 4)
        Base and quote lots filled, base lots posted (or taken off by a cancel), id of the resting
        order or -1.
    status : ndarray of uint16, shape (n,)
        0, or the number of the error code of a row that was refused and changed nothing: 110 for
        a value out of range or an unknown id, 401 for another owner's order, 605 for a full side.

    Raises
    ------
    ArrayError
        E120, E121: not integers, or not of shape (n, 7).
    InputRangeError
        ``InvalidParam``: `orders_per_side` out of its range.
    """
    rows = as_exact(operations, np.int64, "operations", shape=(None, 7))
    return _core.venues_replay_book(rows, orders_per_side)
