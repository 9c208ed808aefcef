"""
What a rates run calls its columns: ``ft_20x_return`` is one actor, one leverage, one metric.

A run with one leverage leaves it out: ``ft_return``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltcore.report.view import RunView
from voltcore.sim.irs_opening import ACTORS

_RETURN = re.compile(r"^(([a-z]+?)(?:_(\d+)x)?)_return$")


@dataclass(frozen=True)
class Position:
    """One actor at one leverage."""

    actor: str
    leverage: int
    name: str

    @property
    def label(self) -> str:
        """``fixed taker, 20x``."""
        return f"{ACTORS[self.actor]}, {self.leverage}x"

    def values(self, view: RunView, metric: str) -> NDArray[np.float64]:
        """One number a path, in its shown unit."""
        return view.base.values[f"{self.name}_{metric}"]

    def happened(self, view: RunView, event: str) -> int:
        """How many paths had an event."""
        return view.happened(f"{self.name}_{event}")

    def band(self) -> str:
        """Name of its headroom in time."""
        return f"{self.name}_headroom"


def positions(view: RunView) -> list[Position]:
    """Every position of the run, in the order of its columns."""
    found = (_RETURN.match(name) for name in view.base.values)
    only = re.search(r"\d+", str(view.settings.get("positions.leverages", "")))
    return [
        Position(match[2], int(match[3] or (only[0] if only else 0)), match[1])
        for match in found
        if match is not None and match[2] in ACTORS
    ]


def actors(view: RunView) -> list[str]:
    """The actors of the run."""
    return list(dict.fromkeys(position.actor for position in positions(view)))


def acceptable(view: RunView) -> float:
    """The share of liquidated paths below which a leverage counts as safe."""
    value = view.settings.get("value_at_risk.acceptable_liquidation_percent", 5.0)
    return float(str(value)) / 100
