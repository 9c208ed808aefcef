#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/amm/tick_math.hpp"

namespace voltcore::amm {

/// Prices whose ticks are worked out together.
inline constexpr std::size_t tick_rows_at_once = 16;

/// tick_at_sqrt_ratio of up to `tick_rows_at_once` prices, each four limbs, least significant
/// first. An illegal price gets the tick 0 and the status of its refusal.
void tick_at_sqrt_ratio_rows(const std::uint64_t* limbs, std::size_t rows, const TickRange& range,
                             std::int32_t* ticks, std::uint16_t* status) noexcept;

}  // namespace voltcore::amm
