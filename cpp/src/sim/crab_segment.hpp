#pragma once

#include <cstdint>

#include "voltcore/sim/crab.hpp"

namespace voltcore::sim {

/// The hours between two trades: positions stand still, so that equity is a fixed function of the
/// prices and of the funding gained since. Readings of any hour are exact; a filter in doubles
/// finds the hours in which something could happen.
class Segment {
public:
    using Column = Hours::Column<double>;

    /// From the state of `volt` on; `first` is the next hour in `hours`. `estimates` is room for
    /// the segment's own use.
    Segment(const CrabModel& model, const volts::Volt& volt, const Hours& hours, std::size_t first,
            Column& estimates);

    /// The first hour from `begin` on in which a trigger could fire or the account be liquidated,
    /// at the latest the last one of the week. Writes the estimates of the hours on the way.
    [[nodiscard]] std::size_t next_suspect(std::size_t begin) noexcept;

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

    const Hours& hours_;
    std::size_t first_;
    std::int64_t scale_;

    // Exact: equity = fixed + squared_base * index + linear_base * price - lots * funding gained.
    I80F48 fixed_;
    std::int64_t squared_lots_ = 0;
    std::int64_t linear_lots_ = 0;
    std::int64_t squared_lot_ = 0;
    std::int64_t linear_lot_ = 0;
    std::uint64_t pool_ = 0;

    // The same in doubles, per oracle step.
    double fixed_estimate_ = 0.0;
    double per_power_ = 0.0;
    double per_price_ = 0.0;
    double gained_ = 0.0;       ///< funding so far
    double notional_ = 0.0;     ///< of the squared leg per power of a step
    double error_ = 0.0;        ///< bound of |estimate - equity|
    double least_cover_ = 0.0;  ///< equity / notional below it is looked at exactly
    double most_cover_ = 0.0;
    double least_price_ = 0.0;
    double most_price_ = 0.0;
    double most_known_price_ = 0.0;  ///< up to here `error_` holds
    Column& equity_;
};

}  // namespace voltcore::sim
