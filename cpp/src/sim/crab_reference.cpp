// The plain loop: every hour through the engine's public operations.
#include <utility>

#include "crab_desk.hpp"

namespace voltcore::sim {

CrabRunner::CrabRunner(const CrabModel& model) : model_{model} {}

void CrabRunner::begin(PathResult& out) {
    volt_ = model_.initial();
    out.metrics = PathMetrics{};
    out.weeks.assign(model_.weeks(), WeekSample{});
}

void CrabRunner::load_week(std::uint64_t seed, std::uint64_t path, std::size_t week) {
    model_.bridge().fill_epoch(seed, path, week, std::span<std::int64_t>{hours_.steps});
}

namespace {

/// One hour of keeper work: prices, banks, bank caches, funding, perp caches. With execution on the
/// book the makers quote both sides of both markets, and funding reads what they show.
void keep(const CrabModel& model, venues::MarginVenue& venue, std::int64_t steps, const Mids& mids,
          std::uint64_t now) {
    venue.set_price(keeper, linear_market, oracle_price(steps), now);
    venue.cache_prices(now);
    venue.update_banks(now);
    venue.cache_root_banks(now);
    if (model.is_on_book()) {
        venue.cache_perp_markets(now);  // orders want them fresh
        model.makers(squared_market).quote(venue, mids.squared, now);
        model.makers(linear_market).quote(venue, mids.linear, now);
        venue.update_funding_from_book(squared_market, now);
        venue.update_funding_from_book(linear_market, now);
    } else {
        // Only the mid of a symmetric book enters.
        venue.update_funding(squared_market, mids.squared, mids.squared, now);
        venue.update_funding(linear_market, mids.linear, mids.linear, now);
    }
    venue.cache_perp_markets(now);
}

}  // namespace

void CrabRunner::run_reference(std::uint64_t seed, std::uint64_t path, PathResult& out) {
    begin(out);
    CrabDesk desk{model_, volt_, out.metrics};
    venues::MarginVenue& venue = volt_.venue();
    const auto accumulators = [&] {
        return std::pair{venue.market(squared_market).perp.short_funding.bits(),
                         venue.market(linear_market).perp.long_funding.bits()};
    };
    std::size_t hour = 0;
    try {
        const std::int64_t steps = model_.opening_steps();
        const Mids opening = mids_of(model_.quotes().front(), steps);
        keep(model_, venue, steps, opening, model_.time_of(0));
        desk.open(opening, model_.time_of(0));
        for (std::size_t week = 0; week < model_.weeks(); ++week) {
            WeekSample& sample = out.weeks[week];
            load_week(seed, path, week);
            for (const std::int64_t price : hours_.steps) {
                const std::uint64_t now = model_.time_of(hour + 1);
                const Mids mids = mids_of(model_.quotes()[week], price);
                const auto [squared, linear] = accumulators();
                keep(model_, venue, price, mids, now);
                const auto [squared_after, linear_after] = accumulators();
                desk.book_funding(Leg::squared, squared_after - squared);
                desk.book_funding(Leg::linear, linear_after - linear);
                if (venue.health(volt_.margin_account(), venues::HealthKind::maint).is_negative()) {
                    desk.book_liquidation();
                    out.metrics.end = PathEnd::liquidated;
                    break;
                }
                observe_hour(out.metrics, sample, volt_.assets(now),
                             volt_.collateral_ratio_bps().value_or(no_collateral_ratio));
                desk.act(volt_.check_triggers(now), mids, now, sample);
                ++hour;
            }
            if (out.metrics.end != PathEnd::complete) break;
            desk.sample_week(mids_of(model_.quotes()[week], hours_.steps.back()), sample);
        }
    } catch (const Error& error) {
        out.metrics.end = PathEnd::stopped;
        out.metrics.stop_code = static_cast<std::uint16_t>(error.code());
    }
    if (out.metrics.end != PathEnd::complete) {
        out.metrics.end_hour = static_cast<std::int32_t>(hour);
    }
    desk.close(out);
}

}  // namespace voltcore::sim
