"""Axes: a title with a unit, dates, marked values."""

from __future__ import annotations

from typing import Any

from voltcore.report.escape import figure_text
from voltcore.report.numbers import symbol_of
from voltcore.report.palette import GREY, shade


def axis(title: str, unit: str = "", **more: Any) -> dict[str, Any]:
    """An axis titled ``quantity (unit)``."""
    symbol = symbol_of(unit)
    shown = f"{title} ({symbol})" if symbol else title
    return {"title": {"text": figure_text(shown)}, **more}


def time_axis(times: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """
    An axis of time: dates where the times are ISO 8601, numbers where they are numbers, else
    evenly spaced names.
    """
    first = times[0] if times else ""
    if len(first) >= 10 and first[4:5] == "-" and first[7:8] == "-":
        return {"type": "date", "showgrid": False, "ticklabelmode": "instant", **more}
    if first.replace(".", "", 1).isdigit():
        return {"type": "linear", "showgrid": False, "title": {"text": "time"}, **more}
    return {"type": "category", "showgrid": False, "nticks": 8, "title": {"text": "time"}, **more}


def vertical_mark(
    value: float, label: str, *, left: bool = False, above: bool = False
) -> dict[str, Any]:
    """A vertical line over the whole height, named at its top.

    `left` says to which side the name goes, `above` that it stands above the figure.
    """
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": value,
        "x1": value,
        "y0": 0,
        "y1": 1,
        "line": {"color": GREY, "width": 1.2, "dash": "dot"},
        "label": {
            "text": figure_text(label),
            "textposition": "end",
            "textangle": 0,
            "xanchor": "right" if left else "left",
            "yanchor": "bottom" if above else "top",
            "padding": 2,
            "font": {"size": 12, "color": GREY},
        },
    }


def horizontal_mark(value: float, label: str) -> dict[str, Any]:
    """A horizontal line over the whole width, named at its right end."""
    return {
        "type": "line",
        "xref": "paper",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": GREY, "width": 1.2, "dash": "dot"},
        "label": {
            "text": figure_text(label),
            "textposition": "end",
            "xanchor": "right",
            "yanchor": "bottom",
            "padding": 3,
            "font": {"size": 12, "color": GREY},
        },
    }


def range_band(edge: float, colour: str, label: str = "") -> dict[str, Any]:
    """The range from -`edge` to `edge` shaded behind the figure, named at its top if at all."""
    shape: dict[str, Any] = {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": -edge,
        "x1": edge,
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": shade(colour, 0.12),
        "layer": "below",
    }
    if label:
        shape["label"] = {
            "text": figure_text(label),
            "textposition": "top center",
            "font": {"size": 12, "color": colour},
        }
    return shape
