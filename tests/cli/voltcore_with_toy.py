"""The command line with the toy model known: what the tests of this folder start."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "sim"))

import toy_model

toy_model.register()

from voltcore.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
