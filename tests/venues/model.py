"""
A margin venue in plain Python integers, written from the rules and not from the C++.

Numbers are I80F48 bits unless they are lots, seconds or whole native units. Slow and plain on
purpose: it is the second opinion of the tests.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from venues.model_math import (
    ONE,
    QUOTE,
    WHOLE,
    YEAR,
    RefusedError,
    bits,
    credit,
    debit,
    div,
    fit,
    indices,
    lots,
    mul,
    rate,
    unsigned,
    utilization,
    weights,
)
from venues.model_records import Account, Bank, Market, Position, state_of

__all__ = [
    "ONE",
    "QUOTE",
    "WHOLE",
    "YEAR",
    "Account",
    "Bank",
    "Market",
    "Position",
    "RefusedError",
    "Venue",
    "bits",
    "credit",
    "debit",
    "div",
    "fit",
    "indices",
    "lots",
    "mul",
    "rate",
    "unsigned",
    "utilization",
    "weights",
]


@dataclass
class Venue:
    """Every public method runs on a copy that replaces the state only when it got to its end."""

    admin: int
    valid_interval: int
    markets: list[Market]
    banks: dict[int, Bank]
    enforce_health: bool = True
    unlimited: bool = False
    clock: int = 0
    fee_vault: int = 0
    outside_balance: int = 0
    accounts: list[Account] = field(default_factory=list)

    def run(self, operation: str, *arguments: Any, **switches: Any) -> Any:
        trial = copy.deepcopy(self)
        result = getattr(trial, operation)(*arguments, **switches)
        trial.clock = arguments[-1]
        self.__dict__.update(trial.__dict__)
        return result

    # Checks, in the order in which the operations make them.

    def need(self, holds: bool, name: str) -> None:
        if not holds:
            raise RefusedError(name)

    def need_perp(self, market: int) -> None:
        self.need(0 <= market < len(self.markets), "InvalidMarket")

    def need_account(self, account: int) -> None:
        self.need(account < len(self.accounts), "InvalidAccount")

    def need_owner(self, caller: int, account: int) -> None:
        self.need(self.accounts[account].owner == caller, "InvalidOwner")

    def need_time(self, now: int) -> None:
        self.need(self.clock <= now < 2**63, "time")

    def fresh(self, at: int, now: int) -> bool:
        return at >= now - 2 * self.valid_interval

    def need_price(self, market: int, now: int) -> None:
        m = self.markets[market]
        self.need(m.price > 0 and self.fresh(m.priced_at, now), "InvalidPriceCache")

    def need_bank(self, token: int, now: int) -> None:
        self.need(self.fresh(self.banks[token].cached_at, now), "InvalidRootBankCache")

    def need_funding(self, market: int, now: int) -> None:
        self.need(self.fresh(self.markets[market].cached_at, now), "InvalidPerpMarketCache")

    def need_caches(self, account: int, now: int, token: int = -1, market: int = -1) -> None:
        a = self.accounts[account]
        for i in range(len(self.markets)):
            spot = i in self.banks and (a.deposits[i] != 0 or a.borrows[i] != 0 or i == token)
            perp = a.positions[i].active() or i == market
            if spot or perp:
                self.need_price(i, now)
            if spot:
                self.need_bank(i, now)
            if perp:
                self.need_funding(i, now)
        self.need_bank(QUOTE, now)

    # Keepers.

    def set_price(
        self, caller: int, market: int, price: int, confidence: int, trading: bool, now: int
    ) -> None:
        self.need_perp(market)
        self.need(price > 0 and confidence >= 0, "InvalidOraclePrice")
        m = self.markets[market]
        self.need(m.underlying == market, "InvalidParam")
        self.need(caller == self.admin, "InvalidOwner")
        self.need_time(now)
        m.feed, m.confidence, m.trading = price, confidence, trading

    def cache_prices(self, now: int) -> None:
        self.need_time(now)
        for m in self.markets:
            source = self.markets[m.underlying]
            if source.feed == 0 or not source.trading:
                continue
            if fit(source.confidence * 10) > source.feed:
                continue
            price = mul(source.feed, source.feed) if m.power == 2 else source.feed
            price = price if m.scale == 1 else div(price, m.scale * ONE)
            if price > 0:
                m.price, m.priced_at = price, now

    def update_banks(self, now: int) -> None:
        self.need_time(now)
        for token, bank in self.banks.items():
            deposits = sum(a.deposits[token] for a in self.accounts)
            borrows = sum(a.borrows[token] for a in self.accounts)
            seconds = now - bank.last_updated
            bank.live = indices(bank.curve, deposits, borrows, *bank.live, seconds)
            bank.last_updated = now

    def cache_root_banks(self, now: int) -> None:
        self.need_time(now)
        for bank in self.banks.values():
            bank.cache, bank.cached_at = bank.live, now

    def update_funding(self, market: int, bid: int, ask: int, now: int) -> tuple[int, int]:
        self.need(bid >= 0 and ask >= 0, "InvalidParam")
        self.need_perp(market)
        self.need_time(now)
        self.need_price(market, now)
        m = self.markets[market]
        if bid and ask:
            book = div(fit((bid + ask) // 2 * m.quote_lot * ONE), m.base_lot * ONE)
            diff = max(-m.clamp, min(m.clamp, fit(div(book, m.price) - ONE)))
        else:
            diff = m.clamp if bid else -m.clamp if ask else 0
        factor = div((now - m.last_updated) * ONE, m.period * ONE)
        delta = mul(fit(mul(m.price, diff) * m.base_lot), factor)
        m.funding = fit(m.funding[0] + delta), fit(m.funding[1] + delta)
        m.last_updated = now
        return diff, delta

    def cache_perp_markets(self, now: int) -> None:
        self.need_time(now)
        for m in self.markets:
            m.cache, m.cached_at = m.funding, now

    # Accounts.

    def add_account(self, caller: int, now: int) -> int:
        self.need(caller != 0, "InvalidOwner")
        self.need_time(now)
        zero = dict.fromkeys(self.banks, 0)
        positions = [Position() for _ in self.markets]
        self.accounts.append(Account(caller, dict(zero), dict(zero), positions))
        return len(self.accounts) - 1

    def credit(self, account: int, token: int, native: int) -> None:
        a = self.accounts[account]
        held = a.deposits[token], a.borrows[token]
        a.deposits[token], a.borrows[token] = credit(*held, *self.banks[token].cache, native)

    def debit(self, account: int, token: int, native: int) -> None:
        a, (di, bi) = self.accounts[account], self.banks[token].cache
        borrowed_before = a.borrows[token]
        held = a.deposits[token], borrowed_before
        a.deposits[token], a.borrows[token] = debit(*held, di, bi, native)
        if native == 0 or (a.deposits[token] and not borrowed_before):
            return
        if held[0] and native == mul(held[0], di):
            return
        deposits = mul(sum(x.deposits[token] for x in self.accounts), di)
        borrows = mul(sum(x.borrows[token] for x in self.accounts), bi)
        self.need(deposits // ONE >= -(-borrows // ONE), "InsufficientLiquidity")

    def pay(self, token: int, amount: int) -> None:
        bank = self.banks[token]
        if bank.vault < amount:
            self.need(self.unlimited and token == QUOTE, "InsufficientLiquidity")
            self.outside_balance += (amount - bank.vault) * ONE
            bank.vault = amount
        bank.vault -= amount

    def deposit(self, caller: int, account: int, token: int, amount: int, now: int) -> None:
        self.need(token in self.banks, "InvalidParam")
        self.need_account(account)
        self.need_owner(caller, account)
        self.need_time(now)
        self.need_bank(token, now)
        self.banks[token].vault = unsigned(self.banks[token].vault + amount)
        self.credit(account, token, amount * ONE)

    def withdraw(
        self, caller: int, account: int, token: int, amount: int, borrow: bool, now: int
    ) -> int:
        self.need(token in self.banks, "InvalidParam")
        self.need_account(account)
        self.need_owner(caller, account)
        self.need_time(now)
        self.need_caches(account, now, token=token)
        held = mul(self.accounts[account].deposits[token], self.banks[token].cache[0])
        if not borrow:
            if amount == WHOLE:
                amount = unsigned(held // ONE)
            self.need(held >= amount * ONE, "InsufficientFunds")
        self.debit(account, token, amount * ONE)
        self.pay(token, amount)
        if self.enforce_health:
            self.need(self.health(account, "init") >= 0, "InsufficientFunds")
        return amount

    def fill_at_quote(
        self,
        caller: int,
        account: int,
        market: int,
        base: int,
        price: int,
        off_book: bool,
        now: int,
    ) -> tuple[int, int]:
        self.need(base != 0 and price > 0, "InvalidParam")
        self.need_perp(market)
        self.need_account(account)
        self.need_owner(caller, account)
        self.need_time(now)
        self.need_caches(account, now, market=market)
        before = self.health(account, "init") if self.enforce_health else 0
        m = self.markets[market]
        quote = fit(-base * price * m.quote_lot * ONE)
        taker_fee = 0 if off_book else mul(abs(quote), m.taker_fee)
        maker_fee = 0 if off_book else mul(abs(quote), m.maker_fee)
        for party, sign, fee in (
            (self.accounts[account].positions[market], 1, taker_fee),
            (m.outside, -1, maker_fee),
        ):
            party.settle(m.cache)
            party.base = lots(party.base + sign * base)
            party.quote = fit(party.quote + sign * quote - fee)
        m.fees = fit(m.fees + taker_fee + maker_fee)
        lots(self.open_interest(market))
        if self.enforce_health:
            after = self.health(account, "init")
            self.need(after >= 0 or (before < 0 and after >= before), "InsufficientFunds")
        return quote, taker_fee

    # Settling.

    def settle_funding(self, account: int, market: int, now: int) -> int:
        self.need_perp(market)
        self.need_account(account)
        self.need_time(now)
        self.need_funding(market, now)
        position = self.accounts[account].positions[market]
        before = position.quote
        position.settle(self.markets[market].cache)
        return position.quote - before

    def profit(self, account: int, market: int) -> int:
        position, m = self.accounts[account].positions[market], self.markets[market]
        return fit(position.quote + position.base * m.base_lot * m.price)

    def need_settling(self, market: int, now: int) -> None:
        self.need_time(now)
        self.need_price(market, now)
        self.need_funding(market, now)
        self.need_bank(QUOTE, now)

    def settle_pnl(self, a: int, b: int, market: int, now: int) -> int:
        self.need_perp(market)
        self.need_account(a)
        self.need_account(b)
        self.need(a != b, "InvalidAccount")
        self.need_settling(market, now)
        for account in (a, b):
            self.accounts[account].positions[market].settle(self.markets[market].cache)
        mine, other = self.profit(a, market), self.profit(b, market)
        if mine * other >= 0:
            return 0
        amount = min(abs(mine), abs(other))
        winner, loser = (a, b) if mine > 0 else (b, a)
        self.accounts[winner].positions[market].quote -= amount
        self.accounts[loser].positions[market].quote += amount
        self.credit(winner, QUOTE, amount)
        self.debit(loser, QUOTE, amount)
        return amount if mine > 0 else -amount

    def settle_pnl_outside(self, account: int, market: int, now: int) -> int:
        self.need_perp(market)
        self.need_account(account)
        self.need(self.unlimited, "InvalidAccount")
        self.need_settling(market, now)
        position, m = self.accounts[account].positions[market], self.markets[market]
        position.settle(m.cache)
        amount = self.profit(account, market)
        if amount < 0:
            held = mul(self.accounts[account].deposits[QUOTE], self.banks[QUOTE].cache[0])
            amount = -min(-amount, held)
            self.debit(account, QUOTE, -amount)
        else:
            self.credit(account, QUOTE, amount)
        position.quote -= amount
        m.outside.quote += amount
        self.outside_balance -= amount
        return amount

    def settle_fees(self, account: int, market: int, now: int) -> int:
        self.need_perp(market)
        self.need_account(account)
        self.need_settling(market, now)
        position, m = self.accounts[account].positions[market], self.markets[market]
        position.settle(m.cache)
        loss = -self.profit(account, market)
        paid = max(0, min(loss, m.fees)) // ONE
        self.debit(account, QUOTE, paid * ONE)
        self.pay(QUOTE, paid)
        position.quote += paid * ONE
        m.fees -= paid * ONE
        self.fee_vault += paid
        return paid

    # Views.

    def net(self, account: int, token: int) -> int:
        a, (di, bi) = self.accounts[account], self.banks[token].cache
        if a.deposits[token]:
            return mul(a.deposits[token], di)
        return -mul(a.borrows[token], bi)

    def health(self, account: int, kind: str) -> int:
        def weighed(base: int, leverage: tuple[int, int]) -> int:
            if kind == "equity":
                return base
            asset, liability = weights(leverage[0 if kind == "init" else 1])
            return mul(base, asset if base >= 0 else liability)

        total = self.net(account, QUOTE)
        for i, m in enumerate(self.markets):
            if i in self.banks:
                value = mul(self.net(account, i), m.price)
                total = fit(total + weighed(value, self.banks[i].leverage))
            position = copy.copy(self.accounts[account].positions[i])
            position.settle(m.cache)
            base = fit(position.base * m.base_lot * m.price)
            total = fit(total + fit(weighed(base, m.leverage) + position.quote))
        return total

    def open_interest(self, market: int) -> int:
        parties = [a.positions[market] for a in self.accounts]
        return sum(abs(p.base) for p in [*parties, self.markets[market].outside])

    def state(self) -> dict[str, Any]:
        """In the shape of `MarginVenue.state()`, without configuration and rounding counters."""
        return state_of(self)
