#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Events of a book on their way into positions, and funding from the book.

namespace voltcore::venues {

namespace {

/// Moves a fill into a position whose funding is settled first; a negative size sells.
void move_position(PerpAccount& account, const PerpMarket& perp, std::int64_t base, I80F48 quote) {
    settle_funding(account, perp.cache.long_funding, perp.cache.short_funding);
    account.base_position = math::checked_add(account.base_position, base);
    account.quote_position -= quote;
}

}  // namespace

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
        const bool taker_buys = event.side == Side::bid;
        const std::int64_t base = taker_buys ? event.size_lots : -event.size_lots;
        const std::int64_t quote_lots = base * event.price_lots;  // matched within 64 bits
        const I80F48 quote = scale(I80F48::from_int(quote_lots), perp.config.quote_lot_size);
        std::int64_t open_interest =
            math::checked_sub(perp.open_interest, open_interest_of(maker_held));
        move_position(maker, perp, -base, -quote);
        maker.quote_position -= maker_fee_of(perp.config, event.price_lots, event.size_lots);

        // An account may meet its own order: its second half starts from the first.
        const bool is_own = event.maker == event.taker;
        PerpAccount& taker_held = perp_at(event.taker, market);
        PerpAccount taker = is_own ? maker : taker_held;
        if (!is_own) {
            open_interest = math::checked_add(open_interest, open_interest_of(maker));
            open_interest = math::checked_sub(open_interest, open_interest_of(taker_held));
        }
        taker.taker_base = math::checked_sub(taker.taker_base, base);
        taker.taker_quote = math::checked_add(taker.taker_quote, quote_lots);
        move_position(taker, perp, base, quote);
        open_interest = math::checked_add(open_interest, open_interest_of(taker));

        maker_held = maker;
        taker_held = taker;
        perp.open_interest = open_interest;
    } else {
        maker_held = maker;
    }
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

void MarginVenue::move_funding(PerpMarket& perp, I80F48 long_delta, I80F48 short_delta) {
    // Longs and shorts hold the same lots: what one side pays beyond the other's gain is dust.
    const I80F48 gap = long_delta - short_delta;
    const I80F48 dust = perp.dust + scale(gap, perp.open_interest / 2);
    const I80F48 long_funding = perp.long_funding + long_delta;
    const I80F48 short_funding = perp.short_funding + short_delta;
    const I80F48 long_cached = perp.cache.long_funding + long_delta;
    const I80F48 short_cached = perp.cache.short_funding + short_delta;
    perp.dust = dust;
    perp.long_funding = long_funding;
    perp.short_funding = short_funding;
    perp.cache.long_funding = long_cached;
    perp.cache.short_funding = short_cached;
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
