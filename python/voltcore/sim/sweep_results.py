"""What a sweep found: a table with a row for each cell, grids of one number, figures."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore._names import nearest
from voltcore.errors import InputRangeError
from voltcore.sim.grid import Axis, Grid
from voltcore.sim.model import Column
from voltcore.sim.results import Results, require
from voltcore.sim.shard_files import require_pyarrow
from voltcore.sim.summary import figures, label_of, percent, statistics_of

# The statistics of a column in the table, by the end of the name.
STATISTICS = {
    "median": "median",
    "p05": "low",
    "p95": "high",
    "mean": "mean",
    "min": "minimum",
    "max": "maximum",
}
_WORDS = {
    "median": "median",
    "p05": "5 % quantile",
    "p95": "95 % quantile",
    "mean": "mean",
    "min": "least",
    "max": "most",
}
_SHOWN = 2


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One cell: its values by key, and its run."""

    index: int
    values: Mapping[str, Any]
    results: Results


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A number of each cell: a statistic of a column, or the probability of an event.

    Attributes
    ----------
    name : str
        Its column in the table: ``total_return_median``, ``loss``.
    label : str
        As a reader meets it.
    unit : str
        Empty for a probability, which is a share.
    """

    name: str
    label: str
    unit: str
    is_probability: bool


def measures_of(columns: Sequence[Column]) -> dict[str, Measure]:
    """The measures that a sweep of a model with these columns has, by name."""
    found = []
    for column in columns:
        label = label_of(column)
        if column.dtype == "bool":
            found.append(Measure(column.name, f"probability: {label}", "", True))
        else:
            found += [
                Measure(f"{column.name}_{end}", f"{label}, {words}", column.unit, False)
                for end, words in _WORDS.items()
            ]
    return {measure.name: measure for measure in found}


def named_measures(known: Mapping[str, Measure], names: Sequence[str]) -> list[Measure]:
    """The measures of these names, or `InputRangeError` with the nearest one."""
    for name in names:
        if name not in known:
            raise InputRangeError(
                "is not a measure of this sweep",
                code="E114",
                field="show",
                value=name,
                hint=nearest(name, known),
            )
    return [known[name] for name in names]


class Sweep:
    """
    The outcome of a sweep.

    Attributes
    ----------
    axes : tuple of Axis
        What was varied, with its values.
    cells : tuple of SweepCell
        In the order of the grid, the last axis varying fastest.
    folder : path or None
        Where it is kept.

    Examples
    --------
    >>> sweep = voltcore.sweep("crab-btc", {"volt.hedge_band_bps": [100, 500]})  # doctest: +SKIP
    >>> sweep.to_polars()                                                        # doctest: +SKIP
    """

    def __init__(self, grid: Grid, cells: tuple[SweepCell, ...], folder: Path | None) -> None:
        self.scenario = grid.base
        self.axes: tuple[Axis, ...] = grid.axes
        self.cells = cells
        self.folder = folder
        self._rows: list[dict[str, Any]] | None = None

    @staticmethod
    def load(folder: str | os.PathLike[str]) -> Sweep:
        """
        The sweep that was left in a folder, every file of every cell checked.

        Raises
        ------
        StorageError
            E801 if there is none, or it is not finished; `CorruptError` naming a damaged file.
        """
        from voltcore.sim.sweep_runs import load_sweep

        return load_sweep(folder)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def seed(self) -> int:
        """Key of all random draws, the same in every cell."""
        return self.cells[0].results.seed

    @property
    def paths(self) -> int:
        """Paths of each cell."""
        return self.cells[0].results.paths

    def __len__(self) -> int:
        return len(self.cells)

    def at(self, values: Mapping[str, Any]) -> Results:
        """
        The run of one cell.

        Parameters
        ----------
        values : mapping of str to object
            A value of each axis: ``{"volt.hedge_band_bps": 100}``.
        """
        for cell in self.cells:
            if dict(cell.values) == dict(values):
                return cell.results
        raise InputRangeError("is no cell of this sweep", field="values", value=dict(values))

    # --- numbers of a cell -----------------------------------------------------------------------

    @property
    def measures(self) -> dict[str, Measure]:
        """Everything that the table says of a cell, by name; some cells may lack some of it."""
        found: dict[str, Measure] = {}
        for cell in self.cells:
            found |= measures_of(cell.results.columns)
        return found

    def headline(self, names: Sequence[str] | None = None) -> list[Measure]:
        """
        The measures to look at first.

        Parameters
        ----------
        names : sequence of str, optional
            The ones to take. By default the medians of the first columns that differ between
            cells, and the probability of each event that happens in some cells.
        """
        known = self.measures
        if names:
            return named_measures(known, names)
        columns = [c for c in self.cells[0].results.columns if c.headline and c.dtype != "bool"]
        medians = [known[f"{column.name}_median"] for column in columns]
        varying = [m for m in medians if len(np.unique(self.grid(m.name))) > 1][:_SHOWN]
        events = [
            measure
            for measure in known.values()
            if measure.is_probability and len(np.unique(self.grid(measure.name))) > 1
        ]
        return (varying or medians[:_SHOWN]) + events[:_SHOWN]

    def grid(self, name: str) -> NDArray[np.float64]:
        """
        One measure of every cell, in the shape of the axes.

        Parameters
        ----------
        name : str
            A key of `measures`: ``"total_return_median"``, ``"loss"``.

        Returns
        -------
        ndarray of float64, shape `shape`
            NaN where a cell has no such number.
        """
        named_measures(self.measures, [name])
        rows = [row for row in self.rows() if row["variant"] == self.cells[0].results.variant]
        return np.array([row.get(name) for row in rows], dtype=np.float64).reshape(self.shape)

    def rows(self) -> list[dict[str, Any]]:
        """
        The tidy table as dictionaries: one for each cell and variant.

        Keys are ``cell``, the swept keys, ``variant``, ``paths`` and the names of `measures`.
        """
        if self._rows is None:
            self._rows = [
                {
                    "cell": cell.index,
                    **cell.values,
                    "variant": variant,
                    "paths": results.paths,
                    **_numbers(results),
                }
                for cell in self.cells
                for variant, results in cell.results.variants.items()
            ]
        return self._rows

    # --- tables ----------------------------------------------------------------------------------

    def to_arrow(self) -> Any:
        """A `pyarrow.Table` of `rows`; units are field metadata."""
        pa = require_pyarrow()
        rows = self.rows()
        known = self.measures
        units = {axis.key: axis.unit for axis in self.axes}
        fields, arrays = [], []
        for name in dict.fromkeys(name for row in rows for name in row):
            values = [row.get(name) for row in rows]
            array = pa.array(values)
            unit = known[name].unit if name in known else units.get(name, "")
            arrays.append(array)
            fields.append(pa.field(name, array.type, metadata={"unit": unit}))
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def to_polars(self) -> Any:
        """A `polars.DataFrame` of `rows`."""
        return require("polars").from_arrow(self.to_arrow())

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` of `rows`."""
        require("pandas")
        return self.to_arrow().to_pandas()

    def table(self, names: Sequence[str] | None = None) -> list[tuple[str, ...]]:
        """Cells as text: the value of each axis, then the `headline` measures, base only."""
        shown = self.headline(names)
        columns = [_texts(measure, self.grid(measure.name).ravel().tolist()) for measure in shown]
        return [
            (
                *(value_text(value) for value in cell.values.values()),
                *(c[cell.index] for c in columns),
            )
            for cell in self.cells
        ]

    def header(self, names: Sequence[str] | None = None) -> tuple[str, ...]:
        """Headers of `table`: the last part of each key where that is enough to tell them apart."""
        lasts = [axis.key.rpartition(".")[2] for axis in self.axes]
        keys = lasts if len(set(lasts)) == len(lasts) else [axis.key for axis in self.axes]
        return (
            *(_with_unit(key, axis.unit) for key, axis in zip(keys, self.axes, strict=True)),
            *(_with_unit(measure.label, measure.unit) for measure in self.headline(names)),
        )

    def __str__(self) -> str:
        table = [self.header(), *self.table()]
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in table
        ]
        return "\n".join([f"{self._title()}", "", *lines])

    def _title(self) -> str:
        count = f"{len(self):,} cells of {self.paths:,} paths, seed {self.seed}"
        return f"{self.scenario.title}: {count}"

    def _repr_html_(self) -> str:
        def line(tag: str, values: Sequence[str]) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(v)}</{tag}>" for v in values) + "</tr>"

        body = "".join(line("td", row) for row in self.table())
        head = line("th", self.header())
        return f"<p><b>{html.escape(self._title())}</b></p><table>{head}{body}</table>"

    def __repr__(self) -> str:
        axes = " x ".join(f"{len(axis.values)} {axis.key}" for axis in self.axes)
        return f"<Sweep of {self.scenario.name!r}: {axes}, {self.paths:,} paths, seed {self.seed}>"

    # --- figures ---------------------------------------------------------------------------------

    @property
    def figures(self) -> Any:
        """Interactive figures by name (needs plotly): a heat map or a line for each measure."""
        from importlib import import_module

        return import_module("voltcore.report.sweep").figures_of(self)

    def report(self, path: str | os.PathLike[str], show: Sequence[str] | None = None) -> Path:
        """Write the page of this sweep: one file that works offline."""
        from importlib import import_module

        written: Path = import_module("voltcore.report.sweep").write_sweep(self, path, show)
        return written


def _numbers(results: Results) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for column in results.columns:
        if column.dtype == "bool":
            found[column.name] = results.probability(column.name).estimate
        else:
            row = statistics_of(column, results)
            for end, attribute in STATISTICS.items():
                value = float(getattr(row, attribute))
                found[f"{column.name}_{end}"] = value if math.isfinite(value) else None
    return found


def _texts(measure: Measure, values: list[float]) -> list[str]:
    return [percent(value) for value in values] if measure.is_probability else figures(values)


def _with_unit(name: str, unit: str) -> str:
    said = unit in ("", "1") or name.lower().endswith(f"_{unit.lower()}")
    return name if said else f"{name} ({unit})"


def value_text(value: Any) -> str:
    """A swept value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:,.12g}" if isinstance(value, float) else f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(value_text(item) for item in value)
    return str(value)
