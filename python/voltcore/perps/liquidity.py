"""LP tokens minted and burned, and swaps at oracle prices."""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict, Unpack

from voltcore import _core


class MintQuote(NamedTuple):
    """LP for tokens."""

    fee_bps: int
    fee: int
    net: int
    lp: int


class BurnQuote(NamedTuple):
    """Tokens for LP."""

    fee_bps: int
    fee: int
    gross: int
    out: int


class LiquidityView(TypedDict):
    """
    A custody and the pool around it, as minting and burning see them.

    Attributes
    ----------
    price : int
        USD per whole token, 6 decimals. For a stable the pool passes min(1, p) to a mint and
        max(1, p) to a burn.
    decimals : int
        Decimals of the token.
    stable : bool
        Whether the custody is weighted by all it owns.
    owned, locked : int
        Token units of the custody.
    guaranteed_usd, aum_usd : int
        USD e6.
    target_bps, base_bps, tax_bps, multiplier : int
        Weight target and fee parameters.
    supply : int
        LP units.
    """

    price: int
    decimals: int
    stable: bool
    owned: int
    locked: int
    guaranteed_usd: int
    target_bps: int
    aum_usd: int
    supply: int
    base_bps: int
    tax_bps: int
    multiplier: int


def _in_order(view: LiquidityView) -> tuple[Any, ...]:
    names = LiquidityView.__annotations__
    if view.keys() != names.keys():
        raise TypeError(f"the keys must be {', '.join(names)}")
    return tuple(view[name] for name in names)  # type: ignore[literal-required]


def jlp_mint_quote(amount: int, **view: Unpack[LiquidityView]) -> MintQuote:
    """
    LP units of a JLP mint: ``floor(usd(net) * supply / AUM)``, or ``usd(net)`` at supply 0.

    Parameters
    ----------
    amount : int
        Token units given.
    **view
        Every key of `LiquidityView`.

    Returns
    -------
    MintQuote
        Fee in bps and token units, tokens credited, LP units.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's documentation and Jupiter's published example code.
    """
    return MintQuote(*_core.perps_jlp_mint_quote(amount, *_in_order(view)))


def jlp_burn_quote(lp: int, **view: Unpack[LiquidityView]) -> BurnQuote:
    """
    Tokens of a JLP burn: ``floor(AUM * lp / supply)`` USD, less the fee.

    Parameters
    ----------
    lp : int
        LP units given back.
    **view
        Every key of `LiquidityView`.

    Returns
    -------
    BurnQuote
        Fee in bps and token units, tokens before and after it.

    Raises
    ------
    ArithmeticOverflowError
        As `jlp_mint_quote`, whose sources it shares.
    """
    return BurnQuote(*_core.perps_jlp_burn_quote(lp, *_in_order(view)))


def jlp_swap_amount(
    *,
    price_in: int,
    exponent_in: int,
    price_out: int,
    exponent_out: int,
    decimals_in: int,
    decimals_out: int,
    amount: int,
) -> int:
    """
    Output of a swap at oracle prices.

    Parameters
    ----------
    price_in, exponent_in, price_out, exponent_out : int
        Prices ``mantissa * 10**exponent`` USD.
    decimals_in, decimals_out : int
        Decimals of the tokens.
    amount : int
        Token units in.

    Returns
    -------
    int
        Token units out before fees, floor.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_swap_amount(
        price_in, exponent_in, price_out, exponent_out, decimals_in, decimals_out, amount
    )


def vol_lp_out(net: int, outstanding: int, pool_value: int) -> int:
    """
    LP units for a VolPool deposit.

    Parameters
    ----------
    net : int
        Deposit after its fee, token units.
    outstanding : int
        LP units sold by the pool.
    pool_value : int
        Sum of base over the custodies, token units.

    Returns
    -------
    int
        LP units, floor; 1:1 only while none are outstanding.

    Raises
    ------
    VoltcoreError
        ``PoolInsolvent`` when the pool is empty while LP is outstanding, ``MathOverflow``.

    Notes
    -----
    Source: chosen: the price rule is not published.
    """
    return _core.perps_vol_lp_out(net, outstanding, pool_value)


def vol_lp_in(lp: int, outstanding: int, pool_value: int) -> int:
    """
    Tokens for VolPool LP units.

    Parameters
    ----------
    lp, outstanding : int
        LP units.
    pool_value : int
        Sum of base over the custodies, token units.

    Returns
    -------
    int
        Token units before the fee, floor.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: chosen: the price rule is not published.
    """
    return _core.perps_vol_lp_in(lp, outstanding, pool_value)
