#include <cmath>
#include <utility>

#include "volt_checks.hpp"
#include "voltcore/sim/crab.hpp"

namespace voltcore::sim {

namespace {

constexpr VoltChecks check{"crab_model"};

void validate(const CrabConfig& config) {
    check.count_of_weeks(config.weeks.size());
    const auto is_price = [](double usd) { return usd >= 0.01 && usd <= 1e7; };
    if (!is_price(config.opening_price)) check.refuse("opening_price", "is not in [0.01, 1e7]");
    for (const MarketWeek& week : config.weeks) {
        if (!is_price(week.close)) check.refuse("weeks.close", "is not in [0.01, 1e7]");
        check.week(week.realised_variance, week.funding_sum);
    }
    const FundingRule& rule = config.funding;
    const auto is_rate = [](double value, double most) { return std::abs(value) <= most; };
    if (!is_rate(rule.variance_premium, 100.0)) {
        check.refuse("funding.variance_premium", "is not in [-100, 100]");
    }
    if (!is_rate(rule.carry, 100.0)) check.refuse("funding.carry", "is not in [-100, 100]");
    if (!is_rate(rule.constant_daily, 1.0)) {
        check.refuse("funding.constant_daily", "is not in [-1, 1]");
    }
    if (!(rule.daily_cap > 0.0 && rule.daily_cap <= 0.1)) {
        check.refuse("funding.daily_cap", "is not in (0, 0.1]");
    }
    if (!(rule.variance_before >= 0.0 && rule.variance_before <= 100.0)) {
        check.refuse("funding.variance_before", "is not in [0, 100]");
    }
    check.costs({config.linear_cost, config.squared_cost});
    check.depths({config.linear_depth, config.squared_depth});
    check.deposit(config.deposit);
    check.start_time(config.start_time);
}

[[nodiscard]] MarketRule rule_of(const venues::PerpMarketConfig& market) {
    return {.base_lot = market.base_lot_size,
            .quote_lot = market.quote_lot_size,
            .funding_period = static_cast<std::int64_t>(market.funding_period)};
}

[[nodiscard]] HourRule hour_rule(const CrabConfig& config) {
    return {.linear = rule_of(config.linear),
            .squared = rule_of(config.squared),
            .squared_scale = static_cast<std::int64_t>(config.squared_scale)};
}

[[nodiscard]] markets::EpochBridge bridge_of(const CrabConfig& config) {
    std::vector<std::int64_t> closes{oracle_steps(config.opening_price)};
    std::vector<double> variances;
    for (const MarketWeek& week : config.weeks) {
        closes.push_back(oracle_steps(week.close));
        variances.push_back(week.realised_variance);
    }
    return markets::EpochBridge{closes, variances, hours_per_week, std::int64_t{1} << oracle_bits};
}

/// A venue with the two markets of the crab and a quote bank that nobody borrows from.
[[nodiscard]] venues::MarginVenue venue_of(const CrabConfig& config) {
    venues::VenueConfig out;
    out.admin = keeper;
    out.valid_interval = hour_seconds;
    // Profits and losses of the two legs settle against whoever stands on the other side.
    out.unlimited_pnl_counterparty = config.execution == ExecutionKind::quoted;
    out.markets.resize(2);
    out.markets[squared_market].index = {
        .power = 2, .scale = config.squared_scale, .underlying = linear_market};
    out.markets[squared_market].perp = config.squared;
    out.markets[linear_market].index = {.power = 1, .scale = 1, .underlying = linear_market};
    out.markets[linear_market].perp = config.linear;
    venues::TokenConfig quote;
    quote.index = venues::quote_token_index;
    // The curve of the venue's own tests: 70 % utilisation at 6 %, 150 % at the end.
    const auto percent = [](std::int64_t value) {
        return I80F48::from_int(value) / I80F48::from_int(100);
    };
    quote.curve = {
        .optimal_util = percent(70), .optimal_rate = percent(6), .max_rate = percent(150)};
    quote.init_leverage = I80F48::from_int(1);
    quote.maint_leverage = I80F48::from_int(1);
    out.tokens.push_back(quote);
    venues::MarginVenue venue{out, config.start_time};
    if (config.execution == ExecutionKind::book) {
        venue.cache_root_banks(config.start_time);
        static_cast<void>(open_makers(venue, config.start_time));
    }
    return venue;
}

[[nodiscard]] volts::Volt volt_of(const CrabConfig& config) {
    volts::VoltConfig out = volts::crab_config(operator_id);
    out.target_perp = squared_market;
    out.hedge_perp = linear_market;
    out.epoch_period = hours_per_week * static_cast<std::uint64_t>(hour_seconds);
    out.epoch_anchor = config.start_time;
    out.keep_history = false;
    out.fees = config.fees;
    out.strategy = config.strategy;
    return volts::Volt{out, venue_of(config), config.start_time};
}

/// On a book no order may rest that is better than the venue's price band allows: bids above the
/// liability weight, asks below the asset weight. The best ones stand half a spread from the mark.
void check_price_band(const CrabModel& model) {
    const auto check_leg = [&](std::size_t market, double premium, const TradingCost& cost) {
        const venues::Weights& band = model.initial().venue().market(market).perp.weights.maint;
        const double half = static_cast<double>(cost.half_spread_ppm) * 1e-6;
        if ((1.0 + premium) * (1.0 - half) > band.liability.to_double() ||
            (1.0 + premium) * (1.0 + half) < band.asset.to_double()) {
            check.refuse("weeks.funding_sum", "puts the mark outside the price band of a book");
        }
    };
    for (const WeekRates& week : model.rates()) {
        // The marks of `HourKernel::quotes`.
        check_leg(linear_market, week.daily_linear, model.config().linear_cost);
        check_leg(squared_market, 7.0 * week.daily_squared, model.config().squared_cost);
    }
}

}  // namespace

CrabModel::CrabModel(CrabConfig config)
    : config_{(validate(config), std::move(config))},
      rates_{weekly_rates(config_.weeks, config_.funding)},
      kernel_{hour_rule(config_)},
      bridge_{bridge_of(config_)},
      initial_{volt_of(config_)} {
    quotes_.reserve(rates_.size());
    for (const WeekRates& week : rates_) {
        quotes_.push_back(kernel_.quotes(week.daily_linear, week.daily_squared));
    }
    if (is_on_book()) check_price_band(*this);
}

}  // namespace voltcore::sim
