#include <doctest/doctest.h>

#include "voltcore/math/error.hpp"
#include "voltcore/math/i256.hpp"
#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/u512.hpp"
#include "voltcore/math/wide_text.hpp"
#include "voltcore/math/wrapping_u256.hpp"

namespace voltcore::math {

namespace {

constexpr U256 one{1};
constexpr U256 top = U256::max();
constexpr I256 least = I256::min();

ErrorCode code_of(auto&& call) {
    try {
        (void)call();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode{};
}

// The kernels are usable at compile time and promise not to throw.
static_assert(mul_div(U256{7}, U256{5}, U256{2}) == U256{17});
static_assert(mul_div_ceil(U256{7}, U256{5}, U256{2}) == U256{18});
static_assert(mul_div_signed(I256{-7}, U256{5}, U256{2}) == I256{-17});
static_assert(top / U256{10} * U256{10} + top % U256{10} == top);
static_assert(multiply_full(top, top) == U512{top - one, one});
static_assert(noexcept(try_mul_div(one, one, one, std::declval<U256&>())));
static_assert(noexcept(wrapping_add(one, one)) && !noexcept(one + one));
static_assert(std::is_trivially_copyable_v<U256Division>);

}  // namespace

TEST_CASE("a carry runs through every limb") {
    const U256 low = U256::from_halves(0, ~u128{0});
    CHECK(low + one == U256::from_halves(1, 0));
    CHECK(U256::from_halves(1, 0) - one == low);
    CHECK(wrapping_add(top, one).is_zero());
    CHECK(wrapping_subtract(U256{}, one) == top);
    CHECK(code_of([] { return top + one; }) == ErrorCode::overflow);
    CHECK(code_of([] { return U256{} - one; }) == ErrorCode::overflow);
}

TEST_CASE("a product at the border of 256 bits is refused exactly when it does not fit") {
    for (int i = 0; i < 256; ++i) {
        const U256 a = U256::power_of_two(i);
        CHECK(a * U256::power_of_two(255 - i) == U256::power_of_two(255));
        if (i > 0) {
            CHECK(code_of([&] { return a * U256::power_of_two(256 - i); }) == ErrorCode::overflow);
            CHECK((top / a) * a == top - (a - one));
            CHECK(code_of([&] { return (top / a + one) * a; }) == ErrorCode::overflow);
        }
    }
}

TEST_CASE("shifts agree with multiplication and division by powers of two") {
    const U256 value = U256::from_limbs(0x0123456789abcdef, 0xfedcba9876543210, 0xdeadbeefcafebabe,
                                        0x8000000000000001);
    for (unsigned s = 0; s < 256; ++s) {
        const U256 power = U256::power_of_two(static_cast<int>(s));
        CHECK((value >> s) == value / power);
        CHECK(shift_left_truncating(value, s) == wrapping_multiply(value, power));
        CHECK(((value >> s) << s) == value - value % power);
        if (s > 0) CHECK(code_of([&] { return value << s; }) == ErrorCode::overflow);
    }
    CHECK((value >> 256).is_zero());
    CHECK(shift_left_truncating(value, 256).is_zero());
    CHECK((U256{} << 4000000000U).is_zero());
    CHECK(code_of([] { return one << 256; }) == ErrorCode::overflow);
    CHECK(code_of([] { return one << 4'294'967'295U; }) == ErrorCode::overflow);
}

TEST_CASE("the least signed value is refused wherever it has no negative") {
    CHECK(code_of([] { return -least; }) == ErrorCode::overflow);
    CHECK(code_of([] { return least / I256{-1}; }) == ErrorCode::overflow);
    CHECK(code_of([] { return least * I256{-1}; }) == ErrorCode::overflow);
    CHECK(code_of([] { return least - I256{1}; }) == ErrorCode::overflow);
    CHECK(code_of([] { return I256{0} - least; }) == ErrorCode::overflow);
    CHECK((least % I256{-1}).is_zero());
    CHECK(least.magnitude() == U256::power_of_two(255));
    CHECK(least / I256{1} == least);
    CHECK(code_of([] { return mul_div_signed(least, one, one); }) == ErrorCode::overflow);
    CHECK(least < I256{-1});
    CHECK(I256{-1} < I256{});
    CHECK((least >> 255) == I256{-1});
    CHECK((least >> 300) == I256{-1});
    CHECK((I256{-3} >> 1) == I256{-2});
    CHECK(I256{-7} / I256{2} == I256{-3});
    CHECK(I256{-7} % I256{2} == I256{-1});
}

TEST_CASE("ceil of 2^256 - 1 with a remainder is refused, its floor is not") {
    // Published hard vector: a * b = 2^257 - 1 = (2^256 - 1) * 2 + 1.
    const U256 a{535006138814359U};
    const U256 two{2};
    const U256Division factor = divide_fitting(U512{one, top}, a);
    CHECK(factor.remainder.is_zero());
    CHECK(mul_div(a, factor.quotient, two) == top);
    CHECK(code_of([&] { return mul_div_ceil(a, factor.quotient, two); }) == ErrorCode::overflow);
    CHECK(to_decimal(factor.quotient) ==
          "432862656469423142931042426214547535783388063929571229938474969");
}

TEST_CASE("a division whose leading limbs equal the divisor's takes the greatest digit") {
    // q = 2^256 - 1, divisor with limbs that force the digit 2^64 - 1 and the add-back.
    for (const U256& d : {U256::from_limbs(0, 0, 1, 0x8000000000000000), top, top - one,
                          U256::from_limbs(~0ULL, ~0ULL, 0, 0x8000000000000000),
                          U256::from_limbs(1, 0, 0x8000000000000000, 0),
                          U256::from_limbs(~0ULL, 0, 0x8000000000000000, 0),
                          U256::from_limbs(0, 0x8000000000000000, 0, 0)}) {
        for (const U256& q : {top, top - one, U256::from_limbs(0, ~0ULL, 0, ~0ULL),
                              U256::from_limbs(~0ULL, 0, ~0ULL, 0)}) {
            const U512 exact = multiply_full(d, q);
            CHECK(divide_fitting(exact, d).quotient == q);
            CHECK(divide_fitting(exact, d).remainder.is_zero());
            // exact + (d - 1) has the same quotient and the greatest remainder.
            U256 low;
            const bool carry = add_overflows(exact.low(), d - one, low);
            const U512 more{wrapping_add(exact.high(), U256{static_cast<std::uint64_t>(carry)}),
                            low};
            CHECK(divide_fitting(more, d).quotient == q);
            CHECK(divide_fitting(more, d).remainder == d - one);
        }
    }
}

TEST_CASE("growth accumulators wrap and their differences stay right") {
    const WrappingU256 before{top - U256{4}};
    const WrappingU256 after = before + WrappingU256{U256{9}};
    CHECK(after.value() == U256{4});
    CHECK((after - before).value() == U256{9});
}

TEST_CASE("decimal text of wide integers") {
    CHECK(to_decimal(U256{}) == "0");
    CHECK(to_decimal(U256{10'000'000'000'000'000'000U}) == "10000000000000000000");
    CHECK(to_decimal(top) ==
          "115792089237316195423570985008687907853269984665640564039457584007913129639935");
    CHECK(to_decimal(I256::min()) ==
          "-57896044618658097711785492504343953926634992332820282019728792003956564819968");
    CHECK(to_decimal(U256::from_halves(1, 0)) == "340282366920938463463374607431768211456");
}

}  // namespace voltcore::math
