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
VOLTCORE_KERNEL Real load(const double* from) noexcept {
    Real value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
template <class T, class V>
VOLTCORE_KERNEL void store(T* to, const V& value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

VOLTCORE_KERNEL Bits reduced(const Bits& value, const Bits& less) noexcept {
    return __builtin_bit_cast(Bits, _mm256_blendv_pd(__builtin_bit_cast(__m256d, less),
                                                     __builtin_bit_cast(__m256d, value),
                                                     __builtin_bit_cast(__m256d, less)));
}
VOLTCORE_KERNEL double least_of(const Real& value) noexcept {
    const double a = value[0] < value[1] ? value[0] : value[1];
    const double b = value[2] < value[3] ? value[2] : value[3];
    return a < b ? a : b;
}
VOLTCORE_KERNEL double most_of(const Real& value) noexcept { return -least_of(-value); }

/// Sums up to and with each lane, and `total` of the vectors before; `total` becomes the new one in
/// every lane. Only one addition waits for the vector before.
template <class V>
VOLTCORE_KERNEL V running(const V& value, V& total) noexcept {
    const __m256d zero = _mm256_setzero_pd();
    const auto bits = [](const V& x) { return __builtin_bit_cast(__m256d, x); };
    const V pairs = value + __builtin_bit_cast(V, _mm256_unpacklo_pd(zero, bits(value)));
    const __m256d second = _mm256_permute4x64_pd(bits(pairs), 0b01'01'01'01);
    const V sums = pairs + __builtin_bit_cast(V, _mm256_blend_pd(zero, second, 0b1100));
    const V out = total + sums;
    total = total + __builtin_bit_cast(V, _mm256_permute4x64_pd(bits(sums), 0b11'11'11'11));
    return out;
}

#include "crab_hours_narrow.inc"

}  // namespace

bool evaluate_avx2(const MarketFactors& linear, const MarketFactors& squared,
                   const WeekQuotes& quotes, Hours& hours) noexcept {
    return week_from(linear, squared, quotes, hours);
}

std::size_t first_outside_avx2(const Hours& hours, std::size_t begin, double low,
                               double high) noexcept {
    // Whole vectors from the one that holds `begin`, whose earlier lanes do not count.
    std::size_t i = begin - begin % lanes;
    unsigned counted = 0xfU << (begin - i);
    for (; i < hours_per_week; i += lanes) {
        const Real price = load(&hours.price[i]);
        const auto inside = (price >= low) & (price <= high);
        const auto bits =
            static_cast<unsigned>(_mm256_movemask_pd(__builtin_bit_cast(__m256d, inside)));
        const unsigned outside = ~bits & counted & 0xfU;
        if (outside != 0) return i + static_cast<std::size_t>(__builtin_ctz(outside));
        counted = 0xf;
    }
    return hours_per_week;
}

HourExtremes extremes_avx2(const Hours& hours, const EquityLine& line, std::size_t begin,
                           std::size_t end) noexcept {
    constexpr double infinity = __builtin_inf();
    const EquityLine held = line;
    Real least_equity = Real{} + infinity;
    Real most_equity = -least_equity;
    Real least_ratio = least_equity;
    Real most_ratio = most_equity;
    const auto add = [&](std::size_t i) {
        const Real price = load(&hours.price[i]);
        const Real equity = (held.fixed + held.per_power * (price * price)) +
                            (held.per_price * price + (held.squared * load(&hours.squared_paid[i]) +
                                                       held.linear * load(&hours.linear_paid[i])));
        const Real ratio = equity * load(&hours.inverse_power[i]);
        least_equity = equity < least_equity ? equity : least_equity;
        most_equity = equity > most_equity ? equity : most_equity;
        least_ratio = ratio < least_ratio ? ratio : least_ratio;
        most_ratio = ratio > most_ratio ? ratio : most_ratio;
    };
    for (std::size_t i = begin; i + lanes < end; i += lanes) add(i);
    // Extremes do not mind hours that are seen twice.
    add(end - lanes);
    return {.least_equity = least_of(least_equity),
            .most_equity = most_of(most_equity),
            .least_ratio = least_of(least_ratio),
            .most_ratio = most_of(most_ratio)};
}

}  // namespace voltcore::sim

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
