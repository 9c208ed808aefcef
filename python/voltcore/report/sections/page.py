"""The page of a kind of run that has none of its own."""

from __future__ import annotations

from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.bands import bands
from voltcore.report.sections.columns import columns
from voltcore.report.sections.overview import overview
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces
from voltcore.report.sections.variants import variants

PAGE = Page((overview, variants, bands, columns, traces, assumptions, reproduction))
