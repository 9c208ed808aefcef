"""The examples of docs/perps.md, executed."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "perps.md"


def test_every_number_of_the_page_is_what_the_pools_give() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 30
    assert results.failed == 0
