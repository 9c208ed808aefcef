"""A market under random use: what may be done to it, and what must hold after every step."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from irs.worlds import ANYONE, FUNDS, OWNER, PAUSER, PROVIDERS, START, TRADERS, WAD, new_pool
from voltcore import irs
from voltcore.errors import VoltcoreError

Q128 = 1 << 128
Key = tuple[int, int, int]
EVERYONE = (OWNER, ANYONE, PAUSER, *PROVIDERS, *TRADERS)


def toward_zero(a: int, b: int, d: int) -> int:
    return abs(a) * b // d * (1 if a >= 0 else -1)


class Market:
    """A pool, its clock, and a ledger of what may have been rounded or has left the positions."""

    def __init__(
        self, revision: irs.Revision, kind: irs.OracleKind, spacing: int, fee_protocol: int
    ) -> None:
        self.pool = new_pool(
            revision=revision, kind=kind, spacing=spacing, fee_protocol=fee_protocol
        )
        self.now, self.rate, self.spacing = START, 10**27, spacing
        self.operations, self.swaps = 0, 0
        self.settled_fixed, self.settled_variable = 0, 0
        self.owed_by_settlement, self.covered_by_module = 0, 0
        self.outcomes: Counter[str] = Counter()
        self.mint(PROVIDERS[0], -18000, -14400, 10**14, 10**12)

    def attempt(self, name: str, *arguments: object) -> object:
        """Its result, or None if it was refused: then nothing may have changed."""
        self.operations += 1
        # A pool from bytes remembers nothing that it could calculate again: it must do the same.
        plain = irs.IrsPool.from_bytes(self.pool.to_bytes()) if self.operations % 4 == 0 else None
        before = self.pool.state_digest()
        try:
            result = getattr(self.pool, name)(*arguments)
        except VoltcoreError as error:
            assert self.pool.state_digest() == before
            if plain is not None:
                with pytest.raises(type(error), match=re.escape(str(error))):
                    getattr(plain, name)(*arguments)
            self.outcomes[f"{name}: {error.onchain or error.code}"] += 1
            return None
        if plain is not None:
            assert getattr(plain, name)(*arguments) == result
            assert plain.state_digest() == self.pool.state_digest()
        self.outcomes[name] += 1
        return True if result is None else result

    def keys(self) -> list[Key]:
        return self.pool.position_keys()

    def key_of(self, who: int) -> Key:
        """A position of the account: its first, or a trader's new one."""
        mine = [key for key in self.keys() if key[0] == who]
        return mine[0] if mine else (who, -self.spacing, self.spacing)

    # Time and rates.

    def pass_time(self, hours: int, growth: int) -> None:
        """`growth` percent a year."""
        self.now += hours * 3600
        self.rate += self.rate * growth * hours // (24 * 365 * 100)
        self.pool.set_rate(self.now, self.rate)
        self.attempt("write_oracle_entry", ANYONE, self.now)

    def turn_the_clock_back(self, seconds: int) -> None:
        assert self.attempt("write_oracle_entry", ANYONE, self.pool.now - seconds) is None

    def change_fee(self, caller: int, per_mille: int) -> None:
        done = self.attempt("set_fee", caller, self.now, per_mille * WAD // 1000)
        assert (done is not None) == (caller == OWNER and per_mille <= 20)

    # Providers.

    def mint(self, who: int, lower: int, upper: int, amount: int, margin: int) -> None:
        key = (who, lower // self.spacing * self.spacing, upper // self.spacing * self.spacing)
        self.attempt("update_position_margin", who, self.now, *key, margin)
        if self.attempt("mint", who, self.now, *key, amount) is not None:
            assert amount > 0
            assert key[1] < key[2]

    def mint_off_the_spacing(self, who: int, lower: int) -> None:
        key = (who, lower // self.spacing * self.spacing + 1, -14400 // self.spacing * self.spacing)
        assert self.attempt("mint", who, self.now, *key, 1) is None

    def burn(self, key: Key, percent: int, caller: int) -> None:
        amount = self.pool.position(*key).liquidity * percent // 100
        if self.attempt("burn", caller, self.now, *key, amount) is not None:
            assert caller == key[0]
            assert percent <= 100
            assert amount > 0

    # Takers.

    def swap(self, who: int, amount: int, margin: int, percent: int) -> None:
        """Up to a price that is `percent` away; 0 for no limit."""
        key, limit = self.key_of(who), None
        if percent:
            price = self.pool.vamm()["sqrt_price_x96"]
            limit = price + (1 if amount > 0 else -1) * price * percent // 100
        self.attempt("update_position_margin", who, self.now, *key, margin)
        self.swaps += 1
        receipt = self.attempt("swap", who, self.now, *key, amount, limit)
        if isinstance(receipt, irs.SwapReceipt):
            # No more than was asked for, and in the direction that was asked for.
            assert 0 <= -receipt.variable_token_delta * (1 if amount > 0 else -1) <= abs(amount)

    def withdraw(self, key: Key, percent: int, caller: int) -> None:
        amount = abs(self.pool.position(*key).margin) * percent // 100
        held = self.pool.margin_engine()["underlying_balance"]
        done = self.attempt("update_position_margin", caller, self.now, *key, -amount)
        if done is not None:
            assert caller == key[0]
            self.covered_by_module += max(0, amount - held)

    # Keepers.

    def liquidate(self, key: Key) -> None:
        self.swaps += 1
        before = self.pool.balance_of(ANYONE)
        twin = self.pool.copy()
        reward = self.attempt("liquidate_position", ANYONE, self.now, *key)
        if reward is None:
            return
        assert self.pool.balance_of(ANYONE) - before == (0 if reward is True else reward)
        requirement = twin.get_position_margin_requirement(ANYONE, self.now, *key, True)
        assert twin.position(*key).margin < requirement

    def settle(self, key: Key) -> None:
        twin = self.pool.copy()
        if self.attempt("settle_position", ANYONE, self.now, *key) is None:
            return
        before = twin.get_position(ANYONE, self.now, *key)
        self.settled_fixed += before.fixed_token_balance
        self.settled_variable += before.variable_token_balance
        self.owed_by_settlement += self.pool.position(*key).margin - before.margin
        assert self.attempt("settle_position", ANYONE, self.now, *key) is None

    def ask(self, key: Key, is_lm: bool) -> None:
        arguments = ("get_position_margin_requirement", ANYONE, self.now, *key, is_lm)
        twin = self.pool.copy()
        first = self.attempt(*arguments)
        if first is not None and self.pool.position(*key).liquidity == 0:
            assert twin.get_position_margin_requirement(*arguments[1:]) == first

    # The module.

    def collateralised(self, who: int, notional: int, unwinds: bool) -> None:
        self.swaps += 1
        if unwinds:
            name, limit = "unwind", irs.MIN_SQRT_RATIO + 1
        else:
            name, limit = "initiate", irs.MAX_SQRT_RATIO - 1
        name += "_fully_collateralised_fixed_taker_swap"
        self.attempt(name, who, self.now, notional, limit)

    def settle_trader(self, who: int) -> None:
        before = self.pool.module_trader(who)
        cashflow = self.attempt("settle_trader", who, self.now)
        if cashflow is not None:
            self.settled_fixed += before.fixed_token_balance
            self.settled_variable += before.variable_token_balance
            self.owed_by_settlement += max(0, cashflow if isinstance(cashflow, int) else 0)

    # The owner and pausers.

    def collect(self, caller: int, percent: int) -> None:
        amount = self.pool.vamm()["protocol_fees"] * percent // 100
        if self.attempt("collect_protocol", caller, self.now, OWNER, amount) is not None:
            assert caller == OWNER

    def pause(self, caller: int) -> None:
        """While it is paused nothing goes; then it goes on."""
        if self.attempt("set_pausability", caller, self.now, True) is None:
            assert caller != PAUSER
            return
        key = (TRADERS[0], -60, 60)
        for name, arguments in (
            ("mint", (TRADERS[0], self.now, *key, 1)),
            ("burn", (TRADERS[0], self.now, *key, 1)),
            ("swap", (TRADERS[0], self.now, *key, 1)),
            ("update_position_margin", (TRADERS[0], self.now, *key, 1)),
            ("settle_position", (ANYONE, self.now, *key)),
            ("liquidate_position", (ANYONE, self.now, *key)),
            ("collect_protocol", (OWNER, self.now, OWNER, 1)),
            ("settle_trader", (TRADERS[0], self.now)),
        ):
            assert self.attempt(name, *arguments) is None
        self.pool.set_pausability(PAUSER, self.now, False)

    # What must hold.

    def check(self) -> None:
        pool = self.pool
        pool.audit()
        engine, module = pool.margin_engine(), pool.module_state()
        outside = sum(pool.balance_of(account) for account in EVERYONE)
        total = outside + engine["underlying_balance"] + module["yield_underlying_reserve"]
        assert total == FUNDS * (2 + len(PROVIDERS) + len(TRADERS))

        fixed, variable, margin = self.settled_fixed, self.settled_variable, 0
        providers = 0
        for key in self.keys():
            record = pool.position(*key)
            fixed += record.fixed_token_balance
            variable += record.variable_token_balance
            margin += record.margin
            if record.liquidity:
                providers += 1
                inside, liquidity = pool.compute_growth_inside(*key[1:]), record.liquidity
                last = record.fixed_token_growth_inside_last_x128
                fixed += toward_zero(inside.fixed_token_growth_x128 - last, liquidity, Q128)
                last = record.variable_token_growth_inside_last_x128
                variable += toward_zero(inside.variable_token_growth_x128 - last, liquidity, Q128)
                last = record.fee_growth_inside_last_x128
                margin += (inside.fee_growth_x128 - last) % 2**256 * liquidity // Q128
        for trader in TRADERS:
            fixed += pool.module_trader(trader).fixed_token_balance
            variable += pool.module_trader(trader).variable_token_balance
        # Nothing is created: a refresh takes one unit off, a truncation gives less than one.
        lost = 2 * self.operations + providers
        assert -lost <= fixed <= lost
        assert -lost <= variable <= lost
        # What the engine holds is owed to positions and the protocol, but for rounding.
        dust = (
            engine["underlying_balance"]
            + self.owed_by_settlement
            + self.covered_by_module
            - margin
            - pool.vamm()["protocol_fees"]
        )
        assert 0 <= dust <= lost + self.swaps
