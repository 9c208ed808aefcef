"""
A model small enough to check by hand: every number is a hash of (seed, variant, path).

Used by the tests of the run machinery; `register` makes it known under the kind ``"toy"``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from voltcore.errors import MarginError, ScenarioError
from voltcore.sim import model
from voltcore.sim.model import BASE, Band, Column, InputFile, Series, Shard, Trace


class Volt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    target_leverage: Annotated[
        float,
        Meta(
            gt=-2,
            lt=0,
            description="target leverage",
            extra={"unit": "1", "basis": "documented", "source": "the volt's documentation"},
        ),
    ] = -0.4
    hedge_ratio: Annotated[int, Meta(ge=0, le=10_000)] = 10_000
    execution: Literal["quoted", "book"] = "quoted"


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start_price: Annotated[int, Meta(ge=1)]
    data: InputFile | None = None
    bands: tuple[Annotated[int, Meta(ge=0)], ...] = ()


class Settings(model.ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    market: Market
    volt: Volt = Volt()
    variants: Annotated[int, Meta(ge=0, le=3)] = 1
    steps: Annotated[int, Meta(ge=1, le=1000)] = 5
    # What goes wrong, for tests of what happens then.
    milliseconds_per_path: Annotated[float, Meta(ge=0)] = 0.0
    fail_at_path: int = -1
    with_traces: bool = True

    def __post_init__(self) -> None:
        if self.volt.execution == "book" and self.volt.hedge_ratio == 0:
            raise ScenarioError("needs a hedge", code="E206", field="volt.execution", value="book")


def hash_of(seed: int, stream: int, paths: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64 of (seed, stream, path)."""
    with np.errstate(over="ignore"):
        state = paths * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed % 2**64)
        state += np.uint64(stream) * np.uint64(0xD1B54A32D192ED03)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
        return state ^ (state >> np.uint64(31))


@dataclass(frozen=True)
class ToyModel:
    settings: Settings
    kind: str = "toy"

    @property
    def variants(self) -> tuple[str, ...]:
        return (BASE, *(f"k = {i + 1}" for i in range(self.settings.variants)))

    columns = (
        Column("total_return", "int64", "%", "return of the path", scale=1_000_000),
        Column("minimum_cr", "uint32", "%", "lowest collateral ratio", scale=100, missing=0),
        Column("drawdown", "float64", "%", "largest fall from a peak"),
        Column("trades", "uint16", "1", "number of trades", headline=False),
        Column("loss", "bool", "", "the path ends with a loss"),
        Column("never", "bool", "", "does not happen"),
    )

    @property
    def bands(self) -> tuple[Band, ...]:
        times = tuple(f"t{i}" for i in range(self.settings.steps))
        return (Band("price", "USD", (0.25, 0.5, 0.75), times),)

    @property
    def traces(self) -> tuple[Trace, ...]:
        if not self.settings.with_traces:
            return ()
        times = tuple(f"t{i}" for i in range(self.settings.steps))
        return (Trace("price", "int64", "USD", times, scale=100),)

    @property
    def series(self) -> tuple[Series, ...]:
        return (Series("index", "USD", ("t0", "t1"), (1.0, 2.5)),)

    @property
    def steps_per_path(self) -> int:
        return self.settings.steps

    def paths_of(self, variant: str, paths: int) -> int:
        return paths if variant == BASE else max(1, paths // 2)

    def simulate(self, variant, first_path, n_paths, seed, traced, control):  # type: ignore[no-untyped-def]
        paths = np.arange(first_path, first_path + n_paths, dtype=np.uint64)
        if self.settings.milliseconds_per_path:
            for _ in range(n_paths):
                time.sleep(self.settings.milliseconds_per_path / 1000)
                control.add_finished(1)
                if control.cancelled:
                    return None
        else:
            control.add_finished(n_paths)
        at = self.settings.fail_at_path
        if variant == BASE and first_path <= at < first_path + n_paths:
            raise MarginError("is below the requirement", field="health", value=-1, index=at)
        stream = 1 + self.variants.index(variant)
        word = hash_of(seed, stream, paths)
        total_return = (word % np.uint64(200_000_001)).astype(np.int64) - 100_000_000
        steps = np.stack([hash_of(seed, 100 + t, paths) for t in range(self.settings.steps)])
        shares = steps / 2.0**64
        edges = np.array(self.bands[0].edges)
        counts = np.stack(
            [np.bincount(np.searchsorted(edges, row, "right"), minlength=4) for row in shares]
        )
        return Shard(
            columns={
                "total_return": total_return,
                "minimum_cr": (word % np.uint64(300)).astype(np.uint32),
                "drawdown": shares[0] * 100,
                "trades": (word % np.uint64(50)).astype(np.uint16),
                "loss": total_return < 0,
                "never": np.zeros(n_paths, dtype=bool),
            },
            bands={"price": counts.astype(np.uint64)},
            traces={"price": (steps.T[:traced] >> np.uint64(40)).astype(np.int64)}
            if self.settings.with_traces
            else {},
        )


def build(settings: Settings, inputs: Mapping[str, bytes]) -> ToyModel:
    del inputs
    if os.environ.get("VOLTCORE_TOY_BUG"):
        1 / 0  # noqa: B018 - stands for a bug
    return ToyModel(settings)


def register() -> None:
    """Make ``kind = "toy"`` known in this process."""
    sys.modules.setdefault("toy_model", sys.modules[__name__])
    model.KINDS["toy"] = "toy_model"


SCENARIO = """
kind = "toy"
title = "a toy"
variants = 1

[market]
start_price = 100

[volt]
target_leverage = -0.5   # of equity

[run]
paths = 100
paths_per_shard = 8
traces = 10
"""
