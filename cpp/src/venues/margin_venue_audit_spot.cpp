#include <string>

#include "audit.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Tokens inside spot markets, and the lists of off-book orders.

namespace voltcore::venues {

namespace {

struct Locked {
    std::uint64_t base = 0;
    std::uint64_t quote = 0;
    std::uint32_t orders = 0;

    /// What an order of `size_lots`, or a fill of it, keeps of its owner.
    void add(const SpotMarket& at, Side side, std::int64_t price_lots, std::int64_t size_lots,
             std::uint64_t fee) {
        if (side == Side::bid) {
            quote = math::checked_add(quote, at.quote_of(price_lots, size_lots));
            quote = math::checked_add(quote, fee);
        } else {
            base = math::checked_add(base, at.base_of(size_lots));
        }
    }
};

}  // namespace

void MarginVenue::audit_spot(std::size_t spot) const {
    const SpotMarket& at = spot_markets_[spot];
    const std::string name = "spot_markets[" + std::to_string(spot) + "].";
    std::vector<Locked> locked(accounts_.size());
    hold(at.book.is_sound(), name + "book", "is not in priority order");
    for (const Side side : {Side::bid, Side::ask}) {
        hold(at.book.size(side) <= limits_.orders_per_side, name + "book",
             "holds more orders than a side may");
        for (auto node = at.book.best(side); node != OrderBook::none; node = at.book.next(node)) {
            const BookOrder& order = at.book.order(node);
            hold(order.owner < accounts_.size() && order.expires == 0, name + "book",
                 "holds an order that nobody can have placed");
            locked[order.owner].add(at, side, order.price_lots, order.size_lots, 0);
            ++locked[order.owner].orders;
        }
    }
    std::uint64_t fees_waiting = 0;
    for (std::size_t i = 0; i < at.events.size(); ++i) {
        const SpotEvent& event = at.events[i];
        const bool is_fill = event.kind == SpotEvent::Kind::fill;
        hold(is_fill || (event.kind == SpotEvent::Kind::out && event.maker_out &&
                         event.taker == 0 && event.fee == 0),
             name + "events", "hold an unknown kind");
        hold(event.side == Side::bid || event.side == Side::ask, name + "events",
             "hold an unknown side");
        hold(event.maker < accounts_.size() && event.taker < accounts_.size() &&
                 event.price_lots > 0 && event.size_lots > 0 && event.id < at.book.next_id(),
             name + "events", "hold no order");
        const Side resting = is_fill ? opposite(event.side) : event.side;
        locked[event.maker].add(at, resting, event.price_lots, event.size_lots, 0);
        if (event.maker_out) ++locked[event.maker].orders;
        if (!is_fill) continue;
        hold(event.fee == at.taker_fee(at.quote_of(event.price_lots, event.size_lots)),
             name + "events", "charge another fee than the market's");
        locked[event.taker].add(at, event.side, event.price_lots, event.size_lots, event.fee);
        fees_waiting = math::checked_add(fees_waiting, event.fee);
    }
    std::uint64_t base = 0;
    std::uint64_t quote = at.fees_accrued;
    for (AccountId account = 0; account < accounts_.size(); ++account) {
        const OpenOrders& held = open_orders_at(account, spot);
        const bool in_basket = accounts_[account].has_in_basket(at.market);
        hold(held.exists || held == OpenOrders{}, name + "open_orders", "do not exist");
        hold(in_basket || held.is_empty(), name + "margin_basket", "misses tokens");
        hold(held.base_free <= held.base_total && held.quote_free <= held.quote_total,
             name + "open_orders", "have more free than there is");
        hold(held.base_total - held.base_free == locked[account].base &&
                 held.quote_total - held.quote_free == locked[account].quote &&
                 held.orders == locked[account].orders,
             name + "open_orders", "are not what the book and the queue lock");
        hold(held.orders <= limits_.spot_orders, name + "orders", "are more than the limit");
        base = math::checked_add(base, held.base_total);
        quote = math::checked_add(quote, held.quote_total);
        quote = math::checked_add(quote, held.rebates);
    }
    hold(base == at.base_vault, name + "base_vault", "is not the sum over accounts");
    hold(quote == at.quote_vault, name + "quote_vault", "is not the sum over accounts and fees");
}

void MarginVenue::audit_off_book() const {
    for (const auto& [account, orders] : off_book_) {
        hold(account < accounts_.size() && !orders.empty() &&
                 orders.size() <= limits_.off_book_orders,
             "off_book", "is no list of an account");
        for (const OffBookOrder& order : orders) {
            hold((order.side == Side::bid || order.side == Side::ask) &&
                     order.status <= OffBookStatus::filled,
                 "off_book", "holds an unknown side or status");
            hold(order.market < markets_.size() && markets_[order.market].perp.is_listed() &&
                     order.price_lots > 0 && order.size_lots > 0 &&
                     order.counterparty < accounts_.size() && order.counterparty != account &&
                     order.created_at < order.expires && order.created_at <= clock_,
                 "off_book", "holds an order that nobody can have made");
        }
    }
}

}  // namespace voltcore::venues
