"""What a pool refuses: values of the wrong type, range, time or sense, and damaged snapshots."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from perps_worlds import ADMIN, ALICE, KEEPER, LP, ORACLE, ROLES, USD, basket, jlp, refused, vol
from voltcore import errors, perps

POOLS: dict[str, Callable[[], Any]] = {"basket": basket, "jlp": jlp, "vol": vol}


@pytest.mark.parametrize("bad", [True, 1.0, "1", None, 2.5])
def test_amounts_are_whole_numbers(bad: Any) -> None:
    pool = jlp()
    for field, call in (
        ("amount", lambda: pool.mint(LP, "USDC", bad, 0)),
        ("size_usd", lambda: pool.increase(ALICE, "SOL", "long", bad, 10**9, 0)),
        ("price", lambda: pool.set_price(ORACLE, "SOL", bad, 0)),
    ):
        assert refused(pool, call, errors.InputTypeError, "E101", None, field).field == field


@pytest.mark.parametrize("bad", [-1, 2**64, 2**200])
def test_amounts_fit_u64(bad: int) -> None:
    for pool, field, call in (
        (p := basket(), "amount", lambda p=p: p.add_liquidity(LP, "eth", bad, 0)),
        (p := jlp(), "lp", lambda p=p: p.burn(LP, "SOL", bad, 0)),
        (p := vol(), "amount", lambda p=p: p.deposit(LP, "USDC", bad, 0)),
    ):
        assert refused(pool, call, errors.InputRangeError, "E110", None, field).value == bad


OVERFLOW = (errors.ArithmeticOverflowError, "E301", "MathOverflow", None)
MOST = 2**64 - 1
GREATEST: list[tuple[str, Callable[[Any], Any], tuple[Any, ...]]] = [
    ("jlp", lambda p: p.mint(LP, "SOL", MOST, 0), OVERFLOW),
    ("jlp", lambda p: p.swap(LP, "USDC", "SOL", MOST, 0), OVERFLOW),
    ("jlp", lambda p: p.increase(ALICE, "SOL", "long", MOST, MOST, 0), OVERFLOW),
    ("jlp", lambda p: p.increase(ALICE, "SOL", "short", MOST, 10**9, 0), OVERFLOW),
    ("vol", lambda p: p.fund_insurance(LP, "USDC", MOST, 0), OVERFLOW),
    ("vol", lambda p: p.increase(ALICE, "USDC", "1d", "long", MOST, 1, 0), OVERFLOW),
    ("vol", lambda p: p.increase(ALICE, "USDC", "1d", "long", MOST, MOST, 0), OVERFLOW),
    (
        "vol",
        lambda p: p.increase(ALICE, "USDC", "1d", "long", USD, MOST, 0),
        (errors.MarginError, "E603", "MinLeverage", "size"),
    ),
    (
        "vol",
        lambda p: p.deposit(LP, "USDC", MOST, 0),
        (errors.InsufficientFundsError, "E602", "InsufficientFunds", "lp"),
    ),
    (
        "vol",
        lambda p: p.withdraw(LP, "USDC", MOST, 0),
        (errors.InputRangeError, "E113", "InvalidArgument", "lp"),
    ),
    ("basket", lambda p: p.add_liquidity(LP, "eth", MOST, 0), OVERFLOW),
    ("basket", lambda p: p.open(ALICE, "eth", "long", MOST, MOST, MOST, 0), OVERFLOW),
    ("basket", lambda p: p.swap(LP, "eth", "usdc", MOST, 0), OVERFLOW),
    (
        "basket",
        lambda p: p.remove_liquidity(LP, "eth", MOST, 0),
        (errors.InsufficientFundsError, "E602", "InsufficientFunds", "lp"),
    ),
]


@pytest.mark.parametrize(("kind", "call", "told"), GREATEST)
def test_the_greatest_amounts_overflow_or_exceed_and_change_nothing(
    kind: str, call: Callable[[Any], Any], told: tuple[Any, ...]
) -> None:
    pool = POOLS[kind]()
    assert refused(pool, lambda: call(pool), *told).field == told[-1]
    pool.audit()


ODD: list[tuple[str, Callable[[Any], Any], tuple[Any, ...]]] = [
    (
        "vol",
        lambda p: p.set_oracle(ORACLE, "1d", 0, implied_volatility=2**31),
        (errors.OracleError, "E701", "InvalidOraclePrice", "implied_volatility"),
    ),
    (
        "jlp",
        lambda p: p.set_price(ORACLE, "SOL", -5, 0),
        (errors.InputRangeError, "E110", None, "price"),
    ),
    (
        "jlp",
        lambda p: p.mint(LP, "DOGE", 5, 0),
        (errors.InputRangeError, "E113", "InvalidArgument", "custody"),
    ),
    ("jlp", lambda p: p.mint(LP, "SOL", 5, 2**63), (errors.InputRangeError, "E110", None, "now")),
    ("jlp", lambda p: p.mint(LP, "SOL", 5, 1.0), (errors.InputTypeError, "E101", None, "now")),
    ("jlp", lambda p: p.mint(-1, "SOL", 5, 1), (errors.InputRangeError, "E110", None, "caller")),
    ("jlp", lambda p: p.mint(True, "SOL", 5, 1), (errors.InputTypeError, "E101", None, "caller")),
    (
        "jlp",
        lambda p: p.mint(0, "SOL", 5, 1),
        (errors.NotAuthorizedError, "E401", "Unauthorized", "caller"),
    ),
    (
        "jlp",
        lambda p: p.mint(LP, "SOL", 0, 0),
        (errors.InputRangeError, "E113", "InvalidArgument", "amount"),
    ),
    (
        "jlp",
        lambda p: p.request_increase(ALICE, 1, "SOL", "long", USD, 1, 0, trigger=0, above=True),
        (errors.StateError, "E501", "InvalidPositionRequest", "trigger"),
    ),
    (
        "vol",
        lambda p: p.increase(ALICE, "USDC", "1d", "long", 0, USD, 0),
        (errors.InputRangeError, "E113", "InvalidArgument", "size"),
    ),
    (
        "vol",
        lambda p: p.liquidate(KEEPER, ALICE, "USDC", "1d", "long", 0),
        (errors.StateError, "E501", "InvalidPositionState", "position"),
    ),
]


@pytest.mark.parametrize(("kind", "call", "told"), ODD)
def test_odd_values_are_refused_by_name(
    kind: str, call: Callable[[Any], Any], told: tuple[Any, ...]
) -> None:
    pool = POOLS[kind]()
    assert refused(pool, lambda: call(pool), *told).field == told[-1]


def test_a_pool_without_base_takes_no_money_at_the_cost_of_its_holders() -> None:
    """All of base was lost to a trader while LP units are out."""
    pool = perps.VolPool(
        perps.VolConfig(
            roles=ROLES,
            custodies=(perps.VolCustodyConfig(name="USDC"),),
            limit=perps.PoolLimit(max_long_size=600 * USD),
        )
    )
    pool.set_oracle(ORACLE, "1d", 0, implied_volatility=6_000)
    pool.deposit(LP, "USDC", 1_000 * USD, 0)
    pool.increase(ALICE, "USDC", "1d", "long", 300 * USD, 100 * USD, 0)
    pool.set_oracle(ORACLE, "1d", 0, implied_volatility=60_000)
    pool.liquidate(ADMIN, ALICE, "USDC", "1d", "long", 0)
    assert pool.ledger()["USDC"]["base"] == 0
    insolvent = (errors.LiquidityError, "E604", "PoolInsolvent", "pool_value")
    refused(pool, lambda: pool.deposit(LP, "USDC", USD, 0), *insolvent)
    refused(
        pool,
        lambda: pool.increase(ALICE, "USDC", "1d", "long", 300 * USD, 100 * USD, 0),
        errors.CapError,
        "E605",
        "MaxSize",
        "size",
    )


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_the_clock_never_runs_backwards(make: Callable[[], Any]) -> None:
    pool = make()
    pool.propose_admin(ADMIN, 5, 1_000)
    for now in (999, -1, -(2**62)):
        refused(
            pool, lambda now=now: pool.propose_admin(ADMIN, 5, now), errors.TimeOrderError,
            "E705", None, "now",
        )  # fmt: skip
    pool.propose_admin(ADMIN, 5, 1_000)  # standing still is allowed
    assert pool.clock == 1_000


@pytest.mark.parametrize("side", ["up", "", "LONG"])
def test_an_unknown_side_is_an_invalid_argument(side: Any) -> None:
    pool = jlp()
    told = refused(
        pool,
        lambda: pool.increase(ALICE, "SOL", side, USD, USD, 0),
        errors.InputRangeError,
        "E114",
        "InvalidArgument",
        "side",
    )
    assert "long, short" in str(told)


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
    refused(pool, lambda: pool.set_price(ORACLE, "SOL", 0, 0), *invalid, "price")
    refused(
        pool, lambda: pool.set_price(ORACLE, "SOL", 5, 0, publish_time=1), *invalid, "publish_time"
    )
    pool.set_price(ORACLE, "USDC", USD, 0)
    refused(pool, lambda: pool.mint(LP, "USDC", USD, 0), *invalid, "price")  # SOL has no price yet
    pool.set_price(ORACLE, "SOL", 100 * USD, 0)
    pool.mint(LP, "USDC", 1_000 * USD, 0)
    refused(
        pool,
        lambda: pool.set_price(ORACLE, "SOL", 120 * USD + 1, 0),
        errors.PriceBoundError,
        "E703",
        "InvalidOraclePrice",
        "price",
    )
    pool.set_price(ORACLE, "SOL", 120 * USD, 10)
    earlier = lambda: pool.set_price(ORACLE, "SOL", 120 * USD, 10, publish_time=9)  # noqa: E731
    refused(pool, earlier, *invalid, "publish_time")
    assert pool.mint(LP, "SOL", 10**9, 70).lp > 0  # exactly max_age_sec old
    refused(
        pool, lambda: pool.mint(LP, "SOL", 10**9, 71), errors.StalePriceError, "E702",
        "StaleOraclePrice", "publish_time",
    )  # fmt: skip
    pool.set_price(ORACLE, "SOL", 100 * USD, 71, confidence=USD + 9_999)
    assert pool.aum(71) > 0
    pool.set_price(ORACLE, "SOL", 100 * USD, 71, confidence=USD + 10_000)
    refused(pool, lambda: pool.mint(LP, "SOL", 10**9, 71), *invalid, "confidence")


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
        "value",
    )
    assert pool.increase(ALICE, "USDC", "1d", "long", 0, USD, 1).size == 300 * USD
    refused(
        pool,
        lambda: pool.increase(ALICE, "USDC", "90d", "long", USD, USD, 1),
        errors.InputRangeError,
        "E114",
        "InvalidTimeWindow",
        "iv_timestamp",
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
        "request",
    )
    refused(
        pool, lambda: pool.execute(KEEPER, 7, 46), errors.PhaseError, "E506",
        "ExceedExecutionPeriod", "request",
    )  # fmt: skip
    assert isinstance(pool.execute(KEEPER, 7, 45), perps.JlpIncreaseReceipt)
    refused(
        pool, lambda: pool.execute(KEEPER, 7, 45), errors.StateError, "E501",
        "InvalidPositionRequest", "request",
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
