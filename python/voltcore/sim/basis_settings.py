"""Keys of a basis scenario: bounds, units and where each number comes from."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from voltcore.errors import ScenarioError
from voltcore.sim.book_settings import TokenBook, check_book
from voltcore.sim.crab_settings import LinearPerp
from voltcore.sim.described_keys import chosen, documented
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

Rule = Literal["trailing", "always"]
_COMPARED = "for comparison only"


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The real weeks that every path goes through."""

    weeks: Annotated[
        InputFile,
        documented(
            "table of weeks: epoch_end_utc, spot_close_usd, perp_close_usd, "
            "spot_realised_variance, perp_funding_sum",
            "file",
            "hourly SOL perp and spot closes, 8-hour funding of the SOLUSDT perpetual",
        ),
    ] = "sol_weekly.csv"
    opening_spot_usd: Annotated[
        float,
        documented(
            "price of the token at which the first week begins",
            "USD",
            "hourly close of 2021-01-22 07:00 UTC; the series begins an hour earlier",
            ge=0.01,
            le=1e6,
        ),
    ] = 3.081
    opening_perp_usd: Annotated[
        float,
        documented(
            "price of the perp then",
            "USD",
            "hourly close of 2021-01-22 07:00 UTC",
            ge=0.01,
            le=1e6,
        ),
    ] = 3.091
    epochs: Epochs = 0
    step_hours: Annotated[
        Literal[1, 2, 3, 4, 6, 7, 8, 12, 14, 21, 24],
        chosen("hours between two looks at the venue", "h", "the interval of the perp's funding"),
    ] = 8


class Volt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The volt: one depositor, the strategy, the fees."""

    deposit_usdc: Deposit = 100_000
    rule: Annotated[
        Rule,
        chosen(
            "trailing: out when the week that ends had positive funding, in when negative",
            "",
            "the documents say 'consistently positive'",
        ),
    ] = "trailing"
    target_leverage: Annotated[
        float,
        documented("notional of the long perp over equity", "1", "volt #04: X long", gt=0, le=1),
    ] = 1.0
    target_leverage_lenience: Annotated[
        float,
        chosen(
            "how far the leverage may stand from its target before a rebalance",
            "1",
            "as of volt #03: the price may move by a quarter",
            gt=0,
            le=1,
        ),
    ] = 0.25
    hedge_band_bps: Annotated[
        int,
        documented(
            "net delta, as a share of the perp's, beyond which the whole cycle is run",
            "bps",
            "volt #04: within 1 %",
            ge=1,
            le=9_999,
        ),
    ] = 100
    target_hedge_lenience_bps: Annotated[
        int,
        documented(
            "net delta that the final check of the hedge leg accepts",
            "bps",
            "volt #04: within 1 %",
            ge=1,
            le=10_000,
        ),
    ] = 100
    max_quote_pos_change_usdc: MaxQuotePosChange = 10_000
    performance_fee_bps: PerformanceFee = 1_000
    withdrawal_fee_bps: WithdrawalFee = 10
    aum_fee_bps: AumFee = 0


class TokenPerp(LinearPerp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The perp of the token, in lots that suit a price of some dollars."""

    base_lot: Annotated[
        int,
        chosen("native units of the token in a lot", "native", "a tenth of SOL", ge=1, le=10**6),
    ] = 100_000


class Token(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token that is borrowed and sold, and its spot market."""

    init_leverage: Annotated[
        float,
        documented(
            "leverage of the weights up to which it may be borrowed",
            "1",
            "the venue's tests",
            ge=1,
            le=100,
        ),
    ] = 10.0
    maint_leverage: Annotated[
        float,
        documented(
            "leverage of the weights at which the account is liquidated",
            "1",
            "the venue's tests",
            gt=1,
            le=200,
        ),
    ] = 20.0
    liquidation_fee_bps: Annotated[
        int,
        documented(
            "share of a liquidated borrow's value", "bps", "the venue's tests", ge=0, le=5_000
        ),
    ] = 250
    taker_fee_bps: Annotated[
        float, chosen("fee of every spot fill", "bps", "the venue's spot book", ge=0, le=1_000)
    ] = 4.0
    half_spread_bps: Annotated[
        float,
        chosen("distance of bid and ask from the mid", "bps", "a deep market", ge=0, le=1_000),
    ] = 2.0
    impact_bps: Annotated[
        float,
        chosen(
            "further distance for each further order of one leg",
            "bps",
            "a deep market",
            ge=0,
            le=1_000,
        ),
    ] = 0.5


class Banks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What others lend and borrow; each bank has the same size at the start."""

    size_usdc: Annotated[
        int,
        chosen(
            "deposits of others in each of the two banks",
            "USDC",
            "two hundred times the volt: it moves the rates a little",
            ge=1,
            le=10**10,
        ),
    ] = 20_000_000
    token_utilisation: Annotated[
        float,
        chosen(
            "share of the token's bank that others have borrowed",
            "1",
            "a bank with room; the rate on it is 3.4 % a year",
            ge=0,
            le=0.85,
        ),
    ] = 0.4
    quote_utilisation: Annotated[
        float,
        chosen(
            "share of the USDC bank that others have borrowed",
            "1",
            "as above a little: the proceeds earn 2.1 % a year",
            ge=0,
            le=0.85,
        ),
    ] = 0.5
    optimal_utilisation: Annotated[
        float,
        documented("kink of the interest curve", "1", "the venue's tests: 70 %", gt=0, lt=1),
    ] = 0.7
    optimal_rate: Annotated[
        float,
        documented("yearly rate at the kink", "1", "the venue's tests: 6 %", ge=0, le=10),
    ] = 0.06
    max_rate: Annotated[
        float,
        documented("yearly rate at utilisation 1", "1", "the venue's tests: 150 %", ge=0, le=100),
    ] = 1.5


class Venue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The margin venue; USDC and the token are counted in units of 10^-6."""

    perp: TokenPerp = TokenPerp()
    token: Token = Token()
    banks: Banks = Banks()


class Compare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same paths under another rule, bank or execution; keys left out stay as they are."""

    name: CompareName
    rule: Annotated[Rule | None, chosen("as volt.rule", "", _COMPARED)] = None
    token_utilisation: Annotated[
        Annotated[float, Meta(ge=0, le=0.85)] | None,
        chosen("as venue.banks.token_utilisation", "1", _COMPARED),
    ] = None
    quote_utilisation: Annotated[
        Annotated[float, Meta(ge=0, le=0.85)] | None,
        chosen("as venue.banks.quote_utilisation", "1", _COMPARED),
    ] = None
    execution: Annotated[Execution | None, chosen("as execution", "", _COMPARED)] = None


class Settings(ModelSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A basis scenario."""

    kind: Literal["basis"] = "basis"
    compare_paths: ComparePaths = 200
    execution: Annotated[
        Execution,
        chosen(
            "quoted: every order fills at the makers' quote; book: on the venue's order books",
            "",
            "the published sources give no depth; a book is this scenario's own",
        ),
    ] = "quoted"
    market: Market = Market()
    volt: Volt = Volt()
    venue: Venue = Venue()
    book: TokenBook = TokenBook()
    compare: Annotated[tuple[Compare, ...], Meta(max_length=16)] = ()

    def __post_init__(self) -> None:
        check_names(self.compare)
        check_sizes(self.volt)
        check_leverages("venue.perp", self.venue.perp)
        check_leverages("venue.token", self.venue.token)
        if "book" not in (self.execution, *(row.execution for row in self.compare)):
            return
        check_book(
            self.book.levels,
            self.volt.deposit_usdc,
            {
                "perp": (self.book.perp_level_usdc, self.venue.perp),
                "token": (self.book.token_level_usdc, self.venue.token),
            },
        )
        if self.venue.token.taker_fee_bps != int(self.venue.token.taker_fee_bps):
            raise ScenarioError(
                "is not in whole bps, in which the spot book charges",
                code="E206",
                field="venue.token.taker_fee_bps",
                value=self.venue.token.taker_fee_bps,
            )
