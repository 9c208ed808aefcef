#include <string>

#include "audit.hpp"
#include "voltcore/venues/margin_venue.hpp"

// What accounts say about their orders is what the books and queues hold.

namespace voltcore::venues {

void MarginVenue::audit_orders() const {
    std::vector<PerpAccount> seen(perp_accounts_.size());
    std::vector<std::uint32_t> orders(accounts_.size());
    for (std::size_t market = 0; market < perp_books_.size(); ++market) {
        const std::string at = "perp_books[" + std::to_string(market) + "].";
        const auto of = [&](AccountId account) -> PerpAccount& {
            return seen[account * markets_.size() + market];
        };
        const PerpBook& held = perp_books_[market];
        hold(markets_[market].perp.is_listed() || held == PerpBook{}, at + "book",
             "is of a market without a perp");
        hold(held.book.is_sound(), at + "book", "is not in priority order");
        for (const Side side : {Side::bid, Side::ask}) {
            hold(held.book.size(side) <= limits_.orders_per_side, at + "book",
                 "holds more orders than a side may");
            for (auto node = held.book.best(side); node != OrderBook::none;
                 node = held.book.next(node)) {
                const BookOrder& order = held.book.order(node);
                hold(order.owner < accounts_.size(), at + "owner", "is no account");
                PerpAccount& owner = of(order.owner);
                std::int64_t& lots = side == Side::bid ? owner.bids_quantity : owner.asks_quantity;
                lots = math::checked_add(lots, order.size_lots);
                ++orders[order.owner];
            }
        }
        for (std::size_t i = 0; i < held.events.size(); ++i) {
            const PerpEvent& event = held.events[i];
            const bool is_fill = event.kind == PerpEvent::Kind::fill;
            hold(is_fill ||
                     (event.kind == PerpEvent::Kind::out && event.maker_out && event.taker == 0),
                 at + "events", "hold an unknown kind");
            hold(event.side == Side::bid || event.side == Side::ask, at + "events",
                 "hold an unknown side");
            hold(event.maker < accounts_.size() && event.taker < accounts_.size(), at + "events",
                 "name no account");
            hold(event.price_lots > 0 && event.size_lots > 0 && event.id < held.book.next_id(),
                 at + "events", "hold no order");
            PerpAccount& maker = of(event.maker);
            const Side resting = is_fill ? opposite(event.side) : event.side;
            std::int64_t& lots = resting == Side::bid ? maker.bids_quantity : maker.asks_quantity;
            lots = math::checked_add(lots, event.size_lots);
            if (event.maker_out) ++orders[event.maker];
            if (!is_fill) continue;
            PerpAccount& taker = of(event.taker);
            const std::int64_t base = event.side == Side::bid ? event.size_lots : -event.size_lots;
            taker.taker_base = math::checked_add(taker.taker_base, base);
            taker.taker_quote =
                math::checked_sub(taker.taker_quote, math::checked_mul(base, event.price_lots));
        }
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const PerpAccount& account = perp_accounts_[i];
        hold(seen[i].bids_quantity == account.bids_quantity &&
                 seen[i].asks_quantity == account.asks_quantity,
             "perp_accounts", "say other lots than the books and queues");
        hold(seen[i].taker_base == account.taker_base && seen[i].taker_quote == account.taker_quote,
             "perp_accounts", "say other taker fills than the queues");
    }
    for (AccountId account = 0; account < accounts_.size(); ++account) {
        hold(orders[account] == accounts_[account].open_orders, "accounts.open_orders",
             "are not those of the books and queues");
        hold(orders[account] <= limits_.orders_per_account, "accounts.open_orders",
             "are more than the limit");
    }
}

}  // namespace voltcore::venues
