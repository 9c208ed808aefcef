#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "voltcore/math/integer.hpp"

// Arithmetic on 64-bit limbs, least significant first: what the wide integers are made of.
// Everything here is constexpr, branch-poor and total on its stated preconditions.

namespace voltcore::math::limbs {

/// a + b + carry, with the carry out in `carry` (0 or 1 before and after).
[[nodiscard]] constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b,
                                                std::uint64_t& carry) noexcept {
    std::uint64_t partial{};
    std::uint64_t sum{};
    const bool first = __builtin_add_overflow(a, b, &partial);
    const bool second = __builtin_add_overflow(partial, carry, &sum);
    carry = static_cast<std::uint64_t>(first) | static_cast<std::uint64_t>(second);
    return sum;
}

/// a - b - borrow, with the borrow out in `borrow` (0 or 1 before and after).
[[nodiscard]] constexpr std::uint64_t subtract_borrow(std::uint64_t a, std::uint64_t b,
                                                      std::uint64_t& borrow) noexcept {
    std::uint64_t partial{};
    std::uint64_t difference{};
    const bool first = __builtin_sub_overflow(a, b, &partial);
    const bool second = __builtin_sub_overflow(partial, borrow, &difference);
    borrow = static_cast<std::uint64_t>(first) | static_cast<std::uint64_t>(second);
    return difference;
}

/// a * b + add + carry, with the high limb of the sum in `carry`.
/// (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1: the sum always fits.
[[nodiscard]] constexpr std::uint64_t multiply_add(std::uint64_t a, std::uint64_t b,
                                                   std::uint64_t add,
                                                   std::uint64_t& carry) noexcept {
    const u128 sum = static_cast<u128>(a) * b + add + carry;
    carry = static_cast<std::uint64_t>(sum >> 64);
    return static_cast<std::uint64_t>(sum);
}

/// x[0..n) -= y[0..n) * factor; the limb that is left to subtract from x[n].
template <int n>
[[nodiscard]] constexpr std::uint64_t subtract_multiple(std::uint64_t* x, const std::uint64_t* y,
                                                        std::uint64_t factor) noexcept {
    std::uint64_t carry = 0;
    for (int i = 0; i < n; ++i) {
        const u128 product = static_cast<u128>(y[i]) * factor + carry;
        const auto low = static_cast<std::uint64_t>(product);
        carry = static_cast<std::uint64_t>(product >> 64) + (x[i] < low ? 1 : 0);
        x[i] -= low;
    }
    return carry;
}

/// x[0..n) += y[0..n); the carry.
template <int n>
constexpr std::uint64_t add_in_place(std::uint64_t* x, const std::uint64_t* y) noexcept {
    std::uint64_t carry = 0;
    for (int i = 0; i < n; ++i) x[i] = add_carry(x[i], y[i], carry);
    return carry;
}

/// floor((high, low) / divisor) with the remainder. Precondition: high < divisor.
[[nodiscard]] constexpr std::uint64_t divide_2by1(std::uint64_t high, std::uint64_t low,
                                                  std::uint64_t divisor,
                                                  std::uint64_t& remainder) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
    if (!std::is_constant_evaluated()) {
        // The compiler would call a 128/128 library routine; one instruction does it.
        std::uint64_t quotient{};
        asm("divq %4" : "=a"(quotient), "=d"(remainder) : "a"(low), "d"(high), "r"(divisor) : "cc");
        return quotient;
    }
#endif
    const u128 dividend = (static_cast<u128>(high) << 64) | low;
    remainder = static_cast<std::uint64_t>(dividend % divisor);
    return static_cast<std::uint64_t>(dividend / divisor);
}

/// floor((2^192 - 1) / (d1, d0)) - 2^64 for d1 >= 2^63: what lets a 3-by-2 division multiply.
/// Source: Moeller and Granlund, "Improved division by invariant integers", algorithm 6.
[[nodiscard]] constexpr std::uint64_t reciprocal_3by2(std::uint64_t d1, std::uint64_t d0) noexcept {
    std::uint64_t unused{};
    std::uint64_t v = divide_2by1(~d1, ~std::uint64_t{0}, d1, unused);
    std::uint64_t p = d1 * v + d0;
    if (p < d0) {
        --v;
        if (p >= d1) {
            --v;
            p -= d1;
        }
        p -= d1;
    }
    const u128 t = static_cast<u128>(v) * d0;
    const auto t1 = static_cast<std::uint64_t>(t >> 64);
    const auto t0 = static_cast<std::uint64_t>(t);
    p += t1;
    if (p < t1) {
        --v;
        if (p >= d1 && (p > d1 || t0 >= d0)) --v;
    }
    return v;
}

struct Quotient3by2 {
    std::uint64_t quotient;
    u128 remainder;
};

/// (u2, u1, u0) / d with `v` = reciprocal_3by2 of d. Preconditions: d >= 2^127, (u2, u1) < d.
/// Source: Moeller and Granlund, algorithm 5.
[[nodiscard]] constexpr Quotient3by2 divide_3by2(std::uint64_t u2, std::uint64_t u1,
                                                 std::uint64_t u0, u128 d,
                                                 std::uint64_t v) noexcept {
    const auto d1 = static_cast<std::uint64_t>(d >> 64);
    const auto d0 = static_cast<std::uint64_t>(d);
    const u128 q = static_cast<u128>(v) * u2 + ((static_cast<u128>(u2) << 64) | u1);
    auto q1 = static_cast<std::uint64_t>(q >> 64);
    const auto q0 = static_cast<std::uint64_t>(q);
    const std::uint64_t r1 = u1 - q1 * d1;
    u128 r = ((static_cast<u128>(r1) << 64) | u0) - static_cast<u128>(d0) * q1 - d;
    ++q1;
    // At random in about half of the cases: a mask instead of a branch.
    const std::uint64_t too_big =
        std::uint64_t{0} - static_cast<std::uint64_t>(static_cast<std::uint64_t>(r >> 64) >= q0);
    q1 += too_big;
    r += ((static_cast<u128>(too_big & d1)) << 64) | (too_big & d0);
    if (r >= d) [[unlikely]] {
        ++q1;
        r -= d;
    }
    return {q1, r};
}

/// x[0..n) << shift for 0 <= shift < 64; the bits shifted out of the top limb.
template <int n>
constexpr std::uint64_t shift_left_small(const std::uint64_t* x, int shift,
                                         std::uint64_t* out) noexcept {
    // The double shift keeps shift = 0 defined without a branch.
    std::uint64_t carry = 0;
    for (int i = 0; i < n; ++i) {
        const std::uint64_t limb = x[i];
        out[i] = (limb << shift) | carry;
        carry = (limb >> 1) >> (63 - shift);
    }
    return carry;
}

/// x[0..n) >> shift for 0 <= shift < 64.
template <int n>
constexpr void shift_right_small(const std::uint64_t* x, int shift, std::uint64_t* out) noexcept {
    for (int i = 0; i < n; ++i) {
        const std::uint64_t above = i + 1 < n ? x[i + 1] : 0;
        out[i] = (x[i] >> shift) | ((above << 1) << (63 - shift));
    }
}

/// Schoolbook division, Knuth's algorithm D with 3-by-2 quotient digits.
///
/// u[0..length) is divided in place by d[0..n) (d[n-1] >= 2^63); the quotient's length - n limbs go
/// to q and the remainder to u[0..n). Precondition: the top n limbs of u are below d.
template <int length, int n>
constexpr void divide_normalized(std::uint64_t* u, const std::uint64_t* d,
                                 std::uint64_t* q) noexcept {
    static_assert(n >= 2 && length > n);
    const std::uint64_t d1 = d[n - 1];
    const std::uint64_t d0 = d[n - 2];
    const u128 top = (static_cast<u128>(d1) << 64) | d0;
    const std::uint64_t v = reciprocal_3by2(d1, d0);
    // The two leading limbs of what is left stay in registers between the digits.
    std::uint64_t u2 = u[length - 1];
    std::uint64_t u1 = u[length - 2];
#pragma GCC unroll 8
    for (int j = length - n - 1; j >= 0; --j) {
        if constexpr (n > 2) {
            if (u2 == d1 && u1 == d0) [[unlikely]] {
                // The digit is 2^64 - 1 exactly: the part above u[j] is at least d - 2^(64 (n-2)),
                // so the dividend is at least (2^64 - 1) d because d >= 2^(64 n - 1).
                u[j + n - 1] = u1;
                (void)subtract_multiple<n>(u + j, d, ~std::uint64_t{0});
                u2 = u[j + n - 1];
                u1 = u[j + n - 2];
                q[j] = ~std::uint64_t{0};
                continue;
            }
        }
        const Quotient3by2 step = divide_3by2(u2, u1, u[j + n - 2], top, v);
        std::uint64_t digit = step.quotient;
        u128 rest = step.remainder;
        if constexpr (n > 2) {
            const std::uint64_t carry = subtract_multiple<n - 2>(u + j, d, digit);
            const bool negative = rest < carry;
            rest -= carry;
            if (negative) [[unlikely]] {
                // The two top limbs of d made the digit one too large.
                --digit;
                rest += top + add_in_place<n - 2>(u + j, d);
            }
        }
        u2 = static_cast<std::uint64_t>(rest >> 64);
        u1 = static_cast<std::uint64_t>(rest);
        q[j] = digit;
    }
    u[n - 1] = u2;
    u[n - 2] = u1;
}

/// u[0..length) / d by single limbs; the quotient replaces u and the remainder is returned.
/// Precondition: d > 0.
[[nodiscard]] constexpr std::uint64_t divide_by_limb(std::uint64_t* u, int length,
                                                     std::uint64_t d) noexcept {
    std::uint64_t remainder = 0;
    for (int i = length - 1; i >= 0; --i) u[i] = divide_2by1(remainder, u[i], d, remainder);
    return remainder;
}

}  // namespace voltcore::math::limbs
