"""The page of the pool stress runs says what the results say."""

from __future__ import annotations

import re

import pytest
from page_outline import Outline, outline

import voltcore
from voltcore.report.numbers import SPACE, decimals_of, number, quantity
from voltcore.report.pools.names import JLP, VOL, Wording
from voltcore.report.write import report_html

KINDS = {"jlp-stress": ("market.days", 3, JLP), "imperial-rv": ("market.length", 2, VOL)}


@pytest.fixture(scope="module", params=KINDS)
def run(request: pytest.FixtureRequest) -> tuple[voltcore.Results, Outline, Wording]:
    key, length, wording = KINDS[request.param]
    results = voltcore.run(request.param, overrides={key: length}, paths=40, seed=5)
    return results, outline(report_html(results)), wording


def text_of(page: Outline) -> str:
    return re.sub(r"\s+", " ", " ".join(page.words).replace(SPACE, " "))


def test_the_page_begins_with_the_return_and_every_event(
    run: tuple[voltcore.Results, Outline, Wording],
) -> None:
    results, page, wording = run
    text = text_of(page)
    middle = quantity(results.quantile(wording.result, 0.5), "%", signed=True).replace(SPACE, " ")
    assert f"paths {wording.stake} returns {middle} over" in text
    for name, term, meaning in wording.events:
        assert results.column(name).dtype == "bool"
        assert term in text
        assert meaning in text


def test_the_page_shows_the_losses_of_the_tail(
    run: tuple[voltcore.Results, Outline, Wording],
) -> None:
    results, page, _ = run
    cells = [word.strip().replace(SPACE, " ") for word in page.words]
    for loss in results.summary().tail_losses:
        shown = [*loss.value_at_risk.values(), *loss.expected_shortfall.values()]
        digits = decimals_of(loss.unit, shown)
        for value in shown:
            assert number(value, digits) in cells


def test_the_parts_of_the_page_are_columns_that_add_up(
    run: tuple[voltcore.Results, Outline, Wording],
) -> None:
    results, page, wording = run
    parts = [results[name] for name, _ in wording.parts]
    assert (sum(parts) == results["lp_change"]).all()
    cells = [word.strip() for word in page.words]
    for name, words in wording.parts:
        assert words in cells
        assert number(results.values(name).mean(), 0, signed=True) in cells or name == "lp_other"
