"""Starts the real command line, with the toy model known to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "sim")]

import toy_model  # noqa: E402
from command_line import PROGRAM, environment  # noqa: E402

from voltcore.cli import main  # noqa: E402

toy_model.register()

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder that holds toy.toml."""
    (tmp_path / "toy.toml").write_text(toy_model.SCENARIO)
    return tmp_path


@pytest.fixture
def voltcore(folder: Path) -> Command:
    """``voltcore("run", "toy.toml")`` in that folder."""

    def command(
        *arguments: str, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=environment(**(env or {})),
            **options,
        )

    return command


@pytest.fixture
def in_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """The same command in this process: for the many cases that differ in their input alone."""
    monkeypatch.chdir(folder)
    toy_model.register()

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        status = main(list(arguments))
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(list(arguments), status, out, err)

    return command
