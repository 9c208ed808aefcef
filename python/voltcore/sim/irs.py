"""
Positions in a rates pool over simulated rates: a scenario's model.

Every path is a copy of one exact `voltcore.irs.IrsPool` in which liquidity has been minted and the
watched positions have been opened; rates move, the oracle is written, the market trades the fixed
rate to where it sees it, requirements are read, keepers liquidate what the engine lets them, and at
maturity everything is settled. All of that are operations of the pool; the loop is in the core.

What is assumed beyond the rules of the contracts:

* The index compounds at the mean of the rates before and after each step. Before the term the rate
  has been the starting one throughout the look-back window.
* At every step a large market taker trades the fixed rate to its view of the variable rate, inside
  the range of the market's liquidity. Its margin never binds.
* Positions are opened at the start, each at the same fixed rate, and only liquidation changes them.
* A keeper looks at every step, liquidates whatever the engine allows, and looks again at the next.
* Equity is margin plus the cashflow accrued so far, ``fixed * t + variable * growth``: what would
  be settled if the term ended now.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import ScenarioError, VoltcoreError
from voltcore.markets import CoxIngersollRoss
from voltcore.sim.irs_opening import (
    DAY,
    KEEPER,
    TERM_START,
    TOKEN,
    Refused,
    Seat,
    open_positions,
    taker,
    term_end,
    tilt,
)
from voltcore.sim.irs_settings import Settings
from voltcore.sim.model import BASE, Band, Column, Series, Shard, Trace

__all__ = ["METRICS", "IrsRiskModel", "Refused", "Seat", "Settings", "build", "read_history"]

HEADROOM_EDGES = tuple(float(step) for step in range(-200, 101))
RATE_EDGES = tuple(step / 10 for step in range(1, 501))


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of every position."""

    name: str
    dtype: str
    unit: str
    description: str
    source: str
    scale: int = 1
    missing: int | None = None
    headline: bool = False


METRICS = (
    Metric("pnl", "int64", "tokens", "result", "margin after settlement - margin paid in", TOKEN),
    Metric(
        "return",
        "float64",
        "%",
        "return on margin",
        "after settlement",
        headline=True,
    ),
    Metric(
        "sharpe",
        "float64",
        "",
        "Sharpe ratio of the changes of equity",
        "a year; no rate is deducted",
    ),
    Metric(
        "headroom",
        "float64",
        "%",
        "least headroom",
        "(margin - liquidation requirement) / margin paid in",
    ),
    Metric(
        "lvar_95",
        "float64",
        "%",
        "LVaR 95 of the path",
        "published: circular block bootstrap of (m0 - LM)/m0, mean - 1.645 deviations",
    ),
    Metric("lvar_99", "float64", "%", "LVaR 99 of the path", "as LVaR 95, 2.326 deviations"),
    Metric(
        "ivar_95",
        "float64",
        "%",
        "IVaR 95 of the path",
        "published: the same of (pnl + m0)/m0",
    ),
    Metric("ivar_99", "float64", "%", "IVaR 99 of the path", "as IVaR 95, 2.326 deviations"),
    Metric(
        "least_liquidation",
        "float64",
        "%",
        "least (m0 - LM)/m0 of the path",
        "its quantiles over paths are the direct LVaR",
    ),
    Metric(
        "least_equity",
        "float64",
        "%",
        "least (pnl + m0)/m0 of the path",
        "its quantiles over paths are the direct IVaR",
    ),
    Metric("liquidated", "bool", "", "liquidated", "MarginEngine.liquidatePosition"),
    Metric("liquidated_day", "int32", "days", "day of the first liquidation", "", missing=-1),
    Metric("insolvent", "bool", "", "insolvent", "equity below 0 at some step; chosen"),
    Metric("insolvent_day", "int32", "days", "first day with equity below 0", "", missing=-1),
)

PATH_COLUMNS = (
    Column("variable_factor", "float64", "%", "growth of the index over the term", "rate oracle"),
    Column(
        "refused_trades",
        "uint32",
        "times",
        "trades of the market taker that the pool refused",
        headline=False,
    ),
    Column(
        "refused_liquidations",
        "uint32",
        "times",
        "liquidations that the engine refused",
        headline=False,
    ),
)


def read_history(data: bytes, field: str = "rate.history") -> NDArray[np.float64]:
    """
    Daily rates from a CSV table with a column ``rate_percent``.

    Returns
    -------
    ndarray of float64, shape (n,)
        Fractions a year.

    Raises
    ------
    ScenarioError
        E206 for a missing column or a cell that is no number.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
        rates = [float(row["rate_percent"]) / 100 for row in rows]
    except (UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError):
        raise ScenarioError(
            "is not a CSV table in UTF-8 with numbers in a column rate_percent",
            code="E206",
            field=field,
        ) from None
    return np.array(rates)


def rate_model(settings: Settings, history: NDArray[np.float64] | None) -> CoxIngersollRoss:
    """The variable rate, stepwise: set, or calibrated from daily rates."""
    rate = settings.rate
    step_years = 1 / (365 * settings.pool.steps_per_day)
    if history is None:
        start, speed, level, volatility = (
            rate.start_percent / 100,
            rate.speed,
            rate.level_percent / 100,
            rate.volatility,
        )
    else:
        try:
            fitted = CoxIngersollRoss.calibrate(history)
        except VoltcoreError as error:
            raise ScenarioError(str(error), code="E206", field="rate.history") from None
        start, speed, level, volatility = (
            fitted.start_rate,
            fitted.speed,
            fitted.level,
            fitted.volatility,
        )
    return CoxIngersollRoss(start, speed, level, volatility * rate.volatility_scale, step_years)


class IrsRiskModel:
    """
    The model of a rates scenario; see `voltcore.sim.model.Model`.

    Attributes
    ----------
    pool : IrsPool
        What every path starts from.
    rate : CoxIngersollRoss
        The variable rate.
    seats : tuple of Seat
        The positions that were opened.
    refused : tuple of Refused
        Those that the engine refused.
    """

    kind = "irs"
    variants = (BASE,)
    series: tuple[Series, ...] = ()

    def __init__(self, settings: Settings, history: NDArray[np.float64] | None = None) -> None:
        self.settings = settings
        self.rate = rate_model(settings, history)
        self.pool, self.seats, self.refused = open_positions(settings, self.rate.start_rate)
        pool = settings.pool
        core = _core.IrsRiskModel(
            self.pool._core,
            self.rate._handle,
            SimpleNamespace(
                term_end=term_end(settings),
                step_seconds=DAY // pool.steps_per_day,
                steps_per_day=pool.steps_per_day,
                trading_ends=term_end(settings) - DAY,
                liquidator=KEEPER,
                block=settings.value_at_risk.block_days * pool.steps_per_day,
                replicates=settings.value_at_risk.replicates,
                market_taker=taker(settings),
                tilt=tilt(settings),
                low_rate=pool.low_rate_percent,
                high_rate=pool.high_rate_percent,
                seats=self.seats,
            ),
        )
        self._cores = {BASE: core}
        self.steps_per_path = core.steps
        self.columns = (
            *(
                Column(
                    f"{seat.name}_{metric.name}",
                    metric.dtype,
                    metric.unit,
                    f"{seat.label}: {metric.description}",
                    metric.source,
                    metric.scale,
                    metric.missing,
                    metric.headline,
                )
                for seat in self.seats
                for metric in METRICS
            ),
            *PATH_COLUMNS,
        )
        days = tuple(
            datetime.fromtimestamp(TERM_START + (day + 1) * DAY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for day in range(pool.term_days)
        )
        rates = (("variable_rate", "variable rate"), ("fixed_rate", "fixed rate of the vAMM"))
        self.bands = (
            *(Band(name, "%", RATE_EDGES, days, text) for name, text in rates),
            *(
                Band(
                    f"{seat.name}_headroom",
                    "%",
                    HEADROOM_EDGES,
                    days,
                    f"{seat.label}: headroom",
                )
                for seat in self.seats
            ),
        )
        self.traces = tuple(
            Trace(band.name, "float64", "%", days, band.description) for band in self.bands
        )

    def paths_of(self, variant: str, paths: int) -> int:
        """All of them: there is one variant."""
        return paths if variant == BASE else 0

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
        found = self._cores[variant].simulate(
            seed,
            first_path,
            n_paths,
            traced,
            control,
            np.array(HEADROOM_EDGES),
            np.array(RATE_EDGES),
        )
        if found is None:
            return None
        by_seat, by_path, counts, kept = found
        columns: dict[str, NDArray[Any]] = {}
        for place, seat in enumerate(self.seats):
            for metric in METRICS:
                values = np.ascontiguousarray(by_seat[metric.name][:, place])
                is_event = metric.dtype == "bool"
                columns[f"{seat.name}_{metric.name}"] = (
                    values.view(np.bool_) if is_event else values
                )
        for column in PATH_COLUMNS:
            columns[column.name] = np.ascontiguousarray(by_path[column.name][:, 0])
        bands = {name: counts[name] for name in ("variable_rate", "fixed_rate")}
        traces = {name: kept[name] for name in bands}
        days = self.settings.pool.term_days
        headroom = kept["headroom"].reshape(-1, len(self.seats), days)
        for place, seat in enumerate(self.seats):
            bands[f"{seat.name}_headroom"] = counts["headroom"][place]
            traces[f"{seat.name}_headroom"] = np.ascontiguousarray(headroom[:, place])
        return Shard(columns, bands, traces)

    def path_state(self, seed: int, path: int) -> bytes:
        """Canonical bytes of the pool after one path, audited."""
        return self._cores[BASE].path_state(seed, path)


def build(settings: Settings, inputs: Mapping[str, bytes]) -> IrsRiskModel:
    """The model of checked settings and the history they may name."""
    name = settings.rate.history
    return IrsRiskModel(settings, None if name is None else read_history(inputs[name]))
