"""A run folder survives being killed, filled up, copied, edited and fought over."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import faults
import pytest
import toy_model
from faults import Faults, Snapshots, content, injected, killed_run, refused_run

import voltcore
from voltcore.errors import (
    CorruptError,
    DiskFullError,
    FormatVersionError,
    OutputBusyError,
    OutputExistsError,
    ResumeMismatchError,
    StorageError,
)
from voltcore.sim import Results, Scenario, load_scenario, parse_scenario
from voltcore.sim.plan import make_plan


@pytest.fixture
def fast() -> Iterator[Path]:
    """A folder in memory where there is one: flushing hundreds of files to a disk is slow."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="voltcore-test-", dir=base))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def twenty() -> Scenario:
    """20 shards with bands; one of them with traces."""
    scenario = parse_scenario(
        toy_model.SCENARIO, overrides={"run.traces": 3, "run.paths": 80, "variants": 2}
    )
    assert len(list(make_plan(scenario.settings, scenario.model()).shards())) == 20
    return scenario


def call_log(scenario: Scenario, folder: Path) -> list[str]:
    """The system calls of an undisturbed run."""
    none = Faults(0, "kill")
    assert refused_run(scenario, folder, none) is None
    return none.log


def test_stopped_at_any_system_call_a_run_resumes_to_the_same_bytes(
    twenty: Scenario, fast: Path
) -> None:
    snapshots = Snapshots(fast / "whole", fast / "copies")
    with injected(snapshots):
        voltcore.run(twenty, out=fast / "whole", threads=1)
    expected = content(fast / "whole")
    assert len(snapshots.log) >= 240
    assert {"mkdir", "open", "write", "torn", "fsync", "close", "rename"} <= set(snapshots.log)
    copies = sorted((fast / "copies").iterdir())
    assert len(copies) >= len(snapshots.log) - 1
    for out in copies:
        voltcore.run(twenty, out=out, resume=True, threads=1)
        assert content(out) == expected, out.name


def test_killed_again_and_again_a_run_resumes_to_the_same_bytes(
    twenty: Scenario, fast: Path
) -> None:
    log = call_log(twenty, fast / "whole")
    expected = content(fast / "whole")
    for at in range(1, len(log) + 1, 9):
        out = fast / "run"
        assert killed_run(twenty, out, Faults(at, "tear"), resume=False)
        # In the resume too, each time a little later.
        for again in (3, 17):
            killed_run(twenty, out, Faults(again, "kill"), resume=True)
        voltcore.run(twenty, out=out, resume=True)
        assert content(out) == expected, f"call {at}: {log[at - 1]}"
        shutil.rmtree(out)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_refusing_system_gives_a_typed_error_and_a_run_that_resumes(
    twenty: Scenario, fast: Path, number: int
) -> None:
    log = call_log(twenty, fast / "whole")
    expected = content(fast / "whole")
    for at in range(1 + number % 5, len(log) + 1, 5):
        out = fast / "run"
        # Once would be healed for EIO by writing the file again.
        error = refused_run(twenty, out, Faults(at, number, 20))
        assert isinstance(error, StorageError), f"call {at} {log[at - 1]}: {error}"
        assert isinstance(error, DiskFullError) == (number in faults.FULL)
        assert error.errno == number
        assert not out.exists() or not [n for n in os.listdir(out) if n.startswith(".tmp")]
        voltcore.run(twenty, out=out, resume=True)
        assert content(out) == expected
        shutil.rmtree(out)


def test_one_failed_flush_is_healed_by_writing_the_file_again(twenty: Scenario, fast: Path) -> None:
    log = call_log(twenty, fast / "whole")
    at = [i + 1 for i, name in enumerate(log) if name == "fsync" and log[i - 1] == "write"][5]
    once = Faults(at, errno.EIO)
    assert refused_run(twenty, fast / "run", once) is None
    assert once.log[at - 1 : at + 4] == ["fsync", "close", "open", "write", "fsync"]
    assert content(fast / "run") == content(fast / "whole")


def test_a_file_size_limit_is_a_full_disk(toy: Scenario, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            try:
                voltcore.run(toy, out=tmp_path / "run")
            except DiskFullError as error:
                status = 0 if error.errno == errno.EFBIG else 2
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert "manifest.json" not in os.listdir(tmp_path / "run")
    voltcore.run(toy, out=tmp_path / "run", resume=True)
    voltcore.run(toy, out=tmp_path / "whole")
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_of_two_runs_in_one_folder_the_second_is_refused_at_once(
    toy: Scenario, tmp_path: Path
) -> None:
    slow = load_scenario(toy, {"milliseconds_per_path": 20.0})
    child = os.fork()
    if child == 0:
        try:
            voltcore.run(slow, out=tmp_path / "run", threads=1)
        finally:
            os._exit(0)
    try:
        while not (tmp_path / "run" / "run.json").exists():
            time.sleep(0.01)
        for resume in (False, True):
            begin = time.monotonic()
            with pytest.raises(OutputBusyError) as caught:
                voltcore.run(slow, out=tmp_path / "run", resume=resume)
            assert time.monotonic() - begin < 1
            assert caught.value.path == str(tmp_path / "run")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    # The lock goes with the process that held it.
    fast_forward = voltcore.run(slow, out=tmp_path / "run", resume=True, threads=16)
    assert fast_forward.paths == 100


def test_a_folder_that_holds_something_is_left_alone(toy: Scenario, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(OutputExistsError, match="holds no run"):
            voltcore.run(toy, out=tmp_path, resume=resume)
    assert os.listdir(tmp_path) == ["notes.txt"]
    voltcore.run(toy, out=tmp_path / "run")
    before = content(tmp_path / "run")
    with pytest.raises(OutputExistsError, match="--resume"):
        voltcore.run(toy, out=tmp_path / "run")
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("change", "arguments", "part"),
    [
        ({"volt.hedge_ratio": 5}, {}, "another scenario digest"),
        ({}, {"seed": 8}, "another seed: 7, not 8"),
        ({}, {"paths": 99}, "another paths: 100, not 99"),
        ({"run.paths_per_shard": 9}, {}, "another paths_per_shard: 8, not 9"),
        ({"run.traces": 9}, {}, "another traces: 10, not 9"),
    ],
)
def test_resuming_another_run_names_the_difference(
    toy: Scenario, tmp_path: Path, change: dict[str, object], arguments: dict[str, int], part: str
) -> None:
    voltcore.run(toy, out=tmp_path / "run")
    before = content(tmp_path / "run")
    with pytest.raises(ResumeMismatchError) as caught:
        voltcore.run(load_scenario(toy, change), out=tmp_path / "run", resume=True, **arguments)
    assert part in str(caught.value)
    assert content(tmp_path / "run") == before


def test_another_version_does_not_resume(
    toy: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voltcore.run(toy, out=tmp_path / "run")
    real = voltcore.build_info()
    monkeypatch.setattr("voltcore.sim.records.build_info", lambda: {**real, "version": "0.2.0"})
    with pytest.raises(ResumeMismatchError, match=r"version of voltcore: 0\.1, not 0\.2"):
        voltcore.run(toy, out=tmp_path / "run", resume=True)


def test_resuming_a_finished_run_computes_nothing(toy: Scenario, tmp_path: Path) -> None:
    voltcore.run(toy, out=tmp_path / "run")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "run").iterdir()}
    seen: list[object] = []
    voltcore.run(toy, out=tmp_path / "run", resume=True, progress=seen.append)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "run").iterdir()}
    assert before == after
    assert seen == []


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


DAMAGES = {
    "edited": flip,
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "lengthened": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "emptied": lambda path: path.write_bytes(b""),
    "missing": Path.unlink,
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "link": lambda path: (path.rename(path.parent.parent / "x"), path.symlink_to("../x")),
    "swapped": lambda path: path.write_bytes(
        (path.parent / path.name.replace("000001", "000002")).read_bytes()
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["shard-000001.parquet", "bands-000001.parquet"])
def test_a_damaged_shard_is_named_and_done_again(
    toy: Scenario, tmp_path: Path, damage: str, name: str
) -> None:
    folder = tmp_path / "run"
    voltcore.run(toy, out=folder)
    before = content(folder)
    DAMAGES[damage](folder / name)  # type: ignore[operator]
    with pytest.raises(CorruptError) as caught:
        Results.load(folder)
    assert caught.value.path == str(folder / name)
    if damage == "folder":
        with pytest.raises(StorageError, match=name):
            voltcore.run(toy, out=folder, resume=True)
        return
    seen: list[voltcore.sim.Progress] = []
    results = voltcore.run(toy, out=folder, resume=True, progress=seen.append)
    assert seen[0].kept_paths == 142
    assert results["total_return"].tolist() == voltcore.run(toy)["total_return"].tolist()
    assert content(folder) == before


@pytest.mark.parametrize("name", ["shard-000001.parquet", "bands-000001.parquet"])
def test_a_shard_of_another_run_is_not_used(toy: Scenario, tmp_path: Path, name: str) -> None:
    voltcore.run(toy, out=tmp_path / "a")
    voltcore.run(toy, out=tmp_path / "b", seed=8)
    before = content(tmp_path / "a")
    shutil.copy(tmp_path / "b" / name, tmp_path / "a" / name)
    with pytest.raises(CorruptError, match=name):
        Results.load(tmp_path / "a")
    voltcore.run(toy, out=tmp_path / "a", resume=True)
    assert content(tmp_path / "a") == before


def test_a_copied_shard_under_another_number_is_named(toy: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    voltcore.run(toy, out=folder)
    shutil.copy(folder / "shard-000001.parquet", folder / "shard-000020.parquet")
    with pytest.raises(CorruptError, match=r"shard-000020\.parquet is not listed"):
        Results.load(folder)
    with pytest.raises(CorruptError, match=r"shard-000020\.parquet is not a shard of this run"):
        voltcore.run(toy, out=folder, resume=True)


@pytest.mark.parametrize("name", ["manifest.json", "run.json"])
@pytest.mark.parametrize("damage", ["edited", "truncated", "emptied"])
def test_a_damaged_record_is_named(toy: Scenario, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "run"
    voltcore.run(toy, out=folder)
    before = content(folder)
    DAMAGES[damage](folder / name)  # type: ignore[operator]
    with pytest.raises(CorruptError) as caught:
        Results.load(folder)
    assert caught.value.path == str(folder / name)
    if name == "manifest.json":
        voltcore.run(toy, out=folder, resume=True)
        assert content(folder) == before
    else:
        with pytest.raises(CorruptError):
            voltcore.run(toy, out=folder, resume=True)


def test_a_newer_format_is_refused(toy: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    voltcore.run(toy, out=folder)
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"version": [\n  1,', '"version": [\n  2,'))
    with pytest.raises(FormatVersionError, match="manifest"):
        Results.load(folder)


def test_what_is_no_finished_run_does_not_load(toy: Scenario, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        Results.load(tmp_path / "nothing")
    assert caught.value.errno == errno.ENOENT
    with pytest.raises(StorageError, match="holds no run"):
        Results.load(tmp_path)
    voltcore.run(toy, out=tmp_path / "run")
    (tmp_path / "run" / "manifest.json").unlink()
    with pytest.raises(StorageError, match="not finished"):
        Results.load(tmp_path / "run")
    with pytest.raises(StorageError, match="holds no run"):
        voltcore.resume(tmp_path)


def test_a_target_that_is_no_folder_is_refused(toy: Scenario, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    for out in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "loop", Path("/proc/x")):
        with pytest.raises(StorageError) as caught:
            voltcore.run(toy, out=out)
        assert str(out) in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_the_inputs_travel_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("1,2,3")
    path = tmp_path / "mine.toml"
    path.write_text(toy_model.SCENARIO.replace("[volt]", 'data = "prices.csv"\n[volt]'))
    voltcore.run(path, out=tmp_path / "run")
    before = content(tmp_path / "run")
    (tmp_path / "prices.csv").unlink()
    path.unlink()
    (tmp_path / "run" / "shard-000003.parquet").unlink()
    (tmp_path / "run" / "manifest.json").unlink()
    results = voltcore.resume(tmp_path / "run")
    assert content(tmp_path / "run") == before
    assert results.scenario.inputs == {"prices.csv": b"1,2,3"}
    assert Results.load(tmp_path / "run").scenario.inputs == {"prices.csv": b"1,2,3"}
    flip(tmp_path / "run" / "input-0-prices.csv")
    with pytest.raises(CorruptError, match="input-0"):
        Results.load(tmp_path / "run")
