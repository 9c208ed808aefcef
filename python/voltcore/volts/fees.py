"""The three fees of a volt, in native units of the deposit token."""

from __future__ import annotations

from voltcore import _core

__all__ = ["DEFAULT_FEES_BPS", "aum_fee", "fee"]

#: Performance and withdrawal fee, and the AUM fee a year, in basis points (documented defaults).
DEFAULT_FEES_BPS = {"performance_bps": 1000, "withdrawal_bps": 10, "aum_bps": 0}


def fee(amount: int, bps: int) -> int:
    """
    ``floor(amount * bps / 10 000)``, 0 for an amount of 0 or less (documented).

    Parameters
    ----------
    amount : int
        Native units; may be negative (a losing epoch pays no performance fee).
    bps : int
        Basis points.
    """
    return _core.volts_fee(amount, bps)


def aum_fee(assets: int, bps: int, seconds: int) -> int:
    """
    ``floor(assets * bps * seconds / (10 000 * 31 536 000))``.

    Parameters
    ----------
    assets : int
        Native units, before the performance fee.
    bps : int
        Basis points a year.
    seconds : int
        Since StartRound of this epoch (chosen).

    Raises
    ------
    ArithmeticOverflowError
        If the product leaves 128 bits or the fee 64.
    """
    return _core.volts_aum_fee(assets, bps, seconds)
