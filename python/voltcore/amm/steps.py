"""One step of a swap: to the next initialised tick, the limit, or where the amount ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_limbs, same_length
from voltcore.errors import InputRangeError, InputTypeError

__all__ = [
    "SwapStep",
    "SwapStepRows",
    "fee_amount",
    "swap_step_uniswap",
    "swap_step_uniswap_rows",
    "swap_step_voltz",
    "swap_step_voltz_rows",
]

Limbs = NDArray[np.uint64]


class SwapStep(NamedTuple):
    """Where a step ends and what it costs."""

    sqrt_ratio_next_x96: int
    amount_in: int
    amount_out: int
    fee: int


class SwapStepRows(NamedTuple):
    """`SwapStep` for every row: uint64 limbs of shape (n, 4), 0 where the row failed."""

    sqrt_ratio_next_x96: Limbs
    amount_in: Limbs
    amount_out: Limbs
    fee: Limbs
    status: NDArray[np.uint16]


def swap_step_uniswap(
    sqrt_ratio_current_x96: int,
    sqrt_ratio_target_x96: int,
    liquidity: int,
    amount_remaining: int,
    fee_pips: int,
) -> SwapStep:
    """
    A step of Uniswap v3: the fee is a share of the input.

    Parameters
    ----------
    sqrt_ratio_current_x96, sqrt_ratio_target_x96 : int
        Q64.96; the direction follows from their order.
    liquidity : int
        Active liquidity, below 2**128.
    amount_remaining : int
        int256; >= 0 is an exact input, < 0 an exact output.
    fee_pips : int
        Hundredths of a basis point, in ``[0, 999999]``.

    Returns
    -------
    SwapStep
        Input rounded up, output down, fee up.

    Notes
    -----
    Source: v3-core ``SwapMath.sol``, ``computeSwapStep``.
    """
    return SwapStep(
        *_core.amm_swap_step_uniswap(
            sqrt_ratio_current_x96, sqrt_ratio_target_x96, liquidity, amount_remaining, fee_pips
        )
    )


def swap_step_voltz(
    sqrt_ratio_current_x96: int,
    sqrt_ratio_target_x96: int,
    liquidity: int,
    amount_remaining: int,
    fee_wad: int,
    time_to_maturity_wad: int,
) -> SwapStep:
    """
    A step of the rates vAMM: the fee is charged on the notional and is not part of the input.

    Parameters
    ----------
    sqrt_ratio_current_x96, sqrt_ratio_target_x96 : int
        Q64.96; the direction follows from their order.
    liquidity : int
        Active liquidity, below 2**128.
    amount_remaining : int
        int256, variable tokens (notional); >= 0 is a fixed taker's exact input, < 0 a variable
        taker's exact output.
    fee_wad : int
        Yearly fee on the notional, 10**18 = 100 %.
    time_to_maturity_wad : int
        Wad seconds, 10**18 = 1 s.

    Returns
    -------
    SwapStep
        Input rounded up, output down, fee truncated after two products rounded half up.

    Notes
    -----
    Source: Voltz ``SwapMath.sol``, ``computeSwapStep``.
    """
    return SwapStep(
        *_core.amm_swap_step_voltz(
            sqrt_ratio_current_x96,
            sqrt_ratio_target_x96,
            liquidity,
            amount_remaining,
            fee_wad,
            time_to_maturity_wad,
        )
    )


def fee_amount(notional_wad: int, time_to_maturity_wad: int, fee_wad: int) -> int:
    """
    Fee of the rates vAMM in token units.

    Parameters
    ----------
    notional_wad : int
        Notional, 10**18 = one token unit.
    time_to_maturity_wad : int
        Wad seconds.
    fee_wad : int
        Yearly fee, 10**18 = 100 %.

    Returns
    -------
    int
    """
    return _core.amm_fee_amount(notional_wad, time_to_maturity_wad, fee_wad)


def _operands(
    current: object, target: object, liquidity: object, remaining: object
) -> tuple[Limbs, Limbs, Limbs, Limbs]:
    arrays = {
        "sqrt_ratios_current_x96": as_limbs(current, "sqrt_ratios_current_x96"),
        "sqrt_ratios_target_x96": as_limbs(target, "sqrt_ratios_target_x96"),
        "liquidity": as_limbs(liquidity, "liquidity"),
        "amounts_remaining": as_limbs(remaining, "amounts_remaining"),
    }
    same_length(**arrays)
    a, b, c, d = arrays.values()
    return a, b, c, d


def _one_row(value: int, field: str) -> Limbs:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InputTypeError(f"is {type(value).__name__}, not an integer", field=field, value=value)
    number = value.__index__()
    if not 0 <= number < 2**256:
        raise InputRangeError("is not in [0, 2^256 - 1]", field=field, value=number)
    return np.frombuffer(number.to_bytes(32, "little"), dtype="<u8").reshape(1, 4).astype(np.uint64)


def swap_step_uniswap_rows(
    sqrt_ratios_current_x96: Limbs,
    sqrt_ratios_target_x96: Limbs,
    liquidity: Limbs,
    amounts_remaining: Limbs,
    fee_pips: int,
    *,
    threads: int = 0,
) -> SwapStepRows:
    """
    `swap_step_uniswap` for every row, with one fee.

    Parameters
    ----------
    sqrt_ratios_current_x96, sqrt_ratios_target_x96, liquidity : ndarray of uint64, shape (n, 4)
        Limbs, least significant first.
    amounts_remaining : ndarray of uint64, shape (n, 4)
        The same, read as two's complement.
    fee_pips : int
        Hundredths of a basis point, in ``[0, 999999]``.
    threads : int
        0 for one thread for each core. The result does not depend on it.

    Returns
    -------
    SwapStepRows
    """
    if isinstance(fee_pips, bool) or not hasattr(fee_pips, "__index__"):
        raise InputTypeError(
            f"is {type(fee_pips).__name__}, not an integer", field="fee_pips", value=fee_pips
        )
    if not 0 <= fee_pips < 1_000_000:
        raise InputRangeError("is not in [0, 999999]", field="fee_pips", value=fee_pips)
    rows = _operands(sqrt_ratios_current_x96, sqrt_ratios_target_x96, liquidity, amounts_remaining)
    return SwapStepRows(*_core.amm_swap_step_uniswap_rows(*rows, int(fee_pips), threads))


def swap_step_voltz_rows(
    sqrt_ratios_current_x96: Limbs,
    sqrt_ratios_target_x96: Limbs,
    liquidity: Limbs,
    amounts_remaining: Limbs,
    fee_wad: int,
    time_to_maturity_wad: int,
    *,
    threads: int = 0,
) -> SwapStepRows:
    """`swap_step_voltz` for every row, with one fee and one time; see `swap_step_uniswap_rows`."""
    rows = _operands(sqrt_ratios_current_x96, sqrt_ratios_target_x96, liquidity, amounts_remaining)
    return SwapStepRows(
        *_core.amm_swap_step_voltz_rows(
            *rows,
            _one_row(fee_wad, "fee_wad"),
            _one_row(time_to_maturity_wad, "time_to_maturity_wad"),
            threads,
        )
    )
