"""The README does what it says: its code runs, its figures are right, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code() -> str:
    found = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_library_example_runs_and_writes_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shorter = code().replace("paths=1_000", "paths=20")
    assert shorter != code()
    names: dict[str, object] = {}
    exec(compile(shorter, "README.md", "exec"), names)
    assert "total return" in capsys.readouterr().out
    assert (tmp_path / "crab.html").stat().st_size > 100_000


def test_the_figures_beside_the_calls_are_what_the_calls_give() -> None:
    names: dict[str, object] = {}
    checked = 0
    for line in code().splitlines():
        exec(line if line.startswith(("import", "from")) else "", names)
        figure = re.match(r"(\w+\.\w+\(.*?\))\s+# ([\d.]+):", line)
        if figure is not None:
            wanted = eval(figure.group(2))
            assert eval(figure.group(1), names) == pytest.approx(wanted, rel=1e-12, abs=0)
            checked += 1
    assert checked == 2


def test_the_example_has_ten_lines_at_most() -> None:
    assert len([line for line in code().splitlines() if line.strip()]) <= 10


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"", README)
    assert len(links) > 5
    missing = [
        target for pair in links for target in pair if target and not (ROOT / target).exists()
    ]
    assert missing == []
