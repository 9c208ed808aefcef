#include "checks.hpp"
#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Orders on the book of a perp market.

namespace voltcore::venues {

namespace {

constexpr std::uint32_t longest_time_in_force = 255;

void check_order(const char* op, const PerpOrder& order) {
    if (order.price_lots <= 0) {
        refuse_param(op, "price_lots", order.price_lots, "is not positive");
    }
    if (order.base_lots <= 0) refuse_param(op, "base_lots", order.base_lots, "is not positive");
    if (order.quote_lots <= 0) {
        refuse_param(op, "quote_lots", order.quote_lots, "is not positive");
    }
    if (order.limit < 1 || order.limit > MatchPlan::most_fills) {
        refuse_unsigned_param(op, "limit", order.limit, "is not in [1, 255]");
    }
    if (order.time_in_force > longest_time_in_force) {
        refuse_unsigned_param(op, "time_in_force", order.time_in_force, "is not in [0, 255]");
    }
}

}  // namespace

const PerpBook& MarginVenue::perp_book(std::size_t market) const {
    check_perp("perp_book", market);
    return perp_book_at(market);
}

const PerpBook& MarginVenue::perp_book_at(std::size_t market) const noexcept {
    static const PerpBook empty;
    return perp_books_.empty() ? empty : perp_books_[market];
}

I80F48 MarginVenue::health_before(const char* op, AccountId account) const {
    const bool is_flagged = accounts_[account].being_liquidated;
    if (!enforce_health_ && !is_flagged) return I80F48{};
    const I80F48 before = health(account, HealthKind::init);
    if (is_flagged && before.is_negative()) refuse_state(op, "BeingLiquidated", account);
    return before;
}

void MarginVenue::check_health_after(const char* op, AccountId account, I80F48 before) const {
    if (!enforce_health_) return;
    const I80F48 after = health(account, HealthKind::init);
    if (after.is_negative() && (!before.is_negative() || after < before)) {
        refuse_health(op, after);
    }
}

/// The base lots of an order; a reduce-only one is cut to the complete position, fills that wait
/// in the queue included, and is 0 when it would add to it.
std::int64_t MarginVenue::order_size(AccountId account, std::size_t market,
                                     const PerpOrder& order) const {
    if (!order.reduce_only) return order.base_lots;
    const PerpAccount& held = perp_at(account, market);
    const math::i128 position = math::i128{held.base_position} + held.taker_base +
                                perp_book_at(market).waiting_as_maker(account);
    const math::i128 reducible = order.side == Side::bid ? -position : position;
    if (reducible <= 0) return 0;
    return reducible < order.base_lots ? static_cast<std::int64_t>(reducible) : order.base_lots;
}

bool MarginVenue::may_rest(std::size_t market, Side side, std::int64_t price_lots) const {
    const PerpMarket& perp = markets_[market].perp;
    return is_in_band(
        perp.weights.maint, side,
        native_price(price_lots, perp.config.base_lot_size, perp.config.quote_lot_size) /
            markets_[market].oracle.price);
}

void MarginVenue::plan_perp_order(AccountId account, std::size_t market, const PerpOrder& order,
                                  std::uint64_t now, MatchPlan& plan) const {
    const std::int64_t base_lots = order_size(account, market, order);
    if (base_lots == 0) return;
    perp_book_at(market).match(order, base_lots, now, plan);
    if (plan.rest_lots > 0 && !may_rest(market, order.side, plan.price_lots)) plan.rest_lots = 0;
}

I80F48 MarginVenue::taker_fee(const PerpMarket& perp, I80F48 quote) const {
    const I80F48 fee = quote * perp.config.taker_fee;
    if (limits_.referral_surcharge_e6 == 0) return fee;
    return fee + scale(quote, limits_.referral_surcharge_e6) / I80F48::from_int(1'000'000);
}

PerpOrderReceipt MarginVenue::quote_perp_order(AccountId account, std::size_t market,
                                               const PerpOrder& order, std::uint64_t now) const {
    constexpr const char* op = "quote_perp_order";
    check_order(op, order);
    check_perp(op, market);
    check_account(op, account);
    check_price_cache(op, market, now);
    return transact(op, [&] {
        MatchPlan plan;
        plan_perp_order(account, market, order, now, plan);
        const PerpMarket& perp = markets_[market].perp;
        const I80F48 quote = scale(I80F48::from_int(plan.quote_lots), perp.config.quote_lot_size);
        return PerpOrderReceipt{.base_lots = plan.base_lots,
                                .quote_lots = plan.quote_lots,
                                .posted_lots = plan.rest_lots,
                                .id = {},
                                .fills = static_cast<std::uint32_t>(plan.fills),
                                .fee = taker_fee(perp, quote)};
    });
}

PerpOrderReceipt MarginVenue::place_perp_order(CallerId caller, AccountId account,
                                               std::size_t market, const PerpOrder& order,
                                               std::uint64_t now) {
    constexpr const char* op = "place_perp_order";
    check_order(op, order);
    check_perp(op, market);
    check_account(op, account);
    check_not_bankrupt(op, account);
    check_owner(op, caller, account);
    check_clock(op, now);
    check_caches(op, account, nothing, market, now);
    return transact(op, [&] {
        const I80F48 before = health_before(op, account);
        MatchPlan plan;
        plan_perp_order(account, market, order, now, plan);

        MarginAccount& owner = accounts_[account];
        PerpMarket& perp = markets_[market].perp;
        const bool rests = plan.rest_lots > 0;
        const bool evicts =
            rests && must_evict(op, perp_book_at(market).book, order.side, plan.price_lots);
        if (rests && owner.open_orders >= limits_.orders_per_account) {
            refuse_full(op, "TooManyOpenOrders", "open_orders", limits_.orders_per_account);
        }

        const bool buys = order.side == Side::bid;
        const I80F48 quote = scale(I80F48::from_int(plan.quote_lots), perp.config.quote_lot_size);
        const I80F48 fee = taker_fee(perp, quote);
        const I80F48 maker_fee = quote * perp.config.maker_fee;
        PerpAccount& held = perp_at(account, market);
        PerpAccount taker = held;
        const auto move = [](std::int64_t& value, std::int64_t lots, bool adds) {
            value = adds ? math::checked_add(value, lots) : math::checked_sub(value, lots);
        };
        move(taker.taker_base, plan.base_lots, buys);
        move(taker.taker_quote, plan.quote_lots, !buys);
        move(buys ? taker.bids_quantity : taker.asks_quantity, plan.rest_lots, true);
        taker.quote_position -= fee;
        // The makers pay fill by fill, each rounded down; the market books their fee on the total.
        I80F48 dust = perp.dust - maker_fee;
        for (std::size_t i = 0; i < plan.count; ++i) {
            const auto [node, size] = plan.steps[i];
            if (size == 0) continue;
            const std::int64_t price_lots = perp_books_[market].book.order(node).price_lots;
            dust += maker_fee_of(perp.config, price_lots, size);
        }
        const I80F48 fees_accrued = (perp.fees_accrued + fee) + maker_fee;

        // All memory first: nothing after the health check can fail.
        std::vector<PerpBook> books;
        if (rests && perp_books_.empty()) books.resize(markets_.size());
        if (rests || plan.count > 0) {
            PerpBook& book = perp_books_.empty() ? books[market] : perp_books_[market];
            book.book.reserve();
            book.events.reserve(plan.count + 1);
        }
        Undo undo{held};
        held = taker;
        check_health_after(op, account, before);
        undo.keep();
        owner.being_liquidated = false;
        perp.fees_accrued = fees_accrued;
        perp.dust = dust;
        clock_ = now;
        PerpOrderReceipt out{.base_lots = plan.base_lots,
                             .quote_lots = plan.quote_lots,
                             .posted_lots = plan.rest_lots,
                             .id = {},
                             .fills = static_cast<std::uint32_t>(plan.fills),
                             .fee = fee};
        if (!rests && plan.count == 0) return out;
        if (perp_books_.empty()) perp_books_.swap(books);
        PerpBook& book = perp_books_[market];
        book.carry_out(order, account, plan);
        if (!rests) return out;
        if (evicts) book.evict(order.side);
        out.id = book.book.next_id();
        book.book.insert(order.side,
                         {.price_lots = plan.price_lots,
                          .size_lots = plan.rest_lots,
                          .expires = order.time_in_force == 0 ? 0 : now + order.time_in_force,
                          .client_id = order.client_id,
                          .owner = account});
        ++owner.open_orders;
        return out;
    });
}

void MarginVenue::check_canceller(const char* op, CallerId caller, AccountId account,
                                  std::size_t market, std::uint64_t now) const {
    check_perp(op, market);
    check_account(op, account);
    check_not_bankrupt(op, account);
    check_owner(op, caller, account);
    check_clock(op, now);
}

std::int64_t MarginVenue::release_perp_order(std::size_t market, OrderBook::Node node) noexcept {
    OrderBook& book = perp_books_[market].book;
    const BookOrder& order = book.order(node);
    const std::int64_t lots = order.size_lots;
    PerpAccount& held = perp_at(order.owner, market);
    // What rests is part of the quantity and of the count.
    (book.side_of(node) == Side::bid ? held.bids_quantity : held.asks_quantity) -= lots;
    --accounts_[order.owner].open_orders;
    book.remove(node);
    return lots;
}

std::int64_t MarginVenue::cancel_perp_order(CallerId caller, AccountId account, std::size_t market,
                                            std::uint64_t id, std::uint64_t now) {
    constexpr const char* op = "cancel_perp_order";
    check_canceller(op, caller, account, market, now);
    const OrderBook& book = perp_book_at(market).book;
    const OrderBook::Node node = book.find(id);
    check_order_of(op, book, node, id, account);
    const std::int64_t lots = release_perp_order(market, node);
    clock_ = now;
    return lots;
}

std::int64_t MarginVenue::cancel_perp_order_by_client_id(CallerId caller, AccountId account,
                                                         std::size_t market,
                                                         std::uint64_t client_id,
                                                         std::uint64_t now) {
    constexpr const char* op = "cancel_perp_order_by_client_id";
    check_canceller(op, caller, account, market, now);
    const OrderBook& book = perp_book_at(market).book;
    for (const Side side : {Side::bid, Side::ask}) {
        for (auto node = book.best(side); node != OrderBook::none; node = book.next(node)) {
            const BookOrder& order = book.order(node);
            if (order.owner != account || order.client_id != client_id) continue;
            const std::int64_t lots = release_perp_order(market, node);
            clock_ = now;
            return lots;
        }
    }
    refuse_order(op, "ClientIdNotFound", "client_id", client_id, "is no order of the account");
}

std::uint64_t MarginVenue::cancel_all_perp_orders(CallerId caller, AccountId account,
                                                  std::size_t market, std::uint64_t limit,
                                                  std::uint64_t now) {
    check_canceller("cancel_all_perp_orders", caller, account, market, now);
    clock_ = now;
    return release_perp_orders(account, market, limit);
}

std::uint64_t MarginVenue::release_perp_orders(AccountId account, std::size_t market,
                                               std::uint64_t limit) noexcept {
    std::uint64_t gone = 0;
    if (perp_books_.empty()) return gone;
    const OrderBook& book = perp_books_[market].book;
    for (const Side side : {Side::bid, Side::ask}) {
        for (auto node = book.best(side); node != OrderBook::none && gone < limit;) {
            const auto after = book.next(node);
            if (book.order(node).owner == account) {
                release_perp_order(market, node);
                ++gone;
            }
            node = after;
        }
    }
    return gone;
}

}  // namespace voltcore::venues
