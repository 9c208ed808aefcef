"""Rates and headroom in time."""

from __future__ import annotations

from voltcore.report.blocks import Block, Paragraph, Section
from voltcore.report.irs.headline import safe
from voltcore.report.irs.names import actors, positions
from voltcore.report.sections.bands import band_figure
from voltcore.report.view import RunView


def rates(view: RunView) -> Section | None:
    """The variable rate and the fixed rate of the vAMM as fans."""
    names = [name for name in ("variable_rate", "fixed_rate") if name in view.base.bands]
    if not names:
        return None
    return Section("rates", "Rates in time", [band_figure(view, name) for name in names])


def headroom(view: RunView) -> Section | None:
    """Headroom of each actor at its largest safe leverage; at the smallest where none is."""
    figures: list[Block] = []
    for actor in actors(view):
        rows = [position for position in positions(view) if position.actor == actor]
        leverage = safe(view, actor) or rows[0].leverage
        name = next(row.band() for row in rows if row.leverage == leverage)
        if name in view.base.bands:
            figures.append(band_figure(view, name))
    if not figures:
        return None
    meaning = Paragraph(
        (
            "Margin less what the engine asks for to leave a position alone, in % of the margin "
            "paid in: at 0 a keeper may liquidate.",
        ),
    )
    return Section("headroom", "Margin headroom in time", [meaning, *figures])
