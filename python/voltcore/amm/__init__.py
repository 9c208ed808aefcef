"""Ticks, sqrt prices and swap steps of concentrated liquidity, as two protocols calculate them."""

from __future__ import annotations

from voltcore.amm import prices, steps, ticks
from voltcore.amm._protocol import Protocol, Rows
from voltcore.amm.prices import *  # noqa: F403
from voltcore.amm.steps import *  # noqa: F403
from voltcore.amm.ticks import *  # noqa: F403

__all__ = ["Protocol", "Rows", *prices.__all__, *steps.__all__, *ticks.__all__]
