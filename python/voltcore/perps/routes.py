"""Deposits, withdrawals and positions of a `JlpPool` in any token."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from voltcore.perps._pool import Side
from voltcore.perps.jlp_pool import JlpPool
from voltcore.perps.jlp_receipts import (
    JlpBurnReceipt,
    JlpDecreaseReceipt,
    JlpIncreaseReceipt,
    JlpMintReceipt,
)
from voltcore.perps.jlp_requests import trade_of

__all__ = [
    "OutsideRoute",
    "Routed",
    "SwapLeg",
    "burn_to",
    "decrease_to",
    "increase_with",
    "mint_with",
]

Receipt = TypeVar("Receipt")


class OutsideRoute(msgspec.Struct, frozen=True, kw_only=True):
    """
    A swap outside the pool.

    Attributes
    ----------
    price_e9 : int
        Units that come out for a unit that goes in, 1e9.
    fee_bps : int
        Of what comes out, rounded up.
    min_amount : int
        Fewest units accepted, after the fee.
    """

    price_e9: int
    fee_bps: int = 0
    min_amount: int = 0


class SwapLeg(msgspec.Struct, frozen=True, kw_only=True):
    """The swap before or after an operation, token units; the fee is of what goes out."""

    amount_in: int
    amount_out: int
    fee: int
    outside: bool


class Routed(msgspec.Struct, Generic[Receipt], frozen=True, kw_only=True):
    """Both legs: the swap, and the operation on the pool."""

    swap: SwapLeg
    receipt: Receipt


def mint_with(
    pool: JlpPool,
    caller: int,
    custody: str,
    token: str,
    amount: int,
    now: int,
    *,
    min_lp: int = 0,
    route: OutsideRoute | None = None,
) -> Routed[JlpMintReceipt]:
    """
    LP tokens for another token: it is swapped into the custody's first. Both legs, or nothing.

    Parameters
    ----------
    pool : JlpPool
    caller : int
    custody : str
        Where the tokens go.
    token : str
        What is given: a custody, or any token when there is a `route`.
    amount : int
        Units of it.
    now : int
        Unix seconds.
    min_lp : int
        Fewest LP units accepted.
    route : OutsideRoute, optional
        The pool's own swap by default.

    Raises
    ------
    SlippageError
        ``MaxPriceSlippage``: the route gives less than its least amount.
    InputRangeError
        ``InvalidArgument``: an unknown token without a route.
    VoltcoreError
        All refusals of `JlpPool.swap` and `JlpPool.mint`.
    """
    found = pool._core.mint_with(caller, custody, _route(token, route), amount, min_lp, now)
    return _routed(found, JlpMintReceipt)


def burn_to(
    pool: JlpPool,
    caller: int,
    custody: str,
    token: str,
    lp: int,
    now: int,
    *,
    min_amount: int = 0,
    route: OutsideRoute | None = None,
) -> Routed[JlpBurnReceipt]:
    """
    LP tokens back, paid in another token; as `mint_with`, the swap comes last.

    `min_amount` bounds the tokens of the custody, the route's least amount what comes out.
    """
    found = pool._core.burn_to(caller, custody, _route(token, route), lp, min_amount, now)
    return _routed(found, JlpBurnReceipt)


def increase_with(
    pool: JlpPool,
    caller: int,
    custody: str,
    side: Side,
    size_usd: int,
    token: str,
    amount: int,
    now: int,
    *,
    collateral_custody: str | None = None,
    price_slippage: int = 0,
    route: OutsideRoute | None = None,
) -> Routed[JlpIncreaseReceipt]:
    """Open or increase with collateral in another token; see `mint_with`, `JlpPool.increase`."""
    trade = trade_of(custody, collateral_custody, side, size_usd, amount, False, price_slippage)
    found = pool._core.increase_with(caller, trade, _route(token, route), now)
    return _routed(found, JlpIncreaseReceipt)


def decrease_to(
    pool: JlpPool,
    caller: int,
    custody: str,
    side: Side,
    token: str,
    now: int,
    *,
    size_usd: int = 0,
    collateral_usd: int = 0,
    entire: bool = False,
    collateral_custody: str | None = None,
    price_slippage: int = 0,
    route: OutsideRoute | None = None,
) -> Routed[JlpDecreaseReceipt]:
    """Decrease or close, paid in another token; see `mint_with` and `JlpPool.decrease`."""
    trade = trade_of(
        custody, collateral_custody, side, size_usd, collateral_usd, entire, price_slippage
    )
    found = pool._core.decrease_to(caller, trade, _route(token, route), now)
    return _routed(found, JlpDecreaseReceipt)


def _route(token: str, route: OutsideRoute | None) -> tuple[str, tuple[int, int, int] | None]:
    return token, None if route is None else (route.price_e9, route.fee_bps, route.min_amount)


def _routed(found: dict[str, Any], kind: type[Receipt]) -> Routed[Receipt]:
    return Routed(swap=SwapLeg(**found["swap"]), receipt=kind(**found["receipt"]))
