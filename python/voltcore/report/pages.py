"""What a page shows for each kind of run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias

from voltcore.report.blocks import Section
from voltcore.report.view import Assumption, RunView

Part: TypeAlias = Callable[[RunView], Section | None]


@dataclass(frozen=True)
class Page:
    """
    The page of one kind of run.

    Attributes
    ----------
    parts : tuple of callables
        Each takes the run and gives a section, or None if the run has nothing for it. The first
        section is what the reader sees first.
    assumptions : tuple of Assumption
        What the model takes for granted beyond its settings; listed with them.
    """

    parts: tuple[Part, ...]
    assumptions: tuple[Assumption, ...] = ()


# Kind -> module whose `PAGE` it is; imported when a run of that kind is shown. Another kind has the
# page of `voltcore.report.sections.page`.
PAGES: dict[str, str] = {
    "basis": "voltcore.report.basis.page",
    "crab": "voltcore.report.crab.page",
    "crab-week": "voltcore.report.crab_week.page",
    "imperial-rv": "voltcore.report.pools.page",
    "irs": "voltcore.report.irs.page",
    "jlp-stress": "voltcore.report.pools.page",
}


def page_of(kind: str) -> Page:
    """The page of a kind."""
    page: Page = import_module(PAGES.get(kind, "voltcore.report.sections.page")).PAGE
    return page
