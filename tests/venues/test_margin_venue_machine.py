"""The engine against the model: random operations, a quarter of them meant to fail."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from case_counts import cases
from venues.twins import QUOTE, E, Twins
from venues.worlds import ADMIN, START, world

amounts = st.one_of(
    st.integers(0, 10**6),
    st.integers(10**6, 10**13),
    st.sampled_from([0, 1, 2**63, 2**64 - 2, 2**64 - 1]),
)
token_indices = st.sampled_from([QUOTE, QUOTE, 1, 1, 0, 255])
market_indices = st.sampled_from([0, 1, 0, 1, 0, 1, 2, 2**63])
accounts = st.sampled_from([0, 1, 2, 0, 1, 2, 0, 1, 2, 9])
base_lots = st.one_of(
    st.integers(-50_000, 50_000),
    st.integers(-(10**9), 10**9),
    st.sampled_from([0, 2**63 - 1, -(2**63)]),
)
steps = st.sampled_from([0, 0, 0, 60, 3_600, 7_200])


class Machine(Twins, RuleBasedStateMachine):
    @initialize(enforce_health=st.booleans(), unlimited=st.booleans())
    def begin(self, enforce_health: bool, unlimited: bool) -> None:
        self.start(*world(enforce_health=enforce_health, unlimited=unlimited))

    @rule(move=st.integers(-30, 30), seconds=st.sampled_from([60, 3_600, 86_400]))
    def an_hour_passes(self, move: int, seconds: int) -> None:
        self.keepers(move, seconds)

    @rule(
        caller=st.sampled_from([ADMIN, ADMIN, 11]),
        market=market_indices,
        price=st.sampled_from([E, 10**5 * E, 1, 0, -1, 2**127 - 1]),
        confidence=st.sampled_from([0, 0, E, -1, 2**120]),
        trading=st.booleans(),
    )
    def a_feed_goes_wrong(
        self, caller: int, market: int, price: int, confidence: int, trading: bool
    ) -> None:
        self.both("set_price", caller, market, price, confidence, trading, self.now)
        self.both("cache_prices", self.now)

    @rule(
        market=market_indices,
        bid=st.sampled_from([0, 1, 400_000, -1, 2**63 - 1]),
        ask=st.sampled_from([0, 1, 400_000, -1, 2**63 - 1]),
        seconds=steps,
    )
    def funding(self, market: int, bid: int, ask: int, seconds: int) -> None:
        self.both("update_funding", market, bid, ask, self.now + seconds)

    @rule(seconds=steps)
    def interest(self, seconds: int) -> None:
        self.both("update_banks", self.now + seconds)
        self.both("cache_root_banks", self.now)

    @rule(account=accounts, token=token_indices, amount=amounts, seconds=steps)
    def deposit(self, account: int, token: int, amount: int, seconds: int) -> None:
        self.both("deposit", 11 + account, account, token, amount, self.now + seconds)

    @rule(
        account=accounts,
        token=token_indices,
        amount=amounts,
        borrow=st.booleans(),
        seconds=steps,
    )
    def withdraw(self, account: int, token: int, amount: int, borrow: bool, seconds: int) -> None:
        self.both("withdraw", 11 + account, account, token, amount, borrow, self.now + seconds)

    @rule(
        account=accounts,
        market=market_indices,
        base=base_lots,
        away=st.integers(-5, 5),
        off_book=st.booleans(),
        seconds=steps,
    )
    def fill(
        self, account: int, market: int, base: int, away: int, off_book: bool, seconds: int
    ) -> None:
        price = self.mid(market) * (100 + away) // 100
        self.both(
            "fill_at_quote", 11 + account, account, market, base, price, off_book,
            self.now + seconds,
        )  # fmt: skip

    @rule(a=accounts, b=accounts, market=market_indices, seconds=steps)
    def settle(self, a: int, b: int, market: int, seconds: int) -> None:
        self.both("settle_pnl", a, b, market, self.now + seconds)

    @rule(account=accounts, market=market_indices, seconds=steps)
    def settle_outside(self, account: int, market: int, seconds: int) -> None:
        self.both("settle_pnl_outside", account, market, self.now + seconds)

    @rule(account=accounts, market=market_indices, seconds=steps)
    def settle_fees_and_funding(self, account: int, market: int, seconds: int) -> None:
        self.both("settle_funding", account, market, self.now + seconds)
        self.both("settle_fees", account, market, self.now)

    @rule(account=st.integers(0, 2), amount=st.integers(0, 10**9))
    def a_stranger_tries(self, account: int, amount: int) -> None:
        self.both("deposit", 99, account, QUOTE, amount, self.now)
        self.both("withdraw", 99, account, QUOTE, amount, False, self.now)
        self.both("fill_at_quote", 99, account, 1, 5, 400_000, False, self.now)
        self.both("add_account", 0, self.now)

    @precondition(lambda self: self.now > START)
    @rule(back=st.sampled_from([1, 10**9]), account=st.integers(0, 2))
    def the_clock_runs_backwards(self, back: int, account: int) -> None:
        earlier = max(0, self.now - back)
        for operation in ("update_banks", "cache_prices", "cache_root_banks", "cache_perp_markets"):
            self.both(operation, earlier)
        self.both("deposit", 11 + account, account, QUOTE, 5, earlier)
        self.both("settle_pnl", account, (account + 1) % 3, 1, earlier)

    @rule()
    def a_snapshot_is_the_same_venue(self) -> None:
        self.venue = type(self.venue).from_bytes(self.venue.to_bytes())


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=cases(40, 4_000),
    stateful_step_count=cases(30, 60),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
