"""Margin venues: Mango v3 and its fork Entropy."""

from __future__ import annotations

from voltcore.venues import (
    book_replay,
    config,
    kernels,
    liquidation_receipts,
    margin_venue,
    perp_orders,
    receipts,
    spot,
)
from voltcore.venues.book_replay import *  # noqa: F403
from voltcore.venues.config import *  # noqa: F403 - the public names of the modules
from voltcore.venues.kernels import *  # noqa: F403
from voltcore.venues.liquidation_receipts import *  # noqa: F403
from voltcore.venues.margin_venue import *  # noqa: F403
from voltcore.venues.perp_orders import *  # noqa: F403
from voltcore.venues.receipts import *  # noqa: F403
from voltcore.venues.spot import *  # noqa: F403

__all__ = [
    *book_replay.__all__,
    *config.__all__,
    *kernels.__all__,
    *liquidation_receipts.__all__,
    *margin_venue.__all__,
    *perp_orders.__all__,
    *receipts.__all__,
    *spot.__all__,
]
