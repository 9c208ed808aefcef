"""The words a depositor meets on the page."""

from __future__ import annotations

from voltcore.report.blocks import Section, Table
from voltcore.report.view import RunView

_WORDS = (
    (
        "Squared perp",
        "Its value is BTC squared over a million. The volt sells it: it collects the funding that "
        "holders of the square pay, and pays for the squares of BTC's moves.",
    ),
    (
        "Hedge",
        "A long position in the ordinary perp offsets the direction of the short; what remains is "
        "the size of the moves, up or down.",
    ),
    (
        "Funding",
        "The side that pushes the perp above its index pays the other, every hour.",
    ),
    (
        "Variance premium",
        "1.00 means they pay exactly what past moves cost; above it, the seller earns in the mean.",
    ),
    (
        "Carry",
        "A long squared perp contains two long positions; without their cost in its funding it "
        "could be held against two short ones for nothing.",
    ),
    (
        "Oracle price",
        "Shares, fees and CR are reckoned at it. The squared perp usually trades above it, which "
        "books part of its premium before it is earned.",
    ),
)


def glossary(view: RunView) -> Section:
    """Each word in a sentence."""
    del view
    return Section("words", "Words", [Table(("word", ""), _WORDS, words=frozenset({0, 1}))])
