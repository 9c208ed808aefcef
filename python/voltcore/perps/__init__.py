"""LP-to-trader perpetual pools: Jupiter, Imperial and their open ancestor, in integers."""

from __future__ import annotations

from voltcore.perps.basket import BasketQuote, anc_position_quote, anc_spread_price
from voltcore.perps.basket_config import (
    BasketConfig,
    BasketCustodyConfig,
    BasketFees,
    BasketPermissions,
)
from voltcore.perps.basket_pool import BasketPool
from voltcore.perps.basket_receipts import (
    BasketCloseReceipt,
    BasketCollateralReceipt,
    BasketLiquidityReceipt,
    BasketOpenReceipt,
    BasketPositionView,
    BasketSwapReceipt,
)
from voltcore.perps.decimals import dec_div, dec_mul
from voltcore.perps.fees import (
    anc_entry_fee,
    anc_fee,
    anc_ratio,
    enter_flow,
    jlp_additive_fee,
    jlp_fee_bps,
    jlp_position_fee,
    position_fee,
)
from voltcore.perps.jlp_config import (
    AdditiveImpact,
    JlpConfig,
    JlpCustodyConfig,
    JlpPermissions,
    JlpSettings,
)
from voltcore.perps.jlp_pool import JlpPool
from voltcore.perps.jlp_receipts import (
    JlpBurnReceipt,
    JlpDecreaseReceipt,
    JlpDistributionReceipt,
    JlpIncreaseReceipt,
    JlpMintReceipt,
    JlpPositionView,
    JlpSwapReceipt,
)
from voltcore.perps.ledger import Ledger
from voltcore.perps.liquidation import (
    VolHealth,
    jlp_liquidatable,
    jlp_liquidation_price,
    vol_health,
    vol_max_size,
    vol_modifier,
)
from voltcore.perps.liquidity import (
    BurnQuote,
    MintQuote,
    jlp_burn_quote,
    jlp_mint_quote,
    jlp_swap_amount,
    vol_lp_in,
    vol_lp_out,
)
from voltcore.perps.pool_config import FeedRules, JumpRate, PoolRoles
from voltcore.perps.profits import jlp_merged_price, jlp_profit, vol_merged_entry, vol_profit
from voltcore.perps.rates import (
    anc_hourly_rate,
    anc_interest,
    borrow_fee,
    hourly_accrue,
    jlp_jump_rate,
    jlp_linear_rate,
    vol_accrue,
    vol_rate_exact,
    vol_rate_published,
)
from voltcore.perps.vol_config import (
    PoolLimit,
    VolConfig,
    VolCustodyConfig,
    VolFees,
    VolPermissions,
    VolSettings,
)
from voltcore.perps.vol_pool import VolPool
from voltcore.perps.vol_receipts import (
    VolDecreaseReceipt,
    VolDepositReceipt,
    VolIncreaseReceipt,
    VolLiquidationReceipt,
    VolWaterfall,
)

__all__ = [
    "AdditiveImpact",
    "BasketCloseReceipt",
    "BasketCollateralReceipt",
    "BasketConfig",
    "BasketCustodyConfig",
    "BasketFees",
    "BasketLiquidityReceipt",
    "BasketOpenReceipt",
    "BasketPermissions",
    "BasketPool",
    "BasketPositionView",
    "BasketQuote",
    "BasketSwapReceipt",
    "BurnQuote",
    "FeedRules",
    "JlpBurnReceipt",
    "JlpConfig",
    "JlpCustodyConfig",
    "JlpDecreaseReceipt",
    "JlpDistributionReceipt",
    "JlpIncreaseReceipt",
    "JlpMintReceipt",
    "JlpPermissions",
    "JlpPool",
    "JlpPositionView",
    "JlpSettings",
    "JlpSwapReceipt",
    "JumpRate",
    "Ledger",
    "MintQuote",
    "PoolLimit",
    "PoolRoles",
    "VolConfig",
    "VolCustodyConfig",
    "VolDecreaseReceipt",
    "VolDepositReceipt",
    "VolFees",
    "VolHealth",
    "VolIncreaseReceipt",
    "VolLiquidationReceipt",
    "VolPermissions",
    "VolPool",
    "VolSettings",
    "VolWaterfall",
    "anc_entry_fee",
    "anc_fee",
    "anc_hourly_rate",
    "anc_interest",
    "anc_position_quote",
    "anc_ratio",
    "anc_spread_price",
    "borrow_fee",
    "dec_div",
    "dec_mul",
    "enter_flow",
    "hourly_accrue",
    "jlp_additive_fee",
    "jlp_burn_quote",
    "jlp_fee_bps",
    "jlp_jump_rate",
    "jlp_linear_rate",
    "jlp_liquidatable",
    "jlp_liquidation_price",
    "jlp_merged_price",
    "jlp_mint_quote",
    "jlp_position_fee",
    "jlp_profit",
    "jlp_swap_amount",
    "position_fee",
    "vol_accrue",
    "vol_health",
    "vol_lp_in",
    "vol_lp_out",
    "vol_max_size",
    "vol_merged_entry",
    "vol_modifier",
    "vol_profit",
    "vol_rate_exact",
    "vol_rate_published",
]
