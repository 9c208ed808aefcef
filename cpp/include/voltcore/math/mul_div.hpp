#pragma once

#include "voltcore/math/i256.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/u512.hpp"

// a * b / d with the 512-bit product. Source: Uniswap v3 FullMath.sol, mulDiv and mulDivRoundingUp;
// Voltz FullMath.sol, mulDivSigned. The failures and their texts are those of the contracts.

namespace voltcore::math {

/// floor(a * b / d) and the remainder, by the general path: the truth that the fast paths are
/// tested against.
[[nodiscard]] constexpr Revert try_mul_div_general(const U256& a, const U256& b, const U256& d,
                                                   U256Division& out) noexcept {
    const U512 product = multiply_full(a, b);
    if (product.fits_u256()) {
        if (d.is_zero()) [[unlikely]]
            return Revert::mul_div_by_zero;
    } else if (d <= product.high()) [[unlikely]] {
        return Revert::mul_div_overflow;
    }
    out = divide_fitting(product, d);
    return Revert::none;
}

/// floor(a * b / d) and the remainder.
[[nodiscard]] constexpr Revert try_mul_div_rem(const U256& a, const U256& b, const U256& d,
                                               U256Division& out) noexcept {
    const std::uint64_t above_64 = a.limb(1) | b.limb(1) | d.limb(1);
    const std::uint64_t above_128 =
        a.limb(2) | a.limb(3) | b.limb(2) | b.limb(3) | d.limb(2) | d.limb(3);
    if ((above_64 | above_128) == 0) {
        const std::uint64_t divisor = d.limb(0);
        if (divisor == 0) [[unlikely]]
            return Revert::mul_div_by_zero;
        const u128 product = static_cast<u128>(a.limb(0)) * b.limb(0);
        const auto high = static_cast<std::uint64_t>(product >> 64);
        const auto low = static_cast<std::uint64_t>(product);
        std::uint64_t rest = high;
        std::uint64_t quotient_high = 0;
        if (high >= divisor) quotient_high = limbs::divide_2by1(0, high, divisor, rest);
        const std::uint64_t quotient_low = limbs::divide_2by1(rest, low, divisor, rest);
        out = {U256::from_limbs(quotient_low, quotient_high, 0, 0), U256{rest}};
        return Revert::none;
    }
    return try_mul_div_general(a, b, d, out);
}

/// floor(a * b / d).
[[nodiscard]] constexpr Revert try_mul_div(const U256& a, const U256& b, const U256& d,
                                           U256& out) noexcept {
    U256Division division;
    const Revert revert = try_mul_div_rem(a, b, d, division);
    out = division.quotient;
    return revert;
}

/// ceil(a * b / d); "overflow" when the floor is 2^256 - 1 with a remainder.
[[nodiscard]] constexpr Revert try_mul_div_ceil(const U256& a, const U256& b, const U256& d,
                                                U256& out) noexcept {
    U256Division division;
    const Revert revert = try_mul_div_rem(a, b, d, division);
    if (revert != Revert::none) [[unlikely]]
        return revert;
    const bool up = !division.remainder.is_zero();
    return add_overflows(division.quotient, U256{static_cast<std::uint64_t>(up)}, out)
               ? Revert::mul_div_overflow
               : Revert::none;
}

/// a * b / d toward zero. A magnitude of 2^255 or more is read as two's complement without a check,
/// as the contract does; its negation can then panic.
[[nodiscard]] constexpr Revert try_mul_div_signed(const I256& a, const U256& b, const U256& d,
                                                  I256& out) noexcept {
    if (a.is_min()) [[unlikely]]
        return Revert::panic_overflow;
    U256 size;
    const Revert revert = try_mul_div(a.magnitude(), b, d, size);
    if (revert != Revert::none) [[unlikely]]
        return revert;
    if (!a.is_negative()) {
        out = I256::from_bits(size);
        return Revert::none;
    }
    if (I256::from_bits(size).is_min()) [[unlikely]]
        return Revert::panic_overflow;
    out = I256::from_bits(wrapping_negate(size));
    return Revert::none;
}

[[nodiscard]] constexpr U256 mul_div(const U256& a, const U256& b, const U256& d) {
    U256 out;
    check(try_mul_div(a, b, d, out), "mul_div");
    return out;
}
[[nodiscard]] constexpr U256 mul_div_ceil(const U256& a, const U256& b, const U256& d) {
    U256 out;
    check(try_mul_div_ceil(a, b, d, out), "mul_div_ceil");
    return out;
}
[[nodiscard]] constexpr I256 mul_div_signed(const I256& a, const U256& b, const U256& d) {
    I256 out;
    check(try_mul_div_signed(a, b, d, out), "mul_div_signed");
    return out;
}

}  // namespace voltcore::math
