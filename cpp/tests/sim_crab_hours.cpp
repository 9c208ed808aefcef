#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>

#include "voltcore/sim/crab_hours.hpp"

namespace {

using voltcore::sim::HourKernel;
using voltcore::sim::HourRule;
using voltcore::sim::Hours;
using voltcore::sim::hours_per_week;
using voltcore::sim::oracle_steps;
using voltcore::sim::WeekQuotes;

/// The number of hours in which the quick form differs from the venue's formulas.
std::size_t differences(const Hours& quick, const Hours& plain) {
    std::size_t differ = 0;
    for (std::size_t i = 0; i < hours_per_week; ++i) {
        if (quick.linear_sum(i, i + 1) != plain.linear_sum(i, i + 1) ||
            quick.squared_sum(i, i + 1) != plain.squared_sum(i, i + 1)) {
            ++differ;
        }
        CHECK(std::abs(quick.linear_paid[i] - plain.linear_paid[i]) < 1e-4);
        CHECK(std::abs(quick.squared_paid[i] - plain.squared_paid[i]) < 1e-4);
    }
    return differ;
}

/// The best form of this machine and the one without vectors against the formulas.
std::size_t differences(const HourKernel& kernel, const WeekQuotes& quotes, Hours& hours) {
    auto plain = std::make_unique<Hours>();
    plain->steps = hours.steps;
    kernel.evaluate_plain(quotes, *plain);
    kernel.evaluate(quotes, hours);
    std::size_t differ = differences(hours, *plain);
    if (kernel.evaluate_narrow(quotes, hours)) differ += differences(hours, *plain);
    return differ;
}

HourRule rule_of(std::int64_t linear_lot, std::int64_t squared_lot, std::int64_t tick) {
    HourRule rule;
    rule.linear = {.base_lot = linear_lot, .quote_lot = tick, .funding_period = 86'400};
    rule.squared = {.base_lot = squared_lot, .quote_lot = tick, .funding_period = 604'800};
    return rule;
}

}  // namespace

TEST_CASE("hours of random weeks have the integers of the venue's formulas") {
    std::mt19937_64 random{7};
    constexpr std::array<std::int64_t, 9> lots{1,     7,      100,    999,    1'000,
                                               1'024, 10'000, 12'345, 262'143};
    const auto hours = std::make_unique<Hours>();
    for (int trial = 0; trial < 400; ++trial) {
        const HourKernel kernel{rule_of(lots[random() % 9], lots[random() % 9],
                                        static_cast<std::int64_t>(1 + random() % 10))};
        const auto level = static_cast<double>(1'900 + random() % 130'000);
        for (std::int64_t& steps : hours->steps) {
            steps = oracle_steps(level * (1.0 + static_cast<double>(random() % 1'000) * 2e-5));
        }
        const double linear = (static_cast<double>(random() % 2'000) - 1'000.0) * 4e-5;
        const double squared = (static_cast<double>(random() % 2'000) - 1'000.0) * 1e-5;
        CHECK(differences(kernel, kernel.quotes(linear, squared), *hours) == 0);
    }
}

TEST_CASE("hours at the borders of the vector form have the integers of the venue's formulas") {
    const auto hours = std::make_unique<Hours>();
    for (const double usd : {1.0, 2'048.0, 4'096.0, 65'536.0, 131'072.0, 200'000.0}) {
        for (const double rate : {0.05 / 7, 0.05 / 7 - 1e-6, 0.0, -0.05 / 7, 1e-9, 0.003}) {
            for (const std::int64_t lot : {100, 1'000, 1'024, 65'536}) {
                const HourKernel kernel{rule_of(lot, lot, 1)};
                for (std::size_t i = 0; i < hours_per_week; ++i) {
                    hours->steps[i] = oracle_steps(usd) + static_cast<std::int64_t>(i) - 84;
                    if (hours->steps[i] < 1) hours->steps[i] = 1;
                }
                CHECK(differences(kernel, kernel.quotes(rate / 2, rate), *hours) == 0);
            }
        }
    }
}
