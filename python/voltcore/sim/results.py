"""What a run found: columns per path, bands over time, traces, and statistics of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore._names import nearest
from voltcore.errors import (
    InputRangeError,
    InputTypeError,
    ResourceError,
)
from voltcore.sim import shard_files
from voltcore.sim.data import Data
from voltcore.sim.model import BASE, Band, Column, Series, Trace
from voltcore.sim.plan import check_memory
from voltcore.sim.statistics import (
    BandCounts,
    TraceValues,
    check_level,
    ordered_quantile,
    ordered_shortfall,
)
from voltcore.sim.summary import Probability, Summary, make_summary, wilson

if TYPE_CHECKING:
    from voltcore.sim.scenario import Scenario


class Results:
    """
    The outcome of a run, or of one of its variants.

    ``results["share_price"]`` is a column as stored (exact integers); `values` gives it in its
    unit. Statistics are of the base; ``results.variants["k = 1"]`` is the same object for another
    variant. Everything is read-only.
    """

    def __init__(
        self,
        scenario: Scenario,
        description: Mapping[str, Any],
        data: Data,
        timing: Mapping[str, Any] | None,
        folder: Path | None,
        variant: str = BASE,
    ) -> None:
        self.scenario = scenario
        self.variant = variant
        self.timing = timing
        self.folder = folder
        self._description = description
        self._data = data
        self._columns = {
            column.name: column
            for column in msgspec.convert(description["columns"], tuple[Column, ...])
        }

    @staticmethod
    def load(folder: str | os.PathLike[str]) -> Results:
        """
        The results that a finished run left in a folder.

        Every file is checked against the manifest first.

        Raises
        ------
        CorruptError
            E802 naming the file that is missing, damaged, from another run, or not listed.
        FormatVersionError
            E803 for a folder of a newer major version.
        StorageError
            E801 if there is no such folder, or it holds no finished run.
        """
        from voltcore.sim.load import load

        return load(folder)

    @property
    def digest(self) -> str:
        """Digest of the scenario."""
        return self.scenario.digest

    @property
    def seed(self) -> int:
        """Key of all random draws."""
        return int(self._description["plan"]["seed"])

    @property
    def paths(self) -> int:
        """Number of paths of this variant."""
        variants = self._description["plan"]["variants"]
        return next(int(v["paths"]) for v in variants if v["name"] == self.variant)

    @property
    def steps_per_path(self) -> int:
        """Steps of one path."""
        return int(self._description["steps_per_path"])

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the software that made these results."""
        return dict(sorted(self._description["versions"].items()))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in the model's order."""
        return tuple(self._columns.values())

    @property
    def series(self) -> tuple[Series, ...]:
        """Lines that all paths share."""
        return msgspec.convert(self._description["series"], tuple[Series, ...])

    @property
    def variants(self) -> dict[str, Results]:
        """Every variant by name, the base first."""
        return {
            item["name"]: self
            if item["name"] == self.variant
            else Results(
                self.scenario,
                self._description,
                self._data,
                self.timing,
                self.folder,
                item["name"],
            )
            for item in self._description["plan"]["variants"]
        }

    @property
    def bands(self) -> dict[str, BandCounts]:
        """Distribution of each banded quantity over time."""
        bands = msgspec.convert(self._description["bands"], tuple[Band, ...])
        counts = self._data.bands(self.variant)
        return {band.name: BandCounts(band, counts[band.name]) for band in bands}

    @property
    def traces(self) -> dict[str, TraceValues]:
        """The first paths of the base, step by step."""
        traces = msgspec.convert(self._description["traces"], tuple[Trace, ...])
        values = self._data.traces()
        return {trace.name: TraceValues(trace, values[trace.name]) for trace in traces}

    # --- columns ---------------------------------------------------------------------------------

    def column(self, name: str) -> Column:
        """Description of a column, or `InputRangeError` naming the nearest one."""
        if not isinstance(name, str):
            raise InputTypeError("is not the name of a column", field="column", value=name)
        if name not in self._columns:
            raise InputRangeError(
                "is not a column of this run",
                code="E114",
                field="column",
                value=name,
                hint=nearest(name, self._columns),
            )
        return self._columns[name]

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column as stored: exact, in path order, read-only."""
        if name == "path":
            return np.arange(self.paths, dtype=np.uint64)
        return self._data.column(self.variant, self.column(name).name)

    def __len__(self) -> int:
        return self.paths

    def values(self, name: str) -> NDArray[np.float64]:
        """A column in its unit, float64; rows marked as missing are left out."""
        column = self.column(name)
        stored = self[name]
        if column.missing is not None:
            stored = stored[stored != column.missing]
        return stored.astype(np.float64) / column.scale

    @overload
    def quantile(self, name: str, q: float) -> float: ...
    @overload
    def quantile(self, name: str, q: Sequence[float]) -> NDArray[np.float64]: ...
    def quantile(self, name: str, q: float | Sequence[float]) -> float | NDArray[np.float64]:
        """
        Quantiles of a column: the smallest value with at least a share `q` at or below it.

        Parameters
        ----------
        name : str
            Column.
        q : float or sequence of float
            In [0, 1].

        Returns
        -------
        float or ndarray of float64
            Values that occur, in the column's unit; NaN if every row is missing.
        """
        ordered = np.sort(self.values(name))
        if isinstance(q, int | float | np.floating):
            return ordered_quantile(ordered, float(q))
        return np.array([ordered_quantile(ordered, float(level)) for level in q])

    def value_at_risk(self, name: str, level: float = 0.95) -> float:
        """
        The loss that is not exceeded with probability `level`: minus the quantile at 1 - `level`.

        `name` is a column where more is better (a return, a profit); a positive result is a loss.
        """
        check_level("level", level, 0.0, 1.0)
        return 0.0 - ordered_quantile(np.sort(self.values(name)), 1.0 - level)

    def expected_shortfall(self, name: str, level: float = 0.95) -> float:
        """
        Mean loss of the worst share 1 - `level` of the paths, at least one path.

        The sum is exact before it is rounded once, so no order of paths changes it.
        """
        return ordered_shortfall(np.sort(self.values(name)), level)

    def probability(
        self, name: str, *, below: float | None = None, above: float | None = None
    ) -> Probability:
        """
        Share of paths with an event, with its 95 % Wilson interval.

        Parameters
        ----------
        name : str
            A bool column, or any other with a bound.
        below, above : float, optional
            In the column's unit: strictly below, strictly above, or strictly between `above` and
            `below`. Rows marked as missing do not count as an event.

        Returns
        -------
        Probability
        """
        column = self.column(name)
        if column.dtype == "bool":
            if below is not None or above is not None:
                raise InputRangeError("is an event and takes no bound", field="column", value=name)
            hits = int(np.count_nonzero(self[name]))
        else:
            if below is None and above is None:
                raise InputRangeError(
                    "needs a bound", field="column", value=name, hint="give below= or above="
                )
            values = self.values(name)
            chosen = np.ones(len(values), dtype=bool)
            if below is not None:
                chosen &= values < below
            if above is not None:
                chosen &= values > above
            hits = int(np.count_nonzero(chosen))
        return Probability(name, hits, self.paths, *wilson(hits, self.paths))

    def summary(self) -> Summary:
        """Medians, ranges and probabilities, as a table that prints itself."""
        return make_summary(self)

    # --- tables ----------------------------------------------------------------------------------

    def to_numpy(self) -> dict[str, NDArray[Any]]:
        """Every column as stored, `path` first; read-only arrays."""
        return {"path": self["path"], **{name: self[name] for name in self._columns}}

    def to_arrow(self) -> Any:
        """A `pyarrow.Table` of every column as stored; units and scales are field metadata."""
        pa = shard_files.require_pyarrow()
        self._check_table_fits()
        arrays = [shard_files.arrow_array(self["path"])]
        fields = [pa.field("path", arrays[0].type)]
        for column in self.columns:
            array = shard_files.arrow_array(self[column.name])
            about = {
                "unit": column.unit,
                "scale": str(column.scale),
                "description": column.description,
            }
            arrays.append(array)
            fields.append(pa.field(column.name, array.type, metadata=about))
        about = {
            "scenario": self.scenario.name,
            "digest": self.digest,
            "seed": str(self.seed),
            "variant": self.variant,
        }
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=about))

    def to_polars(self) -> Any:
        """A `polars.DataFrame` of every column as stored."""
        return require("polars").from_arrow(self.to_arrow())

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` of every column as stored."""
        require("pandas")
        return self.to_arrow().to_pandas()

    def _check_table_fits(self) -> None:
        row = 8 + sum(np.dtype(column.dtype).itemsize for column in self.columns)
        check_memory(2 * self.paths * row, "table")

    # --- figures ---------------------------------------------------------------------------------

    @property
    def figures(self) -> Any:
        """Interactive figures by name (needs plotly)."""
        from importlib import import_module

        return import_module("voltcore.report").figures_of(self)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """
        Write the page of this run: one file that works offline; see `voltcore.report.write_report`.
        """
        from importlib import import_module

        written: Path = import_module("voltcore.report").write_report(self, path)
        return written

    def __repr__(self) -> str:
        return (
            f"<Results of {self.scenario.name!r}: {self.paths:,} paths, seed {self.seed},"
            f" {len(self._columns)} columns, variant {self.variant!r}>"
        )

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()


def require(name: str) -> Any:
    """A package that the user has to install, or the refusal that says so."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise ResourceError(
            "is not installed", code="E902", field=name, hint=f"pip install {name}"
        ) from None
