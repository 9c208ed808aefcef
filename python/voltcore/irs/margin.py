"""The margin calculation alone: requirements of any balances at one point of one term."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_limbs, same_length
from voltcore.amm import Rows
from voltcore.irs.parameters import MarginParameters, Revision, revision_number

__all__ = ["MarginCalculator"]


class MarginCalculator:
    """
    Margin requirements at one moment. Immutable.

    Parameters
    ----------
    parameters : MarginParameters
    revision : {"r22", "r23"}
    term_start_wad, term_end_wad : int
        Wad seconds.
    now : int
        Seconds.
    historical_apy_wad : int
        The yearly variable rate of the look-back window.
    variable_factor_wad : int
        Growth of the index since the start of the term.

    Notes
    -----
    `fixed_token_balance` and `variable_token_balance` are token units; a fixed taker has
    variable < 0. ``is_lm`` asks for liquidation instead of initial margin.
    Source: Voltz ``MarginCalculator.sol``.
    """

    __slots__ = ("_core",)

    def __init__(
        self,
        parameters: MarginParameters,
        *,
        revision: Revision = "r22",
        term_start_wad: int,
        term_end_wad: int,
        now: int,
        historical_apy_wad: int,
        variable_factor_wad: int,
    ) -> None:
        self._core = _core.IrsMarginCalculator(
            parameters,
            revision_number(revision),
            term_start_wad,
            term_end_wad,
            now,
            historical_apy_wad,
            variable_factor_wad,
        )

    def time_factor(self) -> int:
        """``exp(-beta * time to maturity / t_max)``, wad."""
        return self._core.time_factor()

    def apy_bound(self, historical_apy_wad: int, is_upper: bool) -> int:
        """Upper or lower bound of the variable rate around a historical one, wad, >= 0."""
        return self._core.apy_bound(historical_apy_wad, is_upper)

    def worst_case_variable_factor(
        self, is_fixed_taker: bool, is_lm: bool, historical_apy_wad: int
    ) -> int:
        """Growth of the index over the term that is worst for this side, wad."""
        return self._core.worst_case_variable_factor(is_fixed_taker, is_lm, historical_apy_wad)

    def core(self, fixed_token_balance: int, variable_token_balance: int, is_lm: bool) -> int:
        """What the balances could owe at maturity in the worst case."""
        return self._core.core(fixed_token_balance, variable_token_balance, is_lm)

    def simulated_unwind(
        self,
        variable_size: int,
        sqrt_price_x96: int,
        rate_multiplier_wad: int,
        deviation_min_wad: int,
        is_fixed_taker_unwind: bool,
    ) -> int:
        """R22: fixed tokens, unbalanced, that unwinding ``variable_size`` would move."""
        return self._core.simulated_unwind(
            variable_size,
            sqrt_price_x96,
            rate_multiplier_wad,
            deviation_min_wad,
            is_fixed_taker_unwind,
        )

    def minimum(
        self,
        fixed_token_balance: int,
        variable_token_balance: int,
        is_lm: bool,
        sqrt_price_x96: int,
    ) -> int:
        """R22: what unwinding now would still owe, at least the incentive of liquidators."""
        return self._core.minimum(
            fixed_token_balance, variable_token_balance, is_lm, sqrt_price_x96
        )

    def requirement(
        self,
        fixed_token_balance: int,
        variable_token_balance: int,
        is_lm: bool,
        sqrt_price_x96: int,
    ) -> int:
        """The requirement of a pair of balances. R23 does not look at the price."""
        return self._core.requirement(
            fixed_token_balance, variable_token_balance, is_lm, sqrt_price_x96
        )

    def requirements(
        self,
        fixed_token_balances: NDArray[np.uint64],
        variable_token_balances: NDArray[np.uint64],
        is_lm: bool,
        sqrt_price_x96: int,
        *,
        threads: int = 0,
    ) -> Rows:
        """
        `requirement` of many pairs of balances.

        Parameters
        ----------
        fixed_token_balances, variable_token_balances : ndarray of uint64, shape (n, 4)
            Limbs, least significant first, two's complement.
        is_lm : bool
            Liquidation instead of initial margin.
        sqrt_price_x96 : int
        threads : int
            0 for one thread for each core. The result does not depend on it.

        Returns
        -------
        Rows
            Requirements as limbs; 0 and the code in ``status`` where a row is refused.
        """
        fixed = as_limbs(fixed_token_balances, "fixed_token_balances")
        variable = as_limbs(variable_token_balances, "variable_token_balances")
        same_length(fixed_token_balances=fixed, variable_token_balances=variable)
        return Rows(*self._core.requirements(fixed, variable, is_lm, sqrt_price_x96, threads))

    def extra_balances(
        self, from_tick: int, to_tick: int, liquidity: int, variable_factor_wad: int
    ) -> tuple[int, int]:
        """Fixed and variable tokens that liquidity turns into when the price crosses a range."""
        return self._core.extra_balances(from_tick, to_tick, liquidity, variable_factor_wad)

    def position_requirement(
        self,
        liquidity: int,
        fixed_token_balance: int,
        variable_token_balance: int,
        tick_lower: int,
        tick_upper: int,
        is_lm: bool,
        sqrt_price_x96: int,
        tick: int,
    ) -> int:
        """The requirement of a position; with liquidity the larger of both ends of its range."""
        return self._core.position_requirement(
            liquidity,
            fixed_token_balance,
            variable_token_balance,
            tick_lower,
            tick_upper,
            is_lm,
            sqrt_price_x96,
            tick,
        )
