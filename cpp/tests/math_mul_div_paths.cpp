#include <doctest/doctest.h>

#include <vector>

#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/u512.hpp"

namespace voltcore::math {

namespace {

/// 2^k - 1, 2^k, 2^k + 1 at every size of operand where a path of mulDiv begins or ends, sizes
/// between, and limbs that carry or do not.
std::vector<U256> border_operands() {
    std::vector<U256> out{U256{0}, U256::max(), U256::max() - U256{1},
                          U256{std::uint64_t{1'000'000'000'000'000'000}}};
    for (const int k :
         {0, 1, 31, 32, 63, 64, 65, 96, 127, 128, 129, 160, 191, 192, 193, 254, 255}) {
        const U256 power = U256::power_of_two(k);
        for (const U256& value : {power - U256{1}, power, power + U256{1}}) out.push_back(value);
    }
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    constexpr std::uint64_t half = std::uint64_t{1} << 63;
    out.push_back(U256::from_limbs(0, ones, 0, 0));
    out.push_back(U256::from_limbs(ones, 0, ones, 0));
    out.push_back(U256::from_limbs(ones, half, half - 1, half));
    out.push_back(U256::from_limbs(0, 0, ones, half));
    return out;
}

/// Whether a * b = quotient * d + rest with rest < d: what a division means, without dividing.
bool is_division(const U512& product, const U256& d, const U256Division& division) {
    const U512 back = multiply_full(division.quotient, d);
    U256 low;
    const bool carry = add_overflows(back.low(), division.remainder, low);
    const U256 high = wrapping_add(back.high(), U256{static_cast<std::uint64_t>(carry)});
    return division.remainder < d && U512{high, low} == product;
}

}  // namespace

TEST_CASE("every path of mulDiv gives what the general path gives at the borders of its operands") {
    const std::vector<U256> operands = border_operands();
    int divided = 0;
    int refused = 0;
    int different = 0;
    int wrong = 0;
    for (const U256& a : operands) {
        for (const U256& b : operands) {
            const U512 product = multiply_full(a, b);
            for (const U256& d : operands) {
                U256Division general{};
                U256Division chosen{};
                const Revert expected = mul_div_path::general(a, b, d, general);
                if (try_mul_div_rem(a, b, d, chosen) != expected) ++different;
                if (expected != Revert::none) {
                    ++refused;
                    continue;
                }
                ++divided;
                if (chosen.quotient != general.quotient) ++different;
                if (chosen.remainder != general.remainder) ++different;
                if (!is_division(product, d, general)) ++wrong;
            }
        }
    }
    CHECK(different == 0);
    CHECK(wrong == 0);
    CHECK(divided > 50'000);
    CHECK(refused > 40'000);
}

TEST_CASE("the one-limb path gives what the general path gives, its own borders included") {
    std::vector<std::uint64_t> operands{0, 1, 2, 3};
    for (int k = 2; k < 64; ++k) {
        const std::uint64_t power = std::uint64_t{1} << k;
        operands.insert(operands.end(), {power - 1, power, power + 1});
    }
    operands.insert(operands.end(), {~std::uint64_t{0} - 1, ~std::uint64_t{0}});
    int different = 0;
    for (const std::uint64_t a : operands) {
        for (const std::uint64_t b : operands) {
            for (const std::uint64_t d : operands) {
                U256Division general{};
                U256Division small{};
                const Revert expected = mul_div_path::general(U256{a}, U256{b}, U256{d}, general);
                const Revert found = mul_div_path::small(a, b, d, small);
                const bool same = found == expected &&
                                  (found != Revert::none || (small.quotient == general.quotient &&
                                                             small.remainder == general.remainder));
                if (!same) ++different;
            }
        }
    }
    CHECK(different == 0);
}

TEST_CASE("a shift gives what the general path gives for every power of two") {
    const std::vector<U256> operands = border_operands();
    int different = 0;
    int shifted = 0;
    for (int k = 0; k < 256; ++k) {
        const U256 d = U256::power_of_two(k);
        for (const U256& a : operands) {
            for (const U256& b : operands) {
                U256Division general{};
                if (mul_div_path::general(a, b, d, general) != Revert::none) continue;
                const U256Division shift = mul_div_path::shift(multiply_full(a, b), d);
                ++shifted;
                if (shift.quotient != general.quotient) ++different;
                if (shift.remainder != general.remainder) ++different;
            }
        }
    }
    CHECK(different == 0);
    CHECK(shifted > 300'000);
}

}  // namespace voltcore::math
