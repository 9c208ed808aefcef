"""What operations and queries of the rates protocol return."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GrowthInside", "ModuleTrader", "Position", "SwapReceipt", "SwapReceiptRows"]

Limbs = NDArray[np.uint64]


class SwapReceipt(NamedTuple):
    """
    What a swap moves, seen by the trader.

    A fixed taker ends with ``fixed_token_delta > 0`` and ``variable_token_delta < 0``, a variable
    taker with the opposite.
    """

    fixed_token_delta: int
    """Fixed tokens after rebalancing, token units."""
    variable_token_delta: int
    """Minus the notional of a fixed taker, plus that of a variable taker."""
    cumulative_fee: int
    """Underlying tokens, taken from the margin."""
    fixed_token_delta_unbalanced: int
    """Fixed tokens of the raw trade."""
    margin_requirement: int
    """Initial margin requirement of the position after the swap."""


class SwapReceiptRows(NamedTuple):
    """`SwapReceipt` for every row; a refused row is 0 everywhere but in `status`."""

    fixed_token_delta: Limbs
    """uint64, shape (n, 4), two's complement; the same for the next three signed columns."""
    variable_token_delta: Limbs
    cumulative_fee: Limbs
    fixed_token_delta_unbalanced: Limbs
    margin_requirement: Limbs
    status: NDArray[np.uint16]
    """0, or the number of the error code."""


class GrowthInside(NamedTuple):
    """Growth per unit of liquidity inside a range, Q128."""

    fixed_token_growth_x128: int
    variable_token_growth_x128: int
    fee_growth_x128: int


class Position(NamedTuple):
    """A position of the margin engine; a trader's has no liquidity."""

    is_settled: bool
    liquidity: int
    margin: int
    fixed_token_growth_inside_last_x128: int
    variable_token_growth_inside_last_x128: int
    fixed_token_balance: int
    variable_token_balance: int
    fee_growth_inside_last_x128: int
    reward_per_amount: int
    accumulated_fees: int

    @classmethod
    def of(cls, record: dict[str, Any]) -> Position:
        """From the record of the core."""
        return cls(**record)


class ModuleTrader(NamedTuple):
    """A trader of the fully-collateralised module."""

    margin_in_scaled_yield_bearing_tokens: int
    """Divided by the index at each deposit: times the index now it is the collateral."""
    fixed_token_balance: int
    variable_token_balance: int
    is_settled: bool
