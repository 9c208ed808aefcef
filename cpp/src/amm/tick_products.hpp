#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "voltcore/amm/tick_math.hpp"

// Sqrt prices from one product of two tabled numbers. Tables and proofs are in tick_products.cpp.

namespace voltcore::amm {

/// The product of the factors of `bits`, the first of them being factor `first`, in the contracts'
/// order and with their truncation. The empty product, 2^128, is shown as 2^128 - 1.
[[nodiscard]] constexpr u128 factor_chain(std::int32_t bits, int first) noexcept {
    u128 product = ~u128{0};
    bool empty = true;
    for (int i = first; bits != 0; ++i, bits >>= 1) {
        if ((bits & 1) == 0) continue;
        const u128 factor = tick_factors[static_cast<std::size_t>(i)];
        product = empty ? factor : multiply_high(product, factor);
        empty = false;
    }
    return product;
}

inline constexpr int low_bits = 10;
inline constexpr std::int32_t low_count = 1 << low_bits;
inline constexpr std::int32_t high_count = (887272 >> low_bits) + 1;
/// Positive ticks below it have a price by one product, those from it on an exact r.
inline constexpr int near_bits = 17;
inline constexpr std::int32_t near_ticks = 1 << near_bits;
inline constexpr std::int32_t near_high_count = near_ticks >> low_bits;

/// What the low bits of a tick contribute, of negative ticks and then of positive ones.
extern const std::array<u128, std::size_t{2 * low_count}> low_parts;

/// What the high bits contribute, of negative ticks and then of positive ones below `near_ticks`.
struct HighParts {
    static constexpr std::size_t count = std::size_t{high_count + near_high_count};
    std::array<u128, count> part;
    /// Fractional bits of the product, and the fractions that decide: from `least_fraction` up to
    /// this.
    std::array<std::uint8_t, count> shift;
    std::array<std::uint32_t, count> most_fraction;
};
extern const HighParts high_parts;
inline constexpr std::uint32_t least_fraction = 16;

/// The sqrt price of a tick below `near_ticks`, or 0 when the product does not decide.
[[nodiscard]] inline u128 price_by_product(std::int32_t tick) noexcept {
    const auto positive = static_cast<std::uint32_t>(tick > 0);
    const auto magnitude = static_cast<std::uint32_t>(tick < 0 ? -tick : tick);
    const std::size_t low = (magnitude & (low_count - 1)) + positive * low_count;
    const std::size_t high = (magnitude >> low_bits) + positive * high_count;
    const u128 product = multiply_high(low_parts[low], high_parts.part[high]);
    const int shift = high_parts.shift[high];
    const auto fraction = static_cast<std::uint64_t>(product) & ((std::uint64_t{1} << shift) - 1);
    const bool decides = fraction >= least_fraction && fraction <= high_parts.most_fraction[high];
    return decides ? (product >> shift) + 1 : 0;
}

/// What the high bits of a tick from `near_ticks` on contribute. Their real product over 2^128 is
/// `mantissa` 2^-(128 + exponent), its inverse is `inverse` 2^(exponent - 127); both mantissas are
/// rounded down. Fractions of r from `least_fraction` 2^-64 on decide.
struct FarPart {
    u128 mantissa;
    u128 inverse;
    std::uint64_t least_fraction;
    std::uint64_t exponent;
};
extern const std::array<FarPart, std::size_t{high_count - near_high_count}> far_parts;

/// The sqrt price of a tick of at least `near_ticks`; false when the products do not decide.
[[nodiscard]] inline bool far_price_by_products(std::int32_t tick,
                                                std::array<std::uint64_t, 3>& price) noexcept {
    const auto limb = [](u128 value, int which) {
        return static_cast<std::uint64_t>(value >> (64 * which));
    };
    const auto low = static_cast<std::size_t>(tick & (low_count - 1));
    const FarPart& part = far_parts[static_cast<std::size_t>((tick >> low_bits) - near_high_count)];
    const auto k = static_cast<int>(part.exponent);

    // r, the whole part of u 2^-k.
    const u128 u = multiply_high(low_parts[low], part.mantissa);
    const std::uint64_t rest = limb(u, 0) & ((std::uint64_t{1} << k) - 1);
    const std::uint64_t fraction = rest << (64 - k);
    const u128 r = u >> k;

    // t <= 2^(254 - k) / r, and what is missing.
    u128 t = multiply_high(low_parts[low + low_count], part.inverse);
    const u128 square = static_cast<u128>(limb(t, 1)) * limb(t, 1);
    t += (static_cast<u128>(static_cast<std::uint64_t>(square >> 63)) * rest) >> 63;
    const u128 remainder = 0 - t * r;
    const auto leading = static_cast<std::uint64_t>(remainder >> (69 - k));
    const std::uint64_t missing = limb(static_cast<u128>(leading) * limb(t, 1), 1);

    // (t + missing 2^-57) 2^(k - 30): 64 fractional bits, then k - 9 bits up, then 85 down.
    t += missing >> 57;
    const int up = k - 9;
    const u128 fine = static_cast<u128>(missing << 7) << up;
    const u128 middle = (static_cast<u128>(limb(t, 0)) << up) + limb(fine, 1);
    const u128 top = (static_cast<u128>(limb(t, 1)) << up) + limb(middle, 1);
    const std::uint64_t part_of_one = (limb(middle, 0) << 43) | (limb(fine, 0) >> 21);
    const u128 lower = (static_cast<u128>(limb(top, 0)) << 43) | (limb(middle, 0) >> 21);
    const std::uint64_t w0 = limb(lower, 0) + 1;
    const u128 upper = (static_cast<u128>(limb(top, 1)) << 43) + limb(lower, 1) + (w0 == 0 ? 1 : 0);
    price = {w0, limb(upper, 0), limb(upper, 1)};

    constexpr std::uint64_t margin = std::uint64_t{1} << 42;
    return fraction >= part.least_fraction && fraction < ~std::uint64_t{0} << (66 - k) &&
           part_of_one - margin < std::uint64_t{0} - 2 * margin;
}

}  // namespace voltcore::amm
