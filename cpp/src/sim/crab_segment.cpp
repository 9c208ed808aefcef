#include "crab_segment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "crab_desk.hpp"
#include "voltcore/volts/sizing.hpp"

namespace voltcore::sim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Estimates are sums of at most 6 terms with at most six roundings each, and of differences of two
// sums over at most 168 gains whose own errors are at most 4 roundings of the notional over 24
// (linear) or 168 (squared) an hour. With M the sum of the magnitudes |estimate - exact| <
// 2 * (168 + 28 + 12) * 2^-53 * M < 4.7e-14 * M.
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
    ratio_cover = static_cast<double>(strategy.min_collateral_ratio_bps) * 1e-4;
    high_cover = 1.0 / (leverage + lenience);
    low_cover = leverage > lenience ? 1.0 / (leverage - lenience) : infinity;
    calm_cover = std::max({ratio_cover, high_cover, safe});
    index_per_power = 0x1p-28 / static_cast<double>(squared_scale);
    least_share = (1.0 + bound_room) / (1.0 + band);
    most_share = band < 1.0 ? (1.0 - bound_room) / (1.0 - band) : infinity;
}

Segment::Segment(const SegmentRule& rule, const CrabBooks& books, const Hours& hours,
                 std::size_t first)
    : rule_{rule},
      hours_{hours},
      first_{first},
      fixed_{books.fixed()},
      squared_lots_{books.lots(Leg::squared)},
      linear_lots_{books.lots(Leg::linear)},
      pool_{books.pool()} {
    // Index per power of a step, price per step, in native quote.
    line_.fixed = estimate(fixed_.bits());
    line_.per_power = native(squared_lots_, rule.squared_lot) * rule.index_per_power;
    line_.per_price = native(linear_lots_, rule.linear_lot) * 0x1p-14;
    line_.squared = -static_cast<double>(squared_lots_);
    line_.linear = -static_cast<double>(linear_lots_);
    // A day's funding is at most a tenth of the position (the caps are 0.05 a period), so a week
    // adds less than 0.7 of it; twice, for the two sums of a difference.
    const double most = hours.most_price;
    notional_ = std::abs(line_.per_power);
    error_ = error_share * (std::abs(line_.fixed) + 3.0 * notional_ * (most * most) +
                            3.0 * std::abs(line_.per_price) * most);
    if (first > 0) {
        line_.fixed -= line_.squared * hours.squared_paid[first - 1] +
                       line_.linear * hours.linear_paid[first - 1];
    }
    delta_ = 2.0 * notional_ * 0x1p14;
    held_ = native(linear_lots_, rule.linear_lot);
    // Positions of other signs than the strategy's: look at every hour.
    is_usual_ = squared_lots_ < 0 && linear_lots_ >= 0 &&
                (linear_lots_ == 0 || rule.is_hedging_on) && rule.is_anchored;
    find_suspect();
}

void Segment::find_suspect() noexcept {
    suspect_ = first_;
    if (is_usual_) {
        if (rule_.is_hedging_on) {
            // |H - D| <= band * D with D = 2 |q| p / scale, p in steps * 2^-14.
            const double neutral = held_ / delta_;
            least_price_ = neutral * rule_.least_share;
            most_price_ = neutral * rule_.most_share;
            suspect_ = std::min(first_outside(hours_, first_, least_price_, most_price_),
                                hours_per_week - 1);
        } else {
            suspect_ = hours_per_week - 1;
        }
    }
    seen_ = extremes(hours_, line_, first_, suspect_ + 1);
    if (is_usual_ && !is_calm(seen_)) {
        const std::size_t end = suspect_;
        for (suspect_ = first_; suspect_ < end; ++suspect_) {
            if (!is_calm(extremes(hours_, line_, suspect_, suspect_ + 1))) break;
        }
        seen_ = extremes(hours_, line_, first_, suspect_ + 1);
    }
    event_ = event_of(suspect_);
}

bool Segment::is_calm(const HourExtremes& seen) const noexcept {
    // equity - cover * notional > error for every hour, divided by price^2.
    const double slack = error_ / seen.least_equity;
    return seen.least_equity > 2.0 * error_ &&
           seen.least_ratio * (1.0 - slack - bound_room) > rule_.calm_cover * notional_ &&
           seen.most_ratio * (1.0 + slack + bound_room) < rule_.low_cover * notional_;
}

HourEvent Segment::event_of(std::size_t hour) const noexcept {
    const double price = hours_.price[hour];
    const double equity = line_.at(hours_, hour);
    const double notional = notional_ * (price * price);
    const double health =
        equity - rule_.short_margin * notional - rule_.hedge_margin * line_.per_price * price;
    if (!is_usual_ || !(health > error_ + 1.0)) return HourEvent::unsure;
    if (hour + 1 == hours_per_week) return HourEvent::epoch_end;
    // The triggers in their order: each one fires, or does not, beyond every rounding.
    const double cover = equity / notional;
    const double room = (error_ / equity + bound_room) * cover;
    const auto apart = [&](double bound) { return std::abs(cover - bound) > room; };
    if (!apart(rule_.ratio_cover) || !apart(rule_.high_cover) || !apart(rule_.low_cover)) {
        return HourEvent::unsure;
    }
    if (cover < rule_.ratio_cover) return HourEvent::collateral_ratio;
    if (cover < rule_.high_cover || cover > rule_.low_cover) return HourEvent::leverage;
    if (!rule_.is_hedging_on) return HourEvent::unsure;
    // Beyond the band and half a lot.
    const double drift = std::abs(held_ - delta_ * price);
    const bool has_drifted =
        drift > (rule_.band + bound_room) * delta_ * price &&
        drift > (0.5 + bound_room) * static_cast<double>(rule_.linear_lot) + bound_room * held_;
    return has_drifted ? HourEvent::hedge_drift : HourEvent::unsure;
}

I80F48 Segment::index(std::size_t hour) const {
    const std::int64_t steps = hours_.steps[hour];
    if (steps < std::int64_t{1} << 31 && rule_.squared_scale == 1'000'000) {
        // floor(steps^2 * 2^20 / 10^6) with a square below 2^62.
        const auto square = static_cast<std::uint64_t>(steps) * static_cast<std::uint64_t>(steps);
        const std::uint64_t whole = square / 15'625;
        const std::uint64_t part = square - whole * 15'625;
        return I80F48::from_bits((static_cast<i128>(whole) << 14) + (part << 14) / 15'625);
    }
    const I80F48 at = oracle_price(steps);
    return (at * at) / I80F48::from_int(rule_.squared_scale);
}

I80F48 Segment::equity(std::size_t hour) const {
    const I80F48 squared_gained = I80F48::from_bits(hours_.squared_sum(first_, hour + 1));
    const I80F48 linear_gained = I80F48::from_bits(hours_.linear_sum(first_, hour + 1));
    const I80F48 squared = venues::notional(squared_lots_, rule_.squared_lot, index(hour)) -
                           scale(squared_gained, squared_lots_);
    const I80F48 linear =
        venues::notional(linear_lots_, rule_.linear_lot, oracle_price(hours_.steps[hour])) -
        scale(linear_gained, linear_lots_);
    return fixed_ + squared + linear;
}

void Segment::observe_exactly(std::size_t begin, std::size_t end, PathMetrics& metrics,
                              WeekSample& sample) const {
    for (std::size_t hour = begin; hour < end; ++hour) {
        const I80F48 held = equity(hour);
        const auto ratio =
            volts::collateral_ratio_bps(held, squared_lots_, rule_.squared_lot, index(hour));
        observe_hour(metrics, sample, static_cast<std::uint64_t>(held.floor()) + pool_,
                     ratio.value_or(no_collateral_ratio));
    }
}

bool Segment::follow_peak(Peak& known) const {
    // Two assets this far apart are in the same order as their floors.
    const double apart = 1.0 + 2.0 * error_;
    double peak = static_cast<double>(known.assets) - static_cast<double>(pool_);
    double low_limit = peak * (1.0 - known.max_drawdown) + apart;
    if (seen_.most_equity <= peak - apart && seen_.least_equity >= low_limit) return true;

    const std::size_t end = suspect_ + 1;
    double low = infinity;
    std::size_t peak_hour = end;  // `end`: the peak of earlier hours, known exactly
    std::size_t low_hour = end;
    const auto exact = [&](std::size_t hour) {
        return static_cast<std::uint64_t>(equity(hour).floor()) + pool_;
    };
    // Settles the peak and the lowest hour since, both exactly.
    const auto settle = [&] {
        if (peak_hour != end) known.assets = exact(peak_hour);
        if (low_hour != end) {
            const double fall = static_cast<double>(known.assets - exact(low_hour)) /
                                static_cast<double>(known.assets);
            known.max_drawdown = std::max(known.max_drawdown, fall);
        }
    };
    for (std::size_t i = first_; i < end; ++i) {
        const double held = line_.at(hours_, i);
        if (held > peak - apart) {
            if (held < peak + apart) return false;
            if (low_hour != end) settle();
            peak = held;
            peak_hour = i;
            low = infinity;
            low_hour = end;
            low_limit = peak * (1.0 - known.max_drawdown) + apart;
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
    return true;
}

bool Segment::observe_quickly(PathMetrics& metrics, WeekSample& sample) const {
    Peak peak{.assets = metrics.peak_assets, .max_drawdown = metrics.max_drawdown};
    if (!is_usual_ || !(seen_.least_equity > 2.0 * error_) || !follow_peak(peak)) return false;
    // The floor of the smallest ratio, unless a whole basis point is too near to tell.
    const double bps = seen_.least_ratio / notional_ * 1e4;
    const double room = bps * (error_ / seen_.least_equity + 1e-12);
    const double floor = std::floor(bps);
    if (!(bps - room > floor && bps + room < floor + 1.0)) return false;
    const auto ratio = static_cast<std::int64_t>(floor);
    sample.min_collateral_ratio = std::min(sample.min_collateral_ratio, ratio);
    metrics.min_collateral_ratio = std::min(metrics.min_collateral_ratio, ratio);
    metrics.peak_assets = peak.assets;
    metrics.max_drawdown = peak.max_drawdown;
    return true;
}

void Segment::observe(PathMetrics& metrics, WeekSample& sample) const {
    if (!observe_quickly(metrics, sample)) {
        observe_exactly(first_, suspect_ + 1, metrics, sample);
    }
}

}  // namespace voltcore::sim
