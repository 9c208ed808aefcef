#pragma once

#include "voltcore/markets/vectors.hpp"

// Elementary functions from + - * / and sqrt alone: IEEE 754 fixes the result of each operation, so
// every compiler, optimisation level, vector width and machine gives the same bits. No libm.
//
// The `..._kernel` templates take a double or a vector of doubles (GCC vector extension) and are
// the same operations lane by lane. They are always inlined: the files that build them for wider
// vectors must not leave copies that other files could link to.
//
// Polynomials: interpolation at Chebyshev nodes in 80-digit arithmetic, coefficients rounded to
// double; the error in front of each is that of the rounded polynomial.

namespace voltcore::markets {

inline constexpr double ln_2 = 0x1.62e42fefa39efp-1;
inline constexpr double ln_2_high = 0x1.62e42feep-1;  // 21 trailing zeros: k * ln_2_high is exact
inline constexpr double ln_2_low = 0x1.a39ef35793c76p-33;
inline constexpr double log_2_e = 0x1.71547652b82fep+0;
inline constexpr double round_magic = 0x1.8p52;  // x + magic - magic rounds |x| < 2^51 to even

/// Largest |x| that exp_kernel takes: e^x is a normal number.
inline constexpr double exp_kernel_limit = 708.0;
/// Largest |x| that exp2_kernel takes.
inline constexpr double exp2_kernel_limit = 1021.0;

/// e^x = 2^k p with an integer k and p in (0.7, 1.42), for |x| < 2^19.
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V exp_reduced(V x, V& k) noexcept {
    k = (x * log_2_e + round_magic) - round_magic;
    const V r = (x - k * ln_2_high) - k * ln_2_low;
    // (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2, error 1.3e-17 relative to e^r. Estrin's order: short
    // chains keep the pipes busy.
    const V r2 = r * r;
    const V r4 = r2 * r2;
    const V q01 = 0x1.0000000000001p-1 + r * 0x1.5555555555556p-3;
    const V q23 = 0x1.5555555553d68p-5 + r * 0x1.11111111109b5p-7;
    const V q45 = 0x1.6c16c17889fd3p-10 + r * 0x1.a01a01a7c2f89p-13;
    const V q67 = 0x1.a019b91463588p-16 + r * 0x1.71de0db2d4e97p-19;
    const V q89 = 0x1.28917ccaf39d3p-22 + r * 0x1.af389f20208c6p-26;
    const V q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
    return 1.0 + (r + r2 * q);
}

/// x 2^k for an integer |k| < 2^51, where x and the result are normal numbers.
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V scale_by_power_of_2(V x, V k) noexcept {
    using B = typename BitsOf<V>::type;
    // The low bits of k + magic are k in two's complement; shifted, they add to the exponent.
    return recast<V>(recast<B>(x) + (recast<B>(k + round_magic) << 52));
}

/// e^x for |x| <= 708, relative error <= 1.6 * 2^-53 (tested).
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V exp_kernel(V x) noexcept {
    V k;
    const V p = exp_reduced(x, k);
    return scale_by_power_of_2(p, k);
}

/// 2^x for |x| <= 1021, relative error <= 1.5 * 2^-53 (tested).
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V exp2_kernel(V x) noexcept {
    using B = typename BitsOf<V>::type;
    const V shifted = x + round_magic;
    const V r = x - (shifted - round_magic);  // exact
    const V r2 = r * r;
    const V r4 = r2 * r2;
    const V r8 = r4 * r4;
    // (2^r - 1) / r on |r| <= 1/2, error 2.0e-17 relative to 2^r.
    const V p01 = 0x1.62e42fefa39efp-1 + r * 0x1.ebfbdff82c598p-3;
    const V p23 = 0x1.c6b08d704a0c2p-5 + r * 0x1.3b2ab6fba1ddap-7;
    const V p45 = 0x1.5d87fe78a5276p-10 + r * 0x1.430913096fe75p-13;
    const V p67 = 0x1.ffcbfc670dd8ap-17 + r * 0x1.62bfd4774a684p-20;
    const V p89 = 0x1.b524fae604b75p-24 + r * 0x1.e6063fc3b206dp-28;
    const V p =
        ((p01 + r2 * p23) + r4 * (p45 + r2 * p67)) + r8 * (p89 + r2 * 0x1.e9d3fe7eea336p-32);
    return recast<V>(recast<B>(1.0 + r * p) + (recast<B>(shifted) << 52));
}

/// ln x for positive normal x, relative error <= 1.7 * 2^-53 (tested).
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V log_kernel(V x) noexcept {
    using B = typename BitsOf<V>::type;
    constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    constexpr std::uint64_t one = 0x3ff0000000000000;
    // x = 2^k m with m in [sqrt 1/2, sqrt 2).
    const B raised = recast<B>(x) + (one - sqrt_half);
    // The integer k + 1023 as a double: placed in the mantissa of 2^52.
    const V k = recast<V>((raised >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
    const V m = recast<V>((raised & 0x000fffffffffffff) + sqrt_half);
    // ln(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)), s = f / (2 + f), with 2 atanh(s) = 2 s + s^3
    // R(s^2); f and f^2/2 carry the leading digits, so nothing cancels near 1.
    const V f = m - 1.0;
    const V s = f / (2.0 + f);
    const V z = s * s;
    const V z2 = z * z;
    // error 4.7e-18 relative to ln
    const V r =
        (0x1.5555555555558p-1 + z * 0x1.99999999952d7p-2) +
        z2 * ((0x1.2492492df281ap-2 + z * 0x1.c71c62e3f11e6p-3) +
              z2 * ((0x1.7462b51cb66b1p-3 + z * 0x1.39fe51a7c18f9p-3) + z2 * 0x1.2b5900de53b32p-3));
    const V half_square = 0.5 * f * f;
    const V correction = s * (half_square + z * r) + k * ln_2_low;
    return k * ln_2_high - ((half_square - correction) - f);
}

/// e^x on the whole line: 0 below -745.14, infinity above 709.79, subnormal results rounded twice.
[[nodiscard]] double exp(double x) noexcept;

/// Natural logarithm: -infinity at 0, NaN below, every subnormal.
[[nodiscard]] double log(double x) noexcept;

/// Quantile of the standard normal distribution: -infinity at 0, infinity at 1, NaN outside [0, 1].
[[nodiscard]] double inverse_normal(double probability) noexcept;

}  // namespace voltcore::markets
