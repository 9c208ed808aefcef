#pragma once

#include <cstdint>

#include "voltcore/markets/philox.hpp"

// Variates that are drawn by rejection. Attempt number i of a draw reads block `block` of part
// `first part + i`: a pure function of its address, whatever other draws needed. A part has room
// for 256 attempts; no method here is refused more often than one time in three, so that the last
// attempt, which is taken as it is, has a probability below 3^-255.

namespace voltcore::markets {

inline constexpr std::uint32_t most_attempts = 256;

/// Where a draw takes its words from.
struct DrawAddress {
    Stream stream;        ///< the low eight bits of its part are 0
    std::uint32_t block;  ///< usually the step

    [[nodiscard]] Words words(std::uint32_t attempt) const noexcept {
        Stream at = stream;
        at.purpose_and_part += attempt;
        return words_at(at, block);
    }
};

/// Gamma variate of scale 1 for shape >= 0; 0 for shape 0.
///
/// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); for shape < 1
/// times u^(1 / shape), their section 6. A block's first two words give the normals `x` and `y` of
/// a pair: the method takes y and leaves x to the caller; the other two the uniform number.
[[nodiscard]] double gamma_at(double shape, const DrawAddress& draws) noexcept;

/// The normal that gamma_at leaves in the first attempt of the same address.
[[nodiscard]] double spare_normal_at(const DrawAddress& draws) noexcept;

/// Poisson variate as a double, exact for means in [0, 2^50].
///
/// Below 10 by multiplying uniforms; else Hörmann, "The transformed rejection method for generating
/// Poisson random variables" (1993), algorithm PTRS.
[[nodiscard]] double poisson_at(double mean, const DrawAddress& draws) noexcept;

/// ln n! for an integer n >= 0, relative error <= 1e-14 for n >= 2 (tested).
[[nodiscard]] double log_factorial(double n) noexcept;

}  // namespace voltcore::markets
