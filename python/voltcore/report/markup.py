"""Blocks as HTML. The only file that writes tags around values, and each value is escaped here."""

from __future__ import annotations

from collections.abc import Sequence

from voltcore.report.blocks import (
    Block,
    Cell,
    Facts,
    Figure,
    Listing,
    Paragraph,
    Section,
    Table,
)
from voltcore.report.escape import attribute, text, verbatim


def section_html(section: Section, number: dict[str, int]) -> str:
    """A section; `number` gives each figure its place in the page's data."""
    body = "".join(block_html(block, number) for block in section.blocks)
    if section.beside:
        side = "".join(block_html(block, number) for block in section.beside)
        body = f'<div class="pair"><div>{body}</div><div>{side}</div></div>'
    heading = f"<h2>{text(section.title)}</h2>" if section.title else ""
    return f"<section id={attribute(section.anchor)}>{heading}{body}</section>"


def block_html(block: Block, number: dict[str, int]) -> str:
    """One block."""
    if isinstance(block, Table):
        return table_html(block)
    if isinstance(block, Figure):
        return figure_html(block, number[block.name])
    if isinstance(block, Paragraph):
        return paragraph_html(block)
    if isinstance(block, Facts):
        return facts_html(block)
    return listing_html(block)


def table_html(table: Table) -> str:
    """A table; every cell carries its header, shown beside it where the columns do not fit."""
    head = "".join(
        f'<th scope="col"{_word_class(column, table)}>{text(header)}</th>'
        for column, header in enumerate(table.headers)
    )
    body = "".join(
        _row_html(table, row, index == table.marked) for index, row in enumerate(table.rows)
    )
    caption = f"<caption>{text(table.caption)}</caption>" if table.caption else ""
    style = ' class="wide"' if table.wide else ""
    shown = f"<table{style}>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if table.wide:
        # A box that scrolls can be reached and scrolled with the keyboard.
        label = attribute(table.folded or table.caption or table.headers[0])
        shown = f'<div class="box" role="region" tabindex="0" aria-label={label}>{shown}</div>'
    if table.folded:
        shown = f"<details><summary>{text(table.folded)}</summary>{shown}</details>"
    return shown


def _row_html(table: Table, row: Sequence[Cell | str], marked: bool) -> str:
    cells: list[str] = []
    for column, (header, item) in enumerate(zip(table.headers, row, strict=True)):
        cell = item if isinstance(item, Cell) else Cell(str(item))
        content = text(cell.text) + (f"<small>{text(cell.note)}</small>" if cell.note else "")
        if column == 0:
            label = f" data-label={attribute(header)}" if table.label_first else ""
            cells.append(f'<th scope="row"{label}>{content}</th>')
            continue
        names = " ".join(filter(None, ("w" if column in table.words else "", cell.tone)))
        style = f' class="{names}"' if names else ""
        cells.append(f"<td{style} data-label={attribute(header)}>{content}</td>")
    opening = '<tr class="marked">' if marked else "<tr>"
    return f"{opening}{''.join(cells)}</tr>"


def _word_class(column: int, table: Table) -> str:
    return ' class="w"' if column in table.words else ""


def figure_html(figure: Figure, number: int) -> str:
    """The place of a figure; the page's own script draws it from the page's data."""
    height = int(figure.layout.get("height", 380))
    narrow = int(figure.narrow.get("height", height))
    return (
        f'<figure><div class="plot" id="figure-{number}" data-figure="{number}" role="img"'
        f" aria-label={attribute(figure.alternative)}"
        f' style="--tall:{height}px;--narrow:{narrow}px"></div>'
        f"<figcaption>{text(figure.caption)}</figcaption></figure>"
    )


def paragraph_html(paragraph: Paragraph) -> str:
    """Running text; parts 1, 3, 5, … are emphasised."""
    inner = "".join(
        f"<strong>{_inline(part)}</strong>" if index % 2 else _inline(part)
        for index, part in enumerate(paragraph.parts)
    )
    style = f' class="{paragraph.style}"' if paragraph.style else ""
    return f"<p{style}>{inner}</p>"


def _inline(part: str) -> str:
    # `text` strips; the spaces between two parts of a sentence belong to it.
    before = " " if part[:1].isspace() else ""
    after = " " if part[-1:].isspace() and part.strip() else ""
    return f"{before}{text(part)}{after}"


def facts_html(facts: Facts) -> str:
    """Terms and values."""
    items = "".join(
        f"<div><dt>{text(term)}</dt><dd><b>{text(value)}</b><small>{text(meaning)}</small></dd></div>"
        for term, value, meaning in facts.items
    )
    return f'<dl class="facts">{items}</dl>'


def listing_html(listing: Listing) -> str:
    """Text to copy."""
    return f"<pre>{verbatim(listing.text)}</pre>"
