#include "voltcore/irs/rate_oracle.hpp"

#include <algorithm>

#include "voltcore/math/ray.hpp"

namespace voltcore::irs {

namespace {

using math::check;

constexpr std::size_t most_initial_observations = 32767;
constexpr std::uint16_t buffer_limit = 65535;

U256 value_as_uint216(const U256& value) {
    if (value.bit_length() > 216) check(Revert::oracle_value_too_wide, "write_oracle_entry");
    return value;
}

}  // namespace

std::uint32_t timestamp_as_uint32(const U256& timestamp) {
    if (timestamp.bit_length() > 32) check(Revert::to_uint32_overflow, "timestamp_as_uint32");
    return static_cast<std::uint32_t>(timestamp.limb(0));
}

RateOracle::RateOracle(OracleKind kind, Revision revision, const std::vector<std::uint32_t>& times,
                       const std::vector<U256>& values, const U256& rate_ray,
                       std::uint32_t report_timestamp, std::uint32_t now) {
    constexpr std::string_view op = "initialize";
    head_.kind = kind;
    head_.revision = revision;
    set_report(rate_ray, report_timestamp);
    if (times.size() != values.size()) check(Revert::oracle_lengths_differ, op);
    if (times.size() >= most_initial_observations) check(Revert::oracle_too_many_times, op);
    for (std::size_t i = 0; i < times.size(); ++i) {
        observations_.push_back({times[i], value_as_uint216(values[i]), true});
    }
    const Report report = last_updated(now);
    observations_.push_back({report.timestamp, value_as_uint216(report.rate_ray), true});
    std::uint32_t last = 0;
    for (const Observation& observation : observations_) {
        if (observation.timestamp <= last) check(Revert::oracle_input_unordered, op);
        last = observation.timestamp;
    }
    head_.cardinality = static_cast<std::uint16_t>(observations_.size());
    head_.cardinality_next = head_.cardinality;
    head_.index = static_cast<std::uint16_t>(head_.cardinality - 1);
}

void RateOracle::increase_observation_cardinality_next(std::uint16_t next) {
    if (next >= buffer_limit) {
        check(Revert::oracle_buffer_limit, "increase_observation_cardinality_next");
    }
    if (next <= head_.cardinality_next) return;
    const std::size_t size_before = observations_.size();
    // Room now, so that writing an entry never allocates.
    observations_.resize(next);
    if (size_before_growth_ == 0) size_before_growth_ = size_before;
    head_.cardinality_next = next;
}

void RateOracle::write_oracle_entry(std::uint32_t now) {
    const Report report = last_updated(now);
    const Observation& last = newest();
    if (U256{report.timestamp} < U256{last.timestamp} + head_.min_seconds) return;
    if (report.timestamp == last.timestamp) return;
    const U256 value = value_as_uint216(report.rate_ray);
    std::uint16_t cardinality = head_.cardinality;
    if (head_.cardinality_next > cardinality && head_.index == cardinality - 1) {
        cardinality = head_.cardinality_next;
    }
    const auto slot = static_cast<std::uint16_t>((head_.index + 1) % cardinality);
    journal_.push_back({slot, observations_[slot]});
    latest_.reset();
    head_.cardinality = cardinality;
    head_.index = slot;
    observations_[slot] = {report.timestamp, value, true};
}

const Observation& RateOracle::previous() const {
    constexpr std::string_view op = "last_rate_slope";
    if (head_.cardinality < 2) check(Revert::oracle_not_enough_points, op);
    const std::size_t i = head_.index == 0 ? head_.cardinality - 1U : head_.index - 1U;
    const Observation& before = observations_[i];
    if (!before.initialized || before.value > newest().value) {
        check(Revert::oracle_not_enough_points, op);
    }
    return before;
}

std::pair<U256, std::uint32_t> RateOracle::last_rate_slope() const {
    const Observation& before = previous();
    return {newest().value - before.value, newest().timestamp - before.timestamp};
}

U256 RateOracle::last_rate_apy() const {
    const Observation& before = previous();
    const U256 rate = return_wad(before.value, newest().value);
    return apy_from_rate(rate, accrual_factor(seconds_wad(newest().timestamp - before.timestamp)));
}

U256 RateOracle::current_rate_ray(std::uint32_t now) const {
    const Report report = last_updated(now);
    if (report.timestamp >= now) return report.rate_ray;
    const std::uint32_t elapsed = now - report.timestamp;
    if (rules_of(head_.revision).rate_from_last_apy) {
        return interpolate_rate_value(report.rate_ray, last_rate_apy(), seconds_wad(elapsed));
    }
    const auto [change, time] = last_rate_slope();
    return report.rate_ray + U256{elapsed} * change / U256{time};
}

U256 RateOracle::return_wad(const U256& before_ray, const U256& after_ray) const {
    if (after_ray <= before_ray) return U256{};
    if (head_.kind == OracleKind::linear) return math::ray_to_wad(after_ray - before_ray);
    return math::ray_to_wad(math::ray_div(after_ray, before_ray) - math::ray);
}

U256 RateOracle::apy_from_rate(const U256& rate_wad, const U256& years_wad) const {
    if (rate_wad.is_zero()) return U256{};
    if (head_.kind == OracleKind::linear) return math::ud60x18_div(rate_wad, years_wad);
    return math::ud60x18_pow(wad + rate_wad, math::ud60x18_div(wad, years_wad)) - wad;
}

U256 RateOracle::interpolate_rate_value(const U256& value_ray, const U256& apy_wad,
                                        const U256& elapsed_wad) const {
    const U256 years = accrual_factor(elapsed_wad);
    if (head_.kind == OracleKind::linear) {
        return value_ray + math::wad_to_ray(math::ud60x18_mul(apy_wad, years));
    }
    return math::ray_mul(value_ray, math::wad_to_ray(math::ud60x18_pow(apy_wad + wad, years)));
}

std::pair<const Observation*, const Observation*> RateOracle::stored_pair(
    std::uint32_t when) const {
    // In the order of time the buffer starts behind the newest entry, or at slot 0 while it fills.
    const std::size_t n = head_.cardinality;
    std::size_t oldest = (head_.index + 1U) % n;
    if (!observations_[oldest].initialized) oldest = 0;
    if (observations_[oldest].timestamp > when) check(Revert::oracle_too_old, "observe");
    const std::size_t count = (head_.index + n - oldest) % n + 1;
    // Both below n: no division.
    const auto at = [&](std::size_t place) {
        const std::size_t slot = oldest + place;
        return &observations_[slot < n ? slot : slot - n];
    };
    // The last one at or before `when`; the newest one is after it.
    std::size_t low = 0;
    std::size_t high = count - 1;
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (at(middle)->timestamp <= when ? low : high) = middle;
    }
    return {at(low), at(high)};
}

U256 RateOracle::value_between(const Observation& before, const Observation& after,
                               std::uint32_t when) const {
    if (when == before.timestamp) return before.value;
    if (when == after.timestamp) return after.value;
    const U256 rate = return_wad(before.value, after.value);
    const U256 years = accrual_factor(seconds_wad(after.timestamp - before.timestamp));
    const U256 apy = apy_from_rate(rate, years);
    return interpolate_rate_value(before.value, apy, seconds_wad(when - before.timestamp));
}

U256 RateOracle::observe(std::uint32_t when, std::uint32_t now) const {
    if (when > now) check(Revert::oracle_in_the_future, "observe");
    const Observation& last = newest();
    if (when == now) {
        return last.timestamp == now ? last.value : current_rate_ray(now);
    }
    // The contract reads the current rate before it looks where `when` lies.
    const U256 current = current_rate_ray(now);
    if (last.timestamp == when) return last.value;
    if (last.timestamp < when) {
        return value_between(last, {now, value_as_uint216(current), true}, when);
    }
    const auto [before, after] = stored_pair(when);
    return value_between(*before, *after, when);
}

U256 RateOracle::rate_from_to(const U256& from, const U256& to, std::uint32_t now) const {
    if (from > to) check(Revert::oracle_from_after_to, "rate_from_to");
    if (from == to) return U256{};
    const std::uint32_t start = timestamp_as_uint32(from);
    const std::uint32_t end = timestamp_as_uint32(to);
    const U256 before = observe(start, now);
    return return_wad(before, observe(end, now));
}

U256 RateOracle::apy_from_to(const U256& from, const U256& to, std::uint32_t now) const {
    if (from > to) check(Revert::oracle_misordered_dates, "apy_from_to");
    const U256 rate = rate_from_to(from, to, now);
    return apy_from_rate(rate, accrual_factor((to - from) * wad));
}

RateOracle::FactorQuery RateOracle::query_factor(const Term& term, std::uint32_t now) const {
    if (latest_ && latest_->now == now && latest_->term == term) return {{}, latest_->value, false};
    const TermKey key = {timestamp_as_uint32(math::ud60x18_to_uint(term.start_wad)),
                         timestamp_as_uint32(math::ud60x18_to_uint(term.end_wad))};
    if (key.start == 0 || key.end == 0) check(Revert::oracle_zero_time, "variable_factor");
    if (const U256* known = settled_.find(key)) return {key, *known, false};
    const bool ended = now >= key.end;
    const U256 value = rate_from_to(U256{key.start}, U256{ended ? key.end : now}, now);
    return {key, value, ended};
}

U256 RateOracle::variable_factor(const Term& term, std::uint32_t now) {
    if (latest_ && latest_->now == now && latest_->term == term) return latest_->value;
    const FactorQuery query = query_factor(term, now);
    // Zero stands for "not stored": such a term is read again the next time.
    if (query.final && !query.value.is_zero()) settled_.edit(query.key) = query.value;
    if (!query.final) latest_ = {term, now, query.value};
    return query.value;
}

U256 RateOracle::variable_factor_no_cache(const Term& term, std::uint32_t now) const {
    return query_factor(term, now).value;
}

void RateOracle::commit() noexcept {
    journal_.clear();
    settled_.commit();
    size_before_growth_ = 0;
}

void RateOracle::rollback(const Head& before) noexcept {
    latest_.reset();
    for (; !journal_.empty(); journal_.pop_back()) {
        observations_[journal_.back().slot] = journal_.back().before;
    }
    if (size_before_growth_ != 0) observations_.resize(size_before_growth_);
    size_before_growth_ = 0;
    settled_.rollback();
    head_ = before;
}

bool RateOracle::is_well_formed() const noexcept {
    if (head_.kind > OracleKind::linear || head_.revision > Revision::r23) return false;
    if (head_.cardinality == 0 || head_.cardinality > head_.cardinality_next ||
        head_.index >= head_.cardinality || observations_.size() != head_.cardinality_next ||
        !settled_.is_well_formed()) {
        return false;
    }
    return newest().initialized;
}

}  // namespace voltcore::irs
