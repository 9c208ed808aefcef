"""A path's numbers depend on (scenario, seed, path) and on nothing else."""

from __future__ import annotations

import json
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import toy_model
from numpy.testing import assert_array_equal

import voltcore
from voltcore import sim
from voltcore.errors import (
    CorruptError,
    InputRangeError,
    InputTypeError,
    InvariantError,
    MarginError,
    ResourceError,
)
from voltcore.sim import Results, Scenario, parse_scenario
from voltcore.sim.plan import make_plan
from voltcore.sim.records import Ranges
from voltcore.sim.scenario import restore_scenario


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file that must not depend on how the run went."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name not in ("timing.json", "lock")
    }


def expected_returns(seed: int, stream: int, paths: int) -> list[int]:
    """The toy's returns from Python integers."""
    out = []
    for path in range(paths):
        state = (path * 0x9E3779B97F4A7C15 + seed + stream * 0xD1B54A32D192ED03) % 2**64
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            state = ((state ^ (state >> shift)) * factor) % 2**64
        out.append((state ^ (state >> 31)) % 200_000_001 - 100_000_000)
    return out


def same(a: Results, b: Results) -> None:
    for name, variant in a.variants.items():
        other = b.variants[name]
        for column, values in variant.to_numpy().items():
            assert_array_equal(values, other.to_numpy()[column], strict=True)
        assert_array_equal(variant.bands["price"].counts, other.bands["price"].counts, strict=True)
    assert_array_equal(a.traces["price"].values, b.traces["price"].values, strict=True)


def test_columns_are_those_of_the_paths_in_order(toy: Scenario) -> None:
    results = voltcore.run(toy, seed=2**64 - 1)
    assert results["total_return"].tolist() == expected_returns(2**64 - 1, 1, 100)
    variant = results.variants["k = 1"]
    assert variant["total_return"].tolist() == expected_returns(2**64 - 1, 2, 50)
    assert results["path"].tolist() == list(range(100))
    assert results.bands["price"].counts.sum(axis=1).tolist() == [100] * 5
    assert results.traces["price"].values.shape == (10, 5)


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_threads_do_not_change_a_result(toy: Scenario, threads: int) -> None:
    threaded = voltcore.run(toy, threads=threads)
    same(voltcore.run(toy, threads=1), threaded)
    assert threaded.digest == toy.digest


@pytest.mark.parametrize("paths_per_shard", [1, 7, 64, 1000])
def test_shards_do_not_change_a_result(toy: Scenario, paths_per_shard: int) -> None:
    other = voltcore.run(toy, overrides={"run.paths_per_shard": paths_per_shard})
    same(voltcore.run(toy), other)
    assert other.digest == toy.digest


def test_a_process_pool_gives_the_same_folder(toy: Scenario, tmp_path: Path) -> None:
    voltcore.run(toy, out=tmp_path / "threads", threads=2)
    with ProcessPoolExecutor(2, initializer=toy_model.register) as pool:
        results = voltcore.run(toy, out=tmp_path / "processes", executor=pool)
    assert bytes_of(tmp_path / "threads") == bytes_of(tmp_path / "processes")
    same(voltcore.run(toy), results)


class BackwardsExecutor(Executor):
    """Runs the newest task first, on the calling thread's time."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Future[Any], Any, Any]] = []
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs
        future: Future[Any] = Future()
        with self.lock:
            self.tasks.append((future, fn, args))
        return future

    def work(self) -> None:
        time.sleep(0.05)
        while True:
            with self.lock:
                task = self.tasks.pop() if self.tasks else None
            if task is None:
                return
            task[0].set_result(task[1](*task[2]))


def test_the_order_of_shards_does_not_change_the_folder(toy: Scenario, tmp_path: Path) -> None:
    voltcore.run(toy, out=tmp_path / "a", threads=1)
    voltcore.run(toy, out=tmp_path / "b", executor=BackwardsExecutor())
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_a_stored_run_loads_as_it_was_in_memory(toy: Scenario, tmp_path: Path) -> None:
    stored = voltcore.run(toy, out=tmp_path / "run")
    same(voltcore.run(toy), stored)
    loaded = Results.load(tmp_path / "run")
    same(stored, loaded)
    assert loaded.digest == toy.digest
    assert loaded.scenario.settings == toy.settings
    assert str(loaded.summary()) == str(stored.summary())
    assert [s.values for s in loaded.series] == [(1.0, 2.5)]


def test_wall_clock_facts_are_in_timing_json_alone(toy: Scenario, tmp_path: Path) -> None:
    for name in ("a", "b"):
        voltcore.run(toy, out=tmp_path / name)
        time.sleep(1.1)  # into another second of the clock
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    timing = json.loads((tmp_path / "a" / "timing.json").read_text())
    assert timing["paths_computed"] == 150
    assert timing["threads"] >= 1


def test_progress_rises_to_the_number_of_paths(toy: Scenario) -> None:
    slow = sim.load_scenario(toy, {"milliseconds_per_path": 2.0})
    seen: list[sim.Progress] = []
    voltcore.run(slow, threads=2, progress=seen.append)
    finished = [p.finished_paths for p in seen]
    assert finished == sorted(finished)
    assert finished[0] == 0
    assert finished[-1] == seen[-1].total_paths == 150
    assert len(set(finished)) > 4


def test_ctrl_c_waits_until_no_lock_is_held(toy: Scenario) -> None:
    handler = signal.getsignal(signal.SIGINT)
    reached = []

    def progress(_: sim.Progress) -> None:
        if not reached:
            signal.raise_signal(signal.SIGINT)
        reached.append("the end of the callback")

    with pytest.raises(KeyboardInterrupt):
        sim.run(toy, progress=progress)
    assert reached
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_second_ctrl_c_goes_through_at_once(toy: Scenario) -> None:
    def progress(_: sim.Progress) -> None:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        sim.run(toy, progress=progress)


def test_a_handler_of_the_user_is_called_and_may_let_the_run_go_on(toy: Scenario) -> None:
    numbers = []
    before = signal.signal(signal.SIGINT, lambda number, _: numbers.append(number))
    try:
        called = []

        def progress(_: sim.Progress) -> None:
            if not called:
                signal.raise_signal(signal.SIGINT)
            called.append(len(numbers))

        assert sim.run(toy, progress=progress).paths == 100
    finally:
        signal.signal(signal.SIGINT, before)
    assert numbers == [signal.SIGINT]
    assert called[0] == 0


def test_a_model_that_refuses_stops_the_run_with_its_own_error(
    toy: Scenario, tmp_path: Path
) -> None:
    bad = sim.load_scenario(toy, {"fail_at_path": 57})
    with pytest.raises(MarginError) as caught:
        voltcore.run(bad, out=tmp_path / "run", threads=2)
    assert caught.value.field == "health"
    assert caught.value.index == 57
    assert not (tmp_path / "run" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"paths": 0}, InputRangeError, "paths"),
        ({"paths": 2**40 + 1}, InputRangeError, "paths"),
        ({"paths": 1.0}, InputTypeError, "paths"),
        ({"paths": True}, InputTypeError, "paths"),
        ({"paths": "5"}, InputTypeError, "paths"),
        ({"seed": -1}, InputRangeError, "seed"),
        ({"seed": 2**64}, InputRangeError, "seed"),
        ({"seed": None, "threads": 0}, InputRangeError, "threads"),
        ({"threads": 1025}, InputRangeError, "threads"),
        ({"threads": 1.5}, InputTypeError, "threads"),
        ({"executor": object()}, InputTypeError, "executor"),
        ({"resume": True}, InputRangeError, "resume"),
        ({"out": ""}, InputRangeError, "out"),
        ({"out": "a\0b"}, InputRangeError, "out"),
        ({"out": b"bytes"}, InputTypeError, "out"),
    ],
)
def test_arguments_are_checked_before_any_work(
    toy: Scenario, arguments: dict[str, Any], error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as caught:
        voltcore.run(toy, **arguments)
    assert caught.value.field == field  # type: ignore[attr-defined]


def test_numpy_integers_are_integers(toy: Scenario) -> None:
    results = voltcore.run(toy, paths=np.int32(100), seed=np.uint8(7))
    same(results, voltcore.run(toy))
    assert (results.paths, results.seed) == (100, 7)


def test_a_plan_that_does_not_fit_is_refused_with_both_figures(
    toy: Scenario, tmp_path: Path
) -> None:
    with pytest.raises(ResourceError) as caught:
        voltcore.run(toy, paths=10**6, memory_limit=10**6)
    assert caught.value.code == "E901"
    assert caught.value.available == 10**6
    assert caught.value.required is not None
    assert caught.value.required > 30 * 10**6
    with pytest.raises(ResourceError) as caught:
        voltcore.run(toy, paths=2**40, out=tmp_path / "x", overrides={"run.paths_per_shard": 2**24})
    assert not (tmp_path / "x").exists()
    with pytest.raises(ResourceError) as caught:
        voltcore.run(toy, paths=2**40)
    assert caught.value.field == "run.paths_per_shard"


def test_a_merge_that_repeats_or_leaves_out_a_path_is_refused(toy: Scenario) -> None:
    plan = make_plan(toy.settings, toy.model())
    parts = list(plan.shards())
    for chosen, text in (
        (parts[1:], "paths 0 to 7 are missing"),
        (parts[:-1], "paths 48 to 49 are missing"),
        ([*parts, parts[3]], "paths 24 to 31 are merged twice"),
    ):
        ranges = Ranges(plan)
        for part in chosen:
            ranges.add(part)
        with pytest.raises(CorruptError, match=text):
            ranges.check()


def test_a_model_that_returns_something_else_is_our_bug(
    toy: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = toy_model.ToyModel.simulate

    def narrow(self: Any, *arguments: Any) -> Any:
        shard = original(self, *arguments)
        shard.columns["trades"] = shard.columns["trades"].astype(np.int64)
        return shard

    monkeypatch.setattr(toy_model.ToyModel, "simulate", narrow)
    with pytest.raises(InvariantError, match="trades"):
        voltcore.run(toy)


@pytest.mark.parametrize("text", ['kind = "crab"', toy_model.SCENARIO])
def test_a_scenario_of_defaults_comes_back_from_a_run_folder_with_its_digest(text: str) -> None:
    scenario = parse_scenario(text)
    settings = json.loads(json.dumps(msgspec.to_builtins(scenario.settings)))
    restored = restore_scenario("x", settings, scenario.inputs)
    assert restored.digest == scenario.digest
    assert restored.settings == scenario.settings
