#include "voltcore/perps/accrual.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "kernel_levels.hpp"
#include "voltcore/math/error_code.hpp"

// Exact integers through doubles. Utilisation and interest: at most six roundings leave the double
// value of a * b / d, when it is below 2^48, within 6 * 2^-5 of the real one, so that the nearest
// integer q is the floor or one more. The remainder a * b - q * d, taken modulo 2^64, is then in
// [-d, d), and d < 2^63 tells the two cases apart by its sign. Everything between the two is whole
// doubles below 2^48, which are exact. A custody that leaves these ranges anywhere is computed
// again with 128-bit integers.

namespace voltcore::perps {

namespace {

constexpr std::size_t lanes = 256;
constexpr auto bad_arithmetic = static_cast<std::uint16_t>(ErrorCode::overflow);
constexpr double exact_quotient = 0x1p48;
constexpr double scale = rate_scale;
constexpr double hour = seconds_per_hour;

using Lanes = std::array<std::uint64_t, lanes>;

/// The curve as whole doubles. A kink at full use has no upper segment.
struct Bounds {
    double base;
    double slope1;
    double slope2;
    double kink;
    double kink_divisor;
    double kink_reciprocal;
    double span;
    double span_reciprocal;
    double rounding;  ///< 3599 when rates are rounded up
};

Bounds bounds_of(const SlopeCurve& curve, const AccrualRule& rule) noexcept {
    const bool upper = curve.optimal_utilization < rate_scale;
    const auto kink = static_cast<double>(curve.optimal_utilization);
    const double span = upper ? scale - kink : 1.0;
    return {static_cast<double>(curve.base_rate),
            static_cast<double>(curve.slope1),
            static_cast<double>(curve.slope2),
            upper ? kink : std::numeric_limits<double>::infinity(),
            kink,
            1.0 / kink,
            span,
            1.0 / span,
            rule.round_up ? hour - 1.0 : 0.0};
}

/// `yes` where all bits of the mask are set, `no` where none is.
VOLTCORE_INLINE double select(std::uint64_t mask, double yes, double no) noexcept {
    return __builtin_bit_cast(double, (bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

/// floor(a / d) of whole doubles below 2^48, from the reciprocal of d: the product is within 2^-4
/// of the quotient, so the nearest whole number is the floor or one more, and the remainder, which
/// is exact, says which.
VOLTCORE_INLINE double whole_quotient(double a, double d, double reciprocal) noexcept {
    const double q = nearest_whole(a * reciprocal);
    return q - one_if_negative(a - q * d);
}

/// floor(a * b / d) from an estimate of it below 2^48.
VOLTCORE_INLINE std::uint64_t corrected(double estimate, std::uint64_t a, std::uint64_t b,
                                        std::uint64_t d) noexcept {
    const std::uint64_t q = nearest(estimate);
    return q - ((a * b - q * d) >> 63);  // one too many when the remainder is negative
}

template <bool compound>
VOLTCORE_INLINE void step_lanes(const Bounds& bounds, std::uint32_t seconds, std::size_t count,
                                std::uint64_t* __restrict owned, std::uint64_t* __restrict locked,
                                std::uint64_t* __restrict cumulative,
                                std::uint64_t* __restrict wrong) noexcept {
    const double base = bounds.base;
    const double slope1 = bounds.slope1;
    const double slope2 = bounds.slope2;
    const double kink = bounds.kink;
    const double kink_divisor = bounds.kink_divisor;
    const double kink_reciprocal = bounds.kink_reciprocal;
    const double span = bounds.span;
    const double span_reciprocal = bounds.span_reciprocal;
    const double rounding = bounds.rounding;
    const double time = seconds;
    for (std::size_t i = 0; i < count; ++i) {
        const double held = to_double(owned[i]);
        const double lent = to_double(locked[i]);
        const double estimate = lent * scale / held;
        const double used = to_double(corrected(estimate, locked[i], rate_scale, owned[i]));
        const std::uint64_t below = 0 - (bits_of(used - kink) >> 63);
        const double over = select(below, used * slope1, (used - kink) * slope2);
        const double part = whole_quotient(over, select(below, kink_divisor, span),
                                           select(below, kink_reciprocal, span_reciprocal));
        const double rate = base + part + select(below, 0.0, slope1);
        const double charged = rate * time + rounding;
        const double step = whole_quotient(charged, hour, 1.0 / hour);
        const std::uint64_t added = nearest(step);
        std::uint64_t flag = wrong[i] | owned[i] | bits_of(exact_quotient - estimate) |
                             bits_of(exact_quotient - over) | bits_of(exact_quotient - charged);
        cumulative[i] += added;
        if constexpr (compound) {
            const double interest = lent * step * 1e-9;
            flag |= bits_of(exact_quotient - interest);
            const std::uint64_t kept = corrected(interest, locked[i], added, rate_scale);
            locked[i] += kept;
            owned[i] += kept;
        }
        wrong[i] = flag | cumulative[i] | locked[i];
    }
}

VOLTCORE_LEVELS
void accrue_step(const Bounds& bounds, std::uint32_t seconds, std::size_t count,
                 std::uint64_t* owned, std::uint64_t* locked, std::uint64_t* cumulative,
                 std::uint64_t* wrong) noexcept {
    step_lanes<false>(bounds, seconds, count, owned, locked, cumulative, wrong);
}

VOLTCORE_LEVELS
void compound_step(const Bounds& bounds, std::uint32_t seconds, std::size_t count,
                   std::uint64_t* owned, std::uint64_t* locked, std::uint64_t* cumulative,
                   std::uint64_t* wrong) noexcept {
    step_lanes<true>(bounds, seconds, count, owned, locked, cumulative, wrong);
}

/// One custody with 128-bit integers; false when a u64 overflows.
bool accrue_exact(const SlopeCurve& curve, const AccrualRule& rule, const std::uint32_t* seconds,
                  std::size_t steps, std::uint64_t& owned, std::uint64_t& locked,
                  std::uint64_t& cumulative) noexcept {
    const auto wide = [](u128 value) { return value >> 64 != 0; };
    for (std::size_t t = 0; t < steps; ++t) {
        if (owned == 0) continue;  // the rate of an empty custody is 0
        const u128 used = static_cast<u128>(locked) * rate_scale / owned;
        const bool lower =
            used < curve.optimal_utilization || curve.optimal_utilization >= rate_scale;
        u128 product{};
        const u128 distance = lower ? used : used - curve.optimal_utilization;
        if (__builtin_mul_overflow(distance, static_cast<u128>(lower ? curve.slope1 : curve.slope2),
                                   &product)) {
            return false;
        }
        const u128 rise =
            product / (lower ? curve.optimal_utilization : rate_scale - curve.optimal_utilization);
        if (wide(rise)) return false;
        const u128 rate = rise + (lower ? 0 : curve.slope1) + curve.base_rate;
        if (wide(rate)) return false;
        const u128 charged = rate * seconds[t] + (rule.round_up ? seconds_per_hour - 1 : 0);
        const u128 step = charged / seconds_per_hour;
        if (wide(step) || wide(step + cumulative)) return false;
        cumulative += static_cast<std::uint64_t>(step);
        if (!rule.compound) continue;
        const u128 interest = static_cast<u128>(locked) * step / rate_scale;
        if (wide(interest) || wide(interest + locked) || wide(interest + owned)) return false;
        locked += static_cast<std::uint64_t>(interest);
        owned += static_cast<std::uint64_t>(interest);
    }
    return true;
}

/// Whether u64 products of the curve stay exact in doubles for any utilisation up to 2^20 times
/// full.
bool narrow(const SlopeCurve& curve) noexcept {
    constexpr std::uint64_t most = std::uint64_t{1} << 32;
    return curve.base_rate < most && curve.slope1 < most && curve.slope2 < most &&
           curve.optimal_utilization > 0 && curve.optimal_utilization <= rate_scale;
}

}  // namespace

void accrue_rows(const SlopeCurve& curve, const AccrualRule& rule, const std::uint32_t* seconds,
                 std::size_t steps, std::size_t begin, std::size_t end, std::uint64_t* owned,
                 std::uint64_t* locked, std::uint64_t* cumulative, std::uint16_t* status) noexcept {
    alignas(64) Lanes o{};
    alignas(64) Lanes l{};
    alignas(64) Lanes c{};
    alignas(64) Lanes wrong{};
    const Bounds bounds = bounds_of(curve, rule);
    const bool fast = narrow(curve);
    for (std::size_t start = begin; start < end; start += lanes) {
        const std::size_t count = std::min(lanes, end - start);
        if (fast) {
            std::copy_n(owned + start, count, o.begin());
            std::copy_n(locked + start, count, l.begin());
            std::copy_n(cumulative + start, count, c.begin());
            for (std::size_t i = 0; i < count; ++i) {
                // An empty custody has no quotient; its row is done exactly.
                wrong[i] = o[i] == 0 ? ~std::uint64_t{0} : l[i] | c[i];
                if (o[i] == 0) o[i] = 1;
            }
            for (std::size_t t = 0; t < steps; ++t) {
                (rule.compound ? compound_step : accrue_step)(bounds, seconds[t], count, o.data(),
                                                              l.data(), c.data(), wrong.data());
            }
        } else {
            wrong.fill(~std::uint64_t{0});
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t row = start + i;
            status[row] = 0;
            if (wrong[i] >> 63 == 0) {
                owned[row] = o[i];
                locked[row] = l[i];
                cumulative[row] = c[i];
            } else if (!accrue_exact(curve, rule, seconds, steps, owned[row], locked[row],
                                     cumulative[row])) {
                status[row] = bad_arithmetic;
                owned[row] = locked[row] = cumulative[row] = 0;
            }
        }
    }
}

}  // namespace voltcore::perps
