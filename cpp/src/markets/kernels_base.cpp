// The kernels for the instruction set every build has: pairs of doubles.
#include <cmath>
#include <cstring>

#include "kernel_tables.hpp"
#include "voltcore/markets/elementary.hpp"
#include "voltcore/markets/normals.hpp"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace voltcore::markets {

namespace {

constexpr std::size_t lanes = 2;
using Real = VectorOf<lanes>::real;
using Bits = VectorOf<lanes>::bits;

VOLTCORE_KERNEL Bits multiply_wide(const Bits& a, const Bits& b) noexcept {
#if defined(__SSE2__)
    return __builtin_bit_cast(
        Bits, _mm_mul_epu32(__builtin_bit_cast(__m128i, a), __builtin_bit_cast(__m128i, b)));
#else
    return (a & 0xffffffff) * (b & 0xffffffff);
#endif
}

VOLTCORE_KERNEL Real square_root(Real x) noexcept {
    for (std::size_t lane = 0; lane < lanes; ++lane) x[lane] = std::sqrt(x[lane]);
    return x;
}

template <class V>
VOLTCORE_KERNEL void store(std::byte* to, const V& value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

/// Stores z[j][lane] in the order of steps: 4 * lane + j.
VOLTCORE_KERNEL void store_steps(std::byte* to, const Real* z) noexcept {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        for (std::size_t half = 0; half < 2; ++half, to += sizeof(Real)) {
            const Real pair = {z[2 * half][lane], z[2 * half + 1][lane]};
            store(to, pair);
        }
    }
}

#include "path_kernels.inc"

}  // namespace

const Kernels base_kernels{SimdLevel::base, &normals,  &walk,     &price,
                           &draws,          &quantise, &exp_rows, &log_rows};

}  // namespace voltcore::markets
