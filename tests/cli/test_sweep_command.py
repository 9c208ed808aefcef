"""``voltcore sweep``: its table, its page, its JSON, bad lists, interrupts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import toy_model
from command_line import PROGRAM, environment

from voltcore import Sweep

SWEPT = """
[sweep]
volt.target_leverage = [-0.5, -0.4]
market.start_price = { from = 1, to = 5, step = 2 }
"""
FEW = ["--paths", "20"]


@pytest.fixture
def swept(folder: Path) -> Path:
    """The working folder, with a table [sweep] in toy.toml."""
    (folder / "toy.toml").write_text(toy_model.SCENARIO + SWEPT)
    return folder


def test_a_row_for_each_cell_and_a_page(in_process: Any, swept: Path) -> None:
    done = in_process("sweep", "toy.toml", *FEW, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "6 cells of 20 paths, seed 7" in done.stdout
    sweep = Sweep.load(swept / "out")
    lines = [line.split() for line in done.stdout.splitlines()]
    for row in sweep.table():
        assert " ".join(row).split() in lines
    assert (swept / "sweep.html").read_text().startswith("<!DOCTYPE html>")
    assert "voltcore.Sweep.load('out')" in done.stdout
    again = in_process("report", "out", "--report", "again.html", "--show", "minimum_cr_max")
    assert again.returncode == 0, again.stderr
    assert "lowest collateral ratio" in again.stdout
    assert (swept / "again.html").exists()


def test_lists_from_the_command_line_and_json(in_process: Any, swept: Path) -> None:
    done = in_process(
        "sweep", "toy.toml", *FEW, "--no-report", "--json", "--over", "steps=[4, 5]",
        "--over", "volt.execution=[\"quoted\", \"book\"]", "--set", "variants=0",
    )  # fmt: skip
    content = json.loads(done.stdout)
    assert [axis["key"] for axis in content["axes"]] == ["steps", "volt.execution"]
    assert [(cell["steps"], cell["volt.execution"]) for cell in content["cells"]] == [
        (4, "quoted"), (4, "book"), (5, "quoted"), (5, "book"),
    ]  # fmt: skip
    assert content["report"] is None
    assert content["folder"].startswith("voltcore-runs/toy-sweep-seed7-")
    assert content["cells"] == Sweep.load(swept / content["folder"]).rows()
    assert json.loads(in_process("validate", "toy.toml", "--json").stdout)["sweep_cells"] == 6


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--over", "volt.target_leverag=[-0.4]"], ("E202 volt.target_leverag", "leverage")),
        (["--over", "volt.target_leverage=[-0.4, -4]"], ("E206 volt.target_leverage: -4",)),
        (["--over", "volt.target_leverage=-0.4"], ("E206 sweep.volt.target_leverage", "list")),
        (["--over", "steps={from = 1, to = 9}"], ("E206 sweep.steps", "step or steps")),
        (["--over", "steps=[4, 4]"], ("E206 sweep", "same run twice: 4 and 4")),
        (["--over", "run.paths=[4, 5]"], ("E206 sweep.run.paths", "cannot be swept")),
        (["--over", "nonsense"], ("E206 --over", "KEY=VALUE")),
        (["--set", "sweep.steps={from=1, to=99999, step=1}"], ("E205 sweep.steps", "4,096")),
        (["--show", "los"], ("E114 show", "did you mean 'loss'")),
        (["--paths", "1.5"], ("E115", "--paths", "not an integer")),
        (["--report", "no/such.html"], ("E110 --report",)),
    ],
)
def test_bad_lists(in_process: Any, swept: Path, arguments: list[str], parts: Any) -> None:
    done = in_process("sweep", "toy.toml", *arguments)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    assert os.listdir(swept) == ["toy.toml"]


def test_a_scenario_without_lists_and_a_folder_of_a_run(in_process: Any) -> None:
    done = in_process("sweep", "toy.toml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "E203 sweep" in done.stderr
    assert in_process("run", "toy.toml", "--out", "a", "--no-report").returncode == 0
    done = in_process("sweep", "toy.toml", "--over", "steps=[4]", "--out", "a", "--resume")
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "E805: a is not empty and holds no sweep" in done.stderr
    done = in_process("report", "a", "--show", "loss")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_sweep_goes_on_to_the_same_bytes(
    voltcore: Any, swept: Path, number: signal.Signals
) -> None:
    command = ["sweep", "toy.toml", *FEW, "--no-report", "--quiet", "--threads", "2"]
    assert voltcore(*command, "--out", "whole").returncode == 0
    # Half a second in all, through a setting that every cell shares.
    slow = ["--set", "milliseconds_per_path=5", "--out", "part"]
    process = subprocess.Popen([*PROGRAM, *command, *slow], cwd=swept, env=environment())
    deadline = time.monotonic() + 30
    while not (swept / "part" / "cell-0002" / "shard-000001.parquet").exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(number)
    assert process.wait(timeout=10) == (130 if number == signal.SIGINT else -number)
    assert not (swept / "part" / "manifest.json").exists()
    assert voltcore("resume", "part", "--no-report", "--quiet").returncode == 0
    part, whole = Sweep.load(swept / "part"), Sweep.load(swept / "whole")
    assert part.rows() == whole.rows()
    # Another run, undisturbed, of the very same scenario: the same bytes.
    assert voltcore(*command, *slow[:2], "--out", "again").returncode == 0
    for name in ("manifest.json", "cell-0002/manifest.json", "cell-0005/manifest.json"):
        assert (swept / "part" / name).read_bytes() == (swept / "again" / name).read_bytes()
