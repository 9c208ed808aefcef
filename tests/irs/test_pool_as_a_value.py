"""The pool as a value: batches, bytes, helpers, and what it says of itself."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from irs.worlds import (
    ANYONE,
    END,
    FIXED,
    LEAST,
    MOST,
    PARAMETERS,
    START,
    VARIABLE,
    WAD,
    new_pool,
    traded_pool,
)
from voltcore import amm, irs
from voltcore.errors import (
    ArrayError,
    CorruptError,
    InputRangeError,
    InputTypeError,
    VoltcoreError,
)


def limbs(values: list[int]) -> np.ndarray:
    data = b"".join((value % (1 << 256)).to_bytes(32, "little") for value in values)
    return np.frombuffer(data, dtype="<u8").reshape(-1, 4).astype(np.uint64)


@pytest.mark.parametrize("apart", [None, 0, 7, 86_400, -1])
def test_a_batch_of_swaps_is_its_single_swaps(apart: int | None) -> None:
    """All at one time, or each at its own: backwards is refused row by row."""
    batch, single = traded_pool(), traded_pool()
    times = [START + (apart or 0) * i for i in range(5)]
    amounts = [10**9, -(10**9), 10**10, 5, -7]
    owners = [FIXED, VARIABLE, ANYONE, FIXED, VARIABLE]
    ends = [MOST - 1 if a > 0 else LEAST + 1 for a in amounts]
    now = START if apart is None else np.array(times)
    rows = batch.swap_many(now, np.array(owners), -60, 60, limbs(amounts), limbs(ends), mode="each")
    for i, (owner, amount) in enumerate(zip(owners, amounts, strict=True)):
        status = 0
        try:
            receipt = single.swap(owner, times[i], owner, -60, 60, amount)
        except VoltcoreError as error:
            status = int(error.code[1:])
        else:
            for column, value in zip(rows[:5], receipt, strict=True):
                low = int.from_bytes(column[i].astype("<u8").tobytes(), "little", signed=True)
                assert low == value
        assert rows.status[i] == status
    late = 705 if apart == -1 else 0
    assert rows.status.tolist() == [0, late, late or 603, late, late]
    assert batch == single


def test_an_atomic_batch_takes_all_back_and_wrong_arrays_are_refused() -> None:
    pool = traded_pool()
    before = pool.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        pool.swap_many(
            START, np.array([FIXED, FIXED]), -60, 60, limbs([9, 0]), limbs([MOST - 1] * 2)
        )
    assert (caught.value.index, caught.value.code) == (1, "E111")
    assert pool.state_digest() == before
    one = limbs([1])
    for owners, amounts in (
        (np.array([1.0]), one),
        (np.array([1, 2]), one),
        (np.array([1]), one[:, :2]),
        (np.array([[1]]), one),
    ):
        with pytest.raises(ArrayError):
            pool.swap_many(START, owners, -60, 60, amounts, one)  # type: ignore[arg-type]
    for times in (np.array([START] * 2), np.array([1.5]), np.array([-1]), [2**32]):
        with pytest.raises(ArrayError):
            pool.swap_many(times, np.array([FIXED]), -60, 60, one, one)  # type: ignore[arg-type]
    assert pool.state_digest() == before


@pytest.mark.parametrize("revision", ["r22", "r23"])
def test_a_batch_of_requirements_is_its_single_ones(revision: irs.Revision) -> None:
    calculator = irs.MarginCalculator(
        PARAMETERS,
        revision=revision,
        term_start_wad=START * WAD,
        term_end_wad=END * WAD,
        now=START + 86_400,
        historical_apy_wad=WAD // 20,
        variable_factor_wad=WAD // 10_000,
    )
    price = amm.sqrt_ratio_at_tick(-16096)
    sizes = (0, 1, -1, 5 * 10**12, -5 * 10**12, 2**127, -(2**128), 2**254, -(2**255))
    pairs = [(fixed, variable) for fixed in sizes for variable in sizes]
    for is_lm in (False, True):
        rows = calculator.requirements(
            limbs([f for f, _ in pairs]), limbs([v for _, v in pairs]), is_lm, price, threads=2
        )
        for i, pair in enumerate(pairs):
            try:
                want, status = calculator.requirement(*pair, is_lm, price), 0
            except VoltcoreError as error:
                want, status = 0, int(error.code[1:])
            assert rows.status[i] == status
            assert int.from_bytes(rows.values[i].astype("<u8").tobytes(), "little") == want
        assert {0, 301} <= set(rows.status.tolist())


def test_a_pool_survives_bytes_copies_and_pickling_and_damage_is_found() -> None:
    pool = traded_pool()
    for twin in (
        irs.IrsPool.from_bytes(pool.to_bytes()),
        copy.deepcopy(pool),
        pickle.loads(pickle.dumps(pool)),
    ):
        assert twin == pool
        assert twin.swap(FIXED, START, FIXED, -60, 60, 7) == pool.copy().swap(
            FIXED, START, FIXED, -60, 60, 7
        )
        assert twin != pool
    damaged = bytearray(pool.to_bytes())
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(CorruptError):
        irs.IrsPool.from_bytes(bytes(damaged))


def test_swapping_there_and_back_at_one_instant_never_profits() -> None:
    for amount in (1, 7, 10**6, 10**9, 3 * 10**10, -1, -7, -(10**6), -(10**9), -3 * 10**10):
        pool = traded_pool()
        before = pool.position(FIXED, -60, 60)
        pool.swap(FIXED, START, FIXED, -60, 60, amount)
        pool.swap(FIXED, START, FIXED, -60, 60, -amount)
        after = pool.position(FIXED, -60, 60)
        assert after.fixed_token_balance <= before.fixed_token_balance
        assert after.variable_token_balance <= before.variable_token_balance
        assert after.margin <= before.margin


def test_helpers_turn_rates_and_notionals_around() -> None:
    for tick in range(-69100, 69101, 2357):
        price = amm.sqrt_ratio_at_tick(tick)
        assert abs(irs.rate_at_tick(tick) / 1.0001**-tick - 1) < 1e-9
        assert irs.rate_at_sqrt_price(price) == irs.rate_at_tick(tick)
    for rate in ("0.0011", "1", "4.99", "5", "999"):
        price = irs.sqrt_price_at_rate(rate)
        assert abs(irs.rate_at_sqrt_price(price) / float(rate) - 1) < 1e-12
        for spacing in (1, 10, 60, 7000):
            tick = irs.tick_at_rate(rate, spacing)
            exact = amm.tick_at_sqrt_ratio(price)
            assert tick % spacing == 0
            assert 2 * abs(tick - exact) <= spacing or abs(exact) > 69100 - spacing
    for notional in (0, 1, 999, 10**20):
        liquidity = irs.liquidity_of_notional(notional, -18000, -14400)
        assert 0 <= notional - irs.notional_of_liquidity(liquidity, -18000, -14400) <= 1


@pytest.mark.parametrize("rate", [0, -1, "x", "1e999999999", float("nan"), "1002", 1e-9])
def test_a_rate_that_is_none_is_refused(rate: object) -> None:
    with pytest.raises(InputRangeError):
        irs.sqrt_price_at_rate(rate)  # type: ignore[arg-type]
    with pytest.raises(InputTypeError):
        irs.sqrt_price_at_rate([rate])  # type: ignore[arg-type]


def test_a_pool_describes_itself() -> None:
    pool = traded_pool()
    assert repr(pool).startswith("<IrsPool R22, fixed rate 5.0")
    text = pool.describe()
    for words in ("fixed rate", "90.0 days, 90.0 left", "0.3 % of notional", "3 positions"):
        assert words.split()[0] in text
    assert "not initialised" in new_pool(initialized=False).describe()


def test_presets_give_requirements_in_both_revisions() -> None:
    for revision in ("r22", "r23"):
        calculator = irs.MarginCalculator(
            irs.MarginParameters.preset(revision),  # type: ignore[arg-type]
            revision=revision,  # type: ignore[arg-type]
            term_start_wad=START * WAD,
            term_end_wad=END * WAD,
            now=START,
            historical_apy_wad=5 * WAD // 100,
            variable_factor_wad=0,
        )
        price = amm.sqrt_ratio_at_tick(-16096)
        initial, liquidation = (
            calculator.requirement(5 * 10**12, -(10**12), is_lm, price) for is_lm in (False, True)
        )
        assert initial > liquidation > 0
