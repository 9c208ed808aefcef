#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/amm/tick_math.hpp"

namespace voltcore::amm {

/// Rows that are worked out together.
inline constexpr std::size_t tick_rows_at_once = 64;
inline constexpr std::size_t ratio_rows_at_once = 256;

/// sqrt_ratio_at_tick of up to `ratio_rows_at_once` ticks into four limbs each, least significant
/// first. An illegal tick gets 0 and the status of its refusal.
void sqrt_ratio_at_tick_rows(const std::int32_t* ticks, std::size_t rows, const TickRange& range,
                             std::uint64_t* limbs, std::uint16_t* status) noexcept;

/// tick_at_sqrt_ratio of up to `tick_rows_at_once` prices, each four limbs, least significant
/// first. An illegal price gets the tick 0 and the status of its refusal.
void tick_at_sqrt_ratio_rows(const std::uint64_t* limbs, std::size_t rows, const TickRange& range,
                             std::int32_t* ticks, std::uint16_t* status) noexcept;

}  // namespace voltcore::amm
