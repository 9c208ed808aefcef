"""
Volt #04: when it holds its position, and what the position earns.

The long perp pays or receives funding, the short token is borrowed and sold, its proceeds earn the
deposit rate of the quote.
"""

from __future__ import annotations

from typing import Literal

from voltcore import _core
from voltcore.volts.analytics import finite

__all__ = ["BasisSignal", "basis_daily_return", "basis_signal"]

BasisSignal = Literal["stay", "enter", "exit"]

_SIGNALS: tuple[BasisSignal, ...] = ("stay", "enter", "exit")


def basis_signal(trailing_funding_bits: int) -> BasisSignal:
    """
    What the rule says at the end of an epoch.

    Parameters
    ----------
    trailing_funding_bits : int
        Sum or mean of the funding rates of the trailing seven days, I80F48 bits, positive when
        longs pay; only the sign counts.

    Returns
    -------
    {"stay", "enter", "exit"}
        Below 0 the long perp earns and the volt enters, above 0 it exits: target leverage 0.

    Notes
    -----
    Chosen; the documentation only says "consistently positive".
    """
    return _SIGNALS[_core.volts_basis_signal(trailing_funding_bits)]


def basis_daily_return(funding: float, borrow_rate: float, deposit_rate: float) -> float:
    """
    Return a day on the equity, about: ``-funding - borrow_rate + deposit_rate``.

    Parameters
    ----------
    funding : float
        Of the perp a day as a fraction, positive when longs pay.
    borrow_rate, deposit_rate : float
        Of the borrowed token and of the quote, a day.

    Notes
    -----
    Profitable when funding is negative by more than the borrow cost net of the interest on the
    proceeds (documented).
    """
    return _core.volts_basis_daily_return(
        finite(funding, "funding"),
        finite(borrow_rate, "borrow_rate"),
        finite(deposit_rate, "deposit_rate"),
    )
