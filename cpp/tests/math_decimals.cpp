#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "voltcore/math/error.hpp"
#include "voltcore/math/ray.hpp"
#include "voltcore/math/sd59x18.hpp"
#include "voltcore/math/ud60x18.hpp"

namespace voltcore::math {

namespace {

constexpr U256 decimal(std::uint64_t whole) { return ud60x18_from_uint(U256{whole}); }

static_assert(ray == U256{wad_u64} * U256{wad_ray_ratio});
static_assert(ud60x18_exp2(decimal(1)) == decimal(2));
static_assert(ud60x18_exp2(decimal(191)) == wad << 191);
static_assert(ud60x18_log2(decimal(8)) == decimal(3));
static_assert(ud60x18_sqrt(decimal(4)) == decimal(2));
static_assert(ud60x18_mul(U256{1}, U256{half_wad_u64}) == U256{1});
static_assert(ud60x18_mul(U256{1}, U256{half_wad_u64 - 1}).is_zero());
static_assert(sd59x18_mul(I256{-1}, I256{half_wad_u64}) == I256{-1});
static_assert(sd59x18_exp2(I256{-1'000'000'000'000'000'000}) == I256{500'000'000'000'000'000});
static_assert(sd59x18_exp(I256{0}) == I256::from_bits(wad));
static_assert(noexcept(try_ud60x18_pow(wad, wad, std::declval<U256&>())));
static_assert(noexcept(try_sd59x18_exp(I256{}, std::declval<I256&>())));

Refusal refusal_of(auto&& call) {
    try {
        (void)call();
    } catch (const Error& error) {
        return error.refusal();
    }
    return {};
}

}  // namespace

TEST_CASE("a refused decimal carries the contract's name and arguments") {
    const Refusal log = refusal_of([] { return ud60x18_log2(U256{7}); });
    CHECK(log.onchain == "PRBMathUD60x18__LogInputTooSmall");
    CHECK(log.onchain_kind == OnchainKind::custom);
    CHECK(log.onchain_args == std::vector<std::string>{"7"});
    const Refusal quotient = refusal_of([] { return ud60x18_div(U256::max(), U256{}); });
    CHECK(quotient.onchain == "PRBMath__MulDivOverflow");
    CHECK(quotient.onchain_args == std::vector<std::string>{"999999999999999999", "0"});
    CHECK(refusal_of([] { return ud60x18_div(wad, U256{}); }).onchain_kind == OnchainKind::panic);
    const Refusal root = refusal_of([] { return sd59x18_sqrt(I256{-4}); });
    CHECK(root.onchain_args == std::vector<std::string>{"-4"});
    CHECK(refusal_of([] { return ray_div(ray, U256{}); }).onchain == "DIV0");
}

TEST_CASE(
    "a decimal product whose rounding would leave 256 bits is refused where the contract wraps") {
    // Operands whose product is 2^256 units less at most half a unit: the contract answers 0.
    const U512 product{U256{wad_u64 - 1}, U256::max()};
    bool found = false;
    for (std::uint64_t d = wad_u64 + 1; !found && d < wad_u64 + 1000; ++d) {
        const U256Division division = divide_fitting(product, U256{d});
        if (division.remainder >= U256{half_wad_u64}) continue;
        found = true;
        const Refusal refusal = refusal_of([&] { return ud60x18_mul(U256{d}, division.quotient); });
        CHECK(refusal.onchain == "PRBMath__MulDivFixedPointOverflow");
    }
    CHECK(found);
}

TEST_CASE("a squaring of log2 is the division that it stands for") {
    const auto quotient = [](std::uint64_t y) {
        return static_cast<std::uint64_t>(static_cast<u128>(y) * y / wad_u64);
    };
    std::mt19937_64 draw{5};
    for (int i = 0; i < 500'000; ++i) {
        const std::uint64_t y = wad_u64 + draw() % wad_u64;
        REQUIRE(prb::squared_wad(y) == quotient(y));
        // The roots of multiples of 10^18, where the quotient changes, and their neighbours.
        const U256 multiple = U256{quotient(y)} * wad;
        const std::uint64_t root = integer_sqrt(multiple).limb(0);
        for (const std::uint64_t z : {root - 1, root, root + 1}) {
            if (z < wad_u64 || z >= 2 * wad_u64) continue;
            REQUIRE(prb::squared_wad(z) == quotient(z));
        }
    }
    for (const std::uint64_t y : {wad_u64, wad_u64 + 1, 2 * wad_u64 - 1}) {
        CHECK(prb::squared_wad(y) == quotient(y));
    }
}

TEST_CASE("integer square roots are floors at every perfect square and its neighbours") {
    for (int i = 0; i < 128; ++i) {
        const U256 root = U256::power_of_two(i) + U256{static_cast<unsigned>(i)};
        if (!root.fits_u128()) continue;
        const U256 square = root * root;
        CHECK(integer_sqrt(square) == root);
        CHECK(integer_sqrt(square - U256{1}) == root - U256{1});
        CHECK(integer_sqrt(square + root + root) == root);
    }
    CHECK(integer_sqrt(U256::max()) == U256::from_halves(0, ~u128{0}));
    CHECK(integer_sqrt(U256{}).is_zero());
}

}  // namespace voltcore::math
