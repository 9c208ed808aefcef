"""Ctrl-C stops within 200 ms and kill -9 at any time; both resume to the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import PROGRAM, environment

# 150 paths of 5 ms on two threads: about 0.4 s of work in 20 shards.
SLOW = ["--set", "milliseconds_per_path=5", "--threads", "2", "--no-report", "--quiet"]
RUN = ["run", "toy.toml", *SLOW]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def wait_for_shards(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(list(folder.glob("shard-*"))) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "timing.json"}


@pytest.fixture
def whole(voltcore: Any, folder: Path) -> dict[str, bytes]:
    """The folder of a run that nobody disturbed."""
    assert voltcore(*RUN, "--out", "whole").returncode == 0
    return content(folder / "whole")


def test_ctrl_c_stops_within_200_ms_and_the_run_goes_on_later(
    voltcore: Any, folder: Path, whole: dict[str, bytes]
) -> None:
    seconds = []
    for shards in (1, 3, 6, 10):
        process = start(folder, "run", "toy.toml", *SLOW[:-1], "--out", "run", "--resume")
        wait_for_shards(folder / "run", shards)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        errors = [process.stderr.readline()]
        # What Python needs to end is not in these times.
        seconds.append(time.monotonic() - begin)
        errors += process.stderr.readlines()
        assert process.wait(timeout=10) == 130, errors
        process.communicate()
        assert errors == [
            "finished shards are kept; go on with: voltcore resume run\n",
            "voltcore: interrupted\n",
        ]
    assert min(seconds) < 0.2, seconds
    assert voltcore("resume", "run", "--no-report", "--quiet").returncode == 0
    assert content(folder / "run") == whole


def test_killed_at_random_moments_a_run_resumes_to_the_same_bytes(
    voltcore: Any, folder: Path, whole: dict[str, bytes]
) -> None:
    generator = random.Random(11)
    for _ in range(8):
        process = start(folder, *RUN, "--out", "run", "--resume")
        time.sleep(generator.uniform(0.05, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
    done = voltcore("run", "toy.toml", *SLOW[:2], "--threads", "1", "--no-report", "--quiet",
                    "--out", "run", "--resume")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert content(folder / "run") == whole


def test_of_two_commands_in_one_folder_the_second_is_refused(folder: Path) -> None:
    first = start(folder, *RUN, "--out", "run", "--set", "milliseconds_per_path=100")
    wait_for_shards(folder / "run", 1)
    second = start(folder, "resume", "run", "--no-report")
    _, errors = second.communicate(timeout=10)
    assert second.returncode == 4
    assert errors.startswith("voltcore: E804: run is in use by another run")
    assert first.poll() is None  # it was refused at once, not when the first had ended
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=10) == 130
    first.communicate()


def test_the_default_folder_continues_and_then_reuses_its_run(
    voltcore: Any, folder: Path, whole: dict[str, bytes]
) -> None:
    process = start(folder, *RUN)
    runs = folder / "voltcore-runs"
    deadline = time.monotonic() + 30
    while not list(runs.glob("*/shard-*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    process.communicate()
    done = voltcore("run", "toy.toml", *SLOW[:-1])
    assert done.returncode == 0
    assert "were kept from before" in done.stdout
    (name,) = os.listdir(runs)
    assert name.startswith("toy-seed7-")
    assert content(runs / name) == whole
    done = voltcore("run", "toy.toml", *SLOW[:-1])
    assert done.returncode == 0
    assert "finished before" in done.stdout
    # Another seed, number of paths or setting is another folder.
    for more in (["--seed", "8"], ["--paths", "9"], ["--set", "steps=6"]):
        assert voltcore("run", "toy.toml", "--no-report", "--quiet", *more).returncode == 0
    assert len(os.listdir(runs)) == 4
