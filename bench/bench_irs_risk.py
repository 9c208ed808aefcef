"""
The rates risk run: whole paths, and the bootstrap of LVaR alone, one thread.

    python bench/bench_irs_risk.py [--rounds 3]

Peers, all with results compared:

* a path: `risk_peer`, Python's ints with numpy and pandas on the same rates, the result of every
  position to the unit. Its path is one day of one position after the other, so the cost is stated
  for a path-step with all positions. The protocol's own engine, in pandas, is published with 1.1 s
  for a run of 210 days; it is not installable, so that its ratio is to the published figure.
* LVaR: a pandas loop over replicates; numpy without a loop, which picks every element of every
  replicate; numpy with running sums, the library's own algorithm written by hand. Each peer is
  given its random blocks, and the library draws them in its time.
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from risk_peer import (
    DAY,
    Z_95,
    RiskPeer,
    lower_bound,
    lower_bound_at_once,
    lower_bound_by_sums,
    starts_of,
)

from voltcore import _core, irs, markets
from voltcore.sim.irs import IrsRiskModel
from voltcore.sim.irs_settings import Pool, Positions, Rate, Settings

SEED, PATHS, DAYS = 7, 200, 210


def model_of_takers() -> IrsRiskModel:
    """210 days, as the published run; leverages and rates at which nobody is liquidated."""
    return IrsRiskModel(
        Settings(
            kind="irs",
            rate=Rate(volatility=0.1),
            pool=Pool(term_days=DAYS),
            positions=Positions(leverages=(2, 3, 4), actors=("ft", "vt")),
        )
    )


def index_of(model: IrsRiskModel, rates: Any) -> list[int]:
    """The index of each day: an input of both."""
    index = [model.pool.rate_oracle()["rate_ray"]]
    for before, after in pairwise(rates):
        index.append(_core.grown_index(index[-1], before, after, 1 / 365))
    return index


def history_of(model: IrsRiskModel) -> dict[int, int]:
    """The index of the days before the term, at the starting rate."""
    days, rate, index = model.settings.pool.lookback_days + 2, model.rate.start_rate, 10**27
    out = {}
    for day in range(-days, 1):
        out[model.pool.now + day * DAY] = index
        index = _core.grown_index(index, rate, rate, 1 / 365)
    return out


def seconds(call: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def compare_runs(rounds: int) -> None:
    model = model_of_takers()
    peer, parameters = RiskPeer(model, history_of(model)), irs.MarginParameters.preset("r22")
    ours = theirs = float("inf")
    for path in range(rounds):
        rates = markets.paths(model.rate, 1, DAYS, SEED, first_path=path)[0]
        index = index_of(model, rates)
        spent, found = seconds(lambda: peer.run(SEED, path, rates, index, parameters))  # noqa: B023
        theirs = min(theirs, spent)
        spent, shard = seconds(lambda: model.simulate("base", 0, PATHS, SEED, 0, _core.Control()))
        ours = min(ours, spent / PATHS)
        for seat in model.seats:
            expected = found[seat.name]
            got = {name: shard.columns[f"{seat.name}_{name}"][path] for name in expected}
            assert got["pnl"] == expected["pnl"], (seat.name, path)
            for name in ("lvar_95", "ivar_95"):
                assert abs(got[name] - expected[name]) < 1e-9, (seat.name, name)
    print(
        f"whole run, {DAYS} days, {len(model.seats)} takers:"
        f" {1e6 * ours / DAYS:.2f} us a path-step, pandas {1e3 * theirs:.0f} ms a path:"
        f" {theirs / ours:.0f}x, published 1.1 s a run: {1.1 / ours:.0f}x"
    )


def compare_default() -> None:
    """The shipped scenario over 210 days: takers and providers, at every leverage it lets open."""
    model = IrsRiskModel(Settings(kind="irs", pool=Pool(term_days=DAYS)))
    runs = [
        seconds(lambda: model.simulate("base", 0, PATHS, SEED, 0, _core.Control()))
        for _ in range(3)
    ]
    spent, shard = min(run[0] for run in runs), runs[0][1]
    assert shard is not None
    one = model.simulate("base", 3, 1, SEED, 0, _core.Control())
    assert one is not None
    assert all(shard.columns[n][3] == one.columns[n][0] for n in one.columns)
    ours = spent / PATHS
    print(
        f"whole run, {DAYS} days, {len(model.seats)} positions: {1e6 * ours / DAYS:.2f} us a"
        f" path-step, {1e3 * ours:.2f} ms a path, published 1.1 s a run: {1.1 / ours:.0f}x"
    )


def compare_bootstrap(rounds: int, block: int = 7, replicates: int = 1_000) -> None:
    """The peers are given their random blocks; ours draws them in its time."""
    values = np.random.default_rng(3).normal(0.9, 0.05, DAYS)
    starts = starts_of(SEED, 0, 3 << 24, DAYS, block, replicates)
    as_pandas, as_rows = pd.Series(values), values[None, :]
    peers = {
        "pandas, a loop over replicates": lambda: lower_bound(as_pandas, starts, block),
        "numpy, element by element": lambda: lower_bound_at_once(values, starts, block),
        "numpy, running sums": lambda: lower_bound_by_sums(values, starts, block),
    }
    ours, theirs = float("inf"), dict.fromkeys(peers, float("inf"))
    for _ in range(rounds):
        for _ in range(20):
            spent, (mean, deviation) = seconds(
                lambda: _core.block_bootstrap(as_rows, block, replicates, SEED)
            )
            ours = min(ours, spent)
        for name, peer in peers.items():
            spent, expected = seconds(peer)
            theirs[name] = min(theirs[name], spent)
            assert abs(mean[0] - Z_95 * deviation[0] - expected) < 1e-12
    print(f"LVaR of {DAYS} days, {replicates} replicates: {1e6 * ours:.0f} us with its draws")
    for name, spent in theirs.items():
        print(f"    {name}: {1e6 * spent:.0f} us: {spent / ours:.1f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    compare_bootstrap(rounds)
    compare_runs(rounds)
    compare_default()


if __name__ == "__main__":
    main()
