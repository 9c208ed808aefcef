#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"
#include "voltcore/venues/perp_exchange.hpp"

// Events of a book on their way into positions, and funding from the book.

namespace voltcore::venues {

/// Computes everything before it stores anything: an event is processed or stays.
void MarginVenue::process(const PerpEvent& event, std::size_t market) {
    PerpMarket& perp = markets_[market].perp;
    PerpAccount& maker_held = perp_at(event.maker, market);
    PerpAccount maker = maker_held;
    const bool is_fill = event.kind == PerpEvent::Kind::fill;
    const Side resting = is_fill ? opposite(event.side) : event.side;
    // What left the book is part of the quantity until now.
    (resting == Side::bid ? maker.bids_quantity : maker.asks_quantity) -= event.size_lots;
    if (is_fill) {
        const std::int64_t base = event.side == Side::bid ? event.size_lots : -event.size_lots;
        const std::int64_t quote_lots = base * event.price_lots;  // matched within 64 bits
        const I80F48 quote = scale(I80F48::from_int(quote_lots), perp.config.quote_lot_size);
        const I80F48 maker_fee = maker_fee_of(perp.config, event.price_lots, event.size_lots);
        // An account may meet its own order: then both halves move one position.
        PerpAccount& taker_held = perp_at(event.taker, market);
        PerpAccount other = taker_held;
        PerpAccount& taker = event.maker == event.taker ? maker : other;
        const std::int64_t open_interest = exchange(perp, maker, taker, base, quote);
        maker.quote_position -= maker_fee;
        taker.taker_base = math::checked_sub(taker.taker_base, base);
        taker.taker_quote = math::checked_add(taker.taker_quote, quote_lots);
        taker_held = taker;
        perp.open_interest = open_interest;
    }
    maker_held = maker;
    if (event.maker_out) --accounts_[event.maker].open_orders;
}

std::uint64_t MarginVenue::consume_events(std::size_t market, std::uint64_t limit,
                                          std::uint64_t now) {
    constexpr const char* op = "consume_events";
    check_perp(op, market);
    check_clock(op, now);
    std::uint64_t done = 0;
    if (!perp_books_.empty()) {
        EventQueue<PerpEvent>& events = perp_books_[market].events;
        for (; done < limit && !events.empty(); ++done) {
            if (done == 0) {
                transact(op, [&] { process(events.front(), market); });
            } else {
                try {
                    process(events.front(), market);
                } catch (const Error&) {
                    break;
                }
            }
            events.pop();
        }
    }
    clock_ = now;
    return done;
}

FundingReceipt MarginVenue::update_funding_from_book(std::size_t market, std::uint64_t now) {
    check_perp("update_funding_from_book", market);
    const OrderBook& book = perp_book_at(market).book;
    const std::int64_t quantity = markets_[market].perp.config.impact_quantity;
    return update_funding(market, book.impact_price(Side::bid, quantity, now),
                          book.impact_price(Side::ask, quantity, now), now);
}

void MarginVenue::adjust_funding(CallerId caller, std::size_t market, I80F48 long_delta,
                                 I80F48 short_delta, std::uint64_t now) {
    constexpr const char* op = "adjust_funding";
    check_perp(op, market);
    if (caller != admin_) refuse_caller(op, caller, "admin");
    check_clock(op, now);
    transact(op, [&] { move_funding(markets_[market].perp, long_delta, short_delta); });
    clock_ = now;
}

}  // namespace voltcore::venues
