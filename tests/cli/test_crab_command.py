"""``voltcore run crab-btc`` as a user starts it: threads, Ctrl-C and kill -9 change no byte."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import environment

VOLTCORE = [sys.executable, "-m", "voltcore"]
# Every hour of all 260 weeks under all four assumptions, in small shards: some are done early.
RUN = ["run", "crab-btc", "--paths", "24", "--seed", "7", "--set", "run.paths_per_shard=4"]


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VOLTCORE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment(),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run on one thread that nobody disturbed, and what it printed."""
    folder = tmp_path_factory.mktemp("whole")
    done = command(folder, *RUN, "--threads", "1", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder / "stdout").write_text(done.stdout)
    return folder


def stopped(folder: Path, number: signal.Signals, shards: int) -> tuple[float, int, str]:
    """Seconds until the run reacts to a signal after so many shards, its status, its words."""
    process = subprocess.Popen(
        [*VOLTCORE, *RUN, "--threads", "2", "--no-report", "--out", "run"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    deadline = time.monotonic() + 30
    while len(list(folder.glob("run/shard-*"))) < shards:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    begin = time.monotonic()
    process.send_signal(number)
    assert process.stderr is not None
    words = process.stderr.readline()
    seconds = time.monotonic() - begin
    words += process.stderr.read()
    status = process.wait(timeout=10)
    process.communicate()
    return seconds, status, words


def test_two_threads_give_the_bytes_of_one(whole: Path, tmp_path: Path) -> None:
    assert command(tmp_path, *RUN, "--threads", "2", "--out", "run", "--quiet").returncode == 0
    for name in ("manifest.json", "run.json", "shard-000023.parquet", "traces-000000.parquet"):
        assert (tmp_path / "run" / name).read_bytes() == (whole / "run" / name).read_bytes()
    # One page, in which only the folder's name could differ.
    assert (tmp_path / "report.html").read_bytes() == (whole / "report.html").read_bytes()


def test_killed_and_resumed_it_is_the_same_run(whole: Path, tmp_path: Path) -> None:
    _, status, words = stopped(tmp_path, signal.SIGKILL, 3)
    assert (status, words) == (-signal.SIGKILL, "")
    assert not (tmp_path / "run" / "manifest.json").exists()
    done = command(tmp_path, "resume", "run", "--no-report")
    assert done.returncode == 0, done.stderr
    assert "were kept from before" in done.stdout
    expected = (whole / "run" / "manifest.json").read_bytes()
    assert (tmp_path / "run" / "manifest.json").read_bytes() == expected


def test_ctrl_c_stops_within_200_ms_and_the_run_can_be_resumed(whole: Path, tmp_path: Path) -> None:
    seconds = []
    # Twice, and the better of both: what else this machine does at that moment is not ours.
    for attempt in ("a", "b"):
        (tmp_path / attempt).mkdir()
        took, status, words = stopped(tmp_path / attempt, signal.SIGINT, 2)
        seconds.append(took)
        assert status == 130
        assert words.splitlines() == [
            "finished shards are kept; go on with: voltcore resume run",
            "voltcore: interrupted",
        ]
    assert min(seconds) < 0.2, seconds
    assert command(tmp_path / "b", "resume", "run", "--no-report", "--quiet").returncode == 0
    expected = (whole / "run" / "manifest.json").read_bytes()
    assert (tmp_path / "b" / "run" / "manifest.json").read_bytes() == expected


def test_the_terminal_says_what_a_depositor_needs(whole: Path) -> None:
    text = (whole / "stdout").read_text()
    assert "The crab volt on 260 real BTC weeks: 24 paths, seed 7" in text
    for label in ("total return", "largest fall from a peak", "least collateralisation ratio"):
        assert re.search(rf"^{label} +%( +-?[\d.]+){{5}}$", text, re.MULTILINE), label
    for event in ("ends below the deposit", "CR below 150 %", "liquidated by the venue"):
        assert re.search(rf"^{event} +[\d.]+ % +[\d.]+ % to [\d.]+ %$", text, re.MULTILINE), event
    assert re.search(r"96 paths x 43,680 steps in [\d.]+ s: [\d.]+ paths/s", text)
    assert re.search(r"^open next +report.html *$", text, re.MULTILINE)
    assert all(len(line.rstrip()) <= 80 for line in text.splitlines())


def test_report_and_json_read_the_same_run(whole: Path) -> None:
    done = command(whole, "report", "run", "--json", "--report", "again.html")
    content = json.loads(done.stdout)
    assert content["reused"] is True
    assert content["variants"]["base"]["columns"]["total_return"]["count"] == 24
    assert (whole / "again.html").read_bytes() == (whole / "report.html").read_bytes()
