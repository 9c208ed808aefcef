"""Every assumption of a run, documented or chosen, with its reason."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Paragraph, Section, Table
from voltcore.report.numbers import number, symbol_of
from voltcore.report.view import Assumption, RunView


def assumptions(view: RunView) -> Section | None:
    """A table for each table of the scenario; None if the scenario is not known."""
    if not view.assumptions:
        return None
    listed = [item for item in view.assumptions if not _is_of_the_run(item)]
    blocks: list[Block] = [
        Paragraph(
            (
                "Documented means that a public page, contract or client of the protocol says so. "
                "Chosen means that the sources are silent or contradict each other, and this "
                "project had to decide. ",
                f"{_counts(listed)}.",
            )
        )
    ]
    # An entry of a list goes by its name: compare[0].carry becomes compare.no_carry.carry.
    named = {
        item.key.removesuffix(".name"): f"{item.key.partition('[')[0]}.{item.value}"
        for item in view.assumptions
        if _is_name(item)
    }
    groups: dict[str, list[tuple[str, Assumption]]] = {}
    for item in listed:
        table, _, key = item.key.rpartition(".")
        if table in named:
            table, _, key = f"{named[table]}.{key}".partition(".")
        groups.setdefault(table, []).append((key, item))
    blocks.extend(_group(name, items) for name, items in groups.items())
    return Section("assumptions", "Every assumption", blocks)


def _is_of_the_run(item: Assumption) -> bool:
    """What is run, and how, rather than what is assumed; it is part of the reproduction."""
    return item.key in ("kind", "title") or item.key.startswith("run.") or _is_name(item)


def _is_name(item: Assumption) -> bool:
    return item.key.endswith("].name")


def _counts(items: list[Assumption]) -> str:
    shown = {
        "documented": sum(item.basis == "documented" for item in items),
        "chosen": sum(item.basis == "chosen" for item in items),
    }
    unmarked = len(items) - sum(shown.values())
    words = [f"{number(count, 0)} {basis}" for basis, count in shown.items() if count]
    return ", ".join([*words, *([f"{number(unmarked, 0)} unmarked"] if unmarked else [])])


def _group(name: str, items: list[tuple[str, Assumption]]) -> Table:
    rows: list[list[Cell | str]] = [
        [
            key,
            Cell(f"{item.value} {symbol_of(item.unit)}".strip(), "strong"),
            item.description,
            Cell(item.basis or "unmarked", "quiet" if item.basis == "documented" else "loss"),
            Cell(item.source, "quiet"),
        ]
        for key, item in items
    ]
    return Table(
        ("key", "value", "what it is", "basis", "source or reason"),
        rows,
        words=frozenset({0, 1, 2, 3, 4}),
        folded=f"{name or 'scenario'}: {_counts([item for _, item in items])}",
    )
