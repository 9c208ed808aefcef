"""Replays scenario ledgers: the result and the whole ledger after every step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from replay.perps_basket import BasketReplay
from replay.perps_jlp import JlpReplay
from replay.perps_pools import PoolReplay
from replay.perps_vol import VolReplay
from voltcore import errors

Outcome = tuple[str, str | None]
Case = dict[str, Any]


MODELS: dict[str, type[Any]] = {"anc": BasketReplay, "jlp": JlpReplay, "vol": VolReplay}


def number(value: Any) -> Any:
    """Integers are decimal strings in the files; everything else is itself."""
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    if isinstance(value, list):
        return [number(item) for item in value]
    if isinstance(value, dict):
        return {key: number(item) for key, item in value.items()}
    return value


def difference(got: Any, expected: Any, at: str = "") -> str | None:
    """Where two nested values first differ."""
    if isinstance(got, dict) and isinstance(expected, dict):
        if got.keys() != expected.keys():
            return f"{at}: keys {sorted(map(str, got.keys() ^ expected.keys()))}"
        for key in expected:
            found = difference(got[key], expected[key], f"{at}.{key}")
            if found:
                return found
        return None
    return None if got == expected else f"{at}: {got!r} is not {expected!r}"


def step_problem(replay: PoolReplay, step: Case) -> str | None:
    before = replay.pool.state_digest()
    try:
        got = {"result": replay.apply(step["op"], step["args"])}
    except errors.VoltcoreError as refusal:
        got = {"error": refusal.onchain}
        if replay.pool.state_digest() != before:
            return "a refusal changed the state"
    expected = {key: step[key] for key in ("result", "error") if key in step}
    replay.pool.audit()
    return difference(got, expected) or difference(replay.ledger(), step["ledger"], "ledger")


def scenarios(document: Case) -> Iterator[Outcome]:
    for scenario in document["scenarios"]:
        replay = MODELS[scenario["model"]](number(scenario["config"]))
        for index, step in enumerate(scenario["steps"]):
            try:
                problem = step_problem(replay, number(step))
            except Exception as error:  # noqa: BLE001 - a crash is a failed step, with its reason
                problem = f"{type(error).__name__}: {error}"
            label = f"{scenario['id']}[{index}] {step['op']}"
            if problem is not None:
                yield label, f"{problem} ({step['args']})"
                break
            yield label, None
