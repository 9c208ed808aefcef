"""Random markets: invariants after every step, nothing changed after every refusal."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from case_counts import cases
from irs.market import Key, Market
from irs.worlds import ANYONE, OWNER, PAUSER, PROVIDERS, TRADERS
from voltcore import irs

revisions = st.sampled_from(["r22", "r23"])
providers, traders = st.sampled_from(PROVIDERS), st.sampled_from(TRADERS)
ticks = st.integers(-18000, -14000)


class MarketMachine(RuleBasedStateMachine):
    """Providers, takers, rates, keepers and settlement, in any order, right or wrong."""

    @initialize(
        revision=revisions,
        kind=st.sampled_from(["spot", "push"]),
        spacing=st.sampled_from([10, 60, 200]),
        fee_protocol=st.sampled_from([0, 3, 50]),
    )
    def start(
        self, revision: irs.Revision, kind: irs.OracleKind, spacing: int, fee_protocol: int
    ) -> None:
        self.market = Market(revision, kind, spacing, fee_protocol)

    def some_key(self, data: st.DataObject) -> Key:
        return data.draw(st.sampled_from(self.market.keys()))

    @rule(hours=st.integers(0, 24 * 12), growth=st.integers(-2, 60))
    def pass_time(self, hours: int, growth: int) -> None:
        self.market.pass_time(hours, growth)

    @rule(seconds=st.integers(1, 1000))
    def turn_the_clock_back(self, seconds: int) -> None:
        self.market.turn_the_clock_back(seconds)

    @rule(who=providers, lower=ticks, upper=ticks, amount=st.integers(0, 10**14))
    def mint(self, who: int, lower: int, upper: int, amount: int) -> None:
        self.market.mint(who, lower, upper, amount, amount // 100)

    @rule(who=providers, lower=ticks)
    def mint_off_the_spacing(self, who: int, lower: int) -> None:
        self.market.mint_off_the_spacing(who, lower)

    @rule(data=st.data(), percent=st.integers(0, 110), caller=providers)
    def burn(self, data: st.DataObject, percent: int, caller: int) -> None:
        self.market.burn(self.some_key(data), percent, caller)

    @rule(
        who=st.sampled_from([*TRADERS, PROVIDERS[1]]),
        amount=st.integers(-(10**12), 10**12),
        margin=st.integers(0, 10**11),
        percent=st.integers(0, 3),
    )
    def swap(self, who: int, amount: int, margin: int, percent: int) -> None:
        self.market.swap(who, amount, margin, percent)

    @rule(data=st.data(), percent=st.integers(1, 120), caller=st.sampled_from([11, 21, ANYONE]))
    def withdraw(self, data: st.DataObject, percent: int, caller: int) -> None:
        self.market.withdraw(self.some_key(data), percent, caller)

    @rule(data=st.data(), is_lm=st.booleans())
    def ask(self, data: st.DataObject, is_lm: bool) -> None:
        self.market.ask(self.some_key(data), is_lm)

    @rule(data=st.data())
    def liquidate(self, data: st.DataObject) -> None:
        self.market.liquidate(self.some_key(data))

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        self.market.settle(self.some_key(data))

    @rule(who=traders, notional=st.integers(0, 10**11), unwinds=st.booleans())
    def collateralised(self, who: int, notional: int, unwinds: bool) -> None:
        self.market.collateralised(who, notional, unwinds)

    @rule(who=traders)
    def settle_trader(self, who: int) -> None:
        self.market.settle_trader(who)

    @rule(caller=st.sampled_from([OWNER, ANYONE]), percent=st.integers(0, 120))
    def collect(self, caller: int, percent: int) -> None:
        self.market.collect(caller, percent)

    @rule(caller=st.sampled_from([PAUSER, ANYONE]))
    def pause(self, caller: int) -> None:
        self.market.pause(caller)

    @invariant()
    def sound(self) -> None:
        if hasattr(self, "market"):
            self.market.check()


MarketMachine.TestCase.settings = settings(
    max_examples=cases(40, 4_000),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_random_markets_keep_their_promises = MarketMachine.TestCase


def walk(market: Market, draw: random.Random, steps: int) -> None:
    """A market's life: mostly trading, then keepers, the last third beyond maturity."""

    def any_key() -> Key:
        return draw.choice(market.keys())

    def size(top: int) -> int:
        return draw.randrange(top) >> draw.randrange(12)

    trading: list[tuple[int, Callable[[], None]]] = [
        (
            6,
            lambda: market.swap(
                draw.choice(TRADERS),
                draw.choice((1, -1)) * size(10**12),
                size(10**11),
                draw.randrange(4),
            ),
        ),
        (
            2,
            lambda: market.mint(
                draw.choice(PROVIDERS),
                draw.randrange(-18000, -15000),
                draw.randrange(-16500, -14000),
                size(10**14),
                size(10**12),
            ),
        ),
        (2, lambda: market.burn(any_key(), draw.randrange(115), draw.choice(PROVIDERS))),
        (
            2,
            lambda: market.withdraw(
                key := any_key(), draw.randrange(1, 130), draw.choice((key[0], key[0], ANYONE))
            ),
        ),
        (3, lambda: market.liquidate(any_key())),
        (1, lambda: market.ask(any_key(), draw.random() < 0.5)),
        (2, lambda: market.collateralised(draw.choice(TRADERS), size(10**11), draw.random() < 0.4)),
        (1, lambda: market.collect(draw.choice((OWNER, ANYONE)), draw.randrange(120))),
        (1, lambda: market.change_fee(draw.choice((OWNER, ANYONE)), draw.randrange(25))),
        (1, lambda: market.settle(any_key())),
    ]
    ending: list[tuple[int, Callable[[], None]]] = [
        (5, lambda: market.settle(any_key())),
        (4, lambda: market.withdraw(key := any_key(), draw.randrange(60, 110), key[0])),
        (2, lambda: market.settle_trader(draw.choice(TRADERS))),
        (1, lambda: market.burn(any_key(), draw.randrange(115), draw.choice(PROVIDERS))),
        (1, lambda: market.swap(draw.choice(TRADERS), 10**9, 0, 0)),
        (1, lambda: market.collect(OWNER, 100)),
    ]
    for step in range(steps):
        if draw.random() < 0.3:
            # Now and then the rate leaps, so that some are liquidated.
            growth = draw.choice((0, 3, 3, 5, 8, 150, -1))
            market.pass_time(90 * 24 * 2 * draw.randrange(1, 6) // steps, growth)
        weights, actions = zip(*(trading if step < 2 * steps // 3 else ending), strict=True)
        if step == 2 * steps // 3:
            market.pass_time(90 * 24, 3)
        draw.choices(actions, weights)[0]()
        market.check()


@pytest.mark.parametrize("revision", ["r22", "r23"])
def test_long_lives_of_markets_reach_every_operation(revision: irs.Revision) -> None:
    seen: Counter[str] = Counter()
    for seed in range(cases(50, 4_000)):
        draw = random.Random(f"{revision} {seed}")
        market = Market(
            revision, draw.choice(("spot", "push")), draw.choice((10, 60, 200)), seed % 3 * 3
        )
        walk(market, draw, 150)
        seen += market.outcomes
    for name in (
        "mint",
        "burn",
        "swap",
        "liquidate_position",
        "settle_position",
        "settle_trader",
        "collect_protocol",
        "initiate_fully_collateralised_fixed_taker_swap",
        "unwind_fully_collateralised_fixed_taker_swap",
        "get_position_margin_requirement",
    ):
        assert seen[name] > 4, (name, seen)
    for refusal in (
        "swap: MarginRequirementNotMet",
        "mint: MarginLessThanMinimum",
        "update_position_margin: MarginLessThanMinimum",
        "update_position_margin: OnlyOwnerCanUpdatePosition",
        "liquidate_position: CannotLiquidate",
        "settle_position: already settled",
        "swap: closeToOrBeyondMaturity",
    ):
        assert seen[refusal] > 0, (refusal, seen)
