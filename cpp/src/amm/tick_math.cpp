#include "voltcore/amm/tick_math.hpp"

#include <bit>

#include "tick_estimate.hpp"

namespace voltcore::amm {

namespace {

constexpr u128 all_ones = ~u128{0};
constexpr int low_bits = 10;
constexpr std::int32_t low_count = 1 << low_bits;
constexpr int step_bits = 13;  // 128 KiB of products save three steps
constexpr std::int32_t step_count = 1 << step_bits;
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

constinit const auto low_products = factor_table<step_count>(0);
constinit const auto high_products = factor_table<high_count>(low_bits);

/// The contracts' r for |tick| > 0, exactly: the low bits from the table, the others one by one.
u128 ratio_by_steps(std::int32_t magnitude) noexcept {
    const std::int32_t low = magnitude & (step_count - 1);
    auto bits = static_cast<std::uint32_t>(magnitude >> step_bits);
    const auto next_factor = [&bits]() -> const u128& {
        const int place = std::countr_zero(bits);
        bits &= bits - 1;
        return tick_factors[static_cast<std::size_t>(step_bits + place)];
    };
    // Without low bits the first factor stands alone: floor(2^128 * F / 2^128) = F.
    u128 r = low != 0 ? low_products[static_cast<std::size_t>(low)] : next_factor();
    while (bits != 0) r = multiply_high(r, next_factor());
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

std::int32_t tick_at_legal_sqrt_ratio(const U256& sqrt_price) noexcept {
    const LeadingBits bits = leading_bits(sqrt_price);
    const double estimate =
        tick_estimate(bits.mantissa, bits.row->inverse, bits.row->log2, bits.exponent);
    return decided_tick(sqrt_price, estimate + tick_shift);
}

Revert max_liquidity_per_tick(std::int32_t spacing, const TickRange& range, u128& out) noexcept {
    if (spacing <= 0 || spacing >= 16384) return Revert::spacing_out_of_range;
    const std::int32_t least = range.min_tick - range.min_tick % spacing;
    const auto count = static_cast<u128>((-2 * least) / spacing + 1);
    out = ~u128{0} / count;
    return Revert::none;
}

}  // namespace voltcore::amm
