#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/perps/checked.hpp"

// Borrow rates of many custodies over many steps. The curve is the ancestor's two slopes.

namespace voltcore::perps {

struct SlopeCurve {
    std::uint64_t base_rate = 0;  ///< hourly, 1e9
    std::uint64_t slope1 = 0;
    std::uint64_t slope2 = 0;
    std::uint64_t optimal_utilization = rate_scale;
};

/// How interest is rounded and whether it stays in the pool.
struct AccrualRule {
    bool round_up = true;   ///< of each step's rate; the ancestor rounds up
    bool compound = false;  ///< floor(locked * rate) is added to locked and owned after each step
};

/// For each custody in [begin, end) and each step: rate at locked / owned, times seconds / 3600,
/// added to `cumulative`. `owned` and `locked` are updated in place when interest compounds.
/// `status` gets 0 or the error code of a custody whose numbers leave u64 (its row is then 0).
void accrue_rows(const SlopeCurve& curve, const AccrualRule& rule, const std::uint32_t* seconds,
                 std::size_t steps, std::size_t begin, std::size_t end, std::uint64_t* owned,
                 std::uint64_t* locked, std::uint64_t* cumulative, std::uint16_t* status) noexcept;

}  // namespace voltcore::perps
