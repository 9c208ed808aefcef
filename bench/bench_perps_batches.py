"""
Liquidation scan and borrow accrual on one thread and on two.

    python bench/bench_perps_batches.py [--rows N] [--rounds N]     ratios, interleaved
    python bench/bench_perps_batches.py --mapped N [--rounds N]     the scan of files on disk
    pytest bench/bench_perps_batches.py                             the same as benchmarks

Peers: numba exact, numba with the same float filter, numpy float64 (not exact; the rows it gets
wrong are counted); numba for the accrual. All exact ones must find the same hits before anything is
timed. Bytes read: 33 a position, 4 with the prefilter column. Mapped positions stay in the files:
the process itself holds a bitmap, one bit for each.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import perps_peers as peers
import pytest
from numpy.typing import NDArray

from voltcore import perps

ROWS, CUSTODIES, STEPS = 2_000_000, 10_000, 100
MARK, CUM = 150_000_000, 10_000_000
PARAMS = perps.ScanParams(close_bps=6, cumulative=CUM)
CURVE = perps.SlopeCurve(
    base_rate=1_000, slope1=20_000, slope2=300_000, optimal_utilization=800_000_000
)


def columns(rows: int, spread: int) -> tuple[NDArray[Any], ...]:
    """Entries within `spread` percent of the mark, leverage 2 to 100."""
    rng = np.random.default_rng(7)
    size = rng.integers(10**6, 10**12, rows, np.uint64)
    return (
        size,
        size // rng.integers(2, 100, rows, np.uint64) + np.uint64(1),
        rng.integers(MARK * (100 - spread) // 100, MARK * (100 + spread) // 100, rows, np.uint64),
        rng.integers(0, 5_000_000, rows, np.uint64),
        rng.integers(0, 2, rows, np.uint8),
    )


def unpacked(scan: perps.Scan) -> NDArray[np.bool_]:
    bits = np.unpackbits(scan.bitmap, count=len(scan), bitorder="little")
    return bits.astype(np.bool_)


def scans(rows: int) -> dict[str, Callable[[], Any]]:
    """Every way to scan, checked to find the same rows."""
    given = columns(rows, 30)
    book = perps.Positions(*given)
    out = np.zeros(rows, np.uint8)
    mark, cum = np.uint64(MARK), np.uint64(CUM)
    ways: dict[str, Callable[[], Any]] = {
        "voltcore, 1 thread": lambda: perps.scan_liquidations(book, MARK, 0, PARAMS, threads=1),
        "voltcore, 2 threads": lambda: perps.scan_liquidations(book, MARK, 0, PARAMS, threads=2),
        "numba exact": lambda: peers.scan_exact(*given, mark, cum, out),
        "numba filter": lambda: peers.scan_filtered(*given, mark, cum, out),
        "numpy float64": lambda: peers.scan_numpy(given, MARK, CUM),
    }
    ways["numba exact"]()
    hits = out.astype(np.bool_)
    ways["numba filter"]()
    assert np.array_equal(out.astype(np.bool_), hits)
    assert np.array_equal(unpacked(ways["voltcore, 1 thread"]()), hits)
    assert np.array_equal(unpacked(ways["voltcore, 2 threads"]()), hits)
    return ways


def numpy_misses(rows: int) -> int:
    """Rows of the scan that doubles alone get wrong."""
    given = columns(rows, 30)
    exact = perps.scan_liquidations(perps.Positions(*given), MARK, 0, PARAMS)
    return int(np.count_nonzero(peers.scan_numpy(given, MARK, CUM) != unpacked(exact)))


def mapped(rows: int, folder: Path) -> dict[str, Callable[[], Any]]:
    """Columns in files, written piece by piece; every piece is checked against numba exact."""
    piece = min(rows, 2_000_000)
    files = [
        np.memmap(folder / f"column{i}", np.uint8 if i == 4 else np.uint64, "w+", shape=(rows,))
        for i in range(5)
    ]
    given = columns(piece, 30)
    for start in range(0, rows, piece):
        stop = min(start + piece, rows)
        for file, column in zip(files, given, strict=True):
            file[start:stop] = column[: stop - start]
    book = perps.Positions(*files)
    hits = np.zeros(piece, np.uint8)
    peers.scan_exact(*given, np.uint64(MARK), np.uint64(CUM), hits)
    bits = np.packbits(hits, bitorder="little")
    whole = perps.scan_liquidations(book, MARK, 0, PARAMS).bitmap
    for start in range(0, rows - piece + 1, piece):
        assert np.array_equal(whole[start // 8 : (start + piece) // 8], bits)
    return {
        "mapped, 1 thread": lambda: perps.scan_liquidations(book, MARK, 0, PARAMS, threads=1),
        "mapped, 2 threads": lambda: perps.scan_liquidations(book, MARK, 0, PARAMS, threads=2),
    }


def prefiltered(rows: int) -> dict[str, Callable[[], Any]]:
    """A book whose positions are young: the 4-byte column decides nearly all of them."""
    size, _, entry, snapshot, side = columns(rows, 1)
    given = (size, size // np.uint64(10), entry, snapshot, side)
    book = perps.Positions(*given)
    column = perps.prefilter(book, PARAMS, max_mark=2 * MARK, until=86_400)
    out = np.zeros(rows, np.uint8)
    mark, cum = np.uint64(MARK), np.uint64(CUM)

    def scan(threads: int) -> perps.Scan:
        return perps.scan_liquidations(book, MARK, 0, PARAMS, prefilter=column, threads=threads)

    ways: dict[str, Callable[[], Any]] = {
        "prefilter, 1 thread": lambda: scan(1),
        "prefilter, 2 threads": lambda: scan(2),
        "numba filter": lambda: peers.scan_filtered(*given, mark, cum, out),
    }
    ways["numba filter"]()
    assert np.array_equal(unpacked(scan(1)), out.astype(np.bool_))
    assert np.array_equal(unpacked(scan(2)), out.astype(np.bool_))
    return ways


def accruals() -> dict[str, Callable[[], Any]]:
    rng = np.random.default_rng(3)
    owned = rng.integers(10**12, 10**15, CUSTODIES, np.uint64)
    locked = owned // np.uint64(1_000) * rng.integers(0, 1_000, CUSTODIES, np.uint64)
    zero = np.zeros(CUSTODIES, np.uint64)
    seconds = np.array([600 + t % 7 for t in range(STEPS)], np.uint32)

    def ours(threads: int) -> perps.AccrualBatch:
        return perps.accrue(
            owned, locked, zero, seconds, CURVE, rounding="down", compound=True, threads=threads
        )

    def theirs() -> tuple[NDArray[Any], ...]:
        copies = (owned.copy(), locked.copy(), zero.copy())
        peers.accrue(*copies, seconds)
        return copies

    expected = theirs()
    for ours_column, theirs_column in zip(ours(1)[:3], expected, strict=True):
        assert np.array_equal(ours_column, theirs_column)
    return {
        "voltcore, 1 thread": lambda: ours(1),
        "voltcore, 2 threads": lambda: ours(2),
        "numba": theirs,
    }


@pytest.mark.parametrize(
    "way",
    ["voltcore, 1 thread", "voltcore, 2 threads", "numba exact", "numba filter", "numpy float64"],
)
def bench_scan(benchmark: Any, way: str) -> None:
    benchmark.group = "perps/scan"
    benchmark(scans(ROWS // 4)[way])


@pytest.mark.parametrize("way", ["prefilter, 1 thread", "prefilter, 2 threads", "numba filter"])
def bench_prefilter(benchmark: Any, way: str) -> None:
    benchmark.group = "perps/scan with prefilter"
    benchmark(prefiltered(ROWS // 4)[way])


@pytest.mark.parametrize("way", ["voltcore, 1 thread", "voltcore, 2 threads", "numba"])
def bench_accrue(benchmark: Any, way: str) -> None:
    benchmark.group = "perps/accrue"
    benchmark(accruals()[way])


def best(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    times = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, run in ways.items():
            start = time.perf_counter()
            run()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def show(
    title: str, ways: dict[str, Callable[[], Any]], rounds: int, units: int, width: int
) -> None:
    """Times of one job, and how many times the first each way takes."""
    times = best(ways, rounds)
    first = next(iter(times.values()))
    print(f"{title}, {units:,} times")
    for name, seconds in times.items():
        bandwidth = f"{width * units / seconds / 1e9:8.1f} GB/s" if width else ""
        each = seconds / units * 1e9
        print(f"    {name:22} {each:8.3f} ns  {seconds / first:6.2f} x {bandwidth}")


def own_memory() -> str:
    """Memory of the process that no file backs."""
    status = Path("/proc/self/status")
    if not status.exists():
        return "unknown"
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
    return f"{int(line.split()[1]) / 1024:,.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--mapped", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    if given.mapped:
        with tempfile.TemporaryDirectory() as folder:
            show("scan", mapped(given.mapped, Path(folder)), given.rounds, given.mapped, 33)
            print(f"    memory of its own      {own_memory()}")
        return
    show("scan", scans(given.rows), given.rounds, given.rows, 33)
    print(f"    numpy float64 is wrong in {numpy_misses(given.rows):,} of {given.rows:,} rows")
    show("scan with prefilter", prefiltered(given.rows), given.rounds, given.rows, 4)
    show("accrual", accruals(), given.rounds, CUSTODIES * STEPS, 0)


if __name__ == "__main__":
    main()
