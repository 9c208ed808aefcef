"""Replays the vectors of the `math` area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

FAMILIES: dict[str, Callable[[dict[str, Any]], Iterator[tuple[str, str | None]]]] = {}
