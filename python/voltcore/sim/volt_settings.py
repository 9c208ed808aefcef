"""What the scenarios of all volts share: keys, and rules across them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

from msgspec import Meta

from voltcore.errors import ScenarioError
from voltcore.sim.described_keys import chosen, documented

__all__ = [
    "AumFee",
    "CompareName",
    "ComparePaths",
    "Deposit",
    "Epochs",
    "Execution",
    "MaxQuotePosChange",
    "PerformanceFee",
    "WithdrawalFee",
    "check_leverages",
    "check_names",
    "check_sizes",
]


ComparePaths = Annotated[
    int,
    chosen(
        "first paths that are run again under each [[compare]]",
        "paths",
        "enough for medians",
        ge=1,
        le=2**40,
    ),
]


Epochs = Annotated[
    int,
    chosen("how many weeks of the table are run; 0 runs all", "weeks", "all", ge=0, le=10_000),
]

Deposit = Annotated[
    int, chosen("what the one depositor puts in", "USDC", "a round sum", ge=1_000, le=10**9)
]

MaxQuotePosChange = Annotated[
    int,
    chosen("most that one order may move", "USDC", "a tenth of the deposit", ge=1, le=10**9),
]

PerformanceFee = Annotated[
    int, documented("share of an epoch's profit", "bps", "volt fees: 10 %", ge=0, le=10_000)
]

WithdrawalFee = Annotated[
    int, documented("share of a withdrawal", "bps", "volt fees: 0.1 %", ge=0, le=10_000)
]

AumFee = Annotated[
    int, documented("share of the assets in a year", "bps", "volt fees: none", ge=0, le=10_000)
]

CompareName = Annotated[
    str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$", description="name of the comparison")
]

Execution = Literal["quoted", "book"]
"""How a volt's orders meet the market."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _Sizes(Protocol):
    @property
    def deposit_usdc(self) -> int: ...
    @property
    def max_quote_pos_change_usdc(self) -> int: ...
    @property
    def target_leverage(self) -> float: ...
    @property
    def target_leverage_lenience(self) -> float: ...


class _Leverages(Protocol):
    @property
    def init_leverage(self) -> float: ...
    @property
    def maint_leverage(self) -> float: ...
    @property
    def liquidation_fee_bps(self) -> int: ...


def _refuse(field: str, value: object, bound: str) -> None:
    raise ScenarioError(bound, code="E206", field=field, value=value)


def check_names(compare: Sequence[_Named]) -> None:
    """No two variants of a run have one name."""
    names = ["base", *(row.name for row in compare)]
    for place, name in enumerate(names[1:]):
        if names.count(name) > 1:
            _refuse(f"compare[{place}].name", name, "is used twice")


def check_sizes(volt: _Sizes) -> None:
    """The lenience fits the leverage, and the orders the deposit."""
    if volt.target_leverage_lenience > abs(volt.target_leverage):
        _refuse(
            "volt.target_leverage_lenience",
            volt.target_leverage_lenience,
            "is larger than the leverage itself",
        )
    if volt.max_quote_pos_change_usdc * 1_000 < volt.deposit_usdc:
        _refuse(
            "volt.max_quote_pos_change_usdc",
            volt.max_quote_pos_change_usdc,
            "is less than a thousandth of the deposit: a leg would need thousands of orders",
        )


def check_leverages(name: str, market: _Leverages) -> None:
    """Leverages and liquidation fee that no market contradicts itself with."""
    if market.maint_leverage <= market.init_leverage:
        _refuse(f"{name}.maint_leverage", market.maint_leverage, "is not above init_leverage")
    if market.liquidation_fee_bps * market.init_leverage >= 10_000:
        _refuse(
            f"{name}.liquidation_fee_bps",
            market.liquidation_fee_bps,
            "is not below the weight margin 1 / init_leverage",
        )
