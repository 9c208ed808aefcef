"""The rates pool: vAMM, margin engine, rate oracle and fully-collateralised module in one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact, as_limbs, same_length
from voltcore._names import known_name
from voltcore.irs._settings import PoolSettings
from voltcore.irs.parameters import OracleKind, Revision, oracle_kind_number, revision_number
from voltcore.irs.receipts import Position, SwapReceipt, SwapReceiptRows

__all__ = ["MAX_SQRT_RATIO", "MIN_SQRT_RATIO", "MODULE", "IrsPool"]

MIN_SQRT_RATIO = 2503036416286949174936592462
"""Sqrt price at the lowest tick, about 1000 %."""
MAX_SQRT_RATIO = 2507794810551837817144115957740
"""Sqrt price at the highest tick, about 0.001 %."""
MODULE = 2**64 - 1
"""The account of the fully-collateralised module; nobody can call as it."""

_WAD = 10**18


class IrsPool(PoolSettings):
    """
    An interest-rate-swap market as one value: vAMM, margin engine, rate oracle, module, balances.

    Parameters
    ----------
    owner : int
        Account of the owner of all contracts. Accounts are numbers in ``[1, 2**64 - 2]``.
    now : int
        The clock at deployment, seconds. Every operation names its time; it never runs backwards.
    term_start, term_end : int
        The term of the swaps, seconds.
    tick_spacing : int
        In ``[1, 16383]``.
    rate_ray : int
        Index that the source reports at deployment, ray (27 places).
    report_timestamp : int
        When it was reported; 0 stands for `now`.
    observations : sequence of (int, int)
        Earlier (timestamp, value in ray) of the oracle.
    oracle_kind : {"spot", "push", "linear"}
    revision : {"r22", "r23"}
    periphery : int
        Account that is always approved; 0 for none.
    has_module : bool
        Deploy the fully-collateralised module.

    Notes
    -----
    One fixed token is 1 % a year of a token unit, a variable token is the variable rate on it. A
    fixed taker (receives fixed, pays variable) swaps a positive amount, which raises the sqrt price
    and **lowers the fixed rate**; a variable taker swaps a negative one. The amount is always a
    notional: variable tokens. ``onchain`` of an error is the contract's text or error name, and
    ``onchain_args`` its arguments; after an error nothing has changed.

    Source: Voltz ``VAMM.sol``, ``MarginEngine.sol``, ``AaveFCM.sol``.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        owner: int,
        now: int,
        term_start: int,
        term_end: int,
        rate_ray: int,
        tick_spacing: int = 60,
        report_timestamp: int = 0,
        observations: Sequence[tuple[int, int]] = (),
        oracle_kind: OracleKind = "spot",
        revision: Revision = "r22",
        periphery: int = 0,
        has_module: bool = False,
    ) -> None:
        self._core = _core.IrsPool(
            revision_number(revision),
            owner,
            periphery,
            term_start * _WAD,
            term_end * _WAD,
            tick_spacing,
            has_module,
            oracle_kind_number(oracle_kind),
            [time for time, _ in observations],
            [value for _, value in observations],
            rate_ray,
            report_timestamp,
            now,
        )

    # The vAMM.

    def initialize_vamm(self, caller: int, now: int, sqrt_price_x96: int) -> None:
        """
        Set the first price: by anyone, once. A protocol fee set before is lost.

        Raises
        ------
        InputRangeError
            "zero input price", "R".
        AlreadyInitializedError
            "ExpectedSqrtPriceZeroBeforeInit".
        """
        self._core.initialize_vamm(caller, now, sqrt_price_x96)

    def mint(
        self, caller: int, now: int, recipient: int, tick_lower: int, tick_upper: int, amount: int
    ) -> int:
        """
        Add liquidity to a position; its margin must exceed the initial requirement afterwards.

        Parameters
        ----------
        caller : int
            The recipient, or approved by it.
        now : int
            Seconds.
        recipient, tick_lower, tick_upper : int
            The position; ticks are multiples of the spacing.
        amount : int
            Liquidity in ``[1, 2**127 - 1]``; see `liquidity_of_notional`.

        Returns
        -------
        int
            Initial margin requirement, token units.

        Raises
        ------
        MarginError
            "MarginLessThanMinimum".
        NotAuthorizedError
            "only msg.sender or approved can mint" (R23: "not authorized"), "pphry only".
        MaturityError
            "closeToOrBeyondMaturity".
        """
        return self._core.mint(caller, now, recipient, tick_lower, tick_upper, amount)

    def burn(
        self, caller: int, now: int, recipient: int, tick_lower: int, tick_upper: int, amount: int
    ) -> int:
        """
        Take liquidity out of a position, also after maturity.

        Returns
        -------
        int
            0: the contract does not calculate a requirement here.

        Raises
        ------
        LiquidityError
            "not enough liquidity to burn".
        NotAuthorizedError
            "MS or ME", "pphry only".
        """
        return self._core.burn(caller, now, recipient, tick_lower, tick_upper, amount)

    def swap(
        self,
        caller: int,
        now: int,
        recipient: int,
        tick_lower: int,
        tick_upper: int,
        amount_specified: int,
        sqrt_price_limit_x96: int | None = None,
    ) -> SwapReceipt:
        """
        Trade a notional, at once or until the price limit or the end of liquidity.

        Parameters
        ----------
        caller, now : int
            The recipient, or approved by it; seconds.
        recipient, tick_lower, tick_upper : int
            The position that trades. The ticks only name it.
        amount_specified : int
            Notional: > 0 for a fixed taker, < 0 for a variable taker.
        sqrt_price_limit_x96 : int, optional
            Where to stop: above the price for a fixed taker, below it for a variable taker. Without
            it the end of the range.

        Returns
        -------
        SwapReceipt

        Raises
        ------
        MarginError
            "MarginRequirementNotMet", with its six arguments in ``onchain_args``.
        InputRangeError
            "SPL": the limit is on the wrong side or out of range.
        StateError
            "endless loop": one unit is left that cannot move the price; the contract would run
            until its gas ends.
        """
        return self._core.swap(
            SwapReceipt,
            caller,
            now,
            recipient,
            tick_lower,
            tick_upper,
            amount_specified,
            sqrt_price_limit_x96,
        )

    def swap_many(
        self,
        now: int | NDArray[np.uint32],
        owners: NDArray[np.uint64],
        tick_lower: int,
        tick_upper: int,
        amounts: NDArray[np.uint64],
        sqrt_price_limits_x96: NDArray[np.uint64],
        *,
        mode: Literal["atomic", "each"] = "atomic",
    ) -> SwapReceiptRows:
        """
        Swaps one after the other, each by the owner of its position.

        Parameters
        ----------
        now : int or ndarray of uint32, shape (n,)
            Seconds: of all swaps, or of each.
        owners : ndarray of uint64, shape (n,)
            Caller and recipient of each swap.
        tick_lower, tick_upper : int
            The range that names all positions.
        amounts, sqrt_price_limits_x96 : ndarray of uint64, shape (n, 4)
            Limbs, least significant first, two's complement.
        mode : {"atomic", "each"}
            ``"atomic"``: the first refused row is raised (its number is ``index``) and nothing has
            changed. ``"each"``: a refused row changes nothing and its code is in ``status``.

        Returns
        -------
        SwapReceiptRows
        """
        rows = {
            "owners": as_exact(owners, np.uint64, "owners"),
            "amounts": as_limbs(amounts, "amounts"),
            "limits": as_limbs(sqrt_price_limits_x96, "sqrt_price_limits_x96"),
        }
        if isinstance(now, np.ndarray | list | tuple):
            rows["now"] = now = as_exact(now, np.uint32, "now")
        same_length(**rows)
        atomic = known_name(mode, ("atomic", "each"), "mode") == "atomic"
        return SwapReceiptRows(
            *self._core.swap_many(
                now, rows["owners"], tick_lower, tick_upper, rows["amounts"], rows["limits"], atomic
            )
        )

    # The margin engine.

    def update_position_margin(
        self,
        caller: int,
        now: int,
        owner: int,
        tick_lower: int,
        tick_upper: int,
        margin_delta: int,
    ) -> None:
        """
        Deposit margin (``margin_delta > 0``, by anyone) or withdraw it (by the owner or approved).

        Raises
        ------
        MarginError
            "MarginLessThanMinimum": before maturity the margin must exceed the requirement.
        MaturityError
            "PositionNotSettled": after maturity only settled positions pay out.
        InsufficientFundsError
            The token's own text, or "WithdrawalExceedsCurrentMargin".
        """
        self._core.update_position_margin(caller, now, owner, tick_lower, tick_upper, margin_delta)

    def settle_position(
        self, caller: int, now: int, owner: int, tick_lower: int, tick_upper: int
    ) -> None:
        """Turn a position's balances into margin at maturity: by anyone, once."""
        self._core.settle_position(caller, now, owner, tick_lower, tick_upper)

    def liquidate_position(
        self, caller: int, now: int, owner: int, tick_lower: int, tick_upper: int
    ) -> int:
        """
        Unwind a position whose margin is below its liquidation requirement: by anyone.

        Returns
        -------
        int
            The caller's reward, token units.

        Raises
        ------
        NotLiquidatableError
            "CannotLiquidate".
        """
        return self._core.liquidate_position(caller, now, owner, tick_lower, tick_upper)

    def get_position(
        self, caller: int, now: int, owner: int, tick_lower: int, tick_upper: int
    ) -> Position:
        """A position after a refresh, which stays, as on chain; `position` only looks."""
        return Position.of(self._core.get_position(caller, now, owner, tick_lower, tick_upper))

    def get_position_margin_requirement(
        self, caller: int, now: int, owner: int, tick_lower: int, tick_upper: int, is_lm: bool
    ) -> int:
        """
        Initial or (`is_lm`) liquidation requirement after a refresh, which stays, as on chain.

        Ask a `copy()` to leave the pool as it is.
        """
        return self._core.get_position_margin_requirement(
            caller, now, owner, tick_lower, tick_upper, is_lm
        )

    def get_historical_apy(self, caller: int, now: int) -> int:
        """The yearly variable rate of the look-back window, wad; refreshed when too old."""
        return self._core.get_historical_apy(caller, now)

    def variable_factor(self, caller: int, now: int) -> int:
        """Growth of the index over the term so far, wad; stored from maturity on."""
        return self._core.variable_factor(caller, now)

    # The fully-collateralised module: the caller is the trader.

    def initiate_fully_collateralised_fixed_taker_swap(
        self, caller: int, now: int, notional: int, sqrt_price_limit_x96: int
    ) -> SwapReceipt:
        """
        Take the fixed side against yield tokens worth the notional; never liquidated.

        Returns
        -------
        SwapReceipt
            Its requirement is 0.
        """
        return self._core.initiate_fully_collateralised_fixed_taker_swap(
            SwapReceipt, caller, now, notional, sqrt_price_limit_x96
        )

    def unwind_fully_collateralised_fixed_taker_swap(
        self, caller: int, now: int, notional_to_unwind: int, sqrt_price_limit_x96: int
    ) -> SwapReceipt:
        """Give back part of such a swap and get its yield tokens out."""
        return self._core.unwind_fully_collateralised_fixed_taker_swap(
            SwapReceipt, caller, now, notional_to_unwind, sqrt_price_limit_x96
        )

    def settle_trader(self, caller: int, now: int) -> int:
        """Settle the caller's module swap after maturity; the cashflow, signed."""
        return self._core.settle_trader(caller, now)
