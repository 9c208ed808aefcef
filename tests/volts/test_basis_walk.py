"""Volt #04 on its venue's books by a random walk: enters, leaves, re-hedges among makers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from case_counts import cases
from voltcore import venues, volts
from voltcore.errors import VoltcoreError
from volts.test_basis import SOL
from volts.test_spot_leg import MAKER, with_spot
from volts.world import ADMIN, ALICE, BOB, ONE, STRANGER, WALLET

MAKERS = 1
"""Their margin account: the lender's is the first, the volt's the third."""
NEXT_STEP = {
    "BETWEEN": "start_round",
    "ACTIVE": "take_performance_fees",
    "FEES_TAKEN": "setup_rebalance",
    "DONE": "end_round",
    "RESOLVED": "take_pending_withdrawal_fees",
    "WFEES": "start_round",
}


class Walk:
    """The volt, its clock and price, and what was called how often."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.volt = volts.Volt(volts.VoltConfig.basis(ADMIN), with_spot([], []))
        self.now, self.price = 0, SOL
        self.seen: Counter[str] = Counter()
        for user in (ALICE, BOB):
            self.volt.credit_wallet(user, WALLET)
        self.volt.deposit(ALICE, 10**9, 0)

    def do(self, name: str, call: Callable[[], object]) -> bool:
        before = self.volt.state_digest()
        try:
            call()
        except VoltcoreError:
            assert self.volt.state_digest() == before, name
            self.seen["refused"] += 1
            return False
        self.volt.audit()
        self.seen[name] += 1
        return True

    def lots(self, permille: int) -> int:
        return max(1, self.price * 10 * (1000 + permille) // 1000)

    def makers_quote(self) -> None:
        """Both books anew: bids below and asks above the oracle, as deep as chance has it."""
        deep = self.draw.choice((10**3, 10**5, 10**7))
        now = self.now

        def quote(venue: venues.MarginVenue) -> None:
            for side in ("bids", "asks"):
                for row in venue.spot_market(0)["book"][side]:
                    venue.cancel_spot_order(MAKER, MAKERS, 0, row["id"], now)
            venue.cancel_all_perp_orders(MAKER, MAKERS, 0, now)
            for side, permille in (("bid", -2), ("ask", 2)):
                price = self.lots(permille)
                venue.place_perp_order(MAKER, MAKERS, 0, side, price, deep, now)  # type: ignore[arg-type]
                venue.place_spot_order(MAKER, MAKERS, 0, side, price, deep, now)  # type: ignore[arg-type]

        self.do("quote", lambda: self.volt.on_venue(quote))

    def price_moves(self) -> None:
        self.now += self.draw.choice((60, 28_800, 86_400))
        self.price = max(5, self.price * self.draw.randint(940, 1_060) // 1_000)
        mid = self.lots(self.draw.randint(-20, 20))
        self.do("funding", lambda: self.volt.update_funding(0, mid, mid, self.now))
        self.volt.set_price(ADMIN, 0, self.price * ONE, self.now)
        self.volt.refresh_caches(self.now)
        self.volt.audit()

    def strategy_turns(self) -> None:
        leverage = self.draw.choice((0, ONE // 2, ONE))
        turned = msgspec.structs.replace(self.volt.config.strategy, target_leverage_bits=leverage)
        self.do("turn", lambda: self.volt.set_strategy_params(ADMIN, turned, self.now))

    def leg(self, caller: int) -> bool:
        volt, on_book = self.volt, self.draw.random() < 0.8
        most = self.draw.choice((None, 10**8))
        options: dict[str, Any] = {"max_quote": most, "quote": "book" if on_book else None}
        if volt.stage == "READY":
            held = volt.venue.perp_account(volt.margin_account, 0)
            sells = volt.entropy_round.target_lots < held.base_position + held.taker_base
            limit = self.lots(-3 if sells else 3) if on_book else self.lots(0)
            done = self.do(
                "perp book" if on_book else "perp quote",
                lambda: volt.rebalance_target(caller, self.now, limit, **options),
            )
            self.do("events", lambda: volt.consume_events(0, 10**6, self.now))
            return done
        buys = volt.exposure().net_delta_bits < 0
        limit = self.lots(3 if buys else -3) if on_book else self.lots(0)
        return self.do(
            "spot book" if on_book else "spot quote",
            lambda: volt.rebalance_spot(caller, self.now, limit, **options),
        )

    def crank(self, caller: int) -> bool:
        stage = self.volt.stage
        if stage in ("READY", "TARGET_DONE"):
            return self.leg(caller)
        if stage == "FEES_TAKEN":
            self.do("init", lambda: self.volt.init_spot_open_orders(caller, self.now))
        return self.do(stage, lambda: getattr(self.volt, NEXT_STEP[stage])(caller, self.now))

    def users(self) -> None:
        user = self.draw.choice((ALICE, BOB, STRANGER))
        shares = self.volt.user(user).volt_tokens * self.draw.randint(0, 3) // 3
        name, amount = self.draw.choice(
            (("deposit_with_claim", 10**8), ("withdraw_with_claim", shares))
        )
        self.do(name, lambda: getattr(self.volt, name)(user, amount, self.now))

    def step(self) -> None:
        act = self.draw.random()
        if act < 0.15:
            self.makers_quote()
        elif act < 0.25:
            self.price_moves()
        elif act < 0.30:
            self.strategy_turns()
        elif act < 0.40:
            self.users()
        elif act < 0.45:
            assert not self.crank(STRANGER)
        else:
            for _ in range(self.draw.choice((1, 1, 8, 40))):
                if not self.crank(ADMIN) or self.volt.stage == "ACTIVE":
                    break


@pytest.mark.parametrize("seed", range(cases(4, 100)))
def test_the_basis_volt_keeps_its_books_on_both_books(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(600):
        walk.step()
    for name in ("perp book", "spot book", "quote", "funding", "turn", "refused", "init"):
        assert walk.seen[name] > 3, (name, walk.seen)
    assert walk.volt.round_number > 3
