"""Rules that the carried vectors do not reach: each follows from the text of the protocol alone."""

from __future__ import annotations

import pytest

from irs.worlds import (
    ANYONE,
    DAY,
    END,
    FIXED,
    FUNDS,
    LEAST,
    LP,
    MOST,
    OWNER,
    PAUSER,
    RANGE,
    START,
    VARIABLE,
    WAD,
    new_pool,
    traded_pool,
)
from voltcore import amm, irs
from voltcore.errors import (
    InsufficientFundsError,
    MarginError,
    NotLiquidatableError,
    VoltcoreError,
)

SMALL = (LP, -17940, -14460)


def drained_provider(reward_wad: int) -> irs.IrsPool:
    """A small provider whose swaps to and fro have paid its margin away in fees."""
    pool = traded_pool()
    pool.set_liquidator_reward(OWNER, START, reward_wad)
    pool.set_fee(OWNER, START, WAD // 50)
    pool.update_position_margin(LP, START, *SMALL, 10**11)
    pool.mint(LP, START, *SMALL, 10**6)
    pool.swap(LP, START, *SMALL, 10**12)
    for _ in range(40):
        held = pool.get_position(ANYONE, START, *SMALL)
        if held.margin < 0:
            return pool
        # R22: any opposite trade counts as an unwind, also one beyond zero.
        pool.swap(LP, START, *SMALL, 2 * held.variable_token_balance)
    raise AssertionError("the margin never ends")


def test_a_negative_margin_stops_the_liquidation_of_liquidity_unless_nothing_is_rewarded() -> None:
    pool = drained_provider(WAD // 10)
    before = pool.state_digest()
    # Read as unsigned, the margin gives a reward that the engine cannot pay.
    with pytest.raises(InsufficientFundsError) as caught:
        pool.liquidate_position(ANYONE, START, *SMALL)
    assert caught.value.onchain == "ERC20: transfer amount exceeds balance"
    assert pool.state_digest() == before
    pool = drained_provider(0)
    assert pool.liquidate_position(ANYONE, START, *SMALL) == 0
    assert pool.position(*SMALL).liquidity == 0
    assert pool.initialized_ticks() == [-18000, -14400]
    pool.audit()


def test_a_flip_is_an_unwind_in_r22_and_none_in_r23() -> None:
    for revision in ("r22", "r23"):
        pool = new_pool(revision=revision)  # type: ignore[arg-type]
        pool.update_position_margin(LP, START, LP, *RANGE, 10**12)
        pool.mint(LP, START, LP, *RANGE, 10**14)
        key = (FIXED, -60, 60)
        pool.update_position_margin(FIXED, START, *key, 10**9)
        pool.swap(FIXED, START, *key, 10**9)
        before = pool.state_digest()
        if revision == "r22":
            assert pool.swap(FIXED, START, *key, -(10**12)).margin_requirement > 10**9
            continue
        with pytest.raises(MarginError) as caught:
            pool.swap(FIXED, START, *key, -(10**12))
        assert caught.value.onchain == "MarginRequirementNotMet"
        assert len(caught.value.onchain_args) == 6
        assert pool.state_digest() == before


def test_a_second_look_back_refreshes_the_cached_apy_at_once_and_the_first_does_not() -> None:
    pool = new_pool()
    assert pool.margin_engine()["cached_apy_timestamp"] == 0
    pool.set_lookback_window_in_seconds(OWNER, START, 2 * DAY)
    engine = pool.margin_engine()
    assert engine["cached_apy_timestamp"] == START
    assert engine["cached_apy_wad"] == pool.apy_from_to(START, START - 2 * DAY, START) > 0
    before = pool.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        pool.set_lookback_window_in_seconds(OWNER, START, 11 * DAY)
    assert caught.value.onchain == "OLD"
    assert pool.state_digest() == before


def test_protocol_fees_are_paid_from_the_engine_up_to_what_there_is() -> None:
    pool = traded_pool(fee_protocol=4)
    fees = pool.vamm()["protocol_fees"]
    held = pool.margin_engine()["underlying_balance"]
    assert fees > 0
    with pytest.raises(InsufficientFundsError) as caught:
        pool.collect_protocol(OWNER, START, ANYONE, fees + 1)
    assert [int(value) for value in caught.value.onchain_args] == [fees + 1, fees]
    pool.collect_protocol(OWNER, START, ANYONE, fees)
    assert pool.vamm()["protocol_fees"] == 0
    assert pool.margin_engine()["underlying_balance"] == held - fees
    assert pool.balance_of(ANYONE) == FUNDS + fees


def test_pausing_needs_the_module_in_r22_only() -> None:
    with pytest.raises(VoltcoreError) as caught:
        new_pool(has_module=False).set_pausability(PAUSER, START, True)
    assert caught.value.onchain_kind == "empty"
    pool = new_pool(has_module=False, revision="r23")
    pool.set_pausability(PAUSER, START, True)
    assert pool.vamm()["paused"]
    assert pool.margin_engine()["paused"]


def test_initialise_forgets_a_protocol_fee_set_before() -> None:
    pool = new_pool(initialized=False)
    pool.set_fee_protocol(OWNER, START, 5)
    pool.initialize_vamm(ANYONE, START, amm.sqrt_ratio_at_tick(-16080))
    assert pool.vamm()["fee_protocol"] == 0


def test_a_swap_down_from_exactly_a_tick_crosses_it_first() -> None:
    pool = new_pool()
    pool.update_position_margin(LP, START, LP, -16080, -15960, 10**12)
    pool.mint(LP, START, LP, -16080, -15960, 10**14)
    price = amm.sqrt_ratio_at_tick(-16080)
    assert pool.vamm()["sqrt_price_x96"] < price
    pool.update_position_margin(FIXED, START, FIXED, -60, 60, 10**11)
    receipt = pool.swap(FIXED, START, FIXED, -60, 60, 10**9, price)
    assert (receipt.variable_token_delta, pool.vamm()["liquidity"]) == (0, 10**14)
    assert pool.vamm()["tick"] == -16080
    receipt = pool.swap(FIXED, START, FIXED, -60, 60, -(10**9), price - 1)
    assert receipt.variable_token_delta == 0
    assert pool.vamm()["liquidity"] == 0
    pool.audit()


def test_without_liquidity_a_swap_moves_the_price_to_its_limit_and_trades_nothing() -> None:
    pool = new_pool()
    for amount, limit in ((1, MOST - 1), (-1, LEAST + 1)):
        receipt = pool.swap(FIXED, START, FIXED, -60, 60, amount, limit)
        assert receipt == irs.SwapReceipt(0, 0, 0, 0, 0)
        assert pool.vamm()["sqrt_price_x96"] == limit
    assert pool.position_keys() == []


def test_the_last_day_begins_exactly_one_day_before_the_end() -> None:
    for second, late in ((END - DAY - 1, False), (END - DAY, True)):
        pool = traded_pool()
        pool.set_rate(second, 10**27)
        if not late:
            pool.swap(VARIABLE, second, VARIABLE, -60, 60, 1)
            with pytest.raises(NotLiquidatableError):
                pool.liquidate_position(ANYONE, second, LP, *RANGE)
            continue
        with pytest.raises(VoltcoreError) as caught:
            pool.swap(VARIABLE, second, VARIABLE, -60, 60, 1)
        assert caught.value.onchain == "closeToOrBeyondMaturity"
        assert caught.value.onchain_kind == "require"
        with pytest.raises(VoltcoreError) as caught:
            pool.liquidate_position(ANYONE, second, LP, *RANGE)
        assert caught.value.onchain_kind == "custom"
        # Burning goes on.
        pool.burn(LP, second, LP, *RANGE, 10**14)


def test_margin_must_exceed_the_requirement_of_a_mint_and_equal_that_of_a_swap() -> None:
    pool = traded_pool()
    twin = pool.copy()
    need = twin.get_position_margin_requirement(ANYONE, START, LP, *RANGE, False)
    spare = twin.position(LP, *RANGE).margin - need
    with pytest.raises(MarginError) as caught:
        pool.update_position_margin(LP, START, LP, *RANGE, -spare)
    assert [int(value) for value in caught.value.onchain_args] == [need]
    pool.update_position_margin(LP, START, LP, *RANGE, -spare + 1)

    asked = pool.copy().swap(ANYONE, START, ANYONE, -60, 60, 1)
    assert asked.margin_requirement == 0
    pool.update_position_margin(ANYONE, START, ANYONE, -60, 60, 10**10)
    asked = pool.copy().swap(ANYONE, START, ANYONE, -60, 60, 10**10)
    exact = asked.margin_requirement + asked.cumulative_fee
    for margin, enough in ((exact, True), (exact - 1, False)):
        twin = new_from(pool, margin)
        if enough:
            assert twin.swap(ANYONE, START, ANYONE, -60, 60, 10**10) == asked
            continue
        with pytest.raises(MarginError):
            twin.swap(ANYONE, START, ANYONE, -60, 60, 10**10)


def new_from(pool: irs.IrsPool, margin: int) -> irs.IrsPool:
    """The pool with `margin` in the account that has 10**10 now."""
    twin = pool.copy()
    twin.update_position_margin(ANYONE, START, ANYONE, -60, 60, margin - 10**10)
    return twin
