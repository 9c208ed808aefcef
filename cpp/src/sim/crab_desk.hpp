#pragma once

#include <cstdint>

#include "round_books.hpp"
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
    /// One call of a leg's crank: at the quoted price of this slice, or on the makers' ladder.
    template <class Crank>
    volts::RebalanceReceipt trade(Leg leg, std::int64_t mid, std::int64_t missing,
                                  std::uint32_t slice, std::uint64_t now, const Crank& crank);
    [[nodiscard]] std::int64_t position(std::size_t market) const;
    void book_trade(Leg leg, const volts::RebalanceReceipt& receipt, std::int64_t mid);

    const CrabModel& model_;
    volts::Volt& volt_;
    PathMetrics& metrics_;
};

/// What a path has seen so far, hour by hour.
void observe_hour(PathMetrics& metrics, WeekSample& sample, std::uint64_t assets,
                  std::int64_t collateral_ratio) noexcept;
/// A whole rebalance that `trigger` has started.
void book_rebalance(PathMetrics& metrics, WeekSample& sample, volts::Trigger trigger) noexcept;

}  // namespace voltcore::sim
