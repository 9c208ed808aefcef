"""What the report needs beyond the always-installed libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voltcore.errors import ResourceError

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure


def plotly_source() -> str:
    """
    The text of plotly.js.

    Raises
    ------
    ResourceError
        If plotly is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise _missing() from error
    return str(get_plotlyjs())


def plotly_figure(data: Any, layout: Any) -> PlotlyFigure:
    """
    A plotly figure, every property checked by plotly.

    Raises
    ------
    ResourceError
        If plotly is not installed.
    """
    try:
        from plotly.graph_objects import Figure as PlotlyFigure
    except ImportError as error:
        raise _missing() from error
    return PlotlyFigure(data=data, layout=layout)


def _missing() -> ResourceError:
    return ResourceError(
        "is not installed",
        code="E902",
        field="plotly",
        op="report",
        hint="pip install 'voltcore[app]'",
    )
