"""The report of a real basis run: what it shows is what the run found."""

from __future__ import annotations

import numpy as np
import pytest
from page_outline import outline

import voltcore
from voltcore import sim
from voltcore.report import Figures, figures_of, report_html

PATHS, SEED = 40, 11


@pytest.fixture(scope="module")
def results() -> sim.Results:
    return voltcore.run("basis-sol", paths=PATHS, seed=SEED, overrides={"compare_paths": 10})


@pytest.fixture(scope="module")
def words(results: sim.Results) -> str:
    text = "\n".join(line.strip() for line in outline(report_html(results)).words if line.strip())
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def figures(results: sim.Results) -> Figures:
    return figures_of(results)


def test_the_first_sentence_is_the_median_path(results: sim.Results, words: str) -> None:
    median = results.quantile("total_return", 0.5)
    assert "put into the basis yield volt" in words
    assert f"{10 * (100 + median):,.0f} USDC" in words


def test_the_waterfall_goes_from_the_deposit_to_the_final_value_without_a_gap(
    results: sim.Results, figures: Figures
) -> None:
    (bars,) = figures["breakdown"].data
    amounts = dict(zip(bars.y, bars.x, strict=True))
    assert "Not attributed" not in amounts
    for words, column, sign in (
        ("Funding", "funding", 1),
        ("Borrow cost", "borrow_interest", -1),
        ("Interest on the proceeds", "deposit_interest", 1),
        ("Spread and impact", "trading_cost", -1),
    ):
        mean = float(np.mean(results.values(column)))
        assert amounts[words] == pytest.approx(sign * mean, rel=1e-6)
    assert amounts["Deposit"] == 100_000
    final = float(np.mean(results.values("final_value")))
    assert amounts["Final value"] == pytest.approx(final, rel=1e-6)
    steps = sum(value for name, value in amounts.items() if name not in ("Deposit", "Final value"))
    # Steps below half a unit are left out of the figure.
    assert 100_000 + steps == pytest.approx(final, abs=2)


def test_the_fan_is_the_band_of_the_share_price(results: sim.Results, figures: Figures) -> None:
    lines = {trace.name: trace for trace in figures["share_price"].data if trace.name}
    median = np.asarray(lines["median"].y)
    np.testing.assert_allclose(median, results.bands["share_price"].quantile(0.5), rtol=1e-4)
    assert "SOL (right, log)" in lines


def test_funding_is_shown_as_the_long_leg_sees_it(results: sim.Results, figures: Figures) -> None:
    funding = next(series for series in results.series if series.name == "funding")
    bars, line = figures["market"].data
    np.testing.assert_allclose(bars.y, -np.asarray(funding.values), rtol=1e-3, atol=1e-9)
    basis = next(series for series in results.series if series.name == "basis")
    np.testing.assert_allclose(line.y, basis.values, rtol=1e-3, atol=1e-9)


def test_rebalances_drawdown_health_and_every_comparison_have_their_place(
    results: sim.Results, words: str, figures: Figures
) -> None:
    assert {"max_drawdown", "total_return", "rebalances"} <= set(figures)
    names = [trace.name for trace in figures["total_return"].data]
    assert names == ["Base", *(name.replace("_", " ") for name in list(results.variants)[1:])]
    for expected in ("How often it trades, and why", "Least health", "Time in the position"):
        assert expected in words
    # Each assumption beyond the settings has its reason.
    for expected in ("model.basis", "model.banks", "the table has no more"):
        assert expected.removeprefix("model.") in words
