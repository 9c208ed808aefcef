#include <doctest/doctest.h>

#include <vector>

#include "voltcore/math/limb_divisor.hpp"
#include "voltcore/math/ud60x18.hpp"

namespace voltcore::math {

namespace {

/// The sizes at which a digit, a shift or a limb begins or ends.
std::vector<std::uint64_t> limb_operands() {
    std::vector<std::uint64_t> out{0, 1, 2, 3, wad_u64 - 1, wad_u64, wad_u64 + 1, half_wad_u64};
    for (int k = 2; k < 64; ++k) {
        const std::uint64_t power = std::uint64_t{1} << k;
        out.insert(out.end(), {power - 1, power, power + 1});
    }
    out.insert(out.end(), {~std::uint64_t{0} - 1, ~std::uint64_t{0}});
    return out;
}

/// Every limb one of a few: all patterns of carries between the digits.
std::vector<U256> wide_operands() {
    const std::uint64_t limbs[] = {
        0, 1, wad_u64 - 1, wad_u64, std::uint64_t{1} << 63, ~std::uint64_t{0}};
    std::vector<U256> out;
    for (const std::uint64_t l3 : limbs)
        for (const std::uint64_t l2 : limbs)
            for (const std::uint64_t l1 : limbs)
                for (const std::uint64_t l0 : limbs)
                    out.push_back(U256::from_limbs(l0, l1, l2, l3));
    return out;
}

/// a = quotient * d + rest with rest < d: what a division means, without dividing.
bool is_division(const U256& a, const U256& d, const U256Division& division) {
    U256 product;
    U256 back;
    return !multiply_overflows(division.quotient, d, product) &&
           !add_overflows(product, division.remainder, back) && back == a && division.remainder < d;
}

}  // namespace

TEST_CASE("a limb divides by its reciprocal as a division means") {
    const std::vector<U256> dividends = wide_operands();
    int wrong = 0;
    int different = 0;
    for (const std::uint64_t d : limb_operands()) {
        if (d == 0) continue;
        const LimbDivisor divisor{d};
        CHECK(divisor.value() == d);
        for (const U256& a : dividends) {
            const U256Division division = divisor.divide(a);
            wrong += is_division(a, U256{d}, division) ? 0 : 1;
            const U256Division plain = divide_nonzero(a, U256{d});
            different +=
                plain.quotient == division.quotient && plain.remainder == division.remainder ? 0
                                                                                             : 1;
            different += divisor.quotient(a.low_half()) == a.low_half() / d ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
    CHECK(different == 0);
}

TEST_CASE("multiples of the divisor and their neighbours are divided right") {
    int wrong = 0;
    for (const std::uint64_t d : limb_operands()) {
        if (d == 0) continue;
        const LimbDivisor divisor{d};
        for (const std::uint64_t q : limb_operands()) {
            const u128 product = static_cast<u128>(q) * d;
            if (divisor.small_quotient(product) != q) ++wrong;
            if (divisor.small_quotient(product + (d - 1)) != q) ++wrong;
            if (q > 0 && divisor.small_quotient(product - 1) != q - 1) ++wrong;
            if (divisor.quotient(product) != q) ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("the integer square root is the floor at squares, their neighbours and the ends") {
    const auto is_floor_root = [](const U256& x, const U256& root) {
        U256 square;
        if (multiply_overflows(root, root, square) || square > x) return false;
        U256 next;
        const U256 above = wrapping_add(root, U256{1U});
        return multiply_overflows(above, above, next) || next > x;
    };
    int wrong = 0;
    for (const std::uint64_t high : limb_operands()) {
        for (const std::uint64_t low : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
            const U256 root = U256::from_limbs(low, high, 0, 0);
            const U256 square = wrapping_multiply(root, root);
            for (const U256& x :
                 {square, wrapping_add(square, U256{1U}), wrapping_subtract(square, U256{1U})}) {
                wrong += is_floor_root(x, integer_sqrt(x)) ? 0 : 1;
            }
        }
    }
    for (int k = 0; k < 256; ++k) {
        const U256 x = U256::power_of_two(k);
        wrong += is_floor_root(x, integer_sqrt(x)) ? 0 : 1;
        const U256 below = wrapping_subtract(x, U256{1U});
        wrong += is_floor_root(below, integer_sqrt(below)) ? 0 : 1;
    }
    CHECK(wrong == 0);
}

}  // namespace voltcore::math
