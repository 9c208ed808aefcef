"""Keys of the makers whose ladder a volt trades with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Protocol

import msgspec

from voltcore.errors import ScenarioError
from voltcore.sim.described_keys import chosen

__all__ = ["Book", "TokenBook", "check_book"]


Levels = Annotated[
    int,
    chosen(
        "price levels on each side of both books",
        "levels",
        "room for the opening trade at the levels' default size",
        ge=1,
        le=16,
    ),
]


class Book(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What makers show when execution is "book".

    The first level of a side stands half a spread from the mid and each further one `impact_bps`
    further away, as `venue.squared` and `venue.linear` say; a side that an order has eaten whole is
    quoted anew.
    """

    levels: Levels = 12
    squared_level_usdc: Annotated[
        int,
        chosen(
            "size of one level of the squared perp",
            "USDC",
            "one order of the volt eats one level, as when it is quoted",
            ge=100,
            le=10**9,
        ),
    ] = 10_000
    linear_level_usdc: Annotated[
        int,
        chosen("size of one level of the linear perp", "USDC", "as above", ge=100, le=10**9),
    ] = 10_000


class TokenBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for the perp of a token and its spot market."""

    levels: Levels = 12
    perp_level_usdc: Annotated[
        int,
        chosen(
            "size of one level of the perp",
            "USDC",
            "one order of the volt eats one level, as when it is quoted",
            ge=100,
            le=10**9,
        ),
    ] = 10_000
    token_level_usdc: Annotated[
        int,
        chosen("size of one level of the spot market", "USDC", "as above", ge=100, le=10**9),
    ] = 10_000


class Quotes(Protocol):
    """What makers quote in one market."""

    @property
    def half_spread_bps(self) -> float: ...


def check_book(levels: int, deposit_usdc: int, markets: Mapping[str, tuple[int, Quotes]]) -> None:
    """
    Bids and asks stand apart, and the deposit does not need thousands of ladders.

    Parameters
    ----------
    levels, deposit_usdc : int
    markets : mapping of str to (int, Quotes)
        Name of the market's table in ``venue``, USDC of a level, and what its makers quote.
    """
    for name, (level_usdc, quotes) in markets.items():
        if round(quotes.half_spread_bps * 100) == 0:
            raise ScenarioError(
                "leaves bids and asks of a book at one price",
                code="E206",
                field=f"venue.{name}.half_spread_bps",
                value=quotes.half_spread_bps,
            )
        if level_usdc * levels * 1_000 < deposit_usdc:
            raise ScenarioError(
                "is less on a whole side than a thousandth of the deposit",
                code="E206",
                field=f"book.{name}_level_usdc",
                value=level_usdc,
            )
