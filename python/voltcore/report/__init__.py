"""
One self-contained page for a run, and its figures for Python.

`write_report` writes the page, `report_html` gives it as text, `figures_of` the figures by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voltcore.report.figures import Figures
from voltcore.report.read import view_of
from voltcore.report.write import report_html, write_report

if TYPE_CHECKING:
    from voltcore.sim.results import Results

__all__ = ["Figures", "figures_of", "report_html", "write_report"]


def figures_of(results: Results) -> Figures:
    """The figures of a run by name: a read-only mapping of plotly figures."""
    return Figures(view_of(results))
