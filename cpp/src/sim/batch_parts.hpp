#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/integer.hpp"
#include "voltcore/sim/crab_batch.hpp"

// Columns and bands of a shard, as every volt fills them.

namespace voltcore::sim {

[[nodiscard]] inline std::int64_t whole(math::I80F48 value) {
    return math::checked_cast<std::int64_t>(value.floor());
}

/// ratio ^ (1 / years) - 1 in %, from this library's own exp and log.
[[nodiscard]] inline double yearly(double ratio, double years) {
    if (!(ratio > 0.0)) return -100.0;
    return 100.0 * (markets::exp(markets::log(ratio) / years) - 1.0);
}

/// Years of 365 days in so many weeks.
[[nodiscard]] inline double years_of(std::size_t weeks) noexcept {
    constexpr double hours_per_year = 365.0 * 24.0;
    return static_cast<double>(weeks * hours_per_week) / hours_per_year;
}

[[nodiscard]] inline double percent_of(std::uint32_t part, std::uint32_t total) noexcept {
    return total == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(total);
}

}  // namespace voltcore::sim
