"""The same bits without optimisation, and from another compiler, as from the installed build."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from voltcore import _core

CPP = Path(__file__).parents[2] / "cpp"
BUILDS = [build for build in (("g++", "-O0"), ("clang++", "-O2")) if shutil.which(build[0])]

CHECKER = r"""
#include <cstdio>
#include <vector>
#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/correlated_assets.hpp"
#include "voltcore/markets/path_models.hpp"
#include "voltcore/markets/short_rate.hpp"
using namespace voltcore::markets;
static void write(const std::vector<double>& row) {
    std::fwrite(row.data(), sizeof(double), row.size(), stdout);
}
int main() {
    const std::vector<double> returns{0.01, -0.02, 0.03, 0.005, -0.015};
    const std::vector<std::int64_t> closes{6888850000, 7804990000, 8738510000};
    const std::vector<double> variance{0.00856558, 0.00521596};
    const EpochBridge bridge{closes, variance};
    const AssetDynamics asset{3.0, 1e-4, 0.02, 0.1, -0.02, 0.05, 0.1, 0.2};
    const std::vector<double> correlation{1, 0.7, -0.3, 0.7, 1, 0.1, -0.3, 0.1, 1};
    const CorrelatedAssets assets{std::vector<AssetDynamics>{asset, asset, asset},
                                  correlation, 0.1};
    for (int level = 0; level < 3; ++level) {
        const Kernels* kernels = kernels_of(static_cast<SimdLevel>(level));
        if (kernels == nullptr) continue;
        std::vector<double> row(337);
        GeometricBrownianMotion{7804.99, 1e-5, 0.007}.fill(*kernels, 7, 11, row);
        write(row);
        MertonJumps{{100.0, 1e-4, 0.02}, 0.3, -0.02, 0.05}.fill(*kernels, 7, 11, row);
        write(row);
        BlockBootstrap{50.0, returns, 3, BlockKind::stationary}.fill(*kernels, 7, 11, row);
        write(row);
        BridgedPath{bridge}.fill(*kernels, 7, 11, row);
        write(row);
        CoxIngersollRoss{0.05, 3.0, 0.04, 0.4, 0.01}.fill(*kernels, 7, 11, row);
        write(row);
        CoxIngersollRoss{0.05, 3.0, 0.04, 1.1, 0.01}.fill(*kernels, 7, 11, row);
        write(row);
        std::vector<double> three(3 * 113);
        assets.fill(*kernels, 7, 11, three);
        three.resize(337);
        write(three);
    }
}
"""


def expected_rows() -> np.ndarray:
    models = [
        _core.MarketsGeometricBrownianMotion(7804.99, 1e-5, 0.007),
        _core.MarketsMertonJumps(100.0, 1e-4, 0.02, 0.3, -0.02, 0.05),
        _core.MarketsBlockBootstrap(50.0, np.array([0.01, -0.02, 0.03, 0.005, -0.015]), 3, True),
        _core.MarketsEpochBridge(
            np.array([6888850000, 7804990000, 8738510000]),
            np.array([0.00856558, 0.00521596]),
            168,
            1_000_000,
        ),
        _core.MarketsCoxIngersollRoss(0.05, 3.0, 0.04, 0.4, 0.01, 0),
        _core.MarketsCoxIngersollRoss(0.05, 3.0, 0.04, 1.1, 0.01, 0),
    ]
    asset = [3.0, 1e-4, 0.02, 0.1, -0.02, 0.05, 0.1, 0.2]
    assets = _core.MarketsCorrelatedAssets(
        np.array([asset] * 3), np.array([1, 0.7, -0.3, 0.7, 1, 0.1, -0.3, 0.1, 1]), 0.1
    )
    rows = []
    for model in models:
        row = np.empty((1, 337))
        model.fill(7, 11, row, 1)
        rows.append(row[0])
    three = np.empty((1, 113, 3))
    assets.fill(7, 11, three, 1)
    rows.append(three.ravel()[:337])
    return np.array(rows)


@pytest.mark.skipif(not CPP.is_dir(), reason="the C++ sources are not beside these tests")
@pytest.mark.skipif(not BUILDS, reason="no g++ or clang++ here")
@pytest.mark.parametrize(("compiler", "optimise"), BUILDS)
def test_paths_are_the_same_bits_at_every_optimisation_level(
    tmp_path: Path, compiler: str, optimise: str
) -> None:
    (tmp_path / "checker.cpp").write_text(CHECKER, encoding="utf-8")
    sources = [*sorted((CPP / "src" / "markets").glob("*.cpp"))]
    sources += [CPP / "src" / "math" / name for name in ("error.cpp", "revert.cpp")]
    subprocess.run(
        [
            compiler,
            optimise,
            "-std=c++20",
            "-ffp-contract=off",
            "-w",
            f"-I{CPP / 'include'}",
            *map(str, sources),
            "checker.cpp",
            "-o",
            "checker",
        ],
        cwd=tmp_path,
        check=True,
    )
    output = subprocess.run(
        [tmp_path / "checker"], cwd=tmp_path, check=True, capture_output=True
    ).stdout
    rows = np.frombuffer(output, dtype=np.float64).reshape(-1, 7, 337)
    assert len(rows) == len(_core.markets_levels())
    for level in rows:
        assert_array_equal(level, expected_rows())
