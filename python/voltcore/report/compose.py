"""Which sections a page has, in reading order, for each kind of run."""

from __future__ import annotations

from collections.abc import Callable

from voltcore.report.blocks import Figure, Section
from voltcore.report.crab.breakdown import breakdown
from voltcore.report.crab.collateral import collateral
from voltcore.report.crab.glossary import glossary
from voltcore.report.crab.headline import headline
from voltcore.report.crab.rebalances import rebalances
from voltcore.report.crab.returns import returns
from voltcore.report.crab.share_price import share_price
from voltcore.report.crab.weekly import weekly
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.bands import bands
from voltcore.report.sections.columns import columns
from voltcore.report.sections.overview import overview
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces
from voltcore.report.view import RunView

Part = Callable[[RunView], Section | None]


def _all_columns(view: RunView) -> Section | None:
    section = columns(view)
    if section is None:
        return None
    tables = [block for block in section.blocks if not isinstance(block, Figure)]
    return Section(section.anchor, section.title, tables) if tables else None


def _words(view: RunView) -> Section:
    del view
    return glossary()


_GENERIC: tuple[Part, ...] = (overview, bands, columns, traces, assumptions, reproduction)
_KINDS: dict[str, tuple[Part, ...]] = {
    "crab": (
        headline,
        share_price,
        returns,
        weekly,
        collateral,
        breakdown,
        rebalances,
        traces,
        _all_columns,
        _words,
        assumptions,
        reproduction,
    ),
}


def sections_of(view: RunView) -> list[Section]:
    """The sections that this run has something for; the first is seen first."""
    parts = _KINDS.get(view.kind, _GENERIC)
    return [section for section in (part(view) for part in parts) if section is not None]
