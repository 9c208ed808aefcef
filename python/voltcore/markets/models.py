"""Path models: immutable descriptions of how a price moves, drawn by `paths` and `path_blocks`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from voltcore import _core
from voltcore._arrays import as_exact
from voltcore.errors import ArrayError, InputRangeError, InputTypeError
from voltcore.markets._checks import integer, real, reals

if TYPE_CHECKING:
    from voltcore.markets.series import PriceSeries

__all__ = ["BlockBootstrap", "EpochBridge", "GeometricBrownianMotion", "MertonJumps", "PathModel"]

_HOURS_A_YEAR = 8766.0
_MOST_VOLATILITY = 1e3
_MOST_DRIFT = 1e6
MOST_PRICE = 1e15


class PathModel(Protocol):
    """What `paths` needs of a model: the handle of its C++ value."""

    @property
    def _handle(self) -> Any: ...


class LogSteps(NamedTuple):
    """A step of the log price: what the core needs of a diffusion with jumps."""

    start: float
    drift: float
    volatility: float
    jumps: float = 0.0
    jump_mean: float = 0.0
    jump_volatility: float = 0.0


def mean_jump(mean: float, volatility: float) -> float:
    """Expected relative move of the price in a jump of the log price."""
    exponent = np.array([mean + volatility * volatility / 2.0])
    return float(_core.markets_exp(exponent)[0]) - 1.0


def set_fields(model: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(model, name, value)


def _check_diffusion(model: GeometricBrownianMotion | MertonJumps) -> None:
    set_fields(
        model,
        start_price=real(model.start_price, "start_price", positive=True, high=MOST_PRICE),
        drift=real(model.drift, "drift", low=-_MOST_DRIFT, high=_MOST_DRIFT),
        volatility=real(model.volatility, "volatility", low=0.0, high=_MOST_VOLATILITY),
        step_years=real(model.step_years, "step_years", positive=True, high=1e3),
    )


@dataclass(frozen=True)
class GeometricBrownianMotion:
    """
    Geometric Brownian motion: independent normal steps in the log price.

    ``S(k) = start_price * exp((drift - volatility**2 / 2) * k * step_years +
    volatility * sqrt(step_years) * W(k))`` with ``W(k)`` a sum of ``k`` standard normals, so the
    expected price is ``start_price * exp(drift * k * step_years)``.

    Parameters
    ----------
    start_price : float
        Price at step 0, above 0.
    drift : float
        Growth rate of the expected price, per year.
    volatility : float
        Standard deviation of the log price per square root of a year, in ``[0, 1000]``.
    step_years : float
        Length of a step in years; the default is one hour of a year of 8766 hours.

    Raises
    ------
    InputTypeError, InputRangeError
        For a parameter that is no number, not finite or out of its range.
    """

    start_price: float
    drift: float = 0.0
    volatility: float = 0.0
    step_years: float = 1.0 / _HOURS_A_YEAR

    def __post_init__(self) -> None:
        _check_diffusion(self)

    def _log_steps(self) -> LogSteps:
        log_drift = (self.drift - self.volatility * self.volatility / 2.0) * self.step_years
        deviation = self.volatility * float(np.sqrt(self.step_years))
        return LogSteps(self.start_price, log_drift, deviation)

    @cached_property
    def _handle(self) -> _core.MarketsGeometricBrownianMotion:
        return _core.MarketsGeometricBrownianMotion(*self._log_steps()[:3])

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


@dataclass(frozen=True)
class MertonJumps:
    """
    Merton's jump diffusion: geometric Brownian motion and normal jumps in the log price.

    Jumps arrive as a Poisson process. The drift of the diffusion is lowered by what the jumps add,
    so the expected price is ``start_price * exp(drift * k * step_years)`` here too.

    Parameters
    ----------
    start_price, drift, volatility, step_years : float
        As for `GeometricBrownianMotion`; `volatility` is that of the diffusion alone.
    jump_rate : float
        Jumps per year; at most 16 a step.
    jump_mean, jump_volatility : float
        Mean and standard deviation of a jump of the log price.

    Raises
    ------
    InputTypeError, InputRangeError
        For a parameter that is no number, not finite or out of its range.

    Notes
    -----
    Source: Merton, "Option pricing when underlying stock returns are discontinuous", Journal of
    Financial Economics 3 (1976).
    """

    start_price: float
    drift: float = 0.0
    volatility: float = 0.0
    step_years: float = 1.0 / _HOURS_A_YEAR
    jump_rate: float = 0.0
    jump_mean: float = 0.0
    jump_volatility: float = 0.0

    def __post_init__(self) -> None:
        _check_diffusion(self)
        set_fields(
            self,
            jump_rate=real(self.jump_rate, "jump_rate", low=0.0),
            jump_mean=real(self.jump_mean, "jump_mean", low=-10.0, high=10.0),
            jump_volatility=real(self.jump_volatility, "jump_volatility", low=0.0, high=10.0),
        )
        if self.jump_rate * self.step_years > 16.0:
            raise InputRangeError(
                "gives more than 16 jumps a step",
                code="E113",
                field="jump_rate",
                value=self.jump_rate,
                hint="take shorter steps",
            )

    def _log_steps(self) -> LogSteps:
        drift = self.drift - self.jump_rate * mean_jump(self.jump_mean, self.jump_volatility)
        return LogSteps(
            self.start_price,
            (drift - self.volatility * self.volatility / 2.0) * self.step_years,
            self.volatility * float(np.sqrt(self.step_years)),
            self.jump_rate * self.step_years,
            self.jump_mean,
            self.jump_volatility,
        )

    @cached_property
    def _handle(self) -> _core.MarketsMertonJumps:
        return _core.MarketsMertonJumps(*self._log_steps())

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


@dataclass(frozen=True)
class BlockBootstrap:
    """
    Log returns resampled in blocks from a given series, so that their short memory stays.

    Parameters
    ----------
    returns : array_like of float64, shape (n,)
        Log returns, one a step; copied. Each within ``[-10, 10]``.
    block_length : int
        Steps in a block, in ``[1, n]``; the mean length for ``kind="stationary"``.
    kind : {"circular", "stationary"}
        Blocks of that length that wrap round the end of the series, or blocks of geometric length
        (Politis and Romano, "The stationary bootstrap", 1994).
    start_price : float
        Price at step 0, above 0.

    Raises
    ------
    ArrayError, InputTypeError, InputRangeError
        For returns that are no finite floats or any parameter out of its range.
    """

    returns: tuple[float, ...] = field(repr=False)
    block_length: int
    kind: Literal["circular", "stationary"] = "circular"
    start_price: float = 1.0

    def __init__(
        self,
        returns: object,
        block_length: int,
        kind: Literal["circular", "stationary"] = "circular",
        start_price: float = 1.0,
    ) -> None:
        array = reals(returns, "returns")
        if not array.size:
            raise ArrayError("has no returns", code="E121", field="returns")
        if (worst := float(np.abs(array).max())) > 10.0:
            raise InputRangeError("is not in [-10, 10]", field="returns", value=worst)
        if not isinstance(kind, str):
            raise InputTypeError("is not a name", field="kind", value=kind)
        if kind not in ("circular", "stationary"):
            raise InputRangeError(
                "is not circular or stationary", code="E114", field="kind", value=kind
            )
        set_fields(
            self,
            returns=tuple(array.tolist()),
            block_length=integer(block_length, "block_length", 1, min(array.size, 2**32 - 1)),
            kind=kind,
            start_price=real(start_price, "start_price", positive=True, high=MOST_PRICE),
        )

    @cached_property
    def _handle(self) -> _core.MarketsBlockBootstrap:
        return _core.MarketsBlockBootstrap(
            self.start_price,
            np.array(self.returns, dtype=np.float64),
            self.block_length,
            self.kind == "stationary",
        )

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


@dataclass(frozen=True)
class EpochBridge:
    """
    Prices inside real epochs: every close is hit exactly, the steps between are drawn.

    An epoch runs from close ``P0`` to close ``P1`` in ``n = steps_per_epoch`` steps, with
    ``m = ln(P1 / P0)``. The log price is a Brownian bridge whose steps have the variance that makes
    the expected sum of squared steps the epoch's realised variance `RV`:
    ``s**2 = max(0, (RV - m**2 / n) / (n - 1))``. Where ``m**2 / n`` alone exceeds `RV` the log
    price is a straight line (see `is_clamped`).

    Parameters
    ----------
    closes : array_like of int, shape (epochs + 1,)
        The start and then every close, in units of ``1 / scale``, each in ``[1, 2**51]``.
    realised_variance : array_like of float64, shape (epochs,)
        Sum of squared log returns of each epoch, in ``[0, 100]``.
    steps_per_epoch : int, default 168
        The hours of a week.
    scale : int, default 1_000_000
        Units in one unit of quotation: prices are whole millionths.

    Raises
    ------
    ArrayError, InputTypeError, InputRangeError
        For lengths that do not match, or any value out of its range.

    Notes
    -----
    A price in units is the float price times `scale`, rounded to nearest with ties to even, and at
    least 1; the last step of an epoch is its close, whatever the float price was.
    """

    closes: tuple[int, ...] = field(repr=False)
    realised_variance: tuple[float, ...] = field(repr=False)
    steps_per_epoch: int = 168
    scale: int = 1_000_000

    def __init__(
        self,
        closes: object,
        realised_variance: object,
        steps_per_epoch: int = 168,
        scale: int = 1_000_000,
    ) -> None:
        prices = as_exact(closes, np.int64, "closes")
        set_fields(
            self,
            closes=tuple(prices.tolist()),
            realised_variance=tuple(reals(realised_variance, "realised_variance").tolist()),
            steps_per_epoch=integer(steps_per_epoch, "steps_per_epoch", 1, 2**20),
            scale=integer(scale, "scale", 1, 10**12),
        )
        _ = self._handle  # the remaining checks are those of the C++ value

    @classmethod
    def from_series(
        cls,
        series: PriceSeries,
        *,
        start_price: str | int | None = None,
        variance: str = "realised_variance",
        steps_per_epoch: int = 168,
    ) -> EpochBridge:
        """
        The bridge through the closes of a weekly table.

        Parameters
        ----------
        series : PriceSeries
            With a column of realised variances.
        start_price : str or int, optional
            Where the first epoch starts, as exact decimal text. Without it the first close of the
            table is the start, and there is one epoch less.
        variance : str
            Name of that column.
        steps_per_epoch : int
            The hours of a week.
        """
        closes = series.closes.tolist()
        variances = series.column(variance)
        if start_price is None:
            variances = variances[1:]
        else:
            closes = [series.units_of(start_price, "start_price"), *closes]
        return cls(closes, variances, steps_per_epoch, series.scale)

    @property
    def epochs(self) -> int:
        """Number of epochs."""
        return len(self.realised_variance)

    @property
    def steps(self) -> int:
        """Steps of a whole path."""
        return self.epochs * self.steps_per_epoch

    @property
    def step_volatility(self) -> NDArray[np.float64]:
        """`s` of each epoch, shape (epochs,): what a step's log price deviates before bridging."""
        return self._handle.step_volatility()

    @property
    def is_clamped(self) -> NDArray[np.bool_]:
        """Epochs whose squared move alone exceeds their realised variance, shape (epochs,)."""
        return self._handle.is_clamped()

    @cached_property
    def _handle(self) -> _core.MarketsEpochBridge:
        return _core.MarketsEpochBridge(
            np.array(self.closes, dtype=np.int64),
            np.array(self.realised_variance, dtype=np.float64),
            self.steps_per_epoch,
            self.scale,
        )

    def __getstate__(self) -> dict[str, Any]:
        return fields_of(self)


def fields_of(model: Any) -> dict[str, Any]:
    # The handle of the C++ value is rebuilt from the fields.
    names: Iterable[str] = model.__dataclass_fields__
    return {name: getattr(model, name) for name in names}
