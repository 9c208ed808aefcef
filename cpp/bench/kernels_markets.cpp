#include <cstddef>
#include <cstdint>
#include <vector>

#include "instructions.hpp"
#include "voltcore/markets/correlated_assets.hpp"
#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/markets/path_models.hpp"
#include "voltcore/markets/short_rate.hpp"

namespace voltcore::bench {

namespace {

using namespace markets;

constexpr std::size_t path_steps = 252;
constexpr std::size_t week_steps = 168;

/// The counted kernels are those of AVX2, the widest that the counter can run: a count must not
/// depend on the machine. Without AVX2 they are the base ones, and the count of another level.
const Kernels& counted_kernels() {
    const Kernels* const avx2 = kernels_of(SimdLevel::avx2);
    return avx2 == nullptr ? *kernels_of(SimdLevel::base) : *avx2;
}

/// One unit is a path-step.
template <class Model>
void path_rows(std::size_t rows, const Model& model) {
    const Kernels& kernels = counted_kernels();
    std::vector<double> prices(path_steps + 1);
    measured_section([&] {
        for (std::uint64_t path = 0; path < rows / path_steps; ++path) {
            model.fill(kernels, 7, path, prices);
        }
    });
    keep(prices);
}

const Kernel gbm{"markets/paths/gbm", 40 * path_steps, [](std::size_t rows) {
                     path_rows(rows, GeometricBrownianMotion{100.0, -1e-4, 0.04});
                 }};

const Kernel merton{"markets/paths/merton", 40 * path_steps, [](std::size_t rows) {
                        const GeometricBrownianMotion diffusion{100.0, -1e-4, 0.04};
                        path_rows(rows, MertonJumps{diffusion, 0.01, -0.02, 0.1});
                    }};

const Kernel short_rate{"markets/short_rate", 10 * path_steps, [](std::size_t rows) {
                            path_rows(rows, CoxIngersollRoss{0.05, 6.0, 0.04, 0.4, 1.0 / 365.0});
                        }};

const Kernel bridge{"markets/epoch_bridge", 40 * week_steps, [](std::size_t rows) {
                        const std::vector<std::int64_t> closes{9'000'000'000, 9'500'000'000};
                        const EpochBridge model{closes, std::vector<double>{0.005}};
                        const Kernels& kernels = counted_kernels();
                        std::vector<std::int64_t> prices(week_steps);
                        measured_section([&] {
                            for (std::uint64_t path = 0; path < rows / week_steps; ++path) {
                                model.fill_epoch(kernels, 7, path, 0, prices);
                            }
                        });
                        keep(prices);
                    }};

/// One unit is a step of three assets.
const Kernel correlated{
    "markets/correlated_assets", 10 * path_steps, [](std::size_t rows) {
        const AssetDynamics asset{100.0, -1e-4, 0.04, 0.01, -0.02, 0.1, -0.1, 0.1};
        const std::vector<AssetDynamics> assets(3, asset);
        const std::vector<double> correlation{1.0, 0.7, 0.5, 0.7, 1.0, 0.6, 0.5, 0.6, 1.0};
        const CorrelatedAssets model{assets, correlation, 0.005};
        CorrelatedPath path{model, counted_kernels()};
        double sum = 0.0;
        measured_section([&] {
            path.restart(7, 11);
            for (std::size_t step = 0; step < rows; ++step) sum += path.next()[2];
        });
        keep(sum);
    }};

}  // namespace

}  // namespace voltcore::bench
