#pragma once

#include "voltcore/markets/elementary.hpp"
#include "voltcore/sim/crab_hours.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define VOLTCORE_CRAB_AVX2 1
#endif

namespace voltcore::sim {

#if defined(VOLTCORE_CRAB_AVX2)
/// The narrow form with AVX2; the caller has checked the bounds and the machine.
void evaluate_avx2(const MarketFactors& linear, const MarketFactors& squared,
                   const WeekQuotes& quotes, Hours& hours) noexcept;
#endif

}  // namespace voltcore::sim
