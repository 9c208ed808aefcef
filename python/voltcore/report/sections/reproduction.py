"""What is needed to get the same bytes again."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Listing, Paragraph, Section, Table
from voltcore.report.view import RunView


def reproduction(view: RunView) -> Section:
    """The command, the digest, the seed, the versions and the folder."""
    blocks: list[Block] = [
        Paragraph(
            (
                "The same scenario, seed and version give the same numbers on every machine, with "
                "any number of threads.",
            )
        )
    ]
    if view.command:
        blocks.append(Listing(view.command))
    rows: list[list[Cell | str]] = [[name, Cell(value)] for name, value in view.facts.items()]
    if rows:
        blocks.append(Table(("what", ""), rows, words=frozenset({0, 1})))
    return Section("reproduction", "Run it again", blocks)
