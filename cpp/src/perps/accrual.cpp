#include "voltcore/perps/accrual.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "accrual_fused.hpp"
#include "voltcore/math/error_code.hpp"
#include "voltcore/math/kernel_levels.hpp"

// Exact integers through doubles. Utilisation and interest: at most six roundings leave the double
// value of a * b / d, when it is below 2^48, within 6 * 2^-5 of the real one, so that the nearest
// integer q is the floor or one more. The remainder a * b - q * d, taken modulo 2^64, is then in
// [-d, d), and d < 2^63 tells the two cases apart by its sign. Everything between the two is whole
// doubles below 2^48, which are exact. Amounts below 2^52 take fewer operations, see
// accrual_fused.cpp. A custody that leaves these ranges anywhere is computed again with 128-bit
// integers.

namespace voltcore::perps {

namespace {

using math::bits_of;
using math::fused_is_fast;
using math::nearest;
using math::nearest_whole;
using math::one_if_negative;
using math::select;
using math::to_double;

constexpr std::size_t lanes = 256;
constexpr auto bad_arithmetic = static_cast<std::uint16_t>(ErrorCode::overflow);
constexpr double exact_quotient = 0x1p48;
constexpr double scale = rate_scale;
constexpr double hour = seconds_per_hour;

constexpr auto small_limit = static_cast<double>(fused_amount_limit);

using Lanes = std::array<std::uint64_t, lanes>;
using Reals = std::array<double, lanes>;

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

/// Some custodies while they are worked on.
struct Block {
    alignas(64) Lanes owned{};
    alignas(64) Lanes locked{};
    alignas(64) Lanes cumulative{};
    alignas(64) Lanes wrong{};  ///< the top bit says that a row left the exact ranges
    alignas(64) Reals small_owned{};
    alignas(64) Reals small_locked{};
    alignas(64) Reals small_cumulative{};
    alignas(64) Reals rates{};

    void load(std::size_t count, const std::uint64_t* held, const std::uint64_t* lent,
              const std::uint64_t* before) noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            // An empty custody has no quotient; its row is done exactly.
            owned[i] = held[i] == 0 ? 1 : held[i];
            locked[i] = lent[i];
            cumulative[i] = before[i];
            wrong[i] = held[i] == 0 ? ~std::uint64_t{0} : lent[i] | before[i];
        }
    }
    /// False when a number is no whole double below 2^52.
    bool load_small(std::size_t count, const std::uint64_t* held, const std::uint64_t* lent,
                    const std::uint64_t* before) noexcept {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < count; ++i) {
            all |= held[i] | lent[i] | before[i];
            wrong[i] = held[i] == 0 ? ~std::uint64_t{0} : 0;
            small_owned[i] = held[i] == 0 ? 1.0 : static_cast<double>(held[i]);
            small_locked[i] = static_cast<double>(lent[i]);
            small_cumulative[i] = static_cast<double>(before[i]);
        }
        return all < fused_amount_limit;
    }
    /// Numbers only grow, so that one beyond the limit on the way is beyond it at the end.
    void store_small(std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            const bool exact = small_owned[i] < small_limit && small_locked[i] < small_limit &&
                               small_cumulative[i] < small_limit && wrong[i] >> 63 == 0;
            wrong[i] = exact ? 0 : ~std::uint64_t{0};
            if (!exact) continue;
            owned[i] = static_cast<std::uint64_t>(small_owned[i]);
            locked[i] = static_cast<std::uint64_t>(small_locked[i]);
            cumulative[i] = static_cast<std::uint64_t>(small_cumulative[i]);
        }
    }
};

}  // namespace

void accrue_rows(const SlopeCurve& curve, const AccrualRule& rule, const std::uint32_t* seconds,
                 std::size_t steps, std::size_t begin, std::size_t end, std::uint64_t* owned,
                 std::uint64_t* locked, std::uint64_t* cumulative, std::uint16_t* status) noexcept {
    Block block;
    const Bounds bounds = bounds_of(curve, rule);
    const std::uint32_t longest = steps == 0 ? 0 : *std::max_element(seconds, seconds + steps);
    const FusedCurve fused{curve, rule, longest};
    const bool fast = narrow(curve);
    const bool fuses = fast && fused_is_fast() && fused.most_used > 0.0;
    for (std::size_t start = begin; start < end; start += lanes) {
        const std::size_t count = std::min(lanes, end - start);
        if (fuses && block.load_small(count, owned + start, locked + start, cumulative + start)) {
            accrue_fused(fused, seconds, steps, rule.compound, count, block.small_owned.data(),
                         block.small_locked.data(), block.small_cumulative.data(),
                         block.rates.data(), block.wrong.data());
            block.store_small(count);
        } else if (fast) {
            block.load(count, owned + start, locked + start, cumulative + start);
            for (std::size_t t = 0; t < steps; ++t) {
                (rule.compound ? compound_step : accrue_step)(
                    bounds, seconds[t], count, block.owned.data(), block.locked.data(),
                    block.cumulative.data(), block.wrong.data());
            }
        } else {
            block.wrong.fill(~std::uint64_t{0});
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t row = start + i;
            status[row] = 0;
            if (block.wrong[i] >> 63 == 0) {
                owned[row] = block.owned[i];
                locked[row] = block.locked[i];
                cumulative[row] = block.cumulative[i];
            } else if (!accrue_exact(curve, rule, seconds, steps, owned[row], locked[row],
                                     cumulative[row])) {
                status[row] = bad_arithmetic;
                owned[row] = locked[row] = cumulative[row] = 0;
            }
        }
    }
}

}  // namespace voltcore::perps
