#include "voltcore/venues/perp_book.hpp"

#include <algorithm>

#include "voltcore/venues/refusal.hpp"

namespace voltcore::venues {

namespace {

/// The price of a post-only-slide order: one better than the best valid opposite, unless it is
/// better already.
std::int64_t slid(const OrderBook& book, const PerpOrder& order, std::uint64_t now) {
    const OrderBook::Node best = book.best_valid(opposite(order.side), now);
    if (best == OrderBook::none) return order.price_lots;
    const std::int64_t resting = book.order(best).price_lots;
    if (order.side == Side::bid) return std::min(order.price_lots, resting - 1);
    if (resting == std::numeric_limits<std::int64_t>::max()) return resting;
    return std::max(order.price_lots, resting + 1);
}

}  // namespace

void PerpBook::match(const PerpOrder& order, std::int64_t base_lots, std::uint64_t now,
                     MatchPlan& plan) const {
    const bool slides = order.type == OrderType::post_only_slide;
    const bool post_only = slides || order.type == OrderType::post_only;
    bool may_rest = post_only || order.type == OrderType::limit;
    plan.price_lots = order.price_lots;
    if (order.type == OrderType::market) plan.price_lots = market_price(order.side);
    if (slides) plan.price_lots = slid(book, order, now);
    if (plan.price_lots <= 0) {
        refuse_param("place_perp_order", "price_lots", plan.price_lots,
                     "is what the bid slides to");
    }
    std::int64_t base = base_lots;
    std::int64_t quote = order.quote_lots;
    std::size_t drops = 0;
    OrderBook::Node node = book.best(opposite(order.side));
    while (node != OrderBook::none) {
        const BookOrder& resting = book.order(node);
        if (!resting.is_valid(now)) {
            if (drops < MatchPlan::most_drops) {
                ++drops;
                plan.steps[plan.count++] = {.node = node, .size_lots = 0};
            }
            node = book.next(node);
            continue;
        }
        if (!crosses(order.side, plan.price_lots, resting.price_lots)) break;
        const std::int64_t affordable = quote / resting.price_lots;
        if (post_only || plan.fills == order.limit || affordable == 0) {
            may_rest = false;  // it would cross the book
            break;
        }
        const std::int64_t size = std::min({base, resting.size_lots, affordable});
        plan.steps[plan.count++] = {.node = node, .size_lots = size};
        ++plan.fills;
        base -= size;
        quote -= size * resting.price_lots;  // size <= quote / price
        if (base == 0) break;
        if (size == affordable) {
            // The quote is used up: the rest would cross what is still there at this price.
            OrderBook::Node after = size < resting.size_lots ? node : book.next(node);
            while (after != OrderBook::none && !book.order(after).is_valid(now)) {
                after = book.next(after);
            }
            if (after != OrderBook::none &&
                crosses(order.side, plan.price_lots, book.order(after).price_lots)) {
                may_rest = false;
            }
            break;
        }
        node = book.next(node);
    }
    plan.base_lots = base_lots - base;
    plan.quote_lots = order.quote_lots - quote;
    plan.rest_lots = may_rest ? std::min(base, quote / plan.price_lots) : 0;
}

void PerpBook::carry_out(const PerpOrder& order, AccountId taker, const MatchPlan& plan) noexcept {
    for (std::size_t i = 0; i < plan.count; ++i) {
        const auto [node, size] = plan.steps[i];
        if (size == 0) {
            drop(node);
            continue;
        }
        const BookOrder& resting = book.order(node);
        const bool out = resting.size_lots == size;
        events.push({.kind = PerpEvent::Kind::fill,
                     .side = order.side,
                     .maker_out = out,
                     .taker = taker,
                     .maker = resting.owner,
                     .id = resting.id,
                     .price_lots = resting.price_lots,
                     .size_lots = size});
        if (out) {
            book.remove(node);
        } else {
            book.reduce(node, size);
        }
    }
}

void PerpBook::drop(OrderBook::Node node) noexcept {
    const BookOrder& order = book.order(node);
    events.push({.kind = PerpEvent::Kind::out,
                 .side = book.side_of(node),
                 .maker_out = true,
                 .taker = 0,
                 .maker = order.owner,
                 .id = order.id,
                 .price_lots = order.price_lots,
                 .size_lots = order.size_lots});
    book.remove(node);
}

void PerpBook::evict(Side side) noexcept { drop(book.worst(side)); }

math::i128 PerpBook::waiting_as_maker(AccountId account) const noexcept {
    math::i128 lots = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const PerpEvent& event = events[i];
        if (event.kind != PerpEvent::Kind::fill || event.maker != account) continue;
        lots += event.side == Side::bid ? -math::i128{event.size_lots} : event.size_lots;
    }
    return lots;
}

}  // namespace voltcore::venues
