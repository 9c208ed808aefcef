"""Views of runs that never ran: every shape a report has to cope with, from a fixed seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore.report.crab import names
from voltcore.report.view import Assumption, RunView, Variant
from voltcore.sim.model import Band, Column, Series, Trace
from voltcore.sim.statistics import BandCounts

EPOCHS = 260
SETTINGS: dict[str, object] = {
    "funding.rule": "variance",
    "funding.variance_premium": 1.25,
    "funding.carry": 2.0,
    "funding.constant_daily_bps": 28.0,
    "volt.target_leverage": -0.5,
    "volt.safe_collateral_ratio_bps": 15_000,
    "compare[0].name": "k1",
    "compare[0].variance_premium": 1.0,
    "compare[1].name": "constant_28bps",
    "compare[1].rule": "constant",
    "compare[2].name": "no_carry",
    "compare[2].carry": 0.0,
}


def epoch_ends(count: int = EPOCHS) -> tuple[str, ...]:
    start = datetime(2020, 1, 10, 2, tzinfo=UTC)
    return tuple(
        (start + timedelta(weeks=week)).strftime("%Y-%m-%dT%H:%M:%SZ") for week in range(count)
    )


def crab_columns() -> dict[str, Column]:
    shown = [
        (names.TOTAL_RETURN, "%", "total return"),
        (names.APY, "%", "return a year"),
        (names.DRAWDOWN, "%", "largest fall from a peak"),
        (names.LEAST_CR, "%", "least collateralisation ratio"),
        ("deposit", "USDC", "deposit"),
        ("final_value", "USDC", "final value"),
        *((name, "USDC", words.lower()) for name, words, _ in names.FLOWS.steps),
        *((name, "count", words) for name, words in names.TRIGGERS),
    ]
    columns = {
        name: Column(name, "float64", unit, description, "chosen")
        for name, unit, description in shown
    }
    for name in (names.CR_BELOW, names.LIQUIDATED):
        columns[name] = Column(name, "bool", "", name.replace("_", " "))
    return columns


@cache
def crab_view(paths: int = 400, weeks: int = EPOCHS) -> RunView:
    random = np.random.default_rng(3)
    times = epoch_ends(weeks)
    close = 7800 * np.exp(np.cumsum(random.normal(0.008, 0.09, weeks)))
    edges = tuple(np.round(np.linspace(0.5, 2.0, 301), 6).tolist())
    drifts = {"base": 0.00006, "k1": -0.0008, "constant_28bps": 0.0011, "no_carry": -0.0011}
    band = Band(names.SHARE_PRICE, "USDC", edges, times, "share price")
    variants = {}
    for name, drift in drifts.items():
        count = paths if name == "base" else paths // 2
        weekly = random.normal(drift, 0.011, weeks) + random.normal(0, 0.003, (count, weeks))
        price = np.cumprod(1 + weekly, axis=1)
        variants[name] = Variant(
            name,
            count,
            _crab_values(price, random),
            {names.SHARE_PRICE: BandCounts(band, _counts(price, edges))},
            {names.SHARE_PRICE: price[:8], names.CR: random.normal(200, 12, (8, weeks))},
        )
    return RunView(
        kind="crab",
        name="crab-btc",
        title="The crab volt on 260 real BTC weeks",
        columns=crab_columns(),
        variants=variants,
        bands={names.SHARE_PRICE: band},
        traces={
            names.SHARE_PRICE: Trace(names.SHARE_PRICE, "float64", "USDC", times, "share price"),
            names.CR: Trace(names.CR, "float64", "%", times, "collateralisation ratio"),
        },
        series={
            names.CLOSE: Series(names.CLOSE, "USD", times, tuple(close.tolist()), "BTC"),
            names.FUNDING: Series(
                names.FUNDING,
                "%",
                times,
                tuple(random.normal(0.22, 0.1, weeks).tolist()),
                "funding a day",
            ),
        },
        assumptions=(
            Assumption(
                "volt.target_leverage",
                "-0.5",
                "1",
                "short notional in parts of equity",
                "documented",
                "volt #03 page: CR 200 %",
            ),
            Assumption(
                "market.variance_premium",
                "1.25",
                "1",
                "what buyers of the square pay above past variance",
                "chosen",
                "no series of a squared perp exists",
            ),
        ),
        settings=SETTINGS,
        command="voltcore run crab-btc --paths 400 --seed 3",
        facts={"seed": "3", "scenario digest": "ab" * 32, "voltcore": "0.1.0"},
    )


def _crab_values(
    price: NDArray[np.float64], random: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    count = price.shape[0]
    total = price[:, -1]
    peak = np.maximum.accumulate(np.maximum(price, 1.0), axis=1)
    values: dict[str, Any] = {
        names.TOTAL_RETURN: 100 * (total - 1),
        names.APY: 100 * (total ** (1 / 5) - 1),
        names.DRAWDOWN: 100 * (1 - price / peak).max(axis=1),
        names.LEAST_CR: random.normal(142, 5, count),
        "deposit": np.full(count, 1000.0),
        "final_value": 1000 * total,
    }
    flows = {
        name: random.normal(level, abs(level) / 10 + 1, count)
        for (name, _, _), level in zip(
            names.FLOWS.steps, (-2600, 1900, 1500, -600, 90, 40, 120, 1, 0, 0, 0), strict=True
        )
    }
    signed = sum(sign * flows[name] for name, _, sign in names.FLOWS.steps)
    flows[names.FLOWS.steps[0][0]] += values["final_value"] - values["deposit"] - signed
    values.update(flows)
    for (name, _), mean in zip(names.TRIGGERS, (259, 3, 0.1, 0, 0, 640), strict=True):
        values[name] = random.poisson(mean, count).astype(np.float64)
    values[names.CR_BELOW] = (values[names.LEAST_CR] < 150).astype(np.float64)
    values[names.LIQUIDATED] = np.zeros(count)
    return values


def _counts(price: NDArray[np.float64], edges: tuple[float, ...]) -> NDArray[np.uint64]:
    borders = np.array([-np.inf, *edges, np.inf])
    return np.stack([np.histogram(row, borders)[0] for row in price.T]).astype(np.uint64)


@cache
def generic_view(paths: int = 300, days: int = 40) -> RunView:
    """A kind of run that the report knows nothing about."""
    random = np.random.default_rng(5)
    times = tuple(str(day) for day in range(days))
    edges = tuple(float(edge) for edge in range(1, 50))
    values = {
        "depletion_day": np.where(
            random.random(paths) < 0.4, random.integers(0, days, paths), np.nan
        ),
        "lp_return": random.normal(3, 9, paths),
        "depleted": (random.random(paths) < 0.4).astype(np.float64),
    }
    locked = Band("locked", "%", edges, times, "locked share of the pool")
    return RunView(
        kind="jlp",
        name="jlp-stress",
        title="A pool under stress",
        columns={
            "depletion_day": Column("depletion_day", "int64", "d", "day of depletion", missing=-1),
            "lp_return": Column("lp_return", "float64", "%", "return of the pool's owners"),
            "depleted": Column("depleted", "bool", "", "insurance used up"),
        },
        variants={
            "base": Variant(
                "base",
                paths,
                values,
                {"locked": BandCounts(locked, random.integers(0, 9, (days, 50)).astype(np.uint64))},
                {"locked": random.normal(20, 3, (4, days))},
            )
        },
        bands={"locked": locked},
        traces={"locked": Trace("locked", "float64", "%", times, "locked share of the pool")},
        assumptions=(
            Assumption("pool.seed", "5", "USDC", "insurance", "chosen", "a round number"),
        ),
        facts={"seed": "5"},
    )


def hostile_text() -> list[str]:
    return [
        "</script><img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script><a href='javascript:alert(1)'>",
        "' onmouseover='alert(1)' x='",
        "a\u2028b\u2029c\u202e\u2066d\u200be\x00f\x1b[31m\ud800",
        "<!-- <script> ]]> --> &lt;b&gt; &#x3c;img&#x3e;",
        '%{x}evil ${jndi} $\\href{javascript:alert(1)}{x}$ <a href="javascript:1">x</a>',
        "</title></style></pre></dd></table><svg/onload=alert(1)>",
        "`${alert(1)}` {{7*7}} " + "w" * 5000,
    ]


def with_hostile_texts(view: RunView, hostile: str) -> RunView:
    """The view with `hostile` added to every text, names included."""

    def name(original: str) -> str:
        return original if view.kind == "crab" else original + hostile

    def keyed(table: Any) -> dict[str, Any]:
        return {name(key): item for key, item in table.items()}

    columns = {
        name(key): replace(
            item,
            name=name(key),
            unit=item.unit + hostile,
            description=item.description + hostile,
            source=hostile,
        )
        for key, item in view.columns.items()
    }
    bands = {
        name(key): replace(item, unit=item.unit + hostile, description=hostile)
        for key, item in view.bands.items()
    }
    traces = {
        name(key): replace(item, unit=item.unit + hostile, description=hostile)
        for key, item in view.traces.items()
    }
    series = {
        key: replace(item, unit=item.unit + hostile, description=hostile)
        for key, item in view.series.items()
    }
    variants = {
        key: replace(
            item,
            name=item.name + hostile,
            values=keyed(item.values),
            bands=keyed(item.bands),
            traces=keyed(item.traces),
        )
        for key, item in view.variants.items()
    }
    assumptions = tuple(
        Assumption(
            item.key + hostile,
            item.value + hostile,
            item.unit + hostile,
            item.description + hostile,
            item.basis + hostile,
            item.source + hostile,
        )
        for item in view.assumptions
    )
    return replace(
        view,
        name=view.name + hostile,
        title=view.title + hostile,
        columns=columns,
        bands=bands,
        traces=traces,
        series=series,
        variants=variants,
        assumptions=assumptions,
        command=view.command + hostile,
        facts={key + hostile: item + hostile for key, item in view.facts.items()},
        scenario=hostile,
    )
