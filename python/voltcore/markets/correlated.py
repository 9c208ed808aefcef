"""Several prices that move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore.errors import ArrayError, InputRangeError, InputTypeError
from voltcore.markets._checks import real, reals
from voltcore.markets.models import (
    GeometricBrownianMotion,
    MertonJumps,
    fields_of,
    mean_jump,
    set_fields,
)

__all__ = ["CorrelatedAssets"]

_MOST_ASSETS = 64


@dataclass(frozen=True)
class CorrelatedAssets:
    """
    Geometric Brownian motions and Merton jumps whose normals have a given correlation.

    Drawn by `asset_paths`.

    Parameters
    ----------
    assets : sequence of GeometricBrownianMotion or MertonJumps
        1 to 64, all with the same ``step_years``. Their own jumps are independent of each other.
    correlation : array_like of float64, shape (assets, assets)
        Of the diffusions, and of the sizes of common jumps: symmetric, 1 on the diagonal, positive
        semidefinite.
    common_jump_rate : float
        Jumps per year that hit all assets in the same step; at most 16 a step.
    common_jump_mean, common_jump_volatility : float or sequence of float, shape (assets,)
        Mean and standard deviation of a common jump of each log price. The drift is lowered by what
        they add, so the expected prices stay those of the assets.

    Raises
    ------
    ArrayError, InputTypeError, InputRangeError
        For a matrix that is no correlation matrix, or any value out of its range.

    Notes
    -----
    The normals of step `k` are ``L z`` with ``L`` the Cholesky factor of the correlation and
    ``z_j`` the diffusion normals of part ``j``; see `voltcore.markets.normals`.
    """

    assets: tuple[GeometricBrownianMotion | MertonJumps, ...]
    correlation: tuple[tuple[float, ...], ...]
    common_jump_rate: float = 0.0
    common_jump_mean: tuple[float, ...] = (0.0,)
    common_jump_volatility: tuple[float, ...] = (0.0,)

    def __init__(
        self,
        assets: Sequence[GeometricBrownianMotion | MertonJumps],
        correlation: object,
        common_jump_rate: float = 0.0,
        common_jump_mean: float | Sequence[float] = 0.0,
        common_jump_volatility: float | Sequence[float] = 0.0,
    ) -> None:
        members = _members(assets)
        rate = real(common_jump_rate, "common_jump_rate", low=0.0)
        if rate * members[0].step_years > 16.0:
            raise InputRangeError(
                "gives more than 16 jumps a step",
                code="E113",
                field="common_jump_rate",
                value=rate,
                hint="take shorter steps",
            )
        n = len(members)
        set_fields(
            self,
            assets=members,
            correlation=_rows(correlation, n),
            common_jump_rate=rate,
            common_jump_mean=_each(common_jump_mean, "common_jump_mean", n, -10.0),
            common_jump_volatility=_each(common_jump_volatility, "common_jump_volatility", n, 0.0),
        )
        _ = self._handle  # the remaining checks are those of the C++ value

    @property
    def cholesky(self) -> NDArray[np.float64]:
        """The lower triangular factor, shape (assets, assets)."""
        return self._handle.factor()

    @cached_property
    def _handle(self) -> _core.MarketsCorrelatedAssets:
        rows = []
        for asset, mean, volatility in zip(
            self.assets, self.common_jump_mean, self.common_jump_volatility, strict=True
        ):
            steps = asset._log_steps()
            common = self.common_jump_rate * mean_jump(mean, volatility) * asset.step_years
            rows.append([*steps._replace(drift=steps.drift - common), mean, volatility])
        return _core.MarketsCorrelatedAssets(
            np.array(rows, dtype=np.float64),
            np.array(self.correlation, dtype=np.float64).ravel(),
            self.common_jump_rate * self.assets[0].step_years,
        )

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


def _members(assets: object) -> tuple[GeometricBrownianMotion | MertonJumps, ...]:
    if not isinstance(assets, Sequence):
        raise InputTypeError("is not a sequence of models", field="assets", value=assets)
    for i, asset in enumerate(assets):
        if not isinstance(asset, (GeometricBrownianMotion, MertonJumps)):
            raise InputTypeError(
                "is not a GeometricBrownianMotion or MertonJumps", field=f"assets[{i}]", value=asset
            )
        if asset.step_years != assets[0].step_years:
            raise InputRangeError(
                f"is not the {assets[0].step_years!r} of the first asset",
                code="E113",
                field=f"assets[{i}].step_years",
                value=asset.step_years,
            )
    if not 1 <= len(assets) <= _MOST_ASSETS:
        raise InputRangeError(f"is not in [1, {_MOST_ASSETS}]", field="assets", value=len(assets))
    return tuple(assets)


def _rows(correlation: object, n: int) -> tuple[tuple[float, ...], ...]:
    if not isinstance(correlation, (Sequence, np.ndarray)) or len(correlation) != n:
        raise ArrayError(f"has not the shape ({n}, {n})", code="E121", field="correlation")
    return tuple(_each(row, f"correlation[{i}]", n, -1.0) for i, row in enumerate(correlation))


def _each(values: object, field: str, n: int, low: float) -> tuple[float, ...]:
    if isinstance(values, (int, float)):
        return (real(values, field, low=low, high=10.0),) * n
    array = reals(values, field)
    if array.size != n:
        raise ArrayError(f"has {array.size} values, not {n}", code="E122", field=field)
    return tuple(
        real(value, f"{field}[{i}]", low=low, high=10.0) for i, value in enumerate(array.tolist())
    )
