"""Records of the volts' model, and its venue: two perps, cash in index units, profits are paid."""

from __future__ import annotations

from dataclasses import dataclass, field

ONE = 1 << 48
LOT, QUOTE_LOT, INDEX = 100, 10, 1_000_000


class Refused(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def mul(a: int, b: int) -> int:
    return a * b >> 48


def div(a: int, b: int) -> int:
    size = (abs(a) << 48) // abs(b)
    return size if (a < 0) == (b < 0) else -size


def whole(a: int) -> int:
    return a >> 48 if a >= 0 else -(-a >> 48)


@dataclass
class Perp:
    base: int = 0
    quote: int = 0
    settled: int = 0
    funding: int = 0
    period: int = 604_800
    updated: int = 0


@dataclass
class RoundModel:
    D: int = 0
    W: int = 0
    ul: int = 0
    U: int = 0
    M: int = 0
    vt: int = 0
    pwu: int = 0
    wfee: int = 0


@dataclass
class Person:
    wallet: int = 0
    tokens: int = 0
    deposit: tuple[int, int] = (0, 0)
    withdrawal: tuple[int, int] = (0, 0)


@dataclass
class VenueModel:
    """What a volt has there, and the market it trades on."""

    admin: int
    now: int
    price: int
    taker_fee: int = 0
    cash: int = 0  # deposit units
    perps: list[Perp] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.perps:
            self.perps = [
                Perp(period=604_800, updated=self.now),
                Perp(period=86_400, updated=self.now),
            ]

    def index(self, market: int) -> int:
        if market == 1:
            return self.price
        return div(mul(self.price, self.price), 10**6 * ONE)

    def live_quote(self, perp: Perp) -> int:
        return perp.quote - (perp.funding - perp.settled) * perp.base

    def settle_funding(self, perp: Perp) -> None:
        perp.quote = self.live_quote(perp)
        perp.settled = perp.funding

    def equity(self) -> int:
        total = mul(self.cash, INDEX * ONE)
        for market, perp in enumerate(self.perps):
            total += perp.base * LOT * self.index(market) + self.live_quote(perp)
        return total

    def credit(self, native: int) -> None:
        self.cash += div(native, INDEX * ONE)

    def debit(self, native: int) -> None:
        held = mul(self.cash, INDEX * ONE)
        if native < held:
            self.cash -= div(native, INDEX * ONE)
        elif native == held:
            self.cash = 0
        else:
            raise Refused("InsufficientFunds")

    def settle_pnl(self) -> None:
        for market, perp in enumerate(self.perps):
            self.settle_funding(perp)
            pnl = perp.quote + perp.base * LOT * self.index(market)
            if pnl < 0:
                pnl = max(pnl, -mul(self.cash, INDEX * ONE))
            perp.quote -= pnl
            if pnl > 0:
                self.credit(pnl)
            elif pnl < 0:
                self.debit(-pnl)

    def fill(self, market: int, lots: int, price_lots: int, *, free: bool = False) -> None:
        perp = self.perps[market]
        self.settle_funding(perp)
        quote = -lots * price_lots * QUOTE_LOT * ONE
        perp.base += lots
        perp.quote += quote
        if not free:
            perp.quote -= mul(abs(quote), self.taker_fee)

    def set_price(self, price: int, now: int) -> None:
        self.price, self.now = price, now

    def fund(self, market: int, bid: int, ask: int, now: int) -> None:
        perp, index = self.perps[market], self.index(market)
        clamp = round(ONE / 20)
        diff = clamp if bid else -clamp
        if bid and ask:
            book = div((bid + ask) // 2 * QUOTE_LOT * ONE, LOT * ONE)
            diff = max(-clamp, min(clamp, div(book, index) - ONE))
        elif not bid and not ask:
            diff = 0
        factor = div((now - perp.updated) * ONE, perp.period * ONE)
        perp.funding += mul(mul(index, diff) * LOT, factor)
        perp.updated = self.now = now

    def take_from_venue(self, native: int) -> None:
        if mul(self.cash, INDEX * ONE) < native * ONE:
            raise Refused("InsufficientFunds")
        self.debit(native * ONE)

    def delta(self) -> int:
        doubled = 2 * self.perps[0].base * LOT * self.price
        return doubled // 10**6 if doubled >= 0 else -(-doubled // 10**6)

    def hedge_lots(self) -> int:
        size, lot = abs(self.delta()), LOT * ONE
        lots = (2 * size + lot) // (2 * lot)
        return lots if self.delta() < 0 else -lots
