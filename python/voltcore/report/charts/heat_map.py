"""A value over two parameters, as coloured cells with the number in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voltcore.errors import ArrayError
from voltcore.report.blocks import Figure
from voltcore.report.charts.axes import axis
from voltcore.report.escape import figure_text
from voltcore.report.numbers import decimals_of, number, quantity, significant, symbol_of
from voltcore.report.palette import CELL_BLUE, CELL_RED, INK, WHITE
from voltcore.report.statistics import finite
from voltcore.report.templates import layout, narrow_layout

_MOST_NUMBERS = 12
_CELL = 44


@dataclass(frozen=True)
class Parameter:
    """
    One axis of a sweep.

    Attributes
    ----------
    name : str
        What is varied, as the reader should meet it.
    values : sequence of int, float or str
        In the order of the axis; cells are equally wide whatever the steps.
    unit : str
        Unit of the values.
    """

    name: str
    values: Sequence[int | float | str]
    unit: str = ""

    def labels(self) -> list[str]:
        """The values as text, each different from the others."""
        return [
            value if isinstance(value, str) else f"{value:,.12g}".replace("-", "−")
            for value in self.values
        ]


def heat_map(
    name: str,
    across: Parameter,
    up: Parameter,
    values: ArrayLike,
    *,
    title: str,
    unit: str = "",
    decimals: int | None = None,
    middle: float | None = None,
    marked: tuple[int, int] | None = None,
    caption: str = "",
) -> Figure:
    """
    A figure of one number over two parameters.

    Parameters
    ----------
    name : str
        Name of the figure, unique on its page.
    across, up : Parameter
        The horizontal and the vertical axis.
    values : array_like of float, shape (len(up.values), len(across.values))
        Row ``i`` belongs to ``up.values[i]``. NaN where there is no result: the cell stays empty.
    title : str
        What the number is.
    unit : str
        Unit of the number.
    decimals : int, optional
        Digits after the point; by default those that suit the unit.
    middle : float, optional
        The value shown white, with two colours away from it. By default 0 if it lies inside the
        values, else one colour from the least to the greatest.
    marked : (int, int), optional
        Row and column of the cell with a frame, such as the settings that were swept from.
    caption : str
        What to read off, after a first sentence that names the axes.

    Raises
    ------
    ArrayError
        E121 if the shape of `values` is not that of the two axes.

    Examples
    --------
    >>> figure = heat_map(
    ...     "return",
    ...     Parameter("variance premium", [1.0, 1.25, 1.5]),
    ...     Parameter("hedge band", [100, 500], "bps"),
    ...     [[-19.0, 1.0, 22.0], [-18.0, 1.5, 23.0]],
    ...     title="median total return",
    ...     unit="%",
    ... )
    >>> figure.data[0]["type"]
    'heatmap'
    """
    cells = np.asarray(values, dtype=np.float64)
    shape = (len(up.values), len(across.values))
    if cells.shape != shape or 0 in shape:
        raise ArrayError(
            f"is not of shape {shape}, the lengths of the axes",
            code="E121",
            field="values",
            value=cells.shape,
            op="heat_map",
        )
    digits = decimals_of(unit, cells) if decimals is None else decimals
    scale = _scale(cells, middle)
    texts = [
        [
            figure_text(quantity(value, unit, decimals=digits, signed=scale["zmin"] < 0))
            for value in row
        ]
        for row in cells
    ]
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": [figure_text(label) for label in across.labels()],
        "y": [figure_text(label) for label in up.labels()],
        "z": [significant(row) for row in cells],
        "text": texts,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": f"{figure_text(across.name)} %{{x}}<br>{figure_text(up.name)} %{{y}}<br>"
        f"{figure_text(title)} %{{text}}<extra></extra>",
        "hoverongaps": False,
        **scale,
    }
    numbered = max(shape) <= _MOST_NUMBERS
    annotations = _numbers(cells, digits, scale) if numbered else []
    if numbered:
        trace["showscale"] = False
    else:
        trace["colorbar"] = {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "len": 0.5,
            "y": 1.0,
            "yanchor": "bottom",
            "thickness": 10,
            "nticks": 4,
            "tickangle": 0,
            "outlinewidth": 0,
            "ticksuffix": f" {figure_text(symbol_of(unit))}".rstrip(),
        }
    top = 12 if numbered else 56
    height = min(max(shape[0], 4), 14) * _CELL + top + 56
    symbol = symbol_of(unit)
    shown = f"{title} ({symbol})" if symbol else title
    first = f"{shown}, by {across.name} (across) and {up.name} (up)."
    if marked is not None:
        first += " The framed cell is the scenario as it stands."
    more: dict[str, Any] = {
        "margin": {"l": 62, "r": 16, "t": top, "b": 56},
        "xaxis": axis(across.name, across.unit, type="category", showgrid=False, ticks=""),
        "yaxis": axis(up.name, up.unit, type="category", showgrid=False, ticks=""),
        "annotations": annotations,
        "shapes": [] if marked is None else [_frame(*marked)],
    }
    return Figure(
        name,
        [trace],
        layout(height, **more),
        f"{first[:1].upper()}{first[1:]} {caption}".rstrip(),
        f"{title} over {across.name} and {up.name}.",
        narrow_layout(
            height,
            margin={"l": 44, "r": 6, "t": top, "b": 52},
            xaxis={"nticks": 6, "tickangle": 0},
            annotations=[{**note, "font": {**note["font"], "size": 10}} for note in annotations],
        ),
    )


def _scale(cells: NDArray[np.float64], middle: float | None) -> dict[str, Any]:
    """Two colours around the middle, as far to each side; or one from least to greatest."""
    there = finite(cells.ravel())
    low, high = (float(there.min()), float(there.max())) if there.size else (0.0, 1.0)
    if middle is None and low < 0.0 < high:
        middle = 0.0
    if middle is None:
        return {
            "zmin": low,
            "zmax": high if high > low else low + 1.0,
            "colorscale": [[0.0, WHITE], [1.0, CELL_BLUE]],
        }
    reach = max(abs(low - middle), abs(high - middle)) or 1.0
    return {
        "zmin": middle - reach,
        "zmax": middle + reach,
        "colorscale": [[0.0, CELL_RED], [0.5, WHITE], [1.0, CELL_BLUE]],
    }


def _numbers(
    cells: NDArray[np.float64], digits: int, scale: dict[str, Any]
) -> list[dict[str, Any]]:
    """The number of each cell, dark on every colour of the scale; nothing where there is none."""
    signed = scale["zmin"] < 0
    return [
        {
            "x": column,
            "y": row,
            "text": number(value, digits, signed=signed),
            "font": {"color": INK, "size": 12.5},
        }
        for row, line in enumerate(cells)
        for column, value in enumerate(line)
        if np.isfinite(value)
    ]


def _frame(row: int, column: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": column - 0.5,
        "x1": column + 0.5,
        "y0": row - 0.5,
        "y1": row + 0.5,
        "line": {"color": INK, "width": 2},
    }
