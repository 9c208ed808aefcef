// The hours of the crab's markets, four at a time.
#include "crab_hours_vector.hpp"

#if defined(VOLTCORE_CRAB_AVX2)

#include <immintrin.h>

#include <cstring>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace voltcore::sim {

namespace {

constexpr std::size_t lanes = 4;
using Real = double __attribute__((vector_size(32)));
using Bits = std::uint64_t __attribute__((vector_size(32)));

VOLTCORE_KERNEL Bits multiply_wide(const Bits& a, const Bits& b) noexcept {
    return __builtin_bit_cast(
        Bits, _mm256_mul_epu32(__builtin_bit_cast(__m256i, a), __builtin_bit_cast(__m256i, b)));
}
VOLTCORE_KERNEL Bits load(const std::int64_t* from) noexcept {
    Bits value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
template <class T, class V>
VOLTCORE_KERNEL void store(T* to, const V& value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

#include "crab_hours_narrow.inc"

}  // namespace

void evaluate_avx2(const MarketFactors& linear, const MarketFactors& squared,
                   const WeekQuotes& quotes, Hours& hours) noexcept {
    // A column holds a whole number of vectors; lanes past the end compute numbers nobody reads.
    static_assert(hours_per_week % lanes == 0);
    // Copies that no store can alias, so that the constants stay in vectors.
    const MarketFactors linear_factors = linear;
    const MarketFactors squared_factors = squared;
    const WeekQuotes week = quotes;
    const std::size_t size = hours.size;
    for (std::size_t i = 0; i < size; i += lanes) {
        hours_from(linear_factors, squared_factors, week, i, hours);
    }
}

}  // namespace voltcore::sim

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
