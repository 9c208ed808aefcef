"""Every assumption of a run, documented or chosen, with its reason."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Paragraph, Section, Table
from voltcore.report.numbers import symbol_of
from voltcore.report.view import Assumption, RunView


def assumptions(view: RunView) -> Section | None:
    """A table for each table of the scenario; None if the scenario is not known."""
    if not view.assumptions:
        return None
    documented = sum(item.basis == "documented" for item in view.assumptions)
    chosen = sum(item.basis == "chosen" for item in view.assumptions)
    blocks: list[Block] = [
        Paragraph(
            (
                "Documented means that a public page, contract or client of the protocol says so. "
                "Chosen means that the sources are silent or contradict each other, and this "
                "project had to decide. ",
                f"{documented} documented, {chosen} chosen.",
            )
        )
    ]
    groups: dict[str, list[Assumption]] = {}
    for item in view.assumptions:
        groups.setdefault(item.key.rpartition(".")[0], []).append(item)
    blocks.extend(_group(name, items) for name, items in groups.items())
    return Section("assumptions", "Every assumption", blocks)


def _group(name: str, items: list[Assumption]) -> Table:
    rows = [
        [
            item.key.rpartition(".")[2],
            Cell(f"{item.value} {symbol_of(item.unit)}".strip(), "strong"),
            item.description,
            Cell(item.basis, "quiet" if item.basis == "documented" else "loss")
            if item.basis
            else "",
            Cell(item.source, "quiet"),
        ]
        for item in items
    ]
    return Table(
        ("key", "value", "what it is", "basis", "source or reason"),
        rows,
        caption=f"[{name}]" if name else "",
        words=frozenset({0, 1, 2, 3, 4}),
    )
