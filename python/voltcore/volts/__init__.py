"""Volts #03 (crab) and #04 (basis yield): rounds, shares, fees and the twelve-step cycle."""

from __future__ import annotations

from voltcore.volts import (
    analytics,
    basis,
    config,
    fees,
    operations,
    receipts,
    shares,
    sizing,
    volt,
)
from voltcore.volts.analytics import *  # noqa: F403 - the public names of the modules
from voltcore.volts.basis import *  # noqa: F403
from voltcore.volts.config import *  # noqa: F403
from voltcore.volts.fees import *  # noqa: F403
from voltcore.volts.operations import *  # noqa: F403
from voltcore.volts.receipts import *  # noqa: F403
from voltcore.volts.shares import *  # noqa: F403
from voltcore.volts.sizing import *  # noqa: F403
from voltcore.volts.volt import *  # noqa: F403

__all__ = [
    *analytics.__all__,
    *basis.__all__,
    *config.__all__,
    *fees.__all__,
    *operations.__all__,
    *receipts.__all__,
    *shares.__all__,
    *sizing.__all__,
    *volt.__all__,
]
