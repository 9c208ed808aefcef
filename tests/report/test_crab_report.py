"""The report of a real crab run: what it shows is what the run found."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib import resources

import numpy as np
import pytest
from page_outline import Outline, outline

import voltcore
from voltcore import sim
from voltcore.report import Figures, figures_of, report_html
from voltcore.report.page import plotly_script

PATHS, COMPARED, SEED = 200, 60, 11
LABELS = {
    "base": "Base: premium 1.25",
    "k1": "Premium 1",
    "constant_28bps": "Constant 28 bps a day",
    "no_carry": "Without carry",
}


@pytest.fixture(scope="module")
def results() -> sim.Results:
    return voltcore.run("crab-btc", paths=PATHS, seed=SEED, overrides={"compare_paths": COMPARED})


@pytest.fixture(scope="module")
def page(results: sim.Results) -> str:
    return report_html(results)


@pytest.fixture(scope="module")
def parsed(page: str) -> Outline:
    return outline(page)


@pytest.fixture(scope="module")
def words(parsed: Outline) -> str:
    text = "\n".join(line.strip() for line in parsed.words if line.strip())
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def figures(results: sim.Results) -> Figures:
    return figures_of(results)


def ordered(results: sim.Results, column: str, level: float, variant: str = "base") -> float:
    """The least value with at least this share of the paths at or below it."""
    values = np.sort(results.variants[variant][column].astype(np.float64))
    return float(values[int(np.ceil(level * len(values))) - 1])


def signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def test_each_assumption_stands_beside_the_base_with_its_own_figures(
    results: sim.Results, words: str
) -> None:
    assert set(results.variants) == set(LABELS)
    table = words[words.index("the same paths, if") :]
    for variant, label in LABELS.items():
        row = table[table.index(f"\n{label}\n") :].splitlines()[1:8]
        low, middle, high = (
            ordered(results, "total_return", level, variant) for level in (0.05, 0.5, 0.95)
        )
        assert row[2] == f"{signed(middle)} %"
        assert row[3] == f"{signed(ordered(results, 'apy', 0.5, variant))} %"
        assert row[4] == f"{signed(low)} to {signed(high)} %"
        assert row[6] == f"{ordered(results, 'max_drawdown', 0.5, variant):.1f} %"
    assert f"{PATHS} for “Base: premium 1.25”, {COMPARED} for “Premium 1”" in words


def test_the_first_sentence_is_about_the_median_path(results: sim.Results, words: str) -> None:
    middle = ordered(results, "total_return", 0.5)
    assert f"{1000 * (1 + middle / 100):,.0f} USDC" in words
    losing = int(np.count_nonzero(results["final_value"] < results["deposit"]))
    assert f"{losing} of {PATHS} paths end below the deposit" in words


def test_the_fan_ends_at_the_quantiles_of_the_final_share_price(
    results: sim.Results, figures: Figures
) -> None:
    fan = figures["share_price"]
    by_name = {trace.name: trace for trace in fan.data if trace.name}
    bin_width = 10 ** (1 / 200)
    final = {
        level: ordered(results, "share_price", level) / 10**9 for level in (0.05, 0.5, 0.75, 0.95)
    }
    for name, level in (("median", 0.5), ("9 paths of 10", 0.95), ("middle half", 0.75)):
        assert final[level] / bin_width <= by_name[name].y[-1] <= final[level] * bin_width
    closes = [float(row["close_usd"]) for row in weeks()]
    np.testing.assert_allclose(by_name["BTC (right, log)"].y, closes, rtol=1e-5)
    assert list(by_name["median"].x) == list(by_name["BTC (right, log)"].x)
    assert len(closes) == 260


def weeks() -> list[dict[str, str]]:
    table = resources.files("voltcore") / "data" / "btc_weekly.csv"
    return list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))


def test_distributions_hold_every_path_at_its_value(results: sim.Results, figures: Figures) -> None:
    for column in ("total_return", "max_drawdown"):
        assert [trace.name for trace in figures[column].data] == list(LABELS.values())
        for trace, variant in zip(figures[column].data, LABELS, strict=True):
            edges, shares = np.array(trace.x[::2]), np.array(trace.y[1:-1:2])
            assert shares.sum() == pytest.approx(100, abs=0.1)
            values = results.variants[variant][column]
            below = edges[edges > np.median(values)].min()
            count = np.count_nonzero(values < below)
            got = shares[: int(np.searchsorted(edges, below))].sum()
            assert got == pytest.approx(100 * count / values.size, abs=0.1)


def test_the_least_cr_is_drawn_for_every_path_beside_the_line_of_the_scenario(
    results: sim.Results, figures: Figures, words: str
) -> None:
    (bars,) = figures["min_cr"].data
    assert sum(bars.y) == pytest.approx(100, abs=0.1)
    centre = float(np.average(bars.x, weights=bars.y))
    assert centre == pytest.approx(float(np.mean(results["min_cr"])) / 100, abs=0.3)
    (line,) = figures["min_cr"].layout.shapes
    assert line.x0 == 150
    assert "falls below 150 %" in words
    assert f"{ordered(results, 'min_cr', 0.5) / 100:.1f} % in the median path" in words


def test_each_real_week_is_a_point_and_the_parabola_is_that_of_its_funding(
    results: sim.Results, figures: Figures
) -> None:
    points, curve = figures["weekly"].data
    closes = np.array([6956.88, *(float(row["close_usd"]) for row in weeks())])
    moves = 100 * (closes[1:] / closes[:-1] - 1)
    shown = dict(zip(points.x, points.y, strict=True))
    assert len(points.x) >= 259
    np.testing.assert_allclose(points.x, moves[-len(points.x) :], atol=0.01)
    funding = next(series for series in results.series if series.name == "funding")
    weekly = 7 * float(np.median(funding.values))
    np.testing.assert_allclose(curve.y, 0.5 * (weekly - np.array(curve.x) ** 2 / 100), atol=0.005)
    profit = next(shape for shape in figures["weekly"].layout.shapes if shape.type == "rect")
    assert profit.x1 == -profit.x0 == pytest.approx(10 * weekly**0.5, rel=1e-9)
    # In March 2020 BTC halved in a week and the volt lost more than in any quiet one.
    assert shown[min(points.x)] < np.median(points.y)


def test_the_waterfall_and_its_table_lead_from_the_deposit_to_the_final_value(
    results: sim.Results, figures: Figures, words: str
) -> None:
    (bar,) = figures["breakdown"].data
    final = float(np.mean(results["final_value"] / 1e6))
    assert bar.x[0] == 100_000
    assert bar.x[-1] == pytest.approx(final, rel=1e-6)
    assert sum(bar.x[:-1]) == pytest.approx(final, abs=1)
    table = words[words.index("\nstep\n") :]
    for label, column, sign in (
        ("Squared perp: funding", "target_funding", 1),
        ("Hedge: funding", "hedge_funding", 1),
        ("Spread and impact", "trading_cost", -1),
        ("Exchange fees", "taker_fees", -1),
        ("Performance fee", "performance_fees", -1),
        ("Short squared perp: price", "target_price_pnl", 1),
        ("Long hedge: price", "hedge_price_pnl", 1),
    ):
        amount = sign * float(np.mean(results[column] / 1e6))
        assert table[table.index(label) :].splitlines()[1] == f"{amount:+,.0f}".replace("-", "−")
    assert "Not attributed" not in words


def test_rebalances_are_the_means_of_their_counters(results: sim.Results, figures: Figures) -> None:
    bars = figures["rebalances"].data[0]
    shown = dict(zip(bars.y, bars.x, strict=True))
    for label, column in (
        ("The epoch of 168 h is over", "rebalances_epoch_end"),
        ("CR below its line", "rebalances_cr"),
        ("Hedge drift, hedge leg only", "hedge_only_rebalances"),
    ):
        assert shown[label] == pytest.approx(float(np.mean(results[column])), rel=1e-5)


def test_every_assumption_is_listed_and_marked_documented_or_chosen(
    results: sim.Results, parsed: Outline, words: str
) -> None:
    listed = words[words.index("Every assumption\nDocumented means") :]
    assert "unmarked" not in words
    compare = {
        row.key.removesuffix(".name"): str(row.value)
        for row in results.scenario.rows()
        if row.key.endswith("].name")
    }
    count = 0
    for row in results.scenario.rows():
        if row.value is None or re.fullmatch(r"kind|title|run\..*|compare\[\d\]\.name", row.key):
            continue
        count += 1
        table, _, key = row.key.rpartition(".")
        key = f"{compare[table]}.{key}" if table in compare else key
        assert row.basis in ("documented", "chosen"), row.key
        assert row.source
        assert f"\n{key}\n" in listed
        assert row.description in listed
        assert row.source in listed
    documented, chosen = map(int, re.findall(r"(\d+) documented, (\d+) chosen\.", listed)[0])
    beyond = listed[listed.index("\nmodel: ") :].count("\nchosen\n")
    assert documented + chosen == count + beyond
    assert beyond >= 5
    assert parsed.elements


def test_what_is_needed_to_run_it_again_is_there(results: sim.Results, words: str) -> None:
    block = words[words.index("Run it again\nThe same scenario") :]
    assert f"--paths {PATHS} --seed {SEED}" in block
    assert f"--set=compare_paths={COMPARED}" in block
    assert f"\nseed\n{SEED}\n" in block
    assert results.scenario.digest in block
    assert f"voltcore (of the run)\n{voltcore.__version__}\n" in block
    assert "43,680" in block


def test_nothing_is_loaded_from_outside(page: str, parsed: Outline) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src &#x27;none&#x27;; script-src &#x27;sha256-")
    addresses = {"src", "srcset", "action", "data", "poster", "background"}
    for _, attributes in parsed.elements:
        assert not any(name in addresses or name.startswith("on") for name, _ in attributes)
    own = page.replace(plotly_script(), "")
    assert "http:" not in own
    assert "https:" not in own


def test_long_tables_are_folded_away(page: str) -> None:
    unfolded = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    rows = [table.count("<tr") for table in re.findall(r"<table.*?</table>", unfolded, re.DOTALL)]
    assert max(rows) <= 20
    assert page.count("<details>") >= 8


def test_the_data_of_the_page_are_the_figures_of_the_results(
    parsed: Outline, figures: Figures
) -> None:
    (data,) = (text for attributes, text in parsed.scripts if attributes.get("id") == "report-data")
    drawn = json.loads(data)["figures"]
    assert len(drawn) == len(figures) == 8
    for shown, figure in zip(drawn, figures.values(), strict=True):
        assert len(shown["data"]) == len(figure.data)
