"""
What a report is made of, before it is HTML.

Sections build these values out of plain text and numbers; only `voltcore.report.markup` turns them
into HTML, so that escaping happens in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Tone: TypeAlias = Literal["", "gain", "loss", "strong", "quiet"]


@dataclass(frozen=True)
class Cell:
    """
    One cell of a table.

    Attributes
    ----------
    text : str
        What it says.
    tone : str
        Shown by colour; it never carries meaning alone.
    note : str
        A second, smaller line.
    """

    text: str
    tone: Tone = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """
    A table whose first column names the row.

    Attributes
    ----------
    headers : sequence of str
        One for each column. On a narrow screen each cell is shown beside its header.
    rows : sequence of rows
        Each of `Cell` or str, as many as headers.
    words : frozenset of int
        Columns that hold words; the others hold numbers and are right-aligned.
    marked : int or None
        The row that the rest is compared with.
    folded : str
        The line under which a long table is folded away; empty for a table that is open.
    wide : bool
        On a narrow screen the rows stay rows, in a box that scrolls sideways.
    label_first : bool
        On a narrow screen the first cell has its header beside it too: for one that is a number.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""
    words: frozenset[int] = frozenset({0})
    marked: int | None = None
    folded: str = ""
    wide: bool = False
    label_first: bool = False


@dataclass(frozen=True)
class Figure:
    """
    A figure: plotly's data and layout as plain dictionaries.

    Attributes
    ----------
    name : str
        Key in ``results.figures``.
    alternative : str
        What a reader who cannot see the figure should know.
    caption : str
        What to read off.
    narrow : mapping
        What differs in the layout below 560 pixels of width.
    """

    name: str
    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    caption: str
    alternative: str
    narrow: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Paragraph:
    """Running text; every second part is emphasised, so a sentence stays one readable value."""

    parts: Sequence[str]
    style: Literal["", "verdict", "note"] = ""


@dataclass(frozen=True)
class Facts:
    """Terms with a value and what it means: ``(term, value, meaning)``."""

    items: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Listing:
    """Text to be copied as it is."""

    text: str


Block: TypeAlias = Table | Figure | Paragraph | Facts | Listing


@dataclass(frozen=True)
class Section:
    """A headed part of the page; `beside` is shown next to the blocks where there is room."""

    anchor: str
    title: str
    blocks: Sequence[Block]
    beside: Sequence[Block] = ()

    def figures(self) -> list[Figure]:
        """The figures of this section in reading order."""
        return [block for block in (*self.blocks, *self.beside) if isinstance(block, Figure)]
