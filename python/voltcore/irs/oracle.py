"""The rate oracle alone: how an index over time becomes rates, without a pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voltcore import _core
from voltcore._engine import Engine
from voltcore.irs.parameters import OracleKind, Revision, oracle_kind_number, revision_number

__all__ = ["RateOracle"]

Observations = Sequence[tuple[int, int]]


class RateOracle(Engine):
    """
    A circular buffer of observations of a rate index, with its clock.

    Parameters
    ----------
    kind : {"spot", "push", "linear"}
        How the source behaves. ``"linear"`` exists in R23 only.
    now : int
        Seconds, below 2**32.
    rate_ray : int
        The index that the source reports now, ray (27 places), > 0.
    report_timestamp : int
        When it was reported; 0 stands for now. A spot source ignores it.
    observations : sequence of (int, int)
        Earlier (timestamp, value in ray), strictly increasing in time; the report is added to them.
    revision : {"r22", "r23"}

    Notes
    -----
    Source: Voltz ``BaseRateOracle.sol``, ``OracleBuffer.sol``.
    """

    __slots__ = ()

    _kind = "irs_rate_oracle"
    _core_type = _core.IrsRateOracle
    _core: _core.IrsRateOracle

    def __init__(
        self,
        kind: OracleKind,
        *,
        now: int,
        rate_ray: int,
        report_timestamp: int = 0,
        observations: Observations = (),
        revision: Revision = "r22",
    ) -> None:
        self._core = _core.IrsRateOracle(
            oracle_kind_number(kind),
            revision_number(revision),
            [time for time, _ in observations],
            [value for _, value in observations],
            rate_ray,
            report_timestamp,
            now,
        )

    def head(self) -> dict[str, int]:
        """Where the buffer stands: ``index``, ``cardinality``, ``cardinality_next``, the report."""
        return self._core.head()

    def newest(self) -> dict[str, Any]:
        """The newest observation: ``timestamp``, ``value``, ``initialized``."""
        return self._core.newest()

    def set_rate(self, now: int, rate_ray: int, report_timestamp: int = 0) -> None:
        """What the source reports from `now` on."""
        self._core.set_rate(now, rate_ray, report_timestamp)

    def set_min_seconds_since_last_update(self, now: int, seconds: int) -> None:
        """The least time between two entries."""
        self._core.set_min_seconds_since_last_update(now, seconds)

    def increase_observation_cardinality_next(self, now: int, value: int) -> None:
        """
        Make room for more observations; they are used once the buffer is full.

        Raises
        ------
        InputRangeError
            "buffer limit".
        """
        self._core.increase_observation_cardinality_next(now, value)

    def write_oracle_entry(self, now: int) -> None:
        """Store the report, unless one is there already or the last one is too young."""
        self._core.write_oracle_entry(now)

    def variable_factor(self, now: int, term_start_wad: int, term_end_wad: int) -> int:
        """
        Growth of the index over a term so far, wad; from the end of the term on it is stored.

        Raises
        ------
        OracleError
            "NEP": fewer than two usable observations, or the index has fallen.
        StalePriceError
            "OLD": the term begins before the oldest observation.
        TimeOrderError
            "from > to": the term has not begun.
        """
        return self._core.variable_factor(now, term_start_wad, term_end_wad)

    def variable_factor_no_cache(self, now: int, term_start_wad: int, term_end_wad: int) -> int:
        """The same without storing it."""
        return self._core.variable_factor_no_cache(now, term_start_wad, term_end_wad)

    def current_rate_ray(self, now: int) -> int:
        """The index of now, ray; a push source goes on from its last report."""
        return self._core.current_rate_ray(now)

    def observe(self, now: int, when: int) -> int:
        """The index at a time, ray; between observations it grows at a constant yearly rate."""
        return self._core.observe(now, when)

    def last_rate_slope(self) -> tuple[int, int]:
        """Change of the index (ray) and seconds between the two newest observations."""
        return self._core.last_rate_slope()

    def last_rate_apy(self) -> int:
        """The yearly rate between the two newest observations, wad."""
        return self._core.last_rate_apy()

    def rate_from_to(self, now: int, start: int, end: int) -> int:
        """Growth of the index between two times, wad; 0 when it has fallen."""
        return self._core.rate_from_to(now, start, end)

    def apy_from_to(self, now: int, start: int, end: int) -> int:
        """The same as a yearly rate, wad."""
        return self._core.apy_from_to(now, start, end)

    def interpolate_rate_value(self, value_ray: int, apy_wad: int, elapsed_wad: int) -> int:
        """An index value after some wad seconds at a yearly rate."""
        return self._core.interpolate_rate_value(value_ray, apy_wad, elapsed_wad)

    def apy_from_rate(self, rate_wad: int, years_wad: int) -> int:
        """The yearly rate of a growth over some years, both wad."""
        return self._core.apy_from_rate(rate_wad, years_wad)
