"""The examples about runs, with few paths."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

import voltcore

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_assumptions_side_by_side() -> None:
    rows = runpy.run_path(str(EXAMPLES / "crab_assumptions.py"))["rows"](paths=8)
    result = voltcore.run("crab-btc", paths=8, seed=7)
    assert [row[0] for row in rows] == ["base", "k1", "constant_28bps", "no_carry"]
    for name, median, low, loss in rows:
        values = np.sort(result.variants[name].values("total_return"))
        assert (median, low) == (values[3], values[0])
        assert loss == np.mean(result.variants[name]["loss"])


def test_a_sweep_that_goes_on_where_it_stopped(tmp_path: Path) -> None:
    hedge_band = runpy.run_path(str(EXAMPLES / "sweep_hedge_band.py"))["hedge_band"]
    first = hedge_band(tmp_path / "sweep", paths=2)
    again = hedge_band(tmp_path / "sweep", paths=2)
    assert first.shape == (3, 3)
    assert again.rows() == first.rows()
    # A wider band trades less on the very same paths.
    trades = first.grid("hedge_only_rebalances_mean")
    assert (np.diff(trades, axis=0) < 0).all()
