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

FAMILIES: dict[str, Callable[[dict[str, Any]], Iterator[Outcome]]] = {
    "irs-lib-1/tickMath": partial(library, TICK_MATH),
    "irs-lib-1/sqrtPriceMath": partial(library, SQRT_PRICE_MATH),
    "irs-lib-1/swapMath": partial(library, SWAP_MATH),
    "irs-lib-1/uniswapMath": partial(library, UNISWAP_MATH),
}
