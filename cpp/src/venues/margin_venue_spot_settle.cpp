#include "checks.hpp"
#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// What happens to spot orders after they were placed: cancelled, filled, settled.

namespace voltcore::venues {

/// Frees what the order locked and takes it off the book and out of the account.
std::int64_t MarginVenue::release_spot_order(std::size_t spot, OrderBook::Node node) {
    SpotMarket& at = spot_markets_[spot];
    const BookOrder order = at.book.order(node);
    OpenOrders& held = open_orders_at(order.owner, spot);
    if (at.book.side_of(node) == Side::bid) {
        held.quote_free += at.quote_of(order.price_lots, order.size_lots);
    } else {
        held.base_free += at.base_of(order.size_lots);
    }
    --held.orders;
    at.book.remove(node);
    return order.size_lots;
}

std::int64_t MarginVenue::cancel_spot_order(CallerId caller, AccountId account, std::size_t market,
                                            std::uint64_t id, std::uint64_t now) {
    constexpr const char* op = "cancel_spot_order";
    const std::size_t spot = spot_slot(op, market);
    check_spot_trader(op, caller, account, spot, now);
    const OrderBook::Node node = spot_markets_[spot].book.find(id);
    check_order_of(op, spot_markets_[spot].book, node, id, account);
    return transact(op, [&] {
        const std::int64_t lots = release_spot_order(spot, node);
        clock_ = now;
        return lots;
    });
}

std::uint64_t MarginVenue::release_spot_orders(AccountId account, std::size_t spot,
                                               std::uint64_t limit) {
    const OrderBook& book = spot_markets_[spot].book;
    std::uint64_t gone = 0;
    for (const Side side : {Side::bid, Side::ask}) {
        for (auto node = book.best(side); node != OrderBook::none && gone < limit;) {
            const auto after = book.next(node);
            if (book.order(node).owner == account) {
                release_spot_order(spot, node);
                ++gone;
            }
            node = after;
        }
    }
    return gone;
}

/// Sums of what the vaults hold: nothing here can leave 64 bits, and locks cover what is taken.
void MarginVenue::process(const SpotEvent& event, std::size_t spot) {
    SpotMarket& at = spot_markets_[spot];
    const std::uint64_t base = at.base_of(event.size_lots);
    const std::uint64_t quote = at.quote_of(event.price_lots, event.size_lots);
    OpenOrders& maker = open_orders_at(event.maker, spot);
    if (event.maker_out) --maker.orders;
    if (event.kind == SpotEvent::Kind::out) {
        (event.side == Side::bid ? maker.quote_free : maker.base_free) +=
            event.side == Side::bid ? quote : base;
        return;
    }
    const bool taker_buys = event.side == Side::bid;
    OpenOrders& taker = open_orders_at(event.taker, spot);
    OpenOrders& buyer = taker_buys ? taker : maker;
    OpenOrders& seller = taker_buys ? maker : taker;
    const std::uint64_t rebate = at.maker_rebate(quote);
    const std::uint64_t buyer_pays = quote + (taker_buys ? event.fee : 0);
    const std::uint64_t seller_gets = quote - (taker_buys ? 0 : event.fee);
    buyer.quote_total -= buyer_pays;
    buyer.base_total += base;
    buyer.base_free += base;
    seller.base_total -= base;
    seller.quote_total += seller_gets;
    seller.quote_free += seller_gets;
    maker.rebates += rebate;
    at.fees_accrued += event.fee - rebate;
}

std::uint64_t MarginVenue::consume_spot_events(std::size_t market, std::uint64_t limit,
                                               std::uint64_t now) {
    constexpr const char* op = "consume_spot_events";
    const std::size_t spot = spot_slot(op, market);
    check_clock(op, now);
    EventQueue<SpotEvent>& events = spot_markets_[spot].events;
    std::uint64_t done = 0;
    for (; done < limit && !events.empty(); ++done) {
        process(events.front(), spot);
        events.pop();
    }
    clock_ = now;
    return done;
}

SpotSettlement MarginVenue::settle_spot(AccountId account, std::size_t spot) {
    SpotMarket& at = spot_markets_[spot];
    OpenOrders& held = open_orders_at(account, spot);
    const std::size_t slot = slot_of(at.market, "settle_spot_funds");
    const SpotSettlement out{.base = held.base_free, .quote = held.quote_free + held.rebates};
    Bank base_bank = banks_[slot];
    Bank quote_bank = banks_[quote_slot()];
    Balance base = balance_at(account, slot);
    Balance quote = balance_at(account, quote_slot());
    base_bank.vault = math::checked_add(base_bank.vault, out.base);
    quote_bank.vault = math::checked_add(quote_bank.vault, out.quote);
    credit(base_bank, base, I80F48::from_int(out.base));
    credit(quote_bank, quote, I80F48::from_int(out.quote));
    banks_[slot] = base_bank;
    banks_[quote_slot()] = quote_bank;
    balance_at(account, slot) = base;
    balance_at(account, quote_slot()) = quote;
    at.base_vault -= out.base;
    at.quote_vault -= out.quote;
    held.base_total -= held.base_free;
    held.quote_total -= held.quote_free;
    held.base_free = held.quote_free = held.rebates = 0;
    if (held.is_empty()) {
        accounts_[account].margin_basket &= static_cast<std::uint16_t>(~(1U << at.market));
    }
    return out;
}

SpotSettlement MarginVenue::settle_spot_funds(CallerId caller, AccountId account,
                                              std::size_t market, std::uint64_t now) {
    constexpr const char* op = "settle_spot_funds";
    const std::size_t spot = spot_slot(op, market);
    check_spot_trader(op, caller, account, spot, now);
    check_bank_cache(op, slot_of(static_cast<std::uint8_t>(market), op), now);
    check_bank_cache(op, quote_slot(), now);
    return transact(op, [&] {
        const SpotSettlement out = settle_spot(account, spot);
        clock_ = now;
        return out;
    });
}

}  // namespace voltcore::venues
