#include <doctest/doctest.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

#include "failing_allocator.hpp"
#include "voltcore/irs/irs_pool.hpp"
#include "voltcore/math/ray.hpp"

namespace voltcore::irs {

namespace {

constexpr std::uint32_t start = 1'660'000'000;
constexpr std::uint32_t day = 86'400;
constexpr std::uint32_t end = start + 90 * day;
constexpr AccountId owner = 1;
constexpr AccountId provider = 2;
constexpr AccountId trader = 3;
constexpr AccountId poor = 4;
const PositionKey range{provider, -18'000, -14'400};
const PositionKey taker{trader, -60, 60};
const PositionKey poor_taker{poor, -60, 60};

U256 tokens(std::uint64_t millions) { return U256{millions * 1'000'000}; }
I256 signed_tokens(std::uint64_t millions) { return math::to_int256(tokens(millions)); }
U256 per_cent(std::uint64_t n) { return U256{math::wad_u64 / 100 * n}; }

MarginParameters parameters() {
    MarginParameters p;
    p.apy_upper_multiplier_wad = per_cent(150);
    p.apy_lower_multiplier_wad = per_cent(70);
    p.sigma_squared_wad = math::to_int256(per_cent(1));
    p.alpha_wad = math::to_int256(per_cent(4));
    p.beta_wad = math::to_int256(per_cent(100));
    p.xi_upper_wad = math::to_int256(per_cent(200));
    p.xi_lower_wad = math::to_int256(per_cent(150));
    p.t_max_wad = math::to_int256(seconds_wad(31'536'000));
    p.gamma_wad = per_cent(100);
    return p;
}

/// One provider, one taker with much margin and one with little, a module with a trade.
IrsPool market() {
    PoolConfig config;
    config.owner = owner;
    config.term = {seconds_wad(start), seconds_wad(end)};
    config.tick_spacing = 60;
    config.has_module = true;
    OracleSetup oracle;
    oracle.kind = OracleKind::spot;
    oracle.times = {start - 10 * day};
    oracle.values = {math::ray - math::ray / U256{1000U}};
    oracle.rate_ray = math::ray;
    IrsPool pool{config, oracle, start};
    pool.set_margin_calculator_parameters(owner, start, parameters());
    pool.set_lookback_window_in_seconds(owner, start, U256{5 * day});
    pool.set_cache_max_age_in_seconds(owner, start, U256{day / 4});
    pool.set_liquidator_reward(owner, start, per_cent(10));
    pool.set_fee(owner, start, U256{math::wad_u64 / 1000 * 3});
    pool.change_pauser(owner, start, owner, true);
    for (const AccountId account : {provider, trader, poor}) {
        pool.fund(account, tokens(1'000'000));
        pool.fund_yield_tokens(account, tokens(1'000'000));
    }
    pool.fund_yield_reserve(tokens(1'000'000));
    pool.initialize_vamm(owner, start, amm::sqrt_ratio_at_legal_tick(-16'080));
    pool.update_position_margin(provider, start, range, signed_tokens(100'000));
    pool.mint(provider, start, range, u128{100'000'000'000'000});
    pool.update_position_margin(trader, start, taker, signed_tokens(10'000));
    pool.update_position_margin(poor, start, poor_taker, signed_tokens(3'000));
    const U256 top = amm::rates_range.max_sqrt_ratio - U256{1U};
    pool.swap(poor, start, poor_taker, signed_tokens(100'000), top);
    pool.initiate_fully_collateralised_fixed_taker_swap(trader, start, tokens(1'000), top);
    return pool;
}

struct Operation {
    std::string name;
    std::function<void(IrsPool&)> run;
};

/// Fails each allocation of `operation` in turn until there is none left to fail; how many.
int fail_each(const IrsPool& before, const Operation& operation) {
    for (int k = 0; k < 2'000; ++k) {
        IrsPool pool = before;
        try {
            const tests::FailingAllocator armed{k};
            operation.run(pool);
        } catch (const std::bad_alloc&) {
            CHECK_MESSAGE(pool == before, operation.name << ", allocation " << k);
            pool.audit();
            // What failed goes through once there is memory again.
            operation.run(pool);
            continue;
        }
        CHECK_MESSAGE(!(pool == before), operation.name << " has done nothing");
        return k;
    }
    return 2'000;
}

}  // namespace

TEST_CASE("an operation of a rates pool that runs out of memory changes nothing") {
    const U256 top = amm::rates_range.max_sqrt_ratio - U256{1U};
    const U256 bottom = amm::rates_range.min_sqrt_ratio + U256{1U};
    const IrsPool live = market();
    const std::uint32_t later = start + 30 * day;
    IrsPool stressed = live;
    stressed.set_rate(later, math::ray + math::ray / U256{10U}, 0);
    IrsPool matured = live;
    matured.set_rate(end, math::ray + math::ray / U256{50U}, 0);
    const PositionKey fresh{provider, -17'940, -14'460};
    const std::vector<Operation> at_start = {
        {"mint", [&](IrsPool& p) { p.mint(provider, start, range, u128{1'000'000}); }},
        {"margin of a new position",
         [&](IrsPool& p) { p.update_position_margin(provider, start, fresh, signed_tokens(9)); }},
        {"withdrawal",
         [&](IrsPool& p) { p.update_position_margin(trader, start, taker, -signed_tokens(9)); }},
        {"burn", [&](IrsPool& p) { p.burn(provider, start, range, u128{1'000'000}); }},
        {"swap up", [&](IrsPool& p) { p.swap(trader, start, taker, signed_tokens(900), top); }},
        {"swap down",
         [&](IrsPool& p) { p.swap(trader, start, taker, -signed_tokens(900), bottom); }},
        {"approval", [&](IrsPool& p) { p.set_approval(trader, start, 77, true); }},
        {"pauser", [&](IrsPool& p) { p.change_pauser(owner, start, 77, true); }},
        {"pause", [&](IrsPool& p) { p.set_pausability(owner, start, true); }},
        {"cardinality",
         [&](IrsPool& p) { p.increase_observation_cardinality_next(owner, start, 500); }},
        {"fund", [&](IrsPool& p) { p.fund(99, tokens(1)); }},
        {"fund with yield tokens", [&](IrsPool& p) { p.fund_yield_tokens(99, tokens(1)); }},
        {"module, in",
         [&](IrsPool& p) {
             p.initiate_fully_collateralised_fixed_taker_swap(provider, start, tokens(9), top);
         }},
        {"module, out",
         [&](IrsPool& p) {
             p.unwind_fully_collateralised_fixed_taker_swap(trader, start, tokens(9), bottom);
         }},
    };
    int failed = 0;
    for (const Operation& operation : at_start) failed += fail_each(live, operation);
    const std::vector<Operation> under_stress = {
        {"oracle entry", [&](IrsPool& p) { p.write_oracle_entry(owner, later); }},
        {"historical rate", [&](IrsPool& p) { p.get_historical_apy(owner, later); }},
        {"requirement",
         [&](IrsPool& p) { p.get_position_margin_requirement(owner, later, range, true); }},
        {"liquidation", [&](IrsPool& p) { p.liquidate_position(99, later, poor_taker); }},
    };
    for (const Operation& operation : under_stress) failed += fail_each(stressed, operation);
    const std::vector<Operation> at_maturity = {
        {"settlement", [&](IrsPool& p) { p.settle_position(99, end, range); }},
        {"settlement in the module", [&](IrsPool& p) { p.settle_trader(trader, end); }},
        {"factor of the term", [&](IrsPool& p) { p.variable_factor(99, end); }},
    };
    for (const Operation& operation : at_maturity) failed += fail_each(matured, operation);
    CHECK(failed > 40);
    MESSAGE("allocations failed: " << failed);
}

}  // namespace voltcore::irs
