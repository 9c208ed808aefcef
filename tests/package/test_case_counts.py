"""The option ``--long``, in a suite of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest
from case_counts import cases
from hypothesis import given, settings
from hypothesis import strategies as st

seen = []

@pytest.mark.parametrize("seed", range(cases(2, 5)))
def test_seeds(seed):
    assert seed >= 0

@settings(max_examples=cases(7, 40))
@given(st.integers())
def test_examples(number):
    seen.append(number)

def test_as_many_examples_as_asked_for():
    assert len(seen) == cases(7, 40)

@pytest.mark.long
def test_long_only():
    assert True
"""


@pytest.mark.parametrize(
    ("options", "outcome"), [([], "4 passed, 1 skipped"), (["--long"], "8 passed")]
)
def test_the_long_mode_takes_more_cases_and_the_tests_marked_long(
    options: list[str], outcome: str, tmp_path: Path
) -> None:
    here = Path(__file__).parents[1]
    for name in ("conftest.py", "case_counts.py"):
        (tmp_path / name).write_text((here / name).read_text())
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\nmarkers = long\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert re.search(rf"^{outcome} in", ran.stdout, re.MULTILINE), ran.stdout + ran.stderr
