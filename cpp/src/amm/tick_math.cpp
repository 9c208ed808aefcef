#include "voltcore/amm/tick_math.hpp"

#include <bit>

namespace voltcore::amm {

namespace {

constexpr u128 all_ones = ~u128{0};
constexpr int low_bits = 10;
constexpr std::int32_t low_count = 1 << low_bits;
constexpr std::int32_t high_count = (887272 >> low_bits) + 1;

/// The product of the factors of `bits`, the first of them being factor `first`, in the contracts'
/// order and with their truncation. The empty product, 2^128, is shown as 2^128 - 1.
constexpr u128 factor_product(std::int32_t bits, int first) {
    u128 product = all_ones;
    bool empty = true;
    for (int i = first; bits != 0; ++i, bits >>= 1) {
        if ((bits & 1) == 0) continue;
        const u128 factor = tick_factors[static_cast<std::size_t>(i)];
        product = empty ? factor : multiply_high(product, factor);
        empty = false;
    }
    return product;
}

template <std::int32_t count>
constexpr std::array<u128, static_cast<std::size_t>(count)> factor_table(int first) {
    std::array<u128, static_cast<std::size_t>(count)> table{};
    for (std::int32_t i = 0; i < count; ++i) {
        table[static_cast<std::size_t>(i)] = factor_product(i, first);
    }
    return table;
}

constinit const auto low_products = factor_table<low_count>(0);
constinit const auto high_products = factor_table<high_count>(low_bits);

/// The contracts' r for |tick| > 0, exactly: the low bits from the table, the others one by one.
u128 ratio_by_steps(std::int32_t magnitude) noexcept {
    const std::int32_t low = magnitude & (low_count - 1);
    auto bits = static_cast<std::uint32_t>(magnitude >> low_bits);
    std::size_t i = low_bits;
    u128 r = low_products[static_cast<std::size_t>(low)];
    if (low == 0) {
        // The first factor stands alone: floor(2^128 * F / 2^128) = F.
        const int first = std::countr_zero(bits);
        i += static_cast<std::size_t>(first);
        r = tick_factors[i++];
        bits >>= first + 1;
    }
    for (; bits != 0; ++i, bits >>= 1) {
        const u128 next = multiply_high(r, tick_factors[i]);
        r = (bits & 1) != 0 ? next : r;  // a select: the bits are as good as random
    }
    return r;
}

/// ceil(r / 2^32).
U256 narrow_ratio(u128 r) noexcept {
    return U256{(r >> 32) + (static_cast<std::uint32_t>(r) != 0 ? 1U : 0U)};
}

/// ceil(floor((2^256 - 1) / r) / 2^32) for r >= 2^64.
U256 inverse_ratio(u128 r) noexcept {
    const U256 inverse = math::divide_nonzero(U256::max(), U256{r}).quotient;
    const bool up = static_cast<std::uint32_t>(inverse.limb(0)) != 0;
    return wrapping_add(inverse >> 32, U256{static_cast<std::uint64_t>(up)});
}

// log2 in floating point, for the estimate of a tick. Only + - * / on doubles; the table is
// calculated at compile time.

constexpr int log_bits = 7;
constexpr std::size_t log_count = std::size_t{1} << log_bits;
constexpr double log2_e = 1.4426950408889634;

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

constinit const auto log_rows = log_table();

/// 2 / log2(1.0001): ticks for each doubling of the sqrt price.
constexpr double ticks_per_doubling = 2 / log2_of_quotient(0.0001 / 2.0001);

constexpr std::uint64_t mask_of(bool condition) noexcept {
    return std::uint64_t{0} - static_cast<std::uint64_t>(condition);
}
constexpr std::uint64_t choose(std::uint64_t mask, std::uint64_t if_set,
                               std::uint64_t otherwise) noexcept {
    return (if_set & mask) | (otherwise & ~mask);
}

/// The real t with 1.0001^(t/2) = price / 2^96, within 10^-8. Precondition: 0 < price < 2^192.
///
/// The mantissa is (1 + r) c with |r| <= 2^-8 + 2^-52. Left out of the series of ln(1 + r): less
/// than r^6/6 < 2^-50. Rounding: a few 2^-53 in the sum, which is below 2^-48 in log2 and below
/// 27726 * 2^-48 < 10^-10 in ticks; the final sum, below 2^20, adds less than 2^-32 < 10^-9.
double tick_estimate(const U256& price) noexcept {
    // Prices of all sizes come in any order: masks choose the two leading limbs, no branches.
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
    const LogRow& row = log_rows[(top >> (63 - log_bits)) & (log_count - 1)];
    // The 53 leading bits are a double without rounding; what is cut off is below 2^-52.
    const double mantissa = static_cast<double>(static_cast<std::int64_t>(top >> 11)) * 0x1p-52;
    const double r = mantissa * row.inverse - 1;
    const double series = r * (1 + r * (-1.0 / 2 + r * (1.0 / 3 + r * (-1.0 / 4 + r * (1.0 / 5)))));
    return (static_cast<double>(exponent - 96) + (row.log2 + series * log2_e)) * ticks_per_doubling;
}

}  // namespace

U256 sqrt_ratio_at_tick_plain(std::int32_t tick) noexcept {
    const std::int32_t magnitude = tick < 0 ? -tick : tick;
    if (magnitude == 0) return U256::power_of_two(96);
    const u128 r = factor_product(magnitude, 0);
    return tick > 0 ? inverse_ratio(r) : narrow_ratio(r);
}

// Negative ticks need ceil(r / 2^32) only, so r may be off by a little when its low bits are far
// from zero. Let x be the exact product of the low bits' factors and P the real product of the (at
// most ten) others over 2^128; each truncation loses less than 1 and is then scaled down, so
// x P - 10 < r <= x P. The table holds h with P 2^128 - 11 < h <= P 2^128 (the empty product costs
// 1) and x or x - 1, so floor(x h / 2^128) is within (x P - 14, x P]. Both thus lie in an interval
// of length 14, which holds no multiple of 2^32 when the estimate's low 32 bits are in
// [16, 2^32 - 16]. Otherwise, once in 10^8 ticks, the steps decide.
U256 sqrt_ratio_at_legal_tick(std::int32_t tick) noexcept {
    if (tick <= 0) {
        const std::int32_t magnitude = -tick;
        const u128 estimate =
            multiply_high(low_products[static_cast<std::size_t>(magnitude & (low_count - 1))],
                          high_products[static_cast<std::size_t>(magnitude >> low_bits)]);
        const auto low = static_cast<std::uint32_t>(estimate);
        if (low - 16U <= 0xffffffffU - 32U) [[likely]] {
            return U256{(estimate >> 32) + 1};
        }
        if (tick == 0) return U256::power_of_two(96);
        return narrow_ratio(ratio_by_steps(magnitude));
    }
    return inverse_ratio(ratio_by_steps(tick));
}

std::int32_t tick_at_sqrt_ratio_plain(const U256& sqrt_price) noexcept {
    std::int32_t low = general_range.min_tick;   // its price is <= sqrt_price
    std::int32_t high = general_range.max_tick;  // its price is > sqrt_price
    while (high - low > 1) {
        const std::int32_t middle = low + (high - low) / 2;
        (sqrt_ratio_at_tick_plain(middle) <= sqrt_price ? low : high) = middle;
    }
    return low;
}

// The contracts' price of tick t differs from 2^96 1.0001^(t/2) by less than 2.4e-10 of itself: one
// unit of the final rounding up at 2^32, the least price, and less than 2^-58 before it. That is
// 4.7e-6 ticks. Farther than 10^-5 from a whole tick the estimate (10^-8) decides alone; nearer,
// one exact price does.
std::int32_t tick_at_legal_sqrt_ratio(const U256& sqrt_price) noexcept {
    constexpr double bound = 1e-5;
    const double shifted = tick_estimate(sqrt_price) + 1048576.0;  // positive: truncation is floor
    const auto whole = static_cast<std::int32_t>(shifted);
    const double fraction = shifted - static_cast<double>(whole);
    const std::int32_t tick = whole - 1048576;
    if (fraction > bound && fraction < 1 - bound) [[likely]]
        return tick;
    const std::int32_t nearest = fraction < 0.5 ? tick : tick + 1;
    return sqrt_price >= sqrt_ratio_at_legal_tick(nearest) ? nearest : nearest - 1;
}

Revert max_liquidity_per_tick(std::int32_t spacing, const TickRange& range, u128& out) noexcept {
    if (spacing <= 0 || spacing >= 16384) return Revert::spacing_out_of_range;
    const std::int32_t least = range.min_tick - range.min_tick % spacing;
    const auto count = static_cast<u128>((-2 * least) / spacing + 1);
    out = ~u128{0} / count;
    return Revert::none;
}

}  // namespace voltcore::amm
