"""The terminal's charts of a week of the crab."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voltcore.cli.week_charts import HEIGHT, RATES_BPS, WIDTH, payoff_rows, range_bar
from voltcore.volts import profit_range


def test_paths_on_the_parabola_cover_it_and_cross_zero_at_the_edge() -> None:
    moves = np.linspace(-30, 30, 6_001)
    rows = payoff_rows(moves, 0.5 * (14.0**2 - moves**2) / 100, 14.0, 0.5)
    assert len(rows) == HEIGHT + 1
    assert max(map(len, rows)) < 80
    body = [row[7:] for row in rows[:-1]]
    assert sum(row.count("o") for row in body) == WIDTH
    assert not any("." in row for row in body)
    zero = next(row[7:] for row in rows if row[:7].strip() == "0")
    inside = zero.strip("-")
    middle = (WIDTH - 1) / 2
    edges = [zero.index("o"), zero.rindex("o")]
    assert inside.strip("o-") == ""
    for place in edges:
        assert abs(abs(place - middle) / middle * 30 - 14) < 2.5
    assert rows[-1].split() == ["-30.0", "0", "+30.0"]


@pytest.mark.parametrize("rate", RATES_BPS)
def test_a_bar_is_as_long_as_its_range(rate: int) -> None:
    widest = profit_range(50e-4)
    bar = range_bar(profit_range(rate * 1e-4), widest)
    assert bar == bar[::-1]
    assert len(bar) == 41
    assert bar.count("=") == 2 * round(20 * (rate / 50) ** 0.5)


def test_the_command_shows_both_after_the_numbers(voltcore: Any, folder: Path) -> None:
    done = voltcore("run", "crab-week", "--paths", "200", "--set", "compare=[]", "--out", "week")
    assert done.returncode == 0, done.stderr
    assert "what a week pays" in done.stdout
    assert "profit inside ±14.14 %" in done.stdout
    assert re.search(r"28\s+=", done.stdout) is None
    for rate, day in ((5, "2.236 %"), (20, "4.472 %"), (50, "7.071 %")):
        assert re.search(rf"^\s*{rate} .*=\|=.* {re.escape(day)}", done.stdout, re.MULTILINE)
    assert max(map(len, done.stdout.splitlines())) <= 80
    page = (folder / "report.html").read_text()
    assert "What a week pays" in page
    assert "How far BTC may move" in page
