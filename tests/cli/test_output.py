"""What the command prints: tables for people, JSON for programs, nothing when asked to be quiet."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest
import toy_model
from command_line import PROGRAM, environment

import voltcore as package
from voltcore import Results


def test_the_summary_is_that_of_python(voltcore: Any, folder: Path) -> None:
    done = voltcore("run", "toy.toml", "--out", "run")
    assert done.returncode == 0
    assert done.stderr == ""
    results = Results.load(folder / "run")
    for row, cells in zip(results.summary().rows, results.summary().table(), strict=True):
        shown = (row.description, row.unit, *cells[2:])
        assert re.search(r"\s+".join(map(re.escape, shown)), done.stdout)
    assert re.search(r"the path ends with a loss +\d", done.stdout)
    assert "150 paths x 5 steps in" in done.stdout
    assert "report.html" in done.stdout
    assert "voltcore.Results.load('run')" in done.stdout
    assert (folder / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert "\x1b" not in done.stdout


def test_json_is_all_there_is_on_stdout(voltcore: Any, folder: Path) -> None:
    done = voltcore("run", "toy.toml", "--json", "--no-report", "--seed", "18446744073709551615")
    content = json.loads(done.stdout)
    assert content["seed"] == 2**64 - 1
    assert content["report"] is None
    assert content["reused"] is False
    results = Results.load(folder / content["folder"])
    base = content["variants"]["base"]
    assert base["columns"]["total_return"]["median"] == results.quantile("total_return", 0.5)
    assert base["probabilities"]["loss"]["hits"] == int(results["loss"].sum())
    assert base["probabilities"]["never"]["low"] == 0
    again = json.loads(voltcore("report", content["folder"], "--json").stdout)
    assert again["reused"] is True
    assert again["variants"] == content["variants"]
    for command in ("info", "list"):
        json.loads(voltcore(command, "--json").stdout)
    facts = json.loads(voltcore("validate", "toy.toml", "--json").stdout)
    assert facts["digest"] == content["digest"]
    shown = json.loads(voltcore("show", "toy.toml", "--json").stdout)
    assert {"key": "volt.target_leverage", "value": -0.5, "unit": "1"} in shown["settings"]


def test_quiet_prints_nothing(voltcore: Any) -> None:
    done = voltcore("run", "toy.toml", "--quiet", "--no-report")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_scenario_is_shown_as_written(in_process: Any) -> None:
    assert in_process("show", "toy.toml").stdout == toy_model.SCENARIO
    assert "target_leverage" in in_process("show", "toy.toml", "--settings").stdout


def test_version_info_and_help(in_process: Any) -> None:
    assert in_process("--version").stdout.strip() == package.__version__
    assert package.build_info()["compiler"] in in_process("info").stdout
    for arguments in ([], ["--help"], ["run", "--help"]):
        done = in_process(*arguments)
        assert done.returncode == 0
        assert "voltcore" in done.stdout


def test_every_shipped_scenario_is_listed_and_valid(in_process: Any) -> None:
    listed = in_process("list").stdout
    for name in package.sim.shipped_scenarios():
        assert name in listed
        assert in_process("validate", name).returncode == 0


def on_a_terminal(folder: Path, columns: int, *arguments: str, **env: str) -> str:
    """Everything the command writes to a terminal of that width."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment(COLUMNS=str(columns), TERM="xterm-256color", **env),
    )
    os.close(terminal)
    out = b""
    while select.select([controller], [], [], 30)[0]:
        try:
            data = os.read(controller, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.close(controller)
    assert process.wait(timeout=30) == 0
    return out.decode()


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_terminal_gets_a_bar_and_tables_that_fit(folder: Path, columns: int) -> None:
    run = ["run", "toy.toml", "--set", "milliseconds_per_path=20", "--threads", "2", "--no-report"]
    out = on_a_terminal(folder, columns, *run)
    assert re.search(r"\d+/150", out), "no progress bar"
    assert re.search(r"\d+/s", out), "no rate"
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out)
    lines = [line.split("\r")[-1].rstrip() for line in plain.replace("\r\n", "\n").split("\n")]
    assert all(len(line) <= columns for line in lines)
    assert any(line.startswith("return of the path") for line in lines) or columns == 40


def test_no_color_is_respected(folder: Path) -> None:
    out = on_a_terminal(folder, 80, "run", "toy.toml", "--no-report", NO_COLOR="1")
    colours = re.findall(r"\x1b\[([0-9;]*)m", out)
    assert not [c for c in colours if re.search(r"(^|;)(3[0-7]|38|9[0-7]|4[0-7]|48)(;|$)", c)]


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    command = " ".join(map(str, PROGRAM)) + " info | true; echo ${PIPESTATUS[0]}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment()
    )
    assert done.stdout.strip() == "0"
    assert done.stderr == ""
