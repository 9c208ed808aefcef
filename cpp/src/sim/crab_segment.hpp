#pragma once

#include <cstdint>

#include "crab_books.hpp"
#include "voltcore/sim/crab.hpp"

namespace voltcore::sim {

/// What the strategy and the venue say about the hours between two trades, in doubles.
struct SegmentRule {
    explicit SegmentRule(const CrabModel& model);

    std::int64_t squared_scale = 1;
    std::int64_t squared_lot = 0;
    std::int64_t linear_lot = 0;
    double band = 0.0;         ///< of the net delta, as a share of the short's delta
    double least_cover = 0.0;  ///< equity / notional below it is looked at exactly
    double most_cover = 0.0;
    double short_margin = 0.0;  ///< maintenance, of the short's notional
    double hedge_margin = 0.0;
    bool is_hedging_on = false;
    bool is_anchored = false;  ///< epochs end with the weeks, whenever the last one began
};

/// What happens in an hour, as far as doubles can tell.
enum class HourEvent : std::uint8_t { unsure, hedge_drift, epoch_end };

/// The hours between two trades: positions stand still, so that equity is a fixed function of the
/// prices and of the funding gained since. Readings of any hour are exact; a filter in doubles
/// finds the hours in which something could happen.
class Segment {
public:
    using Column = Hours::Column<double>;

    /// From the state of `books` on; `first` is the next hour in `hours`. `estimates` is room for
    /// the segment's own use.
    Segment(const SegmentRule& rule, const CrabBooks& books, const Hours& hours, std::size_t first,
            Column& estimates);

    /// The first hour from `begin` on in which a trigger could fire or the account be liquidated,
    /// at the latest the last one of the week. Writes the estimates of the hours on the way.
    [[nodiscard]] std::size_t next_suspect(std::size_t begin) noexcept;

    /// The event of an hour that `next_suspect` gave.
    [[nodiscard]] HourEvent event(std::size_t hour) const noexcept;

    /// Folds the hours [begin, end) into what the path has seen.
    void observe(std::size_t begin, std::size_t end, PathMetrics& metrics,
                 WeekSample& sample) const;
    /// The same from exact readings alone.
    void observe_exactly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                         WeekSample& sample) const;

    /// Exact readings of an hour before its trades.
    [[nodiscard]] I80F48 equity(std::size_t hour) const;
    [[nodiscard]] I80F48 index(std::size_t hour) const;

private:
    [[nodiscard]] I80F48 price(std::size_t hour) const noexcept;
    [[nodiscard]] bool observe_quickly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                                       WeekSample& sample) const;
    [[nodiscard]] I80F48 equity_from(std::size_t hour, i128 linear_gained,
                                     i128 squared_gained) const;

    const SegmentRule& rule_;
    const Hours& hours_;
    std::size_t first_;

    // Exact: equity = fixed + squared_base * index + linear_base * price - lots * funding gained.
    I80F48 fixed_;
    std::int64_t squared_lots_ = 0;
    std::int64_t linear_lots_ = 0;
    std::uint64_t pool_ = 0;

    // The same in doubles, per oracle step.
    double fixed_estimate_ = 0.0;
    double per_power_ = 0.0;
    double per_price_ = 0.0;
    double gained_ = 0.0;    ///< funding so far
    double notional_ = 0.0;  ///< of the squared leg per power of a step
    double error_ = 0.0;     ///< bound of |estimate - equity|
    double least_cover_ = 0.0;
    double delta_ = 0.0;  ///< of the short, native base per step
    double held_ = 0.0;   ///< of the hedge, native base
    double least_price_ = 0.0;
    double most_price_ = 0.0;
    double most_known_price_ = 0.0;  ///< up to here `error_` holds
    Column& equity_;
};

}  // namespace voltcore::sim
