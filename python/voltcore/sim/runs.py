"""Running a scenario into memory or into a run folder."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np

from voltcore.errors import CorruptError, InputRangeError, InputTypeError
from voltcore.sim import shard_files, store
from voltcore.sim.data import FolderData, MemoryData
from voltcore.sim.execute import ProgressCallback, compute
from voltcore.sim.model import Model
from voltcore.sim.plan import Plan, ShardRange, check_price, make_plan, price
from voltcore.sim.records import (
    Ranges,
    describe,
    keep_inputs,
    read_record,
    run_record,
    same_run,
    shard_entry,
)
from voltcore.sim.results import Results
from voltcore.sim.scenario import Scenario, load_scenario


def run(
    scenario: str | os.PathLike[str] | Scenario,
    *,
    paths: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
    resume: bool = False,
    progress: ProgressCallback | None = None,
    overrides: Mapping[str, Any] | None = None,
    memory_limit: int | None = None,
) -> Results:
    """
    Run a scenario.

    Parameters
    ----------
    scenario : str, path or Scenario
        Name of a shipped scenario, a TOML file, or what `load_scenario` returned.
    paths, seed : int, optional
        Replace ``run.paths`` and ``run.seed`` of the scenario. Paths in ``[1, 2**40]``, seed
        uint64.
    threads : int, optional
        Threads of the default executor, in ``[1, 1024]``; the cores of this machine by default.
        Never changes a result.
    out : path, optional
        A run folder to write (needs pyarrow). Without it the results are kept in memory only.
    executor : concurrent.futures.Executor, optional
        Anything with ``submit(function, *arguments)`` that returns a future with ``result`` and
        ``add_done_callback``: a process pool, or a cluster's own. The run folder stays here.
    resume : bool
        Continue the run that `out` holds, if it holds one.
    progress : callable, optional
        Called with a `Progress` on the calling thread.
    overrides : mapping of str to object, optional
        Settings to replace, by dotted key.
    memory_limit : int, optional
        Bytes; what is available on this machine by default.

    Returns
    -------
    Results
        The same numbers, to the last bit, whatever the threads, the executor and interruptions.

    Raises
    ------
    ScenarioError, InputTypeError, InputRangeError
        Before anything is written.
    ResourceError
        E901 if the plan needs more memory or disk than there is; E902 if pyarrow is missing.
    StorageError
        `OutputBusyError`, `OutputExistsError`, `ResumeMismatchError`, `DiskFullError`, ...
        Finished shards are kept; the run can be resumed.
    KeyboardInterrupt
        Within 200 ms of Ctrl-C. Finished shards are kept.
    """
    checked = load_scenario(scenario, overrides)
    model = checked.model()
    plan = make_plan(checked.settings, model, paths, seed)
    n_threads = threads_of(threads)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputTypeError("has no submit method", field="executor", value=executor)
    if out is None:
        if resume:
            raise InputRangeError(
                "needs the folder of the run", field="resume", value=resume, hint="give out="
            )
        check_price(price(plan, model, n_threads, stored=False), memory_limit, None)
        return _run_in_memory(checked, model, plan, n_threads, executor, progress)
    folder = folder_path(out)
    shard_files.require_pyarrow()
    check_price(price(plan, model, n_threads, stored=True), memory_limit, folder)
    return _run_in_folder(checked, model, plan, n_threads, executor, progress, folder, resume)


def resume(
    folder: str | os.PathLike[str],
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    memory_limit: int | None = None,
) -> Results:
    """
    Finish the run that a folder holds, with the scenario and plan recorded in it.

    Parameters and errors are those of `run`; a folder without a run is `StorageError`.
    """
    path = folder_path(folder)
    shard_files.require_pyarrow()
    with store.Folder(path) as opened:
        record, scenario = read_record(opened)
    plan = record["plan"]
    return run(
        scenario,
        paths=plan["paths"],
        seed=plan["seed"],
        threads=threads,
        out=path,
        executor=executor,
        resume=True,
        progress=progress,
        memory_limit=memory_limit,
    )


def folder_path(folder: str | os.PathLike[str]) -> Path:
    """A folder as the user named it."""
    text = os.fspath(folder)
    if not isinstance(text, str):
        raise InputTypeError("is not a text path", field="out", value=text)
    if not text or "\0" in text:
        raise InputRangeError("is not the name of a folder", field="out", value=text)
    return Path(text)


def threads_of(threads: int | None) -> int:
    """Threads of the default executor: as given, or the cores that this process may use."""
    if threads is None:
        try:
            return max(1, len(os.sched_getaffinity(0)))
        except AttributeError:
            return os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int | np.integer):
        raise InputTypeError(
            f"is {type(threads).__name__}, not an integer", field="threads", value=threads
        )
    if not 1 <= threads <= 1024:
        raise InputRangeError("is not in [1, 1024]", field="threads", value=int(threads))
    return int(threads)


def _run_in_memory(
    scenario: Scenario,
    model: Model,
    plan: Plan,
    threads: int,
    executor: Executor | None,
    progress: ProgressCallback | None,
) -> Results:
    begin = time.monotonic()
    data = MemoryData(model, plan)
    merged = Ranges(plan)
    with contextlib.closing(
        compute(scenario, model, plan, list(plan.shards()), threads, executor, progress)
    ) as finished:
        for part, shard in finished:
            shard_files.check_shard(model, part, shard)
            merged.add(part)
            data.add(part, shard)
    merged.check()
    timing = _timing(plan, model, plan.total_paths, time.monotonic() - begin, threads, executor)
    return Results(scenario, describe(scenario, model, plan), data.freeze(), timing, None)


def _run_in_folder(
    scenario: Scenario,
    model: Model,
    plan: Plan,
    threads: int,
    executor: Executor | None,
    progress: ProgressCallback | None,
    path: Path,
    resume: bool,
) -> Results:
    description = describe(scenario, model, plan)
    record = run_record(scenario, description)
    folder, continued = store.open_for_run(path, resume, same_run(record, path))
    with folder:
        if continued:
            # The bytes of a resumed run are those of the run that began it.
            record = folder.read_json("run.json")
            description["versions"] = record["versions"]
        else:
            folder.write_json("run.json", record)
            folder.sync()
        identity = store.digest(store.canonical_json(record))
        keep_inputs(folder, scenario.inputs, record, continued)
        entries: dict[int, dict[str, Any]] = {}
        todo = []
        present = set(folder.names())
        for part in plan.shards():
            entry = _kept(folder, model, part, identity, present) if continued else None
            if entry is None:
                todo.append(part)
            else:
                entries[part.index] = entry
        if continued and not todo and _manifest_holds(folder, entries):
            _refuse_strangers(folder, plan, model)
            return Results.load(path)
        if "manifest.json" in present:
            folder.remove("manifest.json")
        begin = time.monotonic()
        with contextlib.closing(
            compute(scenario, model, plan, todo, threads, executor, progress)
        ) as finished:
            for part, shard in finished:
                shard_files.check_shard(model, part, shard)
                files, content = shard_files.encode(model, part, shard, identity)
                for name, data in files.items():
                    folder.write(name, data)
                folder.sync()
                entries[part.index] = shard_entry(part, files, content)
        done = sum(part.paths for part in todo)
        timing = _timing(plan, model, done, time.monotonic() - begin, threads, executor)
        merged = Ranges(plan)
        for part in plan.shards():
            if part.index in entries:
                merged.add(part)
        merged.check()
        _refuse_strangers(folder, plan, model)
        folder.write_json(
            "timing.json", {"format": store.FORMAT, "version": list(store.VERSION), **timing}
        )
        shards = [entries[index] for index in sorted(entries)]
        manifest = {
            **description,
            "content": store.digest(store.canonical_json([s["content"] for s in shards])),
            "format": store.FORMAT,
            "run": identity,
            "shards": shards,
            "version": list(store.VERSION),
        }
        folder.sync()
        folder.write_json("manifest.json", manifest)
        folder.sync()
    return Results(scenario, description, FolderData(path, plan, manifest), timing, path)


def _manifest_holds(folder: store.Folder, entries: Mapping[int, dict[str, Any]]) -> bool:
    """Whether the manifest is there, sound, and lists exactly these shards."""
    try:
        listed = folder.read_json("manifest.json").get("shards")
    except CorruptError:
        return False
    return bool(listed == [entries[index] for index in sorted(entries)])


def _kept(
    folder: store.Folder, model: Model, part: ShardRange, run: str, present: set[str]
) -> dict[str, Any] | None:
    """The manifest entry of a shard whose files are all there and sound, or None: do it again."""
    names = shard_files.file_names(part, bool(model.bands), bool(model.traces))
    files, contents = {}, set()
    for name in names:
        if name not in present:
            return None
        try:
            data = folder.read(name)
            label = shard_files.verify(data, folder.named(name))
            contents.add(shard_files.check_label(label, part, run, folder.named(name)))
        except CorruptError:
            return None
        files[name] = data
    if len(contents) != 1:
        return None
    return shard_entry(part, files, contents.pop())


def _refuse_strangers(folder: store.Folder, plan: Plan, model: Model) -> None:
    """A shard file that no shard of the plan wrote: copied or renamed, by nobody we know."""
    known = {
        name
        for part in plan.shards()
        for name in shard_files.file_names(part, bool(model.bands), bool(model.traces))
    }
    for name in folder.names():
        if re.match(r"(shard|bands|traces)-.*\.parquet", name) and name not in known:
            raise CorruptError("is not a shard of this run", path=folder.named(name))


def _timing(
    plan: Plan,
    model: Model,
    done: int,
    seconds: float,
    threads: int,
    executor: Executor | None,
) -> dict[str, Any]:
    """Wall-clock facts of this process's part of the run."""
    rate = done / seconds if seconds > 0 else 0.0
    steps = done * model.steps_per_path
    return {
        "executor": "threads" if executor is None else type(executor).__name__,
        "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "ns_per_path_step": seconds * 1e9 * (threads if executor is None else 1) / steps
        if steps
        else None,
        "paths_computed": done,
        "paths_kept": plan.total_paths - done,
        "paths_per_second": rate,
        "seconds": seconds,
        "threads": threads if executor is None else None,
    }
