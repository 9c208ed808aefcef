#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "voltcore/math/error.hpp"
#include "voltcore/sim/crab.hpp"

// What the models of both volts refuse in a configuration.

namespace voltcore::sim {

class VoltChecks {
public:
    /// @param op the model that refuses
    explicit constexpr VoltChecks(const char* op) noexcept : op_{op} {}

    [[noreturn]] void refuse(const char* field, const char* bound) const {
        voltcore::refuse({.code = ErrorCode::out_of_range,
                          .field = field,
                          .value = {},
                          .bound = bound,
                          .op = op_,
                          .onchain = {}});
    }

    void count_of_weeks(std::size_t weeks) const {
        if (weeks == 0) refuse("weeks", "is empty");
        if (weeks > 10'000) refuse("weeks", "has more than 10000 weeks");
    }

    void week(double realised_variance, double funding_sum) const {
        if (!(realised_variance >= 0.0 && realised_variance <= 100.0)) {
            refuse("weeks.realised_variance", "is not in [0, 100]");
        }
        if (!(funding_sum >= -1.0 && funding_sum <= 1.0)) {
            refuse("weeks.funding_sum", "is not in [-1, 1]");
        }
    }

    void costs(std::initializer_list<TradingCost> of_legs) const {
        for (const TradingCost& cost : of_legs) {
            if (cost.half_spread_ppm > 100'000 || cost.impact_ppm > 100'000) {
                refuse("trading_cost", "is not in [0, 100000] parts per million");
            }
        }
    }

    void depths(std::initializer_list<BookDepth> of_legs) const {
        for (const BookDepth& depth : of_legs) {
            if (depth.levels == 0 || depth.levels > most_book_levels) {
                refuse("book.levels", "is not in [1, 16]");
            }
            if (depth.level_quote == 0 || depth.level_quote > most_amount) {
                refuse("book.level_quote", "is not in [1, 2^56]");
            }
        }
    }

    void deposit(std::uint64_t amount) const {
        if (amount == 0 || amount > most_amount) refuse("deposit", "is not in [1, 2^56]");
    }

    void start_time(std::uint64_t time) const {
        if (time > std::uint64_t{1} << 40) refuse("start_time", "is not in [0, 2^40]");
    }

    /// Small enough that every profit of a path fits a signed 64-bit column.
    static constexpr std::uint64_t most_amount = std::uint64_t{1} << 56;

private:
    const char* op_;
};

}  // namespace voltcore::sim
