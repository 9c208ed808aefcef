"""What the models share that hand their ranges of paths to the core."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import InputRangeError
from voltcore.sim.model import BASE, Band, Column, Series, Shard, Trace

__all__ = ["VoltModel", "as_shard", "check_paths"]

Found: TypeAlias = tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]], dict[str, NDArray[Any]]]


def check_paths(first_path: int, n_paths: int) -> None:
    """The numbers of a range of paths are uint64."""
    if first_path + n_paths > 2**64:
        raise InputRangeError(
            "is not in [0, 2^64)", field="first_path + n_paths", value=first_path + n_paths
        )


def as_shard(columns: tuple[Column, ...], found: Found | None) -> Shard | None:
    """What the core has counted, its bytes of events as bool; None for an interrupted range."""
    if found is None:
        return None
    values, bands, traces = found
    for column in columns:
        if column.dtype == "bool":
            values[column.name] = values[column.name].view(np.bool_)
    return Shard(values, bands, traces)


class VoltModel:
    """
    A volt through real weeks, as it is and under each comparison; see `voltcore.sim.model.Model`.

    A kind sets its `bands` in the order in which its core takes their edges.
    """

    kind: str
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    traces: tuple[Trace, ...]
    series: tuple[Series, ...]
    steps_per_path: int

    def __init__(self, cores: dict[str, Any], compare_paths: int) -> None:
        self._cores = cores
        self._compare_paths = compare_paths
        self.variants = tuple(cores)

    def paths_of(self, variant: str, paths: int) -> int:
        """The base runs all paths, a comparison the first ``compare_paths``."""
        return paths if variant == BASE else min(paths, self._compare_paths)

    def simulate(
        self,
        variant: str,
        first_path: int,
        n_paths: int,
        seed: int,
        traced: int,
        control: _core.Control,
        **loop: bool,
    ) -> Shard | None:
        """
        Run a range of paths; see `voltcore.sim.model.Model.simulate`.

        Parameters
        ----------
        **loop : bool
            What the core of a kind takes besides; see the kind.
        """
        check_paths(first_path, n_paths)
        edges = (np.array(band.edges) for band in self.bands)
        found = self._cores[variant].simulate(
            seed, first_path, n_paths, traced, control, *edges, **loop
        )
        return as_shard(self.columns, found)
