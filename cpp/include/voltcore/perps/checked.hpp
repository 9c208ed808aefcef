#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/math/integer.hpp"
#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/perps/refusal.hpp"

// The arithmetic of the pools: u64 state, 128-bit intermediates, and one refusal, MathOverflow, for
// whatever leaves its type or divides by zero. Source: spec section 1.

namespace voltcore::perps {

using math::i128;
using math::u128;
using math::U256;

inline constexpr std::uint64_t bps_scale = 10'000;          ///< BPS
inline constexpr std::uint64_t dbps_scale = 100'000;        ///< DBPS, deci-bps
inline constexpr std::uint64_t rate_scale = 1'000'000'000;  ///< RATE
inline constexpr std::uint64_t seconds_per_hour = 3'600;
inline constexpr std::uint64_t seconds_per_year = 31'536'000;
inline constexpr int usd_decimals = 6;

enum class Side : std::uint8_t { long_side, short_side };

[[nodiscard]] inline std::uint64_t to_u64(u128 value) {
    if (value >> 64 != 0) math_overflow("narrow");
    return static_cast<std::uint64_t>(value);
}
[[nodiscard]] inline std::uint64_t to_u64(const U256& value) {
    if (!value.fits_u64()) math_overflow("narrow");
    return value.limb(0);
}
[[nodiscard]] inline u128 to_u128(const U256& value) {
    if (!value.fits_u128()) math_overflow("narrow");
    return value.low_half();
}

[[nodiscard]] inline u128 mul(u128 a, u128 b) {
    u128 out{};
    if (__builtin_mul_overflow(a, b, &out)) math_overflow("multiply");
    return out;
}
[[nodiscard]] inline u128 add(u128 a, u128 b) {
    u128 out{};
    if (__builtin_add_overflow(a, b, &out)) math_overflow("add");
    return out;
}
[[nodiscard]] inline std::uint64_t add_u64(std::uint64_t a, std::uint64_t b) {
    std::uint64_t out{};
    if (__builtin_add_overflow(a, b, &out)) math_overflow("add");
    return out;
}
[[nodiscard]] inline std::uint64_t sub_u64(std::uint64_t a, std::uint64_t b) {
    if (b > a) math_overflow("subtract");
    return a - b;
}
[[nodiscard]] constexpr std::uint64_t saturating_sub(std::uint64_t a, std::uint64_t b) noexcept {
    return a > b ? a - b : 0;
}
[[nodiscard]] constexpr std::uint64_t distance(std::uint64_t a, std::uint64_t b) noexcept {
    return a > b ? a - b : b - a;
}

[[nodiscard]] inline u128 floor_div(u128 a, u128 b) {
    if (b == 0) math_overflow("divide");
    return a / b;
}
[[nodiscard]] inline u128 ceil_div(u128 a, u128 b) {
    if (b == 0) math_overflow("divide");
    // a / b + 1 cannot wrap: a remainder needs b > 1, and then a / b <= a / 2.
    return a / b + (a % b != 0 ? 1 : 0);
}

/// floor(a * b / d); the product of two u64 fits 128 bits.
[[nodiscard]] inline std::uint64_t muldiv(std::uint64_t a, std::uint64_t b, std::uint64_t d) {
    return to_u64(floor_div(static_cast<u128>(a) * b, d));
}
/// ceil(a * b / d).
[[nodiscard]] inline std::uint64_t muldiv_ceil(std::uint64_t a, std::uint64_t b, std::uint64_t d) {
    return to_u64(ceil_div(static_cast<u128>(a) * b, d));
}

[[nodiscard]] inline u128 power_of_ten(int exponent) {
    if (exponent < 0 || exponent > 38) math_overflow("power of ten");
    u128 out = 1;
    for (int i = 0; i < exponent; ++i) out *= 10;
    return out;
}

}  // namespace voltcore::perps
