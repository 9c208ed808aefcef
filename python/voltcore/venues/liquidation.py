"""Liquidation and bankruptcy on a venue."""

from __future__ import annotations

from voltcore import _core as core
from voltcore._engine import Engine
from voltcore.venues.config import QUOTE_TOKEN
from voltcore.venues.liquidation_receipts import (
    BankruptcyReceipt,
    LiquidationReceipt,
)

__all__ = ["LiquidationOperations"]


class LiquidationOperations(Engine):
    """
    The liquidation operations of `MarginVenue`. Source: Mango v3.

    An account may be liquidated when its maintenance health is negative; from then on it is
    flagged until its init health is back above 0. In every operation that takes one over, `caller`
    owns the account `liquidator`, which must have no negative init health afterwards.
    """

    __slots__ = ()

    _core: core.MarginVenue

    def force_cancel_perp_orders(
        self, account: int, market: int, now: int, *, limit: int = 2**64 - 1
    ) -> int:
        """
        Cancel orders of an account that is up for liquidation; anyone may call.

        Returns
        -------
        int
            How many orders went. 0 for a flagged account that has recovered: it loses its flag.

        Raises
        ------
        NotLiquidatableError
            ``NotLiquidatable``: maintenance health is not negative.
        """
        return self._core.force_cancel_perp_orders(account, market, limit, now)

    def force_cancel_spot_orders(
        self, account: int, market: int, now: int, *, limit: int = 2**64 - 1
    ) -> int:
        """
        Cancel spot orders of an account that is up for liquidation, and settle its free funds.

        Returns
        -------
        int
            How many orders went.

        Raises
        ------
        NotLiquidatableError
            ``NotLiquidatable``.
        """
        return self._core.force_cancel_spot_orders(account, market, limit, now)

    def liquidate_perp(
        self, caller: int, liquidator: int, account: int, market: int, base_lots: int, now: int
    ) -> LiquidationReceipt:
        """
        Take over a part of a perp position at the oracle price less the liquidation fee.

        Parameters
        ----------
        caller, liquidator, account : int
            Owner of the liquidator, the liquidator, the account in trouble.
        market : int
            Market index.
        base_lots : int
            Most lots, of the position's sign; no more than restore init health.
        now : int
            Seconds.

        Returns
        -------
        LiquidationReceipt
            ``taken_bits`` counts base lots, ``paid_bits`` native quote into the liquidator's
            position (negative for a long that he pays for).

        Raises
        ------
        NotLiquidatableError
            ``NotLiquidatable``.
        StateError
            ``Default``: no position, or orders and unprocessed events are left. ``Bankrupt``.
        InputRangeError
            ``InvalidParam``: the wrong sign. ``InvalidAccount``: both accounts are one.
        MarginError
            ``InsufficientFunds``: the liquidator cannot carry it.
        """
        return LiquidationReceipt(
            **self._core.liquidate_perp(caller, liquidator, account, market, base_lots, now)
        )

    def liquidate_token_and_token(
        self,
        caller: int,
        liquidator: int,
        account: int,
        asset: int,
        liability: int,
        max_liability_bits: int,
        now: int,
    ) -> LiquidationReceipt:
        """
        Pay a part of an account's borrow back for its deposit of another token.

        Parameters
        ----------
        caller, liquidator, account : int
            Owner of the liquidator, the liquidator, the account in trouble.
        asset, liability : int
            Token indices of the deposit and of the borrow.
        max_liability_bits : int
            Most native units of the borrow, above 0.
        now : int
            Seconds.

        Returns
        -------
        LiquidationReceipt

        Raises
        ------
        NotLiquidatableError, StateError, MarginError
            As `liquidate_perp`; ``Default`` for a token that is no deposit or no borrow.
        LiquidityError
            ``InsufficientLiquidity``: the liquidator's own borrow of the liability.
        """
        return LiquidationReceipt(
            **self._core.liquidate_token_and_token(
                caller, liquidator, account, asset, liability, max_liability_bits, now
            )
        )

    def liquidate_token_and_perp(
        self,
        caller: int,
        liquidator: int,
        account: int,
        token: int,
        market: int,
        max_liability_bits: int,
        now: int,
        *,
        token_is_asset: bool,
    ) -> LiquidationReceipt:
        """
        Offset a token against the quote of a perp whose position is 0.

        Parameters
        ----------
        caller, liquidator, account : int
            Owner of the liquidator, the liquidator, the account in trouble.
        token, market : int
            Token index and market index.
        max_liability_bits : int
            Most native units of the liability, above 0.
        now : int
            Seconds.
        token_is_asset : bool
            True: a deposit pays for negative perp quote. False: positive perp quote pays for a
            borrow.

        Returns
        -------
        LiquidationReceipt

        Raises
        ------
        NotLiquidatableError, StateError, MarginError, LiquidityError
            As `liquidate_token_and_token`; ``Default`` when a position is open or the signs differ.
        """
        return LiquidationReceipt(
            **self._core.liquidate_token_and_perp(
                caller, liquidator, account, token, market, token_is_asset, max_liability_bits, now
            )
        )

    def resolve_perp_bankruptcy(
        self,
        caller: int,
        liquidator: int,
        account: int,
        market: int,
        max_liability_bits: int,
        now: int,
    ) -> BankruptcyReceipt:
        """
        Insurance pays the liquidator to take negative perp quote over; the rest is socialised.

        Parameters
        ----------
        caller, liquidator, account : int
            Owner of the liquidator, the liquidator, the bankrupt account.
        market : int
            Market index.
        max_liability_bits : int
            Most native quote, above 0; paid in whole units, rounded up.
        now : int
            Seconds.

        Returns
        -------
        BankruptcyReceipt

        Raises
        ------
        StateError
            ``Default``: the account is not bankrupt, or its quote not negative.
        """
        return BankruptcyReceipt(
            **self._core.resolve_perp_bankruptcy(
                caller, liquidator, account, market, max_liability_bits, now
            )
        )

    def resolve_token_bankruptcy(
        self,
        caller: int,
        liquidator: int,
        account: int,
        max_liability_bits: int,
        now: int,
        *,
        token: int = QUOTE_TOKEN,
    ) -> BankruptcyReceipt:
        """
        Insurance pays the liquidator to pay a borrow back; the rest falls on all deposits.

        Parameters
        ----------
        caller, liquidator, account : int
            Owner of the liquidator, the liquidator, the bankrupt account.
        max_liability_bits : int
            Most native units, above 0.
        now : int
            Seconds.
        token : int
            Token index of the borrow.

        Returns
        -------
        BankruptcyReceipt

        Raises
        ------
        StateError
            ``Default``: the account is not bankrupt, or has no such borrow.
        MarginError
            ``InsufficientFunds``: the liquidator cannot carry it.
        """
        return BankruptcyReceipt(
            **self._core.resolve_token_bankruptcy(
                caller, liquidator, account, token, max_liability_bits, now
            )
        )

    def deposit_insurance(self, amount: int, now: int) -> None:
        """Put native quote into the insurance vault, which only bankruptcies spend."""
        self._core.deposit_insurance(amount, now)
