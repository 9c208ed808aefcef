"""``results.figures``: the figures of a report by name, each built when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from voltcore.report.blocks import Figure
from voltcore.report.compose import sections_of
from voltcore.report.extras import plotly_figure
from voltcore.report.templates import TEMPLATES
from voltcore.report.view import RunView

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure


class Figures(Mapping[str, "PlotlyFigure"]):
    """
    Plotly figures by name.

    Examples
    --------
    >>> result.figures["share_price"].show()          # doctest: +SKIP
    """

    def __init__(self, view: RunView) -> None:
        self._view = view
        self._plain: dict[str, Figure] | None = None
        self._built: dict[str, PlotlyFigure] = {}

    def _figures(self) -> dict[str, Figure]:
        if self._plain is None:
            self._plain = {
                figure.name: figure
                for section in sections_of(self._view)
                for figure in section.figures()
            }
        return self._plain

    def __getitem__(self, name: str) -> PlotlyFigure:
        if name not in self._built:
            figure = self._figures()[name]
            self._built[name] = plotly_figure(
                figure.data, {**figure.layout, "template": TEMPLATES["light"]}
            )
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures())

    def __len__(self) -> int:
        return len(self._figures())

    def __repr__(self) -> str:
        return f"Figures({', '.join(self)})"
