#include <vector>

#include "instructions.hpp"
#include "voltcore/amm/uniswap_v3_pool.hpp"
#include "voltcore/irs/irs_pool.hpp"
#include "voltcore/math/ray.hpp"
#include "voltcore/sim/irs_risk.hpp"

namespace voltcore::bench {

namespace {

using irs::I256;
using irs::IrsPool;
using irs::U256;
using math::u128;

constexpr std::uint32_t start = 1'660'000'000;
constexpr std::uint32_t day = 86'400;
constexpr std::uint32_t now = start + 30 * day;
constexpr irs::Term term() {
    return {irs::seconds_wad(start), irs::seconds_wad(start + 180 * day)};
}

U256 share(std::uint64_t percent) { return U256{math::wad_u64 / 100 * percent}; }
I256 signed_share(std::uint64_t percent) { return math::to_int256(share(percent)); }

irs::MarginParameters parameters() {
    irs::MarginParameters p;
    p.apy_upper_multiplier_wad = share(150);
    p.apy_lower_multiplier_wad = share(70);
    p.sigma_squared_wad = signed_share(1);
    p.alpha_wad = signed_share(4);
    p.beta_wad = signed_share(100);
    p.xi_upper_wad = signed_share(200);
    p.xi_lower_wad = signed_share(150);
    p.t_max_wad = math::to_int256(irs::seconds_wad(31'536'000));
    p.dev_mul_left_unwind_lm_wad = p.dev_mul_right_unwind_lm_wad = share(50);
    p.dev_mul_left_unwind_im_wad = p.dev_mul_right_unwind_im_wad = share(80);
    p.fixed_rate_deviation_min_left_unwind_lm_wad = share(10);
    p.fixed_rate_deviation_min_right_unwind_lm_wad = share(10);
    p.fixed_rate_deviation_min_left_unwind_im_wad = share(30);
    p.fixed_rate_deviation_min_right_unwind_im_wad = share(30);
    p.gamma_wad = share(100);
    return p;
}

class GivenInputs final : public irs::MarginInputs {
public:
    U256 historical_apy_wad() override { return share(4); }
    U256 variable_factor_wad() override { return share(1); }
    U256 variable_factor_no_cache_wad() override { return share(1); }
};

I256 notional(std::size_t i) {
    const I256 size{static_cast<std::int64_t>(mix(2, i) % 10'000'000'000'000)};
    return mix(3, i) % 2 == 0 ? size : -size;
}

/// Requirements of positions on both sides at one moment and price, each by `ask`.
template <class Ask>
void ask_requirements(std::size_t rows, Ask&& ask) {
    const irs::MarginParameters given = parameters();
    const irs::Term of_swap = term();
    GivenInputs inputs;
    irs::MarginMemory memory;
    irs::MarginCalculator calculator{
        given, irs::Revision::r22, of_swap, irs::seconds_wad(now), inputs, memory};
    const U256 price = amm::sqrt_ratio_at_legal_tick(-16'096);
    std::vector<I256> fixed(rows);
    std::vector<I256> variable(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        variable[i] = notional(i);
        const I256 rate_percent{static_cast<std::int64_t>(3 + mix(4, i) % 4)};
        fixed[i] = -variable[i] * rate_percent;
    }
    std::vector<U256> out(rows);
    measured_section([&] {
        for (std::size_t i = 0; i < rows; ++i)
            out[i] = ask(calculator, fixed[i], variable[i], price);
    });
    keep(out);
}

const Kernel requirement{"irs/margin_requirement", 1000, [](std::size_t rows) {
                             ask_requirements(
                                 rows, [](irs::MarginCalculator& calculator, const I256& fixed,
                                          const I256& variable, const U256& price) {
                                     return calculator.requirement(fixed, variable, true, price);
                                 });
                         }};

const Kernel requirement_rows{
    "irs/margin_requirement_rows", 1000, [](std::size_t rows) {
        irs::MarginCalculator::RowMemory known;
        ask_requirements(rows, [&](irs::MarginCalculator& calculator, const I256& fixed,
                                   const I256& variable, const U256& price) {
            return calculator.requirement_of_row(fixed, variable, true, price, known);
        });
    }};

/// 50 ranges around 5 %, one trader with margin, 30 days into the term.
IrsPool market() {
    irs::PoolConfig config;
    config.owner = 1;
    config.term = term();
    config.tick_spacing = 60;
    IrsPool pool{config,
                 {.kind = irs::OracleKind::spot,
                  .times = {start - 10 * day},
                  .values = {U256{999} * U256{std::uint64_t{1'000'000'000'000'000}} *
                             U256{std::uint64_t{1'000'000'000}}},
                  .rate_ray = math::ray,
                  .report_timestamp = 0},
                 start};
    pool.set_margin_calculator_parameters(1, start, parameters());
    pool.set_lookback_window_in_seconds(1, start, U256{5 * day});
    pool.set_cache_max_age_in_seconds(1, start, U256{day / 4});
    pool.set_fee(1, start, U256{math::wad_u64 / 1000 * 3});
    pool.increase_observation_cardinality_next(1, start, 400);
    pool.initialize_vamm(1, start, amm::sqrt_ratio_at_legal_tick(-16'096));
    const U256 plenty{std::uint64_t{1'000'000'000'000'000}};
    pool.fund(2, plenty);
    for (std::size_t i = 0; i < 50; ++i) {
        const irs::PositionKey key = {2, -18'000 + 60 * static_cast<std::int32_t>(mix(5, i) % 20),
                                      -14'400 - 60 * static_cast<std::int32_t>(mix(6, i) % 20)};
        pool.update_position_margin(2, start, key, I256{1'000'000'000'000});
        pool.mint(2, start, key, u128{1'000'000'000'000});
    }
    pool.fund(3, plenty);
    pool.update_position_margin(3, start, {3, -60, 60}, I256{1'000'000'000'000'000});
    pool.set_rate(now, math::ray + math::ray / U256{250U}, 0);
    pool.write_oracle_entry(1, now);
    pool.get_historical_apy(1, now);
    return pool;
}

/// Swaps by one trader, `apart` seconds from each other.
void swap_rows(std::size_t rows, std::uint32_t apart) {
    IrsPool pool = market();
    if (apart != 0) pool.increase_observation_cardinality_next(1, now, 2'500);
    std::uint32_t time = now;
    const auto swap = [&](std::size_t i) {
        const I256 amount{static_cast<std::int64_t>(mix(7, i) % 10'000'000'000)};
        const bool up = mix(8, i) % 2 == 0;
        const U256 one{1U};
        time += apart;
        keep(pool.swap(
            3, time, {3, -60, 60}, up ? amount : -amount,
            up ? amm::rates_range.max_sqrt_ratio - one : amm::rates_range.min_sqrt_ratio + one));
    };
    for (std::size_t i = 0; i < 10; ++i) swap(rows + i);  // buffers, not counted
    measured_section([&] {
        for (std::size_t i = 0; i < rows; ++i) swap(i);
    });
    keep(pool);
}

const Kernel rates_swap{"irs/swap", 1000, [](std::size_t rows) { swap_rows(rows, 0); }};
const Kernel rates_swap_in_time{"irs/swap_with_oracle_entry", 1000,
                                [](std::size_t rows) { swap_rows(rows, 10); }};

/// A row is one step of one path; three takers on each side and three ranges are watched.
const Kernel risk{
    "sim/irs_risk", 300, [](std::size_t rows) {
        sim::IrsRiskConfig config{
            .pool = market(),
            .rate = {0.05, 6.0, 0.05, 1.0, 1.0 / 365.0},
            .term_end = start + 180 * day,
            .step_seconds = day,
            .trading_ends = start + 179 * day,
            .market_taker = {3, -60, 60},
            .liquidator = 4,
            .low_rate = 0.5,
            .high_rate = 50.0,
            .block = 7,
            .replicates = 100,
        };
        for (std::uint64_t i = 0; i < 9; ++i) {
            const bool provides = i >= 6;
            const irs::PositionKey key = {10 + i, -18'000, -14'400};
            const U256 margin{std::uint64_t{100'000'000'000}};
            config.pool.fund(key.owner, margin);
            config.pool.update_position_margin(key.owner, now, key, math::to_int256(margin));
            if (provides) {
                config.pool.mint(key.owner, now, key, u128{10'000'000'000'000});
            } else {
                const I256 notional{std::int64_t{1'000'000'000'000}};
                const U256 one{1U};
                config.pool.swap(key.owner, now, key, i % 2 == 0 ? notional : -notional,
                                 i % 2 == 0 ? amm::rates_range.max_sqrt_ratio - one
                                            : amm::rates_range.min_sqrt_ratio + one);
            }
            config.seats.push_back({key, margin});
        }
        sim::IrsRiskRunner runner{config};
        sim::IrsPathResult result;
        if (!runner.run(7, 0, result)) keep(rows);  // buffers, not counted
        measured_section([&] {
            for (std::uint64_t path = 0; path < rows / runner.steps(); ++path) {
                if (!runner.run(7, path, result)) keep(path);
            }
        });
        keep(result);
    }};

/// A row is a block of a replicate: 1000 replicates of 210 days in weeks.
const Kernel bootstrap{"sim/block_bootstrap", 30'000, [](std::size_t) {
                           std::vector<double> series(210);
                           for (std::size_t i = 0; i < series.size(); ++i) {
                               series[i] = static_cast<double>(mix(9, i) >> 40);
                           }
                           const auto stream =
                               markets::Stream::of(7, markets::Purpose::bootstrap, 0);
                           sim::BlockBootstrap of_weeks{7, 1'000};
                           keep(of_weeks.moments(series, stream));  // buffers, not counted
                           measured_section([&] { keep(of_weeks.moments(series, stream)); });
                       }};

}  // namespace

}  // namespace voltcore::bench
