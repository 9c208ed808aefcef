"""Every band of a run as a fan in time."""

from __future__ import annotations

from voltcore.report.blocks import Figure, Section
from voltcore.report.charts.axes import axis, time_axis
from voltcore.report.charts.fan import LEVELS, fan
from voltcore.report.statistics import band_quantiles
from voltcore.report.templates import layout, narrow_layout
from voltcore.report.view import RunView
from voltcore.report.words import label_of


def bands(view: RunView) -> Section | None:
    """A fan for each band; None if there is none."""
    figures = [band_figure(view, name) for name in view.bands if name in view.base.bands]
    return Section("bands", "In time", figures) if figures else None


def band_figure(view: RunView, name: str) -> Figure:
    """One band of the base as a fan."""
    band = view.bands[name]
    label = label_of(band)
    return Figure(
        f"band_{name}",
        fan(band.times, band_quantiles(view.base.bands[name], LEVELS), band.unit),
        layout(380, xaxis=time_axis(band.times), yaxis=axis(label, band.unit)),
        f"{label}: the line is the median path; half of all paths lie in the dark area and nine "
        "of ten in the light one at each time.",
        f"{label} in time: median, 25–75 % and 5–95 % of the paths.",
        narrow_layout(330),
    )
