"""What all figures share, once for a light page and once for a dark one."""

from __future__ import annotations

from typing import Any

from voltcore.report.palette import SERIES

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"


def _template(ink: str, quiet: str, grid: str, line: str, ground: str) -> dict[str, Any]:
    axis = {
        "gridcolor": grid,
        "linecolor": line,
        "zerolinecolor": line,
        "zerolinewidth": 1,
        "tickcolor": line,
        "tickfont": {"color": quiet, "size": 12},
        "title": {"font": {"color": quiet, "size": 12.5}, "standoff": 10},
        "fixedrange": True,
        "automargin": True,
        "separatethousands": True,
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 12.5, "color": ink},
            "colorway": list(SERIES),
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": ground,
                "bordercolor": line,
                "font": {"color": ink, "size": 12.5},
            },
            "annotationdefaults": {"font": {"color": quiet, "size": 12}, "showarrow": False},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"color": ink, "size": 12},
                "bgcolor": "rgba(0,0,0,0)",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "dragmode": False,
            "bargap": 0.06,
            "separators": ".,",
        }
    }


TEMPLATES: dict[str, dict[str, Any]] = {
    "light": _template("#1d2329", "#5b636d", "#e6e8eb", "#b9bec5", "#ffffff"),
    "dark": _template("#e7e9ec", "#a3abb5", "#2b3138", "#525a64", "#1b2026"),
}

MARGIN = {"l": 62, "r": 16, "t": 44, "b": 52}
# Two entries of a legend beside each other where the figure is narrow.
HALVES = {"entrywidth": 0.5, "entrywidthmode": "fraction", "font": {"size": 11}}
NARROW_MARGIN = {"l": 44, "r": 6, "t": 60, "b": 44}


def layout(height: int, **more: Any) -> dict[str, Any]:
    """A figure's layout: the shared margins and what the figure adds."""
    return {"height": height, "margin": MARGIN, **more}


def narrow_layout(height: int, **more: Any) -> dict[str, Any]:
    """What differs below 560 pixels of width."""
    return {"height": height, "margin": NARROW_MARGIN, **more}
