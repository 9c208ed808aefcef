#include "accrual_fused.hpp"

#include <limits>

#include "voltcore/math/kernel_levels.hpp"

// Whole numbers in doubles. A product a * b is p + e with p rounded and e = fma(a, b, -p) exact.
// With an estimate q of a * b / d below 2^48 and within 2^-3 of it, q rounded to the nearest is the
// floor or one more; its remainder fma(-q, d, p) + e is below 2^53 for d < 2^52, so both operations
// are exact and the sign tells the two cases apart.

namespace voltcore::perps {

namespace {

using math::bits_of;
using math::nearest_whole;
using math::one_if_negative;
using math::select;

constexpr double scale = rate_scale;
constexpr double hour = seconds_per_hour;
constexpr double exact_product = 0x1p51;
constexpr double exact_quotient = 0x1p48;

FusedDivisor divisor_of(double d) noexcept { return {1.0 / d, 0.5 * (1.0 / d) - 0.5}; }

VOLTCORE_INLINE double whole_quotient(double a, const FusedDivisor& d) noexcept {
    return nearest_whole(__builtin_fma(a, d.reciprocal, d.shift));
}

/// floor(a * b / d) from an estimate of it, with p = a * b rounded.
VOLTCORE_INLINE double corrected(double estimate, double a, double b, double p, double d) noexcept {
    const double q = nearest_whole(estimate);
    return q - one_if_negative(__builtin_fma(-q, d, p) + __builtin_fma(a, b, -p));
}

/// The hourly rate at locked / owned. The top bit of `flag` is set beyond the exact range.
VOLTCORE_INLINE double rate_at(const FusedCurve& curve, double held, double lent,
                               std::uint64_t& flag) noexcept {
    const double product = lent * scale;
    const double estimate = product / held;
    const double used = corrected(estimate, lent, scale, product, held);
    const double over = used - curve.kink;
    const double low = curve.below_rate + whole_quotient(used * curve.slope1, curve.below);
    const double high = curve.above_rate + whole_quotient(over * curve.slope2, curve.above);
    flag |= bits_of(curve.most_used - estimate);
    return select(0 - (bits_of(over) >> 63), low, high);
}

VOLTCORE_FUSED_LEVELS
void compound_step(const FusedCurve& given, double time, std::size_t count,
                   double* __restrict owned, double* __restrict locked,
                   double* __restrict cumulative, std::uint64_t* __restrict wrong) noexcept {
    const FusedCurve curve = given;
    const FusedDivisor hours = divisor_of(hour);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t flag = wrong[i];
        const double lent = locked[i];
        const double rate = rate_at(curve, owned[i], lent, flag);
        const double step = whole_quotient(rate * time + curve.rounding, hours);
        const double product = lent * step;
        const double interest = product * 1e-9;
        const double kept = corrected(interest, lent, step, product, scale);
        cumulative[i] += step;
        locked[i] = lent + kept;
        owned[i] += kept;
        wrong[i] = flag | bits_of(exact_quotient - interest);
    }
}

VOLTCORE_FUSED_LEVELS
void rates_once(const FusedCurve& given, std::size_t count, const double* __restrict owned,
                const double* __restrict locked, double* __restrict rates,
                std::uint64_t* __restrict wrong) noexcept {
    const FusedCurve curve = given;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t flag = wrong[i];
        rates[i] = rate_at(curve, owned[i], locked[i], flag);
        wrong[i] = flag;
    }
}

VOLTCORE_FUSED_LEVELS
void simple_step(double time, double rounding, std::size_t count, const double* __restrict rates,
                 double* __restrict cumulative) noexcept {
    const FusedDivisor hours = divisor_of(hour);
    for (std::size_t i = 0; i < count; ++i) {
        cumulative[i] += whole_quotient(rates[i] * time + rounding, hours);
    }
}

}  // namespace

FusedCurve::FusedCurve(const SlopeCurve& curve, const AccrualRule& rule,
                       std::uint32_t longest) noexcept
    : below_rate{static_cast<double>(curve.base_rate)},
      above_rate{static_cast<double>(curve.base_rate) + static_cast<double>(curve.slope1)},
      slope1{static_cast<double>(curve.slope1)},
      slope2{static_cast<double>(curve.slope2)},
      rounding{rule.round_up ? hour - 1.0 : 0.0},
      most_used{0.0} {
    const auto stated = static_cast<double>(curve.optimal_utilization);
    const bool upper = stated < scale;
    const double span = upper ? scale - stated : 1.0;
    kink = upper ? stated : std::numeric_limits<double>::infinity();
    below = divisor_of(stated);
    above = divisor_of(span);
    for (double used = exact_quotient; used > scale && most_used == 0.0; used /= 2) {
        const double low = (upper ? stated : used) * slope1;
        const double high = upper ? used * slope2 : 0.0;
        const double rate = above_rate + low / stated + high / span;
        const double charged = rate * static_cast<double>(longest) + hour;
        if (low < exact_product && high < exact_product && charged < exact_product) {
            most_used = used;
        }
    }
}

void accrue_fused(const FusedCurve& curve, const std::uint32_t* seconds, std::size_t steps,
                  bool compound, std::size_t count, double* owned, double* locked,
                  double* cumulative, double* rates, std::uint64_t* wrong) noexcept {
    if (compound) {
        for (std::size_t t = 0; t < steps; ++t) {
            compound_step(curve, seconds[t], count, owned, locked, cumulative, wrong);
        }
        return;
    }
    // Nothing moves the utilisation: one rate for all steps.
    rates_once(curve, count, owned, locked, rates, wrong);
    for (std::size_t t = 0; t < steps; ++t) {
        simple_step(seconds[t], curve.rounding, count, rates, cumulative);
    }
}

}  // namespace voltcore::perps
