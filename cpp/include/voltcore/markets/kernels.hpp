#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/markets/philox.hpp"

namespace voltcore::markets {

/// Instruction sets the kernels are built for. All give the same bits.
enum class SimdLevel : std::uint8_t { base, avx2, avx512 };

/// Where a random walk stands between two calls: W = carry after `block` blocks of four normals.
struct WalkPosition {
    std::uint32_t block = 0;
    double carry = 0.0;
};

/// The vector kernels of the path models. Buffers hold doubles (or int64 where said) in any memory
/// of that size: they are read and written as bytes, so a price buffer can hold the walk first.
struct Kernels {
    SimdLevel level;

    /// out[i] = normal number 4 * first_block + i of the stream.
    void (*normals)(const Stream& stream, std::uint32_t first_block, std::byte* out,
                    std::size_t count) noexcept;

    /// out[i] = W(i + 1), the running sum of the stream's normals from `position` on, which moves
    /// on by ceil(count / 4) blocks; only the last call of a walk may have count % 4 != 0.
    ///
    /// Order of the sum: W(4 b + j) = C(b) + ((z1 + z2) + ... + zj), C(b + 1) = C(b) + (((z1 + z2)
    /// + z3) + z4) of block b.
    void (*walk)(const Stream& stream, WalkPosition& position, std::byte* out,
                 std::size_t count) noexcept;

    /// out[i] = start * e^(drift * (first_step + i) + volatility * walk[i]), computed as start *
    /// 2^y with y = (first_step + i) * (drift * log2 e) + walk[i] * (volatility * log2 e) clamped
    /// to
    /// [-1021, 1021]. |walk[i]| <= most_walk. `out` may be `walk`.
    void (*price)(double start, double drift, double volatility, double first_step,
                  double most_walk, const std::byte* walk, std::byte* out,
                  std::size_t count) noexcept;

    /// out[i] (uint64) = draw_64 number i of the stream, two a block, from 2 * first_block on.
    void (*draws)(const Stream& stream, std::uint32_t first_block, std::byte* out,
                  std::size_t count) noexcept;

    /// out[i] (int64) = price[i] * scale to nearest, ties to even, clamped to [1, 2^51]. `out` may
    /// be `price`.
    void (*quantise)(double scale, const std::byte* price, std::byte* out,
                     std::size_t count) noexcept;

    /// out[i] = exp(in[i]), as exp() of elementary.hpp.
    void (*exp)(const std::byte* in, std::byte* out, std::size_t count) noexcept;
    void (*log)(const std::byte* in, std::byte* out, std::size_t count) noexcept;
};

/// The fastest kernels this machine can run.
[[nodiscard]] const Kernels& best_kernels() noexcept;

/// The kernels of a level, or nullptr where this build or this machine does not have them.
[[nodiscard]] const Kernels* kernels_of(SimdLevel level) noexcept;

}  // namespace voltcore::markets
