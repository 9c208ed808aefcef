"""Trades of a `JlpPool` in two steps: the owner asks, the keeper executes."""

from __future__ import annotations

from typing import Any

from voltcore import _core as core
from voltcore.perps._pool import Pool, Side
from voltcore.perps.jlp_receipts import JlpDecreaseReceipt, JlpIncreaseReceipt

__all__ = ["JlpRequests"]

DEFAULT_STABLE = "USDC"


class JlpRequests(Pool):
    """The requests of a `JlpPool`, with and without a trigger."""

    __slots__ = ()

    _core: core.JlpPool

    def request_increase(
        self,
        caller: int,
        request: int,
        custody: str,
        side: Side,
        size_usd: int,
        collateral: int,
        now: int,
        *,
        collateral_custody: str | None = None,
        price_slippage: int = 0,
        trigger: int | None = None,
        above: bool | None = None,
    ) -> None:
        """
        Ask for an increase; the collateral waits in escrow.

        Parameters
        ----------
        caller : int
            The owner.
        request : int
            An id that no live request has.
        custody, side, size_usd, collateral, collateral_custody, price_slippage
            As `increase`.
        now : int
            Unix seconds.
        trigger, above : int, bool, optional
            A trigger request: it may be executed once the mark is at or above (at or below) the
            trigger, and has no deadline.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``: the id is in use, or a trigger of 0 or without a direction.
        """
        trade = trade_of(
            custody, collateral_custody, side, size_usd, collateral, False, price_slippage
        )
        self._core.request(caller, request, "increase", trade, trigger, above, now)

    def request_decrease(
        self,
        caller: int,
        request: int,
        custody: str,
        side: Side,
        now: int,
        *,
        size_usd: int = 0,
        collateral_usd: int = 0,
        entire: bool = False,
        collateral_custody: str | None = None,
        price_slippage: int = 0,
        trigger: int | None = None,
        above: bool | None = None,
    ) -> None:
        """
        Ask for a decrease; with a trigger it is a take profit or a stop loss.

        Parameters
        ----------
        caller, request, trigger, above
            As `request_increase`.
        custody, side, size_usd, collateral_usd, entire, collateral_custody, price_slippage
            As `decrease`.
        now : int
            Unix seconds.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``.
        """
        trade = trade_of(
            custody, collateral_custody, side, size_usd, collateral_usd, entire, price_slippage
        )
        self._core.request(caller, request, "decrease", trade, trigger, above, now)

    def execute(
        self, caller: int, request: int, now: int
    ) -> JlpIncreaseReceipt | JlpDecreaseReceipt:
        """
        Execute a request; the keeper. A failed execution leaves the request in place.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``: no such request; ``ExceedExecutionPeriod``;
            ``TriggerNotReached``; and all refusals of `increase` and `decrease`.
        NotAuthorizedError
            ``Unauthorized``.
        """
        receipt: dict[str, Any] = self._core.execute(caller, request, now)
        if "amount_out" in receipt:
            return JlpDecreaseReceipt(**receipt)
        return JlpIncreaseReceipt(**receipt)

    def cancel(self, caller: int, request: int, now: int) -> int:
        """
        Take a request back; its owner, or the keeper.

        Returns
        -------
        int
            Token units of the escrow that go back to the owner.
        """
        return self._core.cancel(caller, request, now)


def trade_of(
    custody: str,
    collateral_custody: str | None,
    side: Side,
    size_usd: int,
    collateral: int,
    entire: bool,
    price_slippage: int,
) -> tuple[str, str, str, int, int, bool, int]:
    """A trade as the core reads it; a short's collateral is USDC by default."""
    if collateral_custody is None:
        collateral_custody = DEFAULT_STABLE if side == "short" else custody
    return (custody, collateral_custody, side, size_usd, collateral, entire, price_slippage)
