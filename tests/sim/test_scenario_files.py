"""Scenario files and the files they name: what is read, and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import toy_model

from voltcore.errors import LimitError, ScenarioError
from voltcore.sim import load_scenario, parse_scenario, shipped_scenarios

BASE = toy_model.SCENARIO


def refused(path: object) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)  # type: ignore[arg-type]
    return caught.value


def test_a_scenario_that_does_not_exist_names_what_does(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.toml").code == "E208"
    error = refused("no-such-scenario")
    assert error.code == "E208"
    assert "neither a shipped scenario nor a file" in str(error)
    for name in shipped_scenarios():
        assert name in str(refused(name + "x"))


def test_what_is_no_regular_utf8_file_of_4_mib_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).code in ("E207", "E208")
    (tmp_path / "folder.toml").mkdir()
    assert refused(tmp_path / "folder.toml").code == "E207"
    os.mkfifo(tmp_path / "pipe.toml")
    assert refused(tmp_path / "pipe.toml").code == "E207"
    assert refused(Path("/dev/zero")).code == "E207"
    latin = tmp_path / "latin.toml"
    latin.write_bytes(BASE.encode() + b'\nx = "\xe9"')
    error = refused(latin)
    assert error.code == "E201"
    assert "not UTF-8: byte 0xe9" in str(error)
    large = tmp_path / "large.toml"
    large.write_bytes(BASE.encode() + b"#" * 2**22)
    assert isinstance(refused(large), LimitError)
    assert refused("a\0b.toml").code == "E208"


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert load_scenario(path).digest == parse_scenario(BASE).digest


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("/etc/passwd", "absolute"),
        ("../outside.csv", "leaves"),
        ("sub/../../outside.csv", "leaves"),
        ("https://example.org/a.csv", "URL"),
        ("file:///etc/passwd", "URL"),
        ("~/a.csv", "absolute"),
        ("$HOME/a.csv", "variable"),
        ("C:\\a.csv", "absolute"),
        ("..\\a.csv", "leaves"),
        (".hidden", "not a file name"),
        ("a//b", "not a file name"),
        ("a b.csv", "not a file name"),
        ("nothing.csv", "neither"),
        ("link.csv", "link"),
        ("sub", "not a regular file"),
    ],
)
def test_a_scenario_reads_only_files_under_its_own_folder(
    tmp_path: Path, name: str, part: str
) -> None:
    folder = tmp_path / "mine"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    path = folder / "t.toml"
    escaped = name.replace("\\", "\\\\")
    path.write_text(BASE.replace("[volt]", f'data = "{escaped}"\n[volt]'))
    error = refused(path)
    assert error.code == "E207"
    assert error.field == "market.data"
    assert part in str(error)


def test_an_input_file_is_read_once_and_is_part_of_the_digest(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    data = tmp_path / "sub" / "prices.csv"
    data.write_text("1,2,3")
    path = tmp_path / "t.toml"
    path.write_text(BASE.replace("[volt]", 'data = "sub/prices.csv"\n[volt]'))
    first = load_scenario(path)
    assert first.inputs == {"sub/prices.csv": b"1,2,3"}
    data.write_text("1,2,4")
    assert load_scenario(path).digest != first.digest
    data.write_text("1,2,3")
    assert load_scenario(path).digest == first.digest
