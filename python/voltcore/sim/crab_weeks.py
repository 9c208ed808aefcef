"""The table of real weeks that every path of a crab run passes through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltcore.sim.week_table import read_week_table, start_of_week

_TABLE = {
    "close_usd": (0.01, 1e7),
    "realised_variance": (0.0, 100.0),
    "perp_funding_sum": (-1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Weeks:
    """
    A table of weeks.

    Attributes
    ----------
    ends : tuple of str
        ISO 8601 UTC end of each week.
    close, realised_variance, funding_sum : ndarray of float64, shape (weeks,)
        USD; sum of squared hourly log returns; sum of the funding rates paid by longs.
    """

    ends: tuple[str, ...]
    close: NDArray[np.float64]
    realised_variance: NDArray[np.float64]
    funding_sum: NDArray[np.float64]

    @property
    def start_time(self) -> int:
        """Unix seconds at which the first week begins."""
        return start_of_week(self.ends[0])


def read_weeks(data: bytes, field: str = "market.weeks", count: int = 0) -> Weeks:
    """
    Read a CSV table with a header row.

    Parameters
    ----------
    data : bytes
        UTF-8, with the columns ``epoch_end_utc, close_usd, realised_variance, perp_funding_sum``;
        others are ignored.
    field : str
        Name in refusals.
    count : int
        Only the first so many weeks; 0 for all.

    Raises
    ------
    ScenarioError
        E206 for a missing column, a cell that is no finite number in its bound, or weeks that do
        not follow each other by 168 hours.
    """
    ends, columns = read_week_table(data, field, count, _TABLE)
    return Weeks(
        ends, columns["close_usd"], columns["realised_variance"], columns["perp_funding_sum"]
    )
