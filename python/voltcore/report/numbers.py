"""Numbers as a reader sees them: thousands separators, a real minus sign, a unit after each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"


# Unit -> digits after the point in tables and texts. Others show up to four significant digits.
_DECIMALS = {"%": 1, "bps": 1, "h": 0, "times": 0, "epochs": 0, "epoch": 0}
_MONEY = frozenset({"USDC", "USD"})
_COUNTS = frozenset({"", "1", "count", "paths", "times"})


def number(value: float, decimals: int = 2, *, signed: bool = False) -> str:
    """``-1234.5`` as ``−1,234.50``; a value that is not finite as an en dash."""
    value = float(value)
    if not math.isfinite(value):
        return NOTHING
    if abs(value) >= 1e15:
        return f"{value:.3e}".replace("-", MINUS)
    shown = f"{abs(value):,.{decimals}f}"
    if not any(digit in shown for digit in "123456789"):
        return shown
    return (MINUS if value < 0 else "+" if signed else "") + shown


def decimals_of(unit: str, values: ArrayLike) -> int:
    """Digits after the point that suit a unit and the size of its values."""
    if unit in _DECIMALS:
        return _DECIMALS[unit]
    sizes = np.abs(np.asarray(values, dtype=np.float64)).ravel()
    sizes = sizes[np.isfinite(sizes)]
    if sizes.size == 0 or (unit not in _MONEY and bool(np.all(sizes == np.rint(sizes)))):
        return 0
    largest = float(sizes.max())
    if unit in _MONEY:
        return 0 if largest >= 10_000 else 2 if largest >= 2 else 4
    return 0 if largest == 0.0 else int(np.clip(3 - np.floor(np.log10(largest)), 0, 8))


def symbol_of(unit: str) -> str:
    """What follows a number of this unit; a plain number has nothing."""
    return "" if unit in _COUNTS else unit


def quantity(value: float, unit: str, *, signed: bool = False, decimals: int | None = None) -> str:
    """``-4.32, "%"`` as ``−4.3 %``."""
    digits = decimals_of(unit, [value]) if decimals is None else decimals
    shown = number(value, digits, signed=signed)
    symbol = symbol_of(unit)
    return shown if not symbol or shown == NOTHING else f"{shown}{SPACE}{symbol}"


def probability(count: int, total: int) -> str:
    """
    Share of paths, never rounded to a certainty it does not have.

    ``0 of 10,000`` is shown as ``0 %``; one of 10,000 as ``0.01 %``, never as ``0.0 %``.
    """
    if total <= 0:
        return NOTHING
    share = 100.0 * count / total
    if count in (0, total):
        return f"{share:.0f}{SPACE}%"
    for decimals in (0, 1, 2, 3, 4):
        if decimals == 0 and not 10.0 <= share <= 90.0:
            continue
        shown = f"{share:.{decimals}f}"
        if float(shown) not in (0.0, 100.0):
            return f"{shown}{SPACE}%"
    return f"{share:.2g}{SPACE}%"


def interval(low: str, high: str) -> str:
    """A range whose ends may carry a sign: ``−1.0 to 2.0``; a unit both share is written once."""
    symbol = high.rpartition(SPACE)[2]
    if SPACE in high and low.endswith(SPACE + symbol):
        low = low[: -len(SPACE + symbol)]
    return f"{low} to {high}"


def significant(values: ArrayLike, digits: int = 6) -> list[float | None]:
    """
    Numbers rounded to significant digits, for figures: a page carries no digits nobody can see.

    Values that are not finite become None, which a figure shows as a gap.
    """
    flat = np.asarray(values, dtype=np.float64).ravel().tolist()
    rounded = (float(f"{value:.{digits}g}") for value in flat)
    return [value if math.isfinite(value) else None for value in rounded]
