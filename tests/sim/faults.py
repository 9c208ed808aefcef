"""
Runs that are killed, or refused by the system, at a chosen system call.

Every call that changes a run folder goes through `voltcore.sim.store.calls`; here each of them is
counted, and the chosen one kills the process or fails. Children are forks, so that hundreds of
runs need no interpreter start.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet  # noqa: F401 - once here, not once in each child

from voltcore.errors import VoltcoreError
from voltcore.sim import Scenario, run, store

NAMES = ("mkdir", "open", "write", "fsync", "close", "rename", "unlink")


class Snapshots:
    """
    Copies the folder before each call, and in the middle of each write.

    A killed process leaves on disk exactly what it had put there, so the copies are what SIGKILL
    at every call would leave.
    """

    def __init__(self, folder: Path, copies: Path) -> None:
        self.folder = folder
        self.copies = copies
        self.log: list[str] = []

    def take(self, name: str) -> None:
        self.log.append(name)
        if self.folder.exists():
            shutil.copytree(self.folder, self.copies / f"{len(self.log):04d}-{name}")

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **keywords: Any) -> Any:
            self.take(name)
            if name == "write":
                descriptor, data = arguments
                half = call(descriptor, data[: len(data) // 2])
                self.take("torn")
                return half + call(descriptor, data[half:])
            return call(*arguments, **keywords)

        return wrapped


class Faults:
    """Counts the calls; at number `at` does `what`: "kill", "tear" (a partial write, then kill),
    or an errno."""

    def __init__(self, at: int, what: str | int, times: int = 1) -> None:
        self.at = at
        self.what = what
        self.times = times
        self.count = 0
        self.log: list[str] = []

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **keywords: Any) -> Any:
            self.count += 1
            self.log.append(name)
            if self.at <= self.count < self.at + self.times:
                if isinstance(self.what, int):
                    if name == "close":
                        call(*arguments, **keywords)
                    raise OSError(self.what, os.strerror(self.what))
                if self.what == "tear" and name == "write":
                    descriptor, data = arguments
                    call(descriptor, data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **keywords)

        return wrapped


@contextlib.contextmanager
def injected(faults: Faults | Snapshots) -> Iterator[None]:
    """The store's system calls with `faults` in between."""
    originals = {name: getattr(store.calls, name) for name in NAMES}
    try:
        for name, call in originals.items():
            setattr(store.calls, name, faults.wrap(name, call))
        yield
    finally:
        for name in NAMES:
            delattr(store.calls, name)


def killed_run(scenario: Scenario, out: Path, faults: Faults, *, resume: bool) -> bool:
    """Run in a fork that `faults` may kill; whether it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with injected(faults):
                run(scenario, out=out, resume=resume, threads=2)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the child failed otherwise"
    return False


def refused_run(
    scenario: Scenario, out: Path, faults: Faults, *, resume: bool = False
) -> VoltcoreError | None:
    """Run here with failing system calls; the error that left `run`."""
    try:
        with injected(faults):
            run(scenario, out=out, resume=resume, threads=2)
    except VoltcoreError as error:
        return error
    return None


def content(folder: Path) -> dict[str, bytes]:
    """Every file but the wall-clock facts."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name != "timing.json"
    }


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
