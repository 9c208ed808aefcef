"""`python -m voltcore` is the command `voltcore`."""

from __future__ import annotations

import sys

from voltcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
