// The kernels for x86-64 with AVX-512: vectors of eight doubles.
#include "kernel_tables.hpp"

#if defined(VOLTCORE_X86_LEVELS)

#include <immintrin.h>

#include <array>
#include <cmath>
#include <cstring>
#include <span>

// Everything below, the always-inlined kernels of the headers too, is compiled for AVX-512. Nothing
// that could be linked from elsewhere may be instantiated here.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512vl")
#endif

#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"

namespace voltcore::markets {

namespace {

constexpr std::size_t lanes = 8;
using Real = VectorOf<lanes>::real;
using Bits = VectorOf<lanes>::bits;

// The zero-masking forms with every lane on: the plain ones make g++ 12 warn about their own
// header.
constexpr __mmask8 every_lane = 0xff;

VOLTCORE_KERNEL Bits multiply_wide(const Bits& a, const Bits& b) noexcept {
    return __builtin_bit_cast(Bits,
                              _mm512_maskz_mul_epu32(every_lane, __builtin_bit_cast(__m512i, a),
                                                     __builtin_bit_cast(__m512i, b)));
}

VOLTCORE_KERNEL Real square_root(const Real& x) noexcept {
    return __builtin_bit_cast(Real,
                              _mm512_maskz_sqrt_pd(every_lane, __builtin_bit_cast(__m512d, x)));
}

template <class V>
VOLTCORE_KERNEL void store(std::byte* to, const V& value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

/// Stores z[j][lane] in the order of steps: 4 * lane + j.
VOLTCORE_KERNEL void store_steps(std::byte* to, const Real* z) noexcept {
    // Blocks 0, 2, 4, 6 and 1, 3, 5, 7, the first and the second two steps of each.
    const Real even_01 = __builtin_shufflevector(z[0], z[1], 0, 8, 2, 10, 4, 12, 6, 14);
    const Real odd_01 = __builtin_shufflevector(z[0], z[1], 1, 9, 3, 11, 5, 13, 7, 15);
    const Real even_23 = __builtin_shufflevector(z[2], z[3], 0, 8, 2, 10, 4, 12, 6, 14);
    const Real odd_23 = __builtin_shufflevector(z[2], z[3], 1, 9, 3, 11, 5, 13, 7, 15);
    // Whole blocks: 0 and 4, 2 and 6, 1 and 5, 3 and 7.
    const Real block_04 = __builtin_shufflevector(even_01, even_23, 0, 1, 8, 9, 4, 5, 12, 13);
    const Real block_26 = __builtin_shufflevector(even_01, even_23, 2, 3, 10, 11, 6, 7, 14, 15);
    const Real block_15 = __builtin_shufflevector(odd_01, odd_23, 0, 1, 8, 9, 4, 5, 12, 13);
    const Real block_37 = __builtin_shufflevector(odd_01, odd_23, 2, 3, 10, 11, 6, 7, 14, 15);
    store(to, __builtin_shufflevector(block_04, block_15, 0, 1, 2, 3, 8, 9, 10, 11));
    store(to + 1 * sizeof(Real),
          __builtin_shufflevector(block_26, block_37, 0, 1, 2, 3, 8, 9, 10, 11));
    store(to + 2 * sizeof(Real),
          __builtin_shufflevector(block_04, block_15, 4, 5, 6, 7, 12, 13, 14, 15));
    store(to + 3 * sizeof(Real),
          __builtin_shufflevector(block_26, block_37, 4, 5, 6, 7, 12, 13, 14, 15));
}

#include "path_kernels.inc"

}  // namespace

const Kernels avx512_kernels{SimdLevel::avx512, &normals,  &walk,    &price, &draws,
                             &quantise,         &exp_rows, &log_rows};

}  // namespace voltcore::markets

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
