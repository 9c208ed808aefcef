"""
The basis volt through real weeks: a scenario's model.

Every path passes through the real weekly closes of the token; inside a week its prices are drawn so
that the week's realised variance sets their size. Volt and venue are the exact engines of
`voltcore.volts` and `voltcore.venues`; every step passes through their public operations.

What is assumed beyond the rules of volt and venue:

* The oracle publishes whole steps of 2^-14 USD, and both legs use it.
* The perp's book stands above the oracle by the week's funding a day whenever funding is updated,
  so that the venue's own rule gives that funding back, up to half a price lot. The volt trades at
  the perp's own price, whose distance from the token goes straight from one week's close to the
  next.
* One depositor comes before the first round and stays. He is the operator's only flow.
* At the end of an epoch the operator looks at the funding of the week that ends, and enters or
  leaves by its sign; under the rule ``"always"`` he stays in.
* Others lend and borrow both tokens at constant amounts; interest is the venue's own.
* The operator settles the perp's profit or loss into cash before every cycle, as anybody may.
* A liquidation takes both legs at oracle prices for the venue's liquidation fees, whole, in the
  first step with negative maintenance health; the path ends there.
* A refusal by volt or venue that no rule of the operator answers (`stopped`) ends the path too, at
  the assets of that step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import msgspec
import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.math import i80f48_from_float
from voltcore.sim.basis_columns import COLUMNS, SHARE_PRICE_EDGES
from voltcore.sim.basis_settings import Compare, Settings, Volt
from voltcore.sim.core_models import VoltModel
from voltcore.sim.crab import book_depth, bps_bits, perp_config, perp_cost
from voltcore.sim.crab_columns import EPOCH_RETURN_EDGES
from voltcore.sim.model import BASE, Band, Series, Trace
from voltcore.sim.week_table import HOURS_PER_WEEK, read_week_table, start_of_week
from voltcore.venues.config import InterestCurve, TokenConfig
from voltcore.volts.config import FeeRates, FeeSettings, StrategyParams

__all__ = ["BasisModel", "BasisWeeks", "Settings", "build", "read_basis_weeks"]

USDC = 1_000_000
_TABLE = {
    "spot_close_usd": (0.01, 1e7),
    "perp_close_usd": (0.01, 1e7),
    "spot_realised_variance": (0.0, 100.0),
    "perp_funding_sum": (-1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class BasisWeeks:
    """
    A table of weeks.

    Attributes
    ----------
    ends : tuple of str
        ISO 8601 UTC end of each week.
    table : ndarray of float64, shape (weeks, 4)
        Spot close and perp close in USD, realised variance of the token, sum of the funding rates
        paid by longs.
    """

    ends: tuple[str, ...]
    table: NDArray[np.float64]

    @property
    def spot(self) -> NDArray[np.float64]:
        """Weekly closes of the token, USD."""
        return self.table[:, 0]

    @property
    def basis(self) -> NDArray[np.float64]:
        """Distance of the perp from the token at the end of each week, as a fraction."""
        return self.table[:, 1] / self.table[:, 0] - 1.0

    @property
    def funding(self) -> NDArray[np.float64]:
        """Funding of each week, as a fraction, positive when longs paid."""
        return self.table[:, 3]


def read_basis_weeks(data: bytes, field: str = "market.weeks", count: int = 0) -> BasisWeeks:
    """
    Read a CSV table; see `voltcore.sim.week_table.read_week_table`.

    Parameters
    ----------
    data : bytes
        UTF-8, with the columns ``epoch_end_utc, spot_close_usd, perp_close_usd,
        spot_realised_variance, perp_funding_sum``; others are ignored.
    field : str
        Name in refusals.
    count : int
        Only the first so many weeks; 0 for all.
    """
    ends, columns = read_week_table(data, field, count, _TABLE)
    return BasisWeeks(ends, np.ascontiguousarray(np.stack([columns[n] for n in _TABLE], axis=1)))


def _strategy(volt: Volt) -> StrategyParams:
    return msgspec.structs.replace(
        StrategyParams.basis(
            target_leverage=volt.target_leverage,
            target_leverage_lenience=volt.target_leverage_lenience,
        ),
        target_hedge_lenience_bps=volt.target_hedge_lenience_bps,
        max_quote_pos_change=volt.max_quote_pos_change_usdc * USDC,
        hedge_band_bps=volt.hedge_band_bps,
    )


def _fees(volt: Volt) -> FeeSettings:
    rates = FeeRates(
        performance_fee_bps=volt.performance_fee_bps,
        withdrawal_fee_bps=volt.withdrawal_fee_bps,
        aum_fee_bps=volt.aum_fee_bps,
    )
    return FeeSettings(use_custom_fees=True, custom=rates)


def _bank(deposits: int, utilisation: float) -> SimpleNamespace:
    return SimpleNamespace(deposits=deposits, borrows=int(deposits * utilisation))


def _core_model(settings: Settings, weeks: BasisWeeks, compare: Compare | None) -> _core.BasisModel:
    market, volt, token = settings.market, settings.volt, settings.venue.token
    banks, rule, execution = settings.venue.banks, volt.rule, settings.execution
    if compare is not None:
        rule = compare.rule or rule
        execution = compare.execution or execution
        given = {
            name: getattr(compare, name)
            for name in ("token_utilisation", "quote_utilisation")
            if getattr(compare, name) is not None
        }
        banks = msgspec.structs.replace(banks, **given)
    config = SimpleNamespace(
        start_time=start_of_week(weeks.ends[0]),
        opening_spot=float(market.opening_spot_usd),
        opening_perp=float(market.opening_perp_usd),
        always=rule == "always",
        step_hours=market.step_hours,
        perp=perp_config(settings.venue.perp),
        token=TokenConfig(
            index=0,
            curve=InterestCurve(
                optimal_util_bits=i80f48_from_float(banks.optimal_utilisation),
                optimal_rate_bits=i80f48_from_float(banks.optimal_rate),
                max_rate_bits=i80f48_from_float(banks.max_rate),
            ),
            init_leverage_bits=i80f48_from_float(float(token.init_leverage)),
            maint_leverage_bits=i80f48_from_float(float(token.maint_leverage)),
            liquidation_fee_bits=bps_bits(token.liquidation_fee_bps),
        ),
        token_bank=_bank(
            int(banks.size_usdc / market.opening_spot_usd * USDC), banks.token_utilisation
        ),
        quote_bank=_bank(banks.size_usdc * USDC, banks.quote_utilisation),
        perp_cost=perp_cost(settings.venue.perp),
        spot_cost=perp_cost(token),
        spot_taker_fee_bits=bps_bits(token.taker_fee_bps),
        is_on_book=execution == "book",
        perp_depth=book_depth(settings.book.levels, settings.book.perp_level_usdc),
        spot_depth=book_depth(settings.book.levels, settings.book.token_level_usdc),
        spot_taker_fee_bps=int(token.taker_fee_bps),
        deposit=volt.deposit_usdc * USDC,
        strategy=_strategy(volt),
        fees=_fees(volt),
    )
    return _core.BasisModel(config, weeks.table)


class BasisModel(VoltModel):
    """
    The model of a basis scenario; see `voltcore.sim.model.Model`.

    Attributes
    ----------
    weeks : BasisWeeks
        The table it runs through.
    """

    kind = "basis"
    columns = COLUMNS

    def __init__(self, settings: Settings, weeks: BasisWeeks) -> None:
        self.weeks = weeks
        rows = {BASE: None, **{compare.name: compare for compare in settings.compare}}
        cores = {name: _core_model(settings, weeks, row) for name, row in rows.items()}
        super().__init__(cores, settings.compare_paths)
        self.steps_per_path = HOURS_PER_WEEK // settings.market.step_hours * len(weeks.ends)
        self.bands = (
            Band("share_price", "USDC", SHARE_PRICE_EDGES, weeks.ends, "share price at epoch end"),
            Band("epoch_return", "%", EPOCH_RETURN_EDGES, weeks.ends, "result of the week"),
        )
        self.traces = tuple(
            Trace(name, dtype, unit, weeks.ends, text)
            for name, dtype, unit, text in (
                ("share_price", "float64", "USDC", "share price at epoch end"),
                ("share_price_at_mark", "float64", "USDC", "the same with the perp at its price"),
                ("epoch_return", "float64", "%", "result of the week"),
                ("funding", "float64", "%", "funding received in the week, of the assets"),
                ("interest", "float64", "%", "interest earned less owed, of the assets"),
                ("rebalances", "uint32", "times", "whole rebalances in the week"),
                ("in_position", "uint16", "", "1 while the position is held"),
            )
        )
        self.series = tuple(
            Series(name, unit, weeks.ends, tuple(values.tolist()), text)
            for name, unit, values, text in (
                ("close", "USD", weeks.spot, "price of the token at epoch end"),
                ("basis", "%", 100 * weeks.basis, "perp over token at epoch end"),
                ("funding", "%", 100 * weeks.funding, "funding of the perp in the week"),
            )
        )


def build(settings: Settings, inputs: Mapping[str, bytes]) -> BasisModel:
    """The model of checked settings and the table they name."""
    weeks = read_basis_weeks(inputs[settings.market.weeks], count=settings.market.epochs)
    return BasisModel(settings, weeks)
