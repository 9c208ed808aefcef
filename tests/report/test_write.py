"""From results to a file: the numbers are those of the results, the file is whole or not there."""

from __future__ import annotations

import html
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
import report_model

import voltcore.errors
from voltcore import sim
from voltcore.report import figures_of, report_html, write_report
from voltcore.sim import store

report_model.register()


@pytest.fixture(scope="module")
def results() -> sim.Results:
    return sim.run(sim.parse_scenario(report_model.SCENARIO, "pool"), seed=11)


@pytest.fixture(scope="module")
def page(results: sim.Results) -> str:
    return report_html(results)


def words(page: str) -> str:
    body = page[page.index("<body>") : page.index("<noscript>")]
    return html.unescape(re.sub(r"<[^>]+>", "\n", body)).replace("\N{NO-BREAK SPACE}", " ")


def expected_gains() -> list[float]:
    return sorted(
        ((path * 7_919 + 11 * 104_729) % 5_000_011 - 2_000_000) / 1e6 for path in range(1000)
    )


def test_the_numbers_of_the_page_are_those_of_the_results(page: str, results: sim.Results) -> None:
    gains = expected_gains()
    shown = words(page)
    ranks = {0.05: gains[49], 0.5: gains[499], 0.95: gains[949]}
    for level, value in ranks.items():
        assert results.quantile("gain", level) == value
    cells = [gains[0], gains[49], gains[499], gains[949], gains[-1], math.fsum(gains) / 1000]
    row = "\n".join(f"{value:,.2f}".replace("-", "−") for value in cells)
    assert row in re.sub(r"\n+", "\n", shown)
    lost = sum(value < 0 for value in gains)
    assert f"{lost} of 1,000 paths" in shown


def test_rows_in_which_nothing_happened_are_left_out_and_counted(page: str) -> None:
    lost = sum(value < 0 for value in expected_gains())
    table = re.sub(r"\n+", "\n", words(page))
    row = table[table.index("Day of the first loss (d)") :].splitlines()[1:8]
    assert row[-1] == str(lost)
    assert row[0] == "0"


def test_every_setting_is_listed_with_its_basis_and_reason(page: str) -> None:
    table = re.sub(r"\n+", "\n", words(page))
    assert "fee\n12,345 bps\nfee of a trade\nchosen\na round number" in table


def test_what_is_needed_to_run_it_again_is_there(page: str, results: sim.Results) -> None:
    shown = words(page)
    assert results.digest in shown
    assert "voltcore run pool.toml --paths 1000 --seed 11" in shown
    assert re.search(r"seed\n+11\n", shown)


def test_the_same_run_gives_the_same_bytes_whatever_the_threads(page: str) -> None:
    scenario = sim.parse_scenario(report_model.SCENARIO, "pool")
    again = sim.run(scenario, seed=11, threads=1)
    assert report_html(again) == page


def test_the_figures_of_results_are_those_of_the_page(results: sim.Results) -> None:
    figures = results.figures
    assert set(figures) == set(figures_of(results)) == {"band_gain", "columns", "paths"}
    drawn = sum(sum(trace.y) for trace in figures["columns"].data if trace.xaxis == "x")
    assert drawn == pytest.approx(100.0, abs=0.1)
    path = figures["paths"].data[1]
    np.testing.assert_allclose(path.y, [0.01, 0.02])


def test_a_report_is_written_whole_and_replaces_an_older_one(
    results: sim.Results, page: str, tmp_path: Path
) -> None:
    target = tmp_path / "report.html"
    target.write_text("older")
    (tmp_path / f"{store.TEMPORARY}report.html").write_text("left by a killed writer")
    assert write_report(results, target) == target
    assert target.read_text(encoding="utf-8") == page
    assert os.listdir(tmp_path) == ["report.html"]
    assert results.report(str(tmp_path)) == target


def test_a_failing_disk_leaves_the_older_report(
    results: sim.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    target.write_text("older")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.calls, "write", full)
    with pytest.raises(voltcore.errors.DiskFullError) as caught:
        write_report(results, target)
    assert caught.value.errno == 28
    assert target.read_text() == "older"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_path_that_cannot_be_used_is_refused(results: sim.Results, tmp_path: Path) -> None:
    with pytest.raises(voltcore.errors.StorageError):
        write_report(results, tmp_path / "nowhere" / "report.html")
    with pytest.raises(voltcore.errors.InputTypeError) as wrong_type:
        write_report(results, 7)  # type: ignore[arg-type]
    assert wrong_type.value.field == "path"
    for name in ("", "a\0b"):
        with pytest.raises(voltcore.errors.InputRangeError):
            write_report(results, name)


def test_without_plotly_the_refusal_says_what_to_install(
    results: sim.Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from voltcore.report import page as page_module

    page_module.plotly_script.cache_clear()
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(voltcore.errors.ResourceError) as caught:
        report_html(results)
    assert caught.value.code == "E902"
    assert "voltcore[app]" in str(caught.value)
    with pytest.raises(voltcore.errors.ResourceError):
        results.figures["columns"]
