"""Runs of the crab: threads and a kill at any moment change no byte of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import Faults, killed_run

import voltcore
from voltcore.sim import Scenario, load_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """All 260 weeks under all four assumptions: 60 base paths and 12 of each other, 24 shards."""
    return load_scenario(
        "crab-btc", {"run.paths": 60, "run.paths_per_shard": 4, "compare_paths": 12}
    )


@pytest.fixture(scope="module")
def whole(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crab") / "run"
    voltcore.run(scenario, out=folder, threads=1)
    return folder


def same_bytes(folder: Path, expected: Path) -> bool:
    names = {path.name for path in expected.iterdir()} - {"timing.json", "lock"}
    assert {path.name for path in folder.iterdir()} - {"timing.json", "lock"} == names
    assert len([name for name in names if name.startswith("shard-")]) >= 10
    for name in sorted(names):
        assert (folder / name).read_bytes() == (expected / name).read_bytes(), name
    return True


def test_two_threads_write_the_folder_of_one(
    scenario: Scenario, whole: Path, tmp_path: Path
) -> None:
    voltcore.run(scenario, out=tmp_path / "run", threads=2)
    assert same_bytes(tmp_path / "run", whole)


@pytest.mark.parametrize("at", [20, 60, 111])
def test_killed_at_a_system_call_and_resumed_the_folder_is_the_same(
    scenario: Scenario, whole: Path, tmp_path: Path, at: int
) -> None:
    assert killed_run(scenario, tmp_path / "run", Faults(at, "tear"), resume=False)
    assert not (tmp_path / "run" / "manifest.json").exists()
    voltcore.run(scenario, out=tmp_path / "run", threads=2, resume=True)
    assert same_bytes(tmp_path / "run", whole)
