"""What a rates run says about each position: probabilities, LVaR and IVaR, the safe leverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voltcore.errors import InputRangeError
from voltcore.sim.irs_settings import Settings

if TYPE_CHECKING:
    from voltcore.sim.results import Results

__all__ = ["RiskRow", "risk_table", "safe_leverage"]


@dataclass(frozen=True, slots=True)
class RiskRow:
    """
    One actor at one leverage; everything but probabilities and `median_sharpe` in % of the margin.

    Attributes
    ----------
    actor : str
        ``"ft"`` fixed taker, ``"vt"`` variable taker, ``"lp"`` liquidity provider.
    leverage : int
        Notional over margin.
    liquidation, insolvency : float
        Shares of the paths.
    median_return, low_return, high_return : float
        Median, 5 % and 95 % quantiles over paths.
    median_sharpe : float
    lvar_95, lvar_99, ivar_95, ivar_99 : float
        The published definition, its median over paths: of the series ``(m0 - LM) / m0``
        (liquidation) and ``(pnl + m0) / m0`` (insolvency) of a path, the mean less z deviations of
        the means of circular block resamples. Below 0 the margin would not have been enough.
    lvar_95_direct, lvar_99_direct, ivar_95_direct, ivar_99_direct : float
        The 5 % and 1 % quantiles over paths of the least value of each series.
    """

    actor: str
    leverage: int
    liquidation: float
    insolvency: float
    median_return: float
    low_return: float
    high_return: float
    median_sharpe: float
    lvar_95: float
    lvar_99: float
    ivar_95: float
    ivar_99: float
    lvar_95_direct: float
    lvar_99_direct: float
    ivar_95_direct: float
    ivar_99_direct: float


def _settings(results: Results) -> Settings:
    settings = results.scenario.settings
    if not isinstance(settings, Settings):
        raise InputRangeError(
            "is not a run of the kind irs", field="results", value=results.scenario.kind
        )
    return settings


def risk_table(results: Results) -> tuple[RiskRow, ...]:
    """
    A row for each actor and leverage that the engine let open.

    Parameters
    ----------
    results : Results
        Of a scenario of the kind ``irs``.

    Returns
    -------
    tuple of RiskRow
        By actor, then by leverage.

    Raises
    ------
    InputRangeError
        For a run of another kind.

    Notes
    -----
    Quantiles are order statistics, as in `Results.quantile`.
    """
    positions = _settings(results).positions
    columns = {column.name for column in results.columns}

    def row(actor: str, leverage: int) -> RiskRow:
        name = positions.name_of(actor, leverage)

        def at(metric: str, level: float) -> float:
            return float(results.quantile(f"{name}_{metric}", level))

        def share(event: str) -> float:
            return float(results.probability(f"{name}_{event}"))

        return RiskRow(
            actor,
            leverage,
            share("liquidated"),
            share("insolvent"),
            at("return", 0.5),
            at("return", 0.05),
            at("return", 0.95),
            at("sharpe", 0.5),
            at("lvar_95", 0.5),
            at("lvar_99", 0.5),
            at("ivar_95", 0.5),
            at("ivar_99", 0.5),
            at("least_liquidation", 0.05),
            at("least_liquidation", 0.01),
            at("least_equity", 0.05),
            at("least_equity", 0.01),
        )

    return tuple(
        row(actor, leverage)
        for actor in positions.actors
        for leverage in positions.leverages
        if f"{positions.name_of(actor, leverage)}_return" in columns
    )


def safe_leverage(results: Results, probability: float | None = None) -> dict[str, int | None]:
    """
    The largest leverage of each actor that is liquidated in less than a share of the paths.

    Parameters
    ----------
    results : Results
        Of a scenario of the kind ``irs``.
    probability : float, optional
        In (0, 1]; by default ``value_at_risk.acceptable_liquidation_percent`` of the scenario.

    Returns
    -------
    dict of str to int or None
        None for an actor without such a leverage among those of the scenario.
    """
    settings = _settings(results)
    if probability is None:
        probability = settings.value_at_risk.acceptable_liquidation_percent / 100
    if not 0 < probability <= 1:
        raise InputRangeError("is not in (0, 1]", field="probability", value=probability)
    safe: dict[str, int | None] = dict.fromkeys(settings.positions.actors)
    for row in risk_table(results):
        if row.liquidation < probability:
            safe[row.actor] = max(row.leverage, safe[row.actor] or 0)
    return safe
