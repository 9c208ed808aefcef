"""Fees on trades and on liquidity."""

from __future__ import annotations

from collections.abc import Sequence

from voltcore import _core


def position_fee(size: int, base_bps: int, impact_scalar: int) -> int:
    """
    Trade fee of a VolPerp or JLP position.

    Parameters
    ----------
    size : int
        Size traded, token units or USD e6, u64.
    base_bps : int
        Base fee, bps.
    impact_scalar : int
        Impact is ``ceil(size * 10000 / scalar)`` bps; 0 switches it off.

    Returns
    -------
    int
        ``ceil(size * (base + impact) / 10000)``, in the unit of `size`.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the protocols' documentation; the coefficient is rounded up to a whole bp.
    """
    return _core.perps_position_fee(size, base_bps, impact_scalar)


def jlp_position_fee(size_usd: int, base_bps: int, impact_scalar: int) -> tuple[int, int]:
    """
    Fee of a JLP trade. Any scalar but 0 costs at least 1 bp, because the coefficient is rounded
    up.

    Parameters
    ----------
    size_usd : int
        Size traded, USD e6.
    base_bps : int
        Base fee, bps.
    impact_scalar : int
        Impact is ``ceil(size * 10000 / scalar)`` bps; 0 switches it off.

    Returns
    -------
    tuple[int, int]
        The whole fee and the impact part, USD e6, both rounded up.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_position_fee(size_usd, base_bps, impact_scalar)


def jlp_additive_fee(
    size_usd: int,
    base_bps: int,
    impact_scalar: int,
    *,
    imbalance_usd: int,
    threshold_usd: int,
    factor: int,
    exponent: int,
    max_bps: int,
) -> tuple[int, int]:
    """
    Fee of a JLP trade with the additive part for one-sided flow.

    Parameters
    ----------
    size_usd : int
        Size traded, USD e6.
    base_bps, impact_scalar : int
        As in `jlp_position_fee`.
    imbalance_usd : int
        Signed flow of the last minute, USD e6: see `enter_flow`.
    threshold_usd, factor, exponent, max_bps : int
        The penalty is ``ceil(ceil(imbalance^exponent / threshold^exponent) / factor)`` bps
        above the threshold; factor 0 switches it off; `max_bps` caps the whole fee.

    Returns
    -------
    tuple[int, int]
        The whole fee and what exceeds the floor of the base part, USD e6.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code. The prose multiplies by the factor and caps the
    impact alone; the code is followed.
    """
    return _core.perps_jlp_additive_fee(
        size_usd, base_bps, impact_scalar, imbalance_usd, threshold_usd, factor, exponent, max_bps
    )


def enter_flow(slots: Sequence[int], last: int, now: int, amount: int) -> tuple[int, list[int]]:
    """
    Enter a trade into the one-minute ring that prices one-sided flow.

    Parameters
    ----------
    slots : sequence of 60 int
        Signed size deltas by second, USD e6.
    last, now : int
        Unix seconds of the last entry (0: never) and of this one.
    amount : int
        Signed size delta, USD e6.

    Returns
    -------
    tuple[int, list[int]]
        Sum of the last minute, and the slots after the entry.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_enter_flow(slots, last, now, amount)


def jlp_fee_bps(
    current_usd: int,
    *,
    target_bps: int,
    aum_usd: int,
    delta_usd: int,
    base_bps: int,
    tax_bps: int,
    multiplier: int,
    increases: bool,
) -> int:
    """
    Swap, mint or burn fee of a JLP custody.

    Parameters
    ----------
    current_usd, aum_usd, delta_usd : int
        Weight of the custody, of the pool, and of the change gross of the fee, USD e6.
    target_bps : int
        Target weight, bps.
    base_bps, tax_bps, multiplier : int
        Fee parameters.
    increases : bool
        Whether the custody grows.

    Returns
    -------
    int
        Fee, bps: below base when the custody moves toward its target, above otherwise.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: Jupiter's published example code.
    """
    return _core.perps_jlp_fee_bps(
        current_usd, target_bps, aum_usd, delta_usd, base_bps, tax_bps, multiplier, increases
    )


def anc_entry_fee(
    base_fee_bps: int,
    *,
    size: int,
    lock: int,
    owned: int,
    locked: int,
    utilization_multiplier: int,
    optimal_utilization: int,
) -> int:
    """
    Opening fee of the ancestor, raised beyond the optimal utilisation.

    Parameters
    ----------
    base_fee_bps : int
        Base fee, bps.
    size, lock, owned, locked : int
        Token units.
    utilization_multiplier : int
        Surcharge at full use, bps.
    optimal_utilization : int
        1e9 = 100 %.

    Returns
    -------
    int
        Token units.

    Raises
    ------
    ArithmeticOverflowError
        ``MathOverflow``: a result that leaves its type, or a division by zero.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_anc_entry_fee(
        base_fee_bps, size, lock, owned, locked, utilization_multiplier, optimal_utilization
    )


def anc_ratio(
    *, price: int, exponent: int, decimals: int, owned: int, aum_usd: int, added: int, removed: int
) -> int:
    """
    Weight of a token after adding or removing some.

    Parameters
    ----------
    price, exponent : int
        Token price ``price * 10**exponent`` USD.
    decimals : int
        Decimals of the token.
    owned, added, removed : int
        Token units; not both of the last two.
    aum_usd : int
        Cached AUM, USD e6.

    Returns
    -------
    int
        Weight in bps, at most 10000.

    Raises
    ------
    VoltcoreError
        ``InvalidArgument`` for adding and removing at once, ``MathOverflow``.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_anc_ratio(price, exponent, decimals, owned, aum_usd, added, removed)


def anc_fee(
    mode: str,
    *,
    ratio_multiplier_bps: int,
    target_bps: int,
    min_bps: int,
    max_bps: int,
    fee_max_bps: int,
    fee_optimal_bps: int,
    base_bps: int,
    price: int,
    exponent: int,
    decimals: int,
    owned: int,
    aum_usd: int,
    added: int,
    removed: int,
) -> int:
    """
    Fee of the ancestor on liquidity or one leg of a swap.

    Parameters
    ----------
    mode : {"fixed", "linear", "optimal"}
        Fee rule.
    ratio_multiplier_bps, target_bps, min_bps, max_bps, fee_max_bps, fee_optimal_bps : int
        Its parameters, bps.
    base_bps : int
        Base fee, bps.
    price, exponent, decimals, owned, aum_usd, added, removed : int
        As in `anc_ratio`.

    Returns
    -------
    int
        Token units, rounded up.

    Raises
    ------
    VoltcoreError
        ``TokenRatioOutOfRange``, ``InvalidArgument`` or ``MathOverflow``.

    Notes
    -----
    Source: the ancestor's pool code.
    """
    return _core.perps_anc_fee(
        mode,
        ratio_multiplier_bps,
        target_bps,
        min_bps,
        max_bps,
        fee_max_bps,
        fee_optimal_bps,
        base_bps,
        price,
        exponent,
        decimals,
        owned,
        aum_usd,
        added,
        removed,
    )
