"""Configuration of a `BasketPool`."""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore.perps.pool_config import FeedRules, PoolRoles

__all__ = ["BasketConfig", "BasketCustodyConfig", "BasketFees", "BasketPermissions"]


class BasketPermissions(msgspec.Struct, frozen=True, kw_only=True):
    """Flags of a custody and of the whole pool; an operation needs both to be True."""

    allow_swap: bool = True
    allow_add_liquidity: bool = True
    allow_remove_liquidity: bool = True
    allow_open_position: bool = True
    allow_close_position: bool = True
    allow_pnl_withdrawal: bool = True
    allow_collateral_withdrawal: bool = True
    allow_size_change: bool = True


class BasketFees(msgspec.Struct, frozen=True, kw_only=True):
    """
    Fees of a custody in bps, each rounded up.

    Attributes
    ----------
    mode : {"fixed", "linear", "optimal"}
        How fees on liquidity and swaps depend on the token's weight.
    open_bps, close_bps, liquidation_bps : int
        Of the traded size.
    add_liquidity_bps, remove_liquidity_bps : int
    swap_in_bps, swap_out_bps, stable_swap_in_bps, stable_swap_out_bps : int
        Of the two legs of a swap; the stable ones between two stables.
    protocol_share_bps : int
        Part of every fee that is the protocol's.
    ratio_multiplier_bps, utilization_multiplier_bps : int
        Slopes of the weight and the utilisation surcharge.
    fee_max_bps, fee_optimal_bps : int
        Of the optimal mode.
    """

    mode: Literal["fixed", "linear", "optimal"] = "linear"
    open_bps: int = 0
    close_bps: int = 0
    liquidation_bps: int = 0
    add_liquidity_bps: int = 0
    remove_liquidity_bps: int = 0
    swap_in_bps: int = 0
    swap_out_bps: int = 0
    stable_swap_in_bps: int = 0
    stable_swap_out_bps: int = 0
    protocol_share_bps: int = 0
    ratio_multiplier_bps: int = 0
    utilization_multiplier_bps: int = 0
    fee_max_bps: int = 0
    fee_optimal_bps: int = 0


class BasketCustodyConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    One token of a `BasketPool`.

    Attributes
    ----------
    name : str
    decimals : int
        Of the token, in [0, 18].
    is_stable : bool
        Stables cannot be traded; they are the collateral of shorts.
    use_ema : bool
        Whether the EMA is read beside the spot price, against the user.
    use_unrealized_pnl_in_aum : bool
    feed : FeedRules
    spread_long_bps, spread_short_bps : int
        On upward and downward prices, whatever the position's side.
    swap_spread_bps : int
        Of the token received in a swap.
    min_initial_leverage_bps, max_initial_leverage_bps, max_leverage_bps : int
        10x is 100_000.
    max_payoff_multiplier_bps : int
        What is locked, of the size.
    max_utilization_bps : int
        Locked over owned; off at 0 and from 10_000.
    max_position_locked_usd, max_total_locked_usd : int
        USD e6, valued with the traded custody; 0 is off.
    base_rate, slope1, slope2, optimal_utilization : int
        Hourly borrow rate, 1e9.
    target_ratio_bps, min_ratio_bps, max_ratio_bps : int
        Weight in the pool.
    fees : BasketFees
    permissions : BasketPermissions
    """

    name: str
    decimals: int = 6
    is_stable: bool = False
    use_ema: bool = False
    use_unrealized_pnl_in_aum: bool = True
    feed: FeedRules = FeedRules()
    spread_long_bps: int = 0
    spread_short_bps: int = 0
    swap_spread_bps: int = 0
    min_initial_leverage_bps: int = 10_000
    max_initial_leverage_bps: int = 100_000
    max_leverage_bps: int = 100_000
    max_payoff_multiplier_bps: int = 10_000
    max_utilization_bps: int = 0
    max_position_locked_usd: int = 0
    max_total_locked_usd: int = 0
    base_rate: int = 0
    slope1: int = 0
    slope2: int = 0
    optimal_utilization: int = 1_000_000_000
    target_ratio_bps: int = 5_000
    min_ratio_bps: int = 0
    max_ratio_bps: int = 10_000
    fees: BasketFees = BasketFees()
    permissions: BasketPermissions = BasketPermissions()


class BasketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A `BasketPool` before anyone has used it.

    Attributes
    ----------
    roles : PoolRoles
    custodies : tuple of BasketCustodyConfig
        1 to 16 with different names.
    permissions : BasketPermissions
        Of the whole pool.
    """

    roles: PoolRoles
    custodies: tuple[BasketCustodyConfig, ...]
    permissions: BasketPermissions = BasketPermissions()
