#include "voltcore/markets/short_rate.hpp"

#include <cmath>
#include <string>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/rejection.hpp"
#include "voltcore/math/error.hpp"

namespace voltcore::markets {

namespace {

/// 1 - e^-x for x > 0.
double one_minus_exp_of_minus(double x) noexcept {
    if (x > 0.03) return 1.0 - exp(-x);
    double sum = 1.0;
    for (double n = 9.0; n >= 2.0; n = n - 1.0) sum = 1.0 - x / n * sum;
    return x * sum;
}

double within(const char* field, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
        refuse({.code = value == value ? ErrorCode::out_of_range : ErrorCode::not_finite,
                .field = field,
                .value = std::to_string(value),
                .bound = "is outside the bounds of a short rate",
                .op = "CoxIngersollRoss",
                .onchain = {}});
    }
    return value;
}

}  // namespace

CoxIngersollRoss::CoxIngersollRoss(double start, double speed, double level, double volatility,
                                   double step_years, std::uint32_t series)
    : start_{within("start", start, 0.0, 1e3)} {
    constexpr double least = 0x1p-1000;
    within("speed", speed, least, 1e4);
    within("level", level, least, 1e3);
    within("volatility", volatility, 1e-6, 100.0);
    within("step_years", step_years, 1e-12, 1e3);
    within("series", series, 0.0, most_series - 1);
    const double variance = volatility * volatility;
    degrees_ = 4.0 * speed * level / variance;
    scale_ = variance * one_minus_exp_of_minus(speed * step_years) / (4.0 * speed);
    carry_over_ = exp(-speed * step_years) / scale_;
    first_part_ = series << 8;
}

double CoxIngersollRoss::next(std::uint64_t seed, std::uint64_t path, std::uint32_t step,
                              double rate) const noexcept {
    const DrawAddress draws{Stream::of(seed, Purpose::short_rate, path, first_part_), step};
    const double non_centrality = rate * carry_over_;
    if (degrees_ > 1.0) {
        const double shifted = spare_normal_at(draws) + std::sqrt(non_centrality);
        return scale_ * (shifted * shifted + 2.0 * gamma_at(0.5 * (degrees_ - 1.0), draws));
    }
    const double mixed = poisson_at(
        0.5 * non_centrality, {Stream::of(seed, Purpose::rate_mixture, path, first_part_), step});
    return scale_ * 2.0 * gamma_at(0.5 * degrees_ + mixed, draws);
}

void CoxIngersollRoss::fill(const Kernels& /*kernels*/, std::uint64_t seed, std::uint64_t path,
                            std::span<double> rates) const noexcept {
    rates[0] = start_;
    for (std::size_t i = 1; i < rates.size(); ++i) {
        rates[i] = next(seed, path, static_cast<std::uint32_t>(i - 1), rates[i - 1]);
    }
}

}  // namespace voltcore::markets
