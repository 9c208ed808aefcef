#include <cstdint>
#include <memory>

#include "instructions.hpp"
#include "voltcore/sim/crab.hpp"

namespace voltcore::bench {

namespace {

using math::I80F48;

I80F48 bps(std::int64_t value) { return I80F48::from_int(value) / I80F48::from_int(10'000); }

venues::PerpMarketConfig perp_of(std::int64_t base_lot, std::int64_t init_leverage,
                                 std::int64_t liquidation_fee_bps, std::uint64_t funding_hours) {
    venues::PerpMarketConfig perp;
    perp.base_lot_size = base_lot;
    perp.quote_lot_size = 1;
    perp.init_leverage = I80F48::from_int(init_leverage);
    perp.maint_leverage = I80F48::from_int(2 * init_leverage);
    perp.liquidation_fee = bps(liquidation_fee_bps);
    perp.taker_fee = bps(5);
    perp.maker_fee = I80F48{};
    perp.funding_period = funding_hours * 3'600;
    perp.funding_clamp = I80F48::from_bits(14'073'748'835'533);
    perp.impact_quantity = 100;
    return perp;
}

/// The markets, costs and rules of the shipped scenario through made-up weeks: moves of up to a
/// tenth, hourly returns of 0.4 to 1.2 %.
sim::CrabConfig crab_config(std::size_t weeks) {
    sim::CrabConfig config;
    config.start_time = 1'578'016'800;
    config.opening_price = 20'000.0;
    double price = config.opening_price;
    const auto uniform = [](std::uint64_t stream, std::size_t i) {
        return static_cast<double>(mix(stream, i) >> 11) * 0x1p-53;
    };
    for (std::size_t i = 0; i < weeks; ++i) {
        const double move = 0.1 * uniform(90, i);
        const bool is_rise = price < 8'000.0 || (price < 60'000.0 && mix(93, i) % 2 == 0);
        price = is_rise ? price * (1.0 + move) : price / (1.0 + move);
        config.weeks.push_back({.close = price,
                                .realised_variance = 0.003 + 0.021 * uniform(91, i),
                                .funding_sum = 0.006 * uniform(92, i) - 0.002});
    }
    config.funding.variance_before = 0.008;
    config.linear = perp_of(100, 10, 250, 24);
    config.squared = perp_of(1'000, 5, 500, 168);
    config.linear_cost = {.half_spread_ppm = 100, .impact_ppm = 50};
    config.squared_cost = {.half_spread_ppm = 1'000, .impact_ppm = 250};
    config.deposit = 100'000'000'000;
    config.strategy = volts::crab_config(sim::operator_id).strategy;
    config.strategy.max_quote_pos_change = 10'000'000'000;
    return config;
}

constexpr std::size_t crab_weeks = 26;
constexpr std::size_t steps_per_path = crab_weeks * sim::hours_per_week;

/// A row is one hour of one path.
const Kernel crab{"sim/crab", 8 * steps_per_path, [](std::size_t rows) {
                      const sim::CrabModel model{crab_config(crab_weeks)};
                      const auto runner = std::make_unique<sim::CrabRunner>(model);
                      sim::PathResult result;
                      runner->run(7, 0, result);  // buffers and dispatch, not counted
                      measured_section([&] {
                          for (std::uint64_t path = 0; path < rows / steps_per_path; ++path) {
                              if (!runner->run(7, path, result)) keep(path);
                          }
                      });
                      keep(result);
                  }};

}  // namespace

}  // namespace voltcore::bench
