#pragma once

#include <cstdint>
#include <span>

#include "voltcore/markets/kernels.hpp"

namespace voltcore::markets {

/// The short rate of Cox, Ingersoll and Ross, "A theory of the term structure of interest rates"
/// (1985): dr = speed (level - r) dt + volatility sqrt(r) dW, by its exact transition.
///
/// Given r, the rate a step later is c times a non-central chi-square number of d = 4 speed level /
/// volatility^2 degrees of freedom and non-centrality r e^(-speed dt) / c, with c = volatility^2 (1
/// - e^(-speed dt)) / (4 speed); so the step may have any length. For d > 1 that number is (z +
/// sqrt(non-centrality))^2 plus a chi-square number of d - 1 degrees; else a chi-square number of d
/// + 2 N degrees, N Poisson of half the non-centrality (Glasserman, "Monte Carlo Methods in
/// Financial Engineering", 3.4.1). The rate is never negative; it can be 0 where d < 2.
class CoxIngersollRoss {
public:
    static constexpr std::uint32_t most_series = 1u << 16;

    /// Rates and `level` as fractions a year, `speed` and `step_years` in years.
    /// @throws Error unless start in [0, 1000], speed in (0, 10^4], level in (0, 1000], volatility
    /// in [10^-6, 100], step_years in (0, 1000] and series < 2^16.
    CoxIngersollRoss(double start, double speed, double level, double volatility, double step_years,
                     std::uint32_t series = 0);

    [[nodiscard]] double start() const noexcept { return start_; }
    /// d: the rate reaches 0 with probability 0 from 2 on.
    [[nodiscard]] double degrees() const noexcept { return degrees_; }

    /// The rate after step number `step` (the first is 0) of a path that stands at `rate`.
    /// Allocates nothing; a pure function of its arguments and the model.
    [[nodiscard]] double next(std::uint64_t seed, std::uint64_t path, std::uint32_t step,
                              double rate) const noexcept;

    /// Rates after 0, 1, ..., n steps.
    void fill(const Kernels& kernels, std::uint64_t seed, std::uint64_t path,
              std::span<double> rates) const noexcept;

private:
    double start_;
    double degrees_;
    double scale_;       // c
    double carry_over_;  // e^(-speed dt) / c
    std::uint32_t first_part_;
};

}  // namespace voltcore::markets
