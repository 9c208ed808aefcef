#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/sim/crab.hpp"

namespace voltcore::sim {

/// The makers' mids of an hour, in price lots.
struct Mids {
    std::int64_t squared = 0;
    std::int64_t linear = 0;
};

[[nodiscard]] inline Mids mids_of(const WeekQuotes& quotes, std::int64_t steps) noexcept {
    return {.squared = squared_mid_lots(quotes, steps), .linear = linear_mid_lots(quotes, steps)};
}

/// Price of slice `slice` of a trade of the sign of `lots`: half spread and impact away from the
/// mid, rounded away from it to whole price lots.
[[nodiscard]] inline std::int64_t slice_price(const TradingCost& cost, std::int64_t mid,
                                              std::int64_t lots, std::uint32_t slice) noexcept {
    constexpr std::uint64_t million = 1'000'000;
    const std::uint64_t away = std::min<std::uint64_t>(
        cost.half_spread_ppm + std::uint64_t{cost.impact_ppm} * slice, million / 2);
    // mid = whole * million + rest: both products fit 64 bits.
    const std::uint64_t whole = static_cast<std::uint64_t>(mid) / million;
    const std::uint64_t rest = static_cast<std::uint64_t>(mid) - whole * million;
    const auto moved =
        static_cast<std::int64_t>(whole * away + (rest * away + million - 1) / million);
    return lots > 0 ? mid + moved : std::max<std::int64_t>(mid - moved, 1);
}

/// The operator of the volt: turns the cranks when a trigger fires, and keeps the books of the
/// path.
class CrabDesk {
public:
    CrabDesk(const CrabModel& model, volts::Volt& volt, PathMetrics& metrics) noexcept
        : model_{model}, volt_{volt}, metrics_{metrics} {}

    /// Deposit, StartRound and the rebalance that opens the position.
    void open(const Mids& mids, std::uint64_t now);
    /// What the trigger asks for: the hedge leg alone or the whole cycle.
    void act(const volts::TriggerReport& report, const Mids& mids, std::uint64_t now,
             WeekSample& sample);

    /// Funding that the positions have received while the accumulators gained these bits a lot.
    void book_funding(Leg leg, math::i128 gained);
    /// The venue takes the positions over: what is left after its fee on both legs.
    void book_liquidation();
    /// The sample at the end of a week, after its rebalance.
    void sample_week(const Mids& mids, WeekSample& sample) const;
    /// Completes the metrics from the state of the volt; weeks that never came show what was left.
    void close(PathResult& out);

private:
    /// Turns the profits and losses of both legs into cash, as anybody may. Without it the losses
    /// of a long rise pile up in the quote position of the short leg until it is negative, and the
    /// volt refuses such a leg (QuotePositionMustBePositive).
    void settle(std::uint64_t now);
    void cycle(const Mids& mids, std::uint64_t now);
    void trade_target(std::int64_t mid, std::uint64_t now);
    void trade_hedge(std::int64_t mid, std::uint64_t now, bool inside_epoch);
    [[nodiscard]] std::int64_t position(std::size_t market) const;
    void book_trade(Leg leg, const volts::RebalanceReceipt& receipt, std::int64_t mid);

    const CrabModel& model_;
    volts::Volt& volt_;
    PathMetrics& metrics_;
};

/// What a path has seen so far, hour by hour.
void observe_hour(PathMetrics& metrics, WeekSample& sample, std::uint64_t assets,
                  std::int64_t collateral_ratio) noexcept;
/// A finished round; the next one begins with `assets`.
void book_round(PathMetrics& metrics, std::uint64_t assets) noexcept;
/// A whole rebalance that `trigger` has started.
void book_rebalance(PathMetrics& metrics, WeekSample& sample, volts::Trigger trigger) noexcept;

}  // namespace voltcore::sim
