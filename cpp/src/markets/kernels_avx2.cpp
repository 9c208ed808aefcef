// The kernels for x86-64 with AVX2: vectors of four doubles.
#include "kernel_tables.hpp"

#if defined(VOLTCORE_X86_LEVELS)

#include <immintrin.h>

#include <array>
#include <cmath>
#include <cstring>
#include <span>

// Everything below, the always-inlined kernels of the headers too, is compiled for AVX2. Nothing
// that could be linked from elsewhere may be instantiated here.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"

namespace voltcore::markets {

namespace {

constexpr std::size_t lanes = 4;
using Real = VectorOf<lanes>::real;
using Bits = VectorOf<lanes>::bits;

VOLTCORE_KERNEL Bits multiply_wide(const Bits& a, const Bits& b) noexcept {
    return __builtin_bit_cast(
        Bits, _mm256_mul_epu32(__builtin_bit_cast(__m256i, a), __builtin_bit_cast(__m256i, b)));
}

VOLTCORE_KERNEL Real square_root(const Real& x) noexcept {
    return __builtin_bit_cast(Real, _mm256_sqrt_pd(__builtin_bit_cast(__m256d, x)));
}

template <class V>
VOLTCORE_KERNEL void store(std::byte* to, const V& value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

/// Stores z[j][lane] in the order of steps: 4 * lane + j, a 4 x 4 transposition.
VOLTCORE_KERNEL void store_steps(std::byte* to, const Real* z) noexcept {
    const Real even_01 = __builtin_shufflevector(z[0], z[1], 0, 4, 2, 6);
    const Real odd_01 = __builtin_shufflevector(z[0], z[1], 1, 5, 3, 7);
    const Real even_23 = __builtin_shufflevector(z[2], z[3], 0, 4, 2, 6);
    const Real odd_23 = __builtin_shufflevector(z[2], z[3], 1, 5, 3, 7);
    store(to, __builtin_shufflevector(even_01, even_23, 0, 1, 4, 5));
    store(to + 1 * sizeof(Real), __builtin_shufflevector(odd_01, odd_23, 0, 1, 4, 5));
    store(to + 2 * sizeof(Real), __builtin_shufflevector(even_01, even_23, 2, 3, 6, 7));
    store(to + 3 * sizeof(Real), __builtin_shufflevector(odd_01, odd_23, 2, 3, 6, 7));
}

#include "path_kernels.inc"

}  // namespace

const Kernels avx2_kernels{SimdLevel::avx2, &normals,  &walk,     &price,
                           &draws,          &quantise, &exp_rows, &log_rows};

}  // namespace voltcore::markets

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
