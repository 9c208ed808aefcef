"""
A volt on a venue that others use too: users, admin, strangers, makers, takers, a desk, a keeper.

No model stands beside it (that of `test_volt_machine` has no other traders): after every call the
audit passes, a refused one has changed nothing, and nobody but the volt has moved the volt's money.
"""

from __future__ import annotations

from collections.abc import Callable
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
from voltcore import venues, volts
from voltcore.errors import VoltcoreError
from volts.twins import NEXT_STEP
from volts.world import ADMIN, ALICE, BOB, ONE, STRANGER, new_venue, new_volt

MAKER, TAKER, DESK = 55, 56, 66
MONEY = 10**13
callers = st.sampled_from([ADMIN] * 5 + [STRANGER])
users = st.sampled_from([ALICE, BOB, STRANGER])
markets = st.sampled_from([0, 1])
sides = st.sampled_from(["bid", "ask"])
offsets = st.integers(-30, 30)


class Machine(RuleBasedStateMachine):
    """Counts over all runs how many calls passed and were refused, and what was reached."""

    passed: ClassVar[int] = 0
    refused: ClassVar[int] = 0
    taken: ClassVar[int] = 0
    on_book: ClassVar[int] = 0
    most_rounds: ClassVar[int] = 0

    @initialize(price=st.sampled_from([2_000, 50_000]))
    def begin(self, price: int) -> None:
        self.now, self.price = 0, price
        self.volt = new_volt(new_venue(unlimited_pnl_counterparty=False))
        self.account = {
            who: self.volt.on_venue(lambda venue, who=who: venue.add_account(who, 0))  # type: ignore[misc]
            for who in (MAKER, TAKER, DESK)
        }
        self.set_price()
        for who, account in self.account.items():
            self.volt.on_venue(
                lambda venue, who=who, account=account: venue.deposit(who, account, MONEY, 0)  # type: ignore[misc]
            )
        self.volt.deposit(ALICE, 10**9, 0)
        self.volt.start_round(ADMIN, 0)

    # --- what every call goes through -------------------------------------------------------------

    def do(self, call: Callable[[], object]) -> bool:
        before = self.volt.state_digest()
        try:
            call()
        except VoltcoreError:
            assert self.volt.state_digest() == before
            Machine.refused += 1
            return False
        Machine.passed += 1
        self.volt.audit()
        return True

    def others(self, action: Callable[[venues.MarginVenue], object]) -> bool:
        """Somebody acts on the venue; the volt owns what it owned."""
        volt = self.volt
        own = volt.margin_account
        before = (volt.deposit_pool, volt.supply, volt.fee_account)
        cash = volt.venue.net_balance(own, venues.QUOTE_TOKEN)
        done = self.do(lambda: volt.on_venue(action))
        assert (volt.deposit_pool, volt.supply, volt.fee_account) == before
        assert volt.venue.net_balance(own, venues.QUOTE_TOKEN) == cash
        return done

    def index(self, market: int) -> int:
        """The oracle price in quote lots per base lot."""
        price = self.price**2 // 10**6 if market == 0 else self.price
        return max(price * 10, 2)

    def limit(self, market: int, permille: int) -> int:
        return max(1, self.index(market) * (1000 + permille) // 1000)

    def set_price(self) -> None:
        self.volt.set_price(ADMIN, 1, self.price * ONE, self.now)
        self.volt.refresh_caches(self.now)

    # --- the others -------------------------------------------------------------------------------

    @rule(market=markets, side=sides, offset=offsets, lots=st.integers(1, 3_000))
    def a_maker_quotes(self, market: int, side: venues.Side, offset: int, lots: int) -> None:
        self.quote(market, side, offset, lots)

    def quote(self, market: int, side: venues.Side, offset: int, lots: int) -> None:
        price, account, now = self.limit(market, offset), self.account[MAKER], self.now
        self.others(
            lambda venue: venue.place_perp_order(MAKER, account, market, side, price, lots, now)
        )

    @rule(market=markets, side=sides, offset=offsets, lots=st.integers(0, 2_000))
    def a_taker_takes(self, market: int, side: venues.Side, offset: int, lots: int) -> None:
        price, account, now = self.limit(market, offset), self.account[TAKER], self.now
        self.others(
            lambda venue: venue.place_perp_order(
                TAKER, account, market, side, price, lots, now, type="immediate_or_cancel"
            )
        )

    @rule(market=markets)
    def the_maker_takes_all_back(self, market: int) -> None:
        account, now = self.account[MAKER], self.now
        self.others(lambda venue: venue.cancel_all_perp_orders(MAKER, account, market, now))

    @rule(back=st.sampled_from([1, 1, 1, 2, 20]), caller=st.sampled_from([DESK] * 4 + [TAKER]))
    def the_desk_takes_what_is_offered(self, back: int, caller: int) -> None:
        self.take(back, caller)

    def take(self, back: int, caller: int) -> None:
        own, desk, now = self.volt.margin_account, self.account[DESK], self.now
        index = abs(len(self.volt.venue.off_book_orders(own)) - back)
        Machine.taken += self.others(
            lambda venue: venue.take_off_book_order(caller, desk, own, 0, index, now)
        )

    @rule(who=st.sampled_from([MAKER, TAKER, STRANGER, volts.VOLT_AUTHORITY]))
    def somebody_reaches_for_the_money_of_the_volt(self, who: int) -> None:
        own, now = self.volt.margin_account, self.now
        for action in (
            lambda venue: venue.withdraw(who, own, 1, now),
            lambda venue: venue.place_perp_order(who, own, 0, "bid", 1, 1, now),
            lambda venue: venue.cancel_off_book_order(who, own, 0, now),
        ):
            assert not self.others(action)

    # --- keepers ----------------------------------------------------------------------------------

    @rule(market=markets, limit=st.sampled_from([1, 5, 10**6]))
    def events_are_consumed(self, market: int, limit: int) -> None:
        self.do(lambda: self.volt.consume_events(market, limit, self.now))

    @rule(permille=st.integers(-60, 60), seconds=st.sampled_from([0, 60, 3_600, 86_400, 604_800]))
    def the_price_moves(self, permille: int, seconds: int) -> None:
        self.now += seconds
        self.price = max(self.price * (1000 + permille) // 1000, 1_000)
        for market in (0, 1):
            self.do(lambda market=market: self.volt.on_venue(self.funding(market)))  # type: ignore[misc]
        self.set_price()
        self.volt.audit()

    def funding(self, market: int) -> Callable[[venues.MarginVenue], object]:
        return lambda venue: venue.update_funding_from_book(market, self.now)

    @rule()
    def profits_are_settled(self) -> None:
        own, maker, now = self.volt.margin_account, self.account[MAKER], self.now
        for market in (0, 1):
            self.do(
                lambda market=market: self.volt.on_venue(  # type: ignore[misc]
                    lambda venue: venue.settle_pnl(own, maker, market, now)
                )
            )

    # --- the volt ---------------------------------------------------------------------------------

    @rule(user=users, amount=st.sampled_from([0, 10**6, 10**8, 10**9, 10**12]))
    def a_user_deposits(self, user: int, amount: int) -> None:
        self.do(lambda: self.volt.deposit_with_claim(user, amount, self.now))

    @rule(user=users, part=st.integers(0, 4))
    def a_user_withdraws(self, user: int, part: int) -> None:
        shares = self.volt.user(user).volt_tokens * part // 4
        self.do(lambda: self.volt.withdraw_with_claim(user, shares, self.now))

    @rule(user=users, name=st.sampled_from(["claim_pending_deposit", "claim_pending_withdrawal"]))
    def a_user_claims(self, user: int, name: str) -> None:
        self.do(lambda: getattr(self.volt, name)(user, self.now))

    def leg(self, caller: int, offset: int, most: int | None, *, on_book: bool) -> bool:
        """The next call of the leg that is due, at a limit so far from the oracle."""
        volt, quote = self.volt, "book" if on_book else None
        is_target = volt.stage == "READY"
        market = 0 if is_target else 1
        aim = volt.entropy_round.target_lots if is_target else volt.hedge_target_lots()
        held = volt.venue.perp_account(volt.margin_account, market)
        sells = aim < held.base_position + held.taker_base
        price = self.limit(market, -offset if sells else offset)
        call = volt.rebalance_target if is_target else volt.rebalance_hedge
        return self.do(lambda: call(caller, self.now, price, max_quote=most, quote=quote))  # type: ignore[arg-type]

    @rule(caller=callers, offset=st.integers(-5, 40), most=st.sampled_from([None, 10**8]))
    def a_leg_on_the_book(self, caller: int, offset: int, most: int | None) -> None:
        Machine.on_book += self.leg(caller, offset, most, on_book=True)

    @rule(caller=callers)
    def a_leg_at_the_oracle(self, caller: int) -> None:
        self.leg(caller, 0, None, on_book=False)

    @rule()
    def the_leg_goes_to_the_desk(self) -> None:
        self.up_to_the_target_leg()
        self.offer(ADMIN, -1, 3_600)
        self.take(1, DESK)

    @rule(lots=st.integers(1, 3_000))
    def the_legs_go_to_the_makers(self, lots: int) -> None:
        self.up_to_the_target_leg()
        for market in (0, 1):
            for side, offset in (("bid", -2), ("ask", 2)):
                self.quote(market, side, offset, lots)  # type: ignore[arg-type]
        for _ in range(2):
            if self.volt.stage in ("READY", "TARGET_DONE"):
                Machine.on_book += self.leg(ADMIN, 5, None, on_book=True)

    def up_to_the_target_leg(self) -> None:
        for _ in range(8):
            name = NEXT_STEP[self.volt.stage]
            if name.startswith("rebalance") or not self.do(
                lambda name=name: getattr(self.volt, name)(ADMIN, self.now)  # type: ignore[misc]
            ):
                break

    @rule(caller=callers, offset=st.integers(-20, 2), seconds=st.sampled_from([0, 60, 3_600]))
    def the_leg_is_offered_to_the_desk(self, caller: int, offset: int, seconds: int) -> None:
        self.offer(caller, offset, seconds)

    def offer(self, caller: int, offset: int, seconds: int) -> None:
        price, desk = self.limit(0, -offset), self.account[DESK]
        self.do(
            lambda: self.volt.setup_rebalance_off_book(
                caller, desk, price, self.now + seconds, self.now
            )
        )

    @rule(caller=callers)
    def the_offer_is_taken_back(self, caller: int) -> None:
        self.do(lambda: self.volt.cancel_rebalance_off_book(caller, self.now))

    @rule(caller=callers)
    def the_next_step(self, caller: int) -> None:
        name = NEXT_STEP[self.volt.stage]
        if not name.startswith("rebalance"):
            self.do(lambda: getattr(self.volt, name)(caller, self.now))

    @rule(name=st.sampled_from([n for n in NEXT_STEP.values() if not n.startswith("rebalance")]))
    def any_step(self, name: str) -> None:
        self.do(lambda: getattr(self.volt, name)(ADMIN, self.now))

    @rule()
    def a_whole_cycle(self) -> None:
        for _ in range(20):
            stage = self.volt.stage
            if stage in ("READY", "TARGET_DONE"):
                done = self.leg(ADMIN, 0, None, on_book=False)
            else:
                done = self.do(lambda: getattr(self.volt, NEXT_STEP[stage])(ADMIN, self.now))  # noqa: B023
            if not done or self.volt.stage == "ACTIVE":
                break
        Machine.most_rounds = max(Machine.most_rounds, self.volt.round_number)

    @rule(caller=callers, only_hedge=st.booleans())
    def back_to_the_start(self, caller: int, only_hedge: bool) -> None:
        self.do(lambda: self.volt.reset_rebalancing(caller, self.now, only_hedge=only_hedge))

    @rule(caller=callers, on=st.booleans())
    def the_cranks_are_anybodys(self, caller: int, on: bool) -> None:
        self.do(lambda: self.volt.set_permissionless_cranks(caller, on, self.now))

    @rule()
    def a_copy_goes_on(self) -> None:
        copy = volts.Volt.from_bytes(self.volt.to_bytes())
        assert copy == self.volt
        self.volt = copy


def test_a_volt_among_others_keeps_its_books_whoever_calls() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=cases(40, 2_000),
            stateful_step_count=cases(50, 100),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    calls = Machine.passed + Machine.refused
    assert 0.1 < Machine.refused / calls < 0.7
    assert Machine.taken > 3
    assert Machine.on_book > 10
    assert Machine.most_rounds > 2
