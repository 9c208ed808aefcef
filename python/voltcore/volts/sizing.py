"""
How large the legs of a volt are.

A name that ends in ``_bits`` is an I80F48 number as its raw integer (value times 2**48). Prices are
native quote per native base, lots are signed integers, `base_lot` is native base per lot.
"""

from __future__ import annotations

from voltcore import _core

__all__ = [
    "basis_size",
    "collateral_ratio_bps",
    "hedge_accepted",
    "hedge_lots_by_delta",
    "hedge_lots_by_ratio",
    "position_delta_bits",
    "slice_lots",
    "target_lots",
    "within_delta_band",
]


def target_lots(equity_bits: int, leverage_bits: int, price_bits: int, base_lot: int) -> int:
    """
    Target position: ``trunc((equity * leverage) / (price * base_lot))``, toward zero.

    Raises
    ------
    InputRangeError
        E111 if `price_bits` or `base_lot` is not positive.
    ArithmeticOverflowError
        If a step leaves I80F48, or the lots 64 bits.

    Notes
    -----
    Source: the published client, which takes the oracle price of the target market.
    """
    return _core.volts_target_lots(equity_bits, leverage_bits, price_bits, base_lot)


def hedge_lots_by_ratio(
    equity_bits: int, leverage_bits: int, ratio_bits: int, price_bits: int, base_lot: int
) -> int:
    """
    Hedge of mode ``ratio``: ``trunc(((equity * leverage) * ratio) / (price * base_lot))``.

    Notes
    -----
    Source: the published client; ratio -2 for the crab, -1 for the basis volt.
    """
    return _core.volts_hedge_lots_by_ratio(
        equity_bits, leverage_bits, ratio_bits, price_bits, base_lot
    )


def position_delta_bits(
    lots: int, base_lot: int, *, power: int, spot_bits: int, scale: int = 1_000_000
) -> int:
    """
    Oracle delta of a position in native base units, as I80F48 bits.

    ``lots * base_lot`` for power 1, ``(2 * lots * base_lot * spot) / scale`` for power 2, where the
    division truncates.
    """
    return _core.volts_position_delta(lots, base_lot, power, scale, spot_bits)


def hedge_lots_by_delta(target_delta_bits: int, base_lot: int) -> int:
    """
    Hedge of mode ``delta``: ``-delta / base_lot`` to the nearest lot, ties away from zero (chosen).
    """
    return _core.volts_hedge_lots_by_delta(target_delta_bits, base_lot)


def within_delta_band(target_delta_bits: int, net_delta_bits: int, band_bps: int = 100) -> bool:
    """
    Whether ``|net| * 10 000 <= |delta| * band_bps``, exactly.

    Notes
    -----
    1 % is documented for volt #04 and chosen for #03.
    """
    return _core.volts_within_delta_band(target_delta_bits, net_delta_bits, band_bps)


def hedge_accepted(
    target_delta_bits: int, hedge_lots: int, hedge_base_lot: int, band_bps: int = 100
) -> bool:
    """
    The final check of the hedge: inside the band, or ``2 * |net| <= hedge_base_lot``.

    Notes
    -----
    Half a lot is what whole lots allow (chosen): the nearest lot of mode ``delta`` always passes.
    """
    return _core.volts_hedge_accepted(target_delta_bits, hedge_lots, hedge_base_lot, band_bps)


def collateral_ratio_bps(equity_bits: int, lots: int, base_lot: int, price_bits: int) -> int | None:
    """
    ``floor(equity * 10 000 / (|lots| * base_lot * price))`` in basis points; None without lots.

    Notes
    -----
    The formula is missing in the documentation and chosen; 200 % at leverage -0.5 is documented.
    """
    return _core.volts_collateral_ratio_bps(equity_bits, lots, base_lot, price_bits)


def slice_lots(remaining: int, max_quote: int, limit_price: int, quote_lot: int) -> int:
    """
    Lots of one slice: ``min(|remaining|, floor(max_quote / (limit_price * quote_lot)))``.

    Parameters
    ----------
    remaining : int
        Signed lots still missing.
    max_quote : int
        Largest change of the quote position in native units; 2**64 - 1 for no limit.
    limit_price : int
        Quote lots per base lot.
    quote_lot : int
        Native quote per quote lot.
    """
    return _core.volts_slice_lots(remaining, max_quote, limit_price, quote_lot)


def basis_size(equity_bits: int, price_bits: int, base_lot: int) -> tuple[int, int]:
    """
    ``(perp_lots, short_native)`` of volt #04: ``floor(equity / (price * base_lot))`` long, and as
    many native base units borrowed and sold, so that both legs match exactly (chosen).
    """
    return _core.volts_basis_size(equity_bits, price_bits, base_lot)
