"""
What fixed and variable tokens are worth, and when.

One fixed token pays 1 % of a token unit a year; one variable token pays the variable rate. Factors
are decimals with 18 places (wad), terms are wad seconds; `now` is whole seconds.
Source: Voltz ``FixedAndVariableMath.sol``.
"""

from __future__ import annotations

from voltcore import _core

__all__ = [
    "accrual_factor",
    "balance_without_excess",
    "excess_balance",
    "fixed_factor",
    "fixed_token_balance",
    "settlement_cashflow",
]


def accrual_factor(seconds_wad: int) -> int:
    """Wad seconds as years of 365 days, wad, floor."""
    return _core.irs_accrual_factor(seconds_wad)


def fixed_factor(at_maturity: bool, term_start_wad: int, term_end_wad: int, now: int) -> int:
    """
    What a fixed token has paid: 1 % a year over the term, or over what has passed of it.

    Parameters
    ----------
    at_maturity : bool
        Over the whole term.
    term_start_wad, term_end_wad : int
        Wad seconds.
    now : int
        Seconds.

    Returns
    -------
    int
        Wad, floor of both divisions.

    Raises
    ------
    InputRangeError
        "E<=S": the term does not end after its start.
    MaturityError
        "B.T<S": the term has not begun.
    """
    return _core.irs_fixed_factor(at_maturity, term_start_wad, term_end_wad, now)


def excess_balance(
    fixed_wad: int,
    variable_wad: int,
    variable_factor_wad: int,
    term_start_wad: int,
    term_end_wad: int,
    now: int,
) -> int:
    """
    The cashflow that a pair of balances has accrued since the start of the term.

    Parameters
    ----------
    fixed_wad, variable_wad : int
        Balances in wad, signed.
    variable_factor_wad : int
        Growth of the index since the start, wad.
    term_start_wad, term_end_wad, now : int
        As in `fixed_factor`.

    Returns
    -------
    int
        Wad; each product is rounded half away from zero.
    """
    return _core.irs_excess_balance(
        fixed_wad, variable_wad, variable_factor_wad, term_start_wad, term_end_wad, now
    )


def balance_without_excess(
    fixed_wad: int, excess_wad: int, term_start_wad: int, term_end_wad: int, now: int
) -> int:
    """The fixed balance, wad, after the excess has been taken out of it (toward zero)."""
    return _core.irs_balance_without_excess(
        fixed_wad, excess_wad, term_start_wad, term_end_wad, now
    )


def fixed_token_balance(
    fixed: int,
    variable: int,
    variable_factor_wad: int,
    term_start_wad: int,
    term_end_wad: int,
    now: int,
) -> int:
    """
    The rebalanced fixed tokens of a trade: one in mid-term earns from now on only.

    Parameters
    ----------
    fixed, variable : int
        Token units of the raw trade, signed.
    variable_factor_wad, term_start_wad, term_end_wad, now : int
        As in `excess_balance`.

    Returns
    -------
    int
        Token units, toward zero.
    """
    return _core.irs_fixed_token_balance(
        fixed, variable, variable_factor_wad, term_start_wad, term_end_wad, now
    )


def settlement_cashflow(
    fixed_token_balance: int,
    variable_token_balance: int,
    term_start_wad: int,
    term_end_wad: int,
    variable_factor_wad: int,
    now: int,
) -> int:
    """What a pair of balances is worth at maturity: token units, signed, toward zero."""
    return _core.irs_settlement_cashflow(
        fixed_token_balance,
        variable_token_balance,
        term_start_wad,
        term_end_wad,
        variable_factor_wad,
        now,
    )
