"""What the model of a venue keeps, and how it looks beside `MarginVenue.state()`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from venues.model_math import ONE, fit


@dataclass
class Bank:
    index: int
    curve: tuple[int, int, int]
    leverage: tuple[int, int] = (ONE, ONE)
    live: tuple[int, int] = (1_000_000 * ONE, 1_000_000 * ONE)
    cache: tuple[int, int] = (1_000_000 * ONE, 1_000_000 * ONE)
    cached_at: int = 0
    last_updated: int = 0
    vault: int = 0


@dataclass
class Position:
    base: int = 0
    quote: int = 0
    long_settled: int = 0
    short_settled: int = 0

    def active(self) -> bool:
        return self.base != 0 or self.quote != 0

    def settle(self, accumulators: tuple[int, int]) -> None:
        long, short = accumulators
        if self.base > 0:
            self.quote = fit(self.quote - (long - self.long_settled) * self.base)
        elif self.base < 0:
            self.quote = fit(self.quote - (short - self.short_settled) * self.base)
        self.long_settled, self.short_settled = long, short


@dataclass
class Market:
    underlying: int
    power: int
    scale: int
    base_lot: int
    quote_lot: int
    leverage: tuple[int, int]
    taker_fee: int
    maker_fee: int
    period: int
    clamp: int
    feed: int = 0
    confidence: int = 0
    trading: bool = True
    price: int = 0
    priced_at: int = 0
    funding: tuple[int, int] = (0, 0)
    last_updated: int = 0
    cache: tuple[int, int] = (0, 0)
    cached_at: int = 0
    fees: int = 0
    outside: Position = field(default_factory=Position)


@dataclass
class Account:
    owner: int
    deposits: dict[int, int]
    borrows: dict[int, int]
    positions: list[Position]


class Book(Protocol):
    """The parts of the model that its state is made of."""

    clock: int
    fee_vault: int
    outside_balance: int
    accounts: list[Account]
    markets: list[Market]
    banks: dict[int, Bank]

    def open_interest(self, market: int) -> int: ...


def state_of(venue: Book) -> dict[str, Any]:
    """In the shape of `MarginVenue.state()`, without configuration and rounding counters."""
    return {
        "clock": venue.clock,
        "fee_vault": venue.fee_vault,
        "insurance_vault": 0,
        "outside_balance_bits": venue.outside_balance,
        "markets": [_market_state(venue, i) for i in range(len(venue.markets))],
        "banks": [_bank_state(venue, token) for token in venue.banks],
        "accounts": [
            {
                "owner": a.owner,
                "being_liquidated": False,
                "is_bankrupt": False,
                "open_orders": 0,
                "margin_basket": 0,
            }
            for a in venue.accounts
        ],
        "balances": [
            {"deposits_bits": a.deposits[token], "borrows_bits": a.borrows[token]}
            for a in venue.accounts
            for token in venue.banks
        ],
        "perp_accounts": [
            _position_state(position) for a in venue.accounts for position in a.positions
        ],
    }


def _market_state(venue: Book, market: int) -> dict[str, Any]:
    m = venue.markets[market]
    return {
        "oracle": {
            "feed_price_bits": m.feed,
            "feed_confidence_bits": m.confidence,
            "feed_trading": m.trading,
            "price_bits": m.price,
            "last_update": m.priced_at,
        },
        "perp": {
            "long_funding_bits": m.funding[0],
            "short_funding_bits": m.funding[1],
            "last_updated": m.last_updated,
            "fees_accrued_bits": m.fees,
            "open_interest": venue.open_interest(market),
            "cache": {
                "long_funding_bits": m.cache[0],
                "short_funding_bits": m.cache[1],
                "last_update": m.cached_at,
            },
            "counterparty": _position_state(m.outside),
            "dust_bits": 0,
        },
    }


def _bank_state(venue: Book, token: int) -> dict[str, Any]:
    bank = venue.banks[token]
    return {
        "deposit_index_bits": bank.live[0],
        "borrow_index_bits": bank.live[1],
        "deposits_bits": sum(a.deposits[token] for a in venue.accounts),
        "borrows_bits": sum(a.borrows[token] for a in venue.accounts),
        "last_updated": bank.last_updated,
        "cache": {
            "deposit_index_bits": bank.cache[0],
            "borrow_index_bits": bank.cache[1],
            "last_update": bank.cached_at,
        },
        "vault": bank.vault,
    }


def _position_state(position: Position) -> dict[str, int]:
    return {
        "base_position": position.base,
        "quote_position_bits": position.quote,
        "long_settled_funding_bits": position.long_settled,
        "short_settled_funding_bits": position.short_settled,
        "taker_base": 0,
        "taker_quote": 0,
        "bids_quantity": 0,
        "asks_quantity": 0,
    }
