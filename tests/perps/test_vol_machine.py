"""The VolPerp pool under random operations by random callers."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

from perps_machine import (
    MACHINE_SETTINGS,
    PoolMachine,
    amounts,
    anybody,
    owners,
    picks,
    seconds,
    sides,
)
from perps_worlds import ALICE, BOB, KEEPER, LIQUIDATOR, LP, ORACLE, USD, vol
from voltcore import perps

NAMES = ("USDC", "USDT")
names = st.sampled_from([*NAMES, *NAMES, *NAMES, "SOL"])
windows = st.sampled_from(["1d", "30d", "1d", "30d", "90d", "5d"])


class Machine(PoolMachine):
    pool: perps.VolPool

    @initialize(
        product=st.sampled_from(["iv", "rv", "rv_diff_iv"]),
        rate_mode=st.sampled_from(["exact", "published"]),
        lock_covers=st.sampled_from(["profit", "position"]),
    )
    def begin(self, **settings: Any) -> None:
        pool = vol(**settings)
        for owner, window, side in ((ALICE, "1d", "long"), (BOB, "30d", "short")):
            pool.increase(owner, "USDC", window, side, 900 * USD, 300 * USD, 0)
        self.begin_with(pool)

    def accounts(self) -> dict[str, int]:
        held = dict(zip(NAMES, self.pool.state()["custodies"], strict=True))
        main = {name: c["balance"] for name, c in held.items()}
        return main | {f"{name} insurance": c["insurance"] for name, c in held.items()}

    def rising(self) -> dict[str, int]:
        held = self.pool.state()["custodies"]
        return {
            f"{name}.{key}": c[key]
            for name, c in zip(NAMES, held, strict=True)
            for key in ("cumulative", "protocol_paid", "impairment_losses", "user_losses")
        }

    @rule(
        window=windows,
        implied=st.one_of(st.none(), st.integers(1_000, 20_000), st.sampled_from([0, 2**31])),
        realized=st.one_of(st.none(), st.integers(1_000, 20_000), st.sampled_from([0, -(2**31)])),
        passed=seconds,
    )
    def a_volatility(
        self, window: str, implied: int | None, realized: int | None, passed: int
    ) -> None:
        now = self.later(passed)
        self.attempt(
            lambda: self.pool.set_oracle(
                ORACLE, window, now, implied_volatility=implied, realized_volatility=realized
            )
        )
        if realized == -(2**31):  # back from the extreme, so that trades go on
            self.attempt(
                lambda: self.pool.set_oracle(ORACLE, window, now, realized_volatility=5_000)
            )

    @rule(caller=owners, name=names, amount=amounts(2_000 * USD), passed=seconds)
    def deposit(self, caller: int, name: str, amount: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda: self.pool.deposit(caller, name, amount, now))
        if done:
            self.outside[name] += done.amount - done.protocol
        self.settle()

    @rule(caller=owners, name=names, lp=amounts(3_000 * USD), passed=seconds)
    def withdraw(self, caller: int, name: str, lp: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda: self.pool.withdraw(caller, name, lp, now))
        if done:
            self.outside[name] -= done.amount + done.protocol
        self.settle()

    @rule(caller=anybody, name=names, amount=amounts(50 * USD))
    def insure(self, caller: int, name: str, amount: int) -> None:
        done = self.attempt(lambda: self.pool.fund_insurance(caller, name, amount, self.now))
        if done:
            self.outside[f"{name} insurance"] += amount
        self.settle()

    @rule(caller=anybody, name=names, passed=seconds)
    def clear(self, caller: int, name: str, passed: int) -> None:
        now = self.later(passed)
        self.attempt(lambda: self.pool.clear_fee_reserves(caller, name, now))
        self.settle()

    def market(self, pick: int, drawn: tuple[int, str, str, str]) -> tuple[int, str, str, str]:
        found = self.picked(pick)
        if found is None:
            return drawn
        window = ("1d", "1w", "2w", "30d", "60d", "90d")[found["window"]]
        side = ("long", "short")[found["side"]]
        return found["owner"], NAMES[found["custody"]], window, side

    def entered(self, name: str, given: int, receipt: Any) -> None:
        share = receipt.insurance_contribution
        self.outside[name] += given - share - receipt.protocol
        self.outside[f"{name} insurance"] += share

    def left(self, name: str, receipt: Any) -> None:
        share = receipt.insurance_contribution
        self.outside[name] -= receipt.paid_custody + share + receipt.protocol
        self.outside[f"{name} insurance"] += share - receipt.paid_insurance

    @rule(
        caller=owners,
        name=names,
        window=windows,
        side=sides,
        size=amounts(1_500 * USD),
        percent=st.integers(0, 110),
        slippage=st.sampled_from([None, None, (6_000, 0), (5_000, 10**6), (1, None)]),
        passed=seconds,
    )
    def increase(
        self, caller: int, name: str, window: str, side: str, size: int, percent: int,
        slippage: tuple[int, int | None] | None, passed: int,
    ) -> None:  # fmt: skip
        now = self.later(passed)
        given = min(size * percent // 100, 2**64 - 1)
        seen, most = slippage or (None, None)
        done = self.attempt(
            lambda: self.pool.increase(
                caller, name, window, side, size, given, now, entry_value=seen, vol_slippage=most
            )
        )
        if done:
            self.entered(name, given, done)
        self.settle()

    @rule(
        caller=owners,
        name=names,
        window=windows,
        side=sides,
        size=amounts(400 * USD),
        collateral=st.one_of(st.just(0), amounts(60 * USD)),
        entire=st.sampled_from([False, False, True]),
        pick=picks,
        passed=seconds,
    )
    def decrease(
        self, caller: int, name: str, window: str, side: str, size: int, collateral: int,
        entire: bool, pick: int, passed: int,
    ) -> None:  # fmt: skip
        caller, name, window, side = self.market(pick, (caller, name, window, side))
        now = self.later(passed)
        done = self.attempt(
            lambda: self.pool.decrease(
                caller, name, window, side, now, size=size, collateral=collateral, entire=entire
            )
        )
        if done:
            self.left(name, done)
        self.settle()

    @rule(
        caller=st.sampled_from([LIQUIDATOR, LIQUIDATOR, LP, 0]),
        owner=owners,
        name=names,
        window=windows,
        side=sides,
        pick=picks,
        passed=seconds,
    )
    def liquidate(
        self, caller: int, owner: int, name: str, window: str, side: str, pick: int, passed: int
    ) -> None:
        owner, name, window, side = self.market(pick, (owner, name, window, side))
        now = self.later(passed)
        done = self.attempt(lambda: self.pool.liquidate(caller, owner, name, window, side, now))
        if done:
            paid = done.owner_custody + done.protocol + done.protocol_fee + done.insurance_fee
            insurance = done.insurance_fee - done.owner_insurance
            if done.liquidator_from_insurance:
                insurance -= done.liquidator
            else:
                paid += done.liquidator
            self.outside[name] -= paid
            self.outside[f"{name} insurance"] += insurance
            total = done.profit
            if done.pnl > 0 and done.effective_collateral > 0:
                assert done.pnl == (
                    total.from_locked + total.from_insurance + total.impairment + total.unpaid
                )
        self.settle()

    @rule(caller=owners, side=sides, size=amounts(800 * USD), grows=st.booleans())
    def ask(self, caller: int, side: str, size: int, grows: bool) -> None:
        market = ("USDC", "1d", side)
        self.attempt(
            lambda: (
                self.pool.request_increase(caller, *market, size, size // 3, self.now)
                if grows
                else self.pool.request_decrease(caller, *market, self.now, size=size)
            )
        )
        self.settle()

    @rule(caller=st.sampled_from([KEEPER, KEEPER, BOB]), owner=owners, side=sides, passed=seconds)
    def execute(self, caller: int, owner: int, side: str, passed: int) -> None:
        now = self.later(passed % 70)
        wishes = [
            w
            for w in self.pool.state()["requests"]
            if (w["owner"], ("long", "short")[w["side"]]) == (owner, side)
        ]
        done = self.attempt(
            lambda: self.pool.execute_request(caller, owner, "USDC", "1d", side, now)
        )
        if isinstance(done, perps.VolIncreaseReceipt):
            self.entered("USDC", wishes[0]["order"]["collateral"], done)
        elif done:
            self.left("USDC", done)
        self.settle()

    @rule(caller=st.sampled_from([ALICE, BOB, KEEPER, 0]), owner=owners, side=sides)
    def cancel(self, caller: int, owner: int, side: str) -> None:
        self.attempt(lambda: self.pool.cancel_request(caller, owner, "USDC", "1d", side, self.now))
        self.settle()

    @rule()
    def a_snapshot_is_the_same_pool(self) -> None:
        self.pool = perps.VolPool.from_bytes(self.pool.to_bytes())
        self.settle()


TestMachine = Machine.TestCase
TestMachine.settings = MACHINE_SETTINGS
