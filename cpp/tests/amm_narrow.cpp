#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "voltcore/amm/narrow_amounts.hpp"
#include "voltcore/amm/swap_step.hpp"
#include "voltcore/amm/uniswap_v3_pool.hpp"

namespace voltcore::amm {

namespace {

constexpr Arithmetic style = Arithmetic::wrapping;
using Draw = std::mt19937_64;

/// A number of 1 to `bits` bits, all lengths as likely as each other; sometimes all ones.
u128 some_number(Draw& draw, unsigned bits) {
    const unsigned length = 1 + static_cast<unsigned>(draw() % bits);
    const u128 top = u128{1} << (length - 1);
    if (draw() % 8 == 0) return top | (top - 1);
    if (draw() % 8 == 0) return top;
    return top | ((make_u128(draw(), draw())) & (top - 1));
}

struct Answered {
    std::size_t yes{};
    std::size_t all{};
    void count(bool answered) {
        ++all;
        yes += static_cast<std::size_t>(answered);
    }
};

}  // namespace

TEST_CASE("narrow amounts and prices are those of the general forms") {
    Draw draw{11};
    Answered token0;
    Answered token1;
    Answered down;
    Answered up;
    for (int i = 0; i < 200'000; ++i) {
        const u128 price = some_number(draw, 127);
        // Near or far: ranges are mostly narrow.
        const u128 other =
            draw() % 2 == 0 ? some_number(draw, 127) : price + (price >> (1 + draw() % 40)) + 1;
        const u128 liquidity = some_number(draw, 127);
        const u128 amount = some_number(draw, 127);
        const u128 low = std::min(price, other);
        const u128 high = std::max(price, other);
        if (low == high || high >> 127 != 0) continue;

        narrow::Bounds bounds{};
        U256 want;
        const bool answered0 = narrow::amount0(low, high, liquidity, bounds);
        token0.count(answered0);
        if (answered0) {
            REQUIRE(amount0_delta<style>(U256{low}, U256{high}, liquidity, false, want) ==
                    Revert::none);
            REQUIRE(want == U256{bounds.down});
            REQUIRE(amount0_delta<style>(U256{low}, U256{high}, liquidity, true, want) ==
                    Revert::none);
            REQUIRE(want == U256{bounds.up});
        }
        const bool answered1 = narrow::amount1(high - low, liquidity, bounds);
        token1.count(answered1);
        if (answered1) {
            REQUIRE(amount1_delta(U256{low}, U256{high}, liquidity, false) == U256{bounds.down});
            REQUIRE(amount1_delta(U256{low}, U256{high}, liquidity, true) == U256{bounds.up});
        }

        u128 next{};
        const bool answered_down = narrow::next_price0(high, liquidity, amount, next);
        down.count(answered_down);
        if (answered_down) {
            REQUIRE(next_sqrt_price_from_amount0<style>(U256{high}, liquidity, U256{amount}, true,
                                                        want) == Revert::none);
            REQUIRE(want == U256{next});
            if (narrow::input0_is_exact(next, liquidity)) {
                REQUIRE(amount0_delta<style>(want, U256{high}, liquidity, true, want) ==
                        Revert::none);
                REQUIRE(want == U256{amount});
            }
        }
        const narrow::Divisor divisor{liquidity};
        u128 quotient{};
        const bool answered_up = divisor.divide_shifted(amount, 96, quotient);
        up.count(answered_up);
        const U256 shifted = shift_left_truncating(U256{amount}, 96);
        const U256 exact = divide_nonzero(shifted, U256{liquidity}).quotient;
        REQUIRE(answered_up == (exact.fits_u128() && (liquidity >> 96) == 0));
        if (answered_up) {
            REQUIRE(exact == U256{quotient});
        }
    }
    // The bounds say nothing about how often the short way is open: it has to be.
    CHECK(token0.yes * 4 > token0.all);
    CHECK(token1.yes * 2 > token1.all);
    CHECK(down.yes * 4 > down.all);
    CHECK(up.yes * 4 > up.all);
}

TEST_CASE("a single digit is right for dividends at the edges of the estimate") {
    Draw draw{12};
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t d1 = draw() | (std::uint64_t{1} << 63);
        const std::uint64_t d0 = draw() % 4 == 0 ? ~std::uint64_t{0} : draw();
        const u128 d = make_u128(draw() % 4 == 0 ? std::uint64_t{1} << 63 : d1, d0);
        // A dividend below d 2^64 from a quotient and a remainder.
        const std::uint64_t quotient = draw() % 4 == 0 ? ~std::uint64_t{0} - draw() % 3 : draw();
        const u128 rest = draw() % 2 == 0 ? d - 1 - draw() % 3 : make_u128(draw(), draw()) % d;
        const U256 dividend = U256{d} * U256{quotient} + U256{rest};
        u128 remainder{};
        REQUIRE(narrow::divide_once(dividend.limb(2), dividend.limb(1), dividend.limb(0), d,
                                    remainder) == quotient);
        REQUIRE(remainder == rest);
    }
}

TEST_CASE("fees and what is left without them are exact to the last unit") {
    Draw draw{13};
    for (const std::uint32_t fee_pips : {0U, 1U, 100U, 3000U, 10'000U, 500'000U, 999'999U}) {
        const math::LimbDivisor rest{1'000'000 - fee_pips};
        for (int i = 0; i < 20'000; ++i) {
            const u128 amount = some_number(draw, 127);
            u128 got{};
            if (narrow::fee_of_input(amount, fee_pips, rest, got)) {
                REQUIRE(U256{got} == math::mul_div_ceil(U256{amount}, U256{fee_pips},
                                                        U256{1'000'000 - fee_pips}));
            } else {
                REQUIRE((amount >> 107) > 0);
            }
            if (narrow::without_fee(amount, fee_pips, got)) {
                REQUIRE(U256{got} == math::mul_div(U256{amount}, U256{1'000'000 - fee_pips},
                                                   U256{std::uint32_t{1'000'000}}));
            } else {
                REQUIRE((amount >> 108) > 0);
            }
        }
    }
}

namespace {

/// A pool of a few ranges somewhere in the whole span of prices.
UniswapV3Pool some_pool(Draw& draw) {
    constexpr std::uint32_t fees[] = {0, 100, 3000, 10'000, 999'999};
    constexpr std::int32_t spacings[] = {1, 10, 60, 200};
    const std::int32_t spacing = spacings[draw() % 4];
    UniswapV3Pool pool{fees[draw() % 5], spacing};
    // Mostly near price 1, sometimes far out on either side.
    const std::int32_t reach = draw() % 2 == 0 ? 3'000 : 700'000;
    const std::int32_t centre =
        static_cast<std::int32_t>(draw() % static_cast<std::uint64_t>(2 * reach)) - reach;
    pool.initialize(sqrt_ratio_at_legal_tick(centre) + U256{draw() % 1000});
    const unsigned bits = draw() % 2 == 0 ? 20 : 102;
    const std::size_t ranges = 1 + draw() % 12;
    for (std::size_t owner = 0; owner < ranges; ++owner) {
        const auto place = [&](std::int32_t span) {
            const auto away =
                static_cast<std::int32_t>(draw() % static_cast<std::uint64_t>(2 * span)) - span;
            return (centre / spacing + away) * spacing;
        };
        const std::int32_t a = place(40);
        const std::int32_t b = place(draw() % 4 == 0 ? 400 : 40);
        if (a == b) continue;
        pool.mint({owner, std::min(a, b), std::max(a, b)}, some_number(draw, bits));
    }
    const auto part = [&] { return static_cast<std::uint8_t>(4 + draw() % 7); };
    if (draw() % 2 == 0) pool.set_fee_protocol(part(), part());
    return pool;
}

}  // namespace

TEST_CASE("the fast loop is the contract's own loop for every kind of swap") {
    Draw draw{14};
    std::size_t done = 0;
    std::size_t steps = 0;
    for (int i = 0; i < 700; ++i) {
        UniswapV3Pool fast = some_pool(draw);
        UniswapV3Pool plain = fast;
        for (int j = 0; j < 20; ++j) {
            const bool down = draw() % 2 == 0;
            const U256 size = draw() % 16 == 0 ? U256{some_number(draw, 127)} << 127
                                               : U256{some_number(draw, 120)};
            const I256 amount = I256::from_bits(draw() % 3 == 0 ? wrapping_negate(size) : size);
            const U256 one{1U};
            U256 limit =
                down ? general_range.min_sqrt_ratio + one : general_range.max_sqrt_ratio - one;
            if (draw() % 2 == 0) {
                // Inside an interval, or exactly on a boundary.
                const auto away = static_cast<std::int32_t>(draw() % 600);
                const std::int32_t tick =
                    std::clamp(fast.state().tick + (down ? -away : away), -887'000, 887'000);
                limit = sqrt_ratio_at_legal_tick(
                    draw() % 2 == 0 ? tick : tick / fast.tick_spacing() * fast.tick_spacing());
                if (draw() % 2 == 0) limit += U256{draw() % 3};
            }
            if (draw() % 4 == 0) {
                // So near that rounding alone may end a step on it.
                const U256 step{1 + draw() % 3};
                const U256& price = fast.state().sqrt_price_x96;
                limit = down ? price - step : price + step;
            }
            UniswapSwap got;
            UniswapSwap want;
            const Revert want_revert = plain.try_swap_plain(down, amount, limit, want);
            SwapScratch scratch;
            UniswapSwap quoted;
            REQUIRE(fast.try_quote(down, amount, limit, scratch, quoted) == want_revert);
            REQUIRE(fast.try_swap(down, amount, limit, got) == want_revert);
            REQUIRE(fast == plain);
            if (want_revert != Revert::none) continue;
            ++done;
            steps += want.steps;
            for (const UniswapSwap& swap : {got, quoted}) {
                REQUIRE(swap.amount0 == want.amount0);
                REQUIRE(swap.amount1 == want.amount1);
                REQUIRE(swap.sqrt_price_x96 == want.sqrt_price_x96);
                REQUIRE(swap.tick == want.tick);
                REQUIRE(swap.liquidity == want.liquidity);
                REQUIRE(swap.steps == want.steps);
            }
        }
        fast.audit();
    }
    CHECK(done > 5'000);
    CHECK(steps > 3 * done);
}

}  // namespace voltcore::amm
