"""The short rate against its transition law, computed another way; its calibration and refusals."""

from __future__ import annotations

import math
import pickle
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from voltcore import _core, errors
from voltcore.markets import CoxIngersollRoss, paths

N = 40_000


def gamma_cdf(shape: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lower regularised gamma function by its power series."""
    term = np.ones_like(x) / shape
    total = term.copy()
    n = shape
    while (term > 1e-17 * total).any():
        n += 1
        term = term * x / n
        total += term
    with np.errstate(divide="ignore"):
        return np.exp(shape * np.log(x) - x - math.lgamma(shape)) * total


def poisson_mass(mean: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    reach = 12 * math.sqrt(mean) + 25
    n = np.arange(max(0, math.floor(mean - reach)), math.ceil(mean + reach) + 1, dtype=np.float64)
    log_mass = n * math.log(mean) - mean - np.array([math.lgamma(k + 1) for k in n])
    return n, np.exp(log_mass)


def rate_cdf(model: CoxIngersollRoss, years: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(rate after `years` <= x): Poisson mixture of central chi-square distributions."""
    decay = math.exp(-model.speed * years)
    c = model.volatility**2 * (1 - decay) / (4 * model.speed)
    degrees = 4 * model.speed * model.level / model.volatility**2
    counts, masses = poisson_mass(model.start_rate * decay / c / 2)
    total = np.zeros_like(x)
    for count, mass in zip(counts.tolist(), masses.tolist(), strict=True):
        if mass > 1e-12:
            total += mass * gamma_cdf(degrees / 2 + count, x / c / 2)
    return total


def assert_distributed(
    values: NDArray[np.float64], points: NDArray[np.float64], truth: NDArray[np.float64]
) -> None:
    found = np.searchsorted(np.sort(values), points, side="right") / values.size
    deviation = np.sqrt(np.maximum(truth * (1 - truth), 1e-4) / values.size)
    assert (np.abs(found - truth) / deviation).max() < 4.5


LAWS = {
    "degrees 0.4": CoxIngersollRoss(0.04, 1.0, 0.01, 0.3162, 0.25),
    "degrees 0.4, near": CoxIngersollRoss(0.04, 1.0, 0.01, 0.3162, 1 / 365),
    "degrees 1": CoxIngersollRoss(0.01, 4.0, 0.04, 0.8, 0.1),
    "degrees 1.3": CoxIngersollRoss(0.05, 1.3, 0.04, 0.4, 0.5),
    "degrees 3": CoxIngersollRoss(0.05, 3.0, 0.04, 0.4, 0.02),
    "degrees 90": CoxIngersollRoss(0.02, 9.0, 0.1, 0.2, 1.0),
    "from 0": CoxIngersollRoss(0.0, 2.0, 0.05, 0.3, 0.1),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("steps", [1, 5])
def test_rates_have_the_law_of_the_transition_over_one_step_and_over_several(
    name: str, steps: int
) -> None:
    model = LAWS[name]
    rates = paths(model, N, steps, seed=7)
    assert_array_equal(rates[:, 0], model.start_rate)
    last = rates[:, -1]
    points = np.quantile(last, np.linspace(0.02, 0.98, 25))
    points = points[points > 0]
    if model.start_rate:
        truth = rate_cdf(model, steps * model.step_years, points)
    else:
        decay = math.exp(-model.speed * steps * model.step_years)
        c = model.volatility**2 * (1 - decay) / (4 * model.speed)
        truth = gamma_cdf(model.degrees / 2, points / c / 2)
    assert_distributed(last, points, truth)


@pytest.mark.parametrize("name", LAWS)
def test_mean_and_variance_are_those_of_the_process(name: str) -> None:
    model = LAWS[name]
    years = 3 * model.step_years
    last = paths(model, N, 3, seed=11)[:, -1]
    decay = math.exp(-model.speed * years)
    mean = model.level + (model.start_rate - model.level) * decay
    variance = (
        model.volatility**2
        / model.speed
        * (1 - decay)
        * (model.start_rate * decay + model.level * (1 - decay) / 2)
    )
    assert abs(last.mean() - mean) < 4.5 * math.sqrt(variance / N)
    fourth = float(((last - mean) ** 4).mean())
    assert abs(last.var() - variance) < 4.5 * math.sqrt((fourth - variance**2) / N)


def test_successive_innovations_are_uncorrelated() -> None:
    model = CoxIngersollRoss(0.05, 3.0, 0.04, 0.4)
    rates = paths(model, 200, 500, seed=3)
    decay = math.exp(-model.speed * model.step_years)
    expected = model.level + (rates[:, :-1] - model.level) * decay
    shocks = (rates[:, 1:] - expected) / np.sqrt(expected)
    lagged = np.corrcoef(shocks[:, :-1].ravel(), shocks[:, 1:].ravel())[0, 1]
    across = np.corrcoef(shocks[:-1].ravel(), shocks[1:].ravel())[0, 1]
    assert max(abs(lagged), abs(across)) < 4.5 / math.sqrt(shocks.size)


@pytest.mark.parametrize("shape", [0.05, 0.5, 0.999, 1.0, 2.5, 40.0])
def test_gamma_variates_have_their_distribution(shape: float) -> None:
    values = _core.markets_gamma(shape, 7, 3, N)
    points = np.quantile(values, np.linspace(0.02, 0.98, 25))
    assert_distributed(values, points, gamma_cdf(shape, points))


def test_gamma_variates_of_a_large_shape_are_nearly_normal() -> None:
    values = _core.markets_gamma(1e8, 7, 3, N)
    assert abs(values.mean() / 1e8 - 1) < 4.5e-4 / math.sqrt(N)
    assert abs(values.var() / 1e8 - 1) < 4.5 * math.sqrt(2 / N)


@pytest.mark.parametrize("mean", [1e-3, 0.4, 3.0, 9.999, 10.0, 30.0, 4000.0])
def test_poisson_variates_have_their_distribution(mean: float) -> None:
    values = _core.markets_poisson(mean, 7, 3, N)
    counts, masses = poisson_mass(mean)
    assert_distributed(values, counts, np.minimum(np.cumsum(masses), 1.0))
    assert_array_equal(values, np.floor(values))


def test_poisson_variates_of_a_large_mean_are_nearly_normal() -> None:
    values = _core.markets_poisson(1e12, 7, 3, N)
    assert abs(values.mean() - 1e12) < 4.5e6 / math.sqrt(N)
    assert abs(values.var() / 1e12 - 1) < 4.5 * math.sqrt(2 / N)


def test_log_factorials_agree_with_exact_factorials() -> None:
    with localcontext() as context:
        context.prec = 40
        for n in [2, 3, 9, 10, 11, 25, 170, 1000]:
            truth = Decimal(math.factorial(n)).ln()
            assert abs(Decimal(_core.markets_log_factorial(n)) / truth - 1) < Decimal("1e-14")
    assert _core.markets_log_factorial(0.0) == _core.markets_log_factorial(1.0) == 0.0


def test_a_path_is_the_same_for_every_split_length_and_thread_count() -> None:
    model = CoxIngersollRoss(0.05, 3.0, 0.04, 0.4)
    whole = paths(model, 40, 50, seed=9, threads=1)
    assert_array_equal(paths(model, 40, 50, seed=9, threads=3), whole)
    assert_array_equal(paths(model, 10, 20, seed=9, first_path=25), whole[25:35, :21])


def test_series_of_one_scenario_have_numbers_of_their_own() -> None:
    settings = (0.05, 3.0, 0.04, 0.4)
    one = paths(CoxIngersollRoss(*settings), 500, 20, seed=9)
    other = paths(CoxIngersollRoss(*settings, series=1), 500, 20, seed=9)
    assert not np.isclose(one[:, 1:], other[:, 1:]).any()
    found = np.corrcoef(one[:, -1], other[:, -1])[0, 1]
    assert abs(found) < 4.5 / math.sqrt(500)


def test_calibration_is_the_weighted_least_squares_line_of_the_history() -> None:
    history = paths(CoxIngersollRoss(0.05, 6.0, 0.04, 0.4, 1 / 365), 1, 1500, seed=5)[0]
    found = CoxIngersollRoss.calibrate(history, 1 / 365)
    x, y = history[:-1], history[1:]
    weights = 1 / np.sqrt(x)
    design = np.stack([weights, x * weights], axis=1)
    (a, b), *_ = np.linalg.lstsq(design, y * weights, rcond=None)
    assert found.speed == pytest.approx(-math.log(b) * 365, rel=1e-7)
    assert found.level == pytest.approx(a / (1 - b), rel=1e-9)
    unit = x * (b - b * b) / found.speed + found.level * (1 - b) ** 2 / 2 / found.speed
    assert found.volatility == pytest.approx(
        math.sqrt(((y - a - b * x) ** 2 / unit).mean()), rel=1e-9
    )
    assert found.start_rate == history[-1]


def test_calibration_recovers_the_process_behind_a_long_history() -> None:
    truth = CoxIngersollRoss(0.05, 6.0, 0.04, 0.4, 1 / 52)
    history = paths(truth, 1, 40_000, seed=5)[0]
    found = CoxIngersollRoss.calibrate(history, 1 / 52, start_rate=0.01)
    assert found.speed == pytest.approx(truth.speed, rel=0.05)
    assert found.level == pytest.approx(truth.level, rel=0.03)
    assert found.volatility == pytest.approx(truth.volatility, rel=0.02)
    assert (found.start_rate, found.step_years) == (0.01, 1 / 52)


@pytest.mark.parametrize(
    ("history", "kind", "code", "field"),
    [
        ([0.1, 0.2, 0.1], errors.ArrayError, "E121", "history"),
        ([0.1, 0.0, 0.1, 0.2], errors.InputRangeError, "E111", "history[1]"),
        ([0.1, 0.2, -0.1, 0.2], errors.InputRangeError, "E111", "history[2]"),
        ([0.1, math.nan, 0.1, 0.2], errors.InputRangeError, "E112", "history[1]"),
        ([0.1, 0.1, 0.1, 0.1], errors.InputRangeError, "E113", "history"),
        ([0.1, 0.2, 0.3, 0.4, 0.5], errors.InputRangeError, "E113", "history"),
        ([0.1, 0.11, 0.13, 0.17, 0.25], errors.InputRangeError, "E113", "history"),
        ([0.4, 0.3, 0.25, 0.225, 0.2125], errors.InputRangeError, "E113", "history"),
        ([0.1, 0.3, 0.1, 0.3, 0.1], errors.InputRangeError, "E113", "history"),
        (["a"], errors.ArrayError, "E120", "history"),
    ],
)
def test_a_history_that_shows_no_such_process_is_refused(
    history: list[Any], kind: type[errors.VoltcoreError], code: str, field: str
) -> None:
    with pytest.raises(kind) as caught:
        CoxIngersollRoss.calibrate(history)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"start_rate": -0.01}, errors.InputRangeError, "start_rate"),
        ({"start_rate": True}, errors.InputTypeError, "start_rate"),
        ({"speed": 0.0}, errors.InputRangeError, "speed"),
        ({"speed": math.inf}, errors.InputRangeError, "speed"),
        ({"level": 0.0}, errors.InputRangeError, "level"),
        ({"volatility": 0.0}, errors.InputRangeError, "volatility"),
        ({"volatility": "0.1"}, errors.InputTypeError, "volatility"),
        ({"step_years": 0.0}, errors.InputRangeError, "step_years"),
        ({"series": 2**16}, errors.InputRangeError, "series"),
        ({"series": 1.0}, errors.InputTypeError, "series"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(
    changes: dict[str, Any], kind: type[errors.VoltcoreError], field: str
) -> None:
    given = {"start_rate": 0.05, "speed": 3.0, "level": 0.04, "volatility": 0.4} | changes
    with pytest.raises(kind) as caught:
        CoxIngersollRoss(**given)
    assert caught.value.field == field


def test_a_short_rate_survives_pickling() -> None:
    model = CoxIngersollRoss(0.05, 3.0, 0.04, 0.4, series=2)
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    assert again.degrees == pytest.approx(3.0)
    assert_array_equal(paths(again, 3, 5, seed=1), paths(model, 3, 5, seed=1))


def test_extreme_parameters_stay_finite_and_not_negative() -> None:
    for model in (
        CoxIngersollRoss(1e3, 1e4, 1e3, 100.0, 1e3),
        CoxIngersollRoss(1e3, 1e-6, 1e-6, 100.0, 1e-12),
        CoxIngersollRoss(0.05, 1e4, 1e3, 1e-6, 1e-6),
        CoxIngersollRoss(0.05, 1e-9, 1e-9, 1e-6, 1e-6),
        CoxIngersollRoss(1e-300, 1.0, 1e-300, 1.0, 1.0),
    ):
        rates = paths(model, 200, 20, seed=1)
        assert np.isfinite(rates).all()
        assert (rates >= 0).all()
