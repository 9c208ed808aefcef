"""The comparison pool: its refusals, its batches, and its fast loop against the contract's own."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from numpy.typing import NDArray

from voltcore import _core, amm
from voltcore.errors import (
    ArrayError,
    CorruptError,
    InputRangeError,
    InputTypeError,
    LiquidityError,
    NotInitializedError,
    VoltcoreError,
)

Q96 = 1 << 96
LOW, HIGH = 4295128740, 1461446703485210103287273052203988822378723970341


def limbs(values: list[int]) -> NDArray[np.uint64]:
    data = b"".join((value % (1 << 256)).to_bytes(32, "little") for value in values)
    return np.frombuffer(data, dtype="<u8").reshape(-1, 4).astype(np.uint64)


def signed(rows: NDArray[np.uint64]) -> list[int]:
    return [int.from_bytes(row.astype("<u8").tobytes(), "little", signed=True) for row in rows]


def new_pool(ranges: int = 40, seed: int = 3, spacing: int = 60) -> amm.UniswapV3Pool:
    pool = amm.UniswapV3Pool(3000, spacing)
    pool.initialize(Q96)
    rng = np.random.default_rng(seed)
    for owner in range(1, ranges + 1):
        lower = int(rng.integers(-300, 290))
        upper = lower + int(rng.integers(1, 100))
        pool.mint(owner, lower * spacing, upper * spacing, int(rng.integers(1, 2**60)))
    return pool


def new_swaps(n: int, seed: int = 5) -> tuple[NDArray[np.bool_], list[int], list[int]]:
    rng = np.random.default_rng(seed)
    down = rng.integers(0, 2, n).astype(bool)
    amounts = [
        int(x) * (1 if exact_in else -1)
        for x, exact_in in zip(
            rng.integers(1, 2**62, n) >> rng.integers(0, 40, n), rng.integers(0, 2, n), strict=True
        )
    ]
    return down, amounts, [LOW if d else HIGH for d in down]


def test_the_fast_loop_leaves_the_state_of_the_contracts_loop() -> None:
    fast, plain = new_pool(), new_pool()
    down, amounts, limits = new_swaps(3000)
    for pool in (fast, plain):
        pool.set_fee_protocol(4, 7)
    rows = (down, limbs(amounts), limbs(limits))
    got = fast.swap_many(*rows, mode="each")
    want = plain._core.swap_many(down.view(np.uint8), *rows[1:], False, True)
    for column, expected in zip(got, want, strict=True):
        np.testing.assert_array_equal(column, expected)
    assert fast.state_digest() == plain.state_digest()
    assert got.steps.max() > 20
    fast.audit()


def test_a_batch_is_its_single_swaps() -> None:
    batch, single = new_pool(), new_pool()
    down, amounts, limits = new_swaps(200)
    rows = batch.swap_many(down, limbs(amounts), limbs(limits), mode="each")
    for i, (zero_for_one, amount, limit) in enumerate(
        zip(down.tolist(), amounts, limits, strict=True)
    ):
        try:
            swap = single.swap(zero_for_one, amount, limit)
        except VoltcoreError as error:
            assert rows.status[i] == int(error.code[1:])  # noqa: PT017 - which code is the point
            continue
        assert rows.status[i] == 0
        assert (signed(rows.amount0[i : i + 1])[0], signed(rows.amount1[i : i + 1])[0]) == swap[:2]
        assert rows.tick[i] == swap.tick
    assert batch == single


def test_quotes_are_swaps_of_copies_and_change_nothing() -> None:
    pool = new_pool()
    down, amounts, limits = new_swaps(60)
    before = pool.state_digest()
    rows = pool.quote_many(down, limbs(amounts), limbs(limits), threads=2)
    assert pool.state_digest() == before
    for i, (zero_for_one, amount, limit) in enumerate(
        zip(down.tolist(), amounts, limits, strict=True)
    ):
        swap = pool.copy().swap(zero_for_one, amount, limit)
        assert pool.quote(zero_for_one, amount, limit) == swap
        assert signed(rows.amount0[i : i + 1])[0] == swap.amount0
        assert signed(rows.amount1[i : i + 1])[0] == swap.amount1
        assert rows.tick[i] == swap.tick
    assert pool.state_digest() == before


def test_an_atomic_batch_takes_all_back_when_a_row_is_refused() -> None:
    pool = new_pool()
    before = pool.state_digest()
    with pytest.raises(InputRangeError) as caught:
        pool.swap_many(np.array([True, True, True]), limbs([5, 10**9, 0]), limbs([LOW] * 3))
    assert (caught.value.index, caught.value.onchain) == (2, "AS")
    assert pool.state_digest() == before


REFUSED: list[tuple[str, Callable[[amm.UniswapV3Pool], object], str, str]] = [
    ("second initialise", lambda p: p.initialize(Q96), "E504", "AI"),
    ("zero mint", lambda p: p.mint(1, -60, 60, 0), "E111", "empty"),
    ("misordered ticks", lambda p: p.mint(1, 60, 60, 1), "E113", "TLU"),
    ("tick too low", lambda p: p.mint(1, -887280, 60, 1), "E110", "TLM"),
    ("tick too high", lambda p: p.mint(1, 60, 887280, 1), "E110", "TUM"),
    ("off the spacing", lambda p: p.mint(1, -61, 60, 1), "E110", "empty"),
    ("too much for a tick", lambda p: p.mint(1, -60, 60, 2**127 - 1), "E605", "LO"),
    ("over int128", lambda p: p.mint(1, -60, 60, 2**127), "E301", "empty"),
    ("burn of another's", lambda p: p.burn(999, -60, 60, 1), "E604", "LS"),
    ("empty position", lambda p: p.burn(999, -60, 60, 0), "E604", "NP"),
    ("zero swap", lambda p: p.swap(True, 0, LOW), "E111", "AS"),
    ("limit on the wrong side", lambda p: p.swap(True, 1, HIGH), "E110", "SPL"),
    ("limit at the end", lambda p: p.swap(False, 1, HIGH + 1), "E110", "SPL"),
    ("protocol fee", lambda p: p.set_fee_protocol(3, 0), "E110", "empty"),
]


@pytest.mark.parametrize(
    ("call", "code", "onchain"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_a_refusal_has_its_code_and_text_and_changes_nothing(
    call: Callable[[amm.UniswapV3Pool], object], code: str, onchain: str
) -> None:
    pool = new_pool()
    before = pool.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        call(pool)
    assert (caught.value.code, caught.value.onchain) == (code, onchain)
    assert pool.state_digest() == before
    pool.audit()


@pytest.mark.parametrize(
    "call",
    [
        lambda p: p.mint(1, -60, 60, 5),
        lambda p: p.burn(1, -60, 60, 5),
        lambda p: p.collect(1, -60, 60),
        lambda p: p.swap(True, 5, LOW),
        lambda p: p.set_fee_protocol(4, 4),
    ],
)
def test_nothing_works_before_initialise(call: Callable[[amm.UniswapV3Pool], object]) -> None:
    with pytest.raises(NotInitializedError) as caught:
        call(amm.UniswapV3Pool(3000, 60))
    assert caught.value.onchain == "LOK"


@pytest.mark.parametrize(("fee", "spacing"), [(1_000_000, 60), (3000, 0), (3000, 16384)])
def test_a_pool_of_another_kind_is_refused(fee: int, spacing: int) -> None:
    with pytest.raises(InputRangeError):
        amm.UniswapV3Pool(fee, spacing)


@pytest.mark.parametrize("amount", [2**255, -(2**255) - 1])
def test_amounts_beyond_int256_are_refused_at_the_border(amount: int) -> None:
    with pytest.raises(InputRangeError) as caught:
        new_pool().swap(True, amount, LOW)
    assert caught.value.field == "amount_specified"


def test_the_least_amount_is_an_exact_output_of_all_there_is() -> None:
    pool = new_pool()
    swap = pool.swap(False, -(2**255), HIGH)
    assert swap.sqrt_price_x96 == HIGH
    assert -swap.amount0 < 2**255


def test_floats_and_wrong_arrays_are_refused() -> None:
    pool = new_pool()
    with pytest.raises(InputTypeError):
        pool.swap(True, 1.0, LOW)  # type: ignore[arg-type]
    one = limbs([1])
    for rows in (
        (np.array([1]), one, one),
        (np.array([True]), one[:, :3], one),
        (np.array([True]), one, limbs([1, 2])),
    ):
        with pytest.raises(ArrayError):
            pool.swap_many(*rows)  # type: ignore[arg-type]
    with pytest.raises(InputRangeError):
        pool.swap_many(np.array([True]), one, one, mode="both")  # type: ignore[arg-type]


def test_a_pool_survives_bytes_copies_and_pickling() -> None:
    pool = new_pool()
    pool.swap(True, 10**15, LOW)
    for twin in (
        amm.UniswapV3Pool.from_bytes(pool.to_bytes()),
        copy.deepcopy(pool),
        pickle.loads(pickle.dumps(pool)),
    ):
        assert twin == pool
        assert twin.swap(False, 10**15, HIGH) == pool.copy().swap(False, 10**15, HIGH)
        assert twin != pool
    damaged = bytearray(pool.to_bytes())
    damaged[-1] ^= 1
    with pytest.raises(CorruptError):
        amm.UniswapV3Pool.from_bytes(bytes(damaged))


def test_minting_and_burning_at_one_instant_never_profits() -> None:
    pool = new_pool()
    for amount in (1, 2, 999, 10**12, 2**80):
        paid = pool.mint(77, -6000, 6060, amount)
        got = pool.burn(77, -6000, 6060, amount)
        assert got[0] <= paid[0]
        assert got[1] <= paid[1]


def test_swapping_there_and_back_never_profits() -> None:
    for amount in (1, 7, 10**6, 10**15, 10**18):
        pool = new_pool()
        there = pool.swap(True, amount, LOW)
        if there.amount1 == 0:
            continue
        back = pool.swap(False, -there.amount1, HIGH)
        assert there.amount0 + back.amount0 >= 0
        assert there.amount1 + back.amount1 >= 0


ticks = st.integers(-20, 20)


class PoolMachine(RuleBasedStateMachine):
    """Mints, burns, collects and swaps at random; conservation and the audit after every step."""

    @initialize(spacing=st.sampled_from([1, 10, 60, 200]), fee=st.sampled_from([0, 500, 10_000]))
    def start(self, spacing: int, fee: int) -> None:
        self.pool = amm.UniswapV3Pool(fee, spacing)
        self.pool.initialize(Q96)
        self.spacing = spacing
        self.balance = [0, 0]
        self.liquidity: dict[tuple[int, int, int], int] = {}

    @rule(
        owner=st.integers(1, 3),
        lower=ticks,
        width=st.integers(-1, 12),
        amount=st.one_of(st.integers(0, 10**18), st.integers(1, 9), st.integers(2**80, 2**90)),
    )
    def mint(self, owner: int, lower: int, width: int, amount: int) -> None:
        key = (owner, lower * self.spacing, (lower + width) * self.spacing)
        if self.refused_unchanged(lambda: self.add(self.pool.mint(*key, amount), 1)):
            assert width <= 0 or amount == 0
        else:
            self.liquidity[key] = self.liquidity.get(key, 0) + amount

    @precondition(lambda self: self.liquidity)
    @rule(data=st.data(), amount=st.integers(0, 2 * 10**18))
    def burn(self, data: st.DataObject, amount: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.liquidity)))
        if self.refused_unchanged(lambda: self.pool.burn(*key, amount)):
            assert amount > self.liquidity[key] or self.liquidity[key] == 0
        else:
            self.liquidity[key] -= amount

    @precondition(lambda self: self.liquidity)
    @rule(data=st.data())
    def collect(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.liquidity)))
        self.add(self.pool.collect(*key), -1)

    @rule(
        down=st.booleans(),
        amount=st.one_of(
            st.integers(-(10**18), 10**18),
            st.integers(-9, 9),
            st.integers(-(2**90), 2**90),
            st.integers(-(2**255), 2**255 - 1),
        ),
        limit=st.integers(0, 4),
        away=st.integers(1, 2000),
    )
    def swap(self, down: bool, amount: int, limit: int, away: int) -> None:
        near = amm.sqrt_ratio_at_tick((-1 if down else 1) * self.spacing * 7, protocol="uniswap_v3")
        slot = self.pool.slot()
        inside = amm.sqrt_ratio_at_tick(
            max(-887272, min(887271, slot["tick"] + (-away if down else away))),
            protocol="uniswap_v3",
        )
        price = [LOW if down else HIGH, near, slot["sqrt_price_x96"], 0, inside + away % 3][limit]
        plain = self.pool.copy()

        def act() -> None:
            swap = self.pool.swap(down, amount, price)
            rows = (np.array([down], dtype=np.uint8), limbs([amount]), limbs([price]))
            plain._core.swap_many(*rows, True, True)
            assert plain.state_digest() == self.pool.state_digest()
            self.add((swap.amount0, swap.amount1), 1)

        self.refused_unchanged(act)

    @rule(p0=st.integers(0, 12), p1=st.integers(0, 12))
    def protocol(self, p0: int, p1: int) -> None:
        legal = {0, *range(4, 11)}
        refused = self.refused_unchanged(lambda: self.pool.set_fee_protocol(p0, p1))
        assert refused == (p0 not in legal or p1 not in legal)

    def add(self, amounts: tuple[int, int], sign: int) -> None:
        self.balance[0] += sign * amounts[0]
        self.balance[1] += sign * amounts[1]

    def refused_unchanged(self, call: Callable[[], object]) -> bool:
        before = self.pool.state_digest()
        try:
            call()
        except VoltcoreError:
            assert self.pool.state_digest() == before
            return True
        return False

    @invariant()
    def sound(self) -> None:
        if not hasattr(self, "pool"):
            return
        self.pool.audit()
        # What the pool has been paid covers everything it could be asked for now.
        emptied = self.pool.copy()
        slot = emptied.slot()
        owed = [slot["protocol_fees0"], slot["protocol_fees1"]]
        for key, amount in self.liquidity.items():
            if amount:
                emptied.burn(*key, amount)
            got = emptied.collect(*key)
            owed[0] += got[0]
            owed[1] += got[1]
        assert owed[0] <= self.balance[0]
        assert owed[1] <= self.balance[1]


PoolMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_random_pools_keep_their_promises = PoolMachine.TestCase


def test_a_bitmap_finds_the_next_tick_like_a_sorted_list() -> None:
    rng = np.random.default_rng(2)
    for spacing in (1, 10, 60, 16383):
        bitmap = amm.TickBitmap(spacing)
        marked: set[int] = set()
        for compressed in rng.integers(-450, 450, 80).tolist():
            bitmap.flip(compressed * spacing)
            marked ^= {compressed}
        for tick in rng.integers(-500 * spacing, 500 * spacing, 300).tolist():
            start = tick // spacing
            word = start >> 8
            below = [c for c in marked if word << 8 <= c <= start]
            want = (max(below) * spacing, True) if below else ((word << 8) * spacing, False)
            assert bitmap.next_initialized_tick_within_one_word(tick, True) == want
            word = (start + 1) >> 8
            above = [c for c in marked if start < c <= (word << 8) + 255]
            want = (min(above) * spacing, True) if above else (((word << 8) + 255) * spacing, False)
            assert bitmap.next_initialized_tick_within_one_word(tick, False) == want


def test_a_tick_off_the_spacing_cannot_be_flipped() -> None:
    bitmap = amm.TickBitmap(60)
    with pytest.raises(InputRangeError) as caught:
        bitmap.flip(61)
    assert caught.value.onchain == "tick must be properly spaced"
    with pytest.raises(InputRangeError):
        _core.TickBitmap(0)
    with pytest.raises(LiquidityError):
        new_pool().burn(1, -887220, 887220, 1)
