"""The carried vectors, replayed: one test for each file."""

from __future__ import annotations

from pathlib import Path

import pytest

import conformance

VECTORS = Path(__file__).parent / "vectors"


@pytest.mark.parametrize(
    "path", conformance.vector_files(VECTORS), ids=lambda p: str(p.relative_to(VECTORS))
)
def test_every_case_of_the_carried_vectors_passes(path: Path) -> None:
    outcomes = conformance.replay_file(path, conformance.families())
    problems = [outcome for outcome in outcomes if outcome[1] is not None]
    assert not problems, problems[:5]


def test_an_unknown_family_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "mystery.json"
    file.write_text('{"schema": 1, "kind": "mystery", "cases": []}')
    assert conformance.main([str(tmp_path)]) == 1


def test_a_damaged_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "damaged.json").write_text('{"schema": 1,')
    assert conformance.main([str(tmp_path)]) == 1


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    assert conformance.main([str(tmp_path)]) == 1
