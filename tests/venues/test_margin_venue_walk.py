"""Long random walks of a trading venue, engine and model side by side."""

from __future__ import annotations

import random

import pytest

from venues.twins import QUOTE, Twins
from venues.worlds import world


def one_step(twins: Twins, draw: random.Random) -> None:
    account, market = draw.randrange(3), draw.randrange(2)
    token = draw.choice((QUOTE, QUOTE, 1))
    owner = 11 + account
    kind = draw.choices(
        ("hour", "fill", "withdraw", "deposit", "pnl", "outside", "fees", "stale", "stranger"),
        (18, 30, 12, 8, 8, 4, 4, 2, 2),
    )[0]
    now = twins.now
    if kind == "hour":
        twins.keepers(draw.randint(-6, 6), draw.choice((60, 3_600, 3_600, 86_400)))
    elif kind == "fill":
        size = draw.choice((1, 100, 10_000, 100_000, 10**7))
        lots = draw.randint(-size, size)
        # Towards flat half of the time, so that positions open, close and turn.
        held = twins.model.accounts[account].positions[market].base
        if held and draw.random() < 0.5:
            lots = draw.choice((-held, -held // 2, -2 * held))
        price = twins.mid(market) * draw.randint(97, 103) // 100
        off_book = draw.random() < 0.2
        twins.both("fill_at_quote", owner, account, market, lots, price, off_book, now)
    elif kind == "withdraw":
        amount = draw.choice((1, 10**5, 10**8, 10**10, 2**64 - 1))
        amount = amount if amount == 2**64 - 1 else draw.randint(0, amount)
        twins.both("withdraw", owner, account, token, amount, draw.random() < 0.7, now)
    elif kind == "deposit":
        twins.both("deposit", owner, account, token, draw.randint(0, 10**10), now)
    elif kind == "pnl":
        twins.both("settle_pnl", account, draw.randrange(3), market, now)
    elif kind == "outside":
        twins.both("settle_pnl_outside", account, market, now)
    elif kind == "fees":
        twins.both("settle_funding", account, market, now)
        twins.both("settle_fees", account, market, now)
    elif kind == "stale":
        twins.both("fill_at_quote", owner, account, market, 10, 400_000, False, now + 7_201)
    else:
        twins.both("withdraw", owner + 1, account, token, 1, True, now)


@pytest.mark.parametrize("enforce_health", [True, False])
@pytest.mark.parametrize("unlimited", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_walk_leaves_engine_and_model_in_one_state(
    seed: int, unlimited: bool, enforce_health: bool
) -> None:
    twins = Twins()
    twins.start(*world(enforce_health=enforce_health, unlimited=unlimited))
    draw = random.Random(f"{seed} {unlimited} {enforce_health}")
    for _ in range(250):
        one_step(twins, draw)
    assert twins.done["fill_at_quote"] > 20, twins.done
    assert twins.done["settle_pnl"] > 5, twins.done
    assert sum(twins.refused.values()) > 25, twins.refused
