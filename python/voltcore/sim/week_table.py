"""Tables of real weeks as CSV: one row for each epoch of a volt, 168 hours after the last."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from voltcore.errors import ScenarioError

__all__ = ["HOURS_PER_WEEK", "read_week_table", "start_of_week"]

HOURS_PER_WEEK = 168
_WEEK = timedelta(hours=HOURS_PER_WEEK)


def start_of_week(end: str) -> int:
    """Unix seconds at which the week with this ISO 8601 end begins."""
    return int((datetime.fromisoformat(end) - _WEEK).timestamp())


def read_week_table(
    data: bytes, field: str, count: int, bounds: Mapping[str, tuple[float, float]]
) -> tuple[tuple[str, ...], dict[str, NDArray[np.float64]]]:
    """
    Read a CSV table with a header row.

    Parameters
    ----------
    data : bytes
        UTF-8, with a column ``epoch_end_utc`` and those of `bounds`; others are ignored.
    field : str
        Name in refusals.
    count : int
        Only the first so many weeks; 0 for all.
    bounds : mapping of str to (float, float)
        What each column's numbers are between.

    Returns
    -------
    tuple of str
        ISO 8601 UTC end of each week.
    dict of str to ndarray of float64, shape (weeks,)

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
    names = ("epoch_end_utc", *bounds)
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
    return ends, {
        name: np.array(
            [_number(row[name], f"{field}[{i}].{name}", low, high) for i, row in enumerate(rows)]
        )
        for name, (low, high) in bounds.items()
    }


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
