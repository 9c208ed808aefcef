"""Keys of the makers whose ladder a volt trades with."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from voltcore.errors import ScenarioError
from voltcore.sim.described_keys import chosen

__all__ = ["Book", "check_book"]


class Book(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What makers show when execution is "book".

    The first level of a side stands half a spread from the mid and each further one `impact_bps`
    further away, as `venue.squared` and `venue.linear` say; a side that an order has eaten whole is
    quoted anew.
    """

    levels: Annotated[
        int,
        chosen(
            "price levels on each side of both books",
            "levels",
            "room for the opening trade at the levels' default size",
            ge=1,
            le=16,
        ),
    ] = 12
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


class _Quotes(Protocol):
    @property
    def half_spread_bps(self) -> float: ...


def check_book(book: Book, deposit_usdc: int, squared: _Quotes, linear: _Quotes) -> None:
    """Bids and asks stand apart, and the deposit does not need thousands of ladders."""
    for name, perp in (("squared", squared), ("linear", linear)):
        if round(perp.half_spread_bps * 100) == 0:
            raise ScenarioError(
                "leaves bids and asks of a book at one price",
                code="E206",
                field=f"venue.{name}.half_spread_bps",
                value=perp.half_spread_bps,
            )
    for name in ("squared_level_usdc", "linear_level_usdc"):
        level = getattr(book, name)
        if level * book.levels * 1_000 < deposit_usdc:
            raise ScenarioError(
                "is less on a whole side than a thousandth of the deposit",
                code="E206",
                field=f"book.{name}",
                value=level,
            )
