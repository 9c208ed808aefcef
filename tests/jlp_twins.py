"""One call for the JLP pool and for its second implementation, and their books side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jlp_pool_model import ZEROS, Key, Refused
from jlp_trades_model import SIDES, JlpModel
from voltcore import perps
from voltcore.errors import VoltcoreError

Call = Callable[[Any], Any]


def model_of(pool: perps.JlpPool) -> JlpModel:
    """The second implementation, with the configuration of an unused pool."""
    state = pool.state()
    return JlpModel(state["settings"], state["configs"], state["governance"]["roles"])


def books(pool: perps.JlpPool) -> dict[str, Any]:
    """The pool's state as the model keeps it."""
    state = pool.state()
    names = [config["name"] for config in state["configs"]]
    positions: dict[Key, dict[str, int]] = {}
    apart = ("owner", "custody", "collateral_custody", "side")
    for row in state["positions"]:
        traded, paying = names[row["custody"]], names[row["collateral_custody"]]
        rest = {name: value for name, value in row.items() if name not in apart}
        positions[(row["owner"], traded, paying, SIDES[row["side"]])] = rest
    held = dict(zip(names, state["custodies"], strict=True))
    return {
        "custodies": {name: {field: c[field] for field in ZEROS} for name, c in held.items()},
        "flows": {name: c["flow"] for name, c in held.items()},
        "positions": positions,
        "lp": state["lp"]["balances"],
        "requests": set(state["requests"]),
        "clock": state["governance"]["clock"],
    }


def outcome(subject: perps.JlpPool | JlpModel, call: Call) -> str:
    """What became of a call: done, or the name of its refusal."""
    try:
        call(subject)
    except VoltcoreError as refusal:
        return str(refusal.onchain or refusal.code)
    except Refused as refusal:
        return str(refusal)
    return "done"


def same(told: str, expected: str) -> bool:
    """
    Whether two outcomes agree.

    The rules do not say which of two reasons is told where one is a number that leaves its type.
    """
    both_refused = "done" not in (told, expected)
    return told == expected or (both_refused and "MathOverflow" in (told, expected))
