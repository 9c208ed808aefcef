"""A run as the report reads it: shown units, missing values out, every part optional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voltcore.sim.model import Band, Column, Series, Trace
from voltcore.sim.statistics import BandCounts


@dataclass(frozen=True)
class Variant:
    """
    The outcome of all paths under one set of assumptions.

    Attributes
    ----------
    values : mapping of str to ndarray of float64, shape (n_paths,)
        Columns in their shown unit; NaN where something did not happen. Events are 0 and 1.
    bands : mapping of str to BandCounts
        Counts of paths in bins of each time.
    """

    name: str
    paths: int
    values: Mapping[str, NDArray[np.float64]]
    bands: Mapping[str, BandCounts] = field(default_factory=dict)
    traces: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Assumption:
    """One key of the scenario with what it rests on."""

    key: str
    value: str
    unit: str
    description: str
    basis: str
    source: str


@dataclass(frozen=True)
class RunView:
    """
    Everything a report shows.

    Attributes
    ----------
    variants : mapping of str to Variant
        The base first.
    facts : mapping of str to str
        What is needed to run it again: seed, digest, versions, folder.
    """

    kind: str
    name: str
    title: str
    columns: Mapping[str, Column]
    variants: Mapping[str, Variant]
    bands: Mapping[str, Band] = field(default_factory=dict)
    traces: Mapping[str, Trace] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    command: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    scenario: str = ""

    @property
    def base(self) -> Variant:
        """The variant that the scenario itself states."""
        return next(iter(self.variants.values()))

    def has(self, *names: str) -> bool:
        """Whether the base has all these columns, each with at least one value."""
        return all(
            name in self.base.values and np.isfinite(self.base.values[name]).any() for name in names
        )

    def happened(self, name: str, variant: Variant | None = None) -> int:
        """How many paths had an event."""
        return int(np.count_nonzero((variant or self.base).values[name] == 1.0))
