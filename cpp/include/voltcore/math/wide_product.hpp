#pragma once

#include <cstdint>

#include "voltcore/math/integer.hpp"

namespace voltcore::math {

/// An unsigned 256-bit number in two halves.
struct Halves {
    u128 high;
    u128 low;
};

/// a * b, all 256 bits.
[[nodiscard]] constexpr Halves wide_product(u128 a, u128 b) noexcept {
    const auto a0 = static_cast<std::uint64_t>(a);
    const auto a1 = static_cast<std::uint64_t>(a >> 64);
    const auto b0 = static_cast<std::uint64_t>(b);
    const auto b1 = static_cast<std::uint64_t>(b >> 64);
    const u128 low = static_cast<u128>(a0) * b0;
    // Neither sum wraps: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
    const u128 middle = static_cast<u128>(a1) * b0 + static_cast<std::uint64_t>(low >> 64);
    const u128 other = static_cast<u128>(a0) * b1 + static_cast<std::uint64_t>(middle);
    return {static_cast<u128>(a1) * b1 + static_cast<std::uint64_t>(middle >> 64) +
                static_cast<std::uint64_t>(other >> 64),
            (other << 64) | static_cast<std::uint64_t>(low)};
}

/// High half of the product: floor(a * b / 2^128).
[[nodiscard]] constexpr u128 multiply_high(u128 a, u128 b) noexcept {
    return wide_product(a, b).high;
}

}  // namespace voltcore::math
