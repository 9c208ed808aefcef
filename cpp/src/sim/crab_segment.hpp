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
    double band = 0.0;             ///< of the net delta, as a share of the short's delta
    double index_per_power = 0.0;  ///< index of a squared step
    double least_share = 0.0;      ///< of the neutral price, where the band ends
    double most_share = 0.0;
    // equity / notional where triggers fire: collateral ratio, leverage too high or too low.
    double ratio_cover = 0.0;
    double high_cover = 0.0;
    double low_cover = 0.0;
    double calm_cover = 0.0;    ///< above it no trigger fires below, nor is health negative
    double short_margin = 0.0;  ///< maintenance, of the short's notional
    double hedge_margin = 0.0;
    bool is_hedging_on = false;
    bool is_anchored = false;  ///< epochs end with the weeks, whenever the last one began
};

/// What happens in an hour, as far as doubles can tell.
enum class HourEvent : std::uint8_t { unsure, epoch_end, collateral_ratio, leverage, hedge_drift };

/// The hours between two trades: positions stand still, so that equity is a fixed function of the
/// prices and of the funding gained since. Readings of any hour are exact; a filter in doubles
/// finds the hour in which something could happen.
class Segment {
public:
    /// From the state of `books` on; `first` is the next hour in `hours`.
    Segment(const SegmentRule& rule, const CrabBooks& books, const Hours& hours, std::size_t first);

    /// The first hour in which a trigger could fire or the account be liquidated, at the latest the
    /// last one of the week.
    [[nodiscard]] std::size_t suspect() const noexcept { return suspect_; }
    [[nodiscard]] HourEvent event() const noexcept { return event_; }
    /// Of the suspect hour, estimated.
    [[nodiscard]] double estimated_equity() const noexcept { return line_.at(hours_, suspect_); }

    /// Folds the hours up to the suspect one, that one included, into what the path has seen.
    void observe(PathMetrics& metrics, WeekSample& sample) const;
    /// The hours [begin, end) from exact readings alone.
    void observe_exactly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                         WeekSample& sample) const;

    /// Exact readings of an hour before its trades.
    [[nodiscard]] I80F48 equity(std::size_t hour) const;
    [[nodiscard]] I80F48 index(std::size_t hour) const;

private:
    void find_suspect() noexcept;
    [[nodiscard]] bool is_calm(const HourExtremes& seen) const noexcept;
    [[nodiscard]] HourEvent event_of(std::size_t hour) const noexcept;
    [[nodiscard]] bool observe_quickly(PathMetrics& metrics, WeekSample& sample) const;
    struct Peak {
        std::uint64_t assets;
        double max_drawdown;
    };
    /// False, with `peak` unfinished, when doubles cannot tell.
    [[nodiscard]] bool follow_peak(Peak& peak) const;

    const SegmentRule& rule_;
    const Hours& hours_;
    std::size_t first_;

    // Exact: equity = fixed + squared_base * index + linear_base * price - lots * funding gained.
    I80F48 fixed_;
    std::int64_t squared_lots_;
    std::int64_t linear_lots_;
    std::uint64_t pool_;

    // The same in doubles.
    EquityLine line_;
    double notional_ = 0.0;  ///< of the squared leg per power of a step
    double error_ = 0.0;     ///< bound of |estimate - equity|
    bool is_usual_ = false;  ///< positions of the strategy's signs
    double delta_ = 0.0;     ///< of the short, native base per step
    double held_ = 0.0;      ///< of the hedge, native base
    double least_price_ = 0.0;
    double most_price_ = 0.0;

    std::size_t suspect_ = 0;
    HourEvent event_ = HourEvent::unsure;
    HourExtremes seen_{};  ///< from the first hour to the suspect one
};

}  // namespace voltcore::sim
