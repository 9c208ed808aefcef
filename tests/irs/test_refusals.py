"""Bad input: the contracts' own refusal or a typed error, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from irs.worlds import (
    ANYONE,
    CLASSES,
    DAY,
    END,
    FIXED,
    FUNDS,
    LEAST,
    LP,
    MOST,
    NEAR_END,
    OWNER,
    RANGE,
    START,
    TRADERS,
    VARIABLE,
    new_pool,
    traded_pool,
)
from voltcore import irs
from voltcore.errors import (
    InputRangeError,
    InputTypeError,
    InsufficientFundsError,
    OracleError,
    StateError,
    TimeOrderError,
    VoltcoreError,
)

Call = Callable[[irs.IrsPool], object]


def at(now: int, call: Call) -> Call:
    def later(pool: irs.IrsPool) -> object:
        pool.set_rate(now, 101 * 10**25)
        before = pool.state_digest()
        try:
            return call(pool)
        finally:
            assert pool.state_digest() == before

    return later


REFUSED: dict[str, tuple[Call, str, str]] = {
    "second initialise": (
        lambda p: p.initialize_vamm(ANYONE, START, 2**96),
        "E504",
        "ExpectedSqrtPriceZeroBeforeInit",
    ),
    "zero price": (lambda p: p.initialize_vamm(ANYONE, START, 0), "E111", "zero input price"),
    "price out of range": (lambda p: p.initialize_vamm(ANYONE, START, MOST), "E110", "R"),
    "zero mint": (
        lambda p: p.mint(LP, START, LP, *RANGE, 0),
        "E111",
        "LiquidityDeltaMustBePositiveInMint",
    ),
    "mint off the spacing": (
        lambda p: p.mint(LP, START, LP, -18001, -14400, 1),
        "E110",
        "tick must be properly spaced",
    ),
    "misordered": (lambda p: p.mint(LP, START, LP, -60, -60, 1), "E113", "TLU"),
    "too low": (lambda p: p.mint(LP, START, LP, -69120, -60, 1), "E110", "TLM"),
    "too high": (lambda p: p.mint(LP, START, LP, -60, 69120, 1), "E110", "TUM"),
    "mint for another": (
        lambda p: p.mint(ANYONE, START, LP, *RANGE, 1),
        "E401",
        "only msg.sender or approved can mint",
    ),
    "mint without margin": (
        lambda p: p.mint(LP, START, LP, -17940, -14400, 10**14),
        "E603",
        "MarginLessThanMinimum",
    ),
    "mint of 2^127": (lambda p: p.mint(LP, START, LP, *RANGE, 2**127), "E301", "toInt128 oflo"),
    "too much for a tick": (lambda p: p.mint(LP, START, LP, *RANGE, 2**120), "E605", "LO"),
    "zero burn": (
        lambda p: p.burn(LP, START, LP, *RANGE, 0),
        "E111",
        "LiquidityDeltaMustBePositiveInBurn",
    ),
    "burn for another": (lambda p: p.burn(ANYONE, START, LP, *RANGE, 1), "E401", "MS or ME"),
    "burn of too much": (
        lambda p: p.burn(LP, START, LP, *RANGE, 10**14 + 1),
        "E604",
        "not enough liquidity to burn",
    ),
    "zero swap": (
        lambda p: p.swap(FIXED, START, FIXED, -60, 60, 0),
        "E111",
        "IRSNotionalAmountSpecifiedMustBeNonZero",
    ),
    "limit below for a fixed taker": (
        lambda p: p.swap(FIXED, START, FIXED, -60, 60, 1, LEAST + 1),
        "E110",
        "SPL",
    ),
    "limit at the end": (lambda p: p.swap(FIXED, START, FIXED, -60, 60, -1, LEAST), "E110", "SPL"),
    "swap for another": (
        lambda p: p.swap(ANYONE, START, FIXED, -60, 60, 1),
        "E401",
        "only sender or approved integration",
    ),
    "swap without margin": (
        lambda p: p.swap(ANYONE, START, ANYONE, -60, 60, 10**9),
        "E603",
        "MarginRequirementNotMet",
    ),
    "zero margin": (
        lambda p: p.update_position_margin(LP, START, LP, *RANGE, 0),
        "E111",
        "InvalidMarginDelta",
    ),
    "margin of nobody": (
        lambda p: p.update_position_margin(LP, START, 0, *RANGE, 1),
        "E401",
        "O0",
    ),
    "margin of another": (
        lambda p: p.update_position_margin(ANYONE, START, LP, *RANGE, -1),
        "E401",
        "OnlyOwnerCanUpdatePosition",
    ),
    "all margin": (
        lambda p: p.update_position_margin(LP, START, LP, *RANGE, -(10**12)),
        "E603",
        "MarginLessThanMinimum",
    ),
    "more than one has": (
        lambda p: p.update_position_margin(LP, START, LP, *RANGE, FUNDS),
        "E602",
        "ERC20: transfer amount exceeds balance",
    ),
    "settle too early": (
        lambda p: p.settle_position(ANYONE, START, LP, *RANGE),
        "E505",
        "CannotSettleBeforeMaturity",
    ),
    "liquidate a healthy one": (
        lambda p: p.liquidate_position(ANYONE, START, FIXED, -60, 60),
        "E607",
        "CannotLiquidate",
    ),
    "stranger's fee": (
        lambda p: p.set_fee(ANYONE, START, 0),
        "E401",
        "Ownable: caller is not the owner",
    ),
    "fee too high": (lambda p: p.set_fee(OWNER, START, 2 * 10**16 + 1), "E110", "fee range"),
    "protocol fee": (lambda p: p.set_fee_protocol(OWNER, START, 2), "E110", "PR range"),
    "reward": (lambda p: p.set_liquidator_reward(OWNER, START, 3 * 10**17 + 1), "E110", "LR OOB"),
    "look-back": (
        lambda p: p.set_lookback_window_in_seconds(OWNER, START, 3599),
        "E110",
        "LB OOB",
    ),
    "cache age": (
        lambda p: p.set_cache_max_age_in_seconds(OWNER, START, 1209601),
        "E110",
        "CMA OOB",
    ),
    "no pauser": (lambda p: p.set_pausability(OWNER, START, True), "E401", "no role"),
    "fees that are not there": (
        lambda p: p.collect_protocol(OWNER, START, OWNER, 1),
        "E602",
        "NotEnoughFunds",
    ),
    "buffer": (
        lambda p: p.increase_observation_cardinality_next(ANYONE, START, 65535),
        "E110",
        "buffer limit",
    ),
    "module's own": (
        lambda p: p.transfer_margin_to_fcm_trader(OWNER, START, OWNER, 1),
        "E401",
        "OnlyFCM",
    ),
    "engine's own": (lambda p: p.update_protocol_fees(OWNER, START, 1), "E401", "OnlyMarginEngine"),
    "module, nothing": (
        lambda p: p.initiate_fully_collateralised_fixed_taker_swap(FIXED, START, 0, MOST - 1),
        "E111",
        "notional = 0",
    ),
    "module, more than there is": (
        lambda p: p.unwind_fully_collateralised_fixed_taker_swap(FIXED, START, 1, LEAST + 1),
        "E110",
        "notional to unwind > notional",
    ),
    "module, no yield tokens": (
        lambda p: p.initiate_fully_collateralised_fixed_taker_swap(LP, START, 10, MOST - 1),
        "E602",
        "ERC20: transfer amount exceeds balance",
    ),
    "swap on the last day": (
        at(NEAR_END, lambda p: p.swap(FIXED, NEAR_END, FIXED, -60, 60, 1)),
        "E505",
        "closeToOrBeyondMaturity",
    ),
    "mint on the last day": (
        at(NEAR_END, lambda p: p.mint(LP, NEAR_END, LP, *RANGE, 1)),
        "E505",
        "closeToOrBeyondMaturity",
    ),
    "liquidate on the last day": (
        at(NEAR_END, lambda p: p.liquidate_position(ANYONE, NEAR_END, LP, *RANGE)),
        "E505",
        "closeToOrBeyondMaturity",
    ),
    "withdraw before settlement": (
        at(END, lambda p: p.update_position_margin(LP, END, LP, *RANGE, -1)),
        "E505",
        "PositionNotSettled",
    ),
}


@pytest.mark.parametrize(("call", "code", "onchain"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_the_contracts_words_and_changes_nothing(
    call: Call, code: str, onchain: str
) -> None:
    pool = traded_pool()
    before = pool.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        call(pool)
    assert (caught.value.code, caught.value.onchain) == (code, onchain)
    assert type(caught.value) is CLASSES[code]
    assert pool.state_digest() == before or pool.now > START
    pool.audit()


@pytest.mark.parametrize(
    "call",
    [
        lambda p: p.mint(LP, START, LP, *RANGE, 5),
        lambda p: p.burn(LP, START, LP, *RANGE, 5),
        lambda p: p.swap(FIXED, START, FIXED, -60, 60, 5),
    ],
)
def test_nothing_is_traded_before_initialise(call: Call) -> None:
    with pytest.raises(VoltcoreError) as caught:
        call(new_pool(initialized=False))
    assert caught.value.onchain in ("LOK", "CanOnlyTradeIfUnlocked", "SPL")
    assert caught.value.code in ("E503", "E110")


@pytest.mark.parametrize("amount", [2**255, -(2**255) - 1, 1.0, True, None, "1"])
def test_amounts_that_are_no_int256_are_refused_at_the_border(amount: object) -> None:
    pool = traded_pool()
    before = pool.state_digest()
    with pytest.raises((InputRangeError, InputTypeError)) as caught:
        pool.swap(FIXED, START, FIXED, -60, 60, amount, MOST - 1)  # type: ignore[arg-type]
    assert caught.value.field == "amount_specified"
    assert pool.state_digest() == before


BORDER: dict[str, tuple[Call, str, str]] = {
    "negative liquidity": (lambda p: p.mint(LP, START, LP, *RANGE, -1), "E110", "amount"),
    "liquidity of 2^128": (lambda p: p.mint(LP, START, LP, *RANGE, 2**128), "E110", "amount"),
    "negative burn": (lambda p: p.burn(LP, START, LP, *RANGE, -1), "E110", "amount"),
    "margin of 2^255": (
        lambda p: p.update_position_margin(LP, START, LP, *RANGE, 2**255),
        "E110",
        "margin_delta",
    ),
    "a float for an amount": (
        lambda p: p.mint(LP, START, LP, *RANGE, 1.0),  # type: ignore[arg-type]
        "E101",
        "amount",
    ),
    "a bool for a margin": (
        lambda p: p.update_position_margin(LP, START, LP, *RANGE, True),
        "E101",
        "margin_delta",
    ),
    "negative price limit": (
        lambda p: p.swap(FIXED, START, FIXED, -60, 60, 1, -1),
        "E110",
        "sqrt_price_limit_x96",
    ),
    "a tick of 2^31": (lambda p: p.mint(LP, START, LP, -60, 2**31, 1), "E110", "tick_upper"),
    "a negative account": (lambda p: p.mint(-1, START, LP, *RANGE, 1), "E110", "caller"),
    "an account of 2^64": (lambda p: p.mint(LP, START, 2**64, *RANGE, 1), "E110", "owner"),
    "nobody": (lambda p: p.mint(0, START, LP, *RANGE, 1), "E110", "caller"),
    "a negative time": (lambda p: p.mint(LP, -1, LP, *RANGE, 1), "E110", "now"),
    "no time": (
        lambda p: p.mint(LP, None, LP, *RANGE, 1),  # type: ignore[arg-type]
        "E101",
        "now",
    ),
    "negative notional in the module": (
        lambda p: p.initiate_fully_collateralised_fixed_taker_swap(FIXED, START, -1, MOST - 1),
        "E110",
        "notional",
    ),
    "negative fee": (lambda p: p.set_fee(OWNER, START, -1), "E110", "value"),
    "negative funds": (lambda p: p.fund(LP, -1), "E110", "amount"),
    "negative rate": (lambda p: p.set_rate(START, -1), "E110", "rate_ray"),
}


@pytest.mark.parametrize(("call", "code", "field"), BORDER.values(), ids=BORDER)
def test_what_is_no_number_of_the_protocol_is_refused_at_the_border(
    call: Call, code: str, field: str
) -> None:
    pool = traded_pool()
    before = pool.state_digest()
    with pytest.raises(CLASSES[code]) as caught:
        call(pool)
    assert (caught.value.code, caught.value.field, caught.value.onchain) == (code, field, None)
    assert pool.state_digest() == before


@pytest.mark.parametrize("amount", [2**255 - 1, -(2**255), -(2**255) + 1])
def test_the_extreme_amounts_take_all_there_is(amount: int) -> None:
    pool = traded_pool()
    receipt = pool.swap(FIXED, START, FIXED, -60, 60, amount)
    assert pool.vamm()["sqrt_price_x96"] == (MOST - 1 if amount > 0 else LEAST + 1)
    assert 0 < -receipt.variable_token_delta * (1 if amount > 0 else -1) < 5 * 10**12
    pool.audit()


def test_the_clock_does_not_run_backwards_and_may_stand_still() -> None:
    pool = traded_pool()
    pool.set_rate(START + 10, 10**27)
    with pytest.raises(TimeOrderError) as caught:
        pool.swap(FIXED, START + 9, FIXED, -60, 60, 1)
    assert caught.value.field == "now"
    pool.set_rate(START + 10, 10**27)


def test_a_fallen_index_makes_a_push_source_refuse() -> None:
    pool = new_pool(kind="push")
    pool.set_rate(START + DAY, 10**27 - 1, START + DAY - 5)
    pool.write_oracle_entry(ANYONE, START + DAY)
    with pytest.raises(OracleError) as caught:
        pool.variable_factor_no_cache(START + DAY)
    assert caught.value.onchain == "NEP"


def test_one_unit_that_cannot_move_the_price_is_an_endless_loop() -> None:
    # L > 2^96: one variable token moves the price by less than one unit of Q64.96, so that an
    # exact input leaves a remainder that the contract's loop would carry for ever.
    pool = new_pool()
    for account in (LP, FIXED):
        pool.fund(account, 10**40)
    pool.update_position_margin(LP, START, LP, *RANGE, 10**37)
    pool.mint(LP, START, LP, *RANGE, 2**100)
    pool.update_position_margin(FIXED, START, FIXED, -60, 60, 10**30)
    before = pool.state_digest()
    with pytest.raises(StateError) as caught:
        pool.swap(FIXED, START, FIXED, -60, 60, 1)
    assert caught.value.onchain == "endless loop"
    assert pool.state_digest() == before


def test_an_alpha_pool_is_the_peripherys() -> None:
    pool = traded_pool()
    pool.set_is_alpha(OWNER, START, True)
    pool.set_is_alpha_margin_engine(OWNER, START, True)
    for call in (
        lambda: pool.mint(LP, START, LP, *RANGE, 1),
        lambda: pool.burn(LP, START, LP, *RANGE, 1),
        lambda: pool.update_position_margin(LP, START, LP, *RANGE, 1),
    ):
        with pytest.raises(VoltcoreError) as caught:
            call()
        assert caught.value.onchain == "pphry only"


def test_an_approved_account_acts_for_its_owner_until_it_is_not() -> None:
    pool = traded_pool()
    pool.set_approval(LP, START, ANYONE, True)
    assert pool.is_approved(LP, ANYONE)
    pool.mint(ANYONE, START, LP, *RANGE, 1)
    pool.set_approval(LP, START, ANYONE, False)
    with pytest.raises(VoltcoreError) as caught:
        pool.mint(ANYONE, START, LP, *RANGE, 1)
    assert caught.value.code == "E401"


def test_a_shortfall_of_the_engine_is_the_modules_or_nobodys() -> None:
    # The variable taker has won more than the losers' margins: the engine alone cannot pay.
    for has_module in (False, True):
        pool = traded_pool(has_module=has_module)
        if has_module:
            pool.initiate_fully_collateralised_fixed_taker_swap(TRADERS[2], START, 10**12, MOST - 1)
        pool.set_rate(END, 30 * 10**27)
        for key in pool.position_keys():
            pool.settle_position(ANYONE, END, *key)
        margin = pool.position(VARIABLE, -60, 60).margin
        held = pool.margin_engine()["underlying_balance"]
        assert margin > held
        before = pool.state_digest()
        if has_module:
            pool.update_position_margin(VARIABLE, END, VARIABLE, -60, 60, -margin)
            assert pool.balance_of(VARIABLE) == FUNDS - 10**11 + margin
            assert pool.margin_engine()["underlying_balance"] == 0
            continue
        with pytest.raises(InsufficientFundsError) as caught:
            pool.update_position_margin(VARIABLE, END, VARIABLE, -60, 60, -margin)
        assert caught.value.onchain_kind == "empty"
        assert pool.state_digest() == before


def deployed(**changes: object) -> irs.IrsPool:
    given: dict[str, object] = {
        "owner": OWNER,
        "now": START,
        "term_start": START,
        "term_end": END,
        "rate_ray": 10**27,
    }
    return irs.IrsPool(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "onchain"),
    [
        ({"tick_spacing": 0}, "TSOOB"),
        ({"tick_spacing": 16384}, "TSOOB"),
        ({"term_start": 0}, "TS"),
        ({"term_end": 0}, "TE"),
        ({"term_end": START}, "TE<=TS"),
        ({"revision": "r23", "term_start": 0}, "TS/E"),
        ({"observations": [(START, 10**27)]}, "input unordered"),
        ({"observations": [(0, 10**27)]}, "input unordered"),
        ({"observations": [(START - 1, 2**216)]}, ">216"),
        ({"observations": [(t + 1, 10**27) for t in range(32767)]}, "MAXT"),
        ({"owner": 0}, None),
        ({"owner": irs.MODULE}, None),
        ({"rate_ray": 0}, None),
        ({"now": 0}, None),
        ({"oracle_kind": "linear"}, None),
        ({"oracle_kind": "daily"}, None),
        ({"revision": "r24"}, None),
    ],
)
def test_a_pool_that_cannot_be_is_not_deployed(
    changes: dict[str, object], onchain: str | None
) -> None:
    with pytest.raises(VoltcoreError) as caught:
        deployed(**changes)
    assert caught.value.onchain == onchain
