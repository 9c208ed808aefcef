"""Concentrated liquidity as two protocols calculate it: ticks, prices, steps, a pool."""

from __future__ import annotations

from voltcore.amm import pool, prices, steps, ticks
from voltcore.amm._protocol import Protocol, Rows
from voltcore.amm.pool import *  # noqa: F403
from voltcore.amm.prices import *  # noqa: F403
from voltcore.amm.steps import *  # noqa: F403
from voltcore.amm.ticks import *  # noqa: F403

__all__ = ["Protocol", "Rows", *pool.__all__, *prices.__all__, *steps.__all__, *ticks.__all__]
