"""The first thing seen: which leverage is safe, for whom."""

from __future__ import annotations

from voltcore.report.blocks import Block, Cell, Facts, Paragraph, Section, Table
from voltcore.report.irs.names import acceptable, actors, positions
from voltcore.report.numbers import interval, number, probability, quantity
from voltcore.report.statistics import quantiles
from voltcore.report.view import RunView
from voltcore.sim.irs_opening import ACTORS


def headline(view: RunView) -> Section:
    """The safe leverage of each actor, and the table that it is read from."""
    blocks: list[Block] = [Paragraph(verdict(view), "verdict"), Facts(facts(view))]
    return Section("overview", "", [*blocks, risk_table(view)])


def safe(view: RunView, actor: str) -> int | None:
    """The largest leverage with fewer liquidated paths than acceptable."""
    limit = acceptable(view) * view.base.paths
    fine = [
        position.leverage
        for position in positions(view)
        if position.actor == actor and position.happened(view, "liquidated") < limit
    ]
    return max(fine, default=None)


def verdict(view: RunView) -> tuple[str, ...]:
    """One sentence."""
    limit = quantity(100 * acceptable(view), "%", decimals=0)
    parts = [f"Liquidated in fewer than {limit} of {number(view.base.paths, 0)} paths: "]
    for place, actor in enumerate(actors(view)):
        leverage = safe(view, actor)
        parts[-1] += ("; " if place else "") + f"{ACTORS[actor]} "
        parts.append("at no leverage shown" if leverage is None else f"up to {leverage}x")
        parts.append("")
    parts[-1] += "."
    return tuple(parts)


def facts(view: RunView) -> list[tuple[str, str, str]]:
    """How far the rate went."""
    low, middle, high = quantiles(view.base.values["variable_factor"], (0.05, 0.5, 0.95))
    spread = interval(quantity(low, "%", decimals=2), quantity(high, "%", decimals=2))
    return [
        (
            "What the variable leg paid over the term",
            quantity(middle, "%", decimals=2),
            f"median path; nine paths of ten: {spread}",
        )
    ]


def risk_table(view: RunView) -> Table:
    """A row for each position."""
    rows: list[list[Cell | str]] = []
    for position in positions(view):
        liquidated = position.happened(view, "liquidated")
        low, middle, high = quantiles(position.values(view, "return"), (0.05, 0.5, 0.95))
        published = quantiles(position.values(view, "lvar_95"), (0.5,))[0]
        direct = quantiles(position.values(view, "least_liquidation"), (0.05,))[0]
        equity = quantiles(position.values(view, "least_equity"), (0.05,))[0]
        insolvency = quantiles(position.values(view, "ivar_95"), (0.5,))[0]
        share = liquidated / max(view.base.paths, 1)
        rows.append(
            [
                position.label,
                Cell(
                    probability(liquidated, view.base.paths),
                    "gain" if share < acceptable(view) else "loss",
                ),
                probability(position.happened(view, "insolvent"), view.base.paths),
                Cell(_signed(middle), note=interval(_signed(low), _signed(high))),
                Cell(_signed(published), note=_signed(direct)),
                Cell(_signed(insolvency), note=_signed(equity)),
            ]
        )
    return Table(
        ("position", "liquidated", "insolvent", "return on margin", "LVaR 95", "IVaR 95"),
        rows,
        caption="Return: median path, and below it the range of nine paths of ten. LVaR and IVaR "
        "in % of the margin paid in, below 0 when it is not enough: the published definition "
        "(median path), and below it the direct one (5 % quantile over paths of the worst day).",
    )


def _signed(percent: float) -> str:
    return quantity(percent, "%", signed=True)
