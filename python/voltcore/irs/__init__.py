"""Interest-rate swaps on a vAMM: the pool, its margin engine, its rate oracle, in integers."""

from __future__ import annotations

from voltcore.irs import (
    cashflows,
    margin,
    operations,
    oracle,
    parameters,
    pool,
    rates,
    receipts,
)
from voltcore.irs.cashflows import *  # noqa: F403
from voltcore.irs.margin import *  # noqa: F403
from voltcore.irs.operations import *  # noqa: F403
from voltcore.irs.oracle import *  # noqa: F403
from voltcore.irs.parameters import *  # noqa: F403
from voltcore.irs.pool import *  # noqa: F403
from voltcore.irs.rates import *  # noqa: F403
from voltcore.irs.receipts import *  # noqa: F403

__all__ = [
    *cashflows.__all__,
    *margin.__all__,
    *operations.__all__,
    *oracle.__all__,
    *parameters.__all__,
    *pool.__all__,
    *rates.__all__,
    *receipts.__all__,
]
