"""A run in one table: median, range and extremes of each column, probabilities of each event."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voltcore.sim.model import Column

if TYPE_CHECKING:
    from voltcore.sim.results import Results

# The two-sided 95 % point of the normal distribution.
_Z95 = 1.959963984540054


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """
    95 % interval of a probability, from `hits` in `trials`.

    Source: E. B. Wilson, JASA 22 (1927). Unlike the normal interval it stays inside [0, 1] and does
    not shrink to a point when nothing was observed.
    """
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    square = _Z95 * _Z95
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = (
        _Z95
        * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
        / (1 + square / trials)
    )
    # At the ends the exact bound is 0 or 1; rounding must not move it inside.
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == trials else min(1.0, centre + half)
    return low, high


@dataclass(frozen=True, slots=True)
class Probability:
    """Share of the paths with an event, and its 95 % Wilson interval."""

    name: str
    hits: int
    trials: int
    low: float
    high: float
    description: str = ""

    @property
    def estimate(self) -> float:
        """Hits by trials."""
        return self.hits / self.trials if self.trials else math.nan

    def __float__(self) -> float:
        return self.estimate

    def __str__(self) -> str:
        return f"{percent(self.estimate)} ({percent(self.low)} to {percent(self.high)})"


@dataclass(frozen=True, slots=True)
class Row:
    """Statistics of one column, in its unit."""

    name: str
    unit: str
    description: str
    median: float
    low: float
    high: float
    minimum: float
    maximum: float
    mean: float
    count: int


@dataclass(frozen=True, slots=True)
class TailLoss:
    """
    Losses of one column, in its unit; a negative one is a gain.

    Attributes
    ----------
    value_at_risk : dict of float to float
        Level, 0.95 or 0.99, to the loss that is not exceeded with that probability.
    expected_shortfall : dict of float to float
        Level to the mean loss of the paths beyond it.
    """

    name: str
    unit: str
    description: str
    value_at_risk: dict[float, float]
    expected_shortfall: dict[float, float]

    def cells(self) -> tuple[str, ...]:
        """Value at risk and expected shortfall at each level, as text."""
        pairs = zip(self.value_at_risk.values(), self.expected_shortfall.values(), strict=True)
        return tuple(figures([value for pair in pairs for value in pair]))


TAIL_LEVELS = (0.95, 0.99)
TAIL_HEADERS = tuple(f"{name} {level:.0%}" for level in TAIL_LEVELS for name in ("VaR", "ES"))


@dataclass(frozen=True, slots=True)
class Summary:
    """
    Statistics of a variant of a run; printing it gives a table.

    Attributes
    ----------
    rows : tuple of Row
        One for each headline column; ``low`` and ``high`` are the 5 % and 95 % quantiles.
    probabilities : tuple of Probability
        One for each event.
    tail_losses : tuple of TailLoss
        One for each column that is `at_risk`.
    """

    title: str
    variant: str
    paths: int
    seed: int
    digest: str
    rows: tuple[Row, ...]
    probabilities: tuple[Probability, ...]
    tail_losses: tuple[TailLoss, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-ready values; a statistic of no rows is None."""

        def number(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "variant": self.variant,
            "paths": self.paths,
            "columns": {
                row.name: {
                    "unit": row.unit,
                    "median": number(row.median),
                    "p05": number(row.low),
                    "p95": number(row.high),
                    "min": number(row.minimum),
                    "max": number(row.maximum),
                    "mean": number(row.mean),
                    "count": row.count,
                }
                for row in self.rows
            },
            "probabilities": {
                item.name: {
                    "estimate": number(item.estimate),
                    "low": item.low,
                    "high": item.high,
                    "hits": item.hits,
                    "trials": item.trials,
                }
                for item in self.probabilities
            },
            "tail_losses": {
                item.name: {
                    "unit": item.unit,
                    "value_at_risk": {f"{q:g}": number(v) for q, v in item.value_at_risk.items()},
                    "expected_shortfall": {
                        f"{q:g}": number(v) for q, v in item.expected_shortfall.items()
                    },
                }
                for item in self.tail_losses
            },
        }

    def table(self) -> list[tuple[str, ...]]:
        """Cells as text: name, unit, median, 5 %, 95 %, minimum, maximum."""
        return [
            (
                row.name.replace("_", " "),
                row.unit,
                *figures((row.median, row.low, row.high, row.minimum, row.maximum)),
            )
            for row in self.rows
        ]

    def __str__(self) -> str:
        header = ("", "unit", "median", "5 %", "95 %", "min", "max")
        table = [header, *self.table()]
        lines = [f"{self.title}: {self.paths:,} paths, seed {self.seed}, {self.variant}", ""]
        lines += _aligned(table)
        if self.tail_losses:
            losses = [
                (item.name.replace("_", " "), item.unit, *item.cells()) for item in self.tail_losses
            ]
            lines += ["", *_aligned([("loss", "unit", *TAIL_HEADERS), *losses])]
        if self.probabilities:
            lines.append("")
            names = [item.name.replace("_", " ") for item in self.probabilities]
            width = max(map(len, names))
            lines += [
                f"{name.ljust(width)}  {item}"
                for name, item in zip(names, self.probabilities, strict=True)
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def cells(tag: str, values: tuple[str, ...]) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(v)}</{tag}>" for v in values) + "</tr>"

        head = cells("th", ("", "unit", "median", "5 %", "95 %", "min", "max"))
        body = "".join(cells("td", row) for row in self.table())
        chances = "".join(
            cells("td", (item.name.replace("_", " "), str(item))) for item in self.probabilities
        )
        title = html.escape(f"{self.title}: {self.paths:,} paths, seed {self.seed}, {self.variant}")
        text = f"<p><b>{title}</b></p><table>{head}{body}</table>"
        if self.tail_losses:
            losses = "".join(
                cells("td", (item.name.replace("_", " "), item.unit, *item.cells()))
                for item in self.tail_losses
            )
            text += f"<table>{cells('th', ('loss', 'unit', *TAIL_HEADERS))}{losses}</table>"
        if chances:
            text += f"<table>{cells('th', ('probability', '95 % interval'))}{chances}</table>"
        return text


def _aligned(table: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines; the first two columns are words."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def make_summary(results: Results) -> Summary:
    """The summary of a variant."""
    rows, probabilities = [], []
    for column in results.columns:
        if column.dtype == "bool":
            found = results.probability(column.name)
            probabilities.append(
                Probability(
                    found.name, found.hits, found.trials, found.low, found.high, column.description
                )
            )
        elif column.headline:
            rows.append(statistics_of(column, results))
    return Summary(
        results.scenario.title,
        results.variant,
        results.paths,
        results.seed,
        results.digest,
        tuple(rows),
        tuple(probabilities),
        tuple(tail_loss(column, results) for column in results.columns if column.at_risk),
    )


def tail_loss(column: Column, results: Results) -> TailLoss:
    """Value at risk and expected shortfall of one column."""
    return TailLoss(
        column.name,
        column.unit,
        column.description,
        {level: results.value_at_risk(column.name, level) for level in TAIL_LEVELS},
        {level: results.expected_shortfall(column.name, level) for level in TAIL_LEVELS},
    )


def label_of(item: Column | Row | Probability | TailLoss) -> str:
    """What a column is called in a table for readers: its description, or its name."""
    return item.description or item.name.replace("_", " ")


def statistics_of(column: Column, results: Results) -> Row:
    """Statistics of one column over the paths in which it exists."""
    name, unit, description = column.name, column.unit, column.description
    ordered = np.sort(results.values(name))
    count = len(ordered)
    if not count:
        nan = math.nan
        return Row(name, unit, description, nan, nan, nan, nan, nan, nan, 0)

    def at(q: float) -> float:
        return float(ordered[max(0, math.ceil(q * count - 1e-9) - 1)])

    return Row(
        name,
        unit,
        description,
        at(0.5),
        at(0.05),
        at(0.95),
        float(ordered[0]),
        float(ordered[-1]),
        math.fsum(ordered.tolist()) / count,
        count,
    )


def figure(value: float) -> str:
    """A number for a table: about four figures, thousands separated."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.3e}"
    if size >= 1000 or value == int(value):
        return f"{value:,.0f}"
    decimals = 2 if size >= 10 else 3 if size >= 1 else 4
    return f"{value:.{decimals}f}"


def figures(values: Sequence[float]) -> list[str]:
    """
    Numbers that stand in one row or column: with the same decimals, about four figures of the
    largest. Where that would leave a small one without its own figures, each is shown by itself.
    """
    sizes = [abs(value) for value in values if math.isfinite(value)]
    largest = max(sizes, default=0.0)
    if not 1e-3 <= largest < 1e15 or all(size == int(size) for size in sizes):
        return [figure(value) for value in values]
    decimals = min(4, max(0, 3 - math.floor(math.log10(largest))))
    if any(0 < size < 10 ** (1 - decimals) for size in sizes):
        return [figure(value) for value in values]
    return [f"{value:,.{decimals}f}" if math.isfinite(value) else figure(value) for value in values]


def percent(share: float) -> str:
    """A probability as text; small ones keep a figure that is not zero."""
    if math.isnan(share):
        return "-"
    value = 100 * share
    if value == 0 or value == 100:
        return f"{value:.0f} %"
    if 0.1 <= value <= 99.9:
        return f"{value:.1f} %"
    return f"{value:.2g} %" if value < 0.1 else f"{value:.4g} %"
