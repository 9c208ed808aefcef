// The quick loop: a week of prices, indices and funding at once, and the engine only in the hours
// in which something happens.
#include "crab_desk.hpp"
#include "crab_segment.hpp"

namespace voltcore::sim {

namespace {

[[nodiscard]] constexpr volts::Trigger trigger_of(HourEvent event) noexcept {
    switch (event) {
        case HourEvent::epoch_end:
            return volts::Trigger::epoch_end;
        case HourEvent::collateral_ratio:
            return volts::Trigger::collateral_ratio;
        case HourEvent::leverage:
            return volts::Trigger::leverage;
        case HourEvent::hedge_drift:
            return volts::Trigger::hedge_drift;
        default:
            return volts::Trigger::none;
    }
}

}  // namespace

bool CrabRunner::run(std::uint64_t seed, std::uint64_t path, PathResult& out,
                     const Control* control) {
    begin(out);
    CrabDesk desk{model_, volt_, out.metrics};
    CrabBooks books{model_};
    const SegmentRule rule{model_};
    // On the book every trade is the engine's; without one, hours change no account.
    const bool is_on_book = model_.is_on_book();
    const auto bring_up_to_date = [&](const TradingHour& at) {
        if (is_on_book) {
            books.pass_hours(volt_, at);
        } else {
            books.store(volt_, at);
        }
    };
    TradingHour last;
    std::size_t hour = 0;
    try {
        if (!has_opened_) {
            const I80F48 opening = oracle_price(model_.opening_steps());
            last = {.price = opening,
                    .index = squared_index(model_.kernel().rule(), opening),
                    .mids = mids_of(model_.quotes().front(), model_.opening_steps()),
                    .now = model_.time_of(0)};
            books.load(volt_);
            bring_up_to_date(last);
            desk.open(last.mids, last.now);
            opened_ = volt_;
            opening_ = out.metrics;
            has_opened_ = true;
        } else {
            volt_ = opened_;
            out.metrics = opening_;
        }
        books.load(volt_);
        for (std::size_t week = 0; week < model_.weeks(); ++week) {
            if (control != nullptr && control->cancelled()) return false;
            WeekSample& sample = out.weeks[week];
            const WeekQuotes& quotes = model_.quotes()[week];
            load_week(seed, path, week);
            model_.kernel().evaluate(quotes, hours_);
            for (std::size_t first = 0; first < hours_per_week;) {
                const Segment segment{rule, books, hours_, first};
                const std::size_t at = segment.suspect();
                hour = week * hours_per_week + at;
                last = {.price = oracle_price(hours_.steps[at]),
                        .index = segment.index(at),
                        .mids = mids_of(quotes, hours_.steps[at]),
                        .now = model_.time_of(hour + 1),
                        .equity = segment.estimated_equity()};
                books.gain(hours_.squared_sum(first, at + 1), hours_.linear_sum(first, at + 1),
                           out.metrics.profit);
                const HourEvent event = segment.event();
                const bool is_hedge =
                    event == HourEvent::hedge_drift && model_.config().strategy.hedge_only;
                if (event != HourEvent::unsure) segment.observe(out.metrics, sample);
                if (is_hedge && !is_on_book && books.hedge(last, out.metrics)) {
                    ++out.metrics.hedges;
                    ++sample.hedges;
                } else if (!is_hedge && !is_on_book && event != HourEvent::unsure &&
                           books.cycle(last, out.metrics)) {
                    book_rebalance(out.metrics, sample, trigger_of(event));
                } else {
                    // The engine decides.
                    bring_up_to_date(last);
                    const bool is_over =
                        volt_.venue()
                            .health(volt_.margin_account(), venues::HealthKind::maint)
                            .is_negative();
                    if (event == HourEvent::unsure && !is_over)
                        segment.observe(out.metrics, sample);
                    if (is_over) {
                        segment.observe_exactly(first, at, out.metrics, sample);
                        desk.book_liquidation();
                        out.metrics.end = PathEnd::liquidated;
                        break;
                    }
                    desk.act(volt_.check_triggers(last.now), last.mids, last.now, sample);
                    books.load(volt_);
                }
                first = at + 1;
            }
            if (out.metrics.end != PathEnd::complete) break;
            sample.assets = out.metrics.round_assets;
            sample.nav_at_mark = books.nav_at_mark(last);
        }
        if (out.metrics.end == PathEnd::complete) bring_up_to_date(last);
    } catch (const Error& error) {
        out.metrics.end = PathEnd::stopped;
        out.metrics.stop_code = static_cast<std::uint16_t>(error.code());
    }
    if (out.metrics.end != PathEnd::complete) {
        out.metrics.end_hour = static_cast<std::int32_t>(hour);
    }
    desk.close(out);
    return true;
}

}  // namespace voltcore::sim
