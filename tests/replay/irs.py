"""Replays the vectors of the `irs` area: cashflows, margin, the rate oracle, whole systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from replay.amm import library, refusal_of, shown
from replay.irs_system import snake, system_of, system_problem
from voltcore import irs
from voltcore.errors import VoltcoreError

Outcome = tuple[str, str | None]


def clock_last(function: Callable[..., int]) -> Callable[..., int]:
    """The vectors give the block's time first."""
    return lambda now, *values: function(*values, now)


CASHFLOWS: dict[str, Callable[..., Any]] = {
    "fixedFactor": clock_last(irs.fixed_factor),
    "getExcessBalance": clock_last(irs.excess_balance),
    "calculateFixedTokenBalance": clock_last(irs.balance_without_excess),
    "getFixedTokenBalance": clock_last(irs.fixed_token_balance),
    "calculateSettlementCashflow": clock_last(irs.settlement_cashflow),
    "accrualFact": irs.accrual_factor,
}


def revision_of(document: dict[str, Any]) -> irs.Revision:
    return "r23" if "2023" in document["contractVersion"] else "r22"


def outcome(call: Callable[[], Any], case: dict[str, Any]) -> str | None:
    """None if the call returns or refuses as the case says."""
    try:
        result = call()
        got: Any = [shown(v) for v in (result if isinstance(result, tuple) else (result,))]
    except VoltcoreError as error:
        got = refusal_of(error, case)
    if "revert" in case:
        want: Any = {"revert": case["revert"], "revertKind": case.get("revertKind")}
    else:
        want = case["out"]
    return None if got == want else f"{case.get('in')}: got {got}, expected {want}"


def margin_call(
    calculator: irs.MarginCalculator, context: dict[str, Any], name: str, values: list[Any]
) -> Any:
    price, tick = int(context["sqrtPriceX96"]), int(context["tick"])
    if name == "getPositionMarginRequirement":
        return calculator.position_requirement(*values, price, tick)
    if name == "getMarginRequirement" and len(values) == 3:
        values = [*values, price]
    return getattr(calculator, MARGIN[name])(*values)


MARGIN = {
    "computeTimeFactor": "time_factor",
    "computeApyBound": "apy_bound",
    "worstCaseVariableFactorAtMaturity": "worst_case_variable_factor",
    "getMarginRequirementCore": "core",
    "getExtraBalances": "extra_balances",
    "getAbsoluteFixedTokenDeltaUnbalancedSimulatedUnwind": "simulated_unwind",
    "getMinimumMarginRequirement": "minimum",
    "getMarginRequirement": "requirement",
}


def margin_engine(document: dict[str, Any]) -> Iterator[Outcome]:
    for i, group in enumerate(document["groups"]):
        context = group["context"]
        settings = context["marginCalculatorParameters"].items()
        calculator = irs.MarginCalculator(
            irs.MarginParameters(**{snake(name): int(value) for name, value in settings}),
            revision=revision_of(document),
            term_start_wad=int(context["termStartTimestamp"]) * 10**18,
            term_end_wad=int(context["termEndTimestamp"]) * 10**18,
            now=int(context["blockTimestamp"]),
            historical_apy_wad=int(context["historicalApyWad"]),
            variable_factor_wad=int(context["variableFactorWad"]),
        )
        for j, case in enumerate(group["cases"]):
            values = [v if isinstance(v, bool) else int(v) for v in case["in"]]
            call = partial(margin_call, calculator, context, case["fn"], values)
            yield f"groups[{i}].cases[{j}] {case['fn']}", outcome(call, case)


ORACLE_QUERIES: dict[str, Callable[[irs.RateOracle, int, list[int]], Any]] = {
    "getCurrentRateInRay": lambda o, now, _v: o.current_rate_ray(now),
    "getLastRateSlope": lambda o, _now, _v: o.last_rate_slope(),
    "getLastRateApy": lambda o, _now, _v: o.last_rate_apy(),
    "getRateFromTo": lambda o, now, v: o.rate_from_to(now, *v),
    "getApyFromTo": lambda o, now, v: o.apy_from_to(now, *v),
    "variableFactor": lambda o, now, v: o.copy().variable_factor(now, *v),
    "variableFactorNoCache": lambda o, now, v: o.variable_factor_no_cache(now, *v),
    "interpolateRateValue": lambda o, _now, v: o.interpolate_rate_value(*v),
    "computeApyFromRate": lambda o, _now, v: o.apy_from_rate(*v),
}


def oracle_state(oracle: irs.RateOracle) -> dict[str, str]:
    head, newest = oracle.head(), oracle.newest()
    return {
        "rateIndex": str(head["index"]),
        "rateCardinality": str(head["cardinality"]),
        "rateCardinalityNext": str(head["cardinality_next"]),
        "lastObservationTimestamp": str(newest["timestamp"]),
        "lastObservationValue": str(newest["value"]),
    }


def rate_oracle(document: dict[str, Any]) -> Iterator[Outcome]:
    for i, sequence in enumerate(document["sequences"]):
        now = int(sequence["deployTimestamp"])
        oracle = irs.RateOracle(
            sequence["oracleKind"],
            now=now,
            rate_ray=int(sequence["feedRateRay"]),
            report_timestamp=int(sequence["feedTimestamp"]),
            observations=[(int(t), int(v)) for t, v in sequence["initialObservations"]],
            revision=revision_of(document),
        )
        for j, step in enumerate(sequence["steps"]):
            if step["op"] == "set":
                now = int(step["timestamp"])
            yield f"sequences[{i}].steps[{j}] {step['op']}", oracle_problem(oracle, now, step)


def oracle_problem(oracle: irs.RateOracle, now: int, step: dict[str, Any]) -> str | None:
    op = step["op"]
    values = [int(value) for value in step.get("in", ())]
    before = oracle.state_digest()
    if op in ("query", "variableFactor"):
        if op == "query":
            problem = outcome(lambda: ORACLE_QUERIES[step["fn"]](oracle, now, values), step)
        else:
            problem = outcome(lambda: oracle.variable_factor(now, *values), step)
        if problem is None and (op == "query" or "revert" in step):
            problem = None if oracle.state_digest() == before else "the state has changed"
        return problem
    if op == "set":
        oracle.set_rate(now, int(step["feedRateRay"]), int(step["feedTimestamp"]))
    elif op == "writeOracleEntry":
        oracle.write_oracle_entry(now)
    elif op in ("setMinSecondsSinceLastUpdate", "increaseObservationCardinalityNext"):
        getattr(oracle, snake(op))(now, int(step["value"]))
    else:
        raise KeyError(op)
    oracle.audit()
    if "oracle" in step and (have := oracle_state(oracle)) != step["oracle"]:
        return f"{op}: got {have}, expected {step['oracle']}"
    return None


def scenario(document: dict[str, Any]) -> Iterator[Outcome]:
    for i, entry in enumerate(document["scenarios"]):
        system = system_of(entry["deploy"], revision_of(document))
        for j, step in enumerate(entry["steps"]):
            yield f"scenarios[{i}].steps[{j}] {step['op']}", system_problem(system, step)


FAMILIES: dict[str, Callable[[dict[str, Any]], Iterator[Outcome]]] = {
    "irs-lib-1/fixedAndVariableMath": partial(library, CASHFLOWS),
    "irs-margin-1/marginEngine": margin_engine,
    "irs-oracle-1/rateOracle": rate_oracle,
    "irs-scenario-1/scenario": scenario,
}
