#include <doctest/doctest.h>

#include <random>

#include "voltcore/irs/decay.hpp"
#include "voltcore/irs/fixed_and_variable_math.hpp"

// The short ways of the cashflow arithmetic against the contracts' own sequence of operations.

namespace voltcore::irs {

namespace {

/// A number of any width up to `bits`, often next to a power of two.
U256 some(std::mt19937_64& draw, int bits) {
    const auto width = static_cast<int>(draw() % static_cast<unsigned>(bits + 1));
    const U256 wide = U256::from_limbs(draw(), draw(), draw(), draw());
    const U256 cut = width == 0 ? U256{} : wide >> static_cast<unsigned>(256 - width);
    if (draw() % 3 != 0 || width == 0 || width == 256) return cut;
    const U256 border = U256::power_of_two(width);
    return draw() % 2 == 0 ? border : border - U256{1U};
}

I256 some_signed(std::mt19937_64& draw, int bits) {
    const I256 size = I256::from_bits(some(draw, bits));
    return draw() % 2 == 0 ? size : -size;
}

}  // namespace

TEST_CASE("years are the quotient of the decimals, below and above the short way's border") {
    std::mt19937_64 draw{11};
    for (int i = 0; i < 200'000; ++i) {
        const U256 seconds = i % 2 == 0 ? some(draw, 190) : seconds_wad(draw() >> (draw() % 64));
        REQUIRE(accrual_factor(seconds) == math::ud60x18_div(seconds, year_wad));
    }
    const U256 border = U256::power_of_two(87);
    for (const U256& seconds : {U256{}, U256{1U}, year_wad, year_wad - U256{1U}, border,
                                border - U256{1U}, border + U256{1U}}) {
        CHECK(accrual_factor(seconds) == math::ud60x18_div(seconds, year_wad));
    }
}

TEST_CASE("the fixed factor is a hundredth of the years, as the contract divides") {
    std::mt19937_64 draw{12};
    for (int i = 0; i < 50'000; ++i) {
        const Term term = {some(draw, 90), some(draw, 92)};
        if (term.end_wad <= term.start_wad) continue;
        const U256 now = term.start_wad + some(draw, 90);
        for (const bool at_maturity : {false, true}) {
            const U256 elapsed =
                (at_maturity || now >= term.end_wad ? term.end_wad : now) - term.start_wad;
            REQUIRE(fixed_factor(at_maturity, term, now) ==
                    math::ud60x18_div(math::ud60x18_div(elapsed, year_wad), hundred_wad));
        }
    }
}

TEST_CASE("a decay by short products is the contract's exponential, to the last place") {
    std::mt19937_64 draw{16};
    int told = 0;
    const auto check = [&](std::uint64_t x) {
        std::uint64_t out{};
        const I256 expected = math::sd59x18_exp(-I256{x});
        if (narrow_exp_of_minus(x, out)) {
            ++told;
            REQUIRE(I256{out} == expected);
        }
        REQUIRE(exp_of(-I256{x}) == expected);
    };
    constexpr std::uint64_t most = 2 * math::wad_u64;
    for (std::uint64_t x = 0; x < 2'000; ++x) {
        check(x);
        check(most - x);
        // Where the exponent of 2 passes one and two, and its simple fractions.
        check(693'147'180'559'945'309U - 1'000 + x);
        check(1'386'294'361'119'890'618U - 1'000 + x);
        check(346'573'590'279'972'654U - 1'000 + x);
    }
    for (int i = 0; i < 300'000; ++i) check((draw() >> (draw() % 64)) % (most + 1));
    CHECK(told > 300'000);
    std::uint64_t unused{};
    CHECK_FALSE(narrow_exp_of_minus(most + 1, unused));
    for (const std::uint64_t x : {std::uint64_t{0}, std::uint64_t{1}, most, most + 1}) {
        CHECK(exp_of(I256{x}) == math::sd59x18_exp(I256{x}));
    }
}

TEST_CASE("a rebalanced leg in 128 bits is the contract's, to the last unit") {
    std::mt19937_64 draw{13};
    int narrow = 0;
    int wide = 0;
    for (int i = 0; i < 400'000; ++i) {
        const std::uint64_t factor = (draw() >> (3 + draw() % 58)) + 1;
        const math::LimbDivisor divisor{factor};
        i128 raw = some_signed(draw, 90).to_i128();
        i128 excess = some_signed(draw, 124).to_i128();
        if (i % 4 == 0) {
            // Around whole multiples, and with nothing but a rest left: where rounding decides.
            const auto whole = static_cast<std::int64_t>(draw() >> 40);
            excess = static_cast<i128>(whole) * static_cast<i128>(factor) +
                     static_cast<i128>(draw() % 5) - 2;
            raw = whole + static_cast<i128>(draw() % 5) - 2;
            if (draw() % 2 == 0) excess = -excess;
            if (draw() % 2 == 0) raw = -raw;
        }
        const I256 kept =
            math::sd59x18_from_int(I256{raw}) - math::sd59x18_div(I256{excess}, I256{factor});
        i128 out{};
        if (!narrow_rebalanced(raw, excess, divisor, out)) {
            ++wide;
            continue;
        }
        ++narrow;
        REQUIRE(I256{out} == math::sd59x18_to_int(kept));
    }
    CHECK(narrow > 200'000);
    CHECK(wide > 1'000);
}

TEST_CASE("a cashflow in 128 bits is the sum of the contract's products") {
    std::mt19937_64 draw{14};
    for (int i = 0; i < 200'000; ++i) {
        const I256 fixed = some_signed(draw, 64);
        const I256 variable = some_signed(draw, 64);
        const I256 x = I256::from_bits(some(draw, 63));
        const I256 y = I256::from_bits(some(draw, 63));
        const I256 sum = math::sd59x18_mul(math::sd59x18_from_int(fixed), x) +
                         math::sd59x18_mul(math::sd59x18_from_int(variable), y);
        REQUIRE(whole_of_two(fixed, x, variable, y) == math::sd59x18_to_int(sum));
    }
}

TEST_CASE("a fixed balance is the contract's in both widths") {
    std::mt19937_64 draw{15};
    int checked = 0;
    for (int i = 0; i < 100'000; ++i) {
        const Term term = {seconds_wad(1'660'000'000),
                           seconds_wad(1'660'000'000 + 1 + draw() % 100'000'000)};
        const U256 now = term.start_wad + seconds_wad(draw() % 100'000'000);
        const I256 fixed = some_signed(draw, 64);
        const I256 variable = some_signed(draw, 64);
        const U256 factor = some(draw, 62);
        if (fixed_factor(true, term, now).is_zero()) continue;
        const I256 fixed_wad = math::sd59x18_from_int(fixed);
        const I256 excess =
            excess_balance(fixed_wad, math::sd59x18_from_int(variable), factor, term, now);
        const I256 expected =
            fixed.is_zero() && variable.is_zero()
                ? I256{}
                : math::sd59x18_to_int(balance_without_excess(fixed_wad, excess, term, now));
        REQUIRE(fixed_token_balance(fixed, variable, factor, term, now) == expected);
        ++checked;
    }
    CHECK(checked > 90'000);
}

}  // namespace voltcore::irs
