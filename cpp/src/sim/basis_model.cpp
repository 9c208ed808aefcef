#include <utility>

#include "volt_checks.hpp"
#include "voltcore/sim/basis.hpp"
#include "voltcore/venues/preset.hpp"

namespace voltcore::sim {

namespace {

constexpr VoltChecks check{"basis_model"};

void validate(const BasisConfig& config) {
    check.count_of_weeks(config.weeks.size());
    const auto is_price = [](double usd) { return usd >= 0.01 && usd <= 1e7; };
    // A perp at half or twice its token is no basis but a broken table.
    const auto is_pair = [&](double spot, double perp) {
        return is_price(spot) && is_price(perp) && perp > 0.5 * spot && perp < 2.0 * spot;
    };
    if (!is_pair(config.opening_spot, config.opening_perp)) {
        check.refuse("opening", "is no pair of prices in [0.01, 1e7] within a factor of two");
    }
    for (const BasisWeek& week : config.weeks) {
        if (!is_pair(week.spot_close, week.perp_close)) {
            check.refuse("weeks.close", "is no pair of prices in [0.01, 1e7] within a factor of 2");
        }
        check.week(week.realised_variance, week.funding_sum);
    }
    if (config.step_hours == 0 || hours_per_week % config.step_hours != 0) {
        check.refuse("step_hours", "does not divide 168");
    }
    check.costs({config.perp_cost, config.spot_cost});
    check.deposit(config.deposit);
    for (const BankSizes& bank : {config.token_bank, config.quote_bank}) {
        if (bank.deposits > std::uint64_t{1} << 56 || bank.borrows > bank.deposits) {
            check.refuse("banks", "owe more than they hold, or hold more than 2^56");
        }
    }
    check.depths({config.perp_depth, config.spot_depth});
    check.start_time(config.start_time);
}

[[nodiscard]] markets::EpochBridge bridge_of(const BasisConfig& config) {
    std::vector<std::int64_t> closes{oracle_steps(config.opening_spot)};
    std::vector<double> variances;
    for (const BasisWeek& week : config.weeks) {
        closes.push_back(oracle_steps(week.spot_close));
        variances.push_back(week.realised_variance);
    }
    return markets::EpochBridge{closes, variances, hours_per_week, std::int64_t{1} << oracle_bits};
}

/// Others lend and borrow both tokens, each against what he has lent of the other.
void open_banks(venues::MarginVenue& venue, const BasisConfig& config) {
    const std::uint64_t now = config.start_time;
    const auto open = [&](venues::CallerId who, std::uint8_t lent, std::uint64_t amount) {
        const venues::AccountId account = venue.add_account(who, now);
        if (amount > 0) venue.deposit(who, account, lent, amount, now);
        return account;
    };
    const venues::AccountId lender = open(lender_id, basis_market, config.token_bank.deposits);
    const venues::AccountId borrower =
        open(borrower_id, venues::quote_token_index, config.quote_bank.deposits);
    if (config.quote_bank.borrows > 0) {
        venue.withdraw(lender_id, lender, venues::quote_token_index, config.quote_bank.borrows,
                       true, now);
    }
    if (config.token_bank.borrows > 0) {
        venue.withdraw(borrower_id, borrower, basis_market, config.token_bank.borrows, true, now);
    }
}

[[nodiscard]] venues::MarginVenue venue_of(const BasisConfig& config) {
    venues::VenueConfig out;
    out.admin = keeper;
    out.valid_interval = static_cast<std::uint64_t>(hour_seconds) * config.step_hours;
    // Profits and losses of the perp settle against whoever stands on the other side.
    out.unlimited_pnl_counterparty = true;
    venues::MarketConfig market;
    market.index = {.power = 1, .scale = 1, .underlying = basis_market};
    market.perp = config.perp;
    if (config.execution == ExecutionKind::book) {
        market.spot = {.base_lot_size = config.perp.base_lot_size,
                       .quote_lot_size = config.perp.quote_lot_size,
                       .taker_fee_bps = config.spot_taker_fee_bps,
                       .maker_rebate_bps = 0};
    }
    out.markets.push_back(market);
    venues::TokenConfig token = config.token;
    token.index = basis_market;
    out.tokens.push_back(token);
    venues::TokenConfig quote;
    quote.index = venues::quote_token_index;
    quote.curve = config.token.curve;
    quote.init_leverage = I80F48::from_int(1);
    quote.maint_leverage = I80F48::from_int(1);
    out.tokens.push_back(quote);
    venues::MarginVenue venue{out, config.start_time};
    venue.set_price(keeper, basis_market, oracle_price(oracle_steps(config.opening_spot)),
                    config.start_time);
    venue.cache_prices(config.start_time);
    venue.cache_root_banks(config.start_time);
    venue.cache_perp_markets(config.start_time);
    open_banks(venue, config);
    if (config.execution == ExecutionKind::book) {
        static_cast<void>(open_spot_makers(venue, basis_market, config.start_time));
    }
    return venue;
}

[[nodiscard]] volts::Volt volt_of(const BasisConfig& config) {
    volts::VoltConfig out = volts::basis_config(operator_id, basis_market);
    out.epoch_period = hours_per_week * static_cast<std::uint64_t>(hour_seconds);
    out.epoch_anchor = config.start_time;
    out.keep_history = false;
    out.fees = config.fees;
    out.strategy = config.strategy;
    // Out of the position until the rule has seen a week.
    if (config.rule == BasisRule::trailing) out.strategy.target_leverage = I80F48{};
    return volts::Volt{out, venue_of(config), config.start_time};
}

[[nodiscard]] std::vector<I80F48> funding_sums(const BasisConfig& config) {
    std::vector<I80F48> sums;
    sums.reserve(config.weeks.size());
    for (const BasisWeek& week : config.weeks) {
        // Only the sign decides; the product with a power of two is exact.
        sums.push_back(I80F48::from_bits(static_cast<math::i128>(week.funding_sum * 0x1p48)));
    }
    return sums;
}

}  // namespace

BasisModel::BasisModel(BasisConfig config)
    : config_{(validate(config), std::move(config))},
      lots_per_step_{static_cast<double>(config_.perp.base_lot_size) /
                     static_cast<double>(config_.perp.quote_lot_size) / oracle_steps_per_usd},
      funding_{funding_sums(config_)},
      bridge_{bridge_of(config_)},
      initial_{volt_of(config_)} {}

double BasisModel::basis_at(std::size_t week) const noexcept {
    if (week == 0) return config_.opening_perp / config_.opening_spot - 1.0;
    const BasisWeek& of = config_.weeks[week - 1];
    return of.perp_close / of.spot_close - 1.0;
}

}  // namespace voltcore::sim
