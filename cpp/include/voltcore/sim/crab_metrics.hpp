#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "voltcore/math/i80f48.hpp"

// What one path of the crab leaves behind.

namespace voltcore::sim {

using math::i128;
using math::I80F48;

inline constexpr std::int64_t no_collateral_ratio = std::numeric_limits<std::int64_t>::max();

/// The two legs: the squared perp is the target, the linear perp the hedge.
enum class Leg : std::uint8_t { squared, linear };
inline constexpr std::size_t leg_count = 2;

/// Where the profit of a path comes from. Exact; money in is positive, costs are positive.
struct ProfitParts {
    /// Positions at oracle prices plus what trades paid or received at the makers' mid.
    std::array<I80F48, leg_count> leg{};
    std::array<I80F48, leg_count> funding{};
    I80F48 spread_cost;  ///< half spread and impact: distance of the fills from the mid
    I80F48 taker_fees;
    std::uint64_t performance_fees = 0;
    std::uint64_t withdrawal_fees = 0;
    std::uint64_t aum_fees = 0;
    I80F48 liquidation_cost;

    friend bool operator==(const ProfitParts&, const ProfitParts&) = default;
};

/// Why a path ended before its last hour.
enum class PathEnd : std::uint8_t { complete, liquidated, stopped };

struct PathMetrics {
    PathEnd end = PathEnd::complete;
    std::uint16_t stop_code = 0;     ///< numeric error code of the refusal that stopped the path
    std::int32_t end_hour = -1;      ///< hour of the liquidation or the refusal, from 0
    std::uint64_t supply = 0;        ///< shares
    std::uint64_t final_assets = 0;  ///< A at the end, native
    std::uint64_t peak_assets = 0;
    double max_drawdown = 0.0;  ///< of A over all hours, before that hour's trades
    std::int64_t min_collateral_ratio = no_collateral_ratio;  ///< bps, over all hours
    std::uint64_t round_assets = 0;                           ///< A at the last StartRound
    double worst_round_return = 0.0;
    std::uint32_t rounds = 0;  ///< finished ones
    std::uint32_t winning_rounds = 0;
    std::array<std::uint32_t, 6> rebalances{};  ///< by volts::Trigger; hedge-only ones apart
    std::uint32_t hedges = 0;                   ///< hedge-only
    ProfitParts profit;

    friend bool operator==(const PathMetrics&, const PathMetrics&) = default;
};

/// A path at the end of one week, after that week's rebalance.
struct WeekSample {
    std::uint64_t assets = 0;      ///< A, native; what is left once a path has ended
    std::int64_t nav_at_mark = 0;  ///< the same with marks, native
    std::int64_t min_collateral_ratio = no_collateral_ratio;  ///< bps, over the week's hours
    std::uint32_t hedges = 0;                                 ///< hedge-only ones in the week
    std::uint8_t triggers = 0;  ///< bit t is set when volts::Trigger t started a whole rebalance

    friend bool operator==(const WeekSample&, const WeekSample&) = default;
};

}  // namespace voltcore::sim
