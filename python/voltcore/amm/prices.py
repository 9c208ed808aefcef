"""
Amounts between sqrt prices, and sqrt prices after amounts.

Prices are Q64.96 integers below 2**160, liquidity is below 2**128, amounts are below 2**256.
Rounding favours the pool. ``protocol="voltz"`` fails where an intermediate result leaves 256 bits;
``"uniswap_v3"`` falls back to another formula there, and its failures carry no text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_limbs, same_length
from voltcore.amm._protocol import Protocol, Rows, as_flags, is_voltz

__all__ = [
    "add_delta",
    "amount0_delta",
    "amount0_delta_rows",
    "amount0_delta_signed",
    "amount1_delta",
    "amount1_delta_rows",
    "amount1_delta_signed",
    "mul_div",
    "next_sqrt_price_from_amount0",
    "next_sqrt_price_from_amount0_rows",
    "next_sqrt_price_from_amount1",
    "next_sqrt_price_from_amount1_rows",
    "next_sqrt_price_from_input",
    "next_sqrt_price_from_input_rows",
    "next_sqrt_price_from_output",
    "next_sqrt_price_from_output_rows",
]

Limbs = NDArray[np.uint64]


def next_sqrt_price_from_amount0(
    sqrt_price_x96: int, liquidity: int, amount: int, add: bool, *, protocol: Protocol = "voltz"
) -> int:
    """
    Sqrt price after `amount` of token0 comes in (`add`) or goes out; rounded up.

    Raises
    ------
    LiquidityError
        "denom uflow": more goes out than there is.
    ArithmeticOverflowError
        An intermediate result leaves its width.

    Notes
    -----
    Source: ``SqrtPriceMath.sol``, ``getNextSqrtPriceFromAmount0RoundingUp``.
    """
    return _core.amm_next_sqrt_price_from_amount0(
        sqrt_price_x96, liquidity, amount, add, is_voltz(protocol)
    )


def next_sqrt_price_from_amount1(
    sqrt_price_x96: int, liquidity: int, amount: int, add: bool, *, protocol: Protocol = "voltz"
) -> int:
    """
    Sqrt price after `amount` of token1 comes in (`add`) or goes out; rounded down.

    Raises
    ------
    LiquidityError
        "sqrtPX96 !> quotient": more goes out than there is.
    ArithmeticOverflowError, DivideByZeroError
        An intermediate result leaves its width; no liquidity.

    Notes
    -----
    Source: ``SqrtPriceMath.sol``, ``getNextSqrtPriceFromAmount1RoundingDown``.
    """
    return _core.amm_next_sqrt_price_from_amount1(
        sqrt_price_x96, liquidity, amount, add, is_voltz(protocol)
    )


def next_sqrt_price_from_input(
    sqrt_price_x96: int,
    liquidity: int,
    amount_in: int,
    zero_for_one: bool,
    *,
    protocol: Protocol = "voltz",
) -> int:
    """
    Sqrt price after an exact input of token0 (`zero_for_one`, price falls) or token1 (rises).

    Raises
    ------
    InputRangeError
        "sqrtPX96 !> 0" or "liq !> 0".
    VoltcoreError
        As `next_sqrt_price_from_amount0` and `next_sqrt_price_from_amount1`.
    """
    return _core.amm_next_sqrt_price_from_input(
        sqrt_price_x96, liquidity, amount_in, zero_for_one, is_voltz(protocol)
    )


def next_sqrt_price_from_output(
    sqrt_price_x96: int,
    liquidity: int,
    amount_out: int,
    zero_for_one: bool,
    *,
    protocol: Protocol = "voltz",
) -> int:
    """
    Sqrt price after an exact output of token1 (`zero_for_one`, price falls) or token0 (rises).

    Raises
    ------
    InputRangeError
        "sqrtPX96 !> 0" or "liq !> 0".
    VoltcoreError
        As `next_sqrt_price_from_amount0` and `next_sqrt_price_from_amount1`.
    """
    return _core.amm_next_sqrt_price_from_output(
        sqrt_price_x96, liquidity, amount_out, zero_for_one, is_voltz(protocol)
    )


def amount0_delta(
    sqrt_ratio_a_x96: int,
    sqrt_ratio_b_x96: int,
    liquidity: int,
    round_up: bool,
    *,
    protocol: Protocol = "voltz",
) -> int:
    """
    Token0 between two sqrt prices: ``L 2**96 (B - A) / B / A``, each division rounded.

    Raises
    ------
    InputRangeError
        "sqrtRatioAX96 !> 0": the lower price is zero.

    Notes
    -----
    Source: ``SqrtPriceMath.sol``, ``getAmount0Delta``.
    """
    return _core.amm_amount0_delta(
        sqrt_ratio_a_x96, sqrt_ratio_b_x96, liquidity, round_up, is_voltz(protocol)
    )


def amount1_delta(
    sqrt_ratio_a_x96: int, sqrt_ratio_b_x96: int, liquidity: int, round_up: bool
) -> int:
    """
    Token1 between two sqrt prices: ``L |B - A| / 2**96``. The same in both protocols.

    Notes
    -----
    Source: ``SqrtPriceMath.sol``, ``getAmount1Delta``.
    """
    return _core.amm_amount1_delta(sqrt_ratio_a_x96, sqrt_ratio_b_x96, liquidity, round_up)


def amount0_delta_signed(
    sqrt_ratio_a_x96: int, sqrt_ratio_b_x96: int, liquidity: int, *, protocol: Protocol = "voltz"
) -> int:
    """Token0 for a signed change of liquidity: rounded up if added, -(rounded down) if removed."""
    return _core.amm_amount0_delta_signed(
        sqrt_ratio_a_x96, sqrt_ratio_b_x96, liquidity, is_voltz(protocol)
    )


def amount1_delta_signed(
    sqrt_ratio_a_x96: int, sqrt_ratio_b_x96: int, liquidity: int, *, protocol: Protocol = "voltz"
) -> int:
    """Token1 for a signed change of liquidity: rounded up if added, -(rounded down) if removed."""
    return _core.amm_amount1_delta_signed(
        sqrt_ratio_a_x96, sqrt_ratio_b_x96, liquidity, is_voltz(protocol)
    )


def add_delta(liquidity: int, change: int) -> int:
    """Liquidity plus a signed int128 change; `ArithmeticOverflowError` outside uint128."""
    return _core.amm_add_delta(liquidity, change)


def mul_div(a: int, b: int, denominator: int) -> int:
    """
    ``a * b // denominator`` as Uniswap v3 calculates it: a failure carries no text.

    `voltcore.math.mul_div` is the same with the texts of the rates contracts.

    Raises
    ------
    ArithmeticOverflowError, DivideByZeroError
        "empty": the result needs more than 256 bits; the denominator is zero.

    Notes
    -----
    Source: v3-core ``FullMath.sol``, ``mulDiv``.
    """
    return _core.amm_mul_div(a, b, denominator)


def _amount_rows(
    a: object,
    b: object,
    liquidity: object,
    token1: bool,
    round_up: bool,
    protocol: str,
    threads: int,
) -> Rows:
    low = as_limbs(a, "sqrt_ratios_a_x96")
    high = as_limbs(b, "sqrt_ratios_b_x96")
    size = as_limbs(liquidity, "liquidity")
    same_length(sqrt_ratios_a_x96=low, sqrt_ratios_b_x96=high, liquidity=size)
    return Rows(
        *_core.amm_amount_delta_rows(low, high, size, token1, round_up, is_voltz(protocol), threads)
    )


def amount0_delta_rows(
    sqrt_ratios_a_x96: Limbs,
    sqrt_ratios_b_x96: Limbs,
    liquidity: Limbs,
    round_up: bool,
    *,
    protocol: Protocol = "voltz",
    threads: int = 0,
) -> Rows:
    """
    `amount0_delta` for every row.

    Parameters
    ----------
    sqrt_ratios_a_x96, sqrt_ratios_b_x96, liquidity : ndarray of uint64, shape (n, 4)
        Limbs, least significant first; prices below 2**160, liquidity below 2**128.
    round_up : bool
        Both divisions up, or both down.
    protocol : {"voltz", "uniswap_v3"}
        Whose failures.
    threads : int
        0 for one thread for each core. The result does not depend on it.

    Returns
    -------
    Rows
        ``values``: uint64, shape (n, 4). ``status``: 110 for an operand out of range.
    """
    return _amount_rows(
        sqrt_ratios_a_x96, sqrt_ratios_b_x96, liquidity, False, round_up, protocol, threads
    )


def amount1_delta_rows(
    sqrt_ratios_a_x96: Limbs,
    sqrt_ratios_b_x96: Limbs,
    liquidity: Limbs,
    round_up: bool,
    *,
    threads: int = 0,
) -> Rows:
    """`amount1_delta` for every row; parameters and result as `amount0_delta_rows`."""
    return _amount_rows(
        sqrt_ratios_a_x96, sqrt_ratios_b_x96, liquidity, True, round_up, "voltz", threads
    )


def _price_rows(
    prices: object,
    liquidity: object,
    amounts: object,
    flags: object,
    flag_name: str,
    form: int,
    protocol: str,
    threads: int,
) -> Rows:
    price = as_limbs(prices, "sqrt_prices_x96")
    size = as_limbs(liquidity, "liquidity")
    amount = as_limbs(amounts, "amounts")
    flag = as_flags(flags, flag_name)
    named: dict[str, NDArray[Any]] = {
        "sqrt_prices_x96": price,
        "liquidity": size,
        "amounts": amount,
        flag_name: flag,
    }
    same_length(**named)
    return Rows(
        *_core.amm_next_sqrt_price_rows(
            price, size, amount, flag, form, is_voltz(protocol), threads
        )
    )


def next_sqrt_price_from_input_rows(
    sqrt_prices_x96: Limbs,
    liquidity: Limbs,
    amounts_in: Limbs,
    zero_for_one: NDArray[np.bool_],
    *,
    protocol: Protocol = "voltz",
    threads: int = 0,
) -> Rows:
    """
    `next_sqrt_price_from_input` for every row.

    Parameters
    ----------
    sqrt_prices_x96, liquidity, amounts_in : ndarray of uint64, shape (n, 4)
        Limbs, least significant first.
    zero_for_one : ndarray of bool, shape (n,)
        Direction of each row.
    protocol : {"voltz", "uniswap_v3"}
        Whose arithmetic.
    threads : int
        0 for one thread for each core. The result does not depend on it.

    Returns
    -------
    Rows
        ``values``: uint64, shape (n, 4). ``status``: the number of the error code.
    """
    return _price_rows(
        sqrt_prices_x96, liquidity, amounts_in, zero_for_one, "zero_for_one", 0, protocol, threads
    )


def next_sqrt_price_from_output_rows(
    sqrt_prices_x96: Limbs,
    liquidity: Limbs,
    amounts_out: Limbs,
    zero_for_one: NDArray[np.bool_],
    *,
    protocol: Protocol = "voltz",
    threads: int = 0,
) -> Rows:
    """`next_sqrt_price_from_output` for every row; see `next_sqrt_price_from_input_rows`."""
    return _price_rows(
        sqrt_prices_x96, liquidity, amounts_out, zero_for_one, "zero_for_one", 1, protocol, threads
    )


def next_sqrt_price_from_amount0_rows(
    sqrt_prices_x96: Limbs,
    liquidity: Limbs,
    amounts: Limbs,
    add: NDArray[np.bool_],
    *,
    protocol: Protocol = "voltz",
    threads: int = 0,
) -> Rows:
    """`next_sqrt_price_from_amount0` for every row; see `next_sqrt_price_from_input_rows`."""
    return _price_rows(sqrt_prices_x96, liquidity, amounts, add, "add", 2, protocol, threads)


def next_sqrt_price_from_amount1_rows(
    sqrt_prices_x96: Limbs,
    liquidity: Limbs,
    amounts: Limbs,
    add: NDArray[np.bool_],
    *,
    protocol: Protocol = "voltz",
    threads: int = 0,
) -> Rows:
    """`next_sqrt_price_from_amount1` for every row; see `next_sqrt_price_from_input_rows`."""
    return _price_rows(sqrt_prices_x96, liquidity, amounts, add, "add", 3, protocol, threads)
