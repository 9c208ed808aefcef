"""What a pool refuses: values of the wrong type, range, time or sense, and damaged snapshots."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from perps_worlds import ADMIN, ALICE, KEEPER, LP, ORACLE, ROLES, USD, basket, jlp, vol
from voltcore import errors, perps

POOLS: dict[str, Callable[[], Any]] = {"basket": basket, "jlp": jlp, "vol": vol}


def refused(pool: Any, call: Callable[[], Any], kind: type, code: str, onchain: str | None) -> Any:
    before = pool.state_digest()
    with pytest.raises(kind) as caught:
        call()
    assert (caught.value.code, caught.value.onchain) == (code, onchain), str(caught.value)
    assert pool.state_digest() == before
    return caught.value


@pytest.mark.parametrize("bad", [True, 1.0, "1", None, 2.5])
def test_amounts_are_whole_numbers(bad: Any) -> None:
    pool = jlp()
    for call in (
        lambda: pool.mint(LP, "USDC", bad, 0),
        lambda: pool.increase(ALICE, "SOL", "long", bad, 10**9, 0),
        lambda: pool.set_price(ORACLE, "SOL", bad, 0),
    ):
        assert refused(pool, call, errors.InputTypeError, "E101", None).field


@pytest.mark.parametrize("bad", [-1, 2**64, 2**200])
def test_amounts_fit_u64(bad: int) -> None:
    for pool, call in (
        (p := basket(), lambda p=p: p.add_liquidity(LP, "eth", bad, 0)),
        (p := jlp(), lambda p=p: p.burn(LP, "SOL", bad, 0)),
        (p := vol(), lambda p=p: p.deposit(LP, "USDC", bad, 0)),
    ):
        refused(pool, call, errors.InputRangeError, "E110", None)


def test_the_greatest_amounts_overflow_or_exceed_and_change_nothing() -> None:
    most = 2**64 - 1
    pool = jlp()
    assert pool.aum(0)
    for call in (
        lambda: pool.mint(LP, "SOL", most, 0),
        lambda: pool.swap(LP, "USDC", "SOL", most, 0),
        lambda: pool.increase(ALICE, "SOL", "long", most, most, 0),
        lambda: pool.increase(ALICE, "SOL", "short", most, 10**9, 0),
    ):
        before = pool.state_digest()
        with pytest.raises((errors.ArithmeticOverflowError, errors.CapError, errors.MarginError)):
            call()
        assert pool.state_digest() == before


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_the_clock_never_runs_backwards(make: Callable[[], Any]) -> None:
    pool = make()
    pool.propose_admin(ADMIN, 5, 1_000)
    for now in (999, -1, -(2**62)):
        refused(
            pool, lambda now=now: pool.propose_admin(ADMIN, 5, now), errors.TimeOrderError,
            "E705", None,
        )  # fmt: skip
    pool.propose_admin(ADMIN, 5, 1_000)  # standing still is allowed
    assert pool.clock == 1_000


@pytest.mark.parametrize("side", ["up", "", "LONG"])
def test_an_unknown_side_is_an_invalid_argument(side: Any) -> None:
    pool = jlp()
    refused(
        pool,
        lambda: pool.increase(ALICE, "SOL", side, USD, USD, 0),
        errors.InputRangeError,
        "E114",
        "InvalidArgument",
    )


def test_zero_stale_future_and_wild_prices_are_refused() -> None:
    config = perps.JlpConfig(
        roles=ROLES,
        custodies=(
            perps.JlpCustodyConfig(
                name="SOL",
                decimals=9,
                feed=perps.FeedRules(max_age_sec=60, max_error_bps=100, max_move_bps=2_000),
            ),
            perps.JlpCustodyConfig(name="USDC", is_stable=True),
        ),
    )
    pool = perps.JlpPool(config)
    invalid = (errors.OracleError, "E701", "InvalidOraclePrice")
    refused(pool, lambda: pool.set_price(ORACLE, "SOL", 0, 0), *invalid)
    refused(pool, lambda: pool.set_price(ORACLE, "SOL", 5, 0, publish_time=1), *invalid)
    pool.set_price(ORACLE, "USDC", USD, 0)
    refused(pool, lambda: pool.mint(LP, "USDC", USD, 0), *invalid)  # SOL has no price yet
    pool.set_price(ORACLE, "SOL", 100 * USD, 0)
    pool.mint(LP, "USDC", 1_000 * USD, 0)
    refused(
        pool,
        lambda: pool.set_price(ORACLE, "SOL", 120 * USD + 1, 0),
        errors.PriceBoundError,
        "E703",
        "InvalidOraclePrice",
    )
    pool.set_price(ORACLE, "SOL", 120 * USD, 10)
    refused(pool, lambda: pool.set_price(ORACLE, "SOL", 120 * USD, 10, publish_time=9), *invalid)
    assert pool.mint(LP, "SOL", 10**9, 70).lp > 0  # exactly max_age_sec old
    refused(
        pool, lambda: pool.mint(LP, "SOL", 10**9, 71), errors.StalePriceError, "E702",
        "StaleOraclePrice",
    )  # fmt: skip
    pool.set_price(ORACLE, "SOL", 100 * USD, 71, confidence=USD + 9_999)
    assert pool.aum(71) > 0
    pool.set_price(ORACLE, "SOL", 100 * USD, 71, confidence=USD + 10_000)
    refused(pool, lambda: pool.mint(LP, "SOL", 10**9, 71), *invalid)


def test_configurations_that_contradict_themselves_are_refused() -> None:
    jlp_custody = perps.JlpCustodyConfig(name="SOL")
    vol_custody = perps.VolCustodyConfig(name="USDC")
    jump = perps.JumpRate(
        min_rate_bps=100, max_rate_bps=900, target_rate_bps=300, target_utilization=8_000
    )
    bad_jlp = [
        (),
        (jlp_custody, jlp_custody),
        (replace(jlp_custody, name=""),),
        (replace(jlp_custody, max_leverage_bps=9_999),),
        (replace(jlp_custody, jump=replace(jump, target_utilization=0)),),
        (replace(jlp_custody, jump=replace(jump, target_utilization=10**9)),),
        (replace(jlp_custody, jump=replace(jump, min_rate_bps=301)),),
        (replace(jlp_custody, decimals=19),),
    ]
    for custodies in bad_jlp:
        with pytest.raises(errors.InputRangeError) as caught:
            perps.JlpPool(perps.JlpConfig(roles=ROLES, custodies=custodies))
        assert caught.value.onchain == "InvalidArgument"
    bad_vol = [
        {"custodies": (replace(vol_custody, jump=replace(jump, target_utilization=10_001)),)},
        {"custodies": (replace(vol_custody, jump=replace(jump, max_rate_bps=299)),)},
        {"limit": perps.PoolLimit(max_leverage=0)},
        {"limit": perps.PoolLimit(trade_blockage_utilization_limit=10_001)},
        {
            "fees": perps.VolFees(
                positive_collateral_liquidator_reward_bps=9_000,
                insurance_fund_liquidation_fee_bps=1_001,
            )
        },
        {"roles": replace(ROLES, admin=0)},
        {"roles": replace(ROLES, liquidators=(4, 0))},
    ]
    for change in bad_vol:
        config = perps.VolConfig(roles=ROLES, custodies=(vol_custody,))
        with pytest.raises(errors.InputRangeError):
            perps.VolPool(replace(config, **change))


@pytest.mark.parametrize("kink", [0, 10_000])
def test_a_kink_at_either_end_leaves_one_segment(kink: int) -> None:
    jump = perps.JumpRate(
        min_rate_bps=100, target_rate_bps=300, max_rate_bps=900, target_utilization=kink
    )
    custody = perps.VolCustodyConfig(name="USDC", jump=jump)
    pool = perps.VolPool(perps.VolConfig(roles=ROLES, custodies=(custody,)))
    pool.set_oracle(ORACLE, "1d", 0, implied_volatility=6_000)
    pool.deposit(LP, "USDC", 1_000 * USD, 0)
    pool.increase(ALICE, "USDC", "1d", "long", 500 * USD, 200 * USD, 0)
    # The whole base is locked: full use.
    expected = {0: 900, 10_000: 300}[kink] * 10**5
    assert pool.state()["custodies"][0]["last_borrow_rate"] == expected


def test_a_volatility_of_zero_cannot_be_an_entry() -> None:
    pool = vol(product="rv_diff_iv")
    pool.increase(ALICE, "USDC", "1d", "long", 300 * USD, 100 * USD, 0)
    pool.set_oracle(ORACLE, "1d", 1, implied_volatility=5_500)
    refused(
        pool,
        lambda: pool.increase(ALICE, "USDC", "1d", "long", USD, USD, 1),
        errors.OracleError,
        "E701",
        "InvalidOraclePrice",
    )
    assert pool.increase(ALICE, "USDC", "1d", "long", 0, USD, 1).size == 300 * USD
    refused(
        pool,
        lambda: pool.increase(ALICE, "USDC", "90d", "long", USD, USD, 1),
        errors.InputRangeError,
        "E114",
        "InvalidTimeWindow",
    )


def test_a_late_or_repeated_execution_leaves_the_request() -> None:
    pool = jlp()
    pool.request_increase(ALICE, 7, "SOL", "long", 100 * USD, 10**8, 0)
    refused(
        pool,
        lambda: pool.request_decrease(ALICE, 7, "SOL", "long", 0, entire=True),
        errors.StateError,
        "E501",
        "InvalidPositionRequest",
    )
    refused(
        pool, lambda: pool.execute(KEEPER, 7, 46), errors.PhaseError, "E506",
        "ExceedExecutionPeriod",
    )  # fmt: skip
    assert isinstance(pool.execute(KEEPER, 7, 45), perps.JlpIncreaseReceipt)
    refused(
        pool, lambda: pool.execute(KEEPER, 7, 45), errors.StateError, "E501",
        "InvalidPositionRequest",
    )  # fmt: skip


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_a_pool_survives_bytes_pickle_and_copies(make: Callable[[], Any]) -> None:
    pool = make()
    for twin in (
        type(pool).from_bytes(pool.to_bytes()),
        pickle.loads(pickle.dumps(pool)),
        copy.deepcopy(pool),
    ):
        assert twin == pool
        assert twin.state_digest() == pool.state_digest()


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_damaged_snapshots_are_refused(make: Callable[[], Any]) -> None:
    pool = make()
    snapshot = pool.to_bytes()
    for at in range(0, len(snapshot), 97):
        damaged = bytearray(snapshot)
        damaged[at] ^= 0x40
        with pytest.raises(errors.CorruptError):
            type(pool).from_bytes(bytes(damaged))
    for cut in (0, 10, len(snapshot) - 1):
        with pytest.raises(errors.CorruptError):
            type(pool).from_bytes(snapshot[:cut])


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_books_that_do_not_add_up_are_refused_by_the_audit(make: Callable[[], Any]) -> None:
    pool = make()
    payload = bytearray(pool._core.payload())
    changed = 0
    for at in range(len(payload) - 8):
        damaged = bytes(payload[:at]) + bytes([payload[at] ^ 1]) + bytes(payload[at + 1 :])
        try:
            twin = type(pool._core).from_payload(damaged)
        except errors.CorruptError:
            continue
        except errors.VoltcoreError as refusal:
            pytest.fail(f"byte {at}: {refusal}")
        changed += 1
        twin.audit()
    assert changed < len(payload)


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_the_ledger_and_the_description_can_be_read(make: Callable[[], Any]) -> None:
    pool = make()
    ledger = pool.ledger()
    state = pool.state()
    name = state["configs"][0]["name"]
    assert ledger[name]["balance"] == state["custodies"][0]["balance"]
    assert "balance" in str(ledger)
    assert f"{state['custodies'][0]['balance']:,}" in str(ledger)
    assert f"custody {name}" in pool.describe()
