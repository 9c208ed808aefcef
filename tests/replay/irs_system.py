"""One whole system of the scenario vectors: a pool, its actors, and everything ever listed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from replay.amm import shown
from voltcore import irs
from voltcore.errors import VoltcoreError

ACTORS = ("lp1", "lp2", "lp3", "t1", "t2", "t3", "liq", "eve", "owner")


def snake(name: str) -> str:
    """'apyUpperMultiplierWad' -> 'apy_upper_multiplier_wad', 'devMulLeftUnwindLMWad' likewise."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def account(name: str) -> int:
    return ACTORS.index(name) + 1


@dataclass
class System:
    """A pool under replay; `listed` holds the last word of the vectors on every entry."""

    pool: irs.IrsPool
    now: int
    balances: dict[str, str] = field(default_factory=dict)
    positions: dict[tuple[int, int, int], dict[str, Any]] = field(default_factory=dict)
    ticks: dict[int, dict[str, Any]] = field(default_factory=dict)
    bitmap: dict[int, str] = field(default_factory=dict)


def system_of(deploy: dict[str, Any], revision: irs.Revision) -> System:
    now = int(deploy["deployTimestamp"])
    pool = irs.IrsPool(
        owner=account("owner"),
        now=now,
        term_start=int(deploy["termStartTimestamp"]),
        term_end=int(deploy["termEndTimestamp"]),
        rate_ray=int(deploy["feedRateRay"]),
        tick_spacing=int(deploy["tickSpacing"]),
        report_timestamp=int(deploy["feedTimestamp"]),
        observations=[(int(t), int(v)) for t, v in deploy["initialObservations"]],
        oracle_kind=deploy["oracleKind"],
        revision=revision,
        has_module=deploy["hasFcm"],
    )
    for name in ACTORS:
        pool.fund(account(name), int(deploy["actorFunding"]))
    for name, amount in deploy.get("fcmYieldTokenFunding", {}).items():
        pool.fund_yield_tokens(account(name), int(amount))
    pool.fund_yield_reserve(int(deploy["yieldTokenUnderlyingReserve"]))
    return System(pool, now)


def position_of(args: dict[str, Any]) -> tuple[int, int, int]:
    owner = args["owner"] if "owner" in args else args["recipient"]
    return account(owner), int(args["tickLower"]), int(args["tickUpper"])


SETTINGS = {
    "setLookbackWindowInSeconds",
    "setCacheMaxAgeInSeconds",
    "setLiquidatorReward",
    "setFee",
    "setFeeProtocol",
    "setMaturityBuffer",
    "setMinSecondsSinceLastUpdate",
    "increaseObservationCardinalityNext",
    "setIsAlpha",
    "setIsAlphaMarginEngine",
    "setPausability",
    "updateProtocolFees",
}


def call(system: System, step: dict[str, Any]) -> Any:
    """Run the step; its result in the words of the vectors."""
    pool, now, op, args = system.pool, system.now, step["op"], step["args"]
    sender = account(step["sender"])
    if op == "advance":
        system.now = int(args["timestamp"])
        return pool.set_rate(system.now, int(args["feedRateRay"]), int(args["feedTimestamp"]))
    if op in SETTINGS:
        value = args["value"]
        return getattr(pool, snake(op))(
            sender, now, value if isinstance(value, bool) else int(value)
        )
    if op == "setMarginCalculatorParameters":
        given = {snake(name): int(value) for name, value in args.items()}
        return pool.set_margin_calculator_parameters(sender, now, irs.MarginParameters(**given))
    if op == "initializeVAMM":
        return pool.initialize_vamm(sender, now, int(args["sqrtPriceX96"]))
    if op == "setApproval":
        return pool.set_approval(sender, now, account(args["integration"]), args["allow"])
    if op == "changePauser":
        return pool.change_pauser(sender, now, account(args["account"]), args["permission"])
    if op == "collectProtocol":
        return pool.collect_protocol(sender, now, account(args["recipient"]), int(args["amount"]))
    if op == "transferMarginToFCMTrader":
        to = account(args["account"])
        return pool.transfer_margin_to_fcm_trader(sender, now, to, int(args["marginDelta"]))
    if op == "writeOracleEntry":
        return pool.write_oracle_entry(sender, now)
    if op == "computeGrowthInside":
        return pool.compute_growth_inside(int(args["tickLower"]), int(args["tickUpper"]))
    if op.startswith("fcm."):
        values = (int(value) for value in args.values())
        return getattr(pool, snake(op[4:]))(sender, now, *values)
    key = position_of(args)
    if op in ("mint", "burn"):
        return getattr(pool, op)(sender, now, *key, int(args["amount"]))
    if op == "swap":
        amount, limit = int(args["amountSpecified"]), int(args["sqrtPriceLimitX96"])
        return pool.swap(sender, now, *key, amount, limit)
    if op == "updatePositionMargin":
        return pool.update_position_margin(sender, now, *key, int(args["marginDelta"]))
    if op == "getPositionMarginRequirement":
        return pool.get_position_margin_requirement(sender, now, *key, args["isLM"])
    if op in ("settlePosition", "liquidatePosition", "getPosition"):
        return getattr(pool, snake(op))(sender, now, *key)
    raise KeyError(op)


def result_problem(system: System, step: dict[str, Any]) -> str | None:
    before = system.pool.state_digest()
    try:
        result = call(system, step)
    except VoltcoreError as error:
        if system.pool.state_digest() != before:
            return "a refusal changed the state"
        got = {"revert": error.onchain, "revertKind": error.onchain_kind}
        want = {name: step.get(name) for name in got}
        if "revertArgs" in step:
            got["revertArgs"] = [str(value) for value in error.onchain_args]
            want["revertArgs"] = step["revertArgs"]
        return None if got == want else f"got {got}, expected {want or step.get('out')}"
    if "revert" in step:
        return f"got {result}, expected the refusal {step['revert']}"
    if "out" not in step:
        return None
    want = step["out"]
    if isinstance(want, list):
        have: Any = [shown(value) for value in result][: len(want)]
    else:
        have = shown(result)
    return None if have == want else f"got {have}, expected {want}"


def picked(record: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Of our record what the vector's entry names, in its words."""
    return {name: shown(record[snake(name)]) for name in entry}


def without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def globals_problem(system: System, state: dict[str, Any]) -> str | None:
    pool = system.pool
    engine, oracle = pool.margin_engine(), pool.rate_oracle()
    try:
        factor = str(pool.variable_factor_no_cache(system.now))
    except VoltcoreError as error:
        factor = f"revert:{error.onchain}"
    have = {
        "timestamp": str(pool.now),
        "vamm": picked(pool.vamm(), state["vamm"]),
        "oracle": {
            "rateIndex": str(oracle["index"]),
            "rateCardinality": str(oracle["cardinality"]),
            "rateCardinalityNext": str(oracle["cardinality_next"]),
            "lastObservationTimestamp": str(oracle["newest"]["timestamp"]),
            "lastObservationValue": str(oracle["newest"]["value"]),
        },
        "apyCache": {
            "value": str(engine["cached_apy_wad"]),
            "timestamp": str(engine["cached_apy_timestamp"]),
        },
        "variableFactorWad": factor,
        "paused": [pool.vamm()["paused"], engine["paused"]],
        "engineBalance": str(engine["underlying_balance"]),
    }
    for name, value in have.items():
        if state[name] != value:
            return f"{name} is {value}, expected {state[name]}"
    unknown = set(state) - set(have) - {"balances", "positions", "ticks", "bitmap"}
    return f"unknown state {sorted(unknown)}" if unknown else None


def entries_problem(system: System, state: dict[str, Any]) -> str | None:
    pool = system.pool
    system.balances.update(state.get("balances", {}))
    for entry in state.get("positions", ()):
        system.positions[position_of(entry)] = without(entry, "owner", "tickLower", "tickUpper")
    for entry in state.get("ticks", ()):
        system.ticks[int(entry["tick"])] = without(entry, "tick")
    system.bitmap.update((int(word), value) for word, value in state.get("bitmap", ()))
    for name, balance in system.balances.items():
        if str(pool.balance_of(account(name))) != balance:
            return f"balance of {name} is {pool.balance_of(account(name))}, expected {balance}"
    for key, entry in system.positions.items():
        if (have := picked(pool.position(*key)._asdict(), entry)) != entry:
            return f"position {key} is {have}, expected {entry}"
    for tick, entry in system.ticks.items():
        if (have := picked(pool.tick(tick), entry)) != entry:
            return f"tick {tick} is {have}, expected {entry}"
    for word, value in system.bitmap.items():
        if str(pool.bitmap_word(word)) != value:
            return f"bitmap word {word} is {pool.bitmap_word(word)}, expected {value}"
    return None


def module_problem(system: System, step: dict[str, Any]) -> str | None:
    if "fcmTrader" not in step:
        return None
    pool, trader = system.pool, account(step["sender"])
    have = {
        "fcmTrader": picked(pool.module_trader(trader)._asdict(), step["fcmTrader"]),
        "fcmYieldTokenBalance": str(pool.yield_balance_of(irs.MODULE)),
        "traderYieldTokenBalance": str(pool.yield_balance_of(trader)),
    }
    for name, value in have.items():
        if step[name] != value:
            return f"{name} is {value}, expected {step[name]}"
    return None


def probe_problem(system: System, step: dict[str, Any]) -> str | None:
    if "probe" not in step:
        return None
    key, sender = position_of(step["args"]), account(step["sender"])
    for name, is_lm in (("initialMargin", False), ("liquidationMargin", True)):
        twin = system.pool.copy()
        try:
            have = str(twin.get_position_margin_requirement(sender, system.now, *key, is_lm))
        except VoltcoreError as error:
            have = f"revert:{error.onchain}"
        if have != step["probe"][name]:
            return f"{name} is {have}, expected {step['probe'][name]}"
    return None


def system_problem(system: System, step: dict[str, Any]) -> str | None:
    """What is wrong after the step, or None: result, complete state, requirements, invariants."""
    problem = (
        result_problem(system, step)
        or globals_problem(system, step["state"])
        or entries_problem(system, step["state"])
        or module_problem(system, step)
        or probe_problem(system, step)
    )
    system.pool.audit()
    return problem
