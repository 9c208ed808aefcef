"""
Shares of a volt: the exact price, minting, redeeming and the claims of a round.

Amounts are native units of the deposit token (1 USDC = 1 000 000), shares are native units of the
volt token; both are unsigned 64-bit integers. Products use 128 bits before dividing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from voltcore import _core

__all__ = [
    "SharePrice",
    "capped_payout",
    "claim_pro_rata",
    "round_amounts",
    "shares_for_deposit",
    "underlying_for_shares",
]


@dataclass(frozen=True, slots=True)
class SharePrice:
    """
    The price of one share as the exact ratio ``assets / supply``; it is never stored rounded.

    Parameters
    ----------
    assets : int
        Native underlying that the shares own.
    supply : int
        Shares, those whose withdrawal is pending included.
    """

    assets: int
    supply: int

    @property
    def ratio(self) -> Fraction | None:
        """The exact ratio, or None while there are no shares."""
        return Fraction(self.assets, self.supply) if self.supply else None

    def display(self, decimals: int = 6) -> int:
        """``floor(assets * 10**decimals / supply)``, for display; 10**decimals without shares."""
        return _core.volts_display_price(self.assets, self.supply, decimals)

    def __str__(self) -> str:
        shown = self.display(6)
        return f"{shown // 10**6}.{shown % 10**6:06d}"


def shares_for_deposit(amount: int, *, supply: int, assets: int) -> int:
    """
    Shares that a deposit buys: ``floor(amount * supply / assets)``, `amount` when supply is 0.

    Raises
    ------
    FundsError
        ``NewEquityMustBeHigherThanDepositAmount`` when shares exist that nothing backs (chosen).

    Notes
    -----
    Source: the volts' documentation; floor favours those who hold shares already.
    """
    return _core.volts_shares_for_deposit(amount, supply, assets)


def underlying_for_shares(shares: int, *, supply: int, assets: int) -> int:
    """
    Underlying that shares stand for: ``floor(shares * assets / supply)``, 0 when supply is 0.

    Notes
    -----
    Source: the volts' documentation; floor favours those who stay.
    """
    return _core.volts_underlying_for_shares(shares, supply, assets)


def round_amounts(deposits: int, withdrawals: int, *, supply: int, assets: int) -> tuple[int, int]:
    """
    ``(U, M)`` of a round, fixed when its rebalance is set up.

    Parameters
    ----------
    deposits : int
        D, native underlying waiting to come in.
    withdrawals : int
        W, shares burned by those who leave.
    supply, assets : int
        S (with W) and A, measured after fees and before the first trade.

    Returns
    -------
    tuple of int
        ``U = floor(W * A / S)``, the most the leavers are paid, and ``M = floor(D * S / A)``
        shares for the depositors (D when S is 0).

    Notes
    -----
    Source: the amounts that the original stores at this step; the exact formula is chosen.
    """
    return _core.volts_round_amounts(deposits, withdrawals, supply, assets)


def capped_payout(
    most: int, *, withdrawals: int, deposits: int, assets_now: int, supply_at_setup: int
) -> int:
    """
    What leavers get at EndRound: ``min(U, floor(W * max(0, A_now - D) / S))``.

    Notes
    -----
    Chosen. U is measured at oracle prices, and closing the leavers' part costs premium and fees:
    they bear their share ``W / S`` of a loss and get nothing of a gain.
    """
    return _core.volts_capped_payout(most, withdrawals, deposits, assets_now, supply_at_setup)


def claim_pro_rata(record: int, *, balance: int, total: int) -> int:
    """
    A user's part of what is left of a round: ``floor(record * balance / total)``.

    `balance` and `total` are the live figures, so what earlier claims lost by rounding passes to
    later ones and the last claim takes the rest. A record of 0 claims nothing.

    Notes
    -----
    Implied: the published client divides the live token balance by the live total.
    """
    return _core.volts_claim_pro_rata(record, balance, total)
