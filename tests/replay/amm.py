"""Replays the vectors of the `amm` area: ticks, prices, swap steps, the bitmap and the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from voltcore import amm
from voltcore.errors import VoltcoreError

Outcome = tuple[str, str | None]
Function = Callable[..., Any]


def integer(value: Any) -> Any:
    """Decimal text as an int; a boolean stays one."""
    return value if isinstance(value, bool) else int(value)


def shown(value: Any) -> Any:
    return value if isinstance(value, bool) else str(int(value))


def expected_of(case: dict[str, Any]) -> Any:
    if "revert" in case:
        return {"revert": case["revert"], "revertKind": case.get("revertKind")}
    return list(case["out"])


def refusal_of(error: VoltcoreError, case: dict[str, Any]) -> Any:
    # Some files record the text alone.
    kind = error.onchain_kind if "revertKind" in case or "out" in case else None
    return {"revert": error.onchain, "revertKind": kind}


def run_case(function: Function, case: dict[str, Any]) -> Any:
    try:
        result = function(*(integer(value) for value in case["in"]))
    except VoltcoreError as error:
        return refusal_of(error, case)
    return [shown(value) for value in (result if isinstance(result, tuple) else (result,))]


def library(functions: dict[str, Function], document: dict[str, Any]) -> Iterator[Outcome]:
    for name, entry in document["functions"].items():
        for i, case in enumerate(entry["cases"]):
            label = f"{name}[{i}]"
            if name not in functions:
                yield label, "unknown function"
                continue
            want, got = expected_of(case), run_case(functions[name], case)
            yield label, None if got == want else f"{case['in']}: got {got}, expected {want}"


TICK_MATH: dict[str, Function] = {
    "getSqrtRatioAtTick": amm.sqrt_ratio_at_tick,
    "getTickAtSqrtRatio": amm.tick_at_sqrt_ratio,
    "tickSpacingToMaxLiquidityPerTick": amm.max_liquidity_per_tick,
}
SQRT_PRICE_MATH: dict[str, Function] = {
    "getNextSqrtPriceFromAmount0RoundingUp": amm.next_sqrt_price_from_amount0,
    "getNextSqrtPriceFromAmount1RoundingDown": amm.next_sqrt_price_from_amount1,
    "getNextSqrtPriceFromInput": amm.next_sqrt_price_from_input,
    "getNextSqrtPriceFromOutput": amm.next_sqrt_price_from_output,
    "getAmount0Delta": amm.amount0_delta,
    "getAmount1Delta": amm.amount1_delta,
    "getAmount0DeltaSigned": amm.amount0_delta_signed,
    "getAmount1DeltaSigned": amm.amount1_delta_signed,
    "addDelta": amm.add_delta,
}


def compute_fee_amount(notional_wad: int, time_wad: int, fee_wad: int) -> int:
    return amm.fee_amount(notional_wad, time_wad, fee_wad)


SWAP_MATH: dict[str, Function] = {
    "computeSwapStep": amm.swap_step_voltz,
    "computeFeeAmount": compute_fee_amount,
}
UNISWAP_MATH: dict[str, Function] = {
    "getSqrtRatioAtTick": partial(amm.sqrt_ratio_at_tick, protocol="uniswap_v3"),
    "getTickAtSqrtRatio": partial(amm.tick_at_sqrt_ratio, protocol="uniswap_v3"),
    "tickSpacingToMaxLiquidityPerTick": partial(amm.max_liquidity_per_tick, protocol="uniswap_v3"),
    "computeSwapStep": amm.swap_step_uniswap,
    "mulDiv": amm.mul_div,
}


def tick_bitmap(document: dict[str, Any]) -> Iterator[Outcome]:
    for i, sequence in enumerate(document["sequences"]):
        bitmap = amm.TickBitmap(int(sequence["tickSpacing"]))
        for j, op in enumerate(sequence["ops"]):
            yield f"sequences[{i}].ops[{j}]", bitmap_problem(bitmap, op)


def bitmap_problem(bitmap: amm.TickBitmap, op: dict[str, Any]) -> str | None:
    tick = int(op["tick"])
    if op["op"] == "next":
        want: Any = (int(op["next"]), op["initialized"])
        got: Any = bitmap.next_initialized_tick_within_one_word(tick, op["lte"])
    elif op["op"] == "flip":
        want = op["revert"] if "revert" in op else int(op["wordValue"])
        try:
            bitmap.flip(tick)
            got = bitmap.word(int(op["word"]))
        except VoltcoreError as error:
            got = error.onchain
    else:
        return f"unknown operation {op['op']}"
    return None if got == want else f"{op}: got {got}, expected {want}"


POOL_STATE = {
    "sqrtPriceX96": "sqrt_price_x96",
    "tick": "tick",
    "feeProtocol": "fee_protocol",
    "liquidity": "liquidity",
    "feeGrowthGlobal0X128": "fee_growth_global0_x128",
    "feeGrowthGlobal1X128": "fee_growth_global1_x128",
}
POOL_POSITION = {
    "liquidity": "liquidity",
    "feeGrowthInside0LastX128": "fee_growth_inside0_last_x128",
    "feeGrowthInside1LastX128": "fee_growth_inside1_last_x128",
    "tokensOwed0": "tokens_owed0",
    "tokensOwed1": "tokens_owed1",
}
POOL_TICK = {
    "liquidityGross": "liquidity_gross",
    "liquidityNet": "liquidity_net",
    "feeGrowthOutside0X128": "fee_growth_outside0_x128",
    "feeGrowthOutside1X128": "fee_growth_outside1_x128",
    "initialized": "initialized",
}


def uniswap_pool(document: dict[str, Any]) -> Iterator[Outcome]:
    for i, scenario in enumerate(document["scenarios"]):
        pool = amm.UniswapV3Pool(int(scenario["fee"]), int(scenario["tickSpacing"]))
        # Everything ever listed, so that an entry which should not have changed is looked at too.
        listed: dict[str, dict[Any, Any]] = {"positions": {}, "ticks": {}}
        for j, step in enumerate(scenario["steps"]):
            yield f"scenarios[{i}].steps[{j}]", pool_problem(pool, step, listed)


def pool_call(pool: amm.UniswapV3Pool, step: dict[str, Any]) -> Any:
    args, owner = step["args"], int(step["sender"][1:]) + 1
    if step["op"] == "advance":
        return None
    if step["op"] == "swap":
        result = pool.swap(
            args["zeroForOne"], int(args["amountSpecified"]), int(args["sqrtPriceLimitX96"])
        )
        return result[:2]
    if step["op"] == "initialize":
        return pool.initialize(int(args["sqrtPriceX96"]))
    if step["op"] == "setFeeProtocol":
        return pool.set_fee_protocol(int(args["feeProtocol0"]), int(args["feeProtocol1"]))
    if step["op"] in ("mint", "burn", "collect"):
        values = [int(args[name]) for name in ("tickLower", "tickUpper", "amount") if name in args]
        return getattr(pool, step["op"])(owner, *values)
    raise KeyError(step["op"])


def picked(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {name: shown(record[ours]) for name, ours in names.items()}


def pool_problem(
    pool: amm.UniswapV3Pool, step: dict[str, Any], listed: dict[str, dict[Any, Any]]
) -> str | None:
    before = pool.state_digest()
    try:
        result = pool_call(pool, step)
        got: Any = None if result is None else [shown(value) for value in result]
    except VoltcoreError as error:
        got = {"revert": error.onchain}
        if pool.state_digest() != before:
            return f"{step['op']}: a refusal changed the state"
    want = {"revert": step["revert"]} if "revert" in step else step.get("out")
    if got != want:
        return f"{step['op']} {step['args']}: got {got}, expected {want}"
    state, slot = step["state"], pool.slot()
    have = picked(slot, POOL_STATE)
    have["protocolFees"] = [shown(slot["protocol_fees0"]), shown(slot["protocol_fees1"])]
    for name, value in have.items():
        if state[name] != value:
            return f"{step['op']}: {name} is {value}, expected {state[name]}"
    for entry in state.get("positions", ()):
        key = (int(entry["owner"][1:]) + 1, int(entry["tickLower"]), int(entry["tickUpper"]))
        listed["positions"][key] = {name: entry[name] for name in POOL_POSITION}
    for entry in state.get("ticks", ()):
        listed["ticks"][int(entry["tick"])] = {name: entry[name] for name in POOL_TICK}
    for key, entry in listed["positions"].items():
        if (have := picked(pool.position(*key), POOL_POSITION)) != entry:
            return f"{step['op']}: position {key} is {have}, expected {entry}"
    for tick, entry in listed["ticks"].items():
        if (have := picked(pool.tick(tick), POOL_TICK)) != entry:
            return f"{step['op']}: tick {tick} is {have}, expected {entry}"
    pool.audit()
    return None


FAMILIES: dict[str, Callable[[dict[str, Any]], Iterator[Outcome]]] = {
    "irs-lib-1/tickMath": partial(library, TICK_MATH),
    "irs-lib-1/sqrtPriceMath": partial(library, SQRT_PRICE_MATH),
    "irs-lib-1/swapMath": partial(library, SWAP_MATH),
    "irs-lib-1/uniswapMath": partial(library, UNISWAP_MATH),
    "irs-bitmap-1/tickBitmap": tick_bitmap,
    "irs-unipool-1/uniswapPool": uniswap_pool,
}
