"""A full disk, one that may only be read, a folder without permission, through the command."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import PROGRAM, environment

# linux/prctl.h and linux/capability.h
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def mounted(folder: Path, options: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with a small file system of its own at ``disk``; afterwards it is gone."""
    tool = shutil.which("unshare")
    if tool is None:
        pytest.skip("this system has no unshare")
    (folder / "disk").mkdir(exist_ok=True)
    script = (
        f"mount -t tmpfs -o {options} none disk || exit 99; "
        'shift 1; "$@"; status=$?; ls -A disk/run > listing 2>/dev/null; exit $status'
    )
    done = subprocess.run(
        [tool, "--mount", "--map-root-user", "sh", "-c", script, "sh", "--", *PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment(),
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip(f"this system lets nobody mount: {done.stderr.strip()[:80]}")
    return done


def one_line(done: Any, status: int, *parts: str) -> str:
    assert done.returncode == status, done.stderr
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    return line


RUN = ["run", "toy.toml", "--no-report", "--quiet"]


def test_a_plan_larger_than_the_disk_is_refused_before_any_work(folder: Path) -> None:
    done = mounted(folder, "size=64k", *RUN, "--out", "disk/run")
    assert one_line(done, 5, "E901 plan: is short of disk space", "are free")
    assert (folder / "listing").read_text() == ""


def test_a_disk_that_fills_up_keeps_what_was_finished(folder: Path) -> None:
    # Room by its bytes for the whole plan, but for few files only.
    done = mounted(folder, "size=16m,nr_inodes=20", *RUN, "--out", "disk/run")
    assert one_line(done, 4, "E807: disk/run/", "no space left on device")
    names = (folder / "listing").read_text().split()
    assert "manifest.json" not in names
    assert "run.json" in names
    assert [name for name in names if name.startswith("shard-")]
    assert not [name for name in names if name.startswith(".tmp")]


def test_a_disk_that_may_only_be_read(folder: Path) -> None:
    done = mounted(folder, "ro,size=16m", *RUN, "--out", "disk/run")
    assert one_line(done, 4, "E801: disk/run", "read-only file system")
    report = ["run", "toy.toml", "--quiet", "--out", "run", "--report", "disk/report.html"]
    assert one_line(
        mounted(folder, "ro,size=16m", *report), 4, "E801: disk", "read-only file system"
    )
    # The run itself is done.
    assert (folder / "run" / "manifest.json").exists()


@pytest.fixture
def closed(folder: Path) -> Iterator[Path]:
    """The working folder, in which nothing may be written."""
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def held_to_modes() -> None:
    """Without these two capabilities even root is stopped by the modes of files and folders."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture
def modest(voltcore: Any, closed: Path) -> Any:
    """The command as a user whom modes stop."""
    if not sys.platform.startswith("linux") and os.geteuid() == 0:
        pytest.skip("root ignores modes here")
    written = subprocess.run(
        [sys.executable, "-c", "open('try', 'w')"], cwd=closed, preexec_fn=held_to_modes,
        capture_output=True, check=False,
    )  # fmt: skip
    if written.returncode == 0:
        (closed / "try").unlink()
        pytest.skip("this user writes where the mode forbids it")
    return functools.partial(voltcore, preexec_fn=held_to_modes)


def test_no_permission_to_write(modest: Any, closed: Path) -> None:
    assert one_line(modest(*RUN, "--out", "run"), 4, "E801: run cannot", "permission denied")
    assert one_line(modest(*RUN), 4, "E801: voltcore-runs/toy", "permission denied")
    assert os.listdir(closed) == ["toy.toml"]


def test_no_permission_to_read(modest: Any, closed: Path) -> None:
    (closed / "toy.toml").chmod(0o000)
    assert one_line(modest(*RUN), 2, "E207 scenario: 'toy.toml' cannot be read: permission denied")
