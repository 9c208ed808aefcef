"""
The crab's Monte Carlo on one thread: every rule of volt and venue, hourly, through real BTC weeks.

    python bench/bench_sim_crab.py [--paths N] [--rounds N]     ratio to the peer, interleaved
    pytest bench/bench_sim_crab.py                              the same three as benchmarks

Peer: the vault of `crab_peer.py` in numba, daily steps and a simplified state. Each side's result
is checked before it is timed: the crab against the plain loop, which sends every hour through the
engine's public operations, the peer against Python ints. The third job is the crab with its orders
on the venue's book; its peer is the quoted one.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from voltcore import _core
from voltcore.sim.crab import CrabModel, Settings, read_weeks

sys.path.insert(0, str(Path(__file__).parent))

import crab_peer

SEED = 7
TABLE = resources.files("voltcore").joinpath("data", "btc_weekly.csv")


def crab(execution: Literal["quoted", "book"] = "quoted") -> CrabModel:
    return CrabModel(Settings(execution=execution), read_weeks(TABLE.read_bytes()))


def run_crab(model: CrabModel, paths: int, *, reference: bool = False) -> Any:
    shard = model.simulate("base", 0, paths, SEED, 2, _core.Control(), reference=reference)
    assert shard is not None
    return shard


def check_crab(model: CrabModel, paths: int = 2) -> None:
    quick, plain = run_crab(model, paths), run_crab(model, paths, reference=True)
    for part in ("columns", "bands", "traces"):
        for name, expected in getattr(plain, part).items():
            np.testing.assert_array_equal(getattr(quick, part)[name], expected, err_msg=name)


def check_peer(paths: Any, count: int = 20) -> None:
    moves = crab_peer.daily_moves()
    columns = [column.tolist() for column in paths(count, moves)]
    exact = [crab_peer.python_path(path, moves.tolist()) for path in range(count)]
    assert list(zip(*columns, strict=True)) == exact


@pytest.mark.benchmark(group="sim/crab, one thread")
def bench_crab_hours(benchmark: Any) -> None:
    model = crab()
    check_crab(model, 1)
    paths = 20
    benchmark.extra_info["path_steps"] = paths * model.steps_per_path
    shard = benchmark(run_crab, model, paths)
    assert len(shard.columns["final_value"]) == paths


def check_book(model: CrabModel, quoted: CrabModel, paths: int = 8) -> None:
    """Makers who refill each level cost what the quotes cost, up to whole lots."""
    book, quotes = run_crab(model, paths).columns, run_crab(quoted, paths).columns
    np.testing.assert_allclose(book["trading_cost"], quotes["trading_cost"], rtol=1e-3)


@pytest.mark.benchmark(group="sim/crab, one thread")
def bench_crab_on_the_book(benchmark: Any) -> None:
    model = crab("book")
    check_book(model, crab())
    paths = 10
    benchmark.extra_info["path_steps"] = paths * model.steps_per_path
    shard = benchmark(run_crab, model, paths)
    assert not shard.columns["stopped"].any()


@pytest.mark.benchmark(group="sim/crab, one thread")
def bench_numba_days(benchmark: Any) -> None:
    pytest.importorskip("numba")
    peer = crab_peer.numba_paths()
    check_peer(peer)
    paths = 2_000
    benchmark.extra_info["path_steps"] = paths * crab_peer.STEPS
    equities, _, _ = benchmark(peer, paths, crab_peer.daily_moves())
    assert len(equities) == paths


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of a path-step, and its ratio to the peer.")
    parser.add_argument("--paths", type=int, default=100, help="paths of the crab in a round")
    parser.add_argument("--rounds", type=int, default=9, help="rounds; the least of each counts")
    options = parser.parse_args()
    model, book = crab(), crab("book")
    check_crab(model)
    check_book(book, model)
    peer = crab_peer.numba_paths()
    check_peer(peer)
    moves = crab_peer.daily_moves()
    crab_steps = options.paths * model.steps_per_path
    peer_paths = max(crab_steps // crab_peer.STEPS // 3, 1)

    def timed(steps: int, work: Any, *arguments: Any) -> float:
        begin = time.process_time()
        work(*arguments)
        return (time.process_time() - begin) / steps * 1e9

    ours, theirs, on_book = [], [], []
    for _ in range(options.rounds):
        theirs.append(timed(peer_paths * crab_peer.STEPS, peer, peer_paths, moves))
        ours.append(timed(crab_steps, run_crab, model, options.paths))
        few = max(options.paths // 8, 1)
        on_book.append(timed(few * model.steps_per_path, run_crab, book, few))
    print(f"all checked; CPU ns a path-step on one thread, least of {options.rounds} rounds")
    print(f"numba, daily steps, simplified state   {min(theirs):7.2f}")
    print(f"crab, hourly steps, the whole protocol {min(ours):7.2f}")
    print(f"crab on the venue's order book         {min(on_book):7.2f}")
    print(f"ratio, quoted to numba                 {min(ours) / min(theirs):7.2f}")
    print(f"ratio, book to quoted                  {min(on_book) / min(ours):7.2f}")


if __name__ == "__main__":
    main()
