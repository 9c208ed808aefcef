"""Path models: formulas, moments, exact closes, and the same paths however they are drawn."""

from __future__ import annotations

import copy
import hashlib
import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from voltcore import _core
from voltcore.markets import (
    BlockBootstrap,
    EpochBridge,
    GeometricBrownianMotion,
    MertonJumps,
    PriceSeries,
    normals,
    path_blocks,
    paths,
    philox4x32,
    unit_paths,
)

LEVELS = _core.markets_levels()
RETURNS = np.random.default_rng(11).normal(0.001, 0.02, 97)
BRIDGE = EpochBridge(
    [6_888_850_000, 7_804_990_000, 8_738_510_000, 5_000_000_000],
    [0.00856558, 0.00521596, 0.61],
)
MODELS = {
    "gbm": GeometricBrownianMotion(7804.99, drift=0.3, volatility=0.66),
    "gbm_daily": GeometricBrownianMotion(1.0, -0.1, 4.0, 1 / 365.25),
    "merton": MertonJumps(100.0, 0.1, 0.5, 1 / 365.25, 30.0, -0.02, 0.05),
    "circular": BlockBootstrap(RETURNS, 12, "circular", 50.0),
    "stationary": BlockBootstrap(RETURNS, 12, "stationary", 50.0),
    "bridge": BRIDGE,
}
# SHA-256 of 33 paths of 504 steps (bytes of the doubles), seed 2**63 + 1, from path 2**32 - 7 on.
# The same on every machine, compiler, optimisation level, vector width and thread count.
GOLDEN = {
    "gbm": "6d00af87275ff38bc2e71a95fd750f5eeb2b49f1f68ce9f097bb81f25f6b423d",
    "gbm_daily": "a2003540da30751249997b1bcadf82c98a82b066551fce742afdb62d7054fc30",
    "merton": "1ddd08aab8323f4539b3c41f2c0819f5a1806cb5ed677f8ce900da716649328a",
    "circular": "0df25fde941678b8c14942b69c543bc68e7f3c2314dc9ba8e8158fe05aeb877c",
    "stationary": "dcb6ffc2217cb4d03eb482636e0cf10ab131a3c3e333d74f7a3558ebdd533710",
    "bridge": "94f6f6d0046815a82e0c7fc1fda4c8220dd054ecf14ff670305e79d61f81914b",
}
SEED, FIRST = 2**63 + 1, 2**32 - 7


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).astype("<f8").tobytes()).hexdigest()


@pytest.mark.parametrize("name", MODELS)
def test_paths_have_the_digest_that_is_kept_here(name: str) -> None:
    assert digest(paths(MODELS[name], 33, 504, SEED, first_path=FIRST)) == GOLDEN[name]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("level", LEVELS)
def test_paths_are_the_same_bits_at_every_vector_width(name: str, level: str) -> None:
    out = np.empty((33, 505))
    MODELS[name]._handle.fill(SEED, FIRST, out, 1, level)
    assert digest(out) == GOLDEN[name]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("threads", [1, 2, 3, 8, 16])
def test_paths_do_not_depend_on_threads(name: str, threads: int) -> None:
    got = paths(MODELS[name], 33, 504, SEED, first_path=FIRST, threads=threads)
    assert digest(got) == GOLDEN[name]


@pytest.mark.parametrize("name", MODELS)
def test_paths_do_not_depend_on_how_they_are_split(name: str) -> None:
    model = MODELS[name]
    whole = paths(model, 33, 504, SEED, first_path=FIRST)
    pieces = [
        paths(model, count, 504, SEED, first_path=FIRST + at)
        for at, count in [(0, 1), (1, 7), (8, 25)]
    ]
    assert_array_equal(np.concatenate(pieces), whole)
    for size in (1, 4, 1000, None):
        blocks = [
            (block.first_path, block.prices.copy())
            for block in path_blocks(model, 33, 504, SEED, first_path=FIRST, block_paths=size)
        ]
        assert blocks[0][0] == FIRST
        assert_array_equal(np.concatenate([prices for _, prices in blocks]), whole)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "bridge"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 63, 168, 503])
def test_a_shorter_path_is_the_beginning_of_a_longer_one(name: str, steps: int) -> None:
    whole = paths(MODELS[name], 5, 504, 3)
    assert_array_equal(paths(MODELS[name], 5, steps, 3), whole[:, : steps + 1])


@pytest.mark.parametrize("name", MODELS)
def test_models_survive_pickling_and_copying(name: str) -> None:
    model = MODELS[name]
    whole = paths(model, 3, 168, 1)
    for twin in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
        assert twin == model
        assert hash(twin) == hash(model)
        assert_array_equal(paths(twin, 3, 168, 1), whole)


def test_models_are_immutable() -> None:
    for model in MODELS.values():
        with pytest.raises(AttributeError):
            model.steps_per_epoch = 5  # type: ignore[attr-defined]


def test_geometric_brownian_motion_follows_its_formula() -> None:
    model = GeometricBrownianMotion(7804.99, drift=0.3, volatility=0.66, step_years=1 / 8766)
    got = paths(model, 3, 100, 5, first_path=2)
    for row, path in enumerate(range(2, 5)):
        walk = np.cumsum(normals(5, path, 100, purpose=0))
        k = np.arange(1, 101)
        expected = 7804.99 * np.exp(
            (0.3 - 0.66**2 / 2) * k / 8766 + 0.66 * math.sqrt(1 / 8766) * walk
        )
        np.testing.assert_allclose(got[row, 1:], expected, rtol=1e-13)
    assert_array_equal(got[:, 0], 7804.99)


def test_geometric_brownian_motion_has_its_moments() -> None:
    n, steps = 20_000, 168
    model = GeometricBrownianMotion(100.0, drift=0.5, volatility=0.8)
    prices = paths(model, n, steps, 17)
    moves = np.diff(np.log(prices), axis=1)
    deviation = 0.8 / math.sqrt(8766)
    mean = (0.5 - 0.32) / 8766
    count = moves.size
    # Five standard errors each.
    assert abs(moves.mean() - mean) < 5 * deviation / math.sqrt(count)
    assert abs(moves.var() / deviation**2 - 1) < 5 * math.sqrt(2 / count)
    centred = (moves - mean) / deviation
    assert abs((centred[:, 1:] * centred[:, :-1]).mean()) < 5 / math.sqrt(count)
    horizon = steps / 8766
    grown = prices[:, -1] / 100
    assert abs(grown.mean() - math.exp(0.5 * horizon)) < 5 * grown.std() / math.sqrt(n)
    # Share of paths below the exact 5 % quantile of the log-normal.
    quantile = math.exp((0.5 - 0.32) * horizon - 1.6448536269514722 * 0.8 * math.sqrt(horizon))
    assert abs((grown < quantile).mean() - 0.05) < 5 * math.sqrt(0.05 * 0.95 / n)


def test_without_volatility_the_price_grows_as_told() -> None:
    got = paths(GeometricBrownianMotion(3.0, 2.0, 0.0, 0.01), 2, 300, 1)
    np.testing.assert_allclose(got[0], 3.0 * np.exp(0.02 * np.arange(301)), rtol=1e-13)


def test_a_wild_walk_stays_finite_and_positive() -> None:
    got = paths(GeometricBrownianMotion(1.0, 0.0, 1000.0, 1000.0), 4, 1000, 1)
    assert np.isfinite(got).all()
    assert (got > 0).all()


def test_merton_without_jumps_is_the_diffusion() -> None:
    plain = paths(GeometricBrownianMotion(100.0, 0.1, 0.5, 0.01), 5, 600, 9)
    still = paths(MertonJumps(100.0, 0.1, 0.5, 0.01, 0.0, 1.0, 1.0), 5, 600, 9)
    np.testing.assert_allclose(still, plain, rtol=1e-14)


def test_merton_jumps_follow_the_documented_draws() -> None:
    rate, mean, deviation, step = 800.0, -0.02, 0.05, 1 / 365.25
    model = MertonJumps(100.0, 0.1, 0.5, step, rate, mean, deviation)
    got = np.log(paths(model, 1, 700, 77, first_path=13)[0, 1:] / 100)
    walk = np.cumsum(normals(77, 13, 700, purpose=0))
    sizes = normals(77, 13, 700, purpose=2)
    counters = [[block, 1 << 24, 13, 0] for block in range(350)]
    words = philox4x32(counters, (77, 0)).astype(np.uint64)
    uniforms = (words[:, [1, 3]].ravel() * 2.0**32 + words[:, [0, 2]].ravel()) / 2.0**64
    table = np.cumsum(
        [math.exp(-rate * step) * (rate * step) ** n / math.factorial(n) for n in range(40)]
    )
    jumps = np.searchsorted(table, uniforms, side="right")
    drift = 0.1 - rate * (math.exp(mean + deviation**2 / 2) - 1) - 0.125
    expected = (
        drift * step * np.arange(1, 701)
        + 0.5 * math.sqrt(step) * walk
        + np.cumsum(jumps * mean + np.sqrt(jumps) * deviation * sizes)
    )
    assert jumps.max() > 3
    np.testing.assert_allclose(got, expected, atol=1e-11)


def test_merton_has_its_moments() -> None:
    n, steps, step = 4000, 500, 1 / 365.25
    rate, mean, deviation = 50.0, -0.05, 0.08
    prices = paths(MertonJumps(1.0, 0.2, 0.4, step, rate, mean, deviation), n, steps, 23)
    moves = np.diff(np.log(prices), axis=1).ravel()
    jumps = rate * step
    variance = 0.16 * step + jumps * (mean**2 + deviation**2)
    third = jumps * (mean**3 + 3 * mean * deviation**2)
    fourth = jumps * (mean**4 + 6 * mean**2 * deviation**2 + 3 * deviation**4) + 3 * variance**2
    centred = moves - moves.mean()
    count = moves.size
    eighth_bound = float((centred**8).mean())
    assert abs(centred.var() - variance) < 5 * math.sqrt((fourth - variance**2) / count)
    assert abs((centred**3).mean() - third) < 5 * math.sqrt(float((centred**6).mean()) / count)
    assert abs((centred**4).mean() - fourth) < 5 * math.sqrt(eighth_bound / count)
    grown = prices[:, -1]
    assert abs(grown.mean() - math.exp(0.2 * steps * step)) < 5 * grown.std() / math.sqrt(n)


def test_circular_blocks_are_runs_of_the_returns() -> None:
    model = MODELS["circular"]
    moves = np.diff(np.log(paths(model, 40, 120, 5)), axis=1)
    tripled = np.tile(RETURNS, 2)
    starts = []
    for row, path in zip(moves, range(40), strict=True):
        words = philox4x32([[k, 3 << 24, path, 0] for k in range(10)], (5, 0)).tolist()
        for k in range(10):
            start = ((words[k][1] << 32 | words[k][0]) * 97) >> 64
            starts.append(start)
            np.testing.assert_allclose(
                row[12 * k : 12 * k + 12], tripled[start : start + 12], atol=1e-12
            )
    assert len(set(starts)) > 90


def test_stationary_blocks_have_the_mean_length_and_follow_the_series() -> None:
    n, steps = 400, 600
    moves = np.diff(np.log(paths(MODELS["stationary"], n, steps, 8)), axis=1)
    index = np.abs(moves[:, :, None] - RETURNS).argmin(axis=2)
    assert np.abs(RETURNS[index] - moves).max() < 1e-12
    follows = (index[:, 1:] == (index[:, :-1] + 1) % 97).mean()
    # A restart (1 in 12) lands on the next return anyway once in 97.
    expected = 1 - (1 / 12) * (1 - 1 / 97)
    assert abs(follows - expected) < 5 * math.sqrt(expected * (1 - expected) / (n * (steps - 1)))
    counts = np.bincount(index[:, 0], minlength=97)
    assert abs(((counts - n / 97) ** 2 / (n / 97)).sum() - 96) < 5 * math.sqrt(2 * 96)


def test_bootstrap_keeps_mean_variance_and_autocorrelation_of_the_series() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.01, 2001)
    returns = noise[1:] + 0.6 * noise[:-1]
    moves = np.diff(np.log(paths(BlockBootstrap(returns, 50), 300, 1000, 3)), axis=1)
    # Blocks of 50 behave like n / 50 independent ones.
    error = 5 / math.sqrt(moves.size / 50)
    assert abs(moves.mean() - returns.mean()) < error * returns.std()
    assert abs(moves.var() / returns.var() - 1) < 2 * error
    series = returns - returns.mean()
    lag_one = float((series * np.roll(series, 1)).mean() / series.var())
    drawn = moves - moves.mean()
    got = float((drawn[:, 1:] * drawn[:, :-1]).mean() / drawn.var())
    assert abs(got - lag_one * 49 / 50) < 2 * error


def test_the_bridge_hits_every_close_exactly() -> None:
    units = unit_paths(BRIDGE, 50, 504, 21)
    assert units.dtype == np.int64
    assert_array_equal(units[:, ::168], [BRIDGE.closes] * 50)
    prices = paths(BRIDGE, 50, 504, 21)
    assert_array_equal(prices[:, ::168], [[close / 1e6 for close in BRIDGE.closes]] * 50)
    # Between the closes a unit is the float price, rounded half to even.
    inside = np.ones(505, dtype=bool)
    inside[::168] = False
    assert_array_equal(units[:, inside], np.rint(prices[:, inside] * 1e6).astype(np.int64))


def test_the_bridge_follows_its_formula() -> None:
    prices = paths(BRIDGE, 2, 168, 4, first_path=6)
    move = math.log(7804.99 / 6888.85)
    volatility = math.sqrt((0.00856558 - move**2 / 168) / 167)
    for row, path in enumerate((6, 7)):
        walk = np.cumsum(normals(4, path, 168, purpose=4, part=0))
        place = np.arange(1, 168) / 168
        expected = 6888.85 * np.exp(place * move + volatility * (walk[:-1] - place * walk[-1]))
        np.testing.assert_allclose(prices[row, 1:-1], expected, rtol=1e-12)
    np.testing.assert_allclose(BRIDGE.step_volatility[0], volatility, rtol=1e-12)


def test_the_bridge_has_the_realised_variance_in_expectation() -> None:
    series = PriceSeries.load("btc_weekly")
    bridge = EpochBridge.from_series(series, start_price="6888.85")
    n = 400
    wanted = np.array(bridge.realised_variance)
    got = np.zeros(bridge.epochs)
    for block in path_blocks(bridge, n, bridge.steps, 2):
        moves = np.diff(np.log(block.prices), axis=1).reshape(len(block.prices), bridge.epochs, 168)
        got += (moves**2).sum(axis=2).sum(axis=0)
    got /= n
    assert not bridge.is_clamped.any()
    # The sum of squares of 167 bridged steps has relative deviation sqrt(2 / 167) at most.
    z = (got / wanted - 1) / math.sqrt(2 / 167 / n)
    assert np.abs(z).max() < 5
    # 260 independent z: mean 0 +- 1 / sqrt(260).
    assert abs(z.mean()) < 5 / math.sqrt(260)


def test_a_move_larger_than_the_realised_variance_gives_a_straight_line() -> None:
    # m^2 / n alone is 0.6931^2 / 4 = 0.12 > 0.1.
    bridge = EpochBridge([1_000_000, 2_000_000, 2_000_000], [0.1, 0.1], steps_per_epoch=4)
    assert_array_equal(bridge.is_clamped, [True, False])
    assert bridge.step_volatility[0] == 0.0
    got = paths(bridge, 3, 4, 1)
    np.testing.assert_allclose(got, [[1, 2**0.25, 2**0.5, 2**0.75, 2]] * 3, rtol=1e-14)


def test_one_step_epochs_are_the_closes() -> None:
    bridge = EpochBridge([3, 5, 4], [0.5, 0.5], steps_per_epoch=1, scale=1)
    assert_array_equal(unit_paths(bridge, 2, 2, 1), [[3, 5, 4]] * 2)


def test_a_price_in_units_is_at_least_one() -> None:
    bridge = EpochBridge([1, 1], [50.0], scale=1)
    assert unit_paths(bridge, 200, 168, 1).min() == 1


def test_bridge_volatility_per_epoch_is_drawn_from_streams_of_its_own() -> None:
    bridge = EpochBridge([10**9] * 3, [0.01, 0.01])
    moves = np.diff(np.log(paths(bridge, 2000, 336, 3)), axis=1)
    first, second = moves[:, :168].ravel(), moves[:, 168:].ravel()
    correlation = (first * second).mean() / (first.std() * second.std())
    assert abs(correlation) < 5 / math.sqrt(first.size)


def test_path_blocks_are_read_only_views() -> None:
    block = next(iter(path_blocks(MODELS["gbm"], 3, 5, 1)))
    assert block.prices.shape == (3, 6)
    with pytest.raises(ValueError, match="read-only"):
        block.prices[0, 0] = 1.0


def test_out_is_written_and_returned() -> None:
    out = np.empty((3, 6))
    assert paths(MODELS["gbm"], 3, 5, 1, out=out) is out
    assert_array_equal(out, paths(MODELS["gbm"], 3, 5, 1))
    assert paths(MODELS["gbm"], 0, 5, 1).shape == (0, 6)
    assert list(path_blocks(MODELS["gbm"], 0, 5, 1)) == []


def test_the_last_path_of_all_can_be_drawn() -> None:
    assert paths(MODELS["gbm"], 1, 5, 2**64 - 1, first_path=2**64 - 1).shape == (1, 6)
