"""The cross-margined venue of Mango v3 and Entropy as one value."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from voltcore import _core as core
from voltcore.venues.config import QUOTE_TOKEN, VenueConfig
from voltcore.venues.keeper import KeeperOperations
from voltcore.venues.liquidation import LiquidationOperations
from voltcore.venues.off_book import OffBookOperations
from voltcore.venues.perp_orders import PerpOrderOperations
from voltcore.venues.receipts import (
    Balance,
    BalanceReceipt,
    FillReceipt,
    PerpAccount,
    PositionValue,
    SpotFillReceipt,
)
from voltcore.venues.settling import SettlingOperations
from voltcore.venues.spot import SpotOperations

__all__ = ["WHOLE_DEPOSIT", "HealthKind", "MarginVenue"]

HealthKind = Literal["init", "maint", "equity"]

WHOLE_DEPOSIT = 2**64 - 1
"""Amount that `MarginVenue.withdraw` without borrowing reads as the whole deposit."""


class MarginVenue(
    KeeperOperations,
    PerpOrderOperations,
    OffBookOperations,
    SpotOperations,
    LiquidationOperations,
    SettlingOperations,
):
    """
    A margin venue: banks, perp markets, margin accounts and vaults.

    Prices are native quote per native base, positions base lots, order prices quote lots per base
    lot, times whole seconds. Names that end in ``_bits`` hold the raw integer of an I80F48,
    ``value * 2**48``. Health, settling and fills read only what was cached: after a price, an
    interest or a funding update comes the matching cache operation.

    Parameters
    ----------
    config : VenueConfig
    now : int
        Clock at the start, seconds in ``[0, 2**63 - 1]``.

    Raises
    ------
    InputRangeError
        E110, on-chain name ``InvalidParam``, with the path of the field.

    Notes
    -----
    Every operation either does what it says or raises one error and changes nothing. ``onchain``
    of the error is the venue's own name for the refusal. All of them raise `TimeOrderError` E705
    for a `now` before the last one, and ``MathError`` (E301, E302) where a number would leave its
    range.
    """

    __slots__ = ()

    _kind = "margin_venue"
    _core_type = core.MarginVenue
    _core: core.MarginVenue

    def __init__(self, config: VenueConfig, now: int = 0) -> None:
        self._core = core.MarginVenue(config, now)

    # Accounts.

    def add_account(self, caller: int, now: int) -> int:
        """
        A new, empty margin account owned by `caller`.

        Parameters
        ----------
        caller : int
            Id of the owner, not 0.
        now : int
            Seconds.

        Returns
        -------
        int
            The account's id.
        """
        return self._core.add_account(caller, now)

    def deposit(
        self, caller: int, account: int, amount: int, now: int, *, token: int = QUOTE_TOKEN
    ) -> BalanceReceipt:
        """
        Put tokens into an account: pays a borrow back first.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        amount : int
            Native units, uint64. The units credited are truncated, so the amount may read a
            little lower afterwards.
        now : int
            Seconds.
        token : int
            Token index.

        Returns
        -------
        BalanceReceipt

        Raises
        ------
        NotAuthorizedError
            ``InvalidOwner``.
        StateError
            ``Bankrupt``.
        StalePriceError
            ``InvalidRootBankCache``: the cache of this token is too old.
        """
        return _balance_receipt(self._core.deposit(caller, account, token, amount, now))

    def withdraw(
        self,
        caller: int,
        account: int,
        amount: int,
        now: int,
        *,
        token: int = QUOTE_TOKEN,
        allow_borrow: bool = False,
    ) -> BalanceReceipt:
        """
        Take tokens out of an account, on credit when `allow_borrow`.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        amount : int
            Native units, uint64; `WHOLE_DEPOSIT` without borrowing is the floor of the deposit.
        now : int
            Seconds.
        token : int
            Token index.
        allow_borrow : bool
            Whether the account may end with a borrow.

        Returns
        -------
        BalanceReceipt

        Raises
        ------
        InsufficientFundsError
            ``InsufficientFunds``: the deposit is smaller and borrowing is not allowed.
        MarginError
            ``InsufficientFunds``: init health would be negative.
        LiquidityError
            ``InsufficientLiquidity``: the bank has lent what is asked for.
        NotAuthorizedError, StateError, StalePriceError
            ``InvalidOwner``; ``Bankrupt``; a cache of an active asset that is too old.
        """
        return _balance_receipt(
            self._core.withdraw(caller, account, token, amount, allow_borrow, now)
        )

    def fill_at_quote(
        self,
        caller: int,
        account: int,
        market: int,
        base_lots: int,
        price_lots: int,
        now: int,
        *,
        off_book: bool = False,
    ) -> FillReceipt:
        """
        Trade with the market's outside counterparty at a quoted price.

        Settles funding, moves the position, takes the taker fee from the quote position and the
        maker fee from the counterparty.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        market : int
            Market index.
        base_lots : int
            Lots to buy, negative to sell.
        price_lots : int
            Quote lots per base lot, above 0.
        now : int
            Seconds.
        off_book : bool
            True: no fees on either side.

        Returns
        -------
        FillReceipt

        Raises
        ------
        MarginError
            ``InsufficientFunds``: init health would be negative, and lower than before if it
            already was.
        StateError
            ``Bankrupt``, ``BeingLiquidated``.
        NotAuthorizedError, StalePriceError, InputRangeError
            ``InvalidOwner``; a cache that is too old; ``InvalidParam``, ``InvalidMarket``.
        """
        return FillReceipt(
            **self._core.fill_at_quote(
                caller, account, market, base_lots, price_lots, now, off_book
            )
        )

    def fill_spot_at_quote(
        self,
        caller: int,
        account: int,
        market: int,
        base_lots: int,
        price_lots: int,
        now: int,
        *,
        taker_fee_bits: int = 0,
    ) -> SpotFillReceipt:
        """
        Trade a market's token with a counterparty outside; what is not held is borrowed.

        Parameters
        ----------
        caller, account : int
            The owner and the account.
        market : int
            A market with a perp, whose lots count (chosen), and a token of the same index.
        base_lots, price_lots : int
            Lots to buy, negative to sell; quote lots per base lot, above 0.
        now : int
            Seconds.
        taker_fee_bits : int
            Share of the quote, in [0, 1); rounded up to whole native quote, leaves the venue.

        Returns
        -------
        SpotFillReceipt

        Raises
        ------
        LiquidityError
            ``InsufficientLiquidity``: depositors have left less than would be borrowed.
        MarginError
            ``InsufficientFunds``: init health, as of `fill_at_quote`.
        StateError, NotAuthorizedError, StalePriceError, InputRangeError
            As of `fill_at_quote`.
        """
        receipt = self._core.fill_spot_at_quote(
            caller, account, market, base_lots, price_lots, taker_fee_bits, now
        )
        return msgspec.convert(receipt, SpotFillReceipt)

    # Views of the cached state.

    def require_fresh(self, account: int, now: int) -> None:
        """
        Raise unless every cache that `account` depends on is fresh.

        Raises
        ------
        StalePriceError
            ``InvalidPriceCache``, ``InvalidRootBankCache``, ``InvalidPerpMarketCache``.
        """
        self._core.require_fresh(account, now)

    def health(self, account: int, kind: HealthKind) -> int:
        """
        Net quote plus the weighted value of everything else.

        Parameters
        ----------
        account : int
        kind : {"init", "maint", "equity"}
            Equity has all weights 1.

        Returns
        -------
        int
            Native quote, I80F48 bits. Products round down, so a borrow rounds away from zero.
        """
        return self._core.health(account, kind)

    def equity(self, account: int) -> int:
        """Health with all weights 1, native quote, I80F48 bits."""
        return self._core.health(account, "equity")

    def position_value(self, account: int, market: int) -> PositionValue:
        """Base and quote value of a perp position, unsettled funding included."""
        return PositionValue(**self._core.position_value(account, market))

    def net_balance(self, account: int, token: int = QUOTE_TOKEN) -> int:
        """Deposit, or minus the borrow, at the cached index; native units, I80F48 bits."""
        return self._core.net_balance(account, token)

    def market(self, market: int) -> dict[str, Any]:
        """State of a market index: ``oracle`` and ``perp``."""
        return self._core.market(market)

    def bank(self, token: int = QUOTE_TOKEN) -> dict[str, Any]:
        """State of a token's bank."""
        return self._core.bank(token)

    def account(self, account: int) -> dict[str, Any]:
        """Owner and flags of an account."""
        return self._core.account(account)

    def balance(self, account: int, token: int = QUOTE_TOKEN) -> Balance:
        """Index units of an account's deposit or borrow."""
        return Balance(**self._core.balance(account, token))

    def perp_account(self, account: int, market: int) -> PerpAccount:
        """An account's position in a market."""
        return PerpAccount(**self._core.perp_account(account, market))

    @property
    def clock(self) -> int:
        """Seconds of the last operation."""
        return self._core.clock()


def _balance_receipt(receipt: dict[str, Any]) -> BalanceReceipt:
    return BalanceReceipt(amount=receipt["amount"], balance=Balance(**receipt["balance"]))
