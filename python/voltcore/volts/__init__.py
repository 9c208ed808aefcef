"""Volts #03 (crab) and #04 (basis yield): rounds, shares, fees and the twelve-step cycle."""

from __future__ import annotations

from voltcore.volts.analytics import (
    apy,
    crab_return,
    daily_rate,
    expected_apy,
    implied_volatility,
    profit_range,
)
from voltcore.volts.fees import DEFAULT_FEES_BPS, aum_fee, fee
from voltcore.volts.shares import (
    SharePrice,
    capped_payout,
    claim_pro_rata,
    round_amounts,
    shares_for_deposit,
    underlying_for_shares,
)
from voltcore.volts.sizing import (
    basis_size,
    collateral_ratio_bps,
    hedge_accepted,
    hedge_lots_by_delta,
    hedge_lots_by_ratio,
    position_delta_bits,
    slice_lots,
    target_lots,
    within_delta_band,
)

__all__ = [
    "DEFAULT_FEES_BPS",
    "SharePrice",
    "apy",
    "aum_fee",
    "basis_size",
    "capped_payout",
    "claim_pro_rata",
    "collateral_ratio_bps",
    "crab_return",
    "daily_rate",
    "expected_apy",
    "fee",
    "hedge_accepted",
    "hedge_lots_by_delta",
    "hedge_lots_by_ratio",
    "implied_volatility",
    "position_delta_bits",
    "profit_range",
    "round_amounts",
    "shares_for_deposit",
    "slice_lots",
    "target_lots",
    "underlying_for_shares",
    "within_delta_band",
]
