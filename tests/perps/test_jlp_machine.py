"""The JLP pool under random operations by random callers, beside its second implementation."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

from jlp_trades_model import JlpModel
from jlp_twins import Call, books, model_of, outcome, same
from perps_machine import (
    MACHINE_SETTINGS,
    PoolMachine,
    amounts,
    anybody,
    extremes,
    owners,
    picks,
    seconds,
    sides,
)
from perps_worlds import ALICE, BOB, KEEPER, LIQUIDATOR, LP, ORACLE, USD, begin_jlp, jlp
from voltcore import perps
from voltcore.errors import VoltcoreError

NAMES = ("SOL", "ETH", "USDC")
PRICES = {"SOL": 150, "ETH": 2_500, "USDC": 1}
DECIMALS = {"SOL": 9, "ETH": 8, "USDC": 6}
traded = st.sampled_from(["SOL", "ETH", "SOL", "ETH", "USDC"])
names = st.sampled_from(NAMES)
requests = st.integers(1, 2)


def tokens(name: str, usd: int) -> int:
    return min(usd * 10 ** DECIMALS[name] // (PRICES[name] * USD), 2**64 - 1)


class Machine(PoolMachine):
    pool: perps.JlpPool

    model: JlpModel

    @initialize(surplus=st.sampled_from(["refund", "forfeit"]), buffer=st.sampled_from([0, 5_000]))
    def begin(self, surplus: str, buffer: int) -> None:
        pool = jlp(used=False, surplus=surplus, weight_buffer_bps=buffer)
        self.model = model_of(pool)
        for one in (pool, self.model):
            begin_jlp(one)
            one.increase(ALICE, "SOL", "long", 3_000 * USD, 4 * 10**9, 0)
            one.increase(ALICE, "ETH", "short", 2_000 * USD, 300 * USD, 0)
            one.increase(BOB, "ETH", "long", 2_000 * USD, 10**7, 0)
        self.begin_with(pool)

    def attempt(self, call: Call) -> Any:
        """As of every pool; the second implementation does or refuses the same."""
        told = "done"

        def on_pool() -> Any:
            nonlocal told
            try:
                return call(self.pool)
            except VoltcoreError as refusal:
                told = str(refusal.onchain or refusal.code)
                raise

        receipt = super().attempt(on_pool)
        expected = outcome(self.model, call)
        assert same(told, expected), (told, expected)
        assert books(self.pool) == self.model.books()
        return receipt

    def accounts(self) -> dict[str, int]:
        held = self.pool.state()["custodies"]
        return {name: c["balance"] for name, c in zip(NAMES, held, strict=True)}

    def rising(self) -> dict[str, int]:
        held = self.pool.state()["custodies"]
        return {
            f"{name}.{key}": c[key]
            for name, c in zip(NAMES, held, strict=True)
            for key in ("cumulative", "protocol_paid", "last_update")
        }

    @rule(name=st.sampled_from(["SOL", "ETH"]), percent=st.integers(60, 150), passed=seconds)
    def a_price(self, name: str, percent: int, passed: int) -> None:
        now = self.later(passed)
        price = PRICES[name] * USD * percent // 100
        self.attempt(lambda pool: pool.set_price(ORACLE, name, price, now))

    @rule(percent=st.integers(97, 103))
    def a_stable_moves(self, percent: int) -> None:
        self.attempt(lambda pool: pool.set_price(ORACLE, "USDC", percent * USD // 100, self.now))

    @rule(caller=anybody, price=extremes, back=seconds)
    def a_strange_price(self, caller: int, price: int, back: int) -> None:
        self.attempt(lambda pool: pool.set_price(caller, "USDC", price, self.now - back))
        self.attempt(lambda pool: pool.set_price(ORACLE, "USDC", USD, self.now))

    @rule(caller=owners, name=names, usd=amounts(5_000 * USD), passed=seconds)
    def mint(self, caller: int, name: str, usd: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda pool: pool.mint(caller, name, tokens(name, usd), now))
        if done:
            self.outside[name] += done.amount
        self.settle()

    @rule(caller=owners, name=names, lp=amounts(5_000 * USD), passed=seconds)
    def burn(self, caller: int, name: str, lp: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda pool: pool.burn(caller, name, lp, now))
        if done:
            self.outside[name] -= done.amount
        self.settle()

    @rule(caller=anybody, first=names, second=names, usd=amounts(2_000 * USD))
    def swap(self, caller: int, first: str, second: str, usd: int) -> None:
        amount = tokens(first, usd)
        done = self.attempt(lambda pool: pool.swap(caller, first, second, amount, self.now))
        if done:
            self.outside[first] += done.amount_in
            self.outside[second] -= done.amount_out
        self.settle()

    @rule(
        caller=owners,
        name=traded,
        side=sides,
        size=amounts(10_000 * USD),
        percent=st.integers(0, 110),
        limit=st.sampled_from([0, 0, 0, 1, 10**12]),
        passed=seconds,
    )
    def increase(
        self, caller: int, name: str, side: str, size: int, percent: int, limit: int, passed: int
    ) -> None:
        now = self.later(passed)
        paying = name if side == "long" else "USDC"
        given = tokens(paying, size * percent // 100)
        done = self.attempt(
            lambda pool: pool.increase(caller, name, side, size, given, now, price_slippage=limit)
        )
        if done:
            self.outside[paying] += given
        self.settle()

    def market(self, pick: int, drawn: tuple[int, str, str]) -> tuple[int, str, str]:
        found = self.picked(pick)
        if found is None:
            return drawn
        return found["owner"], NAMES[found["custody"]], ("long", "short")[found["side"]]

    def left(self, name: str, side: str, receipt: Any) -> None:
        if isinstance(receipt, perps.JlpDecreaseReceipt):
            self.outside[name if side == "long" else "USDC"] -= receipt.amount_out
        self.settle()

    @rule(
        caller=owners,
        name=traded,
        side=sides,
        size=amounts(2_000 * USD),
        usd=st.sampled_from([0, 0, USD, 100 * USD, 2**64 - 1]),
        entire=st.sampled_from([False, False, True]),
        pick=picks,
        passed=seconds,
    )
    def decrease(
        self, caller: int, name: str, side: str, size: int, usd: int, entire: bool, pick: int,
        passed: int,
    ) -> None:  # fmt: skip
        caller, name, side = self.market(pick, (caller, name, side))
        now = self.later(passed)
        done = self.attempt(
            lambda pool: pool.decrease(
                caller, name, side, now, size_usd=size, collateral_usd=usd, entire=entire
            )
        )
        self.left(name, side, done)

    @rule(
        caller=st.sampled_from([LIQUIDATOR, LIQUIDATOR, LP, 0]),
        owner=owners,
        name=traded,
        side=sides,
        pick=picks,
        passed=seconds,
    )
    def liquidate(
        self, caller: int, owner: int, name: str, side: str, pick: int, passed: int
    ) -> None:
        owner, name, side = self.market(pick, (owner, name, side))
        now = self.later(passed)
        done = self.attempt(lambda pool: pool.liquidate(caller, owner, name, side, now))
        self.left(name, side, done)

    @rule(
        caller=owners,
        request=requests,
        side=sides,
        size=amounts(4_000 * USD),
        trigger=st.sampled_from([None, None, None, 0, 140 * USD, 160 * USD]),
        above=st.booleans(),
        grows=st.booleans(),
    )
    def ask(
        self, caller: int, request: int, side: str, size: int, trigger: int | None, above: bool,
        grows: bool,
    ) -> None:  # fmt: skip
        when = {"trigger": trigger, "above": None if trigger is None else above}
        paying = "SOL" if side == "long" else "USDC"
        given = tokens(paying, size // 4)
        self.attempt(
            lambda pool: (
                pool.request_increase(caller, request, "SOL", side, size, given, self.now, **when)
                if grows
                else pool.request_decrease(
                    caller, request, "SOL", side, self.now, size_usd=size, **when
                )
            )
        )
        self.settle()  # the escrow is outside the custody

    @rule(caller=st.sampled_from([KEEPER, KEEPER, ALICE]), request=requests, passed=seconds)
    def execute(self, caller: int, request: int, passed: int) -> None:
        now = self.later(passed % 60)
        wish = self.pool.state()["requests"].get(request)
        done = self.attempt(lambda pool: pool.execute(caller, request, now))
        if done:
            side = ("long", "short")[wish["trade"]["side"]]
            if isinstance(done, perps.JlpIncreaseReceipt):
                self.outside["SOL" if side == "long" else "USDC"] += wish["trade"]["collateral"]
            self.left("SOL", side, done)
        self.settle()

    @rule(caller=st.sampled_from([ALICE, BOB, KEEPER]), request=requests)
    def cancel(self, caller: int, request: int) -> None:
        self.attempt(lambda pool: pool.cancel(caller, request, self.now))
        self.settle()

    @rule(caller=anybody, name=names, passed=seconds)
    def distribute(self, caller: int, name: str, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda pool: pool.distribute_fees(caller, name, now))
        if done:
            self.outside[name] -= done.to_protocol
        self.settle()

    @rule()
    def a_snapshot_is_the_same_pool(self) -> None:
        self.pool = perps.JlpPool.from_bytes(self.pool.to_bytes())
        self.settle()


TestMachine = Machine.TestCase
TestMachine.settings = MACHINE_SETTINGS
