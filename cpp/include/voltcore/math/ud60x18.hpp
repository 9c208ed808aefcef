#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "voltcore/math/limb_divisor.hpp"
#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/u512.hpp"

// Unsigned decimals with 18 places in 256 bits. Source: PRBMath 2.4.3, PRBMathUD60x18.sol and
// PRBMath.sol. Each operation has a noexcept kernel (`try_`) that says how it failed, and a form
// that throws the contract's own error with its arguments.

namespace voltcore::math {

inline constexpr std::uint64_t wad_u64 = 1'000'000'000'000'000'000U;
inline constexpr std::uint64_t half_wad_u64 = wad_u64 / 2;
inline constexpr U256 wad{wad_u64};
inline constexpr LimbDivisor wad_divisor{wad_u64};

/// Source: PRBMathUD60x18.sol, exp: the least input whose result needs more than 192 bits.
inline constexpr U256 exp_input_limit{(u128{7} << 64) | 3'957'050'151'542'638'129U};

namespace prb {

/// The factors 2^(1/2), 2^(1/4), ... of exp2 as 65-bit numbers, less their leading 2^64.
/// Source: PRBMath.sol, exp2.
inline constexpr std::array<std::uint64_t, 64> exp2_factors = {
    0x6a09e667f3bcc909, 0x306fe0a31b7152df, 0x172b83c7d517adce, 0x0b5586cf9890f62a,
    0x059b0d31585743ae, 0x02c9a3e778060ee7, 0x0163da9fb33356d8, 0x00b1afa5abcbed61,
    0x0058c86da1c09ea2, 0x002c605e2e8cec50, 0x00162f3904051fa1, 0x000b175effdc76ba,
    0x00058ba01fb9f96d, 0x0002c5cc37da9492, 0x000162e525ee0547, 0x0000b17255775c04,
    0x000058b91b5bc9ae, 0x00002c5c89d5ec6d, 0x0000162e43f4f831, 0x00000b1721bcfc9a,
    0x0000058b90cf1e6e, 0x000002c5c863b73f, 0x00000162e430e5a2, 0x000000b172183551,
    0x00000058b90c0b49, 0x0000002c5c8601cc, 0x000000162e42fff0, 0x0000000b17217fbb,
    0x000000058b90bfce, 0x00000002c5c85fe3, 0x0000000162e42ff1, 0x00000000b17217f8,
    0x0000000058b90bfc, 0x000000002c5c85fe, 0x00000000162e42ff, 0x000000000b17217f,
    0x00000000058b90c0, 0x0000000002c5c860, 0x000000000162e430, 0x0000000000b17218,
    0x000000000058b90c, 0x00000000002c5c86, 0x0000000000162e43, 0x00000000000b1721,
    0x0000000000058b91, 0x000000000002c5c8, 0x00000000000162e4, 0x000000000000b172,
    0x00000000000058b9, 0x0000000000002c5d, 0x000000000000162e, 0x0000000000000b17,
    0x000000000000058c, 0x00000000000002c6, 0x0000000000000163, 0x00000000000000b1,
    0x0000000000000059, 0x000000000000002c, 0x0000000000000016, 0x000000000000000b,
    0x0000000000000006, 0x0000000000000003, 0x0000000000000001, 0x0000000000000001};

/// 2^z in 60.18, z = x192x64 / 2^64 < 192. Source: PRBMath.sol, exp2.
[[nodiscard]] constexpr U256 exp2(const U256& x192x64) noexcept {
    // The running product stays in [2^191, 2^192): three limbs. A factor is 2^64 + c, so that
    // (r * factor) >> 64 is r + ((r * c) >> 64).
    std::uint64_t r0 = 0;
    std::uint64_t r1 = 0;
    std::uint64_t r2 = std::uint64_t{1} << 63;
    std::uint64_t fraction = x192x64.limb(0);
    while (fraction != 0) {
        const int place = std::countl_zero(fraction);
        fraction &= ~((std::uint64_t{1} << 63) >> place);
        const std::uint64_t c = exp2_factors[static_cast<std::size_t>(place)];
        std::uint64_t carry = 0;
        (void)limbs::multiply_add(r0, c, 0, carry);
        r0 = limbs::multiply_add(r1, c, r0, carry);
        r1 = limbs::multiply_add(r2, c, r1, carry);
        r2 += carry;
    }
    const U256 product = wrapping_multiply(U256::from_limbs(r0, r1, r2, 0), wad);
    return product >> (191 - static_cast<unsigned>(x192x64.limb(1)));
}

/// floor(y * y / 10^18) for y in [1.0, 2.0): one step of log2, on which the next one waits.
///
/// With p = y^2 < 2^122, t = floor(p / 2^58) < 2^64 and m = floor(2^123 / 10^18), floor(t m / 2^65)
/// is the quotient or one less: t loses less than 2^58 / 10^18 < 0.29 of it and m less than
/// t / 2^65 < 0.5. The rest, below 2 * 10^18 < 2^64, tells which.
[[nodiscard]] constexpr std::uint64_t squared_wad(std::uint64_t y) noexcept {
    constexpr auto m = static_cast<std::uint64_t>((u128{1} << 123) / wad_u64);
    const u128 p = static_cast<u128>(y) * y;
    const auto t = static_cast<std::uint64_t>(p >> 58);
    const auto q = static_cast<std::uint64_t>((static_cast<u128>(t) * m) >> 65);
    const std::uint64_t rest = static_cast<std::uint64_t>(p) - q * wad_u64;
    return q + static_cast<std::uint64_t>(rest >= wad_u64);
}

/// floor(log2) in 60.18 for x >= 1.0 by 60 squarings. Source: PRBMathUD60x18.sol, log2.
[[nodiscard]] constexpr U256 log2(const U256& x) noexcept {
    const int n = wad_divisor.divide(x).quotient.bit_length() - 1;
    // y = x / 2^n is in [1.0, 2.0): below 2 * 10^18 < 2^61, so its square fits 122 bits.
    std::uint64_t y = (x >> static_cast<unsigned>(n)).limb(0);
    std::uint64_t fraction = 0;
    if (y != wad_u64) {
        for (std::uint64_t delta = half_wad_u64; delta > 0; delta >>= 1) {
            y = squared_wad(y);
            // At random in half of the cases: a mask instead of a branch.
            const auto is_two = static_cast<std::uint64_t>(y >= 2 * wad_u64);
            fraction += delta & (std::uint64_t{0} - is_two);
            y >>= is_two;
        }
    }
    return U256{static_cast<u128>(static_cast<unsigned>(n)) * wad_u64 + fraction};
}

/// floor(a * b / 10^18), plus one from half a unit on. Source: PRBMath.sol, mulDivFixedPoint.
[[nodiscard]] constexpr Revert mul_div_fixed_point(const U256& x, const U256& y,
                                                   U256& out) noexcept {
    U256Division division;
    if (U256 product; !multiply_overflows(x, y, product)) [[likely]] {
        division = wad_divisor.divide(product);
    } else if (try_mul_div_rem(x, y, wad, division) != Revert::none) [[unlikely]] {
        return Revert::prb_mul_div_fixed_point_overflow;
    }
    const bool up = division.remainder.limb(0) >= half_wad_u64;
    // A floor of 2^256 - 1 that rounds up wraps to 0 in the contract, whose comment assumes that it
    // cannot happen. It can; here it is refused like every other result that does not fit.
    return add_overflows(division.quotient, U256{static_cast<std::uint64_t>(up)}, out)
               ? Revert::prb_mul_div_fixed_point_overflow
               : Revert::none;
}

/// floor(x * y / d) with PRBMath's failures. Source: PRBMath.sol, mulDiv.
[[nodiscard]] constexpr Revert mul_div(const U256& x, const U256& y, const U256& d,
                                       U256& out) noexcept {
    switch (try_mul_div(x, y, d, out)) {
        case Revert::none:
            return Revert::none;
        case Revert::mul_div_by_zero:
            return Revert::panic_divide_by_zero;
        default:
            return Revert::prb_mul_div_overflow;
    }
}

/// Throws with the arguments that the contract's error carries, recomputed from the operands.
[[noreturn]] void throw_revert_of(Revert revert, std::string_view op, const U256& x,
                                  const U256& y = {});

}  // namespace prb

/// floor(sqrt(x)) of an integer.
[[nodiscard]] constexpr U256 integer_sqrt(const U256& x) noexcept {
    if (x.is_zero()) return x;
    // Newton from above: 2^ceil(bits / 2) >= sqrt(x), and the sequence falls until it is the floor.
    const int length = x.bit_length();
    U256 root = U256::power_of_two((length + 1) / 2 < 128 ? (length + 1) / 2 : 128);
    if (!std::is_constant_evaluated() && length <= 250) {
        // to_double and the root are each right within 2^-52 of their size: this lies above, too,
        // and one or two steps away.
        root = U256{static_cast<u128>(__builtin_sqrt(x.to_double()) * (1.0 + 0x1p-48)) + 1};
    }
    while (true) {
        const U256 next = wrapping_add(root, divide_nonzero(x, root).quotient) >> 1;
        if (next >= root) return root;
        root = next;
    }
}

// Kernels.

[[nodiscard]] constexpr Revert try_ud60x18_mul(const U256& x, const U256& y, U256& out) noexcept {
    return prb::mul_div_fixed_point(x, y, out);
}
[[nodiscard]] constexpr Revert try_ud60x18_div(const U256& x, const U256& y, U256& out) noexcept {
    return prb::mul_div(x, wad, y, out);
}
[[nodiscard]] constexpr Revert try_ud60x18_from_uint(const U256& x, U256& out) noexcept {
    return multiply_overflows(x, wad, out) ? Revert::ud60x18_from_uint_overflow : Revert::none;
}
[[nodiscard]] constexpr Revert try_ud60x18_to_uint(const U256& x, U256& out) noexcept {
    out = wad_divisor.divide(x).quotient;
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_ud60x18_log2(const U256& x, U256& out) noexcept {
    if (x < wad) [[unlikely]]
        return Revert::ud60x18_log_input_too_small;
    out = prb::log2(x);
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_ud60x18_exp2(const U256& x, U256& out) noexcept {
    if (x >= U256{static_cast<u128>(192) * wad_u64}) [[unlikely]] {
        return Revert::ud60x18_exp2_input_too_big;
    }
    out = prb::exp2(wad_divisor.divide(shift_left_truncating(x, 64)).quotient);
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_ud60x18_exp(const U256& x, U256& out) noexcept {
    if (x >= exp_input_limit) [[unlikely]]
        return Revert::ud60x18_exp_input_too_big;
    // x < 2^67 and log2(e) < 2^61: no overflow.
    const U256 product = wrapping_multiply(x, U256{1'442'695'040'888'963'407U});
    return try_ud60x18_exp2(wad_divisor.divide(wrapping_add(product, U256{half_wad_u64})).quotient,
                            out);
}
[[nodiscard]] constexpr Revert try_ud60x18_pow(const U256& x, const U256& y, U256& out) noexcept {
    if (x.is_zero()) {
        out = y.is_zero() ? wad : U256{};
        return Revert::none;
    }
    U256 exponent;
    if (const Revert r = try_ud60x18_log2(x, exponent); r != Revert::none) return r;
    if (const Revert r = try_ud60x18_mul(exponent, y, exponent); r != Revert::none) return r;
    return try_ud60x18_exp2(exponent, out);
}
[[nodiscard]] constexpr Revert try_ud60x18_sqrt(const U256& x, U256& out) noexcept {
    U256 scaled;
    if (multiply_overflows(x, wad, scaled)) [[unlikely]]
        return Revert::ud60x18_sqrt_overflow;
    out = integer_sqrt(scaled);
    return Revert::none;
}

// The same, throwing.

/// x * y, rounded to the nearest unit, half up.
[[nodiscard]] constexpr U256 ud60x18_mul(const U256& x, const U256& y) {
    U256 out;
    if (const Revert r = try_ud60x18_mul(x, y, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_mul", x, y);
    }
    return out;
}
/// x / y, floor.
[[nodiscard]] constexpr U256 ud60x18_div(const U256& x, const U256& y) {
    U256 out;
    if (const Revert r = try_ud60x18_div(x, y, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_div", x, y);
    }
    return out;
}
/// The integer x as a decimal, exactly.
[[nodiscard]] constexpr U256 ud60x18_from_uint(const U256& x) {
    U256 out;
    if (const Revert r = try_ud60x18_from_uint(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_from_uint", x);
    }
    return out;
}
/// The whole part of x.
[[nodiscard]] constexpr U256 ud60x18_to_uint(const U256& x) noexcept {
    return wad_divisor.divide(x).quotient;
}
/// log2(x) for x >= 1.0, truncated bit by bit.
[[nodiscard]] constexpr U256 ud60x18_log2(const U256& x) {
    U256 out;
    if (const Revert r = try_ud60x18_log2(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_log2", x);
    }
    return out;
}
/// 2^x for x < 192.0.
[[nodiscard]] constexpr U256 ud60x18_exp2(const U256& x) {
    U256 out;
    if (const Revert r = try_ud60x18_exp2(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_exp2", x);
    }
    return out;
}
/// e^x for x < 133.084258667509499441.
[[nodiscard]] constexpr U256 ud60x18_exp(const U256& x) {
    U256 out;
    if (const Revert r = try_ud60x18_exp(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_exp", x);
    }
    return out;
}
/// x^y as exp2(log2(x) * y); 0 < x < 1.0 is refused.
[[nodiscard]] constexpr U256 ud60x18_pow(const U256& x, const U256& y) {
    U256 out;
    if (const Revert r = try_ud60x18_pow(x, y, out); r != Revert::none) [[unlikely]] {
        if (r == Revert::ud60x18_log_input_too_small) prb::throw_revert_of(r, "ud60x18_pow", x);
        if (r != Revert::ud60x18_exp2_input_too_big) {
            prb::throw_revert_of(r, "ud60x18_pow", ud60x18_log2(x), y);
        }
        prb::throw_revert_of(r, "ud60x18_pow", ud60x18_mul(ud60x18_log2(x), y));
    }
    return out;
}
/// sqrt(x), floor.
[[nodiscard]] constexpr U256 ud60x18_sqrt(const U256& x) {
    U256 out;
    if (const Revert r = try_ud60x18_sqrt(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "ud60x18_sqrt", x);
    }
    return out;
}

}  // namespace voltcore::math
