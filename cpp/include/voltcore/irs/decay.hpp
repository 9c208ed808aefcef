#pragma once

#include <array>
#include <cstdint>

#include "voltcore/math/sd59x18.hpp"

// e^-x as the margin engine's calendar terms need it, by sixteen short products.

namespace voltcore::irs {

namespace decay {

using math::u128;
using math::U256;

/// 2^(v / 16^(c + 1)), times 2^127, floor, as the contract's factors of 2^(1/2), 2^(1/4), ... give
/// it: chunk c of four bits of the fraction, value v.
using Powers = std::array<std::array<u128, 16>, 16>;

[[nodiscard]] constexpr Powers make_powers() {
    Powers out{};
    for (std::size_t c = 0; c < 16; ++c) {
        for (std::uint64_t v = 0; v < 16; ++v) {
            // With 191 whole bits exp2 shifts nothing out: r * 10^18.
            const U256 power = math::prb::exp2(U256::from_limbs(v << (60 - 4 * c), 191, 0, 0));
            const U256 r = math::wad_divisor.divide(power).quotient;
            out[c][v] = (r >> 64).low_half();
        }
    }
    return out;
}
inline constexpr Powers powers = make_powers();

/// floor(a * b / 2^127) less at most 7, for a, b in [2^127, 2^128) with a product below 2^255.
[[nodiscard]] constexpr u128 times(u128 a, u128 b) noexcept {
    const auto a1 = static_cast<std::uint64_t>(a >> 64);
    const auto a0 = static_cast<std::uint64_t>(a);
    const auto b1 = static_cast<std::uint64_t>(b >> 64);
    const auto b0 = static_cast<std::uint64_t>(b);
    const u128 high = static_cast<u128>(a1) * b1 + ((static_cast<u128>(a1) * b0) >> 64) +
                      ((static_cast<u128>(a0) * b1) >> 64);
    return high << 1;
}

/// floor(r * 10^18 / 2^(127 - whole)) for whole < 4.
[[nodiscard]] constexpr u128 scaled(u128 r, unsigned whole) noexcept {
    std::uint64_t high = 0;
    const std::uint64_t p0 =
        math::limbs::multiply_add(static_cast<std::uint64_t>(r), math::wad_u64, 0, high);
    const std::uint64_t p1 =
        math::limbs::multiply_add(static_cast<std::uint64_t>(r >> 64), math::wad_u64, 0, high);
    (void)p0;  // below 2^64, and at least 124 bits are shifted out
    return ((static_cast<u128>(high) << 64) | p1) >> (63 - whole);
}

}  // namespace decay

/// sd59x18_exp(-x) for x in [0, 2.0], what it gives to the last bit; false where it cannot tell,
/// and above that.
///
/// The contract multiplies up to 64 factors into a number of 192 bits, cutting each product. The
/// number here has 128 bits: at most 16 products of table entries, each at most 7 too small, its
/// table entry at most 2 and what came before at most doubled in the end: together below 300 too
/// small. The contract's own cuts stay below one unit of these 128 bits. So its number lies in
/// [r - 1, r + 300], and where both ends give the same 18 places, so does it.
[[nodiscard]] constexpr bool narrow_exp_of_minus(std::uint64_t x_wad, std::uint64_t& out) noexcept {
    if (x_wad > 2 * math::wad_u64) return false;
    // The contract adds a half to a negative number and cuts toward zero.
    const math::u128 product = static_cast<math::u128>(x_wad) * 1'442'695'040'888'963'407U;
    const std::uint64_t exponent =
        product > math::half_wad_u64
            ? math::wad_divisor.small_quotient(product - math::half_wad_u64)
            : 0;
    const std::uint64_t whole = exponent / math::wad_u64;
    std::uint64_t unused{};
    const std::uint64_t fraction =
        math::limbs::divide_2by1(exponent % math::wad_u64, 0, math::wad_u64, unused);
    math::u128 r = math::u128{1} << 127;
    for (std::size_t c = 0; c < 16; ++c) {
        const auto v = static_cast<std::size_t>((fraction >> (60 - 4 * c)) & 15);
        if (v != 0) r = decay::times(r, decay::powers[c][v]);
    }
    const auto shift = static_cast<unsigned>(whole);
    const bool at_start = fraction == 0;
    const math::u128 power = decay::scaled(r, shift);
    if (!at_start && (r > ~math::u128{0} - 300 || decay::scaled(r - 1, shift) != power ||
                      decay::scaled(r + 300, shift) != power)) {
        return false;
    }
    constexpr math::u128 wad_squared = static_cast<math::u128>(math::wad_u64) * math::wad_u64;
    // 2^2.9 * 10^18 is below 2^63 and the dividend's high limb below 10^18, the least power.
    out = math::limbs::divide_2by1(static_cast<std::uint64_t>(wad_squared >> 64),
                                   static_cast<std::uint64_t>(wad_squared),
                                   static_cast<std::uint64_t>(power), unused);
    return true;
}

/// sd59x18_exp of any number.
[[nodiscard]] inline math::I256 exp_of(const math::I256& exponent_wad) {
    const math::U256 size = exponent_wad.magnitude();
    if (std::uint64_t out = 0; (exponent_wad.is_negative() || size.is_zero()) && size.fits_u64() &&
                               narrow_exp_of_minus(size.limb(0), out)) {
        return math::I256{out};
    }
    return math::sd59x18_exp(exponent_wad);
}

}  // namespace voltcore::irs
