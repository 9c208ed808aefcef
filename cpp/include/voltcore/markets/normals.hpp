#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/philox.hpp"

namespace voltcore::markets {

inline constexpr std::size_t normals_per_block = 4;

/// Two independent standard normals from the two low halves `first` and `second` (Box and Muller,
/// 1958): radius sqrt(-2 ln u), angle uniform on the circle.
///
/// u = (first 2^8 + second / 2^24 + 1/2) / 2^40 in (0, 1): |normal| <= 7.5. The low 24 bits of
/// `second` are the angle: bit 23 the sign of the cosine, bit 22 which of the two comes first, the
/// rest the place inside the quarter, (n + 1/2) / 2^22 - 1/2 quarters from its middle.
template <class V, class B, class SquareRoot>
VOLTCORE_KERNEL void normal_pair_kernel(B first, B second, SquareRoot square_root, V& x,
                                        V& y) noexcept {
    const B uniform = (first << 8) | (second >> 24) | 0x4330000000000000;
    const V u = __builtin_bit_cast(V, uniform) - (0x1p52 - 0.5);
    const V radius = square_root(-2.0 * log_kernel<40>(u));
    const B place = ((second & 0x3fffff) << 30) | 0x3ff0000000000000;
    const V turn = __builtin_bit_cast(V, place) - (1.5 - 0x1p-23);
    const V sine = sin_quarter_kernel(turn) * radius;
    const V unsigned_cosine = cos_quarter_kernel(turn) * radius;
    const V cosine =
        __builtin_bit_cast(V, __builtin_bit_cast(B, unsigned_cosine) | ((second & 0x800000) << 40));
    const auto swapped = (second & 0x400000) != 0;
    x = swapped ? sine : cosine;
    y = swapped ? cosine : sine;
}

/// The four normals of one block of a stream.
[[nodiscard]] inline std::array<double, normals_per_block> normals_at(
    const Stream& stream, std::uint32_t block) noexcept {
    const Words words = words_at(stream, block);
    std::array<double, normals_per_block> out{};
    // std::sqrt is the IEEE operation; it is correctly rounded everywhere.
    const auto square_root = [](double value) { return std::sqrt(value); };
    normal_pair_kernel<double, std::uint64_t>(words[0], words[1], square_root, out[0], out[1]);
    normal_pair_kernel<double, std::uint64_t>(words[2], words[3], square_root, out[2], out[3]);
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
