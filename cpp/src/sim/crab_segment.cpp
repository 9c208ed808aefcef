#include "crab_segment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "crab_desk.hpp"
#include "voltcore/volts/sizing.hpp"

namespace voltcore::sim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Estimates are sums of at most 171 terms, each with at most six roundings, and of gains whose own
// error is at most 4 roundings of the notional over 24 (linear) or 168 (squared) an hour. With M
// the sum of the magnitudes |estimate - exact| < (171 + 6 + 28 + 4) * 2^-53 * M < 2.4e-14 * M.
constexpr double error_share = 1e-13;
// Room for the roundings of the bounds themselves and of the volt's own comparisons (2^-48 native).
constexpr double bound_room = 1e-9;

[[nodiscard]] double native(std::int64_t lots, std::int64_t lot) noexcept {
    return static_cast<double>(lots) * static_cast<double>(lot);
}

}  // namespace

SegmentRule::SegmentRule(const CrabModel& model)
    : squared_scale{model.kernel().rule().squared_scale},
      squared_lot{model.kernel().rule().squared.base_lot},
      linear_lot{model.kernel().rule().linear.base_lot},
      is_anchored{model.initial().config().epoch_anchor != 0} {
    const volts::StrategyParams& strategy = model.config().strategy;
    const venues::MarginVenue& venue = model.initial().venue();
    const double leverage = std::abs(strategy.target_leverage.to_double());
    const double lenience = strategy.target_leverage_lenience.to_double();
    is_hedging_on = strategy.is_hedging_on;
    band = static_cast<double>(strategy.hedge_band_bps) * 1e-4;
    short_margin = venue.market(squared_market).perp.weights.maint.liability.to_double() - 1.0;
    hedge_margin = 1.0 - venue.market(linear_market).perp.weights.maint.asset.to_double();
    // Inside the band the hedge is worth at most (1 + band) * 2 notionals, so that this cover keeps
    // maintenance health above 0.
    const double safe = short_margin + (is_hedging_on ? hedge_margin * 2.0 * (1.0 + band) : 0.0);
    least_cover = std::max({static_cast<double>(strategy.min_collateral_ratio_bps) * 1e-4,
                            1.0 / (leverage + lenience), safe}) *
                  (1.0 + bound_room);
    most_cover = leverage > lenience ? 1.0 / (leverage - lenience) * (1.0 - bound_room) : infinity;
}

Segment::Segment(const SegmentRule& rule, const CrabBooks& books, const Hours& hours,
                 std::size_t first, Column& estimates)
    : rule_{rule},
      hours_{hours},
      first_{first},
      fixed_{books.fixed()},
      squared_lots_{books.lots(Leg::squared)},
      linear_lots_{books.lots(Leg::linear)},
      pool_{books.pool()},
      equity_{estimates} {
    // Index per power of a step, price per step, in native quote.
    const double index_scale = 0x1p-28 / static_cast<double>(rule.squared_scale);
    fixed_estimate_ = fixed_.to_double();
    per_power_ = native(squared_lots_, rule.squared_lot) * index_scale;
    per_price_ = native(linear_lots_, rule.linear_lot) * 0x1p-14;
    notional_ = std::abs(per_power_);
    delta_ = 2.0 * notional_ * 0x1p14;
    held_ = native(linear_lots_, rule.linear_lot);

    least_price_ = 0.0;
    most_price_ = infinity;
    if (rule.is_hedging_on) {
        // |H - D| <= band * D with D = 2 |q| p / scale, p in steps * 2^-14.
        least_price_ = held_ / (1.0 + rule.band) / delta_ * (1.0 + bound_room);
        if (rule.band < 1.0) most_price_ = held_ / (1.0 - rule.band) / delta_ * (1.0 - bound_room);
    }
    // Positions of other signs than the strategy's: look at every hour.
    const bool is_usual =
        squared_lots_ < 0 && linear_lots_ >= 0 && (linear_lots_ == 0 || rule.is_hedging_on);
    least_cover_ = is_usual ? rule.least_cover : infinity;

    most_known_price_ = 4.0 * most_price_;
    if (!(most_known_price_ < 0x1p40)) {
        std::int64_t most = 1;
        for (std::size_t i = first; i < hours.size; ++i) most = std::max(most, hours.steps[i]);
        most_known_price_ = static_cast<double>(most);
    }
    // A day's funding is at most a tenth of the position (the caps are 0.05 a period), so a week
    // adds less than 0.7 of it.
    const double most_power = most_known_price_ * most_known_price_;
    error_ = error_share * (std::abs(fixed_estimate_) + 2.0 * notional_ * most_power +
                            2.0 * std::abs(per_price_) * most_known_price_);
}

std::size_t Segment::next_suspect(std::size_t begin) noexcept {
    const double squared_lots = -static_cast<double>(squared_lots_);
    const double linear_lots = -static_cast<double>(linear_lots_);
    const std::size_t last = hours_.size - 1;
    double gained = gained_;
    std::size_t i = begin;
    for (; i < hours_.size; ++i) {
        const double price = static_cast<double>(hours_.steps[i]);
        const double power = price * price;
        gained += squared_lots * hours_.squared_gain[i] + linear_lots * hours_.linear_gain[i];
        const double equity =
            (fixed_estimate_ + per_power_ * power) + (per_price_ * price + gained);
        equity_[i] = equity;
        const double notional = notional_ * power;
        const bool is_calm = equity - least_cover_ * notional > error_ &&
                             rule_.most_cover * notional - equity > error_ &&
                             price >= least_price_ && price <= most_price_;
        if (!is_calm) break;
    }
    gained_ = gained;
    return std::min(i, last);
}

HourEvent Segment::event(std::size_t hour) const noexcept {
    const double price = static_cast<double>(hours_.steps[hour]);
    const double equity = equity_[hour];
    const double notional = notional_ * (price * price);
    const double health =
        equity - rule_.short_margin * notional - rule_.hedge_margin * per_price_ * price;
    if (least_cover_ == infinity || !rule_.is_anchored || price > most_known_price_ ||
        !(health > error_ + 1.0)) {
        return HourEvent::unsure;
    }
    if (hour + 1 == hours_.size) return HourEvent::epoch_end;
    const double drift = std::abs(held_ - delta_ * price);
    const bool is_calm =
        equity - least_cover_ * notional > error_ && rule_.most_cover * notional - equity > error_;
    // Beyond the band and half a lot, and beyond the roundings of both.
    const bool has_drifted =
        drift > (rule_.band + 1e-9) * delta_ * price &&
        drift > (0.5 + 1e-9) * static_cast<double>(rule_.linear_lot) + 1e-9 * held_;
    return is_calm && rule_.is_hedging_on && has_drifted ? HourEvent::hedge_drift
                                                         : HourEvent::unsure;
}

I80F48 Segment::price(std::size_t hour) const noexcept { return oracle_price(hours_.steps[hour]); }

I80F48 Segment::index(std::size_t hour) const {
    const std::int64_t steps = hours_.steps[hour];
    if (steps < std::int64_t{1} << 31 && rule_.squared_scale == 1'000'000) {
        // floor(steps^2 * 2^20 / 10^6) with a square below 2^62.
        const auto square = static_cast<std::uint64_t>(steps) * static_cast<std::uint64_t>(steps);
        const std::uint64_t whole = square / 15'625;
        const std::uint64_t part = square - whole * 15'625;
        return I80F48::from_bits((static_cast<i128>(whole) << 14) + (part << 14) / 15'625);
    }
    const I80F48 at = price(hour);
    return (at * at) / I80F48::from_int(rule_.squared_scale);
}

I80F48 Segment::equity_from(std::size_t hour, i128 linear_gained, i128 squared_gained) const {
    const I80F48 squared = venues::notional(squared_lots_, rule_.squared_lot, index(hour)) -
                           scale(I80F48::from_bits(squared_gained), squared_lots_);
    const I80F48 linear = venues::notional(linear_lots_, rule_.linear_lot, price(hour)) -
                          scale(I80F48::from_bits(linear_gained), linear_lots_);
    return fixed_ + squared + linear;
}

I80F48 Segment::equity(std::size_t hour) const {
    return equity_from(hour, hours_.linear_sum(first_, hour + 1),
                       hours_.squared_sum(first_, hour + 1));
}

void Segment::observe_exactly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                              WeekSample& sample) const {
    i128 linear = hours_.linear_sum(first_, begin);
    i128 squared = hours_.squared_sum(first_, begin);
    for (std::size_t hour = begin; hour < end; ++hour) {
        linear += hours_.linear_sum(hour, hour + 1);
        squared += hours_.squared_sum(hour, hour + 1);
        const I80F48 held = equity_from(hour, linear, squared);
        const auto ratio =
            volts::collateral_ratio_bps(held, squared_lots_, rule_.squared_lot, index(hour));
        observe_hour(metrics, sample, static_cast<std::uint64_t>(held.floor()) + pool_,
                     ratio.value_or(no_collateral_ratio));
    }
}

bool Segment::observe_quickly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                              WeekSample& sample) const {
    const double pool = static_cast<double>(pool_);
    // Two assets this far apart are in the same order as their floors.
    const double apart = 1.0 + 2.0 * error_;
    double ratio_equity = 1.0;  // the smallest equity / notional so far, as a fraction
    double ratio_notional = 0.0;
    double peak = static_cast<double>(metrics.peak_assets) - pool;
    double low = infinity;
    std::size_t peak_hour = end;  // `end`: the peak of earlier hours, known exactly
    std::size_t low_hour = end;
    double low_limit = peak * (1.0 - metrics.max_drawdown) + apart;

    const auto exact = [&](std::size_t hour) {
        return static_cast<std::uint64_t>(equity(hour).floor()) + pool_;
    };
    // Settles the peak and the lowest hour since, both exactly.
    const auto settle = [&] {
        if (peak_hour != end) metrics.peak_assets = exact(peak_hour);
        if (low_hour != end) {
            const double fall = static_cast<double>(metrics.peak_assets - exact(low_hour)) /
                                static_cast<double>(metrics.peak_assets);
            metrics.max_drawdown = std::max(metrics.max_drawdown, fall);
        }
    };
    for (std::size_t i = begin; i < end; ++i) {
        const double price = static_cast<double>(hours_.steps[i]);
        if (price > most_known_price_) return false;
        const double held = equity_[i];
        const double notional = notional_ * (price * price);
        if (held * ratio_notional < ratio_equity * notional) {
            ratio_equity = held;
            ratio_notional = notional;
        }
        if (held > peak - apart) {
            if (held < peak + apart) return false;
            if (low_hour != end) settle();
            peak = held;
            peak_hour = i;
            low = infinity;
            low_hour = end;
            low_limit = peak * (1.0 - metrics.max_drawdown) + apart;
        } else if (held < low_limit) {
            if (held < low) {
                if (held > low - 2.0 * error_) return false;
                low = held;
                low_hour = i;
            } else if (held < low + 2.0 * error_) {
                return false;
            }
        }
    }
    settle();
    if (ratio_notional > 0.0) {
        // The floor of the smallest ratio, unless a whole basis point is too near to tell.
        const double bps = ratio_equity / ratio_notional * 1e4;
        const double room = (error_ / ratio_notional + 1e-12) * 1e4;
        const double floor = std::floor(bps);
        if (!(bps - room > floor && bps + room < floor + 1.0)) return false;
        const auto ratio = static_cast<std::int64_t>(floor);
        sample.min_collateral_ratio = std::min(sample.min_collateral_ratio, ratio);
        metrics.min_collateral_ratio = std::min(metrics.min_collateral_ratio, ratio);
    }
    return true;
}

void Segment::observe(std::size_t begin, std::size_t end, PathMetrics& metrics,
                      WeekSample& sample) const {
    const PathMetrics before = metrics;
    if (observe_quickly(begin, end, metrics, sample)) return;
    metrics = before;
    observe_exactly(begin, end, metrics, sample);
}

}  // namespace voltcore::sim
