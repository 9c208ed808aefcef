"""The engine and the model side by side."""

from __future__ import annotations

from collections import Counter

from venues import model
from venues.worlds import ADMIN, START, without_configuration
from voltcore import VoltcoreError
from voltcore.venues import MarginVenue

E = 1 << 48
QUOTE = model.QUOTE


class Twins:
    """Runs every operation on both: one result and one state, or one refusal and no change."""

    def start(self, venue: MarginVenue, twin: model.Venue) -> None:
        self.venue, self.model = venue, twin
        self.done: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.now = START
        self.usd = 40_000
        self.price(0)
        for owner in (11, 12, 13):
            self.both("add_account", owner, self.now)
        for account, amount in enumerate((10**11, 10**10, 10**9)):
            self.both("deposit", 11 + account, account, QUOTE, amount, self.now)
        self.both("deposit", 11, 0, 1, 10**6, self.now)

    def price(self, seconds: int) -> None:
        self.now += seconds
        self.both("set_price", ADMIN, 1, self.usd * E + 12345, 0, True, self.now)
        self.both("cache_prices", self.now)

    def keepers(self, move: int, seconds: int) -> None:
        """A step of the market by `move` per cent and everything the keepers do after it."""
        self.usd = max(1, min(10**7, self.usd + self.usd * move // 100))
        self.price(seconds)
        self.both("update_banks", self.now)
        self.both("cache_root_banks", self.now)
        squared, linear = self.mid(0), self.mid(1)
        self.both("update_funding", 0, squared * 51 // 50, squared * 51 // 50 + 4, self.now)
        self.both("update_funding", 1, linear, linear + linear // 100, self.now)
        self.both("cache_perp_markets", self.now)

    def mid(self, market: int) -> int:
        """Lots near the index: a tick is 0.1, the squared index p^2 / 10^6."""
        return max(1, self.usd**2 // 10**5 if market == 0 else self.usd * 10)

    def attempt(
        self, operation: str, arguments: tuple[int, ...]
    ) -> tuple[object, VoltcoreError | None]:
        try:
            return call(self.venue, operation, arguments), None
        except VoltcoreError as error:
            return None, error

    def both(self, operation: str, *arguments: int) -> None:
        """Run it on both; the same result and state, or the same refusal and no change."""
        before = self.venue.state_digest()
        refused = None
        expected = None
        try:
            expected = self.model.run(operation, *arguments)
        except model.RefusedError as error:
            refused = str(error)
        got, error = self.attempt(operation, arguments)
        label = f"{operation}{arguments}: {error}, the model {refused}"
        if refused is None:
            assert error is None, label
            assert got == expected, label
            self.now = self.model.clock
            self.done[operation] += 1
        else:
            assert error is not None, label
            assert refused == ("time" if error.code == "E705" else error.onchain), label
            assert self.venue.state_digest() == before, label
            self.refused[operation, refused] += 1
        self.venue.audit()
        assert without_configuration(self.venue.state()) == self.model.state()
        if self.model.accounts:
            account = len(self.model.accounts) - 1
            for kind in ("init", "maint", "equity"):
                assert self.venue.health(account, kind) == self.model.health(account, kind)


def call(venue, operation: str, arguments: tuple[int, ...]) -> object:  # type: ignore[no-untyped-def]
    """The engine's operation with the model's arguments, its receipt as the model's result."""
    if operation == "set_price":
        caller, market, price, confidence, trading, now = arguments
        return venue.set_price(
            caller, market, price, now, confidence_bits=confidence, trading=bool(trading)
        )
    if operation == "deposit":
        caller, account, token, amount, now = arguments
        assert venue.deposit(caller, account, amount, now, token=token).amount == amount
        return None
    if operation == "withdraw":
        caller, account, token, amount, borrow, now = arguments
        return venue.withdraw(
            caller, account, amount, now, token=token, allow_borrow=bool(borrow)
        ).amount
    if operation == "fill_at_quote":
        *front, off_book, now = arguments
        receipt = venue.fill_at_quote(*front, now, off_book=bool(off_book))
        return receipt.quote_bits, receipt.fee_bits
    if operation == "update_funding":
        receipt = venue.update_funding(*arguments)
        return receipt.diff_bits, receipt.delta_bits
    return getattr(venue, operation)(*arguments)
