#pragma once

#include <string_view>

#include "voltcore/math/i256.hpp"
#include "voltcore/math/ud60x18.hpp"

// Signed decimals with 18 places in 256 bits. Source: PRBMath 2.4.3, PRBMathSD59x18.sol.

namespace voltcore::math {

namespace prb {

/// As throw_revert_of, with a signed operand as the argument.
[[noreturn]] void throw_revert_of(Revert revert, std::string_view op, const I256& x,
                                  const I256& y = {});

}  // namespace prb

// Kernels.

/// Rounds half away from zero: the unsigned rule on magnitudes.
[[nodiscard]] constexpr Revert try_sd59x18_mul(const I256& x, const I256& y, I256& out) noexcept {
    if (x.is_min() || y.is_min()) [[unlikely]]
        return Revert::sd59x18_mul_input_too_small;
    U256 size;
    const Revert revert = prb::mul_div_fixed_point(x.magnitude(), y.magnitude(), size);
    if (revert != Revert::none) [[unlikely]]
        return revert;
    if (I256::from_bits(size).is_negative()) [[unlikely]]
        return Revert::sd59x18_mul_overflow;
    (void)I256::restore_sign_overflows(size, x.is_negative() != y.is_negative(), out);
    return Revert::none;
}
/// Toward zero.
[[nodiscard]] constexpr Revert try_sd59x18_div(const I256& x, const I256& y, I256& out) noexcept {
    if (x.is_min() || y.is_min()) [[unlikely]]
        return Revert::sd59x18_div_input_too_small;
    U256 size;
    const Revert revert = prb::mul_div(x.magnitude(), wad, y.magnitude(), size);
    if (revert != Revert::none) [[unlikely]]
        return revert;
    if (I256::from_bits(size).is_negative()) [[unlikely]]
        return Revert::sd59x18_div_overflow;
    (void)I256::restore_sign_overflows(size, x.is_negative() != y.is_negative(), out);
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_sd59x18_from_int(const I256& x, I256& out) noexcept {
    U256 size;
    // floor(2^255 / 10^18) bounds both signs: 10^18 divides neither 2^255 nor 2^255 - 1.
    const bool too_wide = multiply_overflows(x.magnitude(), wad, size);
    if (too_wide || I256::from_bits(size).is_negative()) [[unlikely]] {
        return x.is_negative() ? Revert::sd59x18_from_int_underflow
                               : Revert::sd59x18_from_int_overflow;
    }
    (void)I256::restore_sign_overflows(size, x.is_negative(), out);
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_sd59x18_to_int(const I256& x, I256& out) noexcept {
    (void)I256::restore_sign_overflows(wad_divisor.divide(x.magnitude()).quotient, x.is_negative(),
                                       out);
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_sd59x18_sqrt(const I256& x, I256& out) noexcept {
    if (x.is_negative()) [[unlikely]]
        return Revert::sd59x18_sqrt_negative_input;
    U256 scaled;
    const bool too_wide = multiply_overflows(x.to_bits(), wad, scaled);
    if (too_wide || I256::from_bits(scaled).is_negative()) [[unlikely]] {
        return Revert::sd59x18_sqrt_overflow;
    }
    out = I256::from_bits(integer_sqrt(scaled));
    return Revert::none;
}
/// 2^x: 0 below -59.794705707972522261, else 1 / 2^-x, floor.
[[nodiscard]] constexpr Revert try_sd59x18_exp2(const I256& x, I256& out) noexcept {
    constexpr I256 least{-((i128{3} << 64) | i128{4'454'473'486'843'867'413})};
    U256 power;
    if (!x.is_negative()) {
        if (try_ud60x18_exp2(x.to_bits(), power) != Revert::none) [[unlikely]] {
            return Revert::sd59x18_exp2_input_too_big;
        }
        out = I256::from_bits(power);
        return Revert::none;
    }
    out = I256{};
    if (x < least) return Revert::none;
    (void)try_ud60x18_exp2(x.magnitude(), power);  // -x <= 59.8: in range, and the power is >= 1.0
    constexpr U256 wad_squared{static_cast<u128>(wad_u64) * wad_u64};
    out = I256::from_bits(divide_nonzero(wad_squared, power).quotient);
    return Revert::none;
}
/// e^x: 0 below -41.446531673892822322.
[[nodiscard]] constexpr Revert try_sd59x18_exp(const I256& x, I256& out) noexcept {
    constexpr I256 least{-((i128{2} << 64) | i128{4'553'043'526'473'719'090})};
    out = I256{};
    if (x < least) return Revert::none;
    if (x >= I256::from_bits(exp_input_limit)) [[unlikely]]
        return Revert::sd59x18_exp_input_too_big;
    // |x| < 2^67 and log2(e) < 2^61. The half is added before a truncation toward zero, also for
    // negative x: that is what the contract does.
    const U256 product = wrapping_multiply(x.magnitude(), U256{1'442'695'040'888'963'407U});
    I256 exponent = I256::from_bits(x.is_negative() ? wrapping_negate(product) : product);
    exponent = wrapping_add(exponent, I256{half_wad_u64});
    (void)try_sd59x18_to_int(exponent, exponent);
    return try_sd59x18_exp2(exponent, out);
}
/// log2(x) for x > 0; below 1.0 it is minus the logarithm of 1 / x.
[[nodiscard]] constexpr Revert try_sd59x18_log2(const I256& x, I256& out) noexcept {
    if (x.is_negative() || x.is_zero()) [[unlikely]]
        return Revert::sd59x18_log_input_too_small;
    if (x.to_bits() >= wad) {
        out = I256::from_bits(prb::log2(x.to_bits()));
        return Revert::none;
    }
    constexpr U256 wad_squared{static_cast<u128>(wad_u64) * wad_u64};
    const U256 inverse = divide_nonzero(wad_squared, x.to_bits()).quotient;
    out = I256::from_bits(wrapping_negate(prb::log2(inverse)));
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_sd59x18_pow(const I256& x, const I256& y, I256& out) noexcept {
    if (x.is_zero()) {
        out = y.is_zero() ? I256::from_bits(wad) : I256{};
        return Revert::none;
    }
    I256 exponent;
    if (const Revert r = try_sd59x18_log2(x, exponent); r != Revert::none) return r;
    if (const Revert r = try_sd59x18_mul(exponent, y, exponent); r != Revert::none) return r;
    return try_sd59x18_exp2(exponent, out);
}

// The same, throwing.

/// x * y, rounded half away from zero.
[[nodiscard]] constexpr I256 sd59x18_mul(const I256& x, const I256& y) {
    I256 out;
    if (const Revert r = try_sd59x18_mul(x, y, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_mul", x, y);
    }
    return out;
}
/// x / y, toward zero.
[[nodiscard]] constexpr I256 sd59x18_div(const I256& x, const I256& y) {
    I256 out;
    if (const Revert r = try_sd59x18_div(x, y, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_div", x, y);
    }
    return out;
}
/// The integer x as a decimal, exactly.
[[nodiscard]] constexpr I256 sd59x18_from_int(const I256& x) {
    I256 out;
    if (const Revert r = try_sd59x18_from_int(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_from_int", x);
    }
    return out;
}
/// The whole part of x, toward zero.
[[nodiscard]] constexpr I256 sd59x18_to_int(const I256& x) noexcept {
    I256 out;
    (void)try_sd59x18_to_int(x, out);
    return out;
}
/// sqrt(x), floor.
[[nodiscard]] constexpr I256 sd59x18_sqrt(const I256& x) {
    I256 out;
    if (const Revert r = try_sd59x18_sqrt(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_sqrt", x);
    }
    return out;
}
/// 2^x for x < 192.0.
[[nodiscard]] constexpr I256 sd59x18_exp2(const I256& x) {
    I256 out;
    if (const Revert r = try_sd59x18_exp2(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_exp2", x);
    }
    return out;
}
/// e^x for x < 133.084258667509499441.
[[nodiscard]] constexpr I256 sd59x18_exp(const I256& x) {
    I256 out;
    if (const Revert r = try_sd59x18_exp(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_exp", x);
    }
    return out;
}
/// log2(x) for x > 0.
[[nodiscard]] constexpr I256 sd59x18_log2(const I256& x) {
    I256 out;
    if (const Revert r = try_sd59x18_log2(x, out); r != Revert::none) [[unlikely]] {
        prb::throw_revert_of(r, "sd59x18_log2", x);
    }
    return out;
}
/// x^y as exp2(log2(x) * y); x < 0 is refused.
[[nodiscard]] constexpr I256 sd59x18_pow(const I256& x, const I256& y) {
    I256 out;
    if (const Revert r = try_sd59x18_pow(x, y, out); r != Revert::none) [[unlikely]] {
        if (r == Revert::sd59x18_log_input_too_small) prb::throw_revert_of(r, "sd59x18_pow", x);
        if (r != Revert::sd59x18_exp2_input_too_big) {
            prb::throw_revert_of(r, "sd59x18_pow", sd59x18_log2(x), y);
        }
        prb::throw_revert_of(r, "sd59x18_pow", sd59x18_mul(sd59x18_log2(x), y));
    }
    return out;
}

}  // namespace voltcore::math
