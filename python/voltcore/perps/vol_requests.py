"""Trades of a `VolPool` in two steps: the owner asks, the crank executes."""

from __future__ import annotations

from typing import Any, Literal

from voltcore import _core as core
from voltcore.perps._pool import Pool, Side
from voltcore.perps.vol_receipts import VolDecreaseReceipt, VolIncreaseReceipt, decrease_receipt

__all__ = ["VolRequests"]

Window = Literal["1d", "1w", "2w", "30d", "60d", "90d"]
WINDOWS: tuple[Window, ...] = ("1d", "1w", "2w", "30d", "60d", "90d")
SIDES: tuple[Side, ...] = ("long", "short")


class VolRequests(Pool):
    """The requests of a `VolPool`, one live for each position."""

    __slots__ = ()

    _core: core.VolPool

    def request_increase(
        self,
        caller: int,
        custody: str,
        window: Window,
        side: Side,
        size: int,
        collateral: int,
        now: int,
        *,
        entry_value: int | None = None,
        vol_slippage: int | None = None,
    ) -> None:
        """
        Ask for an increase; the collateral waits in escrow. One live request for each position.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``.
        """
        order = (size, collateral, False, entry_value, vol_slippage)
        self._core.create_request(caller, (custody, caller, window, side), "increase", order, now)

    def request_decrease(
        self,
        caller: int,
        custody: str,
        window: Window,
        side: Side,
        now: int,
        *,
        size: int = 0,
        collateral: int = 0,
        entire: bool = False,
        entry_value: int | None = None,
        vol_slippage: int | None = None,
    ) -> None:
        """
        Ask for a decrease. One live request for each position.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``.
        """
        order = (size, collateral, entire, entry_value, vol_slippage)
        self._core.create_request(caller, (custody, caller, window, side), "decrease", order, now)

    def execute_request(
        self, caller: int, owner: int, custody: str, window: Window, side: Side, now: int
    ) -> VolIncreaseReceipt | VolDecreaseReceipt:
        """
        Execute a request; the crank. A failed execution leaves the request in place.

        Raises
        ------
        StateError
            ``InvalidPositionRequest``, ``ExceedExecutionPeriod``, and all refusals of `increase`
            and `decrease`.
        NotAuthorizedError
            ``Unauthorized``.
        """
        key = (custody, owner, window, side)
        receipt: dict[str, Any] = self._core.execute_request(caller, key, now)
        if "paid_custody" in receipt:
            return decrease_receipt(receipt)
        return VolIncreaseReceipt(**receipt)

    def cancel_request(
        self, caller: int, owner: int, custody: str, window: Window, side: Side, now: int
    ) -> int:
        """
        Take a request back; its owner, or the crank.

        Returns
        -------
        int
            The escrow that goes back to the owner.
        """
        return self._core.cancel_request(caller, (custody, owner, window, side), now)
