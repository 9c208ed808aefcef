"""
Price paths of one market model: a scenario's model.

No protocol: what a price does under the models of `voltcore.markets`, with the run folders, figures
and reports of every other kind. The loop over paths and steps is in the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from voltcore import _core
from voltcore.errors import InputRangeError, ScenarioError, VoltcoreError
from voltcore.markets import (
    BlockBootstrap,
    EpochBridge,
    GeometricBrownianMotion,
    MertonJumps,
    PriceSeries,
)
from voltcore.sim.core_models import as_shard, check_paths
from voltcore.sim.described_keys import key
from voltcore.sim.model import BASE, Band, Column, InputFile, ModelSettings, Series, Shard, Trace

__all__ = ["COLUMNS", "PricePathsModel", "Settings", "build"]

HOURS_PER_YEAR = 8766
_MOST_STEPS = 2**24
_MOST_TIMES = 10_000
DRAWDOWN_EDGES = tuple(step / 2 for step in range(201))

PathModel = GeometricBrownianMotion | MertonJumps | BlockBootstrap | EpochBridge

COLUMNS: tuple[Column, ...] = (
    Column("total_return", "float64", "%", "total return", "last price over the first"),
    Column("final_price", "float64", "USD", "last price", "after the last step"),
    Column("min_price", "float64", "USD", "lowest price", "every step and the start"),
    Column("max_price", "float64", "USD", "highest price", "every step and the start"),
    Column(
        "realised_volatility",
        "float64",
        "%",
        "realised volatility a year",
        "root of the sum of squared log returns over the years",
    ),
    Column("max_drawdown", "float64", "%", "largest fall from a peak", "every step"),
    Column("loss", "bool", "", "ends below the start", "last price < first price"),
)


class Jumps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Jumps of the log price, for the model merton."""

    rate: Annotated[
        float, key("jumps a year", "1/year", "chosen", "about one a month", ge=0, le=1e5)
    ] = 12.0
    mean: Annotated[
        float, key("mean jump of the log price", "1", "chosen", "falls prevail", ge=-10, le=10)
    ] = -0.02
    volatility: Annotated[
        float, key("its standard deviation", "1", "chosen", "a tenth", ge=0, le=10)
    ] = 0.1


class History(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table behind the models bootstrap and bridge."""

    prices: Annotated[
        InputFile, key("table of prices: CSV or Parquet", "file", "documented", "a real history")
    ] = "btc_weekly.csv"
    time_column: Annotated[str, Meta(description="column of times", max_length=256)] = (
        "epoch_end_utc"
    )
    price_column: Annotated[str, Meta(description="column of prices", max_length=256)] = "close_usd"
    variance_column: Annotated[
        str,
        Meta(
            description="column of the realised variance of each row, for the model bridge",
            max_length=256,
        ),
    ] = "realised_variance"
    block_length: Annotated[
        int,
        key("steps in a resampled block", "steps", "chosen", "short memory stays", ge=1, le=10**6),
    ] = 8
    blocks: Annotated[
        Literal["circular", "stationary"],
        key("blocks of that length, or of that mean length", "", "chosen", "the plain method"),
    ] = "circular"
    steps_per_row: Annotated[
        int,
        key(
            "steps drawn between two rows of the bridge", "steps", "chosen", "hours", ge=1, le=2**20
        ),
    ] = 168


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the price moves."""

    model: Annotated[
        Literal["gbm", "merton", "bootstrap", "bridge"],
        key(
            "gbm: geometric Brownian motion; merton: with jumps; bootstrap: returns of a history "
            "in blocks; bridge: through the prices of a history",
            "",
            "chosen",
            "fat tails with few parameters",
        ),
    ] = "merton"
    start_price_usd: Annotated[
        float,
        key(
            "first price; the bridge begins at its history",
            "USD",
            "chosen",
            "prices read as per cent",
            gt=0,
            le=1e15,
        ),
    ] = 100.0
    steps: Annotated[
        int,
        key(
            "steps of a path; the bridge has those of its history",
            "steps",
            "chosen",
            "a year of hours",
            ge=1,
            le=2**24,
        ),
    ] = HOURS_PER_YEAR
    step_hours: Annotated[
        float, key("length of a step of gbm and merton", "h", "chosen", "hourly", gt=0, le=87_660)
    ] = 1.0
    drift: Annotated[
        float,
        key("growth of the expected price a year", "1/year", "chosen", "none", ge=-1e3, le=1e3),
    ] = 0.0
    volatility: Annotated[
        float,
        key(
            "of the diffusion, a year",
            "1",
            "chosen",
            "with the jumps 65 % a year",
            ge=0,
            le=1e3,
        ),
    ] = 0.55
    jumps: Jumps = Jumps()
    history: History = History()


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario of price paths."""

    kind: Literal["paths"] = "paths"
    market: Market = Market()
    steps_shown: Annotated[
        int,
        key(
            "steps between two times of the bands and traces",
            "steps",
            "chosen",
            "a week",
            ge=1,
            le=_MOST_STEPS,
        ),
    ] = 168


def _history(market: Market, inputs: Mapping[str, bytes]) -> PriceSeries:
    name, history = market.history.prices, market.history
    return PriceSeries.from_bytes(
        inputs[name], name, time=history.time_column, price=history.price_column, columns=...
    )


def _path_model(market: Market, inputs: Mapping[str, bytes]) -> tuple[PathModel, float]:
    """The model and the hours of its step."""
    history = market.history
    if market.model in ("bootstrap", "bridge"):
        table = _history(market, inputs)
        row_hours = _row_hours(table)
        if market.model == "bridge":
            bridge = EpochBridge.from_series(
                table, variance=history.variance_column, steps_per_epoch=history.steps_per_row
            )
            return bridge, row_hours / history.steps_per_row
        resampled = BlockBootstrap(
            table.log_returns(), history.block_length, history.blocks, market.start_price_usd
        )
        return resampled, row_hours
    diffusion = (
        market.start_price_usd,
        market.drift,
        market.volatility,
        market.step_hours / HOURS_PER_YEAR,
    )
    if market.model == "gbm":
        return GeometricBrownianMotion(*diffusion), market.step_hours
    jumps = market.jumps
    model = MertonJumps(*diffusion, jumps.rate, jumps.mean, jumps.volatility)
    return model, market.step_hours


def _row_hours(table: PriceSeries) -> float:
    """Median distance of two rows."""
    if len(table) < 2:
        raise InputRangeError("has fewer than 2 rows", code="E113", field="history.prices")
    return float(np.median(np.diff(table.seconds))) / 3600


def _time_label(hours: float) -> str:
    return f"{hours:g} h" if hours < 48 else f"{hours / 24:g} d"


class PricePathsModel:
    """
    The model of a scenario of price paths; see `voltcore.sim.model.Model`.

    Attributes
    ----------
    path_model : GeometricBrownianMotion, MertonJumps, BlockBootstrap or EpochBridge
        What `voltcore.markets.paths` takes to draw the same paths.
    """

    kind = "paths"
    columns = COLUMNS
    variants = (BASE,)
    series: tuple[Series, ...] = ()

    def __init__(self, settings: Settings, path_model: PathModel, step_hours: float) -> None:
        self.path_model = path_model
        self._steps_shown = settings.steps_shown
        if isinstance(path_model, EpochBridge):
            self.steps_per_path = path_model.steps
            start = path_model.closes[0] / path_model.scale
        else:
            self.steps_per_path = settings.market.steps
            start = path_model.start_price
        if self.steps_per_path > _MOST_STEPS:
            raise InputRangeError(
                f"gives {self.steps_per_path:,} steps, more than {_MOST_STEPS:,}",
                code="E113",
                field="history.steps_per_row",
                value=settings.market.history.steps_per_row,
            )
        self._years = self.steps_per_path * step_hours / HOURS_PER_YEAR
        shown = [*range(self._steps_shown, self.steps_per_path, self._steps_shown)]
        times = tuple(_time_label(step * step_hours) for step in [*shown, self.steps_per_path])
        # A hundred bins for each power of ten, three powers to both sides of the start.
        price_edges = tuple(start * 10 ** (step / 100) for step in range(-300, 301))
        self.bands = (
            Band("price", "USD", price_edges, times, "price"),
            Band("drawdown", "%", DRAWDOWN_EDGES, times, "largest fall from a peak so far"),
        )
        self.traces = (
            Trace("price", "float64", "USD", times, "price"),
            Trace("drawdown", "float64", "%", times, "largest fall from a peak so far"),
        )

    def paths_of(self, variant: str, paths: int) -> int:
        """The base runs all paths; there is no other variant."""
        del variant
        return paths

    def simulate(
        self,
        variant: str,
        first_path: int,
        n_paths: int,
        seed: int,
        traced: int,
        control: _core.Control,
    ) -> Shard | None:
        """Run a range of paths; see `voltcore.sim.model.Model.simulate`."""
        del variant
        check_paths(first_path, n_paths)
        found = _core.simulate_price_paths(
            self.path_model._handle,
            self.steps_per_path,
            self._steps_shown,
            self._years,
            seed,
            first_path,
            n_paths,
            traced,
            control,
            np.array(self.bands[0].edges),
            np.array(DRAWDOWN_EDGES),
        )
        return as_shard(COLUMNS, found)


def build(settings: Settings, inputs: Mapping[str, bytes]) -> PricePathsModel:
    """The model of checked settings and the table they name."""
    try:
        model = PricePathsModel(settings, *_path_model(settings.market, inputs))
    except ScenarioError:
        raise
    except VoltcoreError as error:
        place = f" (row {error.index})" if error.index is not None else ""
        raise ScenarioError(
            f"{error.bound}{place}",
            code="E206",
            field=f"market.{error.field}",
            value=error.value,
            hint=error.hint,
        ) from None
    times = len(model.bands[0].times)
    if times > _MOST_TIMES:
        raise ScenarioError(
            f"gives {times:,} times, more than {_MOST_TIMES:,}",
            code="E206",
            field="steps_shown",
            value=settings.steps_shown,
        )
    return model
