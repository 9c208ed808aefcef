"""What all pools are configured with: roles and rules for price feeds."""

from __future__ import annotations

import msgspec

__all__ = ["FeedRules", "JumpRate", "PoolRoles"]


class PoolRoles(msgspec.Struct, frozen=True, kw_only=True):
    """
    Who may do what. A role with id 0 is nobody's.

    Attributes
    ----------
    admin : int
        Parameters, permission flags and fee clearing; not 0.
    keeper : int
        Executes requests; the protocols also say crank.
    oracle : int
        Feeds prices.
    liquidators : tuple of int
        Callers that may liquidate, beside the admin.
    """

    admin: int
    keeper: int = 0
    oracle: int = 0
    liquidators: tuple[int, ...] = ()


class FeedRules(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a pool demands of a price feed.

    Attributes
    ----------
    max_age_sec : int
        Oldest price that is read, seconds; equality passes, 0 is off.
    max_error_bps : int
        Largest ``floor(confidence * 10_000 / price)``.
    max_move_bps : int
        Largest move of one update; 0 is off.
    """

    max_age_sec: int = 0
    max_error_bps: int = 10_000
    max_move_bps: int = 0


class JumpRate(msgspec.Struct, frozen=True, kw_only=True):
    """
    A dual-slope borrow rate.

    Attributes
    ----------
    min_rate_bps, target_rate_bps, max_rate_bps : int
        Yearly rate at utilisation 0, at the kink and at full use, bps.
    target_utilization : int
        The kink: bps in a `VolPool`, 1e9 in a `JlpPool`.
    """

    min_rate_bps: int = 0
    max_rate_bps: int = 0
    target_rate_bps: int = 0
    target_utilization: int = 0
