"""Where the numbers of a run are kept: in memory, or in a run folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore.errors import CorruptError
from voltcore.sim import shard_files, store
from voltcore.sim.model import BASE, Band, Column, Model, Shard, Trace
from voltcore.sim.plan import Plan, ShardRange


class Data(Protocol):
    """Where the numbers of a run are kept."""

    def column(self, variant: str, name: str) -> NDArray[Any]:
        """One column of a variant, in path order."""
        ...

    def bands(self, variant: str) -> dict[str, NDArray[np.uint64]]:
        """Counts of each band."""
        ...

    def traces(self) -> dict[str, NDArray[Any]]:
        """Traced paths of the base."""
        ...


class MemoryData:
    """Numbers kept in memory; shards are copied in as they finish."""

    def __init__(self, model: Model, plan: Plan) -> None:
        self._model = model
        self._columns: dict[str, dict[str, NDArray[Any]]] = {
            variant: {c.name: np.empty(paths, dtype=c.dtype) for c in model.columns}
            for variant, paths in plan.variants
        }
        self._bands = {variant: _no_counts(model.bands) for variant, _ in plan.variants}
        self._traces: dict[str, NDArray[Any]] = {
            trace.name: np.empty((plan.traces, len(trace.times)), dtype=trace.dtype)
            for trace in model.traces
        }

    def add(self, part: ShardRange, shard: Shard) -> None:
        """Copy a shard to its place."""
        where = slice(part.first_path, part.first_path + part.paths)
        for name, array in self._columns[part.variant].items():
            array[where] = shard.columns[name]
        for name, counts in self._bands[part.variant].items():
            counts += shard.bands[name]
        if part.traced:
            for name, array in self._traces.items():
                array[part.first_path : part.first_path + part.traced] = shard.traces[name]

    def freeze(self) -> MemoryData:
        """Make every array read-only."""
        tables: list[Mapping[str, NDArray[Any]]] = [
            *self._columns.values(),
            *self._bands.values(),
            self._traces,
        ]
        for table in tables:
            for array in table.values():
                array.flags.writeable = False
        return self

    def column(self, variant: str, name: str) -> NDArray[Any]:
        """One column of a variant, in path order."""
        return self._columns[variant][name]

    def bands(self, variant: str) -> dict[str, NDArray[np.uint64]]:
        """Counts of each band."""
        return self._bands[variant]

    def traces(self) -> dict[str, NDArray[Any]]:
        """Traced paths of the base."""
        return self._traces


class FolderData:
    """Numbers kept in a run folder; a column is read when it is asked for."""

    def __init__(self, path: Path, plan: Plan, manifest: Mapping[str, Any]) -> None:
        self._path = path
        self._columns = msgspec.convert(manifest["columns"], tuple[Column, ...])
        self._bands = msgspec.convert(manifest["bands"], tuple[Band, ...])
        self._traces = msgspec.convert(manifest["traces"], tuple[Trace, ...])
        self._plan = plan
        self._files = {
            name: facts for shard in manifest["shards"] for name, facts in shard["files"].items()
        }
        self._kept: dict[tuple[str, str], NDArray[Any]] = {}
        self._kept_bands: dict[str, dict[str, NDArray[np.uint64]]] = {}
        self._kept_traces: dict[str, NDArray[Any]] | None = None

    def _read(self, folder: store.Folder, name: str) -> bytes:
        data = folder.read(name, self._files[name]["bytes"])
        if store.digest(data) != self._files[name]["sha256"]:
            raise CorruptError("is damaged: its digest does not match", path=folder.named(name))
        return data

    def _parts(self, variant: str) -> Iterator[ShardRange]:
        return (part for part in self._plan.shards() if part.variant == variant)

    def column(self, variant: str, name: str) -> NDArray[Any]:
        """One column of a variant, in path order."""
        if (variant, name) not in self._kept:
            column = next(c for c in self._columns if c.name == name)
            out = np.empty(dict(self._plan.variants)[variant], dtype=column.dtype)
            with store.Folder(self._path) as folder:
                for part in self._parts(variant):
                    file = shard_files.shard_name(part.index)
                    found = shard_files.decode_columns(
                        self._read(folder, file), self._columns, part, folder.named(file), name
                    )
                    out[part.first_path : part.first_path + part.paths] = found[name]
            out.flags.writeable = False
            self._kept[variant, name] = out
        return self._kept[variant, name]

    def bands(self, variant: str) -> dict[str, NDArray[np.uint64]]:
        """Counts of each band."""
        if variant not in self._kept_bands:
            totals = _no_counts(self._bands)
            with store.Folder(self._path) as folder:
                for part in self._parts(variant) if self._bands else ():
                    file = shard_files.bands_name(part.index)
                    data = self._read(folder, file)
                    shard_files.add_bands(data, self._bands, totals, folder.named(file))
            for counts in totals.values():
                counts.flags.writeable = False
            self._kept_bands[variant] = totals
        return self._kept_bands[variant]

    def traces(self) -> dict[str, NDArray[Any]]:
        """Traced paths of the base."""
        if self._kept_traces is None:
            found = []
            with store.Folder(self._path) as folder:
                for part in self._parts(BASE) if self._traces else ():
                    if part.traced == 0:
                        break
                    file = shard_files.traces_name(part.index)
                    data = self._read(folder, file)
                    found.append(
                        shard_files.decode_traces(data, self._traces, part, folder.named(file))
                    )
            self._kept_traces = {}
            for trace in self._traces:
                shape = (0, len(trace.times))
                rows = [traced[trace.name] for traced in found]
                array = np.concatenate(rows) if rows else np.empty(shape, dtype=trace.dtype)
                array.flags.writeable = False
                self._kept_traces[trace.name] = array
        return self._kept_traces


def _no_counts(bands: Sequence[Band]) -> dict[str, NDArray[np.uint64]]:
    return {band.name: np.zeros(band.shape, dtype=np.uint64) for band in bands}
