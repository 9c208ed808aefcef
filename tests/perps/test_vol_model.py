"""The VolPerp pool against a second implementation of its rules, operation by operation."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from case_counts import cases
from perps_worlds import ADMIN, ALICE, BOB, LIQUIDATOR, LP, ORACLE, USD, vol
from vol_pool_model import SIDES, WINDOWS, ZEROS, Refused, VolModel
from voltcore import perps
from voltcore.errors import VoltcoreError

NAMES = ("USDC", "USDT")
OPERATIONS = 700
SEEDS = cases(6, 400)


def books(pool: perps.VolPool) -> dict[str, Any]:
    """The pool's state as the model keeps it."""
    state = pool.state()
    positions = {}
    for row in state["positions"]:
        name, window, side = NAMES[row["custody"]], WINDOWS[row["window"]], SIDES[row["side"]]
        held = {k: v for k, v in row.items() if k not in ("custody", "owner", "window", "side")}
        positions[(name, row["owner"], window, side)] = held
    return {
        "custodies": {
            name: {field: custody[field] for field in ZEROS}
            for name, custody in zip(NAMES, state["custodies"], strict=True)
        },
        "positions": positions,
        "lp": state["lp"]["balances"],
        "realized_fee_usd": state["realized_fee_usd"],
    }


Step = tuple[str, tuple[Any, ...], dict[str, Any], tuple[Any, ...]]


def amount(draw: random.Random, most: int) -> int:
    return draw.choice((0, 1, draw.randrange(1_000), *(draw.randrange(most) for _ in range(6))))


def next_step(draw: random.Random, model: VolModel, now: int) -> Step:
    """Name, arguments of the pool, keyword arguments of the pool, arguments of the model."""
    who, name = draw.choice((ALICE, BOB, LP)), draw.choice(NAMES)
    window, side = draw.choice(("1d", "30d", "1w")), draw.choice(SIDES)
    if model.positions and draw.random() < 0.6:
        name, who, window, side = draw.choice(sorted(model.positions))
    size, coins = amount(draw, 2_000 * USD), amount(draw, 600 * USD)
    position = (who, name, window, side)
    pick = draw.random()
    if pick < 0.15:
        window = draw.choice(tuple(model.quotes))
        quote = tuple(max(1, round(v * draw.uniform(0.7, 1.4))) for v in model.quotes[window])
        named = dict(zip(("implied_volatility", "realized_volatility"), quote, strict=True))
        return "set_oracle", (ORACLE, window, now), named, (window, *quote)
    if pick < 0.45:
        args = (*position, size, coins, now)
        return "increase", args, {}, args
    if pick < 0.60:
        asked = {"size": size // 4, "collateral": coins // 9, "entire": draw.random() < 0.3}
        return "decrease", (*position, now), asked, (*position, *asked.values(), now)
    if pick < 0.78:
        return "liquidate", (LIQUIDATOR, *position, now), {}, (*position, now)
    if pick < 0.93:
        args = (who, name, size, now)
        return "deposit" if pick < 0.86 else "withdraw", args, {}, args
    if pick < 0.96:
        return "fund_insurance", (who, name, coins // 50, now), {}, (name, coins // 50)
    return "clear_fee_reserves", (ADMIN, name, now), {}, (name, now)


def both(pool: perps.VolPool, model: VolModel, step: Step) -> str:
    """Do a step in both; they do the same or refuse it by the same name."""
    name, args, named, plain = step
    told = expected = "done"
    try:
        getattr(pool, name)(*args, **named)
    except VoltcoreError as refusal:
        told = str(refusal.onchain)
    try:
        getattr(model, name)(*plain)
    except Refused as refusal:
        expected = str(refusal)
    assert told == expected, step
    return f"{name}: {told}"


def liquidatable(model: VolModel, now: int) -> list[tuple[Any, ...]]:
    """By custody, owner, window and side."""
    found = []
    for (name, who, window, side), position in model.positions.items():
        custody = model.touched(name, now)
        if model.state(custody, position, side, model.value(window)) != "healthy":
            found.append((NAMES.index(name), who, WINDOWS.index(window), SIDES.index(side)))
    return [(who, NAMES[i], WINDOWS[w], SIDES[s]) for i, who, w, s in sorted(found)]


@pytest.mark.parametrize("lock_covers", ["profit", "position"])
@pytest.mark.parametrize("rate_mode", ["exact", "published"])
@pytest.mark.parametrize("product", ["iv", "rv_diff_iv"])
def test_two_implementations_keep_the_same_books(
    product: str, rate_mode: str, lock_covers: str
) -> None:
    switches = {"product": product, "rate_mode": rate_mode, "lock_covers": lock_covers}
    seen: Counter[str] = Counter()
    for seed in range(SEEDS):
        draw = random.Random(seed)
        pool = vol(used=False, **switches)
        rules = pool.state()
        jump = rules["configs"][0]["jump"]
        model = VolModel(NAMES, rules["limit"], rules["fees"], jump, **switches)
        for window in ("1d", "30d"):
            quote = {"implied_volatility": 6_000, "realized_volatility": 5_500}
            both(pool, model, ("set_oracle", (ORACLE, window, 0), quote, (window, 6_000, 5_500)))
        for name in NAMES:
            first = (LP, name, 8_000 * USD, 0)
            both(pool, model, ("deposit", first, {}, first))
        now = 0
        for turn in range(OPERATIONS):
            now += draw.choice((0, 1, 60, 3_600, 86_400))
            step = next_step(draw, model, now)
            seen[both(pool, model, step)] += 1
            assert books(pool) == model.books(), step
            if turn % 10 == 0:
                assert pool.liquidatable(now) == liquidatable(model, now)
        pool.audit()
    # Every operation succeeded, and was refused, often enough to say something.
    for name in perps.OPERATIONS["VolPool"]:
        if hasattr(model, name):
            assert seen[f"{name}: done"] >= 15, seen
    assert sum(count for told, count in seen.items() if not told.endswith("done")) > 300
