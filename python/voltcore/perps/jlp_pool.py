"""Jupiter's perpetuals pool as one value."""

from __future__ import annotations

from voltcore import _core as core
from voltcore.perps._pool import Side
from voltcore.perps.describe import describe
from voltcore.perps.jlp_config import JlpConfig, JlpPermissions
from voltcore.perps.jlp_receipts import (
    JlpBurnReceipt,
    JlpDecreaseReceipt,
    JlpDistributionReceipt,
    JlpIncreaseReceipt,
    JlpMintReceipt,
    JlpPositionView,
    JlpSwapReceipt,
)
from voltcore.perps.jlp_requests import JlpRequests, trade_of
from voltcore.perps.ledger import Ledger, custody_rows

__all__ = ["JlpPool"]


class JlpPool(JlpRequests):
    """
    Custodies, LP tokens, swaps and leveraged positions against the pool.

    Longs are collateralised by the traded token, shorts by a stable. Prices are USD per whole token
    with 6 decimals, sizes and fees USD e6, amounts token units.

    Parameters
    ----------
    config : JlpConfig
    now : int
        Clock at the start, Unix seconds.

    Notes
    -----
    Every operation names its caller and the clock, and either does what it says or raises one error
    and changes nothing; ``onchain`` of the error is the protocol's own name for the refusal. All of
    them raise `TimeOrderError` E705 for a `now` before the last one, ``StaleOraclePrice`` and
    ``InvalidOraclePrice`` for a price that may not be used, and ``MathOverflow`` where a number
    would leave its type. Accounts, fees, rates and the liquidation price follow Jupiter's
    documentation, IDL and example code; settlement bookkeeping is this project's choice where that
    is silent, see the documentation of the pools.
    """

    __slots__ = ()

    _kind = "jlp_pool"
    _core_type = core.JlpPool
    _core: core.JlpPool

    def __init__(self, config: JlpConfig, now: int = 0) -> None:
        self._core = core.JlpPool(config, now)

    def set_price(
        self,
        caller: int,
        custody: str,
        price: int,
        now: int,
        *,
        confidence: int = 0,
        publish_time: int | None = None,
    ) -> None:
        """
        Publish a price.

        Parameters
        ----------
        caller : int
            The oracle.
        custody : str
        price : int
            USD per whole token, 6 decimals.
        now : int
            Unix seconds.
        confidence : int
            Half width of the interval, same unit.
        publish_time : int, optional
            `now` when not given.

        Raises
        ------
        NotAuthorizedError
            ``Unauthorized``.
        OracleError
            ``InvalidOraclePrice``: 0, from the future, older than the last, or too large a move.
        """
        published = now if publish_time is None else publish_time
        self._core.set_price(caller, custody, price, confidence, published, now)

    def set_permissions(
        self, caller: int, custody: str, permissions: JlpPermissions, now: int
    ) -> None:
        """Set the flags of a custody; the admin."""
        self._core.set_permissions(caller, custody, permissions, now)

    def mint(
        self, caller: int, custody: str, amount: int, now: int, *, min_lp: int = 0
    ) -> JlpMintReceipt:
        """
        LP tokens for `amount` units of a custody's token.

        Raises
        ------
        CapError
            ``PoolAmountLimit`` above `max_aum_usd`; ``ExceedTokenWeightage``.
        SlippageError
            ``InsufficientAmountReturned``: no LP tokens, or fewer than `min_lp`.
        InputRangeError, PausedError
            ``InvalidArgument``; ``InstructionNotAllowed``.
        """
        return JlpMintReceipt(**self._core.mint(caller, custody, amount, min_lp, now))

    def burn(
        self, caller: int, custody: str, lp: int, now: int, *, min_amount: int = 0
    ) -> JlpBurnReceipt:
        """
        Tokens of a custody for `lp` LP units of the caller.

        Raises
        ------
        CapError
            ``CustodyAmountLimit``: the tokens are locked; ``ExceedTokenWeightage``.
        SlippageError, InputRangeError, PausedError
            ``InsufficientAmountReturned``; ``InvalidArgument``; ``InstructionNotAllowed``.
        """
        return JlpBurnReceipt(**self._core.burn(caller, custody, lp, min_amount, now))

    def swap(
        self,
        caller: int,
        custody_in: str,
        custody_out: str,
        amount: int,
        now: int,
        *,
        min_amount: int = 0,
    ) -> JlpSwapReceipt:
        """
        Swap `amount` units of one token for another at oracle prices.

        Raises
        ------
        CapError
            ``CustodyAmountLimit``, ``ExceedTokenWeightage``.
        SlippageError, InputRangeError, PausedError
            ``InsufficientAmountReturned``; ``InvalidArgument``; ``InstructionNotAllowed``.
        """
        return JlpSwapReceipt(
            **self._core.swap(caller, custody_in, custody_out, amount, min_amount, now)
        )

    def increase(
        self,
        caller: int,
        custody: str,
        side: Side,
        size_usd: int,
        collateral: int,
        now: int,
        *,
        collateral_custody: str | None = None,
        price_slippage: int = 0,
    ) -> JlpIncreaseReceipt:
        """
        Open a position or increase it; a second opening merges.

        Parameters
        ----------
        caller : int
            The owner.
        custody : str
            The traded token.
        side : {"long", "short"}
        size_usd : int
            USD e6 added to the size; 0 deposits collateral alone.
        collateral : int
            Units of the collateral token added.
        now : int
            Unix seconds.
        collateral_custody : str, optional
            The traded one for a long, a stable for a short (default USDC).
        price_slippage : int
            Worst mark, 6 decimals; 0 is none. Tested when the size changes.

        Raises
        ------
        MarginError
            ``MaxLeverage``: smaller than its collateral, or liquidatable at once.
        CapError
            ``PersonalPoolAmountLimit``, ``CustodyAmountLimit``.
        InsufficientFundsError
            ``InvalidCollateralAmount``: the collateral does not exceed the fees.
        SlippageError, StateError, InputRangeError, PausedError
            ``MaxPriceSlippage``; ``InvalidPositionState`` for an opening without size or
            collateral; ``InvalidArgument``, ``InvalidCollateralAccount``;
            ``InstructionNotAllowed``.
        """
        trade = trade_of(
            custody, collateral_custody, side, size_usd, collateral, False, price_slippage
        )
        return JlpIncreaseReceipt(**self._core.increase(caller, trade, now))

    def decrease(
        self,
        caller: int,
        custody: str,
        side: Side,
        now: int,
        *,
        size_usd: int = 0,
        collateral_usd: int = 0,
        entire: bool = False,
        collateral_custody: str | None = None,
        price_slippage: int = 0,
    ) -> JlpDecreaseReceipt:
        """
        Decrease or close a position.

        Parameters
        ----------
        caller : int
            The owner.
        custody, side, collateral_custody
            As `increase`.
        now : int
            Unix seconds.
        size_usd, collateral_usd : int
            USD e6 that leave; a full close pays all collateral whatever is asked.
        entire : bool
            Close.
        price_slippage : int
            Worst mark, 6 decimals; 0 is none. Tested when the size changes.

        Raises
        ------
        StateError
            ``InvalidPositionState``: no such position.
        MarginError
            ``MaxLeverage``: what stays would not carry itself.
        InsufficientFundsError
            ``InvalidCollateralAmount``: more collateral than is left.
        SlippageError, InputRangeError, PausedError
            ``MaxPriceSlippage``; ``InvalidArgument``; ``InstructionNotAllowed``.
        """
        trade = trade_of(
            custody, collateral_custody, side, size_usd, collateral_usd, entire, price_slippage
        )
        return JlpDecreaseReceipt(**self._core.decrease(caller, trade, now))

    def liquidate(
        self,
        caller: int,
        owner: int,
        custody: str,
        side: Side,
        now: int,
        *,
        collateral_custody: str | None = None,
    ) -> JlpDecreaseReceipt:
        """
        Close a position whose remaining collateral is below ``size / max_leverage``.

        Raises
        ------
        StateError
            ``InvalidPositionState``: no such position, or a healthy one.
        NotAuthorizedError, PausedError
            ``Unauthorized``: not a liquidator; ``InstructionNotAllowed``.
        """
        trade = trade_of(custody, collateral_custody, side, 0, 0, True, 0)
        return JlpDecreaseReceipt(**self._core.liquidate(caller, owner, trade, now))

    def distribute_fees(self, caller: int, custody: str, now: int) -> JlpDistributionReceipt:
        """Fee reserves of a custody to protocol and pool; the keeper or the admin."""
        return JlpDistributionReceipt(**self._core.distribute_fees(caller, custody, now))

    def aum(self, now: int) -> int:
        """Assets under management at the current prices, USD e6."""
        return self._core.aum(now)

    def custody_aum(self, custody: str, now: int) -> int:
        """A custody's part of the AUM, USD e6."""
        return self._core.custody_aum(custody, now)

    def virtual_price(self, now: int) -> int:
        """AUM per LP token, 6 decimals."""
        return self._core.virtual_price(now)

    def hourly_rate(self, custody: str) -> int:
        """Borrow rate at the present utilisation, per hour, 1e9."""
        return self._core.hourly_rate(custody)

    def position(
        self,
        owner: int,
        custody: str,
        side: Side,
        now: int,
        *,
        collateral_custody: str | None = None,
    ) -> JlpPositionView:
        """A position at the current prices, fees counted up to `now`."""
        trade = trade_of(custody, collateral_custody, side, 0, 0, True, 0)
        return JlpPositionView(**self._core.position_view(owner, trade, now))

    def ledger(self) -> Ledger:
        """The books: what each custody holds, for whom; token units and USD e6."""
        state = self.state()
        columns = (
            "custody",
            "owned",
            "locked",
            "fees_reserves",
            "trader_collateral",
            "balance",
            "guaranteed_usd",
            "global_long_sizes",
            "global_short_sizes",
            "global_short_average_prices",
            "cumulative",
            "last_update",
            "protocol_paid",
        )
        totals = {
            "lp_supply": state["lp"]["total"],
            "positions": len(state["positions"]),
            "requests": len(state["requests"]),
        }
        title = "JlpPool; balance = owned + fees_reserves + trader_collateral"
        return Ledger(title, columns, custody_rows(state, columns), totals)

    def describe(self) -> str:
        """The pool's rules and limits as text."""
        return describe(self, "JlpPool: Jupiter Perpetuals")
