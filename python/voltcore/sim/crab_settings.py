"""Keys of a crab scenario: bounds, units and where each number comes from."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from voltcore.sim.book_settings import Book, check_book
from voltcore.sim.described_keys import chosen as _chosen
from voltcore.sim.described_keys import documented as _documented
from voltcore.sim.described_keys import key as _key
from voltcore.sim.model import InputFile, ModelSettings
from voltcore.sim.volt_settings import (
    AumFee,
    CompareName,
    ComparePaths,
    Deposit,
    Epochs,
    Execution,
    MaxQuotePosChange,
    PerformanceFee,
    WithdrawalFee,
    check_leverages,
    check_names,
    check_sizes,
)


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The real weeks that every path goes through."""

    weeks: Annotated[
        InputFile,
        _documented(
            "table of weeks: epoch_end_utc, close_usd, realised_variance, perp_funding_sum",
            "file",
            "hourly BTC/USDT closes and 8-hour funding of the BTCUSDT perpetual",
        ),
    ] = "btc_weekly.csv"
    opening_price_usd: Annotated[
        float,
        _documented(
            "price at which the first week begins",
            "USD",
            "hourly close of 2020-01-03 02:00 UTC",
            ge=2048,
            le=128_000,
        ),
    ] = 6956.88
    epochs: Epochs = 0


class Funding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the mark of the squared perp comes from; no series of one exists."""

    rule: Annotated[
        Literal["variance", "constant"],
        _chosen(
            "variance: f = k * sigma2 + carry * r; constant: always the same f",
            "",
            "a constant ignores what the weeks were like",
        ),
    ] = "variance"
    variance_premium: Annotated[
        float,
        _chosen(
            "k: what holders of the square pay above the past variance",
            "1",
            "at 1 a hedged position earns nothing before costs",
            ge=0,
            le=10,
        ),
    ] = 1.25
    carry: Annotated[
        float,
        _chosen(
            "linear units whose funding the squared perp carries",
            "1",
            "a squared perp holds two; another number is an arbitrage against the hedge",
            ge=-10,
            le=10,
        ),
    ] = 2.0
    constant_daily_bps: Annotated[
        float,
        _documented(
            "f of the rule constant",
            "bps a day",
            "the rate of the public example of volt #03",
            ge=-71,
            le=71,
        ),
    ] = 28.0
    trailing_weeks: Annotated[
        int,
        _chosen(
            "weeks whose realised variance is averaged, the present one never among them",
            "weeks",
            "two months",
            ge=1,
            le=520,
        ),
    ] = 8
    variance_before: Annotated[
        float,
        _documented(
            "variance of a week before the table begins, used in its first week",
            "1",
            "mean of eight weeks of squared daily log returns up to 2020-01-02",
            ge=0,
            le=10,
        ),
    ] = 0.00525646


_COMPARED = "for comparison only"


class Compare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same paths under another funding rule or execution; keys left out stay as they are."""

    name: CompareName
    rule: Annotated[
        Literal["variance", "constant"] | None, _chosen("as funding.rule", "", _COMPARED)
    ] = None
    variance_premium: Annotated[
        Annotated[float, Meta(ge=0, le=10)] | None,
        _chosen("as funding.variance_premium", "1", _COMPARED),
    ] = None
    carry: Annotated[
        Annotated[float, Meta(ge=-10, le=10)] | None, _chosen("as funding.carry", "1", _COMPARED)
    ] = None
    constant_daily_bps: Annotated[
        Annotated[float, Meta(ge=-71, le=71)] | None,
        _chosen("as funding.constant_daily_bps", "bps a day", _COMPARED),
    ] = None
    execution: Annotated[Execution | None, _chosen("as execution", "", _COMPARED)] = None


class Volt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The volt: one depositor, the strategy, the fees."""

    deposit_usdc: Deposit = 100_000
    target_leverage: Annotated[
        float,
        _documented(
            "notional of the squared short over equity",
            "1",
            "volt #03: collateralisation ratio 200 %",
            ge=-1,
            lt=0,
        ),
    ] = -0.5
    target_leverage_lenience: Annotated[
        float,
        _chosen(
            "how far the leverage may stand from its target before a rebalance",
            "1",
            "the documents say 'far from target'; with 0.25 the ratio of 150 % comes first",
            gt=0,
            le=1,
        ),
    ] = 0.25
    safe_collateral_ratio_bps: Annotated[
        int,
        _documented(
            "ratio of equity to short below which the volt rebalances",
            "bps",
            "volt #03: safe above 150 %",
            ge=0,
            le=100_000,
        ),
    ] = 15_000
    is_hedging_on: Annotated[
        bool, _documented("whether the linear hedge is held", "", "volt #03 is delta neutral")
    ] = True
    hedge_band_bps: Annotated[
        int,
        _chosen(
            "net delta, as a share of the short's delta, beyond which the hedge is redone",
            "bps",
            "volt #04 has 100; five times wider for an option-like position",
            ge=1,
            le=9_999,
        ),
    ] = 500
    hedge_only: Annotated[
        bool,
        _chosen(
            "the band redoes the hedge inside the epoch instead of the whole cycle",
            "",
            "a whole cycle would charge the performance fee at every drift",
        ),
    ] = True
    target_hedge_lenience_bps: Annotated[
        int,
        _chosen(
            "net delta that the final check of the hedge leg accepts",
            "bps",
            "documented for volt #04",
            ge=1,
            le=10_000,
        ),
    ] = 100
    max_quote_pos_change_usdc: MaxQuotePosChange = 10_000
    performance_fee_bps: PerformanceFee = 1_000
    withdrawal_fee_bps: WithdrawalFee = 10
    aum_fee_bps: AumFee = 0


class Perp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One perp market of the venue, and what trading on it costs.

    Where a number comes from differs between the two markets, so each has a class of its own.
    """

    base_lot: int
    quote_lot: int
    funding_period_hours: int
    init_leverage: float
    maint_leverage: float
    liquidation_fee_bps: int
    taker_fee_bps: Annotated[
        float, _chosen("fee of every fill", "bps", "not in the sources", ge=0, le=1_000)
    ] = 5.0
    half_spread_bps: float
    impact_bps: float


def _base_lot(basis: str, source: str) -> Meta:
    text = "native units of the base token in a lot"
    return _key(text, "native", basis, source, ge=1, le=10**6)


def _quote_lot(source: str) -> Meta:
    text = "native units of USDC in a price step of a lot"
    return _key(text, "native", "chosen", source, ge=1, le=10**6)


def _funding_period() -> Meta:
    text = "time in which the whole premium of mark over index is paid"
    source = "Entropy: a week for the squared market, a day otherwise"
    return _documented(text, "h", source, ge=24, le=8_760)


def _init_leverage(basis: str, source: str) -> Meta:
    text = "leverage up to which orders are accepted"
    return _key(text, "1", basis, source, ge=1, le=100)


def _maint_leverage(basis: str, source: str) -> Meta:
    text = "leverage at which the account is liquidated"
    return _key(text, "1", basis, source, gt=1, le=200)


def _liquidation_fee(basis: str, source: str) -> Meta:
    text = "share of a liquidated position's value"
    return _key(text, "bps", basis, source, ge=0, le=5_000)


def _half_spread(source: str) -> Meta:
    text = "distance of bid and ask from the mid"
    return _key(text, "bps", "chosen", source, ge=0, le=1_000)


def _impact(source: str) -> Meta:
    text = "further distance for each further order of one leg"
    return _key(text, "bps", "chosen", source, ge=0, le=1_000)


_SILENT = "not in the sources"
_VENUE_TESTS = "the venue's tests"


class SquaredPerp(Perp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The squared perp: thin, with a longer funding period."""

    base_lot: Annotated[int, _base_lot("chosen", "0.001 of a contract")] = 1_000
    quote_lot: Annotated[
        int, _quote_lot("a price step of 0.001 USDC keeps the premium visible")
    ] = 1
    funding_period_hours: Annotated[int, _funding_period()] = 168
    init_leverage: Annotated[float, _init_leverage("chosen", _SILENT)] = 5.0
    maint_leverage: Annotated[float, _maint_leverage("chosen", _SILENT)] = 10.0
    liquidation_fee_bps: Annotated[int, _liquidation_fee("chosen", _SILENT)] = 500
    half_spread_bps: Annotated[float, _half_spread("a thin market")] = 10.0
    impact_bps: Annotated[float, _impact("a thin market")] = 2.5


class LinearPerp(Perp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ordinary perp that hedges it."""

    base_lot: Annotated[int, _base_lot("documented", _VENUE_TESTS)] = 100
    quote_lot: Annotated[int, _quote_lot("a price step of 0.01 USDC")] = 1
    funding_period_hours: Annotated[int, _funding_period()] = 24
    init_leverage: Annotated[float, _init_leverage("documented", _VENUE_TESTS)] = 10.0
    maint_leverage: Annotated[float, _maint_leverage("documented", _VENUE_TESTS)] = 20.0
    liquidation_fee_bps: Annotated[int, _liquidation_fee("documented", _VENUE_TESTS)] = 250
    half_spread_bps: Annotated[float, _half_spread("a deep market")] = 1.0
    impact_bps: Annotated[float, _impact("a deep market")] = 0.5


class Venue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The margin venue; USDC and both base tokens have six decimals."""

    squared_scale: Annotated[
        int,
        _documented(
            "index of the squared market = price^2 / scale", "1", "Entropy: 10^6", ge=1, le=10**9
        ),
    ] = 1_000_000
    squared: SquaredPerp = SquaredPerp()
    linear: LinearPerp = LinearPerp()


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A crab scenario."""

    kind: Literal["crab"] = "crab"
    compare_paths: ComparePaths = 2_000
    execution: Annotated[
        Execution,
        _chosen(
            "quoted: every order fills at the makers' quote; book: on the venue's order book",
            "",
            "the published sources give no depth; a book is this scenario's own",
        ),
    ] = "quoted"
    market: Market = Market()
    funding: Funding = Funding()
    book: Book = Book()
    volt: Volt = Volt()
    venue: Venue = Venue()
    compare: Annotated[tuple[Compare, ...], Meta(max_length=16)] = ()

    def __post_init__(self) -> None:
        check_names(self.compare)
        check_sizes(self.volt)
        check_leverages("venue.squared", self.venue.squared)
        check_leverages("venue.linear", self.venue.linear)
        if "book" in (self.execution, *(row.execution for row in self.compare)):
            check_book(
                self.book.levels,
                self.volt.deposit_usdc,
                {
                    "squared": (self.book.squared_level_usdc, self.venue.squared),
                    "linear": (self.book.linear_level_usdc, self.venue.linear),
                },
            )
