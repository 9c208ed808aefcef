"""
The basis volt's Monte Carlo on one thread: every rule of volt and venue through real SOL weeks.

    python bench/bench_sim_basis.py [--paths N] [--rounds N]    cost of a path-step, interleaved
    pytest bench/bench_sim_basis.py                             the same as benchmarks

Peer: the same weeks in float64 numpy, a week at a time and without orders, lots or margin: what
funding, interest, fees and an estimate of the trading cost leave. The exact run is checked to the
unit (its parts add up to the change of the assets) and against the peer, which it must come near.
"""

from __future__ import annotations

import argparse
import time
from importlib import resources
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from voltcore import _core
from voltcore.report.basis.page import FLOWS
from voltcore.sim.basis import BasisModel, Settings, read_basis_weeks

SEED = 7
TABLE = resources.files("voltcore").joinpath("data", "sol_weekly.csv")
# Half spread, a slice's mean impact and fee of both legs, as a share of the position.
ENTRY_COST = (1 + 2.25 + 5 + 2 + 2.25 + 4) * 1e-4
# Yearly: the curve at the utilisations that others leave.
BORROW_RATE = 0.06 / 0.7 * 0.4
DEPOSIT_RATE = 0.06 / 0.7 * 0.5 * 0.5


def basis(execution: Literal["quoted", "book"] = "quoted") -> BasisModel:
    return BasisModel(Settings(execution=execution), read_basis_weeks(TABLE.read_bytes()))


def run_basis(model: BasisModel, paths: int) -> Any:
    shard = model.simulate("base", 0, paths, SEED, 0, _core.Control())
    assert shard is not None
    return shard


def numpy_weeks(funding: NDArray[np.float64], paths: int) -> NDArray[np.float64]:
    """Total return in percent of each path; prices cancel, so that all paths are one."""
    equity = np.ones(paths)
    is_in = False
    for paid in funding:
        before = equity.copy()
        if is_in:
            equity *= 1 - paid - BORROW_RATE * 7 / 365
        equity *= 1 + DEPOSIT_RATE * 7 / 365 * (2 if is_in else 1)
        equity -= 0.1 * np.maximum(equity - before, 0)
        goes_in = bool(paid < 0) if paid != 0 else is_in
        if goes_in != is_in:
            equity *= 1 - ENTRY_COST
        is_in = goes_in
    result: NDArray[np.float64] = 100 * (equity - 1)
    return result


def check(model: BasisModel, paths: int = 8) -> None:
    columns = run_basis(model, paths).columns
    assert not columns["stopped"].any()
    for path in range(paths):
        parts = sum(sign * int(columns[name][path]) for name, _, sign in FLOWS.steps)
        assert parts == int(columns["final_value"][path]) - int(columns["deposit"][path])
    sketch = float(numpy_weeks(model.weeks.funding, 1)[0])
    assert abs(float(np.median(columns["total_return"])) - sketch) < 4.0


@pytest.mark.benchmark(group="sim/basis, one thread")
@pytest.mark.parametrize("execution", ["quoted", "book"])
def bench_basis_steps(benchmark: Any, execution: Literal["quoted", "book"]) -> None:
    model = basis(execution)
    check(model)
    paths = 4
    benchmark.extra_info["path_steps"] = paths * model.steps_per_path
    shard = benchmark(run_basis, model, paths)
    assert len(shard.columns["final_value"]) == paths


@pytest.mark.benchmark(group="sim/basis, one thread")
def bench_numpy_weeks(benchmark: Any) -> None:
    funding = basis().weeks.funding
    found = benchmark(numpy_weeks, funding, 10_000)
    assert (found == found[0]).all()


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of a path-step, quoted and on the books.")
    parser.add_argument("--paths", type=int, default=8, help="paths in a round")
    parser.add_argument("--rounds", type=int, default=7, help="rounds; the least of each counts")
    options = parser.parse_args()
    models = {"quoted": basis("quoted"), "on both books": basis("book")}
    cost: dict[str, list[float]] = {name: [] for name in models}
    for model in models.values():
        check(model)
    for _ in range(options.rounds):
        for name, model in models.items():
            begin = time.process_time()
            run_basis(model, options.paths)
            steps = options.paths * model.steps_per_path
            cost[name].append((time.process_time() - begin) / steps * 1e9)
    print(f"checked; CPU ns a path-step on one thread, least of {options.rounds} rounds")
    for name, values in cost.items():
        print(f"basis volt, {name:15} {min(values):9.1f}")


if __name__ == "__main__":
    main()
