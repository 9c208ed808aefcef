"""
The crab volt through real weeks: a scenario's model.

Every path passes through the real weekly closes; inside a week its hourly prices are drawn so that
the week's realised variance sets their size. Volt and venue are the exact engines of
`voltcore.volts` and `voltcore.venues`; the loop over paths and hours is in the core.

What is assumed beyond the rules of volt and venue:

* The oracle publishes whole steps of 2^-14 USD.
* The linear perp's mark stands above its index by the week's funding a day, so that the venue's
  own rule gives that funding back, up to half a price lot.
* With ``execution = "book"`` makers quote a ladder on the venue's order book and the volt's cranks
  send immediate-or-cancel orders to it. Both sides of the ladder mirror each other, so funding
  reads the mid, and an hour without a trade needs no orders: the quick loop quotes when the volt
  trades.
* One depositor comes before the first round and stays. He is the operator's only flow.
* The operator settles profits and losses of both legs into cash before every cycle, as anybody may.
* A liquidation takes both positions at oracle prices for the venue's liquidation fee, whole, in the
  first hour with negative maintenance health; the path ends there. A negative equity is the
  venue's loss.
* A refusal by volt or venue that no rule of the operator answers (`stopped`) ends the path too, at
  the assets of that hour: an order below one lot, an equity below zero, an init health that no
  longer allows a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.sim.core_models import VoltModel
from voltcore.sim.crab_columns import (
    COLUMNS,
    CR_EDGES,
    EPOCH_RETURN_EDGES,
    SHARE_PRICE_EDGES,
    USDC,
)
from voltcore.sim.crab_settings import Compare, Funding, Perp, Settings
from voltcore.sim.crab_weeks import Weeks, read_weeks
from voltcore.sim.model import BASE, Band, Series, Trace
from voltcore.sim.week_table import HOURS_PER_WEEK
from voltcore.venues.config import PerpMarketConfig

__all__ = ["COLUMNS", "CrabModel", "Settings", "Weeks", "build", "read_weeks"]

_FUNDING_CAP = 0.05


def fixed_bits(value: float) -> int:
    """Raw integer of the I80F48 nearest to `value`, ties to even."""
    return round(Fraction(value) * 2**48)


def bps_bits(bps: float) -> int:
    """Raw integer of the I80F48 nearest to so many basis points, ties to even."""
    return round(Fraction(bps) * 2**48 / 10_000)


def perp_config(perp: Perp) -> PerpMarketConfig:
    """The market of a scenario's table."""
    return PerpMarketConfig(
        base_lot_size=perp.base_lot,
        quote_lot_size=perp.quote_lot,
        init_leverage_bits=fixed_bits(perp.init_leverage),
        maint_leverage_bits=fixed_bits(perp.maint_leverage),
        liquidation_fee_bits=bps_bits(perp.liquidation_fee_bps),
        taker_fee_bits=bps_bits(perp.taker_fee_bps),
        maker_fee_bits=0,
        funding_period=perp.funding_period_hours * 3_600,
        funding_clamp_bits=fixed_bits(_FUNDING_CAP),
        impact_quantity=100,
    )


class Costs(Protocol):
    """What trading on a market costs."""

    @property
    def half_spread_bps(self) -> float: ...
    @property
    def impact_bps(self) -> float: ...


def perp_cost(perp: Costs) -> SimpleNamespace:
    """The same in parts per million."""
    return SimpleNamespace(
        half_spread_ppm=round(perp.half_spread_bps * 100), impact_ppm=round(perp.impact_bps * 100)
    )


def _funding(funding: Funding, compare: Compare | None) -> SimpleNamespace:
    if compare is not None:
        given = {
            name: value
            for name, value in msgspec.structs.asdict(compare).items()
            if name not in ("name", "execution") and value is not None
        }
        funding = msgspec.structs.replace(funding, **given)
    return SimpleNamespace(
        variance_premium=funding.variance_premium,
        carry=funding.carry,
        is_constant=funding.rule == "constant",
        constant_daily=funding.constant_daily_bps / 10_000,
        daily_cap=_FUNDING_CAP / 7,
        trailing_weeks=funding.trailing_weeks,
        variance_before=funding.variance_before,
    )


def book_depth(levels: int, level_usdc: int) -> SimpleNamespace:
    """The ladder of a market's makers."""
    return SimpleNamespace(levels=levels, level_quote=level_usdc * USDC)


def _core_model(settings: Settings, weeks: Weeks, compare: Compare | None) -> _core.CrabModel:
    volt = settings.volt
    execution = settings.execution
    if compare is not None and compare.execution is not None:
        execution = compare.execution
    config = SimpleNamespace(
        start_time=weeks.start_time,
        opening_price=float(settings.market.opening_price_usd),
        funding=_funding(settings.funding, compare),
        linear=perp_config(settings.venue.linear),
        squared=perp_config(settings.venue.squared),
        squared_scale=settings.venue.squared_scale,
        linear_cost=perp_cost(settings.venue.linear),
        squared_cost=perp_cost(settings.venue.squared),
        is_on_book=execution == "book",
        linear_depth=book_depth(settings.book.levels, settings.book.linear_level_usdc),
        squared_depth=book_depth(settings.book.levels, settings.book.squared_level_usdc),
        deposit=volt.deposit_usdc * USDC,
        strategy=SimpleNamespace(
            target_leverage_bits=fixed_bits(volt.target_leverage),
            target_leverage_lenience_bits=fixed_bits(volt.target_leverage_lenience),
            target_hedge_lenience_bps=volt.target_hedge_lenience_bps,
            is_hedging_on=volt.is_hedging_on,
            max_quote_pos_change=volt.max_quote_pos_change_usdc * USDC,
            min_collateral_ratio_bps=volt.safe_collateral_ratio_bps,
            hedge_band_bps=volt.hedge_band_bps,
            hedge_only=volt.hedge_only,
        ),
        fees=volt,
    )
    return _core.CrabModel(config, weeks.close, weeks.realised_variance, weeks.funding_sum)


class CrabModel(VoltModel):
    """
    The model of a crab scenario; see `voltcore.sim.model.Model`.

    Attributes
    ----------
    weeks : Weeks
        The table it runs through.

    Notes
    -----
    ``simulate(..., reference=True)`` takes the plain loop, which passes every hour through the
    engine's public operations. About thirty times slower, the same bytes. With execution on the
    book the makers then quote both markets in every hour, traded in or not.
    """

    kind = "crab"
    columns = COLUMNS

    def __init__(self, settings: Settings, weeks: Weeks) -> None:
        self.weeks = weeks
        rows = {BASE: None, **{compare.name: compare for compare in settings.compare}}
        cores = {name: _core_model(settings, weeks, row) for name, row in rows.items()}
        super().__init__(cores, settings.compare_paths)
        self.steps_per_path = HOURS_PER_WEEK * len(weeks.ends)
        self.bands = (
            Band("share_price", "USDC", SHARE_PRICE_EDGES, weeks.ends, "share price at epoch end"),
            Band("epoch_return", "%", EPOCH_RETURN_EDGES, weeks.ends, "result of the week"),
            Band("cr", "%", CR_EDGES, weeks.ends, "least collateralisation ratio of the week"),
        )
        self.traces = (
            Trace("share_price", "float64", "USDC", weeks.ends, "share price at epoch end"),
            Trace(
                "share_price_at_mark",
                "float64",
                "USDC",
                weeks.ends,
                "the same with both perps at their marks",
            ),
            Trace("cr", "float64", "%", weeks.ends, "least collateralisation ratio of the week"),
            Trace("epoch_return", "float64", "%", weeks.ends, "result of the week"),
            Trace("hedges", "uint32", "times", weeks.ends, "hedge-only rebalances in the week"),
            Trace(
                "triggers",
                "uint16",
                "",
                weeks.ends,
                "bits of the triggers of whole rebalances: 1 epoch end, 2 CR, 3 leverage, 4 flows, "
                "5 hedge drift",
            ),
        )
        rates = self.rates()
        self.series = (
            self._series("close", "USD", weeks.close, "price of BTC at epoch end"),
            self._series(
                "move", "%", 100 * (weeks.close / self._opens(settings) - 1), "move in the week"
            ),
            self._series(
                "funding", "%", 100 * rates["daily_squared"], "funding of the squared perp a day"
            ),
            self._series(
                "linear_funding", "%", 100 * rates["daily_linear"], "funding of the linear perp"
            ),
        )

    def _opens(self, settings: Settings) -> NDArray[np.float64]:
        return np.concatenate([[settings.market.opening_price_usd], self.weeks.close[:-1]])

    def _series(self, name: str, unit: str, values: NDArray[np.float64], text: str) -> Series:
        return Series(name, unit, self.weeks.ends, tuple(values.tolist()), text)

    def rates(self, variant: str = BASE) -> dict[str, NDArray[np.float64]]:
        """
        What the funding rule gives for each week.

        Returns
        -------
        dict of str to ndarray, shape (weeks,)
            ``daily_variance``, ``daily_linear``, ``daily_squared`` (fractions a day) and
            ``is_capped`` (whether the venue's clamp binds).
        """
        found: dict[str, NDArray[np.float64]] = self._cores[variant].rates()
        return found


def build(settings: Settings, inputs: Mapping[str, bytes]) -> CrabModel:
    """The model of checked settings and the table they name."""
    return CrabModel(
        settings, read_weeks(inputs[settings.market.weeks], count=settings.market.epochs)
    )
