"""A volt and its independent model side by side: same calls, same results, same state."""

from __future__ import annotations

from collections.abc import Callable

from voltcore import venues, volts
from voltcore.errors import VoltcoreError
from volts.model import Model
from volts.venue_model import ONE, Refused
from volts.world import ADMIN, WALLET, perp

USERS = (11, 12, 13)
START = 1_650_000_000
TAKER_FEE = volts.fixed_point_bits("0.0005")
NEVER = volts.Quote(bid_lots=1, ask_lots=2**40)
"""What nobody reaches with a limit near the oracle."""


def new_volt(now: int, price: int, strategy: volts.StrategyParams | None = None) -> volts.Volt:
    """The venue of the model: no health limits, everybody's profit is paid."""
    venue = venues.MarginVenue(
        venues.VenueConfig.squared_and_linear(
            admin=ADMIN,
            valid_interval=2**40,
            squared=perp(squared=True),
            linear=perp(squared=False),
            enforce_health=False,
            unlimited_pnl_counterparty=True,
        ),
        now,
    )
    config = volts.VoltConfig(admin=ADMIN, strategy=strategy or volts.StrategyParams())
    volt = volts.Volt(config, venue, now)
    volt.set_price(ADMIN, 1, price, now)
    volt.refresh_caches(now)
    return volt


class Twins:
    """Both, and how many of their calls passed and were refused."""

    def start(self, strategy: volts.StrategyParams | None = None, price: int = 50_000) -> None:
        self.now = START
        self.volt = new_volt(self.now, price * ONE, strategy)
        self.model = Model(ADMIN, self.now, price * ONE, taker_fee=TAKER_FEE)
        if strategy is not None:
            self.model.leverage = strategy.target_leverage_bits
            self.model.lenience = strategy.target_leverage_lenience_bits
            self.model.hedging = strategy.is_hedging_on
        for user in USERS:
            self.volt.credit_wallet(user, WALLET)
            self.model.person(user).wallet = WALLET
        self.passed = self.refused = 0

    @property
    def target_price(self) -> int:
        return max(2, self.model.index(0) * 101 // 1000 * 100 // ONE // 100)

    @property
    def hedge_price(self) -> int:
        return max(2, self.model.price * 10 // ONE)

    def move_price(self, permille: int, seconds: int) -> None:
        self.now += seconds
        price = max(self.model.price * (1000 + permille) // 1000, 100 * ONE)
        self.model.set_price(price, self.now)
        self.volt.set_price(ADMIN, 1, price, self.now)
        self.refresh()

    def fund(self, market: int, premium_permille: int, seconds: int) -> None:
        self.now += seconds
        index = self.model.index(market) * 10 // ONE
        bid = ask = max(1, index * (1000 + premium_permille) // 1000)
        self.model.fund(market, bid, ask, self.now)
        self.volt.update_funding(market, bid, ask, self.now)
        self.refresh()

    def refresh(self) -> None:
        self.volt.refresh_caches(self.now)
        self.compare()

    def do(self, name: str, *args: object, engine: Callable[[], object]) -> bool:
        """The model's operation by name, and the engine's; whether both did it."""
        before = self.volt.state_digest()
        expected = got = None
        try:
            self.model.do(name, *args)
        except Refused as refused:
            expected = refused.name
        try:
            engine()
        except VoltcoreError as error:
            got = error.onchain
            assert self.volt.state_digest() == before
        assert got == expected, (name, args)
        self.compare()
        self.passed += expected is None
        self.refused += expected is not None
        return expected is None

    def user_moves(self, name: str, user: int, amount: int) -> bool:
        return self.do(
            name, user, amount, engine=lambda: getattr(self.volt, name)(user, amount, self.now)
        )

    def call(self, name: str, caller: int) -> bool:
        """An operation that names its caller alone."""
        return self.do(name, caller, engine=lambda: getattr(self.volt, name)(caller, self.now))

    def trade(self, name: str, caller: int, most: int | None) -> bool:
        price = self.target_price if name == "rebalance_target" else self.hedge_price
        return self.do(
            name,
            caller,
            price,
            most,
            engine=lambda: getattr(self.volt, name)(caller, self.now, price, max_quote=most),
        )

    def trade_with_nobody(self, caller: int) -> bool:
        price = self.target_price
        return self.do(
            "rebalance_target",
            caller,
            price,
            None,
            False,
            engine=lambda: self.volt.rebalance_target(caller, self.now, price, quote=NEVER),
        )

    def crank(self, name: str, caller: int, most: int | None) -> bool:
        """A step of the cycle by its name."""
        if name in ("rebalance_target", "rebalance_hedge"):
            return self.trade(name, caller, most)
        return self.call(name, caller)

    def end_round(self, caller: int, *, bypass: bool) -> bool:
        return self.do(
            "end_round",
            caller,
            bypass,
            engine=lambda: self.volt.end_round(caller, self.now, bypass=bypass),
        )

    def reset(self, caller: int, *, only_hedge: bool) -> bool:
        return self.do(
            "reset_rebalancing",
            caller,
            only_hedge,
            engine=lambda: self.volt.reset_rebalancing(caller, self.now, only_hedge=only_hedge),
        )

    def compare(self) -> None:
        volt, model = self.volt, self.model
        assert (volt.stage, volt.round_number) == (model.stage, model.number)
        assert (volt.supply, volt.admin) == (model.supply, model.admin)
        assert (volt.deposit_pool, volt.fee_account) == (model.pool, model.fees)
        assert volt.exposure().equity_bits == model.equity()
        for user, person in model.people.items():
            held = volt.user(user)
            assert (held.wallet, held.volt_tokens) == (person.wallet, person.tokens)
            assert (held.pending_deposit.round, held.pending_deposit.amount) == person.deposit
            assert (
                held.pending_withdrawal.round,
                held.pending_withdrawal.amount,
            ) == person.withdrawal
        for of in volt.rounds:
            this = model.rounds[of.number]
            assert of.underlying_from_pending_deposits == this.D
            assert of.volt_tokens_from_pending_withdrawals == this.W
            assert (of.round_volt_tokens, of.round_underlying) == (this.vt, this.ul)
            assert of.round_underlying_for_pending_withdrawals == this.pwu
        volt.audit()


NEXT_STEP = {
    "BETWEEN": "start_round",
    "ACTIVE": "take_performance_fees",
    "FEES_TAKEN": "setup_rebalance",
    "READY": "rebalance_target",
    "TARGET_DONE": "rebalance_hedge",
    "DONE": "end_round",
    "RESOLVED": "take_pending_withdrawal_fees",
    "WFEES": "start_round",
}
MOVES = ("deposit", "withdraw", "deposit_with_claim", "withdraw_with_claim")
RECORDS = tuple(
    f"{verb}_pending_{kind}" for verb in ("cancel", "claim") for kind in ("deposit", "withdrawal")
)
