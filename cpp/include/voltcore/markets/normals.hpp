#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/philox.hpp"

namespace voltcore::markets {

inline constexpr std::size_t normals_per_block = 4;
inline constexpr double most_normal = 7.54;  // sqrt(82 ln 2), the radius at u = 2^-41

/// -2 ln(x / 2^40) for positive normal x; polynomial error 2.3e-16 relative.
template <class V>
[[nodiscard]] VOLTCORE_KERNEL V squared_radius_kernel(V x) noexcept {
    using B = typename BitsOf<V>::type;
    constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    constexpr std::uint64_t one = 0x3ff0000000000000;
    // As in log_kernel: x = 2^k m, s = (m - 1) / (m + 1); here the leading digits need no extra
    // care, because the result is rounded once more by the square root.
    const B raised = recast<B>(x) + (one - sqrt_half);
    const V k = recast<V>((raised >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0 + 40.0);
    const V m = recast<V>((raised & 0x000fffffffffffff) + sqrt_half);
    const V s = (m - 1.0) / (m + 1.0);
    const V z = s * s;
    const V z2 = z * z;
    // -4 atanh(s) / s
    const V g = (-0x1.0000000000001p+2 + z * -0x1.5555555552d4ap+0) +
                z2 * ((-0x1.999999a436686p-1 + z * -0x1.249240b78fa06p-1) +
                      z2 * ((-0x1.c722cd6f60ec5p-2 + z * -0x1.73230ffbca770p-2) +
                            z2 * -0x1.58d6a2d12a491p-2));
    return k * (-2.0 * ln_2) + s * g;
}

/// sin(turn pi/2) and cos(turn pi/2) for |turn| <= 1/2, relative errors of the polynomials 4.3e-15
/// and 2.7e-16.
template <class V>
VOLTCORE_KERNEL void sine_and_cosine_kernel(V turn, V& sine, V& cosine) noexcept {
    const V z = turn * turn;
    const V z2 = z * z;
    sine = turn * ((0x1.921fb54442cfap+0 + z * -0x1.4abbce6257a2ap-1) +
                   z2 * ((0x1.466bc67123fa1p-4 + z * -0x1.32d2c644adc0bp-8) +
                         z2 * (0x1.5071ce4b47930p-13 + z * -0x1.dd54805f3f706p-19)));
    cosine = 1.0 + z * ((-0x1.3bd3cc9be45dbp+0 + z * 0x1.03c1f081b4b74p-2) +
                        z2 * ((-0x1.55d3c7e10153fp-6 + z * 0x1.e1f50093e4c8fp-11) +
                              z2 * (-0x1.a6cc32d07dc98p-16 + z * 0x1.f4b536b457d9ep-22)));
}

/// Two independent standard normals from the two words `first` and `second` (Box and Muller,
/// 1958): radius sqrt(-2 ln u), angle uniform on the circle. Relative error <= 1e-14 (tested). The
/// upper halves of the words are ignored. In two parts, because a loop over each is shorter than
/// what a processor can look ahead.
///
/// u = (first 2^8 + second / 2^24 + 1/2) / 2^40 in (0, 1): |normal| < 7.54.
template <class V, class B>
[[nodiscard]] VOLTCORE_KERNEL V squared_radius_of_words(B first, B second) noexcept {
    const B uniform = ((first << 32) >> 24) | ((second & 0xff000000) >> 24) | 0x4330000000000000;
    return squared_radius_kernel(recast<V>(uniform) - (0x1p52 - 0.5));
}

/// The low 24 bits of `second` are the angle: bit 23 the sign of the cosine, bit 22 which of the
/// two comes first, the rest the place inside the quarter, (n + 1/2) / 2^22 - 1/2 quarters from its
/// middle.
template <class V, class B>
VOLTCORE_KERNEL void normal_pair_kernel(V radius, B second, V& x, V& y) noexcept {
    const B place = ((second & 0x3fffff) << 30) | 0x3ff0000000000000;
    const V turn = recast<V>(place) - (1.5 - 0x1p-23);
    V sine;
    V cosine;
    sine_and_cosine_kernel(turn, sine, cosine);
    sine = sine * radius;
    cosine = cosine * radius;
    cosine = recast<V>(recast<B>(cosine) | ((second << 40) & 0x8000000000000000));
    const B swapped = second << 41;
    x = choose_by_sign(swapped, sine, cosine);
    y = choose_by_sign(swapped, cosine, sine);
}

/// The four normals of one block of a stream.
[[nodiscard]] inline std::array<double, normals_per_block> normals_at(
    const Stream& stream, std::uint32_t block) noexcept {
    const Words words = words_at(stream, block);
    std::array<double, normals_per_block> out{};
    for (std::size_t pair = 0; pair < normals_per_block; pair += 2) {
        const std::uint64_t first = words[pair];
        const std::uint64_t second = words[pair + 1];
        // std::sqrt is the IEEE operation: correctly rounded everywhere.
        const double radius = std::sqrt(squared_radius_of_words<double>(first, second));
        normal_pair_kernel(radius, second, out[pair], out[pair + 1]);
    }
    return out;
}

/// Normal number `index` of a stream: index / 4 is the block. index < 2^34.
[[nodiscard]] inline double normal_at(const Stream& stream, std::uint64_t index) noexcept {
    return normals_at(
        stream,
        static_cast<std::uint32_t>(
            index / normals_per_block))[static_cast<std::size_t>(index % normals_per_block)];
}

}  // namespace voltcore::markets
