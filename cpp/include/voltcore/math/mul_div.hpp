#pragma once

#include "voltcore/math/i256.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/u512.hpp"

// a * b / d with the 512-bit product. Source: Uniswap v3 FullMath.sol, mulDiv and mulDivRoundingUp;
// Voltz FullMath.sol, mulDivSigned. The failures and their texts are those of the contracts.

namespace voltcore::math {

namespace mul_div_path {

/// The contract's checks: whether product / d fits 256 bits.
[[nodiscard]] constexpr Revert refusal(const U512& product, const U256& d) noexcept {
    if (product.fits_u256()) {
        return d.is_zero() ? Revert::mul_div_by_zero : Revert::none;
    }
    return d <= product.high() ? Revert::mul_div_overflow : Revert::none;
}

/// By schoolbook division: the truth that the other paths are tested against.
[[nodiscard]] constexpr Revert general(const U256& a, const U256& b, const U256& d,
                                       U256Division& out) noexcept {
    const U512 product = multiply_full(a, b);
    const Revert revert = refusal(product, d);
    if (revert == Revert::none) [[likely]]
        out = divide_fitting(product, d);
    return revert;
}

/// All three operands below 2^64: one product and at most two divisions of the machine.
[[nodiscard]] constexpr Revert small(std::uint64_t a, std::uint64_t b, std::uint64_t d,
                                     U256Division& out) noexcept {
    if (d == 0) [[unlikely]]
        return Revert::mul_div_by_zero;
    const u128 product = static_cast<u128>(a) * b;
    auto rest = static_cast<std::uint64_t>(product >> 64);
    std::uint64_t high = 0;
    if (rest >= d) high = limbs::divide_2by1(0, rest, d, rest);
    const std::uint64_t low =
        limbs::divide_2by1(rest, static_cast<std::uint64_t>(product), d, rest);
    out = {U256::from_limbs(low, high, 0, 0), U256{rest}};
    return Revert::none;
}

/// d = 2^k, for example 2^96 of Q64.96 or 2^128 of the growth accumulators: a shift.
[[nodiscard]] constexpr U256Division shift(const U512& product, const U256& d) noexcept {
    const int k = d.trailing_zeros();
    const int limb = k / 64;
    const int bits = k % 64;
    const U256& l = product.low();
    const U256& h = product.high();
    const std::uint64_t p[8] = {l.limb(0), l.limb(1), l.limb(2), l.limb(3),
                                h.limb(0), h.limb(1), h.limb(2), h.limb(3)};
    std::uint64_t q[4]{};
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        q[i] = (p[limb + i] >> bits) | ((p[limb + i + 1] << 1) << (63 - bits));
    }
    return {U256::from_limbs(q[0], q[1], q[2], q[3]), l & wrapping_subtract(d, U256{1U})};
}

}  // namespace mul_div_path

/// floor(a * b / d) and the remainder, by the path that fits the operands.
[[nodiscard]] constexpr Revert try_mul_div_rem(const U256& a, const U256& b, const U256& d,
                                               U256Division& out) noexcept {
    if (a.fits_u64() && b.fits_u64() && d.fits_u64()) {
        return mul_div_path::small(a.limb(0), b.limb(0), d.limb(0), out);
    }
    // The smaller operand first: its empty limbs are skipped.
    const U512 product = b.fits_u128() ? multiply_full(b, a) : multiply_full(a, b);
    const Revert revert = mul_div_path::refusal(product, d);
    if (revert != Revert::none) [[unlikely]]
        return revert;
    out = d.is_power_of_two() ? mul_div_path::shift(product, d) : divide_fitting(product, d);
    return Revert::none;
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
