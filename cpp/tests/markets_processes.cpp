#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "voltcore/markets/correlated_assets.hpp"
#include "voltcore/markets/path_models.hpp"
#include "voltcore/markets/rejection.hpp"
#include "voltcore/markets/short_rate.hpp"
#include "voltcore/math/error.hpp"

using namespace voltcore::markets;

namespace {

const std::vector<AssetDynamics> pair_of_assets{{100.0, 1e-4, 0.02, 0.3, -0.02, 0.05, -0.1, 0.2},
                                                {7.0, -1e-4, 0.05, 0.0, 0.0, 0.0, 0.05, 0.1}};
const std::vector<double> correlation{1.0, -0.6, -0.6, 1.0};

}  // namespace

TEST_CASE("a short rate's step depends on its address alone") {
    const CoxIngersollRoss model{0.03, 4.0, 0.05, 0.3, 1.0 / 365.0, 3};
    std::vector<double> rates(200);
    model.fill(best_kernels(), 7, 11, rates);
    for (std::size_t i = rates.size() - 1; i > 0; --i) {
        CHECK(model.next(7, 11, static_cast<std::uint32_t>(i - 1), rates[i - 1]) == rates[i]);
        CHECK(rates[i] >= 0.0);
    }
    const CoxIngersollRoss other{0.03, 4.0, 0.05, 0.3, 1.0 / 365.0, 4};
    CHECK(other.next(7, 11, 0, 0.03) != rates[1]);
    CHECK(model.next(7, 12, 0, 0.03) != rates[1]);
    CHECK(model.next(8, 11, 0, 0.03) != rates[1]);
}

TEST_CASE("parts of a rejected draw do not reach into the next series") {
    const Stream stream = Stream::of(1, Purpose::short_rate, 2, 5u << 8);
    const DrawAddress draws{stream, 9};
    CHECK(draws.words(most_attempts - 1) ==
          words_at(Stream::of(1, Purpose::short_rate, 2, (5u << 8) | 255u), 9));
}

TEST_CASE("a short rate refuses parameters outside its bounds") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(CoxIngersollRoss(-0.1, 1.0, 0.1, 0.1, 1.0), voltcore::Error);
    CHECK_THROWS_AS(CoxIngersollRoss(0.1, 0.0, 0.1, 0.1, 1.0), voltcore::Error);
    CHECK_THROWS_AS(CoxIngersollRoss(0.1, 1.0, 0.0, 0.1, 1.0), voltcore::Error);
    CHECK_THROWS_AS(CoxIngersollRoss(0.1, 1.0, 0.1, 0.0, 1.0), voltcore::Error);
    CHECK_THROWS_AS(CoxIngersollRoss(0.1, 1.0, 0.1, 0.1, nan), voltcore::Error);
    CHECK_THROWS_AS(CoxIngersollRoss(0.1, 1.0, 0.1, 0.1, 1.0, 1u << 16), voltcore::Error);
}

TEST_CASE("the first of several assets has the path of the single model, bit for bit") {
    const CorrelatedAssets model{pair_of_assets, correlation};
    std::vector<double> both(2 * 301);
    model.fill(best_kernels(), 7, 11, both);
    std::vector<double> alone(301);
    MertonJumps{{100.0, 1e-4, 0.02}, 0.3, -0.02, 0.05}.fill(best_kernels(), 7, 11, alone);
    for (std::size_t k = 0; k < alone.size(); ++k) CHECK(both[2 * k] == alone[k]);
}

TEST_CASE("several assets have the same bits at every instruction set") {
    const CorrelatedAssets model{pair_of_assets, correlation, 0.05};
    std::vector<double> expected(2 * 301);
    model.fill(*kernels_of(SimdLevel::base), 7, 11, expected);
    for (const SimdLevel level : {SimdLevel::avx2, SimdLevel::avx512}) {
        const Kernels* const kernels = kernels_of(level);
        if (kernels == nullptr) continue;
        std::vector<double> found(2 * 301);
        model.fill(*kernels, 7, 11, found);
        CHECK(found == expected);
    }
}

TEST_CASE("a path that is restarted gives its steps again") {
    const CorrelatedAssets model{pair_of_assets, correlation, 0.05};
    CorrelatedPath path{model};
    std::vector<double> first;
    for (int round = 0; round < 2; ++round) {
        path.restart(7, 11);
        CHECK(path.steps() == 0);
        for (std::size_t k = 0; k < 130; ++k) {
            const std::span<const double> prices = path.next();
            REQUIRE(path.steps() == k + 1);
            if (round == 0) first.push_back(prices[1]);
            CHECK(prices[1] == first[k]);
        }
        path.restart(8, 11);
        CHECK(path.next()[1] != first[0]);
    }
}
