"""Margin parameters and the two published revisions of the contracts, as data."""

from __future__ import annotations

from typing import Literal

import msgspec

from voltcore._names import known_name

__all__ = ["MarginParameters", "OracleKind", "Revision"]

Revision = Literal["r22", "r23"]
"""voltz-core of July 2022 or of July 2023."""

OracleKind = Literal["spot", "push", "linear"]
"""
How a source of the index behaves: it knows the index of now, that of its last report, or the last
report of an index that grows along a line (R23 only).
"""

_REVISIONS = ("r22", "r23")
_ORACLE_KINDS = ("spot", "push", "linear")
_WAD = 10**18


def revision_number(name: object) -> int:
    """The revision's place in the core; E114 for an unknown name."""
    return _REVISIONS.index(known_name(name, _REVISIONS, "revision"))


def oracle_kind_number(name: object) -> int:
    """The kind's place in the core; E114 for an unknown name."""
    return _ORACLE_KINDS.index(known_name(name, _ORACLE_KINDS, "oracle_kind"))


class MarginParameters(msgspec.Struct, frozen=True, kw_only=True):
    """
    The settings of the margin calculation. A revision reads its own and leaves the others alone.

    Attributes
    ----------
    apy_upper_multiplier_wad, apy_lower_multiplier_wad : int
        Initial margin scales the bounds of the variable rate by these.
    sigma_squared_wad, alpha_wad, beta_wad : int
        The Cox-Ingersoll-Ross process behind the bounds.
    xi_upper_wad, xi_lower_wad : int
        How many deviations the bounds lie away.
    t_max_wad : int
        The longest term, wad seconds.
    dev_mul_left_unwind_lm_wad, dev_mul_right_unwind_lm_wad : int
        R22: relative shift of the fixed rate in the simulated unwind; left for the unwind of a
        variable taker, right for that of a fixed taker; LM liquidation, IM initial margin.
    dev_mul_left_unwind_im_wad, dev_mul_right_unwind_im_wad : int
    fixed_rate_deviation_min_left_unwind_lm_wad : int
        R22: the least shift, percentage points; three more like it.
    fixed_rate_deviation_min_right_unwind_lm_wad : int
    fixed_rate_deviation_min_left_unwind_im_wad : int
    fixed_rate_deviation_min_right_unwind_im_wad : int
    gamma_wad : int
        R22: how fast the shift fades as maturity nears.
    eta_im_wad, eta_lm_wad : int
        R23: the least margin as a share of the notional a year.
    min_margin_to_incentivise_liquidators : int
        Token units.

    Notes
    -----
    Source: Voltz ``MarginCalculator.sol``, ``MarginCalculatorParameters``.
    """

    apy_upper_multiplier_wad: int = 0
    apy_lower_multiplier_wad: int = 0
    sigma_squared_wad: int = 0
    alpha_wad: int = 0
    beta_wad: int = 0
    xi_upper_wad: int = 0
    xi_lower_wad: int = 0
    t_max_wad: int = 0
    dev_mul_left_unwind_lm_wad: int = 0
    dev_mul_right_unwind_lm_wad: int = 0
    dev_mul_left_unwind_im_wad: int = 0
    dev_mul_right_unwind_im_wad: int = 0
    fixed_rate_deviation_min_left_unwind_lm_wad: int = 0
    fixed_rate_deviation_min_right_unwind_lm_wad: int = 0
    fixed_rate_deviation_min_left_unwind_im_wad: int = 0
    fixed_rate_deviation_min_right_unwind_im_wad: int = 0
    gamma_wad: int = 0
    eta_im_wad: int = 0
    eta_lm_wad: int = 0
    min_margin_to_incentivise_liquidators: int = 0

    @classmethod
    def preset(cls, revision: Revision) -> MarginParameters:
        """
        A production set of the revision.

        R22 is a typical set of the deployed pools; within the published range of its unwind
        multipliers, 3 to 3.5, liquidation takes the lower end and initial margin the upper one
        (chosen). R23 keeps what both have and puts 0.2 % and 0.1 % of the notional a year in place
        of the unwind (chosen).
        """
        common = {
            "apy_upper_multiplier_wad": 2 * _WAD,
            "apy_lower_multiplier_wad": _WAD // 10,
            "sigma_squared_wad": _WAD // 10_000,
            "alpha_wad": _WAD // 5,
            "beta_wad": _WAD // 5,
            "xi_upper_wad": 39 * _WAD,
            "xi_lower_wad": 98 * _WAD,
            "t_max_wad": 31_536_000 * _WAD,
        }
        if revision_number(revision) == 1:
            return cls(**common, eta_im_wad=_WAD // 500, eta_lm_wad=_WAD // 1000)
        return cls(
            **common,
            dev_mul_left_unwind_lm_wad=3 * _WAD,
            dev_mul_right_unwind_lm_wad=3 * _WAD,
            dev_mul_left_unwind_im_wad=7 * _WAD // 2,
            dev_mul_right_unwind_im_wad=7 * _WAD // 2,
            fixed_rate_deviation_min_left_unwind_lm_wad=_WAD // 10,
            fixed_rate_deviation_min_right_unwind_lm_wad=_WAD // 10,
            fixed_rate_deviation_min_left_unwind_im_wad=_WAD // 10,
            fixed_rate_deviation_min_right_unwind_im_wad=_WAD // 10,
            gamma_wad=_WAD,
        )
