"""Small pools of each kind, with prices and some liquidity, for the tests of the pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from voltcore import perps

ADMIN, KEEPER, ORACLE, LIQUIDATOR, STRANGER = 1, 2, 3, 4, 99
LP, ALICE, BOB = 10, 11, 12
ROLES = perps.PoolRoles(admin=ADMIN, keeper=KEEPER, oracle=ORACLE, liquidators=(LIQUIDATOR,))
USD = 10**6


def refused(
    pool: Any, call: Callable[[], Any], kind: type, code: str, onchain: str | None, field: str
) -> Any:
    """The refusal of `call`, which is like this and changes nothing."""
    before = pool.state_digest()
    with pytest.raises(kind) as caught:
        call()
    told = caught.value
    assert type(told) is kind
    assert (told.code, told.onchain, told.field) == (code, onchain, field), str(told)
    assert pool.state_digest() == before
    return told


def basket(*, used: bool = True) -> perps.BasketPool:
    fees = perps.BasketFees(
        open_bps=30,
        close_bps=30,
        liquidation_bps=50,
        add_liquidity_bps=20,
        remove_liquidity_bps=30,
        swap_in_bps=10,
        swap_out_bps=20,
        protocol_share_bps=2_500,
        ratio_multiplier_bps=20_000,
        utilization_multiplier_bps=20_000,
    )
    rates = {"base_rate": 500, "slope1": 80_000, "slope2": 120_000}
    pool = perps.BasketPool(
        perps.BasketConfig(
            roles=ROLES,
            custodies=(
                perps.BasketCustodyConfig(
                    name="eth", decimals=9, fees=fees, optimal_utilization=8 * 10**8,
                    spread_long_bps=10, spread_short_bps=10, swap_spread_bps=30, **rates,
                ),
                perps.BasketCustodyConfig(
                    name="usdc", is_stable=True, fees=fees, optimal_utilization=8 * 10**8, **rates
                ),
            ),
        )
    )  # fmt: skip
    if not used:
        return pool
    pool.set_price(ORACLE, "eth", 1500 * 10**9, 0, exponent=-9)
    pool.set_price(ORACLE, "usdc", USD, 0)
    pool.add_liquidity(LP, "usdc", 60_000 * USD, 0)
    pool.add_liquidity(LP, "eth", 40 * 10**9, 0)
    return pool


def jlp(*, used: bool = True, **settings: object) -> perps.JlpPool:
    pool = perps.JlpPool(
        perps.JlpConfig(
            roles=ROLES,
            settings=perps.JlpSettings(tax_bps=50, add_remove_bps=5, **settings),  # type: ignore[arg-type]
            custodies=(
                perps.JlpCustodyConfig(
                    name="SOL", decimals=9, target_bps=5_000, hourly_funding_dbps=12,
                    trade_impact_fee_scalar=125 * 10**13,
                ),
                perps.JlpCustodyConfig(
                    name="ETH", decimals=8, target_bps=2_000,
                    jump=perps.JumpRate(
                        min_rate_bps=500, max_rate_bps=15_000, target_rate_bps=3_500,
                        target_utilization=8 * 10**8,
                    ),
                ),
                perps.JlpCustodyConfig(
                    name="USDC", is_stable=True, target_bps=3_000, hourly_funding_dbps=10
                ),
            ),
        )
    )  # fmt: skip
    if used:
        begin_jlp(pool)
    return pool


def begin_jlp(pool: Any) -> None:
    """Prices and liquidity of a pool of `jlp`."""
    for name, price in (("SOL", 150 * USD), ("ETH", 2_500 * USD), ("USDC", USD)):
        pool.set_price(ORACLE, name, price, 0)
    pool.mint(LP, "SOL", 1_000 * 10**9, 0)
    pool.mint(LP, "ETH", 24 * 10**8, 0)
    pool.mint(LP, "USDC", 90_000 * USD, 0)


def vol(*, used: bool = True, **settings: object) -> perps.VolPool:
    jump = perps.JumpRate(
        min_rate_bps=500, max_rate_bps=15_000, target_rate_bps=3_000, target_utilization=8_000
    )
    limit = perps.PoolLimit(
        pool_profit_load_percentage_bps=4_000,
        max_long_size=3_000 * USD,
        max_short_size=3_000 * USD,
        trade_impact_fee_scalar=10**13,
        trade_blockage_utilization_limit=9_000,
    )
    pool = perps.VolPool(
        perps.VolConfig(
            roles=ROLES,
            settings=perps.VolSettings(**settings),  # type: ignore[arg-type]
            limit=limit,
            fees=perps.VolFees(
                swap_fee_bps=10,
                increase_position_bps=7,
                decrease_position_bps=7,
                protocol_share_bps=2_500,
                positive_collateral_liquidator_reward_bps=500,
                positive_collateral_protocol_reward_bps=300,
                positive_collateral_pool_reward_bps=200,
                negative_collateral_liquidation_reward_bps=100,
                insurance_fund_liquidation_fee_bps=400,
                borrow_fee_liquidation_fund_contribution_dps=20_000,
            ),
            custodies=(
                perps.VolCustodyConfig(name="USDC", jump=jump, limit=limit),
                perps.VolCustodyConfig(name="USDT", jump=jump, limit=limit),
            ),
        )
    )
    if not used:
        return pool
    for window in ("1d", "30d"):
        pool.set_oracle(ORACLE, window, 0, implied_volatility=6_000, realized_volatility=5_500)
    pool.deposit(LP, "USDC", 10_000 * USD, 0)
    pool.deposit(LP, "USDT", 5_000 * USD, 0)
    pool.fund_insurance(LP, "USDC", 20 * USD, 0)
    return pool
