// The rows of the filter, four at a time.

#include "voltcore/math/kernel_levels.hpp"
#include "voltcore/perps/book_filter.hpp"

#if defined(VOLTCORE_BOOK_AVX2)

#include <immintrin.h>

#include <cstring>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace voltcore::perps {

namespace {

constexpr std::size_t lanes = 4;
using Real = double __attribute__((vector_size(32)));
using Bits = std::uint64_t __attribute__((vector_size(32)));

VOLTCORE_INLINE Bits load(const std::uint64_t* from) noexcept {
    Bits value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
VOLTCORE_INLINE Bits load_sides(const std::uint8_t* from) noexcept {
    int four{};
    std::memcpy(&four, from, sizeof four);
    return __builtin_bit_cast(Bits, _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four)));
}
VOLTCORE_INLINE unsigned top_bits(const Bits& value) noexcept {
    return static_cast<unsigned>(_mm256_movemask_pd(__builtin_bit_cast(__m256d, value)));
}

#include "book_filter_rows.inc"

}  // namespace

void filter_rows_avx2(const Book& book, const FilterLimits& limits, std::size_t begin,
                      std::size_t groups, std::uint8_t* hits, std::uint8_t* open) noexcept {
    decide_book(book, limits, begin, groups, hits, open);
}

}  // namespace voltcore::perps

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
