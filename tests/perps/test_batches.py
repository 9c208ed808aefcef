"""Scans and other batches against one position at a time and against Python's integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perps_worlds import ALICE, BOB, ORACLE, USD, jlp
from voltcore import errors, perps

BPS, RATE = 10_000, 10**9
PARAMS = perps.ScanParams(
    close_bps=6,
    cumulative=5_000_000,
    last_update=0,
    hourly_rate=120_000,
    max_leverage_bps=2_000_000,
)
MARK = 150 * USD


def ceil(a: int, b: int) -> int:
    return -(-a // b)


def truth(row: tuple[int, int, int, int, int], market: tuple[int, ...]) -> tuple[int, bool, int]:
    """(status, liquidatable, remaining) of one row in Python's integers."""
    size, collateral, entry, snapshot, side = row
    mark, cumulative, close_bps, scalar, max_leverage = market
    if size == 0 or entry == 0 or mark == 0 or side > 1 or snapshot > cumulative:
        return 110, False, 0
    move = size * abs(mark - entry) // entry
    bps = close_bps + (ceil(size * BPS, scalar) if scalar else 0)
    close, borrow = ceil(size * bps, BPS), ceil((cumulative - snapshot) * size, RATE)
    if max(move, bps, close, borrow) >= 2**64:
        return 301, False, 0
    pnl = move if (mark > entry) == (side == 0) else -move
    remaining = collateral + pnl - close - borrow
    return 0, remaining * max_leverage < size * BPS, remaining


def rows_of(book: perps.Positions) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in book.columns()), strict=True))


def random_book(rows: int, seed: int, *, wild: bool = False) -> perps.Positions:
    rng = np.random.default_rng(seed)
    size = rng.integers(USD, 10**12, rows, np.uint64)
    collateral = size // rng.integers(2, 400, rows, np.uint64) + np.uint64(1)
    entry = rng.integers(100 * USD, 200 * USD, rows, np.uint64)
    snapshot = rng.integers(0, 5_000_000, rows, np.uint64)
    side = rng.integers(0, 2, rows, np.uint8)
    if wild:
        for column in (size, collateral, entry, snapshot):
            hit = rng.integers(0, rows, rows // 8)
            column[hit] = rng.choice(
                np.array([0, 1, 2, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1], np.uint64), len(hit)
            )
        side[rng.integers(0, rows, rows // 16)] = 7
    return perps.Positions(size, collateral, entry, snapshot, side)


def check(
    book: perps.Positions, price: int, now: int, params: perps.ScanParams, **more: Any
) -> Any:
    market = params.market(price, now)
    scan = perps.scan_liquidations(book, price, now, params, status=True, shortfall=True, **more)
    expected = [truth(row, market) for row in rows_of(book)]  # type: ignore[arg-type]
    hits = [i for i, (_, liquidatable, _) in enumerate(expected) if liquidatable]
    assert scan.indices.tolist() == hits
    assert scan.hits == len(hits)
    assert scan.status.tolist() == [status for status, _, _ in expected]
    assert scan.bad == sum(status != 0 for status, _, _ in expected)
    for i in hits[:200]:
        needed = ceil(int(book.size_usd[i]) * BPS, params.max_leverage_bps)
        assert scan.shortfall_usd[i] == min(max(0, needed - expected[i][2]), 2**64 - 1)
    return scan


@pytest.mark.parametrize("scalar", [0, 125 * 10**13, 10**10])
@pytest.mark.parametrize("wild", [False, True])
def test_a_scan_finds_what_the_rule_finds(scalar: int, wild: bool) -> None:
    params = perps.ScanParams(
        close_bps=6, impact_scalar=scalar, cumulative=5_000_000, hourly_rate=120_000
    )
    for seed, price in ((1, MARK), (2, 100 * USD), (3, 210 * USD), (4, 1), (5, 2**64 - 1)):
        check(random_book(3_001, seed, wild=wild), price, 7_200, params)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("scalar", [0, 125 * 10**13])
def test_the_filter_never_decides_a_row_on_the_border(side: int, scalar: int) -> None:
    """Collateral exactly at the border and one unit on either side, at every magnitude."""
    params = perps.ScanParams(close_bps=6, impact_scalar=scalar, cumulative=4_999_999)
    market = params.market(MARK, 0)
    rows = []
    for bits in range(8, 60):
        for entry in (MARK - 1, MARK, MARK + 1, MARK * 9 // 10, 10**12 + 7):
            size = 2**bits + 12_345
            _, _, bare = truth((size, 0, entry, 3, side), market)
            border = ceil(size * BPS, params.max_leverage_bps) - bare
            rows += [
                (size, c, entry, 3, side) for c in range(border - 6, border + 7) if 0 <= c < 2**64
            ]
    book = perps.Positions(*(list(column) for column in zip(*rows, strict=True)))
    scan = check(book, MARK, 0, params)
    assert 0 < scan.hits < len(book)
    column = perps.prefilter(book, params, max_mark=MARK * 2, until=100)
    assert check(book, MARK, 0, params, prefilter=column).hits == scan.hits


@pytest.mark.parametrize("wild", [False, True])
def test_a_prefilter_changes_no_result(wild: bool) -> None:
    book = random_book(4_000, 9, wild=wild)
    for scalar in (0, 125 * 10**13):
        params = perps.ScanParams(
            close_bps=6, impact_scalar=scalar, cumulative=5_000_000, hourly_rate=120_000
        )
        column = perps.prefilter(book, params, max_mark=300 * USD, until=86_400)
        for price in (1, 90 * USD, MARK, 160 * USD, 300 * USD):
            for now in (0, 86_400):
                check(book, price, now, params, prefilter=column)
        # Beyond what it was built for it is ignored.
        check(book, 301 * USD, 0, params, prefilter=column)
        check(book, MARK, 86_401, params, prefilter=column)


def test_the_number_of_threads_changes_nothing() -> None:
    book = random_book(200_003, 4)
    one = perps.scan_liquidations(book, MARK, 60, PARAMS, threads=1, shortfall=True)
    for threads in (2, 3, 16):
        other = perps.scan_liquidations(book, MARK, 60, PARAMS, threads=threads, shortfall=True)
        assert other.bitmap.tobytes() == one.bitmap.tobytes()
        assert other.shortfall_usd is not None
        assert one.shortfall_usd is not None
        assert other.shortfall_usd.tobytes() == one.shortfall_usd.tobytes()


def test_most_rows_never_reach_the_integers() -> None:
    book = random_book(100_000, 6)
    assert perps.scan_liquidations(book, MARK, 60, PARAMS).undecided < 10


def test_profits_and_liquidation_prices_are_those_of_one_position() -> None:
    book = random_book(2_000, 5)
    profits = perps.mark_to_market(book, MARK)
    prices = perps.liquidation_prices(book, 60, PARAMS)
    cumulative = PARAMS.market(MARK, 60)[1]
    for i, (size, collateral, entry, snapshot, side) in enumerate(rows_of(book)):
        name = ("long", "short")[side]
        gains, usd = perps.jlp_profit(name, size, entry, MARK)
        assert profits.pnl_usd[i] == (usd if gains else -usd)
        assert prices.price[i] == perps.jlp_liquidation_price(
            name, entry, size, collateral, close_bps=6, impact_scalar=0,
            max_leverage_bps=2_000_000, cumulative=cumulative, snapshot=snapshot,
        )  # fmt: skip
    assert not profits.status.any()
    assert not prices.status.any()


def test_a_grid_counts_what_a_scan_at_each_level_finds() -> None:
    book = random_book(1_500, 8, wild=True)
    levels = list(range(60 * USD, 260 * USD, 5 * USD))
    grid = perps.liquidation_grid(book, levels, 60, PARAMS)
    bad = set(np.flatnonzero(grid.status).tolist())
    for level, longs, shorts in zip(levels, grid.long_usd, grid.short_usd, strict=True):
        hits = perps.scan_liquidations(book, level, 60, PARAMS).indices.tolist()
        expected = [0, 0]
        for i in hits:
            if i not in bad:
                expected[int(book.side[i])] += int(book.size_usd[i])
        assert [longs, shorts] == expected, level


def test_a_scan_of_a_pool_finds_what_the_pool_would_liquidate() -> None:
    pool = jlp()
    for owner, size in ((ALICE, 20_000), (BOB, 5_000), (77, 9_000)):
        pool.increase(owner, "SOL", "long", size * USD, 3 * 10**9, 0)
        pool.increase(owner, "SOL", "short", size * USD, 500 * USD, 0)
    pool.set_price(ORACLE, "SOL", 148 * USD, 7_200)
    for paying, side in (("SOL", "long"), ("USDC", "short")):
        book = perps.Positions.from_pool(pool, "SOL", paying)
        params = perps.ScanParams.from_pool(pool, "SOL", paying)
        hits = perps.scan_liquidations(book, 148 * USD, 7_200, params).indices.tolist()
        owners = (ALICE, BOB, 77)
        expected = [
            i
            for i, owner in enumerate(owners)
            if pool.position(owner, "SOL", side, 7_200).liquidatable
        ]
        assert hits == expected
    assert expected == []


def python_accrual(owned: int, locked: int, cumulative: int, seconds: list[int], curve: Any,
                   up: bool, compound: bool) -> tuple[int, int, int]:  # fmt: skip
    for passed in seconds:
        if owned == 0:
            continue
        used = locked * RATE // owned
        kink = curve.optimal_utilization
        if used < kink or kink >= RATE:
            rate = used * curve.slope1 // kink
        else:
            rate = curve.slope1 + (used - kink) * curve.slope2 // (RATE - kink)
        step = ((rate + curve.base_rate) * passed + (3_599 if up else 0)) // 3_600
        cumulative += step
        if compound:
            interest = locked * step // RATE
            locked, owned = locked + interest, owned + interest
    return owned, locked, cumulative


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize("rounding", ["up", "down"])
@pytest.mark.parametrize("kink", [1, 8 * 10**8, 10**9])
def test_accrual_is_that_of_python_integers(compound: bool, rounding: str, kink: int) -> None:
    rng = np.random.default_rng(3)
    rows = 600
    owned = rng.integers(10**6, 10**15, rows, np.uint64)
    locked = owned // np.uint64(1_000) * rng.integers(0, 1_001, rows, np.uint64)
    cumulative = rng.integers(0, 10**12, rows, np.uint64)
    owned[:8] = [0, 1, 2**61, 2**62, 2**63, 2**64 - 1, 5, 10**12]
    locked[:8] = [7, 2**40, 2**60, 2**61, 2**62, 2**63, 0, 10**12]
    cumulative[8] = 2**63 - 1
    curve = perps.SlopeCurve(
        base_rate=1_000, slope1=20_000, slope2=300_000, optimal_utilization=kink
    )
    seconds = [600 + t % 7 for t in range(40)]
    got = perps.accrue(
        owned, locked, cumulative, seconds, curve, rounding=rounding, compound=compound
    )
    assert wrong_rows(got, owned, locked, cumulative, seconds, curve, rounding, compound) == []


def wrong_rows(
    got: perps.AccrualBatch, owned: Any, locked: Any, cumulative: Any, seconds: list[int],
    curve: perps.SlopeCurve, rounding: str, compound: bool,
) -> list[int]:  # fmt: skip
    """Rows that are not those of Python's integers; a row too large for u64 has the status 301."""
    wrong = []
    for i in range(len(owned)):
        expected = python_accrual(
            int(owned[i]), int(locked[i]), int(cumulative[i]), seconds, curve,
            rounding == "up", compound,
        )  # fmt: skip
        told = (got.owned[i], got.locked[i], got.cumulative[i])
        if max(expected) >= 2**64:
            right = got.status[i] == 301
        else:
            right = got.status[i] == 0 and told == expected
        if not right:
            wrong.append(i)
    return wrong


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize(
    "slopes",
    [(0, 0, 0), (500, 80_000, 120_000), (7, 2**21 - 1, 2**20), (0, 2**31, 2**32 - 1)],
)
def test_accrual_is_exact_up_to_the_last_whole_doubles(
    slopes: tuple[int, int, int], compound: bool
) -> None:
    """Utilisations that are whole, one off, at the kink and beyond full; amounts below 2**52."""
    rng = np.random.default_rng(11)
    base, slope1, slope2 = slopes
    rows = []
    for most in (2**52 - 1, 2**52 - 2**40, 10**15, 10**9, 10**9 + 7, 1_000, 17, 1):
        for share in range(9):
            at = most * share // 8
            rows += [(most, min(max(at + off, 0), most), 0) for off in (-1, 0, 1)]
        rows.append((most, min(2 * most, 2**52 - 1), 2**51))
    picked = rng.integers(0, len(rows), 512)
    owned, locked, cumulative = (
        np.array([rows[i][k] for i in picked], np.uint64) for k in range(3)
    )
    for kink in (1, 8 * 10**8, 5 * 10**8, 10**9 - 1, 10**9):
        curve = perps.SlopeCurve(
            base_rate=base, slope1=slope1, slope2=slope2, optimal_utilization=kink
        )
        for seconds in ([1, 3_599, 3_600, 3_601, 0, 7 * 86_400], [2**32 - 1]):
            got = perps.accrue(owned, locked, cumulative, seconds, curve, compound=compound)
            wrong = wrong_rows(got, owned, locked, cumulative, seconds, curve, "up", compound)
            assert wrong == []


@pytest.mark.parametrize(
    ("name", "bad", "code"),
    [
        ("size_usd", np.zeros(3, np.float64), "E120"),
        ("size_usd", np.array([1, -1, 2]), "E120"),
        ("entry", np.zeros(4, np.uint64), "E122"),
        ("entry", np.zeros((3, 1), np.uint64), "E121"),
        ("side", np.array([0, 1, 300]), "E120"),
        ("side", np.zeros(3, bool), "E120"),
        ("snapshot", np.broadcast_to(np.uint64(1), (2**40,)), "E123"),
        ("snapshot", np.ma.masked_array([1, 2, 3]), "E120"),
    ],
)
def test_columns_that_cannot_be_read_exactly_are_refused(name: str, bad: Any, code: str) -> None:
    columns: dict[str, Any] = {
        key: np.ones(3, np.uint64) for key in ("size_usd", "collateral_usd", "entry", "snapshot")
    }
    columns["side"] = np.zeros(3, np.uint8)
    with pytest.raises(errors.ArrayError) as caught:
        perps.Positions(**{**columns, name: bad})
    assert type(caught.value) is errors.ArrayError
    assert caught.value.code == code
    # Of columns of different lengths, no single one is wrong.
    assert name in str(caught.value.field).split(" and ")


def test_strided_reversed_and_byte_swapped_columns_read_like_a_copy() -> None:
    book = random_book(500, 2)
    wide = np.zeros((500, 3), np.uint64)
    wide[:, 1] = book.size_usd
    swapped = book.entry.astype(">u8")
    twin = perps.Positions(
        wide[:, 1], book.collateral_usd[::-1][::-1], swapped, book.snapshot, book.side
    )
    here, there = (perps.scan_liquidations(b, MARK, 0, PARAMS) for b in (book, twin))
    assert here.bitmap.tobytes() == there.bitmap.tobytes()


def test_tables_of_arrow_and_polars_and_memory_maps_are_read(tmp_path: Any) -> None:
    import polars
    import pyarrow

    book = random_book(300, 2)
    columns = dict(
        zip(
            ("size_usd", "collateral_usd", "entry", "snapshot", "side"),
            book.columns(),
            strict=True,
        )
    )
    mapped = {}
    for name, column in columns.items():
        mapped[name] = np.memmap(tmp_path / name, column.dtype, "w+", shape=column.shape)
        mapped[name][:] = column
    expected = perps.scan_liquidations(book, MARK, 0, PARAMS).bitmap.tobytes()
    for table in (pyarrow.table(columns), polars.DataFrame(columns), mapped):
        read = perps.Positions.from_table(table)
        assert perps.scan_liquidations(read, MARK, 0, PARAMS).bitmap.tobytes() == expected
    for incomplete in (polars.DataFrame({"side": [0]}), pyarrow.table({"side": [0]}), {}):
        with pytest.raises(errors.InputTypeError):
            perps.Positions.from_table(incomplete)


def test_an_empty_book_gives_an_empty_result() -> None:
    book = perps.Positions([], [], [], [], [])
    scan = perps.scan_liquidations(book, MARK, 0, PARAMS, shortfall=True, status=True)
    assert (scan.hits, scan.bad, len(scan.indices)) == (0, 0, 0)
    assert perps.liquidation_grid(book, [MARK], 0, PARAMS).long_usd == [0]
    assert len(perps.accrue([], [], [], [], perps.SlopeCurve()).owned) == 0


def test_levels_must_rise() -> None:
    book = random_book(3, 1)
    for levels in ([0, 1], [2, 2], [3, 1]):
        with pytest.raises(errors.InputRangeError) as caught:
            perps.liquidation_grid(book, levels, 0, PARAMS)
        assert caught.value.code == "E110"


def test_a_prefilter_of_another_book_is_refused() -> None:
    column = perps.prefilter(random_book(3, 1), PARAMS, max_mark=MARK, until=0)
    with pytest.raises(errors.ArrayError) as caught:
        perps.scan_liquidations(random_book(4, 1), MARK, 0, PARAMS, prefilter=column)
    assert caught.value.code == "E122"
