"""Settling on a venue: funding, profits and losses, fees. Anyone may call."""

from __future__ import annotations

from voltcore import _core as core
from voltcore._engine import Engine

__all__ = ["SettlingOperations"]


class SettlingOperations(Engine):
    """The settling operations of `MarginVenue`."""

    __slots__ = ()

    _core: core.MarginVenue

    def settle_funding(self, account: int, market: int, now: int) -> int:
        """
        Settle an account's funding up to the cached accumulators; exact.

        Parameters
        ----------
        account, market, now : int
            Account, market index, seconds.

        Returns
        -------
        int
            Native quote received, I80F48 bits.
        """
        return self._core.settle_funding(account, market, now)

    def settle_pnl(self, a: int, b: int, market: int, now: int) -> int:
        """
        Move the lesser of two opposite profits from the positions into the deposits.

        The loser may borrow for it; health is not looked at.

        Parameters
        ----------
        a, b, market, now : int
            The two accounts, market index, seconds.

        Returns
        -------
        int
            What left the position of `a`, native quote, I80F48 bits; 0 when the signs agree.

        Raises
        ------
        StateError
            ``Bankrupt``: either account is.
        LiquidityError
            ``InsufficientLiquidity``: the bank cannot lend the loss.
        """
        return self._core.settle_pnl(a, b, market, now)

    def settle_pnl_outside(self, account: int, market: int, now: int) -> int:
        """
        Settle against the outside counterparty; a loss is limited to the deposit.

        Parameters
        ----------
        account, market, now : int
            Account, market index, seconds.

        Returns
        -------
        int
            What left the position, native quote, I80F48 bits.

        Raises
        ------
        StateError
            E501 unless the venue has an unlimited counterparty.
        """
        return self._core.settle_pnl_outside(account, market, now)

    def settle_fees(self, account: int, market: int, now: int) -> int:
        """
        A losing account pays accrued fees into the fee vault.

        Parameters
        ----------
        account, market, now : int
            Account, market index, seconds.

        Returns
        -------
        int
            ``floor(min(loss, accrued fees))`` native quote; 0 for an account that is not losing.
        """
        return self._core.settle_fees(account, market, now)
