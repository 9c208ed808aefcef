#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "voltcore/amm/tick_math.hpp"

namespace voltcore::amm {

// log2 in floating point, for the estimate of a tick. Only + - * / on doubles; the table is
// calculated at compile time.

inline constexpr int log_bits = 7;
inline constexpr std::size_t log_count = std::size_t{1} << log_bits;
inline constexpr double log2_e = 1.4426950408889634;

/// ln((1 + z) / (1 - z)) / ln 2 for |z| <= 1/3: the series ends when a term no longer counts.
constexpr double log2_of_quotient(double z) {
    const double square = z * z;
    double power = z;
    double sum = 0;
    for (int k = 1; k < 80; k += 2) {
        sum += power / k;
        power *= square;
    }
    return 2 * sum * log2_e;
}

struct LogRow {
    double inverse;  ///< 1 / c, c the middle of the row's interval
    double log2;     ///< log2(c)
};

constexpr std::array<LogRow, log_count> log_table() {
    std::array<LogRow, log_count> table{};
    for (std::size_t i = 0; i < log_count; ++i) {
        const double c = 1 + (static_cast<double>(i) + 0.5) / static_cast<double>(log_count);
        const double inverse = 1 / c;
        // The rounded inverse is what the mantissa is multiplied by, so its logarithm is stored.
        table[i] = {inverse, -log2_of_quotient((inverse - 1) / (inverse + 1))};
    }
    return table;
}

inline constinit const auto log_rows = log_table();

/// 2 / log2(1.0001): ticks for each doubling of the sqrt price.
inline constexpr double ticks_per_doubling = 2 / log2_of_quotient(0.0001 / 2.0001);

constexpr std::uint64_t mask_of(bool condition) noexcept {
    return std::uint64_t{0} - static_cast<std::uint64_t>(condition);
}
constexpr std::uint64_t choose(std::uint64_t mask, std::uint64_t if_set,
                               std::uint64_t otherwise) noexcept {
    return (if_set & mask) | (otherwise & ~mask);
}

/// What the estimate needs of a price: the mantissa in [1, 2), its row of the table, the exponent.
struct LeadingBits {
    double mantissa;
    const LogRow* row;
    double exponent;  ///< of price / 2^96
};

/// Prices of all sizes come in any order: masks choose the two leading limbs, no branches.
/// Precondition: 0 < price < 2^192.
inline LeadingBits leading_bits(const U256& price) noexcept {
    const std::uint64_t has_third = mask_of(price.limb(2) != 0);
    const std::uint64_t has_second = mask_of(price.limb(1) != 0);
    const std::uint64_t lower = price.limb(0) & has_second;
    const std::uint64_t leading = choose(has_second, price.limb(1), price.limb(0));
    const std::uint64_t u1 = choose(has_third, price.limb(2), leading);
    const std::uint64_t u0 = choose(has_third, price.limb(1), lower);
    const int zeros = std::countl_zero(u1);
    const std::uint64_t top = (u1 << zeros) | ((u0 >> 1) >> (63 - zeros));
    const int exponent = 63 - zeros + static_cast<int>(64 & (has_third | has_second)) +
                         static_cast<int>(64 & has_third);
    // The 53 leading bits are a double without rounding; what is cut off is below 2^-52.
    return {static_cast<double>(static_cast<std::int64_t>(top >> 11)) * 0x1p-52,
            &log_rows[(top >> (63 - log_bits)) & (log_count - 1)],
            static_cast<double>(exponent - 96)};
}

/// The real t with 1.0001^(t/2) = price / 2^96, within 10^-8.
///
/// The mantissa is (1 + r) c with |r| <= 2^-8 + 2^-52. Left out of the series of ln(1 + r): less
/// than r^6/6 < 2^-50. Rounding: a few 2^-53 in the sum, which is below 2^-48 in log2 and below
/// 27726 * 2^-48 < 10^-10 in ticks; the final sum, below 2^20, adds less than 2^-32 < 10^-9.
inline double tick_estimate(double mantissa, double inverse, double log2,
                            double exponent) noexcept {
    const double r = mantissa * inverse - 1;
    const double series = r * (1 + r * (-1.0 / 2 + r * (1.0 / 3 + r * (-1.0 / 4 + r * (1.0 / 5)))));
    return (exponent + (log2 + series * log2_e)) * ticks_per_doubling;
}

/// Added to an estimate it makes it positive, so that truncation is floor.
inline constexpr double tick_shift = 1048576.0;

/// The contracts' price of tick t differs from 2^96 1.0001^(t/2) by less than 2.4e-10 of itself:
/// one unit of the final rounding up at 2^32, the least price, and less than 2^-58 before it. That
/// is 4.7e-6 ticks. Farther than 10^-5 from a whole tick the estimate (10^-8) decides alone;
/// nearer, one exact price does.
inline std::int32_t decided_tick(const U256& sqrt_price, double shifted) noexcept {
    constexpr double bound = 1e-5;
    const auto whole = static_cast<std::int32_t>(shifted);
    const double fraction = shifted - static_cast<double>(whole);
    const std::int32_t tick = whole - static_cast<std::int32_t>(tick_shift);
    if (fraction > bound && fraction < 1 - bound) [[likely]]
        return tick;
    const std::int32_t nearest = fraction < 0.5 ? tick : tick + 1;
    return sqrt_price >= sqrt_ratio_at_legal_tick(nearest) ? nearest : nearest - 1;
}

}  // namespace voltcore::amm
