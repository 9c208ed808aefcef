"""
How many cases a test takes: few in the gate, many with ``--long``.

`conftest.py` reads the option before any test module is imported, so `cases` may stand in a
decorator as well as in a test.
"""

from __future__ import annotations

_long = False


def use_long_counts(on: bool) -> None:
    """Called once, while pytest is configured."""
    global _long  # one process runs in one mode
    _long = on


def is_long() -> bool:
    """Whether this is the nightly or pre-release mode."""
    return _long


def cases(gate: int, long: int) -> int:
    """
    `gate` in the gate, `long` with ``--long``.

    Examples
    --------
    >>> @settings(max_examples=cases(300, 20_000))          # doctest: +SKIP
    >>> @pytest.mark.parametrize("seed", range(cases(4, 4_000)))          # doctest: +SKIP
    """
    return long if _long else gate
