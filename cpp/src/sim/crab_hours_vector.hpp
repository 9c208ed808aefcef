#pragma once

#include "voltcore/markets/elementary.hpp"
#include "voltcore/sim/crab_hours.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define VOLTCORE_CRAB_AVX2 1
#endif

namespace voltcore::sim {

// Range of the narrow form; the proofs are in crab_hours_narrow.inc.
inline constexpr std::uint64_t least_steps = std::uint64_t{2'560} << oracle_bits;
inline constexpr std::uint64_t steps_end = std::uint64_t{128'000} << oracle_bits;

#if defined(VOLTCORE_CRAB_AVX2)
/// The narrow form with AVX2; the caller has checked the quotes' form and the machine. False when a
/// price is out of range.
bool evaluate_avx2(const MarketFactors& linear, const MarketFactors& squared,
                   const WeekQuotes& quotes, Hours& hours) noexcept;
std::size_t first_outside_avx2(const Hours& hours, std::size_t begin, double low,
                               double high) noexcept;
/// At least four hours.
HourExtremes extremes_avx2(const Hours& hours, const EquityLine& line, std::size_t begin,
                           std::size_t end) noexcept;
#endif

}  // namespace voltcore::sim
