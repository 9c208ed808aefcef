"""The comparison pool: Uniswap v3 with its ticks, positions, fees and protocol share."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_limbs, same_length
from voltcore._engine import Engine
from voltcore.amm._protocol import as_flags
from voltcore.errors import InputRangeError

__all__ = ["Swap", "SwapRows", "TickBitmap", "UniswapV3Pool"]

Limbs = NDArray[np.uint64]


class Swap(NamedTuple):
    """What a swap moves. Positive amounts are paid to the pool, negative ones by it."""

    amount0: int
    amount1: int
    sqrt_price_x96: int
    """After the swap, Q64.96."""
    tick: int
    """After the swap."""
    liquidity: int
    """Active after the swap."""
    steps: int
    """Intervals that the swap went through."""


class SwapRows(NamedTuple):
    """`Swap` for every row; a refused row is 0 everywhere but in `status`."""

    amount0: Limbs
    """uint64, shape (n, 4), two's complement."""
    amount1: Limbs
    """uint64, shape (n, 4), two's complement."""
    sqrt_price_x96: Limbs
    tick: NDArray[np.int32]
    liquidity: Limbs
    steps: NDArray[np.uint32]
    status: NDArray[np.uint16]
    """0, or the number of the error code."""


class TickBitmap:
    """
    Which ticks hold liquidity, one bit each, in words of 256.

    Parameters
    ----------
    tick_spacing : int
        In ``[1, 16383]``.

    Notes
    -----
    Source: ``TickBitmap.sol`` of both protocols. The search does not look at the range of ticks.
    """

    __slots__ = ("_core",)

    def __init__(self, tick_spacing: int) -> None:
        self._core = _core.TickBitmap(tick_spacing)

    def flip(self, tick: int) -> None:
        """
        Toggle the tick's bit.

        Raises
        ------
        InputRangeError
            "tick must be properly spaced".
        """
        self._core.flip(tick)

    def word(self, index: int) -> int:
        """The 256 bits of a word; ``index`` is ``(tick // spacing) >> 8``."""
        return self._core.word(index)

    def next_initialized_tick_within_one_word(self, tick: int, lte: bool) -> tuple[int, bool]:
        """
        The next initialised tick in the word, or the word's end and False.

        Parameters
        ----------
        tick : int
            Where to start.
        lte : bool
            Look at or below the tick; otherwise above it.
        """
        return self._core.next_initialized_tick_within_one_word(tick, lte)


class UniswapV3Pool(Engine):
    """
    One concentrated-liquidity pool as a value: no clock, no token contracts, no hidden caller.

    Parameters
    ----------
    fee_pips : int
        Share of the input in hundredths of a basis point, in ``[0, 999999]``: 3000 is 0.3 %.
    tick_spacing : int
        In ``[1, 16383]``.

    Notes
    -----
    Source: v3-core 1.0, ``UniswapV3Pool.sol``; its price oracle, flash loans and token transfers
    are left out. Growth accumulators wrap on purpose. ``onchain`` of an error is the contract's
    text; ``onchain_kind`` is "empty" where the contract gives none.
    """

    __slots__ = ()

    _kind = "uniswap_v3_pool"
    _core_type = _core.UniswapV3Pool
    _core: _core.UniswapV3Pool

    def __init__(self, fee_pips: int, tick_spacing: int) -> None:
        self._core = _core.UniswapV3Pool(fee_pips, tick_spacing)

    # What it holds.

    @property
    def fee_pips(self) -> int:
        """Share of the input in hundredths of a basis point."""
        return self._core.config()[0]

    @property
    def tick_spacing(self) -> int:
        """Ticks that may hold liquidity are multiples of this."""
        return self._core.config()[1]

    @property
    def max_liquidity_per_tick(self) -> int:
        """The most liquidity that may refer to one tick."""
        return self._core.config()[2]

    def slot(self) -> dict[str, int]:
        """
        What changes with every swap.

        Returns
        -------
        dict of str to int
            ``sqrt_price_x96`` (0 until initialised), ``tick``, ``fee_protocol`` (low nibble for
            token0), ``liquidity``, ``fee_growth_global0_x128``, ``fee_growth_global1_x128``,
            ``protocol_fees0``, ``protocol_fees1``.
        """
        return self._core.slot()

    def tick(self, tick: int) -> dict[str, Any]:
        """The record of a tick; zeros for one without liquidity."""
        return self._core.tick(tick)

    def position(self, owner: int, tick_lower: int, tick_upper: int) -> dict[str, int]:
        """The record of a position as it is stored, not refreshed; zeros for an unknown one."""
        return self._core.position(owner, tick_lower, tick_upper)

    def initialized_ticks(self) -> list[int]:
        """All ticks with liquidity, ascending."""
        return self._core.initialized_ticks()

    def bitmap_word(self, index: int) -> int:
        """The 256 bits of a bitmap word."""
        return self._core.bitmap_word(index)

    def __repr__(self) -> str:
        slot = self.slot()
        if slot["sqrt_price_x96"] == 0:
            return f"<UniswapV3Pool fee {self.fee_pips / 1e4:g} %, not initialised>"
        price = (slot["sqrt_price_x96"] / 2**96) ** 2
        return (
            f"<UniswapV3Pool fee {self.fee_pips / 1e4:g} %, price {price:.6g}, tick {slot['tick']},"
            f" liquidity {slot['liquidity']}, {len(self.initialized_ticks())} ticks>"
        )

    # What can be done.

    def initialize(self, sqrt_price_x96: int) -> None:
        """
        Set the first price. Once.

        Raises
        ------
        AlreadyInitializedError
            "AI".
        InputRangeError
            "R": the price is out of range.
        """
        self._core.initialize(sqrt_price_x96)

    def mint(self, owner: int, tick_lower: int, tick_upper: int, amount: int) -> tuple[int, int]:
        """
        Add liquidity to a position.

        Parameters
        ----------
        owner : int
            Any number in ``[0, 2**64 - 1]``.
        tick_lower, tick_upper : int
            The range, multiples of the spacing.
        amount : int
            Liquidity, in ``[1, 2**127 - 1]``.

        Returns
        -------
        tuple of int
            Token0 and token1 that the owner pays, rounded up.

        Raises
        ------
        InputRangeError
            "TLU", "TLM", "TUM"; "empty" for amount 0 or a tick off the spacing.
        CapError
            "LO": more than one tick may hold.
        NotInitializedError
            "LOK".
        """
        return self._core.mint(owner, tick_lower, tick_upper, amount)

    def burn(self, owner: int, tick_lower: int, tick_upper: int, amount: int) -> tuple[int, int]:
        """
        Take liquidity out of a position; what it is worth is owed until `collect`.

        Parameters
        ----------
        owner, tick_lower, tick_upper : int
            The position.
        amount : int
            Liquidity; 0 only credits the fees so far.

        Returns
        -------
        tuple of int
            Token0 and token1, rounded down, without fees.

        Raises
        ------
        LiquidityError
            "LS": more than the position has. "NP": amount 0 on an empty position.
        """
        return self._core.burn(owner, tick_lower, tick_upper, amount)

    def collect(
        self,
        owner: int,
        tick_lower: int,
        tick_upper: int,
        amount0_requested: int = 2**128 - 1,
        amount1_requested: int = 2**128 - 1,
    ) -> tuple[int, int]:
        """
        Pay out what a position is owed, at most what is asked for; nothing is credited first.

        Returns
        -------
        tuple of int
            Token0 and token1 paid; (0, 0) for an unknown position.
        """
        return self._core.collect(
            owner, tick_lower, tick_upper, amount0_requested, amount1_requested
        )

    def swap(self, zero_for_one: bool, amount_specified: int, sqrt_price_limit_x96: int) -> Swap:
        """
        Swap one token for the other.

        Parameters
        ----------
        zero_for_one : bool
            Token0 in, token1 out: the price falls.
        amount_specified : int
            int256, not 0; > 0 is an exact input, < 0 an exact output.
        sqrt_price_limit_x96 : int
            Where to stop at the latest: strictly between the price and the end of the range.

        Returns
        -------
        Swap

        Raises
        ------
        InputRangeError
            "AS": amount 0. "SPL": the limit is on the wrong side or out of range.
        NotInitializedError
            "LOK".
        """
        return self._core.swap(Swap, zero_for_one, amount_specified, sqrt_price_limit_x96)

    def quote(self, zero_for_one: bool, amount_specified: int, sqrt_price_limit_x96: int) -> Swap:
        """What `swap` would return; nothing changes."""
        return self._core.quote(Swap, zero_for_one, amount_specified, sqrt_price_limit_x96)

    def set_fee_protocol(self, fee_protocol0: int, fee_protocol1: int) -> None:
        """
        Set the protocol's part of the fee for each input token: one in that many.

        Parameters
        ----------
        fee_protocol0, fee_protocol1 : int
            0 (nothing) or 4 to 10.

        Raises
        ------
        InputRangeError
            "empty": another value.
        """
        self._core.set_fee_protocol(fee_protocol0, fee_protocol1)

    def swap_many(
        self,
        zero_for_one: NDArray[np.bool_],
        amounts: Limbs,
        sqrt_price_limits_x96: Limbs,
        *,
        mode: Literal["atomic", "each"] = "atomic",
    ) -> SwapRows:
        """
        Swaps one after the other, each from the state that the one before has left.

        Parameters
        ----------
        zero_for_one : ndarray of bool, shape (n,)
            Direction of each swap.
        amounts : ndarray of uint64, shape (n, 4)
            Amounts specified: limbs, least significant first, two's complement.
        sqrt_price_limits_x96 : ndarray of uint64, shape (n, 4)
            Price limits, limbs.
        mode : {"atomic", "each"}
            ``"atomic"``: the first refused row is raised (its number is ``index``) and nothing has
            changed. ``"each"``: a refused row changes nothing and its code is in ``status``.

        Returns
        -------
        SwapRows
        """
        return SwapRows(
            *self._core.swap_many(
                *self._rows(zero_for_one, amounts, sqrt_price_limits_x96), _is_atomic(mode), False
            )
        )

    def quote_many(
        self,
        zero_for_one: NDArray[np.bool_],
        amounts: Limbs,
        sqrt_price_limits_x96: Limbs,
        *,
        threads: int = 0,
    ) -> SwapRows:
        """
        Quotes, each from the present state; nothing changes.

        Parameters
        ----------
        zero_for_one, amounts, sqrt_price_limits_x96 : ndarray
            As in `swap_many`.
        threads : int
            0 for one thread for each core. The result does not depend on it.

        Returns
        -------
        SwapRows
            The code of a refused row is in ``status``.
        """
        rows = self._rows(zero_for_one, amounts, sqrt_price_limits_x96)
        return SwapRows(*self._core.quote_many(*rows, threads))

    @staticmethod
    def _rows(
        zero_for_one: object, amounts: object, limits: object
    ) -> tuple[NDArray[np.uint8], Limbs, Limbs]:
        direction = as_flags(zero_for_one, "zero_for_one")
        amount = as_limbs(amounts, "amounts")
        limit = as_limbs(limits, "sqrt_price_limits_x96")
        same_length(zero_for_one=direction, amounts=amount, sqrt_price_limits_x96=limit)
        return direction, amount, limit


def _is_atomic(mode: str) -> bool:
    if mode not in ("atomic", "each"):
        raise InputRangeError(
            "is not 'atomic' or 'each'", code="E114", field="mode", value=mode, op="swap_many"
        )
    return mode == "atomic"
