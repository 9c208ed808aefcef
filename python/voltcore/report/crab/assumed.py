"""The settings that a crab page puts into words, and what its model takes for granted."""

from __future__ import annotations

from dataclasses import dataclass

from voltcore.report.view import Assumption, RunView
from voltcore.sim.model import BASE

MODEL = tuple(
    Assumption(f"model.{key}", "", "", description, basis, source)
    for key, description, basis, source in (
        (
            "closes",
            "every path passes through the real weekly closes; inside a week its hours are drawn "
            "so that the week's realised variance sets their size",
            "chosen",
            "keeps what happened and varies what only hourly data would show",
        ),
        (
            "oracle",
            "the oracle publishes whole steps of 2⁻¹⁴ USD",
            "chosen",
            "exact in the venue's fixed-point numbers",
        ),
        (
            "linear mark",
            "the linear perp's mark stands above its index by the week's funding a day",
            "chosen",
            "so that the venue's own rule gives back the funding of the table",
        ),
        (
            "cranks",
            "every hour: oracle price, caches, funding, triggers; a trigger's cycle runs at once",
            "chosen",
            "a keeper that is never late",
        ),
        (
            "settling",
            "profits and losses of both legs are settled into cash before every cycle",
            "chosen",
            "anybody may settle them",
        ),
        (
            "depositor",
            "one depositor comes before the first round and stays",
            "chosen",
            "no flow of others dilutes the result",
        ),
        (
            "liquidation",
            "in the first hour with negative maintenance health both positions go at oracle "
            "prices, whole, for the liquidation fee; the path ends there",
            "chosen",
            "the venue's partial steps are left out",
        ),
        (
            "refusals",
            "a refusal by volt or venue that no rule of the operator answers ends the path",
            "chosen",
            "at the assets of that hour",
        ),
    )
)


def setting(view: RunView, key: str, default: float) -> float:
    """A number of the scenario; the default where a view carries none."""
    value = view.settings.get(key)
    return default if value is None or isinstance(value, bool) else float(str(value))


def safe_ratio(view: RunView) -> float:
    """The CR in percent below which the volt rebalances."""
    return setting(view, "volt.safe_collateral_ratio_bps", 15_000) / 100


def leverage(view: RunView) -> float:
    """Short notional over equity, as a positive number."""
    return abs(setting(view, "volt.target_leverage", -0.5))


@dataclass(frozen=True)
class FundingRule:
    """The four settings that make the funding of the squared perp, and how orders fill."""

    rule: str
    premium: float
    carry: float
    daily_bps: float
    execution: str = "quoted"

    def words(self) -> list[str]:
        """Each setting that has an effect, in words."""
        fills = "on the order book" if self.execution == "book" else "at quotes"
        if self.rule == "constant":
            return [f"constant {_plain(self.daily_bps)} bps a day", fills]
        carry = f"carry {_plain(self.carry)}" if self.carry else "without carry"
        return [f"premium {_plain(self.premium)}", carry, fills]

    def formula(self) -> str:
        """The rule as one line."""
        if self.rule == "constant":
            return "the same rate every day, whatever happens"
        terms = [(self.premium, "past variance"), (self.carry, "linear funding")]
        shown = [
            words if factor == 1 else f"{_plain(factor)} × {words}"
            for factor, words in terms
            if factor
        ]
        return f"funding = {' + '.join(shown) or '0'}"


def funding_rule(view: RunView, variant: str) -> FundingRule | None:
    """The rule of a variant: that of the scenario with what its comparison changes."""
    keys = ("rule", "variance_premium", "carry", "constant_daily_bps")
    values = {key: view.settings.get(f"funding.{key}") for key in keys}
    execution = view.settings.get("execution") or "quoted"
    if variant != BASE:
        place = next(
            (
                key.removesuffix("name")
                for key, value in view.settings.items()
                if key.startswith("compare[") and key.endswith("].name") and value == variant
            ),
            None,
        )
        if place is None:
            return None
        changed = {key: view.settings.get(place + key) for key in keys}
        values |= {key: value for key, value in changed.items() if value is not None}
        execution = view.settings.get(place + "execution") or execution
    if any(value is None for value in values.values()):
        return None
    rule, *factors = (values[key] for key in keys)
    premium, carry, daily_bps = (float(str(factor)) for factor in factors)
    return FundingRule(str(rule), premium, carry, daily_bps, str(execution))


def variant_words(view: RunView, name: str) -> tuple[str, str]:
    """
    A short name of a variant, made of the settings in which it differs, and its funding rule.

    A variant that the scenario does not describe keeps its own name.
    """
    base, rule = funding_rule(view, BASE), funding_rule(view, name)
    if base is None or rule is None:
        return name.replace("_", " "), ""
    if name == BASE:
        return f"Base: {rule.words()[0]}", rule.formula()
    different = [words for words in rule.words() if words not in base.words()]
    short = ", ".join(different) or "as the base"
    twin = any(
        funding_rule(view, other) == rule for other in view.variants if other not in (name, BASE)
    )
    shown = f"{short} ({name})" if twin else short
    return f"{shown[:1].upper()}{shown[1:]}", rule.formula()


def _plain(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
