"""The ancestor's pool under random operations by random callers."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

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
from perps_worlds import LIQUIDATOR, LP, ORACLE, USD, basket
from voltcore import perps

NAMES = ("eth", "usdc")
ids = st.one_of(st.integers(1, 8), st.integers(1, 8), extremes)


class Machine(PoolMachine):
    pool: perps.BasketPool

    @initialize()
    def begin(self) -> None:
        pool = basket()
        for owner, size in ((LP, 2 * 10**9), (LP, 10**9)):
            pool.open(owner, "eth", "long", size, size // 3, 10**12, 0)
        pool.open(LP, "eth", "short", 10**9, 400 * USD, 1, 0, collateral_custody="usdc")
        self.begin_with(pool)

    def accounts(self) -> dict[str, int]:
        held = self.pool.state()["custodies"]
        return {name: c["balance"] for name, c in zip(NAMES, held, strict=True)}

    def rising(self) -> dict[str, int]:
        held = self.pool.state()["custodies"]
        return {
            f"{name}.{key}": c[key]
            for name, c in zip(NAMES, held, strict=True)
            for key in ("cumulative_interest", "protocol_fees", "last_update")
        }

    @rule(price=st.integers(1_000, 2_200), passed=seconds)
    def a_price(self, price: int, passed: int) -> None:
        now = self.later(passed)
        self.attempt(lambda: self.pool.set_price(ORACLE, "eth", price * 10**9, now, exponent=-9))

    @rule(caller=anybody, price=extremes, passed=seconds)
    def a_strange_price(self, caller: int, price: int, passed: int) -> None:
        self.attempt(lambda: self.pool.set_price(caller, "eth", price, self.now - passed))

    @rule(
        caller=owners,
        name=st.sampled_from(NAMES),
        amount=amounts(5_000 * USD),
        least=st.sampled_from([0, 0, 0, 10**15]),
        passed=seconds,
    )
    def add(self, caller: int, name: str, amount: int, least: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(
            lambda: self.pool.add_liquidity(caller, name, amount, now, min_lp=least)
        )
        if done:
            self.outside[name] += done.amount
        self.settle()

    @rule(caller=owners, name=st.sampled_from(NAMES), lp=amounts(8_000 * USD), passed=seconds)
    def remove(self, caller: int, name: str, lp: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda: self.pool.remove_liquidity(caller, name, lp, now))
        if done:
            self.outside[name] -= done.amount
        self.settle()

    @rule(
        caller=anybody,
        pair=st.sampled_from([NAMES, NAMES[::-1], ("eth", "eth"), ("eth", "sol")]),
        amount=amounts(2_000 * USD),
        passed=seconds,
    )
    def swap(self, caller: int, pair: tuple[str, str], amount: int, passed: int) -> None:
        now = self.later(passed)
        done = self.attempt(lambda: self.pool.swap(caller, *pair, amount, now))
        if done:
            self.outside[pair[0]] += done.amount_in
            self.outside[pair[1]] -= done.amount_out
        self.settle()

    @rule(
        caller=owners,
        side=sides,
        size=amounts(4 * 10**9),
        percent=st.integers(5, 120),
        limit=st.sampled_from([None, None, None, 0, 1]),
        passed=seconds,
    )
    def open_one(
        self, caller: int, side: str, size: int, percent: int, limit: int | None, passed: int
    ) -> None:
        now = self.later(passed)
        paying = "eth" if side == "long" else "usdc"
        value = size if side == "long" else size * 3 // 2
        collateral = min(value * percent // 100, 2**64 - 1)
        price = (10**12 if side == "long" else 1) if limit is None else limit
        done = self.attempt(
            lambda: self.pool.open(
                caller, "eth", side, size, collateral, price, now, collateral_custody=paying
            )
        )
        if done:
            self.outside[paying] += collateral + done.fee
        self.settle()

    def paying(self, position: int) -> str | None:
        held = self.pool.state()["positions"].get(position)
        return None if held is None else NAMES[held["collateral_custody"]]

    @rule(caller=anybody, position=ids, pick=picks, passed=seconds)
    def close(self, caller: int, position: int, pick: int, passed: int) -> None:
        found = self.picked(pick)
        if found:
            caller, position = found["owner"], found["id"]
        now, paying = self.later(passed), self.paying(position)
        price = 10**12 if paying == "usdc" else 1
        done = self.attempt(lambda: self.pool.close(caller, position, price, now))
        if done:
            self.outside[str(paying)] -= done.amount_out
        self.settle()

    @rule(
        position=ids,
        pick=picks,
        passed=seconds,
        caller=st.sampled_from([LIQUIDATOR, LIQUIDATOR, LP]),
    )
    def liquidate(self, position: int, pick: int, passed: int, caller: int) -> None:
        found = self.picked(pick)
        position = found["id"] if found else position
        now, paying = self.later(passed), self.paying(position)
        done = self.attempt(lambda: self.pool.liquidate(caller, position, now))
        if done:
            self.outside[str(paying)] -= done.amount_out + done.reward
        self.settle()

    @rule(caller=owners, position=ids, pick=picks, amount=amounts(USD * 100), adds=st.booleans())
    def collateral(self, caller: int, position: int, pick: int, amount: int, adds: bool) -> None:
        found = self.picked(pick)
        if found:
            caller, position = found["owner"], found["id"]
        paying = self.paying(position)
        call = self.pool.add_collateral if adds else self.pool.remove_collateral
        done = self.attempt(lambda: call(caller, position, amount, self.now))
        if done:
            self.outside[str(paying)] += done.amount if adds else -done.amount
        self.settle()

    @rule(caller=anybody, flag=st.sampled_from(perps.BasketPermissions.__struct_fields__))
    def a_flag(self, caller: int, flag: str) -> None:
        for value in (False, True):
            flags = perps.BasketPermissions(**{flag: value})
            self.attempt(
                lambda flags=flags: self.pool.set_permissions(caller, "eth", flags, self.now)
            )

    @rule()
    def a_snapshot_is_the_same_pool(self) -> None:
        self.pool = perps.BasketPool.from_bytes(self.pool.to_bytes())
        self.attempt(lambda: self.pool.update_aum(LP, self.now))


TestMachine = Machine.TestCase
TestMachine.settings = MACHINE_SETTINGS
