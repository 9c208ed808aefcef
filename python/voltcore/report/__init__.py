"""
One self-contained page for a run, and its figures for Python.

`write_report` writes the page, `report_html` gives it as text, `figures_of` the figures by name.
`heat_map` is a figure of one number over two parameters; `write_page` makes a page of any sections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltcore.report.charts.heat_map import Parameter, heat_map
from voltcore.report.figures import Figures
from voltcore.report.read import view_of
from voltcore.report.write import report_html, write_page, write_report

if TYPE_CHECKING:
    from voltcore.sim.results import Results

__all__ = [
    "Figures",
    "Parameter",
    "figures_of",
    "heat_map",
    "report_html",
    "write_page",
    "write_report",
]


def figures_of(results: Results) -> Figures:
    """The figures of a run by name: a read-only mapping of plotly figures."""
    return Figures(view_of(results))
