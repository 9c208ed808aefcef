"""Borrow rates and the cumulative trackers that positions pay by."""

from __future__ import annotations

from voltcore import _core


def vol_rate_published(
    utilization_bps: int,
    *,
    min_rate_bps: int,
    max_rate_bps: int,
    target_rate_bps: int,
    target_utilization: int,
) -> int:
    """
    Yearly borrow rate of a VolPool custody as the protocol prints its rule, in bps.

    Each slope is divided before it is multiplied, so a lower slope below 1 bps per bps is 0 and the
    curve jumps at its kink; `vol_rate_exact` is the curve that was meant.

    Parameters
    ----------
    utilization_bps : int
        Locked over base, bps, at most 10000.
    min_rate_bps, target_rate_bps, max_rate_bps : int
        Yearly rates at utilisation 0, at the kink and at full use, bps, ascending.
    target_utilization : int
        The kink, bps.

    Returns
    -------
    int
        Rate in bps a year, floor.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: above a kink of 10000, or rates that do not ascend.

    Notes
    -----
    Source: the protocol's documentation of its jump rate. That utilisation equal to the kink takes
    the upper slope, and that the rate is a yearly one, is chosen.
    """
    return _core.perps_vol_rate_published(
        utilization_bps, min_rate_bps, max_rate_bps, target_rate_bps, target_utilization
    )


def vol_rate_exact(
    base: int,
    locked: int,
    *,
    min_rate_bps: int,
    max_rate_bps: int,
    target_rate_bps: int,
    target_utilization: int,
) -> int:
    """
    Yearly borrow rate of a VolPool custody from the exact fraction locked / base.

    Parameters
    ----------
    base, locked : int
        u64 token units. Base 0 counts as full unless nothing is locked; locked above base as full.
    min_rate_bps, target_rate_bps, max_rate_bps : int
        Yearly rates at utilisation 0, at the kink and at full use, bps, ascending.
    target_utilization : int
        The kink, bps.

    Returns
    -------
    int
        Rate a year, 1e9 = 100 %, rounded up in favour of the pool.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: rates that do not ascend.

    Notes
    -----
    Source: chosen, because the published rule loses the lower slope to its early division.
    """
    return _core.perps_vol_rate_exact(
        base, locked, min_rate_bps, max_rate_bps, target_rate_bps, target_utilization
    )


def vol_accrue(cumulative: int, rate_e9: int, seconds: int) -> int:
    """
    Cumulative tracker of a VolPool custody after some time at a yearly rate.

    Parameters
    ----------
    cumulative : int
        Before, u64, 1e9 = 100 % of size.
    rate_e9 : int
        Yearly rate, 1e9.
    seconds : int
        Time passed.

    Returns
    -------
    int
        ``cumulative + ceil(rate * seconds / 31536000)``.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u64.

    Notes
    -----
    Source: `last_borrow_rate` of the protocol's FundingRateState; a year of 365 days is chosen.
    """
    return _core.perps_vol_accrue(cumulative, rate_e9, seconds)


def jlp_linear_rate(owned: int, locked: int, hourly_funding_dbps: int) -> int:
    """
    Hourly borrow rate of a JLP custody under the linear mechanism.

    Parameters
    ----------
    owned, locked : int
        u64 token units; the full size of a position counts as borrowed.
    hourly_funding_dbps : int
        Rate at full use, 1e5 = 100 %.

    Returns
    -------
    int
        Rate an hour, 1e9, rounded up; 0 if nothing is owned or locked.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u64.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_linear_rate(owned, locked, hourly_funding_dbps)


def jlp_jump_rate(
    owned: int,
    locked: int,
    *,
    min_rate_bps: int,
    max_rate_bps: int,
    target_rate_bps: int,
    target_utilization: int,
) -> int:
    """
    Hourly borrow rate of a JLP custody under the dual-slope curve.

    Parameters
    ----------
    owned, locked : int
        u64 token units.
    min_rate_bps, target_rate_bps, max_rate_bps : int
        Yearly rates, bps.
    target_utilization : int
        The kink, 1e9 = 100 %. (In a VolPool it is bps: mixing the two is the commonest mistake.)

    Returns
    -------
    int
        Rate an hour, 1e9, floor of the yearly one over 8760.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u64.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_jump_rate(
        owned, locked, min_rate_bps, max_rate_bps, target_rate_bps, target_utilization
    )


def anc_hourly_rate(
    owned: int,
    locked: int,
    *,
    base_rate: int,
    slope1: int,
    slope2: int,
    optimal_utilization: int,
) -> int:
    """
    Hourly borrow rate of the ancestor: a base and two slopes.

    Parameters
    ----------
    owned, locked : int
        u64 token units.
    base_rate, slope1, slope2 : int
        Rates an hour, 1e9.
    optimal_utilization : int
        The kink, 1e9, in (0, 1e9].

    Returns
    -------
    int
        Rate an hour, 1e9, floor; 0 if nothing is owned.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u64.

    Notes
    -----
    Source: the ancestor's custody code.
    """
    return _core.perps_anc_hourly_rate(
        owned, locked, base_rate, slope1, slope2, optimal_utilization
    )


def hourly_accrue(cumulative: int, *, last: int, now: int, hourly_rate_e9: int) -> int:
    """
    Cumulative tracker after some time at an hourly rate.

    Parameters
    ----------
    cumulative : int
        Before, u128, 1e9 = 100 % of size.
    last, now : int
        Unix seconds; nothing accrues unless ``now > last``.
    hourly_rate_e9 : int
        Rate an hour, 1e9.

    Returns
    -------
    int
        ``cumulative + ceil(rate * (now - last) / 3600)``.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u128.

    Notes
    -----
    Source: Jupiter's example code and the ancestor's custody code. A JLP custody that owns nothing
    does not accrue at all; its pool checks that.
    """
    return _core.perps_hourly_accrue(cumulative, last, now, hourly_rate_e9)


def borrow_fee(cumulative: int, snapshot: int, size: int) -> int:
    """
    Borrow fee of a JLP or VolPerp position since its snapshot.

    Parameters
    ----------
    cumulative, snapshot : int
        Trackers now and at the last settlement, 1e9.
    size : int
        Full size, USD e6 (JLP) or token units (VolPerp).

    Returns
    -------
    int
        ``ceil((cumulative - snapshot) * size / 1e9)`` in the unit of `size`.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a snapshot above the tracker, or beyond u64.

    Notes
    -----
    Source: Jupiter's example code; for VolPerp, whose page does not say whether size or loan,
    chosen.
    """
    return _core.perps_borrow_fee(cumulative, snapshot, size)


def anc_interest(cumulative: int, snapshot: int, borrow_size_usd: int) -> int:
    """
    Interest of a position of the ancestor since its snapshot.

    Parameters
    ----------
    cumulative, snapshot : int
        Trackers now and at opening, 1e9.
    borrow_size_usd : int
        What was borrowed, USD e6.

    Returns
    -------
    int
        USD e6, floor; 0 while the tracker is not above the snapshot.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow`` beyond u64.

    Notes
    -----
    Source: the ancestor's custody code.
    """
    return _core.perps_anc_interest(cumulative, snapshot, borrow_size_usd)
