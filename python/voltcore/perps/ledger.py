"""The books of a pool as a table that a person can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Ledger", "custody_rows"]


class Ledger:
    """
    Rows of exact integers under named columns.

    Parameters
    ----------
    title : str
    columns : sequence of str
        The first one names the rows.
    rows : sequence of sequence
        As many entries as columns.
    totals : dict of str to int
        Figures of the whole pool, below the table.
    """

    __slots__ = ("columns", "rows", "title", "totals")

    def __init__(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str | int]],
        totals: dict[str, int],
    ) -> None:
        self.title = title
        self.columns = tuple(columns)
        self.rows = tuple(tuple(row) for row in rows)
        self.totals = dict(totals)

    def __iter__(self) -> Iterator[dict[str, str | int]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def __getitem__(self, name: str) -> dict[str, str | int]:
        for row in self:
            if row[self.columns[0]] == name:
                return row
        raise KeyError(name)

    def __str__(self) -> str:
        cells = [[_shown(value) for value in row] for row in self.rows]
        # One line for each figure, one column for each custody: names stay readable.
        lines = [self.title]
        names = [self.columns[0], *self.columns[1:]]
        by_figure = [[names[i], *(row[i] for row in cells)] for i in range(len(names))]
        widths = [max(len(line[i]) for line in by_figure) for i in range(len(cells) + 1)]
        for line in by_figure:
            first = line[0].ljust(widths[0])
            rest = [text.rjust(width) for text, width in zip(line[1:], widths[1:], strict=True)]
            lines.append("  ".join([first, *rest]).rstrip())
        if self.totals:
            lines.append("")
            width = max(len(name) for name in self.totals)
            lines += [
                f"{name.ljust(width)}  {_shown(value)}" for name, value in self.totals.items()
            ]
        return "\n".join(lines)

    __repr__ = __str__


def custody_rows(state: dict[str, Any], columns: Sequence[str]) -> list[tuple[str | int, ...]]:
    """A row for each custody of a pool's state: its name, then the figures that `columns` name."""
    return [
        (config["name"], *(custody[name] for name in columns[1:]))
        for config, custody in zip(state["configs"], state["custodies"], strict=True)
    ]


def _shown(value: str | int) -> str:
    return value if isinstance(value, str) else f"{value:,}"
