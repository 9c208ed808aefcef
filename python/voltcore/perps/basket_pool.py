"""The open-source ancestor of the LP-to-trader pools as one value."""

from __future__ import annotations

from typing import Any, Literal

from voltcore import _core as core
from voltcore.perps._pool import Pool, Side
from voltcore.perps.basket_config import BasketConfig, BasketPermissions
from voltcore.perps.basket_receipts import (
    BasketCloseReceipt,
    BasketCollateralReceipt,
    BasketLiquidityReceipt,
    BasketOpenReceipt,
    BasketPositionView,
    BasketSwapReceipt,
)
from voltcore.perps.describe import describe
from voltcore.perps.ledger import Ledger, custody_rows

__all__ = ["BasketPool"]


class BasketPool(Pool):
    """
    A multi-asset pool whose every rule is published: custodies, LP tokens, swaps and positions.

    Parameters
    ----------
    config : BasketConfig
    now : int
        Clock at the start, Unix seconds.

    Notes
    -----
    Every operation names its caller and the clock, and either does what it says or raises one error
    and changes nothing; ``onchain`` of the error is the program's own name for the refusal. All of
    them raise `TimeOrderError` E705 for a `now` before the last one, ``StaleOraclePrice`` and
    ``InvalidOraclePrice`` for a price that may not be used, and ``MathOverflow`` where a number
    would leave its type. Source: Solana Labs "perpetuals" (Apache-2.0).
    """

    __slots__ = ()

    _kind = "basket_pool"
    _core_type = core.BasketPool
    _core: core.BasketPool

    def __init__(self, config: BasketConfig, now: int = 0) -> None:
        self._core = core.BasketPool(config, now)

    def set_price(
        self,
        caller: int,
        custody: str,
        price: int,
        now: int,
        *,
        ema: int | None = None,
        confidence: int = 0,
        exponent: int = -6,
        publish_time: int | None = None,
    ) -> None:
        """
        Publish a price.

        Parameters
        ----------
        caller : int
            The oracle.
        custody : str
        price, ema, confidence : int
            Mantissas; the EMA is the price when not given.
        now : int
            Unix seconds.
        exponent : int
            In [-18, 0]; USD per whole token = mantissa * 10**exponent.
        publish_time : int, optional
            `now` when not given.

        Raises
        ------
        NotAuthorizedError
            ``Unauthorized``.
        OracleError
            ``InvalidOraclePrice``: 0, from the future, older than the last, or too large a move.
        """
        self._core.set_price(
            caller,
            custody,
            price,
            price if ema is None else ema,
            confidence,
            exponent,
            now if publish_time is None else publish_time,
            now,
        )

    def set_permissions(
        self, caller: int, custody: str | None, permissions: BasketPermissions, now: int
    ) -> None:
        """
        Set the flags of a custody, or of the whole pool when `custody` is None.

        Raises
        ------
        NotAuthorizedError
            ``Unauthorized``: the caller is not the admin.
        """
        self._core.set_permissions(caller, custody, permissions, now)

    def update_aum(self, caller: int, now: int) -> int:
        """
        Refresh the cached AUM that swap and trade fees are taken on; anyone may.

        Returns
        -------
        int
            USD e6 at EMA prices.
        """
        return self._core.update_aum(caller, now)

    def add_liquidity(
        self, caller: int, custody: str, amount: int, now: int, *, min_lp: int = 0
    ) -> BasketLiquidityReceipt:
        """
        Put tokens into the pool for LP tokens.

        Parameters
        ----------
        caller : int
            Gets the LP tokens.
        custody : str
        amount : int
            Token units.
        now : int
            Unix seconds.
        min_lp : int
            Fewest LP units accepted.

        Raises
        ------
        PausedError
            ``InstructionNotAllowed``.
        SlippageError
            ``MaxPriceSlippage`` below `min_lp`; ``InsufficientAmountReturned`` when the fee takes
            everything.
        CapError
            ``TokenRatioOutOfRange``.
        """
        return BasketLiquidityReceipt(
            **self._core.add_liquidity(caller, custody, amount, min_lp, now)
        )

    def remove_liquidity(
        self, caller: int, custody: str, lp: int, now: int, *, min_amount: int = 0
    ) -> BasketLiquidityReceipt:
        """
        Take tokens out for LP tokens.

        Parameters
        ----------
        caller : int
            Holder of the LP tokens.
        custody : str
        lp : int
            LP units.
        now : int
            Unix seconds.
        min_amount : int
            Fewest token units accepted.

        Raises
        ------
        InsufficientFundsError
            ``InsufficientFunds``: the caller holds fewer LP tokens.
        CapError
            ``TokenRatioOutOfRange``; ``CustodyAmountLimit``: the tokens are locked.
        PausedError, SlippageError
            ``InstructionNotAllowed``; ``MaxPriceSlippage`` below `min_amount`.
        """
        return BasketLiquidityReceipt(
            **self._core.remove_liquidity(caller, custody, lp, min_amount, now)
        )

    def swap(
        self,
        caller: int,
        custody_in: str,
        custody_out: str,
        amount: int,
        now: int,
        *,
        min_amount: int = 0,
    ) -> BasketSwapReceipt:
        """
        Swap tokens of one custody for those of another at oracle prices less the spread.

        Parameters
        ----------
        caller : int
        custody_in, custody_out : str
        amount : int
            Units of `custody_in`.
        now : int
            Unix seconds.
        min_amount : int
            Fewest units of `custody_out` accepted.

        Raises
        ------
        SlippageError
            ``InsufficientAmountReturned``.
        CapError
            ``TokenRatioOutOfRange``, ``CustodyAmountLimit``.
        PausedError
            ``InstructionNotAllowed``: either custody.
        """
        return BasketSwapReceipt(
            **self._core.swap(caller, custody_in, custody_out, amount, min_amount, now)
        )

    def open(
        self,
        caller: int,
        custody: str,
        side: Side,
        size: int,
        collateral: int,
        price: int,
        now: int,
        *,
        collateral_custody: str | None = None,
    ) -> BasketOpenReceipt:
        """
        Open a position.

        Parameters
        ----------
        caller : int
            Its owner.
        custody : str
            The traded token.
        side : {"long", "short"}
        size : int
            Units of the traded token.
        collateral : int
            Units of the collateral token; the fee comes on top.
        price : int
            Worst entry price, 6 decimals.
        now : int
            Unix seconds.
        collateral_custody : str, optional
            The traded one for a long (default); a stable for a short.

        Raises
        ------
        MarginError
            ``MaxLeverage``: outside the initial limits.
        SlippageError
            ``MaxPriceSlippage``.
        CapError
            ``MaxUtilization``, ``PositionAmountLimit``, ``CustodyAmountLimit``.
        InsufficientFundsError
            ``InsufficientFunds``: the custody owns less than would be locked.
        InputRangeError, PausedError
            ``InvalidArgument``, ``InvalidCollateralCustody``; ``InstructionNotAllowed``.
        """
        paying = custody if collateral_custody is None else collateral_custody
        return BasketOpenReceipt(
            **self._core.open(caller, custody, paying, side, size, collateral, price, now)
        )

    def close(self, caller: int, position: int, price: int, now: int) -> BasketCloseReceipt:
        """
        Close a position.

        Parameters
        ----------
        caller, position : int
            Owner and id.
        price : int
            Worst exit price, 6 decimals.
        now : int
            Unix seconds.

        Raises
        ------
        StateError
            ``InvalidPositionState``: no such position.
        NotAuthorizedError, SlippageError, PausedError
            ``Unauthorized``; ``MaxPriceSlippage``; ``InstructionNotAllowed``.
        """
        return BasketCloseReceipt(**self._core.close(caller, position, price, now))

    def liquidate(self, caller: int, position: int, now: int) -> BasketCloseReceipt:
        """
        Close a position whose leverage is above the limit; the liquidator is paid from it.

        Raises
        ------
        StateError
            ``InvalidPositionState``: no such position, or a healthy one.
        NotAuthorizedError
            ``Unauthorized``: not a liquidator.
        """
        return BasketCloseReceipt(**self._core.liquidate(caller, position, now))

    def add_collateral(
        self, caller: int, position: int, amount: int, now: int
    ) -> BasketCollateralReceipt:
        """
        Add `amount` units of the collateral token.

        Raises
        ------
        MarginError
            ``MaxLeverage``: outside the initial limits, also for too much collateral.
        StateError, NotAuthorizedError, InputRangeError
            ``InvalidPositionState``; ``Unauthorized``; ``InvalidArgument``.
        """
        return BasketCollateralReceipt(**self._core.add_collateral(caller, position, amount, now))

    def remove_collateral(
        self, caller: int, position: int, usd: int, now: int
    ) -> BasketCollateralReceipt:
        """
        Take out collateral worth `usd` (USD e6).

        Raises
        ------
        InputRangeError
            ``InvalidArgument`` unless it is above 0 and below the position's collateral.
        InsufficientFundsError
            ``InsufficientFunds``: the tokens given were fewer.
        MarginError, StateError, NotAuthorizedError, PausedError
            As `add_collateral`; ``InstructionNotAllowed``.
        """
        return BasketCollateralReceipt(**self._core.remove_collateral(caller, position, usd, now))

    def aum(self, now: int, mode: Literal["last", "ema", "min", "max"] = "ema") -> int:
        """
        Assets under management, USD e6.

        Parameters
        ----------
        now : int
            Unix seconds; interest is counted up to it.
        mode : {"last", "ema", "min", "max"}
            Which price values the tokens.
        """
        return self._core.aum(mode, now)

    def lp_price(self, now: int) -> int:
        """AUM at EMA prices per LP token, 6 decimals."""
        return self._core.lp_price(now)

    def position(self, position: int, now: int) -> BasketPositionView:
        """A position at the current prices."""
        return BasketPositionView(**self._core.position_view(position, now))

    def ledger(self) -> Ledger:
        """The books: what each custody holds, for whom, in token units."""
        state: dict[str, Any] = self.state()
        columns = (
            "custody",
            "owned",
            "collateral",
            "locked",
            "protocol_fees",
            "lp_fee_outside_owned",
            "balance",
            "borrow_rate",
            "cumulative_interest",
            "last_update",
        )
        totals = {
            "lp_supply": state["lp"]["total"],
            "aum_usd": state["aum_usd"],
            "positions": len(state["positions"]),
        }
        title = "BasketPool, token units; balance = owned + ... + lp_fee"
        return Ledger(title, columns, custody_rows(state, columns), totals)

    def describe(self) -> str:
        """The pool's rules and limits as text."""
        return describe(self, "BasketPool: the open-source ancestor, every rule published")
