"""The examples of docs/venues.md, executed."""

from __future__ import annotations

import doctest
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "venues.md"


def test_every_example_prints_what_the_page_says() -> None:
    results = doctest.testfile(str(DOCS), module_relative=False)
    assert results.attempted > 5
    assert results.failed == 0
