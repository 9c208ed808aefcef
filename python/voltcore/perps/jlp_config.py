"""Configuration of a `JlpPool`."""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore.perps.pool_config import FeedRules, JumpRate, PoolRoles

__all__ = [
    "AdditiveImpact",
    "JlpConfig",
    "JlpCustodyConfig",
    "JlpPermissions",
    "JlpSettings",
]


class JlpPermissions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Flags of a custody.

    A swap needs the flag of both custodies, the trade flags are those of the traded custody.
    `collateral_withdrawal` is asked for when a partial decrease withdraws collateral (chosen).
    """

    swap: bool = True
    add_liquidity: bool = True
    remove_liquidity: bool = True
    increase: bool = True
    decrease: bool = True
    collateral_withdrawal: bool = True
    liquidate: bool = True


class AdditiveImpact(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a custody charges on top when one minute's signed flow is large.

    Attributes
    ----------
    threshold_usd : int
        Imbalance up to which nothing is charged, USD e6.
    factor : int
        Divides the penalty, as the code does; 0 is off.
    exponent : int
    max_bps : int
        Cap of the whole fee.
    """

    threshold_usd: int = 0
    factor: int = 0
    exponent: int = 1
    max_bps: int = 0


class JlpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """
    Settings of the whole pool.

    Attributes
    ----------
    swap_bps, tax_bps, swap_multiplier : int
        Fee of a swap, its slope by weight, and the factor on the change.
    stable_swap_bps, stable_swap_tax_bps, stable_swap_multiplier : int
        The same between two stables.
    add_remove_bps : int
        Base fee of a mint or burn.
    protocol_share_bps : int
        Part of the fees that leaves when they are distributed.
    max_aum_usd : int
        USD e6; no mint beyond it.
    weight_buffer_bps : int
        Relative width of the weight band; 0 is off.
    max_position_usd : int
        USD e6; 0 is off.
    surplus : {"refund", "forfeit"}
        What happens with what a liquidation leaves: back to the owner, the original rule, or to
        the LPs, today's.
    impact_mode : {"integer", "decimal"}
        Impact coefficient rounded up to a whole bp, as on chain, or as in the published prose.
    max_request_execution_sec : int
        Equality passes.
    """

    swap_bps: int = 10
    tax_bps: int = 0
    stable_swap_bps: int = 2
    stable_swap_tax_bps: int = 0
    swap_multiplier: int = 1
    stable_swap_multiplier: int = 1
    add_remove_bps: int = 0
    protocol_share_bps: int = 2_500
    max_aum_usd: int = 2**64 - 1
    weight_buffer_bps: int = 0
    max_position_usd: int = 0
    surplus: Literal["refund", "forfeit"] = "refund"
    impact_mode: Literal["integer", "decimal"] = "integer"
    max_request_execution_sec: int = 45


class JlpCustodyConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    One token of a `JlpPool`.

    Attributes
    ----------
    name : str
    decimals : int
        Of the token, in [0, 18].
    is_stable : bool
        Stables are not traded; they are the collateral of shorts.
    feed : FeedRules
    target_bps : int
        Target weight.
    increase_bps, decrease_bps : int
        Base fee of a trade.
    trade_impact_fee_scalar : int
        0: no price impact.
    additive : AdditiveImpact
    max_leverage_bps : int
        200x is 2_000_000.
    max_global_long_usd, max_global_short_usd : int
        USD e6 over all positions on the traded custody; 0 is off.
    hourly_funding_dbps : int
        Hourly rate at full use, 1e5; 0 selects `jump`.
    jump : JumpRate
        Yearly; `target_utilization` is 1e9-scaled; all zero: nothing is charged.
    seed_owned, seed_fees_reserves : int
        Tokens there at the start, without LP tokens.
    permissions : JlpPermissions
    """

    name: str
    decimals: int = 6
    is_stable: bool = False
    feed: FeedRules = FeedRules()
    target_bps: int = 2_500
    increase_bps: int = 6
    decrease_bps: int = 6
    trade_impact_fee_scalar: int = 0
    additive: AdditiveImpact = AdditiveImpact()
    max_leverage_bps: int = 2_000_000
    max_global_long_usd: int = 0
    max_global_short_usd: int = 0
    hourly_funding_dbps: int = 0
    jump: JumpRate = JumpRate()
    seed_owned: int = 0
    seed_fees_reserves: int = 0
    permissions: JlpPermissions = JlpPermissions()


class JlpConfig(msgspec.Struct, frozen=True, kw_only=True):
    """
    A `JlpPool` before anyone has used it.

    Attributes
    ----------
    roles : PoolRoles
    custodies : tuple of JlpCustodyConfig
        1 to 16 with different names.
    settings : JlpSettings
    """

    roles: PoolRoles
    custodies: tuple[JlpCustodyConfig, ...]
    settings: JlpSettings = JlpSettings()

    @classmethod
    def example(cls, roles: PoolRoles) -> JlpConfig:
        """
        SOL, ETH, WBTC, USDC and USDT with published fees and rates.

        Target weights 44 / 10 / 11 / 26 / 9 %, 0.012 % an hour at full use for the traded tokens
        and 0.010 % for the stables. Live values change; these are a starting point.
        """
        traded = [
            ("SOL", 9, 4_400, 1_250_000_000_000_000),
            ("ETH", 8, 1_000, 2_500_000_000_000_000),
        ]
        traded.append(("WBTC", 8, 1_100, 5_000_000_000_000_000))
        custodies = [
            JlpCustodyConfig(
                name=name,
                decimals=decimals,
                target_bps=target,
                trade_impact_fee_scalar=scalar,
                hourly_funding_dbps=12,
            )
            for name, decimals, target, scalar in traded
        ]
        custodies += [
            JlpCustodyConfig(name=name, is_stable=True, target_bps=target, hourly_funding_dbps=10)
            for name, target in (("USDC", 2_600), ("USDT", 900))
        ]
        return cls(roles=roles, custodies=tuple(custodies))
