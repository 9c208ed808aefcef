"""What a run says about itself in ``run.json`` and ``manifest.json``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from voltcore._build import build_info
from voltcore.errors import CorruptError, ResumeMismatchError, StorageError
from voltcore.sim import store
from voltcore.sim.model import Model
from voltcore.sim.plan import Plan, ShardRange
from voltcore.sim.scenario import Scenario, restore_scenario


def describe(scenario: Scenario, model: Model, plan: Plan) -> dict[str, Any]:
    """What a run is, without anything that may differ between two runs of it."""
    return {
        "bands": [_plain(band) for band in model.bands],
        "columns": [_plain(column) for column in model.columns],
        "plan": {
            "paths": plan.paths,
            "paths_per_shard": plan.paths_per_shard,
            "seed": plan.seed,
            "shards": plan.n_shards,
            "traces": plan.traces,
            "variants": [{"name": name, "paths": paths} for name, paths in plan.variants],
        },
        "scenario": {"digest": scenario.digest, "kind": scenario.kind, "name": scenario.name},
        "series": [_plain(series) for series in model.series],
        "steps_per_path": model.steps_per_path,
        "traces": [_plain(trace) for trace in model.traces],
        "versions": versions(),
    }


def _plain(item: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(item))


def versions() -> dict[str, str]:
    """Versions that may change the bytes of a run folder."""
    info = build_info()
    found = {"voltcore": info["version"]}
    if "pyarrow" in info:
        found["pyarrow"] = info["pyarrow"]
    return found


def run_record(scenario: Scenario, description: dict[str, Any]) -> dict[str, Any]:
    """The content of ``run.json``."""
    return {
        "format": store.FORMAT,
        "inputs": input_records(scenario.inputs),
        "plan": description["plan"],
        "scenario": description["scenario"],
        "settings": msgspec.to_builtins(scenario.settings),
        "version": list(store.VERSION),
        "versions": description["versions"],
    }


def input_records(inputs: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What a record says about each file that a scenario names."""
    return [
        {
            "bytes": len(data),
            "file": input_name(number, name),
            "name": name,
            "sha256": store.digest(data),
        }
        for number, (name, data) in enumerate(inputs.items())
    ]


def keep_inputs(
    folder: store.Folder,
    inputs: Mapping[str, bytes],
    record: Mapping[str, Any],
    continued: bool,
) -> None:
    """Write the inputs of a scenario beside its record, those that are not there yet."""
    for data, item in zip(inputs.values(), record["inputs"], strict=True):
        if not continued or not _holds(folder, item):
            folder.write(item["file"], data)


def _holds(folder: store.Folder, item: dict[str, Any]) -> bool:
    try:
        return bool(store.digest(folder.read(item["file"], item["bytes"])) == item["sha256"])
    except CorruptError:
        return False


def read_inputs(folder: store.Folder, record: Mapping[str, Any]) -> dict[str, bytes]:
    """The inputs that a record lists, digests checked."""
    inputs = {}
    for item in record["inputs"]:
        data = folder.read(item["file"], item["bytes"])
        if store.digest(data) != item["sha256"]:
            raise CorruptError(
                "is damaged: its digest does not match", path=folder.named(item["file"])
            )
        inputs[item["name"]] = data
    return inputs


def input_name(number: int, name: str) -> str:
    """File in the run folder that keeps an input of the scenario."""
    return f"input-{number}-{re.split(r'[/]', name)[-1]}"


def read_record_file(folder: store.Folder, name: str) -> dict[str, Any]:
    """The record of a folder, or the refusal that says what it holds instead."""
    names = folder.names()
    if name in names:
        return folder.read_json(name)
    noun = store.NOUNS[name]
    other = next((found for file, found in store.NOUNS.items() if file in names), None)
    hint = f"it holds a {other}" if other else f"start one: voltcore {noun}"
    raise StorageError(f"holds no {noun}", path=str(folder.path), hint=hint)


def read_record(folder: store.Folder) -> tuple[dict[str, Any], Scenario]:
    """``run.json`` of a folder, and the scenario it holds, digests checked."""
    record = read_record_file(folder, store.RUN)
    path = folder.named(store.RUN)
    try:
        inputs = read_inputs(folder, record)
        stated = record["scenario"]
        scenario = restore_scenario(stated["name"], record["settings"], inputs)
        if scenario.digest != stated["digest"]:
            raise CorruptError("holds another scenario than its digest says", path=path)
        int(record["plan"]["paths"]), int(record["plan"]["seed"])
    except (KeyError, TypeError, IndexError) as error:
        raise CorruptError(f"lacks an entry: {error}", path=path) from None
    return record, scenario


def same_run(
    expected: dict[str, Any], path: Path, noun: str = "run"
) -> Callable[[dict[str, Any]], None]:
    """What refuses the record of another run or sweep, naming the first difference."""

    def matches(found: dict[str, Any]) -> None:
        pairs = [
            ("scenario digest", expected["scenario"]["digest"], _get(found, "scenario", "digest")),
            *((name, value, _get(found, "plan", name)) for name, value in expected["plan"].items()),
            *(
                (f"version of {name}", major(version), major(_get(found, "versions", name)))
                for name, version in expected["versions"].items()
            ),
        ]
        for name, mine, theirs in pairs:
            if mine != theirs:
                raise ResumeMismatchError(
                    f"holds a {noun} with another {name}: {_brief(theirs)}, not {_brief(mine)}",
                    path=str(path),
                )

    return matches


def _get(found: dict[str, Any], *keys: str) -> Any:
    value: Any = found
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _brief(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:8] + "…"


def major(version: object) -> str:
    """The part of a version that must agree: the first number, or the first two while it is 0."""
    parts = str(version).split(".")
    return ".".join(parts[:2] if parts[0] == "0" else parts[:1])


class Ranges:
    """Which paths have been merged; together they must be every path exactly once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[str, list[tuple[int, int]]] = {name: [] for name, _ in plan.variants}

    def add(self, part: ShardRange) -> None:
        """Count a shard in."""
        self._seen[part.variant].append((part.first_path, part.first_path + part.paths))

    def check(self) -> None:
        """Refuse a merge that leaves out or repeats a path."""
        for name, paths in self._plan.variants:
            at = 0
            for first, end in sorted(self._seen[name]):
                if first != at:
                    what = "are merged twice" if first < at else "are missing"
                    low, high = min(first, at), max(first, at)
                    raise CorruptError(f"paths {low} to {high - 1} {what}", field=name)
                at = end
            if at != paths:
                raise CorruptError(f"paths {at} to {paths - 1} are missing", field=name)


def shard_entry(part: ShardRange, files: Mapping[str, bytes], content: str) -> dict[str, Any]:
    return {
        "content": content,
        "files": {
            name: {"bytes": len(data), "sha256": store.digest(data)} for name, data in files.items()
        },
        "first_path": part.first_path,
        "index": part.index,
        "paths": part.paths,
        "variant": part.variant,
    }


def run_name(scenario: Scenario, plan: Plan) -> str:
    """A folder name that only this run has: scenario name, seed, and eight digits of all of it."""
    content = {
        "digest": scenario.digest,
        "plan": [plan.paths, plan.seed, plan.paths_per_shard, plan.traces, plan.variants],
        "version": major(build_info()["version"]),
    }
    return f"{scenario.name}-seed{plan.seed}-{store.digest(store.canonical_json(content))[:8]}"
