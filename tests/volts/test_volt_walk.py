"""Long random walks over a volt: after every step the state is the independent model's."""

from __future__ import annotations

import random

import pytest

from voltcore import volts
from volts.twins import MOVES, NEXT_STEP, RECORDS, USERS, Twins
from volts.world import ADMIN, STRANGER


@pytest.mark.parametrize("seed", range(6))
def test_a_volt_does_what_the_model_does(seed: int) -> None:
    draw = random.Random(seed)
    twins = Twins()
    twins.start()
    for _ in range(400):
        if draw.random() < 0.1:
            twins.move_price(draw.randint(-40, 40), draw.randint(0, 86_400))
            continue
        kind = draw.random()
        caller = STRANGER if draw.random() < 0.1 else ADMIN
        most = draw.choice([None, None, 1, 10**9, 10**10])
        if kind < 0.45:
            in_phase = draw.random() < 0.8
            name = NEXT_STEP[twins.model.stage] if in_phase else draw.choice([*NEXT_STEP.values()])
            twins.crank(name, caller, most)
        elif kind < 0.48:
            twins.reset(caller, only_hedge=draw.random() < 0.5)
        elif kind < 0.5:
            twins.trade("rehedge", caller, most)
        elif (name := draw.choice(MOVES + RECORDS)) in MOVES:
            amount = draw.choice([0, 1, 10**6, draw.randint(1, 10**10), 2**62])
            twins.user_moves(name, draw.choice(USERS), amount)
        else:
            twins.call(name, draw.choice(USERS))
    assert twins.passed > 60
    assert twins.refused * 4 >= twins.passed
    assert volts.Volt.from_bytes(twins.volt.to_bytes()) == twins.volt
