"""The blocks of docs/runs.md, executed from top to bottom in one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import voltcore
from voltcore.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "runs.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)

(DASK,) = [text for _, text in BLOCKS if "from distributed" in text]


def execute(text: str, names: dict[str, object]) -> None:
    """Run a block as part of one program."""
    text = text.replace('if __name__ == "__main__":', "if True:")
    exec(compile(text, str(PAGE), "exec"), names)


# Python 3.12 and later warn of a process pool that forks a process with threads.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_every_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Not "__main__": a process pool would import this module again under that name.
    names: dict[str, object] = {"__name__": "page"}
    ran = []
    for language, text in BLOCKS:
        if language == "toml":
            with open("scenario.toml", "a", encoding="utf-8") as file:
                file.write(text + "\n")
        elif language == "sh":
            for line in text.splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "voltcore"
                assert main(words[1:]) == 0, (line, capsys.readouterr().err)
        elif text != DASK:
            execute(text, names)
        ran.append(language)
    assert ran.count("python") >= 6
    assert ran.count("sh") == 2
    assert {path.name for path in tmp_path.glob("*.html")} == {
        "report.html", "narrow-band.html", "sweep.html", "bands.html",
    }  # fmt: skip
    out = capsys.readouterr().out
    assert "did you mean 'hedge_band_bps'" in out
    assert "The crab volt on 260 real BTC weeks: 64 paths, seed 7" in out


def test_the_block_for_dask_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs the extra [dask]")
    monkeypatch.chdir(tmp_path)
    scenario = voltcore.load_scenario("crab-btc", {"market.epochs": 13, "run.paths": 8})
    result = voltcore.run(scenario)
    execute(DASK, {"voltcore": voltcore, "scenario": scenario, "result": result})
    assert (tmp_path / "on-dask" / "manifest.json").exists()
