"""
The plan of a run: which paths, in which shards, and what they will need, before any work.

The plan follows from the scenario and the number of paths alone. Threads and executors share the
shards out; they never change them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voltcore.errors import InputRangeError, InputTypeError, ResourceError
from voltcore.sim.model import BASE, Model, ModelSettings

MAX_SHARDS = 1_000_000


@dataclass(frozen=True, slots=True)
class ShardRange:
    """One shard: the paths ``first_path .. first_path + paths - 1`` of a variant."""

    index: int
    variant: str
    first_path: int
    paths: int
    traced: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is run, and how it is cut into shards."""

    paths: int
    seed: int
    paths_per_shard: int
    traces: int
    variants: tuple[tuple[str, int], ...]

    @property
    def n_shards(self) -> int:
        """Number of shards over all variants."""
        return sum(-(-paths // self.paths_per_shard) for _, paths in self.variants)

    @property
    def total_paths(self) -> int:
        """Number of paths over all variants."""
        return sum(paths for _, paths in self.variants)

    def shards(self) -> Iterator[ShardRange]:
        """All shards, base first, in path order."""
        index = 0
        for variant, paths in self.variants:
            for first in range(0, paths, self.paths_per_shard):
                count = min(self.paths_per_shard, paths - first)
                # Only the base is traced: the variants differ in one assumption, not in their use.
                traced = max(0, min(self.traces - first, count)) if variant == BASE else 0
                yield ShardRange(index, variant, first, count, traced)
                index += 1


def make_plan(
    settings: ModelSettings, model: Model, paths: int | None = None, seed: int | None = None
) -> Plan:
    """The plan of a run; `paths` and `seed` replace those of the scenario's ``[run]`` table."""
    run = settings.run
    chosen_paths = _count("paths", run.paths if paths is None else paths, 1, 2**40)
    chosen_seed = _count("seed", run.seed if seed is None else seed, 0, 2**64 - 1)
    variants = tuple((name, model.paths_of(name, chosen_paths)) for name in model.variants)
    plan = Plan(
        chosen_paths, chosen_seed, run.paths_per_shard, min(run.traces, chosen_paths), variants
    )
    if plan.n_shards > MAX_SHARDS:
        raise ResourceError(
            f"shards are more than {MAX_SHARDS:,}",
            field="run.paths_per_shard",
            value=plan.n_shards,
            required=plan.n_shards,
            available=MAX_SHARDS,
            hint="raise run.paths_per_shard",
        )
    return plan


def _count(field: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise InputTypeError(f"is {type(value).__name__}, not an integer", field=field, value=value)
    number = int(value)
    if not low <= number <= high:
        raise InputRangeError(f"is not in [{low}, {high}]", field=field, value=number)
    return number


@dataclass(frozen=True, slots=True)
class Price:
    """What a plan needs, in bytes."""

    memory: int
    disk: int


def price(plan: Plan, model: Model, threads: int, stored: bool) -> Price:
    """
    Bytes that a run needs at its peak in memory, and at most on disk.

    A run in memory holds every column; a stored one holds the shards in flight, and later the one
    column that is looked at.
    """
    row = 8 + sum(np.dtype(column.dtype).itemsize for column in model.columns)
    bands = sum(8 * band.shape[0] * band.shape[1] for band in model.bands)
    trace = sum(np.dtype(trace.dtype).itemsize * len(trace.times) for trace in model.traces)
    traced = min(plan.traces, plan.paths)
    shard_paths = min(plan.paths_per_shard, plan.paths)
    flight = (2 * threads + 1) * (shard_paths * row + bands) + min(traced, shard_paths) * trace
    kept = len(plan.variants) * bands + traced * trace
    kept += 24 * plan.paths if stored else plan.total_paths * row
    # A band file keeps non-zero counts: at most one for each path and time, 16 bytes each.
    cells = sum(min(shard_paths, band.shape[1]) * band.shape[0] * 16 for band in model.bands)
    disk = plan.total_paths * row + plan.n_shards * (cells + 16_384) + traced * trace + 2**20
    return Price(flight + kept, disk if stored else 0)


def check_price(need: Price, memory_limit: int | None, folder: Path | None) -> None:
    """Refuse a plan that needs more memory or disk than there is."""
    limit = memory_available() if memory_limit is None else memory_limit
    if limit is not None and need.memory > limit:
        raise ResourceError(
            "is short of memory:",
            field="plan",
            required=need.memory,
            available=limit,
            hint=f"about {size_text(need.memory)} of {size_text(limit)}; run fewer paths"
            + (" or give an output folder" if folder is None else ""),
        )
    if folder is None:
        return
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        status = os.statvfs(folder)
    except OSError:
        return  # opening the folder reports what is wrong with it
    free = status.f_bavail * status.f_frsize
    # A system that has no blocks, such as /proc, says so when it is written to.
    if status.f_blocks and need.disk > free:
        raise ResourceError(
            "is short of disk space:",
            field="plan",
            required=need.disk,
            available=free,
            hint=f"up to {size_text(need.disk)}, and {size_text(free)} are free",
        )


def check_memory(need: int, field: str) -> None:
    """Refuse to build something that does not fit into memory."""
    limit = memory_available()
    if limit is not None and need > limit:
        raise ResourceError(
            "is short of memory:",
            field=field,
            required=need,
            available=limit,
            hint=f"about {size_text(need)} of {size_text(limit)}",
        )


def memory_available() -> int | None:
    """Bytes this process may still use: free memory, container limit and address-space limit."""
    limits = []
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            rows = dict(line.split(":", 1) for line in file)
        limits.append(int(rows["MemAvailable"].split()[0]) * 1024)
    except (OSError, KeyError, ValueError, IndexError):
        try:
            limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        except (ValueError, OSError):
            return None
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            limits.append(int(file.read()))
    except (OSError, ValueError):
        pass  # no limit, or another kind of system
    return min(limits) * 9 // 10


def size_text(number: int) -> str:
    """A number of bytes for a reader."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.3g} {unit}"
        number //= 1024
    return f"{number:,} TiB"
