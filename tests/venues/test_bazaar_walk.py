"""Long seeded walks over the bazaar: everything happens at least once, and it all adds up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from venues.test_bazaar_machine import Bazaar
from voltcore import VoltcoreError
from voltcore import venues as v


class Walker(Bazaar):
    """The machine with its own dice, counting what was done, moved and refused."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def attempt(self, call: Callable[[], Any]) -> Any:
        before = self.venue.state_digest()
        try:
            out = call()
        except VoltcoreError as error:
            refusal = error
        else:
            kind = type(out).__name__
            self.done[kind] += 1
            if isinstance(out, v.LiquidationReceipt):
                self.done["moved"] += out.taken_bits != 0
                self.done["bankrupt"] += out.is_bankrupt
            if isinstance(out, v.BankruptcyReceipt):
                self.done["insured"] += out.insurance > 0
                self.done["socialised"] += out.loss_bits != 0
                self.done["resolved"] += not out.is_bankrupt
            return out
        assert self.venue.state_digest() == before
        self.refused[str(refusal.onchain)] += 1
        return None

    def step(self) -> None:
        pick, chance = self.dice.randrange, self.dice.random
        who, other, side = pick(4), pick(4), self.dice.choice(("bid", "ask"))
        token = self.dice.choice((0, v.QUOTE_TOKEN))
        choices: list[Callable[[], None]] = [
            lambda: self.the_market_moves(pick(-12, 13), self.dice.choice((1, 60, 3_600))),
            lambda: self.the_market_jumps(self.dice.choice((-70, -40, -20, 25, 60, 150))),
            lambda: self.deposit(who, token, pick(10**9)),
            lambda: self.withdraw(who, token, pick(10**10), chance() < 0.7),
            lambda: self.somebody_borrows_all_he_can(pick(3), token),
            lambda: self.somebody_gambles(pick(3), side, pick(30, 99)),
            lambda: self.cancel(who, pick(30)),
            lambda: self.events_are_processed(pick(9)),
            lambda: self.settle(who, other),
            lambda: self.off_book(who, other, side, pick(1, 10**5), pick(3)),
            lambda: self.everyone_is_looked_at_by_the_liquidator(pick(3), pick(1, 10**10), 10**7),
        ]
        for _ in range(3):
            kind = self.dice.choice(
                ("limit", "immediate_or_cancel", "market", "post_only", "post_only_slide")
            )
            choices.append(
                lambda kind=kind: self.perp_order(
                    who, side, pick(-20, 20), pick(1, 500_000), kind, chance() < 0.2,
                    self.dice.choice((0, 1, 100)),
                )
            )  # fmt: skip
            own = self.dice.choice(("decrement_take", "cancel_provide", "abort"))
            choices.append(
                lambda own=own: self.spot_order(
                    who, side, pick(-20, 20), pick(1, 80_000), "limit", own
                )
            )
        self.dice.choice(choices)()
        self.everything_adds_up()


def test_long_walks_add_up_and_reach_every_corner() -> None:
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for part in range(18):
        walker = Walker(part)
        fee, rebate, orders = (("0", 0, 64), ("0.0005", 4, 64), ("-0.0003", 1, 2))[part % 3]
        walker.begin(fee, rebate, 250 * (part % 2), orders, (0, 5, 10**12)[part // 3 % 3])
        for _ in range(180):
            walker.step()
        done += walker.done
        refused += walker.refused
    happened = {"moved", "bankrupt", "insured", "socialised", "resolved"}
    assert happened <= done.keys(), done
    names = {
        "Bankrupt", "BeingLiquidated", "Default", "InsufficientFunds", "InsufficientLiquidity",
        "InvalidAccount", "InvalidOrderId", "InvalidOwner", "InvalidOtcOrderIndex",
        "NotLiquidatable", "OutOfSpace",
    }  # fmt: skip
    assert names <= refused.keys(), refused
