"""Configuration of a `VolPool`."""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore.perps.pool_config import JumpRate, PoolRoles

__all__ = [
    "PoolLimit",
    "VolConfig",
    "VolCustodyConfig",
    "VolFees",
    "VolPermissions",
    "VolSettings",
]


class VolPermissions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Flags of a custody; what each one gates is this project's choice.

    Attributes
    ----------
    allow_open_position, allow_close_position : bool
        The first increase; a full close.
    allow_pnl_withdrawal : bool
        Any decrease with a realised profit.
    allow_collateral_withdrawal, allow_size_change : bool
        A partial decrease that withdraws collateral; any change of size short of a full close.
    allow_leverage_change, allow_adding_collateral : bool
        Any change of an existing position; collateral added to one.
    """

    allow_open_position: bool = True
    allow_close_position: bool = True
    allow_pnl_withdrawal: bool = True
    allow_collateral_withdrawal: bool = True
    allow_size_change: bool = True
    allow_leverage_change: bool = True
    allow_adding_collateral: bool = True


class PoolLimit(msgspec.Struct, frozen=True, kw_only=True):
    """
    Limits of the pool or of a custody; the less extreme of the two holds.

    Attributes
    ----------
    pool_profit_load_percentage_bps : int
        Part of a position's largest size that is locked; the greater one holds.
    max_long_size, max_short_size : int
        Of one position, loan + collateral + profit.
    max_leverage : int
        A plain multiple.
    trade_impact_fee_scalar : int
        The smaller one that is not 0 holds.
    trade_blockage_utilization_limit : int
        Bps of base that may be locked after a withdrawal.
    """

    pool_profit_load_percentage_bps: int = 10_000
    max_long_size: int = 2**64 - 1
    max_short_size: int = 2**64 - 1
    max_leverage: int = 20
    trade_impact_fee_scalar: int = 0
    trade_blockage_utilization_limit: int = 10_000


class VolFees(msgspec.Struct, frozen=True, kw_only=True):
    """
    Fees and rewards of a `VolPool`.

    Attributes
    ----------
    swap_fee_bps : int
        Of deposits and withdrawals.
    increase_position_bps, decrease_position_bps : int
    protocol_share_bps : int
        Part of every fee that leaves at once.
    positive_collateral_liquidator_reward_bps : int
    positive_collateral_protocol_reward_bps : int
    positive_collateral_pool_reward_bps : int
        Of the effective collateral that a liquidation finds; the pool's for over-leverage only.
    negative_collateral_liquidation_reward_bps : int
        Of the collateral, paid by the insurance when nothing is left.
    insurance_fund_liquidation_fee_bps : int
        Of the effective collateral; the four together are at most 10_000.
    borrow_fee_liquidation_fund_contribution_dps : int
        Part of the borrow fee that goes to the insurance, 1e5.
    """

    swap_fee_bps: int = 0
    increase_position_bps: int = 0
    decrease_position_bps: int = 0
    protocol_share_bps: int = 0
    positive_collateral_liquidator_reward_bps: int = 0
    positive_collateral_protocol_reward_bps: int = 0
    positive_collateral_pool_reward_bps: int = 0
    negative_collateral_liquidation_reward_bps: int = 0
    insurance_fund_liquidation_fee_bps: int = 0
    borrow_fee_liquidation_fund_contribution_dps: int = 0


class VolSettings(msgspec.Struct, frozen=True, kw_only=True):
    """
    Switches of a `VolPool`.

    Attributes
    ----------
    product : {"iv", "rv", "rv_diff_iv"}
        What a position is on.
    rate_mode : {"exact", "published"}
        The jump rate without dividing before multiplying, or as printed by the protocol.
    lock_covers : {"profit", "position"}
        What the lock pays of a profit: all it holds, or what it exceeds the position by.
    max_request_execution_sec : int
        Equality passes.
    max_oracle_age_sec : int
        0 is off.
    lp_inventory : int
        Fixed supply of LP units.
    """

    product: Literal["iv", "rv", "rv_diff_iv"] = "iv"
    rate_mode: Literal["exact", "published"] = "exact"
    lock_covers: Literal["profit", "position"] = "profit"
    max_request_execution_sec: int = 60
    max_oracle_age_sec: int = 0
    lp_inventory: int = 10**15


class VolCustodyConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    One stablecoin of a `VolPool`: 6 decimals, counted as 1 USD.

    Attributes
    ----------
    name : str
    limit : PoolLimit
    jump : JumpRate
        Yearly; `target_utilization` in bps.
    permissions : VolPermissions
    """

    name: str
    limit: PoolLimit = PoolLimit()
    jump: JumpRate = JumpRate()
    permissions: VolPermissions = VolPermissions()


class VolConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A `VolPool` before anyone has used it.

    Attributes
    ----------
    roles : PoolRoles
    custodies : tuple of VolCustodyConfig
        1 to 16 with different names.
    settings : VolSettings
    limit : PoolLimit
    fees : VolFees
    """

    roles: PoolRoles
    custodies: tuple[VolCustodyConfig, ...]
    settings: VolSettings = VolSettings()
    limit: PoolLimit = PoolLimit()
    fees: VolFees = VolFees()
