"""The volt against its model by hypothesis: users, the admin, strangers, in and out of phase."""

from __future__ import annotations

from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from case_counts import cases
from voltcore import volts
from volts.twins import MOVES, NEXT_STEP, RECORDS, USERS, Twins
from volts.world import ADMIN, STRANGER

users = st.sampled_from([*USERS, *USERS, STRANGER])
admins = st.sampled_from([ADMIN] * 7 + [STRANGER])
amounts = st.one_of(
    st.integers(10**6, 10**10),
    st.integers(10**6, 10**10),
    st.sampled_from([0, 1, 999_999, 2**63, 2**64 - 1]),
)
slices = st.sampled_from([None, None, None, 0, 10**7, 10**9])
strategies = st.builds(
    lambda leverage, part, hedging: volts.StrategyParams(
        target_leverage_bits=-leverage,
        target_leverage_lenience_bits=max(1, leverage * part // 8),
        is_hedging_on=hedging,
    ),
    leverage=st.sampled_from([2**44, 2**46, 2**47, 2**47, 2**48]),
    part=st.integers(1, 8),
    hedging=st.sampled_from([True, True, True, False]),
)


class Machine(Twins, RuleBasedStateMachine):
    """Counts over all runs: how many calls passed, were refused, and which rounds were reached."""

    total_passed: ClassVar[int] = 0
    total_refused: ClassVar[int] = 0
    most_rounds: ClassVar[int] = 0

    @initialize(strategy=strategies, price=st.sampled_from([1_000, 50_000, 300_000]))
    def begin(self, strategy: volts.StrategyParams, price: int) -> None:
        self.start(strategy, price)

    @rule(name=st.sampled_from(MOVES), user=users, amount=amounts)
    def a_user_moves_money(self, name: str, user: int, amount: int) -> None:
        self.user_moves(name, user, amount)

    @rule(user=st.sampled_from(USERS), part=st.integers(1, 4))
    def a_user_withdraws_a_part(self, user: int, part: int) -> None:
        self.user_moves("withdraw", user, self.model.person(user).tokens * part // 4)

    @rule(name=st.sampled_from(RECORDS), user=users)
    def a_user_cancels_or_claims(self, name: str, user: int) -> None:
        self.call(name, user)

    @rule(caller=admins, most=slices)
    def the_next_step(self, caller: int, most: int | None) -> None:
        self.crank(NEXT_STEP[self.model.stage], caller, most)

    @rule()
    def a_whole_cycle(self) -> None:
        for _ in range(8):
            if not self.crank(NEXT_STEP[self.model.stage], self.model.admin, None):
                break

    @rule(name=st.sampled_from([*NEXT_STEP.values()]), caller=admins, most=slices)
    def any_step(self, name: str, caller: int, most: int | None) -> None:
        self.crank(name, caller, most)

    @rule(caller=admins)
    def nobody_trades(self, caller: int) -> None:
        self.trade_with_nobody(caller)

    @rule(most=slices)
    def the_hedge_alone(self, most: int | None) -> None:
        self.trade("rehedge", self.model.admin, most)

    @rule(caller=admins, bypass=st.booleans())
    def the_end(self, caller: int, bypass: bool) -> None:
        self.end_round(caller, bypass=bypass)

    @rule(caller=admins, only_hedge=st.booleans())
    def back_to_the_start(self, caller: int, only_hedge: bool) -> None:
        self.reset(caller, only_hedge=only_hedge)

    @rule(permille=st.integers(-120, 120), seconds=st.sampled_from([0, 60, 86_400, 604_800]))
    def the_price_moves(self, permille: int, seconds: int) -> None:
        self.move_price(permille, seconds)

    @rule(
        market=st.sampled_from([0, 0, 1]),
        premium=st.integers(-80, 80),
        seconds=st.sampled_from([0, 3600, 86_400, 604_800]),
    )
    def funding_is_paid(self, market: int, premium: int, seconds: int) -> None:
        self.fund(market, premium, seconds)

    @rule(caller=admins, bps=st.tuples(*[st.sampled_from([0, 10, 2000, 10_000])] * 3))
    def fees_change(self, caller: int, bps: tuple[int, int, int]) -> None:
        perf, wd, aum = bps[0], min(bps[1], 2000), min(bps[2], 2000)
        rates = volts.FeeRates(performance_fee_bps=perf, withdrawal_fee_bps=wd, aum_fee_bps=aum)
        settings_ = volts.FeeSettings(use_custom_fees=True, custom=rates)
        self.do(
            "change_fees",
            caller,
            True,
            perf,
            wd,
            aum,
            engine=lambda: self.volt.change_fees(caller, settings_, self.now),
        )

    @rule(caller=admins, total=st.sampled_from([0, 10**9, 10**11, 2**64 - 1]), each=amounts)
    def limits_change(self, caller: int, total: int, each: int) -> None:
        self.do(
            "change_capacity",
            caller,
            total,
            each,
            engine=lambda: self.volt.change_capacity(
                caller, self.now, capacity=total, individual_capacity=each
            ),
        )

    @rule(
        name=st.sampled_from(["set_permissionless_cranks", "turn_off_deposits_and_withdrawals"]),
        caller=admins,
        on=st.sampled_from([True, False, False]),
    )
    def a_switch(self, name: str, caller: int, on: bool) -> None:
        self.do(name, caller, on, engine=lambda: getattr(self.volt, name)(caller, on, self.now))

    @rule(caller=admins, heir=st.sampled_from([0, ADMIN, STRANGER]))
    def an_heir(self, caller: int, heir: int) -> None:
        self.do(
            "propose_admin",
            caller,
            heir,
            engine=lambda: self.volt.propose_admin(caller, heir, self.now),
        )

    @rule(caller=st.sampled_from([ADMIN, STRANGER]))
    def the_heir_accepts(self, caller: int) -> None:
        self.call("accept_admin", caller)

    @rule()
    def a_copy_goes_on(self) -> None:
        copy = volts.Volt.from_bytes(self.volt.to_bytes())
        assert copy == self.volt
        self.volt = copy

    def teardown(self) -> None:
        Machine.total_passed += self.passed
        Machine.total_refused += self.refused
        Machine.most_rounds = max(Machine.most_rounds, self.model.number)


def test_a_volt_does_what_the_model_does_whoever_calls_it() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=cases(60, 4_000),
            stateful_step_count=cases(50, 100),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    calls = Machine.total_passed + Machine.total_refused
    assert 0.2 < Machine.total_refused / calls < 0.6
    assert Machine.most_rounds > 2
