"""Reading a finished run folder, every file checked against the manifest first."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from voltcore.errors import CorruptError, StorageError
from voltcore.sim import store
from voltcore.sim.data import FolderData
from voltcore.sim.plan import Plan
from voltcore.sim.records import Ranges, read_record
from voltcore.sim.results import Results


def load(folder: str | os.PathLike[str]) -> Results:
    """The results in a finished run folder, every file checked; see `Results.load`."""
    path = Path(os.fspath(folder))
    with store.Folder(path) as opened:
        names = set(opened.names())
        if "manifest.json" not in names and store.RUN in names:
            raise store.unfinished(path, store.RUN)
        record, scenario = read_record(opened)
        manifest = opened.read_json("manifest.json")
        where = opened.named("manifest.json")
        try:
            if manifest["run"] != store.digest(store.canonical_json(record)):
                raise CorruptError("belongs to another run than run.json", path=where)
            plan = plan_of(manifest["plan"])
            merged = Ranges(plan)
            expected = {part.index: part for part in plan.shards()}
            listed = {"run.json", "manifest.json", "timing.json"}
            listed |= {item["file"] for item in record["inputs"]}
            for shard in manifest["shards"]:
                part = expected.get(shard["index"])
                if part is None or (part.variant, part.first_path, part.paths) != (
                    shard["variant"],
                    shard["first_path"],
                    shard["paths"],
                ):
                    raise CorruptError(
                        f"lists a shard {shard['index']} of another plan", path=where
                    )
                for name, facts in shard["files"].items():
                    _check_file(opened, name, facts)
                    listed.add(name)
                merged.add(part)
            merged.check()
            for name in sorted(names - listed):
                if name.endswith(".parquet"):
                    raise CorruptError("is not listed in the manifest", path=opened.named(name))
            data = FolderData(path, plan, manifest)
            timing = _read_timing(opened) if "timing.json" in names else None
            return Results(scenario, manifest, data, timing, path)
        except (KeyError, TypeError, IndexError, AttributeError, msgspec.ValidationError) as error:
            raise CorruptError(f"lacks an entry: {error}", path=where) from None


def _check_file(folder: store.Folder, name: str, facts: Mapping[str, Any]) -> None:
    data = folder.read(name)
    if len(data) != facts["bytes"]:
        raise CorruptError(
            f"has {len(data):,} bytes, not {facts['bytes']:,}", path=folder.named(name)
        )
    if store.digest(data) != facts["sha256"]:
        raise CorruptError("is damaged: its digest does not match", path=folder.named(name))


def _read_timing(folder: store.Folder) -> dict[str, Any] | None:
    try:
        return folder.read_json("timing.json")
    except StorageError:
        return None  # wall-clock facts are no part of the results


def plan_of(plan: Mapping[str, Any]) -> Plan:
    """A plan from its JSON form."""
    return Plan(
        int(plan["paths"]),
        int(plan["seed"]),
        int(plan["paths_per_shard"]),
        int(plan["traces"]),
        tuple((str(item["name"]), int(item["paths"])) for item in plan["variants"]),
    )
