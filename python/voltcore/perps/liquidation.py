"""When a position may be closed against its owner's will."""

from __future__ import annotations

from typing import NamedTuple

from voltcore import _core


class VolHealth(NamedTuple):
    """A VolPerp position at one value of its underlying, token units."""

    pnl: int
    effective_size: int
    close_fee: int
    borrow_fee: int
    effective_collateral: int
    state: str


def jlp_liquidation_price(
    side: str,
    entry: int,
    size_usd: int,
    collateral_usd: int,
    close_bps: int,
    impact_scalar: int,
    max_leverage_bps: int,
    cumulative: int,
    snapshot: int,
) -> int:
    """
    Liquidation price of a JLP position as interfaces show it. It may differ from the trigger by
    one unit; `jlp_liquidatable` decides.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    entry : int
        Entry price, 6 decimals.
    size_usd, collateral_usd : int
        USD e6.
    close_bps, impact_scalar : int
        Close fee, as in `jlp_position_fee`.
    max_leverage_bps : int
        2,000,000 is 200x.
    cumulative, snapshot : int
        Borrow trackers, 1e9.

    Returns
    -------
    int
        Price, 6 decimals, floored at 0.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_liquidation_price(
        side,
        entry,
        size_usd,
        collateral_usd,
        close_bps,
        impact_scalar,
        max_leverage_bps,
        cumulative,
        snapshot,
    )


def jlp_liquidatable(
    side: str,
    entry: int,
    size_usd: int,
    collateral_usd: int,
    close_bps: int,
    impact_scalar: int,
    max_leverage_bps: int,
    cumulative: int,
    snapshot: int,
    mark: int,
) -> tuple[bool, int]:
    """
    Whether ``remaining * max_leverage < size * 10000``, strictly.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    entry : int
        Entry price, 6 decimals.
    size_usd, collateral_usd : int
        USD e6.
    close_bps, impact_scalar : int
        Close fee, as in `jlp_position_fee`.
    max_leverage_bps : int
        2,000,000 is 200x.
    cumulative, snapshot : int
        Borrow trackers, 1e9.
    mark : int
        Price, 6 decimals.

    Returns
    -------
    tuple[bool, int]
        Whether the position may be liquidated, and what remains of its collateral after
        loss and fees, USD e6, signed.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_liquidatable(
        side,
        entry,
        size_usd,
        collateral_usd,
        close_bps,
        impact_scalar,
        max_leverage_bps,
        cumulative,
        snapshot,
        mark,
    )


def vol_health(
    side: str,
    *,
    size: int,
    collateral: int,
    entry: int,
    decrease_bps: int,
    impact_scalar: int,
    max_leverage: int,
    modifier_bps: int,
    max_size: int,
    cumulative: int,
    snapshot: int,
    value: int,
) -> VolHealth:
    """
    Effective size and collateral of a VolPerp position, and whether it may be liquidated.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    size, collateral, max_size : int
        Token units.
    entry, value : int
        Volatilities, 4 decimals.
    decrease_bps, impact_scalar : int
        Close fee, as in `position_fee`.
    max_leverage : int
        A plain multiple: 20 is 20x.
    modifier_bps : int
        Leverage modifier of the position.
    cumulative, snapshot : int
        Borrow trackers, 1e9.

    Returns
    -------
    VolHealth
        ``state`` is ``"healthy"``, ``"over_leverage"`` (tested first) or ``"over_profit"``.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the protocol's documentation; that leverage counts the size without profit is
    chosen.
    """
    return VolHealth(
        *_core.perps_vol_health(
            side,
            size,
            collateral,
            entry,
            decrease_bps,
            impact_scalar,
            max_leverage,
            modifier_bps,
            max_size,
            cumulative,
            snapshot,
            value,
        )
    )


def vol_modifier(side: str, longed: int, shorted: int) -> int:
    """
    Leverage modifier of a VolPerp position at its creation.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    longed, shorted : int
        Sizes open on each side before the trade, token units.

    Returns
    -------
    int
        bps: below 10000 on the crowded side, above on the other; 10000 if a side is empty.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the protocol's documentation; the case of an empty side is chosen, its text is cut
    there.
    """
    return _core.perps_vol_modifier(side, longed, shorted)


def vol_max_size(
    pool_limit: int, custody_limit: int, modifier_bps: int, *, base: int, locked: int
) -> int:
    """
    Largest size of a VolPerp position, fixed at its creation.

    Parameters
    ----------
    pool_limit, custody_limit : int
        Largest size of one position by pool and by custody, token units.
    modifier_bps : int
        Leverage modifier.
    base, locked : int
        Token units of the custody.

    Returns
    -------
    int
        Token units; bounds loan plus collateral plus profit.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the protocol's documentation.
    """
    return _core.perps_vol_max_size(pool_limit, custody_limit, modifier_bps, base, locked)
