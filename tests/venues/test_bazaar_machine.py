"""Makers, takers, a liquidator and strangers on one venue: sound after every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from case_counts import cases
from venues.bazaar import ONE, PEOPLE, USD, T, bazaar, reprice
from venues.worlds import ADMIN, fixed
from voltcore import VoltcoreError
from voltcore import venues as v

people = st.sampled_from([0, 1, 2, 3])
sides = st.sampled_from(["bid", "ask"])
# Lots near a price of 1000; a tick is 0.1.
ticks = st.integers(-60, 60)
sizes = st.one_of(st.integers(1, 50_000), st.sampled_from([0, -1, 10**7, 2**63 - 1]))
perp_types = st.sampled_from(
    ["limit", "limit", "immediate_or_cancel", "market", "post_only", "post_only_slide"]
)
spot_types = st.sampled_from(["limit", "limit", "immediate_or_cancel", "post_only"])
tokens = st.sampled_from([0, v.QUOTE_TOKEN])
ids = st.integers(0, 30)


class Bazaar(RuleBasedStateMachine):
    @initialize(
        maker_fee=st.sampled_from(["0", "0.0005", "-0.0003"]),
        rebate=st.sampled_from([0, 1, 4]),
        surcharge=st.sampled_from([0, 250]),
        orders=st.sampled_from([2, 64]),
        insurance=st.sampled_from([0, 5, 10**12]),
    )
    def begin(
        self, maker_fee: str, rebate: int, surcharge: int, orders: int, insurance: int
    ) -> None:
        self.venue = bazaar(
            perp={"taker_fee_bits": fixed("0.0005"), "maker_fee_bits": fixed(maker_fee)},
            spot={"taker_fee_bps": 4, "maker_rebate_bps": rebate},
            limits={"orders_per_side": orders, "referral_surcharge_e6": surcharge},
            insurance=insurance,
        )
        self.now, self.usd = T, 1000
        # Native units that came from outside and went back, by token.
        self.paid_in = {0: 0, v.QUOTE_TOKEN: 4 * 10_000 * USD + insurance}
        for who, token, amount in ((1, 0, 10**7), (2, 0, 10**7), (3, 0, 10**9), (3, 15, 10**12)):
            self.deposit(who, token, amount)

    def attempt(self, call: Callable[[], Any]) -> Any:
        """Do it, or be refused by one typed error with nothing changed."""
        before = self.venue.state_digest()
        refusal = None
        try:
            return call()
        except VoltcoreError as error:
            refusal = error
        assert refusal.code not in ("E991", "E509"), refusal
        assert self.venue.state_digest() == before, refusal
        return None

    @rule(move=st.integers(-12, 12), seconds=st.sampled_from([1, 60, 3_600]))
    def the_market_moves(self, move: int, seconds: int) -> None:
        self.now += seconds
        self.usd = max(100, min(10_000, self.usd * (100 + move) // 100))
        reprice(self.venue, str(self.usd), self.now)
        self.venue.update_banks(self.now)
        self.venue.cache_root_banks(self.now)
        self.venue.update_funding_from_book(0, self.now)
        self.venue.cache_perp_markets(self.now)

    @rule(move=st.sampled_from([-70, -40, -20, 25, 60, 150]))
    def the_market_jumps(self, move: int) -> None:
        self.the_market_moves(move, 60)

    @rule(who=st.integers(0, 2), side=sides, percent=st.integers(30, 99))
    def somebody_gambles(self, who: int, side: Any, percent: int) -> None:
        """A position near the largest that init health carries, and no deposit beyond it."""
        health = self.venue.health(who, "init") * percent // 100 // ONE
        lots = max(1, health // (self.usd * 10))
        self.perp_order(3, "bid" if side == "ask" else "ask", 0, lots, "post_only_slide", False, 0)
        self.perp_order(who, side, 30 if side == "bid" else -30, lots, "limit", False, 0)
        self.events_are_processed(100)

    @rule(who=st.integers(0, 2), token=tokens)
    def somebody_borrows_all_he_can(self, who: int, token: int) -> None:
        amount = self.venue.health(who, "init") // ONE * 9
        amount //= self.usd if token == 0 else 10
        for share in (99, 80, 50):
            self.withdraw(who, token, max(0, amount * share // 100), True)

    @rule(who=people, token=tokens, amount=st.integers(0, 10**10))
    def deposit(self, who: int, token: int, amount: int) -> None:
        call = lambda: self.venue.deposit(PEOPLE[who], who, amount, self.now, token=token)  # noqa: E731
        if self.attempt(call) is not None:
            self.paid_in[token] += amount

    @rule(who=people, token=tokens, amount=st.integers(0, 10**10), borrow=st.booleans())
    def withdraw(self, who: int, token: int, amount: int, borrow: bool) -> None:
        receipt = self.attempt(
            lambda: self.venue.withdraw(
                PEOPLE[who], who, amount, self.now, token=token, allow_borrow=borrow
            )
        )
        if receipt is not None:
            self.paid_in[token] -= receipt.amount

    @rule(who=people, side=sides, tick=ticks, size=sizes, kind=perp_types,
          reduce_only=st.booleans(), life=st.sampled_from([0, 0, 1, 100]))  # fmt: skip
    def perp_order(
        self, who: int, side: Any, tick: int, size: int, kind: Any, reduce_only: bool, life: int
    ) -> None:
        self.attempt(
            lambda: self.venue.place_perp_order(
                PEOPLE[who], who, 0, side, self.usd * 10 + tick, size, self.now,
                type=kind, reduce_only=reduce_only, time_in_force=life,
            )
        )  # fmt: skip

    @rule(who=people, side=sides, tick=ticks, size=sizes, kind=spot_types,
          own=st.sampled_from(["decrement_take", "cancel_provide", "abort"]))  # fmt: skip
    def spot_order(self, who: int, side: Any, tick: int, size: int, kind: Any, own: Any) -> None:
        self.attempt(
            lambda: self.venue.place_spot_order(
                PEOPLE[who], who, 0, side, self.usd * 10 + tick, size, self.now,
                type=kind, self_trade=own,
            )
        )  # fmt: skip

    @rule(who=people, order=ids)
    def cancel(self, who: int, order: int) -> None:
        self.attempt(lambda: self.venue.cancel_perp_order(PEOPLE[who], who, 0, order, self.now))
        self.attempt(lambda: self.venue.cancel_spot_order(PEOPLE[who], who, 0, order, self.now))

    @rule(count=st.integers(0, 5))
    def events_are_processed(self, count: int) -> None:
        self.venue.consume_events(0, self.now, limit=count)
        self.venue.consume_spot_events(0, self.now, limit=count)

    @rule(who=people, other=people)
    def settle(self, who: int, other: int) -> None:
        self.attempt(lambda: self.venue.settle_spot_funds(PEOPLE[who], who, 0, self.now))
        self.attempt(lambda: self.venue.settle_pnl(who, other, 0, self.now))
        self.attempt(lambda: self.venue.settle_fees(who, 0, self.now))

    @rule(who=people, other=people, side=sides, size=st.integers(1, 10**5), index=st.integers(0, 3))
    def off_book(self, who: int, other: int, side: Any, size: int, index: int) -> None:
        self.attempt(
            lambda: self.venue.create_off_book_order(
                PEOPLE[who], who, 0, side, self.usd * 10, size, self.now,
                counterparty=other, expires=self.now + 100,
            )
        )  # fmt: skip
        self.attempt(
            lambda: self.venue.take_off_book_order(PEOPLE[other], other, who, 0, index, self.now)
        )
        self.attempt(lambda: self.venue.cancel_off_book_order(PEOPLE[who], who, index, self.now))

    @rule(who=people, amount=st.integers(1, 10**10), lots=st.sampled_from([10**3, 10**7]))
    def everyone_is_looked_at_by_the_liquidator(self, who: int, amount: int, lots: int) -> None:
        """Dave liquidates whom he can, in every way there is."""
        dave, caller, now = 3, PEOPLE[3], self.now
        venue, most = self.venue, amount * ONE
        held = venue.perp_account(who, 0)
        self.attempt(lambda: venue.force_cancel_perp_orders(who, 0, now))
        self.attempt(lambda: venue.force_cancel_spot_orders(who, 0, now))
        lots = lots if held.base_position > 0 else -lots
        self.attempt(lambda: venue.liquidate_perp(caller, dave, who, 0, lots, now))
        quote = v.QUOTE_TOKEN
        for asset, owed in ((0, quote), (quote, 0)):
            self.attempt(
                lambda a=asset, o=owed: venue.liquidate_token_and_token(
                    caller, dave, who, a, o, most, now
                )
            )
        for token in (0, quote):
            for is_asset in (True, False):
                self.attempt(
                    lambda t=token, a=is_asset: venue.liquidate_token_and_perp(
                        caller, dave, who, t, 0, most, now, token_is_asset=a
                    )
                )
        self.attempt(lambda: venue.resolve_perp_bankruptcy(caller, dave, who, 0, most, now))
        for token in (0, quote):
            self.attempt(
                lambda t=token: venue.resolve_token_bankruptcy(
                    caller, dave, who, most, now, token=t
                )
            )

    @rule(who=people)
    def a_stranger_is_refused(self, who: int) -> None:
        for call in (
            lambda: self.venue.place_perp_order(99, who, 0, "bid", 10_000, 5, self.now),
            lambda: self.venue.place_spot_order(99, who, 0, "bid", 10_000, 5, self.now),
            lambda: self.venue.settle_spot_funds(99, who, 0, self.now),
            lambda: self.venue.liquidate_perp(99, 3, who, 0, 5, self.now),
            lambda: self.venue.adjust_funding(99, 0, 1, 1, self.now),
        ):
            assert self.attempt(call) is None

    @rule()
    def a_snapshot_is_the_same_venue(self) -> None:
        again = v.MarginVenue.from_bytes(self.venue.to_bytes())
        assert again == self.venue
        self.venue = again

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "venue"):
            return
        self.venue.audit()
        state = self.venue.state()
        spot = state["spot_markets"][0]
        inside = {0: spot["base_vault"], v.QUOTE_TOKEN: spot["quote_vault"]}
        inside[v.QUOTE_TOKEN] += state["insurance_vault"] + state["fee_vault"]
        for bank in state["banks"]:
            token = bank["config"]["index"]
            assert bank["vault"] + inside[token] == self.paid_in[token]
        perp = state["markets"][0]["perp"]
        bases = [account["base_position"] for account in state["perp_accounts"]]
        assert sum(bases) == 0
        assert sum(abs(base) for base in bases) == perp["open_interest"]
        takers = [account["taker_base"] for account in state["perp_accounts"]]
        waiting = [e for e in state["perp_books"][0]["events"]["waiting"] if e["kind"] == 0] \
            if state["perp_books"] else []  # fmt: skip
        assert sum(takers) == sum(e["size_lots"] * (1 - 2 * e["side"]) for e in waiting)
        assert state["admin"] == ADMIN


TestBazaar = Bazaar.TestCase
TestBazaar.settings = settings(
    max_examples=cases(20, 2_000),
    stateful_step_count=cases(40, 80),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
