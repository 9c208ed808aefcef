"""
Orders, cancels and matches a second: `replay_book` against two books in Python.

Peers: a plain one (a dict of levels and a sorted list of prices) and one on `sortedcontainers`.
All three get the same rows; every result row must be equal before anything is timed.
"""

from __future__ import annotations

from bisect import insort
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voltcore.venues import CANCEL, replay_book

sortedcontainers = pytest.importorskip("sortedcontainers")

ROWS = 40_000
LIMIT, IOC = 0, 1


class PlainBook:
    """Levels in a dict, prices in a sorted list; `sign` makes the best price the smallest key."""

    def __init__(self) -> None:
        self.levels: tuple[dict[int, Any], ...] = ({}, {})
        self.prices: tuple[list[int], ...] = ([], [])
        self.where: dict[int, tuple[int, int]] = {}
        self.next_id = 0

    def best(self, side: int) -> int | None:
        return self.prices[side][0] if self.prices[side] else None

    def add_price(self, side: int, key: int) -> None:
        insort(self.prices[side], key)

    def drop_price(self, side: int, key: int) -> None:
        self.prices[side].remove(key)

    def run(self, rows: list[list[int]]) -> list[tuple[int, int, int, int]]:
        out = []
        for kind, side, price, base, _owner, _life, _now in rows:
            out.append(
                self.cancel(price) if kind == CANCEL else self.place(kind, side, price, base)
            )
        return out

    def cancel(self, order_id: int) -> tuple[int, int, int, int]:
        found = self.where.pop(order_id, None)
        if found is None:
            return (0, 0, 0, -1)
        side, key = found
        level = self.levels[side][key]
        size: int = level.pop(order_id)
        if not level:
            del self.levels[side][key]
            self.drop_price(side, key)
        return (0, 0, size, -1)

    def place(self, kind: int, side: int, price: int, base: int) -> tuple[int, int, int, int]:
        other = 1 - side
        filled = quote = 0
        # Bids are kept under their negative price.
        limit = price if other == 1 else -price
        while base:
            key = self.best(other)
            if key is None or key > limit:
                break
            level = self.levels[other][key]
            at = abs(key)
            while level and base:
                order_id = next(iter(level))
                size = min(base, level[order_id])
                base -= size
                filled += size
                quote += size * at
                if size == level[order_id]:
                    del level[order_id]
                    del self.where[order_id]
                else:
                    level[order_id] -= size
            if not level:
                del self.levels[other][key]
                self.drop_price(other, key)
        if kind != LIMIT or not base:
            return (filled, quote, 0, -1)
        key = -price if side == 0 else price
        if key not in self.levels[side]:
            self.levels[side][key] = {}
            self.add_price(side, key)
        order_id = self.next_id
        self.next_id += 1
        self.levels[side][key][order_id] = base
        self.where[order_id] = (side, key)
        return (filled, quote, base, order_id)


class SortedBook(PlainBook):
    """The same with the prices in a `SortedList`."""

    def __init__(self) -> None:
        super().__init__()
        self.prices = (sortedcontainers.SortedList(), sortedcontainers.SortedList())

    def add_price(self, side: int, key: int) -> None:
        self.prices[side].add(key)


def flow(rows: int, seed: int = 7) -> tuple[NDArray[np.int64], list[tuple[int, int, int, int]]]:
    """
    A market maker's day and what it does to a plain book.

    Half of the rows rest near a mid that walks, three in ten cancel one of the last 3000 orders
    (some of them have gone by then), the others take from the best prices.
    """
    draw = np.random.default_rng(seed)
    kind = draw.random(rows)
    side, size = draw.integers(0, 2, rows), draw.integers(1, 100, rows)
    mid = 100_000 + np.cumsum(draw.integers(-2, 3, rows))
    away = draw.geometric(0.08, rows) - 2
    out = np.zeros((rows, 7), np.int64)
    book = PlainBook()
    results = []
    for i in range(rows):
        row = [LIMIT, int(side[i]), int(mid[i] + (away[i] if side[i] else -away[i])), int(size[i])]
        if kind[i] < 0.16:
            row[0], row[2] = IOC, int(mid[i] + (-9 if side[i] else 9))
            row[3] *= 3
        elif kind[i] > 0.70 and book.next_id:
            recent = max(0, book.next_id - 3_000)
            ids = (recent + draw.random(5) * (book.next_id - recent)).astype(np.int64).tolist()
            row[0], row[2] = CANCEL, next((each for each in ids if each in book.where), ids[0])
        out[i, :4] = row
        out[i, 6] = i
        results += book.run([[*row, 0, 0, i]])
    return out, results


FLOW, EXPECTED = flow(ROWS)
# No side of this flow comes near the limit: the peers have none.
SIDE = 2**20


def tell_rates(benchmark: Any) -> None:
    """Orders, cancels and matches of the flow in a second of it, with the counts they come from."""
    cancels = int((FLOW[:, 0] == CANCEL).sum())
    matches = sum(row[0] > 0 for row in EXPECTED)
    counts = {"orders": ROWS - cancels, "cancels": cancels, "matches": matches}
    benchmark.extra_info["rows"] = ROWS
    benchmark.extra_info.update(counts)
    if benchmark.stats is not None:  # None where nothing is timed
        least = benchmark.stats.stats.min
        rates = {f"{name} a second": round(n / least) for name, n in counts.items()}
        benchmark.extra_info.update(rates)
        print({name: f"{rate:,}" for name, rate in rates.items()})


@pytest.mark.benchmark(group="venues/book")
def bench_book_voltcore(benchmark: Any) -> None:
    """Orders, cancels and matches of one flow in one call."""
    results, _ = benchmark(replay_book, FLOW, orders_per_side=SIDE)
    tell_rates(benchmark)
    assert [tuple(row) for row in results.tolist()] == EXPECTED


@pytest.mark.benchmark(group="venues/book")
@pytest.mark.parametrize("peer", [PlainBook, SortedBook])
def bench_book_python(benchmark: Any, peer: type[PlainBook]) -> None:
    rows = FLOW.tolist()
    results = benchmark(lambda: peer().run(rows))
    tell_rates(benchmark)
    assert results == EXPECTED


def bench_flow_holds_all_three_kinds() -> None:
    kinds = FLOW[:, 0]
    cancelled = sum(row[2] > 0 for row, kind in zip(EXPECTED, kinds, strict=True) if kind == CANCEL)
    assert cancelled > ROWS // 10
    assert sum(row[0] > 0 for row in EXPECTED) > ROWS // 7
    assert sum(row[3] >= 0 for row in EXPECTED) > ROWS // 3
