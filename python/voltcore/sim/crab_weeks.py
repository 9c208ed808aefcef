"""The table of real weeks that every path of a crab run passes through."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import ScenarioError

HOURS_PER_WEEK = 168
_WEEK = timedelta(hours=HOURS_PER_WEEK)


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
        return int((datetime.fromisoformat(self.ends[0]) - _WEEK).timestamp())


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
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error):
        raise ScenarioError("is not a CSV table in UTF-8", code="E206", field=field) from None
    names = ("epoch_end_utc", "close_usd", "realised_variance", "perp_funding_sum")
    if not rows or any(name not in rows[0] for name in names):
        raise ScenarioError(
            f"is not a table with the columns {', '.join(names)}", code="E206", field=field
        )
    if count > len(rows):
        raise ScenarioError(
            f"is more than the {len(rows)} weeks of the table",
            code="E206",
            field="market.epochs",
            value=count,
        )
    rows = rows[: count or len(rows)]
    ends = tuple(_utc(row["epoch_end_utc"], f"{field}[{i}]") for i, row in enumerate(rows))
    for i in range(1, len(ends)):
        if datetime.fromisoformat(ends[i]) - datetime.fromisoformat(ends[i - 1]) != _WEEK:
            raise ScenarioError(
                "does not end 168 hours after the week before",
                code="E206",
                field=f"{field}[{i}].epoch_end_utc",
                value=ends[i],
            )

    def column(name: str, low: float, high: float) -> NDArray[np.float64]:
        return np.array(
            [_number(row[name], f"{field}[{i}].{name}", low, high) for i, row in enumerate(rows)]
        )

    return Weeks(
        ends,
        column("close_usd", 0.01, 1e7),
        column("realised_variance", 0.0, 100.0),
        column("perp_funding_sum", -1.0, 1.0),
    )


def _utc(text: str | None, field: str) -> str:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        raise ScenarioError(
            "is not an ISO 8601 time", code="E206", field=f"{field}.epoch_end_utc", value=text
        ) from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    if not datetime(1971, 1, 1, tzinfo=UTC) <= time <= datetime(2200, 1, 1, tzinfo=UTC):
        raise ScenarioError(
            "is not between 1971 and 2200", code="E206", field=f"{field}.epoch_end_utc", value=text
        )
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(text: str | None, field: str, low: float, high: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ScenarioError(
            f"is not a number in [{low}, {high}]", code="E206", field=field, value=text
        )
    return value
