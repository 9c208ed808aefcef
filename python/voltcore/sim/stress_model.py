"""What the stress runs of the two pools share as models: one variant, bands, traces, shards."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from voltcore import _core
from voltcore.errors import InputRangeError
from voltcore.sim.core_models import as_shard, check_paths
from voltcore.sim.model import BASE, Band, Column, Series, Shard, Trace

__all__ = ["StressModel", "usd_column"]

USD = 1_000_000
Core: TypeAlias = "_core.JlpStressModel | _core.ImperialRvModel"


def usd_column(
    name: str, description: str, source: str, *, headline: bool = True, at_risk: bool = False
) -> Column:
    """An exact amount in 10^-6 USD."""
    return Column(name, "int64", "USD", description, source, USD, None, headline, at_risk)


def rising_edges(first: int, last: int, per_decade: int) -> tuple[float, ...]:
    """
    Edges of bins from ``10 ** (first / per_decade)`` to ``10 ** (last / per_decade)``.

    Nine figures: the last bits of a power are not the same in every C library.
    """
    return tuple(float(f"{10 ** (step / per_decade):.9g}") for step in range(first, last + 1))


SHARE_EDGES = rising_edges(-400, 200, 400)
USE_EDGES = tuple(float(step) for step in range(101))


class StressModel:
    """A model of one variant, see `voltcore.sim.model.Model`; every band is also a trace."""

    kind: str
    columns: tuple[Column, ...]
    variants = (BASE,)
    series: tuple[Series, ...] = ()

    def __init__(self, core: Core, steps_per_path: int, bands: tuple[Band, ...]) -> None:
        self._core = core
        self.steps_per_path = steps_per_path
        self.bands = bands
        self.traces = tuple(
            Trace(band.name, "float64", band.unit, band.times, band.description) for band in bands
        )

    def paths_of(self, variant: str, paths: int) -> int:
        """All paths; there is one variant."""
        return paths if variant == BASE else 0

    def simulate(
        self,
        variant: str,
        first_path: int,
        n_paths: int,
        seed: int,
        traced: int,
        control: _core.Control,
    ) -> Shard | None:
        """Run a range of paths; see `voltcore.sim.model.Model.simulate`."""
        if variant != BASE:
            raise InputRangeError("is not base", code="E114", field="variant", value=variant)
        check_paths(first_path, n_paths)
        edges = {band.name: np.array(band.edges) for band in self.bands}
        found = self._core.simulate(seed, first_path, n_paths, traced, control, edges)
        return as_shard(self.columns, found)
