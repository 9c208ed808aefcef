#include "voltcore/sim/crab_market.hpp"

#include <algorithm>

namespace voltcore::sim {

std::vector<WeekRates> weekly_rates(std::span<const MarketWeek> weeks, const FundingRule& rule) {
    std::vector<WeekRates> rates(weeks.size());
    for (std::size_t i = 0; i < weeks.size(); ++i) {
        WeekRates& week = rates[i];
        double variance = rule.variance_before;
        const std::size_t past = std::min<std::size_t>(i, rule.trailing_weeks);
        if (past > 0) {
            double sum = 0.0;
            for (std::size_t j = i - past; j < i; ++j) sum += weeks[j].realised_variance;
            variance = sum / static_cast<double>(past);
        }
        week.daily_variance = variance / 7.0;
        week.daily_linear = weeks[i].funding_sum / 7.0;
        const double wished = rule.is_constant ? rule.constant_daily
                                               : rule.variance_premium * week.daily_variance +
                                                     rule.carry * week.daily_linear;
        week.daily_squared = std::clamp(wished, -rule.daily_cap, rule.daily_cap);
        week.is_capped = week.daily_squared != wished;
    }
    return rates;
}

}  // namespace voltcore::sim
