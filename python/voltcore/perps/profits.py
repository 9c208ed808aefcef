"""Profit of a position, and the entry of a merged one."""

from __future__ import annotations

from voltcore import _core


def jlp_profit(side: str, size_usd: int, entry: int, mark: int) -> tuple[bool, int]:
    """
    Gain or loss of a JLP position at a mark.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    size_usd : int
        USD e6, u64.
    entry, mark : int
        Prices, 6 decimals, u64; entry above 0.

    Returns
    -------
    tuple[bool, int]
        Whether the position gains, and ``floor(size * |mark - entry| / entry)``, USD e6. No
        move is no gain.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_profit(side, size_usd, entry, mark)


def jlp_merged_price(side: str, size_usd: int, entry: int, added_usd: int, mark: int) -> int:
    """
    Entry price of a JLP position after an increase: the profit of the old part is unchanged.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    size_usd, added_usd : int
        Size before and size added, USD e6.
    entry, mark : int
        Prices, 6 decimals.

    Returns
    -------
    int
        ``floor(mark * (S + d) / (S + d ± pnl))``.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: chosen, because the documents do not say how an increase merges; PnL preserving.
    """
    return _core.perps_jlp_merged_price(side, size_usd, entry, added_usd, mark)


def vol_profit(side: str, size: int, entry: int, current: int) -> int:
    """
    Signed profit of a VolPerp position, token units.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    size : int
        Loan plus collateral, token units, u64.
    entry, current : int
        Volatilities, 4 decimals, int32; entry not 0 unless the size is.

    Returns
    -------
    int
        ``trunc((current - entry) * size / |entry|)``, negated for shorts after truncation.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the protocol's documentation; truncation toward zero.
    """
    return _core.perps_vol_profit(side, size, entry, current)


def vol_merged_entry(side: str, size: int, entry: int, added: int, current: int) -> int:
    """
    Entry of a VolPerp position after an increase: the profit of the old part is unchanged.

    Parameters
    ----------
    side : {"long", "short"}
        Direction.
    size, added : int
        Size before and size added, token units.
    entry, current : int
        Volatilities, 4 decimals, int32, of one sign.

    Returns
    -------
    int
        Merged entry: a long's rounded up, a short's down.

    Raises
    ------
    VoltcoreError
        ``EntrySignMismatch`` for entries of different sign, ``MathOverflow`` beyond int32.

    Notes
    -----
    Source: chosen: PnL preserving, rounded against the trader (a plain weighted mean would
    change the profit).
    """
    return _core.perps_vol_merged_entry(side, size, entry, added, current)
