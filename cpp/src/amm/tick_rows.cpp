#include "voltcore/amm/tick_rows.hpp"

#include <bit>

#include "tick_estimate.hpp"
#include "voltcore/math/kernel_levels.hpp"

namespace voltcore::amm {

namespace {

using math::bits_of;
using math::to_double;

constexpr double sqrt_2 = 1.4142135623730951;
constexpr double two_over_ln_2 = 2 * log2_e;

/// Estimates for a group of rows, without a table or a branch so that the compiler vectors it, and
/// whether they decide them all.
///
/// The price, a sum of limbs with a few rounding errors of 2^-53, is m 2^e with 1 <= m < 2. With
/// z = (m - sqrt 2) / (m + sqrt 2), |z| < 0.17158, log2(m) = 1/2 + 2 / ln 2 (z + z^3/3 + ...).
/// What is left out after z^11 is below 2.5 10^-11, thus 3.5 10^-7 ticks; rounding adds less than
/// 10^-8 (see tick_estimate). A price farther than 10^-5 ticks from a whole one, of which the
/// contracts' own rounding takes 4.7 10^-6 (see decided_tick), is decided, and so is its legality.
VOLTCORE_FUSED_LEVELS
bool decides_group(const std::uint64_t* __restrict limbs, double least, double most,
                   std::int32_t* __restrict ticks) noexcept {
    constexpr double bound = 1e-5;
    std::uint64_t beyond = 0;
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i < tick_rows_at_once; ++i) {
        const std::uint64_t second = limbs[4 * i + 2];
        beyond |= (second >> 32) | limbs[4 * i + 3];
        const double price = (to_double(second) * 0x1p64 + to_double(limbs[4 * i + 1])) * 0x1p64 +
                             to_double(limbs[4 * i]);
        const std::uint64_t bits = bits_of(price);
        const double exponent =
            std::bit_cast<double>((bits >> 52) | bits_of(0x1p52)) - (0x1p52 + 1023 + 96);
        const double m = std::bit_cast<double>((bits & 0xF'FFFF'FFFF'FFFF) | bits_of(1.0));
        const double z = (m - sqrt_2) / (m + sqrt_2);
        const double s = z * z;
        const double series =
            z * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7 + s * (1.0 / 9 + s / 11)))));
        const double ticks_from_0 =
            (exponent + (0.5 + series * two_over_ln_2)) * ticks_per_doubling;
        const double shifted = ticks_from_0 + tick_shift;
        const auto whole = static_cast<std::int32_t>(shifted);
        const double fraction = shifted - static_cast<double>(whole);
        signs |= bits_of(fraction - bound) | bits_of((1 - bound) - fraction) |
                 bits_of(ticks_from_0 - least) | bits_of(most - ticks_from_0);
        ticks[i] = whole - static_cast<std::int32_t>(tick_shift);
    }
    return (beyond | (signs >> 63)) == 0;
}

}  // namespace

void tick_at_sqrt_ratio_rows(const std::uint64_t* limbs, std::size_t rows, const TickRange& range,
                             std::int32_t* ticks, std::uint16_t* status) noexcept {
    if (rows == tick_rows_at_once && decides_group(limbs, range.min_tick, range.max_tick, ticks)) {
        for (std::size_t i = 0; i < rows; ++i) status[i] = 0;
        return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
        const std::uint64_t* row = limbs + 4 * i;
        const U256 price = U256::from_limbs(row[0], row[1], row[2], row[3]);
        ticks[i] = 0;
        status[i] = math::revert_code(tick_at_sqrt_ratio(price, range, ticks[i]));
    }
}

}  // namespace voltcore::amm
