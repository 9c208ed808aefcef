#pragma once

#include <cstdint>

// Kernels that the compiler vectors are compiled once for each of these levels, and the processor
// chooses when the library is loaded. Elsewhere there is one plain build with the same results.

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VOLTCORE_LEVELS __attribute__((target_clones("avx512f", "avx2", "default")))
#if __GNUC__ >= 12  // before, the levels of x86-64 are not known when the library is loaded
#define VOLTCORE_CHOOSES_FUSED 1
#define VOLTCORE_FUSED_LEVELS \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#else
#define VOLTCORE_LEVELS
#endif
#define VOLTCORE_INLINE inline __attribute__((always_inline))

#if !defined(VOLTCORE_FUSED_LEVELS)
#define VOLTCORE_FUSED_LEVELS
#endif

namespace voltcore::math {

/// Whether a kernel of VOLTCORE_FUSED_LEVELS has fused multiply-add here, and not a slow function.
[[nodiscard]] inline bool fused_is_fast() noexcept {
#if defined(__FP_FAST_FMA)
    return true;
#elif defined(VOLTCORE_CHOOSES_FUSED)
    return __builtin_cpu_supports("x86-64-v3") != 0;
#else
    return false;
#endif
}

/// The double nearest to a u64, from its two halves: one rounding, and it vectors without a
/// conversion instruction for 64-bit integers, which AVX2 does not have.
VOLTCORE_INLINE double to_double(std::uint64_t value) noexcept {
    const double high =
        __builtin_bit_cast(double, (value >> 32) | std::uint64_t{0x4530'0000'0000'0000});
    const double low =
        __builtin_bit_cast(double, (value & 0xFFFF'FFFF) | std::uint64_t{0x4330'0000'0000'0000});
    return (high - 0x1.00000001p84) + low;
}

/// The integer nearest to a double in [0, 2^51].
VOLTCORE_INLINE std::uint64_t nearest(double value) noexcept {
    return __builtin_bit_cast(std::uint64_t, value + 0x1p52) & 0xF'FFFF'FFFF'FFFF;
}

/// The whole double nearest to one below 2^51. (GCC vectors no floor or ceil here: they might
/// trap.)
VOLTCORE_INLINE double nearest_whole(double value) noexcept {
    return (value + 0x1.8p52) - 0x1.8p52;
}

/// The bits of a double; the top one is its sign.
VOLTCORE_INLINE std::uint64_t bits_of(double value) noexcept {
    return __builtin_bit_cast(std::uint64_t, value);
}

/// 1 for a negative value, else 0.
VOLTCORE_INLINE double one_if_negative(double value) noexcept {
    return __builtin_bit_cast(double, (0 - (bits_of(value) >> 63)) & bits_of(1.0));
}

/// `yes` where all bits of the mask are set, `no` where none is.
VOLTCORE_INLINE double select(std::uint64_t mask, double yes, double no) noexcept {
    return __builtin_bit_cast(double, (bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

}  // namespace voltcore::math
