"""Imperial's VolPerp pool as one value."""

from __future__ import annotations

from voltcore import _core as core
from voltcore.perps._pool import Side
from voltcore.perps.describe import describe
from voltcore.perps.ledger import Ledger, custody_rows
from voltcore.perps.liquidation import VolHealth
from voltcore.perps.vol_config import VolConfig, VolPermissions
from voltcore.perps.vol_receipts import (
    VolDecreaseReceipt,
    VolDepositReceipt,
    VolIncreaseReceipt,
    VolLiquidationReceipt,
    decrease_receipt,
    liquidation_receipt,
)
from voltcore.perps.vol_requests import SIDES, WINDOWS, VolRequests, Window

__all__ = ["VolPool"]


class VolPool(VolRequests):
    """
    Leveraged positions on implied or realised volatility against LPs, one product a pool.

    Volatilities are ints with 4 decimals (1.23 is 12_300), amounts stablecoin units of 10**-6 USD.

    Parameters
    ----------
    config : VolConfig
    now : int
        Clock at the start, Unix seconds.

    Notes
    -----
    Every operation names its caller and the clock, and either does what it says or raises one error
    and changes nothing; ``onchain`` of the error is the protocol's own name for the refusal. All of
    them raise `TimeOrderError` E705 for a `now` before the last one, ``StaleOraclePrice`` and
    ``InvalidTimeWindow`` for a volatility that may not be used, and ``MathOverflow`` where a number
    would leave its type. Fields and most formulas are published by the protocol; the rest is this
    project's choice, see the documentation of the pools.
    """

    __slots__ = ()

    _kind = "vol_pool"
    _core_type = core.VolPool
    _core: core.VolPool

    def __init__(self, config: VolConfig, now: int = 0) -> None:
        self._core = core.VolPool(config, now)

    def set_oracle(
        self,
        caller: int,
        window: Window,
        now: int,
        *,
        implied_volatility: int | None = None,
        realized_volatility: int | None = None,
    ) -> None:
        """
        Publish the volatilities of a window; each has its own time.

        Parameters
        ----------
        caller : int
            The oracle.
        window : {"1d", "1w", "2w", "30d", "60d", "90d"}
        now : int
            Unix seconds.
        implied_volatility, realized_volatility : int, optional
            int32, 4 decimals; what is not given stays.

        Raises
        ------
        OracleError
            ``InvalidOraclePrice``: beyond int32.
        InputRangeError, NotAuthorizedError
            ``InvalidTimeWindow``; ``Unauthorized``.
        """
        self._core.set_oracle(caller, window, implied_volatility, realized_volatility, now)

    def set_permissions(
        self, caller: int, custody: str, permissions: VolPermissions, now: int
    ) -> None:
        """Set the flags of a custody; the admin."""
        self._core.set_permissions(caller, custody, permissions, now)

    def fund_insurance(self, caller: int, custody: str, amount: int, now: int) -> None:
        """Give to the insurance account; anyone may."""
        self._core.fund_insurance(caller, custody, amount, now)

    def deposit(
        self, caller: int, custody: str, amount: int, now: int, *, min_lp: int = 0
    ) -> VolDepositReceipt:
        """
        LP units from the pool's inventory for stablecoins.

        Raises
        ------
        LiquidityError
            ``PoolInsolvent``: LP units are out and nothing stands behind them.
        InsufficientFundsError
            ``InsufficientFunds``: the inventory holds fewer.
        SlippageError, InputRangeError
            ``InsufficientAmountReturned``; ``InvalidArgument``.
        """
        return VolDepositReceipt(**self._core.deposit(caller, custody, amount, min_lp, now))

    def withdraw(
        self, caller: int, custody: str, lp: int, now: int, *, min_amount: int = 0
    ) -> VolDepositReceipt:
        """
        Stablecoins for LP units of the caller.

        Raises
        ------
        InsufficientFundsError
            ``InsufficientFunds``: the custody's free base is smaller.
        LiquidityError
            ``TradeBlockageUtilization``.
        SlippageError, InputRangeError
            ``InsufficientAmountReturned``; ``InvalidArgument``.
        """
        return VolDepositReceipt(**self._core.withdraw(caller, custody, lp, min_amount, now))

    def clear_fee_reserves(self, caller: int, custody: str, now: int) -> int:
        """
        Turn fee reserves into base; the admin.

        Returns
        -------
        int
            What was cleared.
        """
        return self._core.clear_fee_reserves(caller, custody, now)

    def increase(
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
    ) -> VolIncreaseReceipt:
        """
        Open a position or increase it.

        Parameters
        ----------
        caller : int
            The owner.
        custody : str
        window : {"1d", "1w", "2w", "30d", "60d", "90d"}
        side : {"long", "short"}
        size : int
            Added; loan and collateral together.
        collateral : int
            Added.
        now : int
            Unix seconds.
        entry_value, vol_slippage : int, optional
            The volatility seen, and the bps of it that it may have moved against the caller.

        Raises
        ------
        MarginError
            ``MaxLeverage``; ``MinLeverage``: smaller than its collateral.
        CapError
            ``MaxSize``.
        InsufficientFundsError
            ``InsufficientCollateral``: it does not exceed the fees; ``InsufficientFunds``: the
            custody cannot lock as much.
        OracleError
            ``InvalidOraclePrice``: a volatility of 0 cannot be an entry.
        SlippageError, InputRangeError, PausedError
            ``VolSlippageExceeded``; ``InvalidArgument``, ``EntrySignMismatch``;
            ``InstructionNotAllowed``.
        """
        key = (custody, caller, window, side)
        order = (size, collateral, False, entry_value, vol_slippage)
        return VolIncreaseReceipt(**self._core.increase(caller, key, order, now))

    def decrease(
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
    ) -> VolDecreaseReceipt:
        """
        Decrease or close a position.

        Parameters
        ----------
        caller, custody, window, side, entry_value, vol_slippage
            As `increase`.
        now : int
            Unix seconds.
        size, collateral : int
            What leaves; a full close pays all collateral whatever is asked.
        entire : bool
            Close.

        Raises
        ------
        StateError
            ``InvalidPositionState``: no such position.
        MarginError
            ``MaxLeverage``: what stays would not carry itself.
        InsufficientFundsError, SlippageError, InputRangeError, PausedError
            ``InsufficientCollateral``; ``VolSlippageExceeded``; ``InvalidArgument``;
            ``InstructionNotAllowed``.
        """
        key = (custody, caller, window, side)
        order = (size, collateral, entire, entry_value, vol_slippage)
        return decrease_receipt(self._core.decrease(caller, key, order, now))

    def liquidate(
        self, caller: int, owner: int, custody: str, window: Window, side: Side, now: int
    ) -> VolLiquidationReceipt:
        """
        Close a position that is over-leveraged, or whose profit is above its largest size.

        Raises
        ------
        NotLiquidatableError
            ``PositionNotLiquidatable``.
        StateError, NotAuthorizedError
            ``InvalidPositionState``; ``Unauthorized``.
        """
        key = (custody, owner, window, side)
        return liquidation_receipt(self._core.liquidate(caller, key, now))

    def pool_value(self) -> int:
        """Sum of base: what LP units are priced on; open positions' profits are not in it."""
        return self._core.pool_value()

    def mark_to_market(self, now: int) -> int:
        """`pool_value` less open profits plus open losses within their collateral."""
        return self._core.mark_to_market(now)

    def value(self, window: Window, now: int) -> int:
        """The volatility that is traded, 4 decimals."""
        return self._core.value_of(window, now)

    def health(self, owner: int, custody: str, window: Window, side: Side, now: int) -> VolHealth:
        """A position at the current volatility, fees counted up to `now`."""
        return VolHealth(*self._core.health((custody, owner, window, side), now))

    def liquidatable(self, now: int) -> list[tuple[int, str, Window, Side]]:
        """
        Positions that a liquidator may close at the current volatility.

        Returns
        -------
        list of (owner, custody, window, side)
            As `liquidate` takes them: ``for key in pool.liquidatable(now)``,
            ``pool.liquidate(caller, *key, now)``.
        """
        names = [config["name"] for config in self.state()["configs"]]
        return [
            (key["owner"], names[key["custody"]], WINDOWS[key["window"]], SIDES[key["side"]])
            for key in self._core.liquidatable(now)
        ]

    def ledger(self) -> Ledger:
        """The books of each custody."""
        state = self.state()
        columns = (
            "custody",
            "owned",
            "base",
            "locked",
            "insurance",
            "fee_reserves",
            "balance",
            "longed",
            "shorted",
            "guaranteed_usd",
            "impairment_losses",
            "user_losses",
            "protocol_paid",
            "cumulative",
            "last_updated",
            "last_borrow_rate",
        )
        outstanding = state["lp"]["total"]
        totals = {
            "lp_outstanding": outstanding,
            "lp_inventory": state["settings"]["lp_inventory"] - outstanding,
            "realized_fee_usd": state["realized_fee_usd"],
            "positions": len(state["positions"]),
            "requests": len(state["requests"]),
        }
        title = "VolPool; balance = owned + fee_reserves, owned = base + collateral"
        return Ledger(title, columns, custody_rows(state, columns), totals)

    def describe(self) -> str:
        """The pool's rules and limits as text."""
        return describe(self, "VolPool: Imperial VolPerp")
