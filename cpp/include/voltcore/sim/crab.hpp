#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/markets/epoch_bridge.hpp"
#include "voltcore/sim/book_makers.hpp"
#include "voltcore/sim/control.hpp"
#include "voltcore/sim/crab_hours.hpp"
#include "voltcore/sim/crab_market.hpp"
#include "voltcore/sim/crab_metrics.hpp"
#include "voltcore/volts/volt.hpp"

// The crab volt through real weeks: the numbers of a scenario, and the volt at its start.

namespace voltcore::sim {

struct CrabConfig {
    std::uint64_t start_time = 0;  ///< seconds; the first week begins here
    double opening_price = 0.0;    ///< USD at that time
    std::vector<MarketWeek> weeks;
    FundingRule funding;

    venues::PerpMarketConfig linear;
    venues::PerpMarketConfig squared;
    std::uint64_t squared_scale = 1'000'000;
    TradingCost linear_cost;
    TradingCost squared_cost;
    ExecutionKind execution = ExecutionKind::quoted;
    BookDepth linear_depth;  ///< of the makers' ladder, for execution on the book
    BookDepth squared_depth;

    std::uint64_t deposit = 0;  ///< native underlying of the one depositor
    volts::StrategyParams strategy;
    volts::FeeSettings fees;
};

/// Market indices of the venue, as on Entropy: the squared perp first.
inline constexpr std::size_t squared_market = 0;
inline constexpr std::size_t linear_market = 1;

inline constexpr venues::CallerId keeper = 1;       ///< owns the price feeds
inline constexpr venues::CallerId operator_id = 2;  ///< the volt's admin, turns the cranks
inline constexpr venues::CallerId depositor = 3;

/// Everything that is the same for all paths of a scenario. Immutable once made.
class CrabModel {
public:
    /// @throws Error for numbers that no volt or venue accepts.
    explicit CrabModel(CrabConfig config);

    [[nodiscard]] const CrabConfig& config() const noexcept { return config_; }
    [[nodiscard]] std::size_t weeks() const noexcept { return config_.weeks.size(); }
    [[nodiscard]] const std::vector<WeekRates>& rates() const noexcept { return rates_; }
    [[nodiscard]] const std::vector<WeekQuotes>& quotes() const noexcept { return quotes_; }
    [[nodiscard]] const HourKernel& kernel() const noexcept { return kernel_; }
    [[nodiscard]] const markets::EpochBridge& bridge() const noexcept { return bridge_; }
    /// Venue and volt before the first hour: prices cached, nothing deposited.
    [[nodiscard]] const volts::Volt& initial() const noexcept { return initial_; }
    [[nodiscard]] std::uint64_t time_of(std::size_t hour) const noexcept {
        return config_.start_time + static_cast<std::uint64_t>(hour_seconds) * hour;
    }
    [[nodiscard]] std::int64_t opening_steps() const noexcept { return bridge_.close(0); }
    [[nodiscard]] bool is_on_book() const noexcept {
        return config_.execution == ExecutionKind::book;
    }
    /// The makers of a market, for execution on the book: they opened the venue's first account.
    [[nodiscard]] PerpMakers makers(std::size_t market) const noexcept {
        const bool is_squared = market == squared_market;
        return {0, market, is_squared ? config_.squared_cost : config_.linear_cost,
                is_squared ? config_.squared_depth : config_.linear_depth};
    }

private:
    CrabConfig config_;
    std::vector<WeekRates> rates_;
    std::vector<WeekQuotes> quotes_;
    HourKernel kernel_;
    markets::EpochBridge bridge_;
    volts::Volt initial_;
};

struct PathResult {
    PathMetrics metrics;
    std::vector<WeekSample> weeks;  ///< one for each week of the scenario
};

/// Runs paths on one thread; keeps its buffers from path to path.
class CrabRunner {
public:
    /// `model` must outlive the runner.
    explicit CrabRunner(const CrabModel& model);

    /// The quick loop: whole weeks of hours at once, the engine only where something happens.
    /// False, with `out` unfinished, when `control` was cancelled; it is asked every week.
    bool run(std::uint64_t seed, std::uint64_t path, PathResult& out,
             const Control* control = nullptr);
    /// The plain loop: every hour through the engine's public operations. Same results, same state.
    void run_reference(std::uint64_t seed, std::uint64_t path, PathResult& out);

    /// Volt and venue as the last path left them.
    [[nodiscard]] const volts::Volt& volt() const noexcept { return volt_; }

private:
    void begin(PathResult& out);
    void load_week(std::uint64_t seed, std::uint64_t path, std::size_t week);

    const CrabModel& model_;
    volts::Volt volt_;
    Hours hours_{};
    // The opening is the same for every path: kept from the first one on.
    bool has_opened_ = false;
    volts::Volt opened_;
    PathMetrics opening_;
};

}  // namespace voltcore::sim
