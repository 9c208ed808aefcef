// The quick loop: a week of prices, indices and funding at once, and the engine only in the hours
// in which something happens.
#include <cstring>

#include "crab_desk.hpp"
#include "crab_segment.hpp"

namespace voltcore::sim {

namespace {

/// The venue's fields that keepers move every hour, found through the venue's own list of fields.
/// Setting them once to where hours of keeper work would have brought them is the quick loop's only
/// write that is no public operation; the reference loop is its test.
class Keeper {
public:
    explicit Keeper(venues::MarginVenue& venue) {
        venues::MarginVenue::each_field(venue, [this](const char* name, auto& field) {
            using Field = std::remove_reference_t<decltype(field)>;
            if constexpr (std::is_same_v<Field, std::vector<venues::Market>>) markets_ = &field;
            if constexpr (std::is_same_v<Field, std::vector<venues::Bank>>) banks_ = &field;
            if constexpr (std::is_same_v<Field, std::uint64_t>) {
                if (std::strcmp(name, "clock") == 0) clock_ = &field;
            }
        });
    }

    void advance(I80F48 price, I80F48 index, math::i128 linear_gained, math::i128 squared_gained,
                 std::uint64_t now) noexcept {
        venues::Market& linear = (*markets_)[linear_market];
        venues::Market& squared = (*markets_)[squared_market];
        linear.oracle.feed_price = price;
        move(linear, price, linear_gained, now);
        move(squared, index, squared_gained, now);
        // Nobody borrows from the quote bank: its indices stand still.
        for (venues::Bank& bank : *banks_) {
            bank.last_updated = now;
            bank.cache = {.deposit_index = bank.deposit_index,
                          .borrow_index = bank.borrow_index,
                          .last_update = now};
        }
        *clock_ = now;
    }

private:
    static void move(venues::Market& market, I80F48 price, math::i128 gained,
                     std::uint64_t now) noexcept {
        market.oracle.price = price;
        market.oracle.last_update = now;
        venues::PerpMarket& perp = market.perp;
        perp.long_funding = I80F48::from_bits(perp.long_funding.bits() + gained);
        perp.short_funding = I80F48::from_bits(perp.short_funding.bits() + gained);
        perp.last_updated = now;
        perp.cache = {.long_funding = perp.long_funding,
                      .short_funding = perp.short_funding,
                      .last_update = now};
    }

    std::vector<venues::Market>* markets_ = nullptr;
    std::vector<venues::Bank>* banks_ = nullptr;
    std::uint64_t* clock_ = nullptr;
};

}  // namespace

bool CrabRunner::run(std::uint64_t seed, std::uint64_t path, PathResult& out,
                     const Control* control) {
    begin(out);
    CrabDesk desk{model_, volt_, out.metrics};
    Keeper clock{volt_.venue()};
    std::size_t hour = 0;
    try {
        const std::int64_t opening = model_.opening_steps();
        const Mids opening_mids = mids_of(model_.quotes().front(), opening);
        clock.advance(oracle_price(opening),
                      squared_index(model_.kernel().rule(), oracle_price(opening)), 0, 0,
                      model_.time_of(0));
        desk.open(opening_mids, model_.time_of(0));
        for (std::size_t week = 0; week < model_.weeks(); ++week) {
            if (control != nullptr && control->cancelled()) return false;
            WeekSample& sample = out.weeks[week];
            const WeekQuotes& quotes = model_.quotes()[week];
            load_week(seed, path, week);
            model_.kernel().evaluate(quotes, hours_);
            for (std::size_t first = 0; first < hours_per_week;) {
                Segment segment{model_, volt_, hours_, first, estimates_};
                std::size_t booked = first;
                for (std::size_t begin = first;;) {
                    const std::size_t at = segment.next_suspect(begin);
                    hour = week * hours_per_week + at;
                    const std::uint64_t now = model_.time_of(hour + 1);
                    const math::i128 linear = hours_.linear_sum(booked, at + 1);
                    const math::i128 squared = hours_.squared_sum(booked, at + 1);
                    clock.advance(oracle_price(hours_.steps[at]), segment.index(at), linear,
                                  squared, now);
                    desk.book_funding(Leg::squared, squared);
                    desk.book_funding(Leg::linear, linear);
                    booked = at + 1;
                    if (volt_.venue()
                            .health(volt_.margin_account(), venues::HealthKind::maint)
                            .is_negative()) {
                        segment.observe(first, at, out.metrics, sample);
                        desk.book_liquidation();
                        out.metrics.end = PathEnd::liquidated;
                        break;
                    }
                    const volts::TriggerReport report = volt_.check_triggers(now);
                    begin = at + 1;
                    if (report.trigger == volts::Trigger::none && begin < hours_per_week) continue;
                    segment.observe(first, begin, out.metrics, sample);
                    desk.act(report, mids_of(quotes, hours_.steps[at]), now, sample);
                    first = begin;
                    break;
                }
                if (out.metrics.end != PathEnd::complete) break;
            }
            if (out.metrics.end != PathEnd::complete) break;
            desk.sample_week(mids_of(quotes, hours_.steps.back()), sample);
        }
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
