#pragma once

#include <array>
#include <cstdint>

namespace voltcore::markets {

/// What a random number is for. Two purposes never share a number; ids are part of the results and
/// never change. 64 and above are free for the areas above this one.
enum class Purpose : std::uint8_t {
    diffusion = 0,          ///< normals of a diffusion, 4 a block
    jump_count = 1,         ///< jumps in a step, 2 a block
    jump_size = 2,          ///< sum of a step's jumps, 4 a block
    bootstrap = 3,          ///< start of a resampled block
    bridge = 4,             ///< normals of one epoch of the epoch bridge, 4 a block
    short_rate = 5,         ///< a step of a short rate; part = series << 8 | attempt
    rate_mixture = 6,       ///< Poisson number behind a step of a short rate; parts as above
    common_jump_count = 7,  ///< jumps of all assets at once in a step, 2 a block
    common_jump_size = 8,   ///< one asset's share of them, part = asset, 4 a block
    first_free = 64,        ///< sim and above count from here
};

/// Counter-based random numbers: a pure function of (seed, purpose, part, path, block).
///
/// Key (2 x 32 bits):     seed low, seed high.
/// Counter (4 x 32 bits): block, purpose << 24 | part, path low, path high.
///
/// seed and path take their full 64 bits, block 32, purpose 8 and part 24 (an epoch, an asset):
/// 192 bits into 192 bits without loss, and Philox is a bijection of the counter for a given key,
/// so no two draws of one seed can coincide.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
struct Stream {
    std::uint64_t seed = 0;
    std::uint64_t path = 0;
    std::uint32_t purpose_and_part = 0;

    static constexpr std::uint32_t part_limit = 1u << 24;

    /// part < 2^24; higher bits are dropped.
    [[nodiscard]] static constexpr Stream of(std::uint64_t seed, Purpose purpose,
                                             std::uint64_t path, std::uint32_t part = 0) noexcept {
        return {seed, path,
                (static_cast<std::uint32_t>(purpose) << 24) | (part & (part_limit - 1))};
    }
};

using Words = std::array<std::uint32_t, 4>;

inline constexpr std::uint32_t philox_multiplier_0 = 0xD2511F53u;
inline constexpr std::uint32_t philox_multiplier_1 = 0xCD9E8D57u;
inline constexpr std::uint32_t philox_weyl_0 = 0x9E3779B9u;
inline constexpr std::uint32_t philox_weyl_1 = 0xBB67AE85u;
inline constexpr int philox_rounds = 10;

/// Philox4x32-10.
[[nodiscard]] constexpr Words philox4x32(Words counter, std::uint32_t key_0,
                                         std::uint32_t key_1) noexcept {
    for (int round = 0; round < philox_rounds; ++round) {
        const std::uint64_t a = std::uint64_t{philox_multiplier_0} * counter[0];
        const std::uint64_t b = std::uint64_t{philox_multiplier_1} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key_0,
                   static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key_1,
                   static_cast<std::uint32_t>(a)};
        key_0 += philox_weyl_0;
        key_1 += philox_weyl_1;
    }
    return counter;
}

/// The four words of one block of a stream.
[[nodiscard]] constexpr Words words_at(const Stream& stream, std::uint32_t block) noexcept {
    return philox4x32({block, stream.purpose_and_part, static_cast<std::uint32_t>(stream.path),
                       static_cast<std::uint32_t>(stream.path >> 32)},
                      static_cast<std::uint32_t>(stream.seed),
                      static_cast<std::uint32_t>(stream.seed >> 32));
}

/// The middle of one of 2^52 equal parts of (0, 1).
[[nodiscard]] constexpr double uniform_of(std::uint64_t draw) noexcept {
    return (static_cast<double>(draw >> 12) + 0.5) * 0x1p-52;
}

/// Word pairs as 64-bit draws: index 0 is words 0 and 1 (low first), index 1 words 2 and 3.
[[nodiscard]] constexpr std::uint64_t draw_64(const Words& words, int index) noexcept {
    const auto at = static_cast<std::size_t>(2 * index);
    return (std::uint64_t{words[at + 1]} << 32) | words[at];
}

}  // namespace voltcore::markets
