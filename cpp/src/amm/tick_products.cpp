#include "tick_products.hpp"

#include <algorithm>
#include <bit>

#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u512.hpp"

// Let r be the contracts' chain of products for the magnitude of a tick, x its exact value after
// the low bits' factors, and P the real product of the (at most ten) others over 2^128. Each
// truncation of the chain loses less than 1, which the later factors scale down, so
// x P - 10 < r <= x P. Of r the price of a negative tick is ceil(r / 2^32), that of a positive one
// ceil(floor((2^256 - 1) / r) / 2^32).
//
// Negative ticks. The table of the high bits holds h with P 2^128 - 11 < h <= P 2^128 (the empty
// product costs 1), the other x or x - 1, so floor(x h / 2^128) is in (x P - 14, x P]. Both it and
// r lie in an interval of length 14, which holds no multiple of 2^32 when the low 32 bits of the
// product are in [16, 2^32 - 16]: once in 10^8 ticks they are not.
//
// Positive ticks below 2^17. With 1 / P = y 2^(k - 127), 2^127 < y <= 2^128, and the tables
// floor(2^255 / x) and floor(y) (one less for 2^128), the product's high half t has
// t <= 2^(254 - k) / (x P) < t + 3, and shifted by 30 - k that real number is 2^224 / (x P). As r
// may be 10 less than x P, which is at least 2^(127 - k), 2^224 / r is in
// [t, t + 3 + 21 2^k) 2^(k - 30). When the fraction of t is in [16, 2^(30 - k) - 32 2^k) the
// interval has one whole part n, and its fractions are above 2^-32; then
// 2^32 n < floor((2^256 - 1) / r) < 2^32 (n + 1), so the price is n + 1. k is at most 9.
//
// Positive ticks from 2^17 on need r itself. All errors of the chain but the last truncation, at
// most nine, are scaled down by the factor of the highest bit, f < 2^-9: with P = m 2^-(128 + k),
// x P - 9 f < r' <= x P for an r' of which r is the whole part. The product of x (or x - 1) and
// floor(m) has a high half u with u <= 2^k x P < u + 3, so r is the whole part of u 2^-k when the
// fraction of u 2^-k is at least 9 f and below 1 - 3 2^-k. (4 2^-k is left, to be a shift.)
//
// Then G = 2^(254 - k) / r is wanted, of which 2^(k - 30) is the real price. As for the near ticks,
// t <= 2^(254 - k) / (x P) < t + 3; and G exceeds that by its share rest / u, rest = u - 2^k r:
// t rest / u = t^2 rest / 2^254 to be added, here from the high limbs of t. k <= 63, so rest / u is
// below 2^-63, its square adds less than 1, and the limbs that are left out less than 4: in all
// t <= G < t + 16. All of it is rounded down, so 2^(254 - k) - t r is in [0, 2^(132 - k)) and is
// -t r modulo 2^128. Divided by r, that is multiplied by t 2^(k - 254), it is what G exceeds t by:
// with its leading 64 bits and the high limb of t, in units of 2^-57, less than 2 of them too
// small. Shifted by k - 30 these are below 2^-23. When the fraction of the result is in
// [2^-22, 1 - 2^-22), thus also above 2^-32, the price is its whole part and 1, as above.

namespace voltcore::amm {

namespace {

using math::U512;

constexpr std::size_t place(std::int32_t index) { return static_cast<std::size_t>(index); }
constexpr u128 all_ones = ~u128{0};

/// `mantissa` 2^-(256 + exponent), 2^255 <= mantissa < 2^256.
struct RealProduct {
    U256 mantissa;
    int exponent;
};

/// P of every high part, to 240 bits.
constexpr std::array<RealProduct, place(high_count)> real_products() {
    std::array<RealProduct, place(high_count)> all{};
    all[0] = {U256::power_of_two(255), -1};
    for (std::int32_t high = 1; high < high_count; ++high) {
        const int top = static_cast<int>(std::bit_width(static_cast<std::uint32_t>(high))) - 1;
        const RealProduct& rest = all[place(high - (1 << top))];
        const U512 product =
            math::multiply_full(rest.mantissa, U256{tick_factors[place(top + low_bits)]});
        // Below 2^384, and at least 2^(255 + 90).
        const int excess = product.high().bit_length();
        all[place(high)] = {(product >> static_cast<unsigned>(excess)).low(),
                            rest.exponent + 128 - excess};
    }
    return all;
}
constexpr auto products = real_products();

/// floor(2^exponent / divisor), or 2^128 - 1 for 2^128. Precondition: exponent < 512.
constexpr u128 inverse(int exponent, const U256& divisor) {
    const int half = exponent / 2;
    U256 quotient;
    (void)math::try_mul_div(U256::power_of_two(half), U256::power_of_two(exponent - half), divisor,
                            quotient);
    return quotient.fits_u128() ? quotient.low_half() : all_ones;
}

constexpr std::array<u128, place(2 * low_count)> make_low_parts() {
    std::array<u128, place(2 * low_count)> parts{};
    for (std::int32_t low = 0; low < low_count; ++low) {
        const u128 x = factor_chain(low, 0);
        parts[place(low)] = x;
        parts[place(low + low_count)] = inverse(255, low == 0 ? U256::power_of_two(128) : U256{x});
    }
    return parts;
}

constexpr HighParts make_high_parts() {
    HighParts parts{};
    for (std::int32_t high = 0; high < high_count; ++high) {
        parts.part[place(high)] = factor_chain(high, low_bits);
        parts.shift[place(high)] = 32;
        parts.most_fraction[place(high)] = 0xffffffffU - 15;
    }
    for (std::int32_t high = 0; high < near_high_count; ++high) {
        const RealProduct& product = products[place(high)];
        // 1 / P = 2^(256 + e) / m, in (2^e, 2^(e + 1)]: y = 2^383 / m and k = e. For P = 1, e = -1
        // and y = 2^128.
        const std::size_t at = place(high + high_count);
        parts.part[at] = inverse(383, product.mantissa);
        const int shift = 30 - product.exponent;
        parts.shift[at] = static_cast<std::uint8_t>(shift);
        const int margin = 5 + std::max(product.exponent, 0);
        parts.most_fraction[at] = static_cast<std::uint32_t>((std::uint64_t{1} << shift) -
                                                             (std::uint64_t{1} << margin) - 1);
    }
    return parts;
}

constexpr std::array<FarPart, place(high_count - near_high_count)> make_far_parts() {
    std::array<FarPart, place(high_count - near_high_count)> parts{};
    for (std::int32_t high = near_high_count; high < high_count; ++high) {
        const RealProduct& product = products[place(high)];
        const int top =
            static_cast<int>(std::bit_width(static_cast<std::uint32_t>(high))) - 1 + low_bits;
        const auto factor = static_cast<std::uint64_t>(tick_factors[place(top)] >> 64);
        parts[place(high - near_high_count)] = {product.mantissa.high_half(),
                                                inverse(383, product.mantissa), 9 * (factor + 1),
                                                static_cast<std::uint64_t>(product.exponent)};
    }
    return parts;
}

}  // namespace

constinit const std::array<u128, std::size_t{2 * low_count}> low_parts = make_low_parts();
constinit const HighParts high_parts = make_high_parts();
constinit const std::array<FarPart, std::size_t{high_count - near_high_count}> far_parts =
    make_far_parts();

}  // namespace voltcore::amm
