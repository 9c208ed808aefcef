"""What the state machines of the three pools share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from case_counts import cases
from perps_worlds import ADMIN, ALICE, BOB, KEEPER, LIQUIDATOR, LP, ORACLE, STRANGER
from voltcore import errors

MACHINE_SETTINGS = settings(
    max_examples=cases(60, 4_000),
    stateful_step_count=cases(40, 100),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

owners = st.sampled_from([ALICE, BOB, LP])
anybody = st.sampled_from([ALICE, BOB, LP, ADMIN, KEEPER, ORACLE, LIQUIDATOR, STRANGER, 0])
sides = st.sampled_from(["long", "short"])
seconds = st.sampled_from([0, 0, 1, 60, 3_600, 86_400])
extremes = st.sampled_from([0, 1, 2**63, 2**64 - 1])


picks = st.integers(0, 11)
"""Chooses among the open positions; the last two choose what the rule drew."""


def amounts(usual: int) -> st.SearchStrategy[int]:
    """Mostly what can succeed, sometimes nothing, dust or more than there is."""
    plain = st.integers(usual // 100, usual)
    return st.one_of(plain, plain, plain, st.integers(0, 1_000), extremes)


class PoolMachine(RuleBasedStateMachine):
    """
    A pool, the clock, and what everybody outside has paid in and got out.

    `outside` is kept from receipts alone: for each account of the pool the sum of what went in
    less what came out. It must be what the account holds, to the last unit, after every step.
    """

    accounts: Callable[..., dict[str, int]]
    """Of each machine: balance of every account by name."""
    rising: Callable[..., dict[str, int]]
    """Of each machine: figures that must never fall."""
    pool: Any
    now: int
    outside: Counter[str]
    highest: dict[str, int]

    def begin_with(self, pool: Any) -> None:
        self.pool = pool
        self.now = 0
        self.outside = Counter(self.accounts())
        self.highest = {}

    def attempt(self, call: Callable[[], Any]) -> Any:
        """The receipt, or None for a refusal, which changes nothing and names itself."""
        before = self.pool.state_digest()
        refusal: errors.VoltcoreError | None = None
        try:
            receipt = call()
        except errors.InvariantError:
            raise
        except errors.VoltcoreError as caught:
            refusal = caught
        if refusal is not None:
            assert self.pool.state_digest() == before, refusal
            assert refusal.code, refusal
            return None
        self.check()
        return receipt if receipt is not None else True

    def check(self) -> None:
        self.pool.audit()
        for name, value in self.rising().items():
            assert value >= self.highest.get(name, value), name
            self.highest[name] = value

    def settle(self) -> None:
        """The accounts hold what the receipts say."""
        assert dict(self.outside) == self.accounts()

    def picked(self, pick: int) -> dict[str, Any] | None:
        """An open position, or None for the caller and market that the rule drew."""
        held = self.pool.state()["positions"]
        rows = [{"id": key, **row} for key, row in held.items()] if isinstance(held, dict) else held
        return rows[pick % len(rows)] if rows and pick < 10 else None

    def later(self, passed: int) -> int:
        self.now += passed
        return self.now
