"""Random walks over a volt: after every step the state is the independent model's."""

from __future__ import annotations

import random
from typing import Any

import pytest

from voltcore import venues, volts
from voltcore.errors import VoltcoreError
from volts_model import ONE, Model, Refused

ADMIN, STRANGER, USERS = 1, 99, (11, 12, 13)


def new_volt(now: int, price: int) -> volts.Volt:
    def market(period: int) -> venues.PerpMarketConfig:
        return venues.PerpMarketConfig(
            base_lot_size=100,
            quote_lot_size=10,
            init_leverage_bits=5 * ONE,
            maint_leverage_bits=10 * ONE,
            taker_fee_bits=volts.fixed_point_bits("0.0005"),
            funding_period=period,
            funding_clamp_bits=round(ONE / 20),
            impact_quantity=100,
        )

    venue = venues.MarginVenue(
        venues.VenueConfig.squared_and_linear(
            admin=ADMIN,
            valid_interval=2**40,
            squared=market(604_800),
            linear=market(86_400),
            enforce_health=False,
            unlimited_pnl_counterparty=True,
        ),
        now,
    )
    volt = volts.Volt(volts.VoltConfig.crab(ADMIN), venue, now)
    volt.set_price(ADMIN, 1, price, now)
    volt.refresh_caches(now)
    return volt


def compare(volt: volts.Volt, model: Model) -> None:
    stage = volt.stage
    assert (stage, volt.round_number, volt.supply) == (model.stage, model.number, model.supply)
    assert (volt.deposit_pool, volt.fee_account) == (model.pool, model.fees)
    assert volt.exposure().equity_bits == model.equity()
    for user, person in model.people.items():
        held = volt.user(user)
        assert (held.wallet, held.volt_tokens) == (person.wallet, person.tokens)
        assert (held.pending_deposit.round, held.pending_deposit.amount) == person.deposit
        assert (held.pending_withdrawal.round, held.pending_withdrawal.amount) == person.withdrawal
    for of in volt.rounds:
        this = model.rounds[of.number]
        assert of.underlying_from_pending_deposits == this.D
        assert of.volt_tokens_from_pending_withdrawals == this.W
        assert (of.round_volt_tokens, of.round_underlying) == (this.vt, this.ul)
        assert of.round_underlying_for_pending_withdrawals == this.pwu


def step(volt: volts.Volt, model: Model, name: str, args: tuple[Any, ...]) -> bool:
    before = volt.state_digest()
    try:
        model.do(name, *args)
        expected = None
    except Refused as refused:
        expected = refused.name
    now = model.now
    try:
        if name in ("deposit", "withdraw", "deposit_with_claim", "withdraw_with_claim"):
            getattr(volt, name)(args[0], args[1], now)
        elif name in ("rebalance_target", "rebalance_hedge", "rehedge"):
            getattr(volt, name)(args[0], now, args[1], max_quote=args[2])
        elif name == "reset_rebalancing":
            volt.reset_rebalancing(args[0], now, only_hedge=args[1])
        elif name == "end_round":
            volt.end_round(args[0], now, bypass=args[1])
        else:
            getattr(volt, name)(args[0], now)
        got = None
    except VoltcoreError as error:
        got = error.onchain
        assert volt.state_digest() == before
    assert got == expected, (name, args)
    compare(volt, model)
    volt.audit()
    return expected is None


@pytest.mark.parametrize("seed", range(6))
def test_a_volt_does_what_the_model_does(seed: int) -> None:
    draw = random.Random(seed)
    price, now = 50_000 * ONE, 1_650_000_000
    volt = new_volt(now, price)
    model = Model(ADMIN, now, price, taker_fee=volts.fixed_point_bits("0.0005"))
    for user in USERS:
        volt.credit_wallet(user, 10**11)
        model.person(user).wallet = 10**11
    cycle = {
        "BETWEEN": "start_round",
        "ACTIVE": "take_performance_fees",
        "FEES_TAKEN": "setup_rebalance",
        "READY": "rebalance_target",
        "TARGET_DONE": "rebalance_hedge",
        "DONE": "end_round",
        "RESOLVED": "take_pending_withdrawal_fees",
        "WFEES": "start_round",
    }
    users = ["deposit", "withdraw", "deposit_with_claim", "withdraw_with_claim"]
    records = [
        f"{verb}_pending_{kind}"
        for verb in ("cancel", "claim")
        for kind in ("deposit", "withdrawal")
    ]
    passed = failed = 0
    for _ in range(400):
        if draw.random() < 0.1:
            price = price * draw.randint(9_600, 10_400) // 10_000
            now += draw.randint(0, 86_400)
            model.set_price(price, now)
            volt.set_price(ADMIN, 1, price, now)
            volt.refresh_caches(now)
            continue
        kind = draw.random()
        caller = STRANGER if draw.random() < 0.1 else ADMIN
        if kind < 0.45:
            name = cycle[model.stage] if draw.random() < 0.8 else draw.choice(list(cycle.values()))
        elif kind < 0.5:
            name = draw.choice(["reset_rebalancing", "rehedge"])
        else:
            name = draw.choice(users + records)
            caller = draw.choice(USERS)
        args: tuple[Any, ...] = (caller,)
        most = draw.choice([None, None, 1, 10**9, 10**10])
        if name in users:
            args = (caller, draw.choice([0, 1, 10**6, draw.randint(1, 10**10), 2**62]))
        elif name == "rebalance_target":
            args = (caller, max(1, model.index(0) * 101 // 1000 * 100 // ONE // 100), most)
        elif name in ("rebalance_hedge", "rehedge"):
            args = (caller, max(1, price * 10 // ONE), most)
        elif name == "reset_rebalancing":
            args = (caller, draw.random() < 0.5)
        elif name == "end_round":
            args = (caller, draw.random() < 0.2)
        if step(volt, model, name, args):
            passed += 1
        else:
            failed += 1
    assert passed > 60
    assert failed * 4 >= passed
    assert volts.Volt.from_bytes(volt.to_bytes()) == volt
