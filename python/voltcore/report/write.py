"""From results to a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voltcore.errors import InputRangeError, InputTypeError
from voltcore.report.blocks import Section
from voltcore.report.compose import sections_of
from voltcore.report.numbers import number
from voltcore.report.page import page_html
from voltcore.report.read import view_of
from voltcore.report.view import RunView
from voltcore.sim import store

if TYPE_CHECKING:
    from voltcore.sim.results import Results

NAME = "report.html"
FOOTER = (
    "This file is complete: it loads nothing and sends nothing. A simulation shows what would have "
    "followed from its assumptions; it promises nothing about any future."
)


def write_report(results: Results, path: str | os.PathLike[str]) -> Path:
    """
    Write the report of a run: one file that works offline.

    Parameters
    ----------
    results : Results
        Of a run, or of one of its variants.
    path : path
        The file; an existing folder gets a ``report.html``. A file that is there is replaced, whole
        or not at all.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ResourceError
        E902 if plotly is not installed.
    StorageError
        E801, E807 if it cannot be written; what was there stays.
    """
    return _write(report_html(results), path)


def write_page(
    path: str | os.PathLike[str], title: str, kicker: str, sections: Sequence[Section]
) -> Path:
    """
    Write a page that is not about one run, such as that of a sweep.

    Parameters
    ----------
    path : path
        As in `write_report`.
    title : str
        Heading and window title.
    kicker : str
        One line above the heading.
    sections : sequence of Section
        In reading order; see `voltcore.report.blocks`. Every text in them is escaped.

    Raises
    ------
    ResourceError, StorageError
        As in `write_report`.
    """
    return _write(page_html(title, kicker, sections, FOOTER), path)


def _write(page: str, path: str | os.PathLike[str]) -> Path:
    target = _target(path)
    with store.Folder(target.parent) as folder:
        # Left by a writer that was killed.
        folder.remove(store.TEMPORARY + target.name)
        folder.write(target.name, page.encode("utf-8"))
        folder.sync()
    return target


def report_html(results: Results) -> str:
    """The report of a run as text; the same results give the same text."""
    return view_html(view_of(results))


def view_html(view: RunView) -> str:
    """The page of a view."""
    kicker = " · ".join(
        part
        for part in (
            "voltcore",
            view.name,
            f"{number(view.base.paths, 0)} paths",
            f"seed {view.facts['seed']}" if "seed" in view.facts else "",
        )
        if part
    )
    return page_html(view.title, kicker, sections_of(view), FOOTER)


def _target(path: str | os.PathLike[str]) -> Path:
    try:
        text = os.fspath(path)
    except TypeError:
        raise InputTypeError("is not a path", field="path", value=path, op="report") from None
    if not isinstance(text, str):
        raise InputTypeError("is not a text path", field="path", value=text, op="report")
    if not text or "\0" in text:
        raise InputRangeError("is not the name of a file", field="path", value=text, op="report")
    target = Path(text)
    return target / NAME if target.is_dir() else target
