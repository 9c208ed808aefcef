"""From when to when a run reaches, in words."""

from __future__ import annotations

from voltcore.report.view import RunView
from voltcore.report.volts.share_price import CLOSE, SHARE_PRICE

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def times_of(view: RunView) -> tuple[str, ...]:
    """The ends of the epochs, from the first place that knows them; empty if none does."""
    if SHARE_PRICE in view.bands:
        return view.bands[SHARE_PRICE].times
    if CLOSE in view.series:
        return view.series[CLOSE].times
    return ()


def month(time: str) -> str:
    """``2020-01-17T02:00:00Z`` as ``January 2020``; anything else as it is."""
    if len(time) >= 10 and time[:4].isdigit() and time[5:7].isdigit() and 1 <= int(time[5:7]) <= 12:
        return f"{_MONTHS[int(time[5:7]) - 1]} {time[:4]}"
    return time


def period(view: RunView) -> tuple[str, str]:
    """First and last month; empty texts if unknown."""
    times = times_of(view)
    return (month(times[0]), month(times[-1])) if times else ("", "")
