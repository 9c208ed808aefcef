"""Names and descriptions as a reader meets them."""

from __future__ import annotations

from voltcore.report.numbers import symbol_of
from voltcore.sim.model import Band, Column, Trace


def label_of(item: Column | Band | Trace) -> str:
    """The description, or the name with spaces, beginning with a capital."""
    words = item.description or item.name.replace("_", " ")
    return words[:1].upper() + words[1:]


def label_with_unit(item: Column | Band | Trace) -> str:
    """``Largest fall from a peak (%)``."""
    symbol = symbol_of(item.unit)
    return f"{label_of(item)} ({symbol})" if symbol else label_of(item)


def shortened(words: str, most: int) -> str:
    """At most `most` characters, the last one an ellipsis if something was cut."""
    return words if len(words) <= most else words[: most - 1] + "…"
