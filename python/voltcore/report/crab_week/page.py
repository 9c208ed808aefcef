"""The page of a single week of the crab."""

from __future__ import annotations

from voltcore.report.crab_week.payoff import payoff
from voltcore.report.crab_week.ranges import ranges
from voltcore.report.pages import Page
from voltcore.report.sections.assumptions import assumptions
from voltcore.report.sections.columns import columns
from voltcore.report.sections.overview import overview
from voltcore.report.sections.reproduction import reproduction
from voltcore.report.sections.traces import traces
from voltcore.report.sections.variants import variants

PAGE = Page((overview, payoff, ranges, variants, columns, traces, assumptions, reproduction))
