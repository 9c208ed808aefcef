#include "voltcore/perps/accrual.hpp"

#include <algorithm>
#include <array>

#include "kernel_levels.hpp"
#include "voltcore/math/error_code.hpp"

// Exact integers through doubles: five roundings leave the double quotient of a * b / d, when it is
// below 2^48, within 5 * 2^-5 of the real one, so that the nearest integer q is the floor or one
// more. The remainder a * b - q * d, taken modulo 2^64, is then in [-d, d), and d < 2^63 tells the
// two cases apart by its sign. A custody that leaves these ranges anywhere is computed again with
// 128-bit integers.

namespace voltcore::perps {

namespace {

constexpr std::size_t lanes = 256;
constexpr auto bad_arithmetic = static_cast<std::uint16_t>(ErrorCode::overflow);
constexpr double exact_quotient = 0x1p48;
/// Utilisations and rates up to it keep every product below 2^63.
constexpr std::uint64_t small = std::uint64_t{1} << 31;

using Lanes = std::array<std::uint64_t, lanes>;

struct Bounds {
    std::uint64_t base;
    std::uint64_t slope1;
    std::uint64_t slope2;
    std::uint64_t kink;
    std::uint64_t up;        ///< 1 when rates are rounded up
    std::uint64_t compound;  ///< all ones when interest stays
};

/// floor(a * b / d), and in `wrong` the top bit when a range was left.
VOLTCORE_INLINE std::uint64_t quotient(std::uint64_t a, std::uint64_t b, std::uint64_t d,
                                       std::uint64_t& wrong) noexcept {
    const double estimate = to_double(a) * to_double(b) / to_double(d);
    wrong |= d << 1 | __builtin_bit_cast(std::uint64_t, exact_quotient - estimate);
    const std::uint64_t q = nearest(estimate);
    return q - ((a * b - q * d) >> 63);  // one too many when the remainder is negative
}

VOLTCORE_LEVELS
void accrue_step(const Bounds& bounds, std::uint64_t seconds, std::size_t count,
                 std::uint64_t* __restrict owned, std::uint64_t* __restrict locked,
                 std::uint64_t* __restrict cumulative, std::uint64_t* __restrict wrong) noexcept {
    const std::uint64_t base = bounds.base;
    const std::uint64_t slope1 = bounds.slope1;
    const std::uint64_t slope2 = bounds.slope2;
    const std::uint64_t kink = bounds.kink;
    const std::uint64_t span = rate_scale - kink;
    const std::uint64_t up = bounds.up;
    const std::uint64_t compound = bounds.compound;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t flag = wrong[i];
        const std::uint64_t used = quotient(locked[i], rate_scale, owned[i], flag);
        flag |= small - used;
        const std::uint64_t above = -static_cast<std::uint64_t>(used >= kink && span != 0);
        const std::uint64_t over = (used - (kink & above)) * ((slope2 & above) | (slope1 & ~above));
        const std::uint64_t part = quotient(over, 1, (span & above) | (kink & ~above), flag);
        const std::uint64_t rate = base + part + (slope1 & above);
        flag |= small - rate;
        const std::uint64_t product = rate * seconds;
        const std::uint64_t step =
            quotient(product + up * (seconds_per_hour - 1), 1, seconds_per_hour, flag);
        const std::uint64_t interest = quotient(locked[i], step, rate_scale, flag) & compound;
        locked[i] += interest;
        owned[i] += interest;
        cumulative[i] += step;
        wrong[i] = flag | cumulative[i];
    }
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
    const Bounds bounds{curve.base_rate,
                        curve.slope1,
                        curve.slope2,
                        curve.optimal_utilization,
                        rule.round_up ? std::uint64_t{1} : 0,
                        rule.compound ? ~std::uint64_t{0} : 0};
    const bool fast = narrow(curve);
    for (std::size_t start = begin; start < end; start += lanes) {
        const std::size_t count = std::min(lanes, end - start);
        if (fast) {
            std::copy_n(owned + start, count, o.begin());
            std::copy_n(locked + start, count, l.begin());
            std::copy_n(cumulative + start, count, c.begin());
            for (std::size_t i = 0; i < count; ++i) {
                // An empty custody has no quotient; its row is done exactly.
                wrong[i] = o[i] == 0 ? ~std::uint64_t{0} : 0;
                if (o[i] == 0) o[i] = 1;
            }
            for (std::size_t t = 0; t < steps; ++t) {
                accrue_step(bounds, seconds[t], count, o.data(), l.data(), c.data(), wrong.data());
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
