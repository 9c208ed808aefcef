#include "voltcore/amm/tick_math.hpp"

#include "tick_estimate.hpp"
#include "tick_products.hpp"

namespace voltcore::amm {

namespace {

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
    const u128 r = factor_chain(magnitude, 0);
    return tick > 0 ? inverse_ratio(r) : narrow_ratio(r);
}

U256 sqrt_ratio_at_legal_tick(std::int32_t tick) noexcept {
    if (tick < near_ticks) [[likely]] {
        const u128 price = price_by_product(tick);
        if (price != 0) [[likely]]
            return U256{price};
    } else {
        std::array<std::uint64_t, 3> limbs;
        if (far_price_by_products(tick, limbs)) [[likely]] {
            return U256::from_limbs(limbs[0], limbs[1], limbs[2], 0);
        }
    }
    return sqrt_ratio_at_tick_plain(tick);
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
