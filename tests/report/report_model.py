"""A model with every kind of column, whose numbers the tests reckon again by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from voltcore.sim import model
from voltcore.sim.model import Band, Column, Series, Shard, Trace


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    label: Annotated[str, Meta(description="a free text")] = ""
    fee: Annotated[
        int,
        Meta(
            ge=0,
            description="fee of a trade",
            extra={"unit": "bps", "basis": "chosen", "source": "a round number"},
        ),
    ] = 12_345


class Settings(model.ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pool: Pool = Pool()


@dataclass(frozen=True)
class ReportModel:
    kind: str = "report"
    variants = ("base", "other")
    steps_per_path = 4
    columns = (
        Column("gain", "int64", "USDC", "gain of the pool", "chosen", scale=1_000_000),
        Column("day", "int32", "d", "day of the first loss", missing=-1),
        Column("ratio", "float64", "%", "lowest ratio", headline=False),
        Column("lost", "bool", "", "the pool lost money"),
    )
    bands = (Band("gain", "USDC", (-1.0, 0.0, 1.0), ("2020-01-10", "2020-01-17"), "gain so far"),)
    traces = (Trace("gain", "int64", "USDC", ("2020-01-10", "2020-01-17"), "gain", scale=100),)
    series = (Series("close", "USD", ("2020-01-10", "2020-01-17"), (1.0, 2.0)),)

    def paths_of(self, variant: str, paths: int) -> int:
        return paths if variant == "base" else max(1, paths // 2)

    def simulate(self, variant, first_path, n_paths, seed, traced, control):  # type: ignore[no-untyped-def]
        path = np.arange(first_path, first_path + n_paths, dtype=np.int64)
        gain = (path * 7_919 + seed * 104_729) % 5_000_011 - 2_000_000
        if variant == "other":
            gain = gain + 500_000
        control.add_finished(n_paths)
        return Shard(
            columns={
                "gain": gain,
                "day": np.where(gain < 0, path % 40, -1).astype(np.int32),
                "ratio": 100 + (path % 17) / 4,
                "lost": gain < 0,
            },
            bands={"gain": np.full((2, 4), n_paths, dtype=np.uint64)},
            traces={"gain": np.stack([path[:traced], 2 * path[:traced]], axis=1)},
        )


def build(settings: Settings, inputs: Mapping[str, bytes]) -> ReportModel:
    del settings, inputs
    return ReportModel()


def register() -> None:
    """Make ``kind = "report"`` known in this process."""
    sys.modules.setdefault("report_model", sys.modules[__name__])
    model.KINDS["report"] = "report_model"


SCENARIO = """
kind = "report"
title = "A pool, for the report's tests"

[pool]
label = "plain"

[run]
paths = 1000
traces = 6
"""
