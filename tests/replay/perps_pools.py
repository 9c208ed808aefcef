"""What the replays of the three pools share: clock, names of owners, words of a receipt."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from voltcore import perps

Case = dict[str, Any]


class PoolReplay(ABC):
    """
    One pool under the names of the files.

    Attributes
    ----------
    operations : mapping of str to callable
        Of each kind of pool: what an operation of the files does.
    """

    operations: ClassVar[Mapping[str, Callable[[Any, Case], Case]]]
    pool: Any

    def __init__(self) -> None:
        self.now = 0
        self.names: dict[int, str] = {}

    def apply(self, op: str, a: Case) -> Case:
        return self.operations[op](self, a)

    def warp(self, seconds: int) -> Case:
        self.now += seconds
        return {}

    def owner(self, name: str) -> int:
        self.names[caller_id(name)] = str(name)
        return caller_id(name)

    @abstractmethod
    def ledger(self) -> Case:
        """The books after a step, under the names of the files."""

    def position_name(self, row: Case, custodies: list[str], last: str) -> str:
        """Owner, custody, side, and what else tells a position from the others."""
        side = ("long", "short")[row["side"]]
        return "/".join((self.names[row["owner"]], custodies[row["custody"]], side, last))


def caller_id(name: str) -> int:
    return 2**40 + zlib.crc32(str(name).encode())


def picked(receipt: Any, **names: str) -> Case:
    """The receipt under the keys of the files."""
    return {theirs: getattr(receipt, ours) for theirs, ours in names.items()}


def jump_of(given: Any) -> perps.JumpRate:
    least, most, target, kink = given or (0, 0, 0, 0)
    return perps.JumpRate(
        min_rate_bps=least, max_rate_bps=most, target_rate_bps=target, target_utilization=kink
    )
