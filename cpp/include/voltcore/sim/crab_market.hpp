#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace voltcore::sim {

/// One real week of the underlying.
struct MarketWeek {
    double close = 0.0;              ///< USD at the end of the week
    double realised_variance = 0.0;  ///< sum of the squared hourly log returns
    double funding_sum = 0.0;        ///< sum of the linear perp's funding rates, paid by longs
};

/// Where the mark of the squared perp comes from: no series of one exists. Rates are per day.
///
///     f = clamp(k * sigma2 + carry * r, -cap, cap)        or the constant f
///
/// sigma2 is the trailing realised variance a day, r the linear perp's funding a day.
struct FundingRule {
    double variance_premium = 1.25;  ///< k
    double carry = 2.0;              ///< linear units a squared perp holds; 0 leaves the carry out
    bool is_constant = false;
    double constant_daily = 0.0028;  ///< f when `is_constant`
    double daily_cap = 0.05 / 7.0;  ///< the venue's clamp of mark / index - 1, spread over its week
    std::uint32_t trailing_weeks = 8;
    double variance_before = 0.0;  ///< realised variance of a week before the table begins
};

/// The rates of one week.
struct WeekRates {
    double daily_variance = 0.0;  ///< sigma2
    double daily_linear = 0.0;    ///< r
    double daily_squared = 0.0;   ///< f
    bool is_capped = false;       ///< the clamp binds
};

/// The rates of every week. sigma2 of week i is the mean of the last `trailing_weeks` weeks before
/// it, fewer at the start and never the week itself; week 0 takes `variance_before`.
/// Only + - * / on doubles: the same bits everywhere.
[[nodiscard]] std::vector<WeekRates> weekly_rates(std::span<const MarketWeek> weeks,
                                                  const FundingRule& rule);

}  // namespace voltcore::sim
