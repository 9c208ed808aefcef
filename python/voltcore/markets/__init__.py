"""Markets: counter-based random numbers, path models and price series."""

from __future__ import annotations

from voltcore.markets.correlated import CorrelatedAssets
from voltcore.markets.drawing import (
    MEMORY_LIMIT,
    PathBlock,
    asset_paths,
    path_blocks,
    paths,
    unit_paths,
)
from voltcore.markets.models import (
    BlockBootstrap,
    EpochBridge,
    GeometricBrownianMotion,
    MertonJumps,
    PathModel,
)
from voltcore.markets.numbers import exp, inverse_normal, log, normals, philox4x32
from voltcore.markets.rates import CoxIngersollRoss
from voltcore.markets.series import SHIPPED, Gap, PriceSeries

__all__ = [
    "MEMORY_LIMIT",
    "SHIPPED",
    "BlockBootstrap",
    "CorrelatedAssets",
    "CoxIngersollRoss",
    "EpochBridge",
    "Gap",
    "GeometricBrownianMotion",
    "MertonJumps",
    "PathBlock",
    "PathModel",
    "PriceSeries",
    "asset_paths",
    "exp",
    "inverse_normal",
    "log",
    "normals",
    "path_blocks",
    "paths",
    "philox4x32",
    "unit_paths",
]
