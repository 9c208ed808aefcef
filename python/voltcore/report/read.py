"""From stored results to what the report reads. The one place that knows how results are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voltcore._build import build_info
from voltcore.report.command import command_of
from voltcore.report.numbers import MINUS
from voltcore.report.view import Assumption, RunView, Variant

if TYPE_CHECKING:
    from voltcore.sim.results import Results


class _Columns(Mapping[str, NDArray[np.float64]]):
    """Columns in their shown unit, read when asked for; NaN where something did not happen."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._columns = {column.name: column for column in results.columns}

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        column = self._columns[name]
        stored = self._results[name]
        shown = stored.astype(np.float64) / column.scale
        if column.missing is not None:
            shown[stored == column.missing] = np.nan
        return shown

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def view_of(results: Results) -> RunView:
    """What a report shows of these results; its first variant is that of `results`."""
    scenario = results.scenario
    variants = {results.variant: results, **results.variants}
    bands = results.bands
    traces = results.traces
    return RunView(
        kind=scenario.kind,
        name=scenario.name,
        title=scenario.title,
        columns={column.name: column for column in results.columns},
        variants={
            name: Variant(
                name,
                variant.paths,
                _Columns(variant),
                bands if variant is results else variant.bands,
                {key: trace.shown for key, trace in traces.items()} if name == "base" else {},
            )
            for name, variant in variants.items()
        },
        bands={name: counts.band for name, counts in bands.items()},
        traces={name: values.trace for name, values in traces.items()},
        series={series.name: series for series in results.series},
        assumptions=tuple(
            Assumption(
                row.key, _setting(row.value), row.unit, row.description, row.basis, row.source
            )
            for row in scenario.rows()
            if row.value is not None
        ),
        settings={row.key: row.value for row in scenario.rows()},
        command=command_of(results),
        facts=_facts(results),
    )


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS)
    if isinstance(value, float):
        return f"{value:,.12g}".replace("-", MINUS)
    if isinstance(value, list | tuple):
        return ", ".join(_setting(item) for item in value)
    return "" if value is None else str(value)


def _facts(results: Results) -> dict[str, str]:
    scenario = results.scenario
    info = build_info()
    facts = {
        "scenario": scenario.name,
        "scenario digest (SHA-256)": scenario.digest,
        "seed": str(results.seed),
        "paths": ", ".join(
            f"{name} {variant.paths:,}" for name, variant in results.variants.items()
        ),
        "steps of a path": f"{results.steps_per_path:,}",
    }
    facts |= {f"{name} (of the run)": version for name, version in results.versions.items()}
    facts |= {
        name: info[name] for name in ("compiler", "python", "numpy", "plotly") if name in info
    }
    if results.folder is not None:
        facts["folder"] = os.fspath(results.folder)
    return facts
