"""How the tests of this folder start the real command line, with the toy model known to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import voltcore as package

HERE = Path(__file__).parent
PACKAGE = str(Path(package.__file__).parents[1])
PROGRAM = [sys.executable, str(HERE / "voltcore_with_toy.py")]


def environment(**more: str) -> dict[str, str]:
    """The environment of the tests, without what changes a terminal's behaviour."""
    plain = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "FORCE_COLOR")}
    # The package under test, from any working folder.
    return {**plain, "PYTHONPATH": PACKAGE, **more}
