"""The sections of a page, in reading order."""

from __future__ import annotations

from dataclasses import replace

from voltcore.report.blocks import Section
from voltcore.report.pages import page_of
from voltcore.report.view import RunView


def sections_of(view: RunView) -> list[Section]:
    """The sections that this run has something for; the first is seen first."""
    page = page_of(view.kind)
    if view.assumptions:
        view = replace(view, assumptions=(*view.assumptions, *page.assumptions))
    return [section for section in (part(view) for part in page.parts) if section is not None]
