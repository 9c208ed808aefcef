"""Bad input through the command line: one typed line, its status, nothing half-written."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import toy_model
from command_line import environment

BASE = toy_model.SCENARIO


def refused(done: Any, status: int, *parts: str) -> str:
    """The one line of a refusal."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert re.match(r"voltcore: E\d{3}\b", lines[0])
    assert len(lines[0]) <= 320
    for part in parts:
        assert part in lines[0]
    return lines[0]


def untouched(folder: Path) -> None:
    assert sorted(os.listdir(folder)) == ["toy.toml"]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("target_leverage", "targt_leverage", ("E202 volt.targt_leverage", "'target_leverage'")),
        ("[volt]", "[vlot]", ("E202 vlot", "did you mean 'volt'")),
        ("start_price = 100", "", ("E203 market.start_price", "missing")),
        ("start_price = 100", "start_price = 1\nstart_price = 2", ("E204", "line", "twice")),
        ("start_price = 100", "start_price = 1.5", ("E206 market.start_price: 1.5 is a number",)),
        ("start_price = 100", "start_price = 0", ("E206 market.start_price: 0 is not in [1,",)),
        ("-0.5 ", "nan ", ("E206 volt.target_leverage: nan is not a finite number",)),
        ("-0.5 ", "inf ", ("E206 volt.target_leverage: inf is not a finite number",)),
        ("start_price = 100", "start_price = 1" + "0" * 30, ("E206 market.start_price", "2^63")),
        ("start_price = 100", "start_price = 1" + "0" * 5000, ("E205", "5001 digits")),
        ("start_price = 100", "start_price = " + "[" * 5000, ("E205", "nested deeper than 32")),
        ("start_price = 100", "start_price = [", ("E201 toy.toml line 9", "not valid TOML")),
        ('"toy"', '"taps"', ("E206 kind", "'taps' is not one of")),
    ],
)
def test_a_bad_scenario(in_process: Any, folder: Path, old: str, new: str, parts: Any) -> None:
    (folder / "toy.toml").write_text(BASE.replace(old, new, 1))
    assert refused(in_process("run", "toy.toml"), 2, *parts)
    untouched(folder)


def test_bad_bytes(in_process: Any, folder: Path) -> None:
    (folder / "toy.toml").write_bytes(BASE.encode() + b"# \xff\xfe")
    assert refused(in_process("run", "toy.toml"), 2, "E201", "UTF-8")
    (folder / "toy.toml").write_bytes(b"#" * (2**22 + 1))
    assert refused(in_process("run", "toy.toml"), 2, "E205", "4 MiB")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["run", "nothing.toml"], ("E208", "does not exist")),
        (["run", "no-such-name"], ("E208", "neither a shipped scenario nor a file")),
        (["run", "."], ("E207",)),
        (["run"], ("E115",)),
        (["rnu", "toy.toml"], ("E115", "rnu")),
        (["run", "toy.toml", "--pahts", "5"], ("E115", "--pahts")),
        (["run", "toy.toml", "--paths", "many"], ("E115", "--paths")),
        (["run", "toy.toml", "--paths", "1.5"], ("E115", "--paths", "not an integer")),
        (["run", "toy.toml", "--paths", "1e3"], ("E115", "--paths", "not an integer")),
        (["run", "toy.toml", "--paths", "nan"], ("E115", "--paths", "not an integer")),
        (["run", "toy.toml", "--seed", "9" * 500], ("E115", "--seed", "not an integer")),
        (["run", "toy.toml", "--paths", "0"], ("E110 paths: 0 is not in [1,",)),
        (["run", "toy.toml", "--paths", "-5"], ("paths",)),
        (["run", "toy.toml", "--seed", "18446744073709551616"], ("E110 seed", "is not in [0,")),
        (["run", "toy.toml", "--threads", "0"], ("E110 threads: 0 is not in [1, 1024]",)),
        (["run", "toy.toml", "--set", "volt.target_leverag=-0.4"], ("E202", "target_leverage")),
        (["run", "toy.toml", "--set", "volt.target_leverage=-4"], ("E206", "(-2, 0)")),
        (["run", "toy.toml", "--set", "nonsense"], ("E206 --set", "KEY=VALUE")),
        (["run", "toy.toml", "--report", "no/such/report.html"], ("E110 --report",)),
        (["run", "toy.toml", "--report", "."], ("E110 --report", "is a folder")),
        (["show", "nothing"], ("E208",)),
    ],
)
def test_bad_arguments(in_process: Any, folder: Path, arguments: list[str], parts: Any) -> None:
    assert refused(in_process(*arguments), 2, *parts)
    untouched(folder)


def test_an_input_file_that_is_missing_or_outside(in_process: Any, folder: Path) -> None:
    for name, part in (("prices.csv", "neither"), ("../toy.toml", "leaves")):
        (folder / "toy.toml").write_text(BASE.replace("[volt]", f'data = "{name}"\n[volt]'))
        assert refused(in_process("run", "toy.toml"), 2, "E207 market.data", part)
    untouched(folder)


def test_a_model_that_refuses(in_process: Any) -> None:
    done = in_process("run", "toy.toml", "--set", "fail_at_path=50")
    assert refused(done, 3, "E603 health (row 50): -1 is below the requirement")


def test_folders_that_hold_something_else(in_process: Any, folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("x")
    for more in ([], ["--resume"]):
        done = in_process("run", "toy.toml", "--out", "mine", *more)
        assert refused(done, 4, "E805: mine is not empty and holds no run")
    assert refused(in_process("resume", "mine"), 4, "E801: mine holds no run")
    assert refused(in_process("report", "mine"), 4, "E801: mine holds no run")
    assert refused(in_process("resume", "nowhere"), 4, "E801: nowhere", "no such file or directory")
    assert os.listdir(folder / "mine") == ["notes.txt"]


def test_folders_that_hold_another_run(in_process: Any, folder: Path) -> None:
    run = ["run", "toy.toml", "--out", "mine", "--no-report", "--quiet"]
    assert in_process(*run).returncode == 0
    assert refused(in_process(*run), 4, "E805: mine holds a run already", "--resume")
    assert refused(
        in_process(*run, "--resume", "--seed", "8"), 4, "E806: mine", "another seed: 7, not 8"
    )
    assert in_process(*run, "--resume").returncode == 0
    (folder / "mine" / "shard-000003.parquet").write_bytes(b"PAR1")
    assert refused(in_process("report", "mine"), 4, "E802: mine/shard-000003.parquet")


def test_targets_that_cannot_be_written(in_process: Any, folder: Path) -> None:
    (folder / "file").write_text("x")
    run = ["run", "toy.toml", "--no-report", "--out"]
    assert refused(in_process(*run, "file"), 4, "E801: file", "not a directory")
    assert refused(in_process(*run, "file/below"), 4, "E801: file/below", "not a directory")
    assert refused(in_process(*run, "/proc/below"), 4, "E801: /proc/below")
    assert (folder / "file").read_text() == "x"


def test_a_full_disk(voltcore: Any, folder: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))

    run = ["run", "toy.toml", "--no-report", "--out", "mine"]
    assert refused(voltcore(*run, preexec_fn=small_files), 4, "E807: mine/", "file too large")
    assert [name for name in os.listdir(folder / "mine") if name.startswith(".tmp")] == []
    assert voltcore("resume", "mine", "--no-report").returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_output_that_cannot_be_written(folder: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "voltcore", "info"],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment(),
        )
    assert done.returncode == 4
    expected = "voltcore: E807: stdout cannot be used: no space left on device"
    assert done.stderr.splitlines() == [expected]


def test_too_large_a_plan(in_process: Any, folder: Path) -> None:
    done = in_process(
        "run", "toy.toml", "--paths", str(2**36), "--set", "run.paths_per_shard=16777216"
    )
    assert refused(done, 5, "E901 plan: is short of")
    assert refused(
        in_process("run", "toy.toml", "--paths", str(2**40)), 5, "E901 run.paths_per_shard"
    )
    untouched(folder)


@pytest.mark.parametrize("missing", ["cyclopts", "rich", "pyarrow", "plotly"])
def test_a_missing_extra(voltcore: Any, folder: Path, missing: str) -> None:
    hooks = folder / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] == {missing!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    path = os.pathsep.join([str(hooks), environment()["PYTHONPATH"]])
    done = voltcore("run", "toy.toml", env={"PYTHONPATH": path})
    assert refused(done, 5, f"E902 {missing}", "pip install 'voltcore[app]'")
    assert sorted(os.listdir(folder)) == ["hooks", "toy.toml"]
    if missing in ("pyarrow", "plotly"):
        assert voltcore("validate", "toy.toml", env={"PYTHONPATH": path}).returncode == 0


def test_a_bug_of_ours_is_one_line_and_status_70(voltcore: Any) -> None:
    done = voltcore("run", "toy.toml", env={"VOLTCORE_TOY_BUG": "1"})
    assert refused(done, 70, "E991 this is a bug in voltcore: ZeroDivisionError")
    done = voltcore("run", "toy.toml", env={"VOLTCORE_TOY_BUG": "1", "VOLTCORE_TRACEBACK": "1"})
    assert "Traceback" in done.stderr
