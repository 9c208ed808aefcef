"""Shards over threads or any executor, cancelled within milliseconds."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from voltcore import _core
from voltcore.errors import InvariantError
from voltcore.sim.interrupts import HeldInterrupt
from voltcore.sim.model import Model, Shard
from voltcore.sim.plan import Plan, ShardRange
from voltcore.sim.scenario import Scenario, build_model, canonical_settings, restore_scenario

# How long the waiting thread sleeps at most before it looks at signals and progress again.
_TICK = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: what a progress callback is given about twenty times a second."""

    finished_paths: int
    total_paths: int
    kept_paths: int
    """Paths of shards that an earlier, interrupted run had finished."""
    seconds: float
    """Since this run began to compute."""


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A shard as it travels to another process: text and bytes, no objects of ours."""

    settings: bytes
    inputs: tuple[tuple[str, bytes], ...]
    digest: str
    part: ShardRange
    seed: int


@lru_cache(maxsize=4)
def _remote_model(settings: bytes, inputs: tuple[tuple[str, bytes], ...], digest: str) -> Model:
    scenario = restore_scenario("remote", msgspec.json.decode(settings), dict(inputs))
    if scenario.digest != digest:
        raise InvariantError("differs between the processes", field="digest", op="run_remote")
    return build_model(scenario.settings, scenario.inputs)


def run_remote(task: RemoteTask) -> Shard:
    """Compute one shard in a process that has voltcore and nothing else of the run."""
    model = _remote_model(task.settings, task.inputs, task.digest)
    part = task.part
    shard = model.simulate(
        part.variant, part.first_path, part.paths, task.seed, part.traced, _core.Control()
    )
    if shard is None:
        raise InvariantError("was cancelled by nobody", field="control", op="run_remote")
    return shard


def compute(
    scenario: Scenario,
    model: Model,
    plan: Plan,
    todo: list[ShardRange],
    threads: int,
    executor: Executor | None,
    progress: ProgressCallback | None,
) -> Generator[tuple[ShardRange, Shard]]:
    """Shards in the order in which they finish. Leaving the iterator early stops the others."""
    control = _core.Control()
    done: queue.SimpleQueue[tuple[ShardRange, Any] | None] = queue.SimpleQueue()
    total = plan.total_paths
    kept = total - sum(part.paths for part in todo)
    begin = time.monotonic()
    remote_finished = 0

    def report() -> None:
        if progress is not None:
            finished = remote_finished if executor is not None else control.finished
            progress(Progress(kept + finished, total, kept, time.monotonic() - begin))

    pool: Any = executor
    window = 4 * (os.cpu_count() or 1) + 64
    if executor is None:
        pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="voltcore")
        window = 2 * threads
    pending: dict[int, Any] = {}
    waiting = iter(todo)
    travels = (canonical_settings(scenario.settings), tuple(sorted(scenario.inputs.items())))

    def submit_one() -> bool:
        part = next(waiting, None)
        if part is None:
            return False
        if executor is None:
            future = pool.submit(
                model.simulate,
                part.variant,
                part.first_path,
                part.paths,
                plan.seed,
                part.traced,
                control,
            )
        else:
            task = RemoteTask(*travels, scenario.digest, part, plan.seed)
            future = pool.submit(run_remote, task)
        pending[part.index] = future
        future.add_done_callback(lambda finished, part=part: done.put((part, finished)))
        return True

    # The queue's own lock is safe in a signal handler; everything else waits for `check`.
    with HeldInterrupt(lambda: done.put(None)) as interrupt:
        try:
            report()
            while len(pending) < window and submit_one():
                pass
            while pending:
                interrupt.check()
                try:
                    item = done.get(timeout=_TICK)
                except queue.Empty:
                    item = None
                if item is None:
                    report()
                    continue
                part, future = item
                del pending[part.index]
                shard = future.result()
                if shard is None:
                    raise InvariantError("was cancelled by nobody", field="control", op="simulate")
                submit_one()
                remote_finished += part.paths
                yield part, shard
                report()
        finally:
            control.cancel()
            for future in pending.values():
                future.cancel()
            if executor is None:
                pool.shutdown(wait=True, cancel_futures=True)
