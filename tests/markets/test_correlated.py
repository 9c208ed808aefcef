"""Prices of several assets: moments, correlation, common jumps, reproducibility, refusals."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from voltcore import errors
from voltcore.markets import (
    CorrelatedAssets,
    GeometricBrownianMotion,
    MertonJumps,
    asset_paths,
    normals,
    paths,
)

N = 30_000
MATRIX = [[1.0, 0.7, -0.3], [0.7, 1.0, 0.1], [-0.3, 0.1, 1.0]]
DAY = 1 / 365
GBM = [
    GeometricBrownianMotion(150.0, 0.3, 0.9, DAY),
    GeometricBrownianMotion(3000.0, 0.0, 0.7, DAY),
    GeometricBrownianMotion(60_000.0, -0.2, 0.5, DAY),
]


def test_log_returns_have_the_given_correlation_means_and_deviations() -> None:
    model = CorrelatedAssets(GBM, MATRIX)
    returns = np.diff(np.log(asset_paths(model, N // 10, 10, seed=7)), axis=1).reshape(-1, 3)
    given = np.array(MATRIX)
    allowed = 4.5 * (1 - given**2) / math.sqrt(N) + 1e-12
    assert (np.abs(np.corrcoef(returns.T) - given) <= allowed).all()
    for i, asset in enumerate(GBM):
        deviation = asset.volatility * math.sqrt(DAY)
        mean = (asset.drift - asset.volatility**2 / 2) * DAY
        assert abs(returns[:, i].mean() - mean) < 4.5 * deviation / math.sqrt(N)
        assert abs(returns[:, i].std() / deviation - 1) < 4.5 / math.sqrt(2 * N)


def test_prices_are_the_documented_function_of_the_diffusion_normals() -> None:
    model = CorrelatedAssets(GBM, MATRIX)
    got = asset_paths(model, 2, 200, seed=7, first_path=5)
    factor = np.linalg.cholesky(np.array(MATRIX))
    assert_allclose(model.cholesky, factor, rtol=1e-14, atol=1e-15)
    for path in range(2):
        z = np.stack([normals(7, 5 + path, 200, purpose=0, part=j) for j in range(3)])
        walk = np.cumsum(factor @ z, axis=1)
        for i, asset in enumerate(GBM):
            drift = (asset.drift - asset.volatility**2 / 2) * DAY
            expected = asset.start_price * np.exp(
                drift * np.arange(1, 201) + asset.volatility * math.sqrt(DAY) * walk[i]
            )
            assert_allclose(got[path, 1:, i], expected, rtol=1e-12)
    assert_array_equal(got[:, 0], [[150.0, 3000.0, 60_000.0]] * 2)


def test_the_first_asset_has_the_path_of_the_single_model() -> None:
    alone = MertonJumps(150.0, 0.3, 0.9, DAY, jump_rate=40.0, jump_mean=-0.02, jump_volatility=0.1)
    together = asset_paths(CorrelatedAssets([alone, GBM[1]], [[1, 0.5], [0.5, 1]]), 20, 300, seed=7)
    assert_array_equal(together[:, :, 0], paths(alone, 20, 300, seed=7))


def test_expected_prices_grow_with_the_drift_whatever_the_jumps() -> None:
    assets = [
        MertonJumps(1.0, 0.5, 0.3, 0.05, jump_rate=3.0, jump_mean=-0.05, jump_volatility=0.1),
        GeometricBrownianMotion(1.0, -0.4, 0.4, 0.05),
    ]
    model = CorrelatedAssets(assets, [[1, 0.8], [0.8, 1]], 4.0, [-0.1, 0.05], 0.1)
    last = asset_paths(model, N, 10, seed=3)[:, -1]
    for i, asset in enumerate(assets):
        mean = math.exp(asset.drift * 0.5)
        assert abs(last[:, i].mean() - mean) < 4.5 * last[:, i].std() / math.sqrt(N)


def test_common_jumps_hit_all_assets_in_the_same_step_with_correlated_sizes() -> None:
    still = [GeometricBrownianMotion(1.0, 0.0, 0.0, 1.0)] * 2
    model = CorrelatedAssets(still, [[1, 0.6], [0.6, 1]], 0.05, -0.2, 0.1)
    moves = np.diff(np.log(asset_paths(model, 500, 200, seed=3)), axis=1).reshape(-1, 2)
    drift = -0.05 * (math.exp(-0.2 + 0.1**2 / 2) - 1)
    jumped = np.abs(moves - drift) > 1e-9
    assert_array_equal(jumped[:, 0], jumped[:, 1])
    share = 1 - math.exp(-0.05)
    steps = len(moves)
    assert abs(jumped[:, 0].mean() - share) < 4.5 * math.sqrt(share * (1 - share) / steps)
    # The steps with one jump: normal with the given mean, deviation and correlation.
    sizes = moves[jumped[:, 0]] - drift
    mean_count = 0.05 / share
    assert abs(sizes[:, 0].mean() + 0.2 * mean_count) < 0.012
    within = sizes[(sizes > -0.5).all(axis=1)]
    assert abs(np.corrcoef(within.T)[0, 1] - 0.6) < 0.06


def test_own_jumps_of_two_assets_are_independent() -> None:
    assets = [MertonJumps(1.0, 0.0, 0.0, 1.0, jump_rate=0.3, jump_volatility=0.1)] * 2
    moves = np.diff(
        np.log(asset_paths(CorrelatedAssets(assets, np.eye(2)), 200, 200, seed=3)), axis=1
    )
    found = np.corrcoef(np.abs(moves).reshape(-1, 2).T)[0, 1]
    assert abs(found) < 4.5 / math.sqrt(moves.size / 2)


def test_a_singular_correlation_makes_assets_move_as_one() -> None:
    twins = [GBM[0], GBM[0], GBM[2]]
    model = CorrelatedAssets(twins, [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]])
    got = asset_paths(model, 50, 30, seed=1)
    assert_array_equal(got[:, :, 0], got[:, :, 1])
    mirrored = CorrelatedAssets([GBM[0]] * 2, [[1, -1], [-1, 1]])
    moves = np.log(asset_paths(mirrored, 50, 30, seed=1) / 150.0).sum(axis=2)
    drift = 2 * (0.3 - 0.9**2 / 2) * DAY * np.arange(31)
    assert_allclose(moves, np.tile(drift, (50, 1)), atol=1e-12)


def test_assets_are_the_same_for_every_split_length_and_thread_count() -> None:
    model = CorrelatedAssets(GBM, MATRIX, 5.0, -0.1, 0.2)
    whole = asset_paths(model, 40, 150, seed=9, threads=1)
    assert_array_equal(asset_paths(model, 40, 150, seed=9, threads=3), whole)
    assert_array_equal(asset_paths(model, 10, 63, seed=9, first_path=25), whole[25:35, :64])
    out = np.empty_like(whole)
    assert asset_paths(model, 40, 150, seed=9, out=out) is out
    assert_array_equal(out, whole)
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    assert_array_equal(asset_paths(again, 2, 150, seed=9), whole[:2])


@pytest.mark.parametrize(
    ("matrix", "kind", "code", "field"),
    [
        ([[1, 0.5], [0.4, 1]], errors.InputRangeError, "E113", "correlation[1][0]"),
        ([[0.9, 0.5], [0.5, 1]], errors.InputRangeError, "E113", "correlation[0][0]"),
        ([[1, 1.5], [1.5, 1]], errors.InputRangeError, "E110", "correlation[1][0]"),
        ([[1, math.nan], [0.5, 1]], errors.InputRangeError, "E112", "correlation[0][1]"),
        ([[1, 0.5]], errors.ArrayError, "E121", "correlation"),
        ([[1, 0.5], [0.5]], errors.ArrayError, "E122", "correlation[1]"),
        (0.5, errors.ArrayError, "E121", "correlation"),
    ],
)
def test_a_matrix_that_is_no_correlation_is_refused(
    matrix: Any, kind: type[errors.VoltcoreError], code: str, field: str
) -> None:
    with pytest.raises(kind) as caught:
        CorrelatedAssets(GBM[:2], matrix)
    assert caught.value.code == code
    assert str(caught.value.field).startswith(field)


def test_an_indefinite_matrix_is_refused() -> None:
    with pytest.raises(errors.InputRangeError) as caught:
        CorrelatedAssets(GBM, [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    assert (caught.value.code, caught.value.field) == ("E113", "correlation[2][2]")
    with pytest.raises(errors.InputRangeError) as caught:
        CorrelatedAssets(GBM, [[1, 1, 0.5], [1, 1, -0.5], [0.5, -0.5, 1]])
    assert (caught.value.code, caught.value.field) == ("E113", "correlation[2][1]")


@pytest.mark.parametrize(
    ("assets", "given", "kind", "field"),
    [
        ([], {}, errors.InputRangeError, "assets"),
        (GBM[0], {}, errors.InputTypeError, "assets"),
        ([GBM[0], 3], {}, errors.InputTypeError, "assets[1]"),
        (
            [GBM[0], GeometricBrownianMotion(1.0)],
            {},
            errors.InputRangeError,
            "assets[1].step_years",
        ),
        (GBM[:2], {"common_jump_rate": -1.0}, errors.InputRangeError, "common_jump_rate"),
        (GBM[:2], {"common_jump_rate": 17 * 365.0}, errors.InputRangeError, "common_jump_rate"),
        (GBM[:2], {"common_jump_mean": [0.1]}, errors.ArrayError, "common_jump_mean"),
        (GBM[:2], {"common_jump_mean": 11.0}, errors.InputRangeError, "common_jump_mean"),
        (
            GBM[:2],
            {"common_jump_volatility": [0.1, -0.1]},
            errors.InputRangeError,
            "common_jump_volatility[1]",
        ),
    ],
)
def test_assets_and_jumps_out_of_their_range_are_refused(
    assets: Any, given: dict[str, Any], kind: type[errors.VoltcoreError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        CorrelatedAssets(assets, np.eye(2), **given)
    assert caught.value.field == field


def test_single_and_several_assets_each_have_their_own_function() -> None:
    with pytest.raises(errors.InputTypeError):
        paths(CorrelatedAssets(GBM, MATRIX), 1, 1, seed=1)  # type: ignore[arg-type]
    with pytest.raises(errors.InputTypeError):
        asset_paths(GBM[0], 1, 1, seed=1)  # type: ignore[arg-type]
