#include <algorithm>
#include <bit>
#include <string>

#include "checks.hpp"
#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Spot orders from margin accounts: what a book locks comes out of deposits or on credit.

namespace voltcore::venues {

namespace {

constexpr std::uint32_t most_meetings = 255;

void check_order(const char* op, const SpotOrder& order) {
    if (order.price_lots <= 0) {
        refuse_param(op, "price_lots", order.price_lots, "is not positive");
    }
    if (order.base_lots <= 0) refuse_param(op, "base_lots", order.base_lots, "is not positive");
    if (order.quote_native == 0) refuse_unsigned_param(op, "quote_native", 0, "is zero");
    if (order.limit < 1 || order.limit > most_meetings) {
        refuse_unsigned_param(op, "limit", order.limit, "is not in [1, 255]");
    }
    if (order.type != OrderType::limit && order.type != OrderType::immediate_or_cancel &&
        order.type != OrderType::post_only) {
        refuse_unsigned_param(op, "type", static_cast<std::uint8_t>(order.type),
                              "is not limit, immediate_or_cancel or post_only");
    }
}

/// Resting orders of the taker's own account that the plan shrinks or cancels: what they locked is
/// free again.
void release_own(const SpotMarket& at, const SpotPlan& plan, Side side, OpenOrders& orders) {
    for (std::size_t i = 0; i < plan.count; ++i) {
        const SpotPlan::Step& step = plan.steps[i];
        if (step.meeting == SpotPlan::Meeting::trade) continue;
        const BookOrder& resting = at.book.order(step.node);
        if (side == Side::bid) {
            orders.base_free += at.base_of(step.size_lots);
        } else {
            orders.quote_free += at.quote_of(resting.price_lots, step.size_lots);
        }
        if (step.size_lots == resting.size_lots) --orders.orders;
    }
}

}  // namespace

std::size_t MarginVenue::spot_slot(const char* op, std::size_t market) const {
    check_market(op, market);
    for (std::size_t i = 0; i < spot_markets_.size(); ++i) {
        if (spot_markets_[i].market == market) return i;
    }
    refuse_onchain(ErrorCode::out_of_range, op, "InvalidMarket", "market", std::to_string(market),
                   "has no spot market");
}

bool MarginVenue::has_spot_market(std::size_t market) const noexcept {
    return std::ranges::any_of(spot_markets_,
                               [market](const SpotMarket& at) { return at.market == market; });
}

const SpotMarket& MarginVenue::spot_market(std::size_t market) const {
    return spot_markets_[spot_slot("spot_market", market)];
}

const OpenOrders& MarginVenue::open_orders(AccountId account, std::size_t market) const {
    const std::size_t spot = spot_slot("open_orders", market);
    check_account("open_orders", account);
    return open_orders_at(account, spot);
}

bool MarginVenue::init_spot_open_orders(CallerId caller, AccountId account, std::size_t market,
                                        std::uint64_t now) {
    constexpr const char* op = "init_spot_open_orders";
    const std::size_t spot = spot_slot(op, market);
    check_account(op, account);
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    OpenOrders& held = open_orders_at(account, spot);
    const bool is_new = !held.exists;
    held.exists = true;
    clock_ = now;
    return is_new;
}

void MarginVenue::check_spot_trader(const char* op, CallerId caller, AccountId account,
                                    std::size_t spot, std::uint64_t now) const {
    check_account(op, account);
    check_not_bankrupt(op, account);
    check_owner(op, caller, account);
    if (!open_orders_at(account, spot).exists) {
        refuse_onchain(ErrorCode::not_initialized, op, "InvalidAccount", "account",
                       std::to_string(account), "has no open orders in this market");
    }
    check_clock(op, now);
}

/// With negative init health only what gives borrowed base back, or sells base that is there.
bool MarginVenue::reduces(AccountId account, std::size_t slot, std::size_t spot, Side side,
                          std::uint64_t base) const {
    const I80F48 net = native_at(account, slot);
    const I80F48 size = I80F48::from_int(base);
    if (side == Side::bid) return size <= -net;
    return size <= net + I80F48::from_int(open_orders_at(account, spot).base_free);
}

bool MarginVenue::spot_may_rest(const SpotMarket& spot, std::size_t slot, Side side,
                                std::int64_t price_lots) const {
    return is_in_band(
        banks_[slot].weights.maint, side,
        native_price(price_lots, spot.config.base_lot_size, spot.config.quote_lot_size) /
            markets_[spot.market].oracle.price);
}

/// Whether a full side has to give up its worst order for one at `price_lots`.
bool MarginVenue::must_evict(const char* op, const OrderBook& book, Side side,
                             std::int64_t price_lots) const {
    if (book.size(side) < limits_.orders_per_side) return false;
    if (!is_better(side, price_lots, book.order(book.worst(side)).price_lots)) {
        refuse_full(op, "OutOfSpace", "book side", limits_.orders_per_side);
    }
    return true;
}

SpotOrderReceipt MarginVenue::quote_spot_order(AccountId account, std::size_t market,
                                               const SpotOrder& order) const {
    constexpr const char* op = "quote_spot_order";
    check_order(op, order);
    const SpotMarket& at = spot_markets_[spot_slot(op, market)];
    const std::size_t slot = slot_of(static_cast<std::uint8_t>(market), op);
    check_account(op, account);
    return transact(op, [&] {
        SpotPlan plan;
        at.match(order, account, plan);
        const bool rests =
            plan.rest_lots > 0 && spot_may_rest(at, slot, order.side, order.price_lots);
        return SpotOrderReceipt{.base_lots = plan.base_lots,
                                .quote = plan.quote,
                                .fee = plan.fees,
                                .posted_lots = rests ? plan.rest_lots : 0,
                                .id = {},
                                .locked = plan.locked};
    });
}

SpotOrderReceipt MarginVenue::place_spot_order(CallerId caller, AccountId account,
                                               std::size_t market, const SpotOrder& order,
                                               std::uint64_t now) {
    constexpr const char* op = "place_spot_order";
    check_order(op, order);
    const std::size_t spot = spot_slot(op, market);
    const std::size_t slot = slot_of(static_cast<std::uint8_t>(market), op);
    check_spot_trader(op, caller, account, spot, now);
    check_caches(op, account, slot, nothing, now);
    return transact(op, [&] {
        SpotMarket& at = spot_markets_[spot];
        MarginAccount& owner = accounts_[account];
        const I80F48 before = health_before(op, account);
        if (enforce_health_ && before.is_negative() &&
            !reduces(account, slot, spot, order.side, at.base_of(order.base_lots))) {
            refuse_health(op, before);
        }
        const auto bit = static_cast<std::uint16_t>(1U << market);
        const auto basket = static_cast<std::uint16_t>(owner.margin_basket | bit);
        if (static_cast<std::uint32_t>(std::popcount(basket)) > limits_.margin_basket) {
            refuse_full(op, "MarginBasketFull", "margin_basket", limits_.margin_basket);
        }
        SpotPlan plan;
        at.match(order, account, plan);
        if (plan.rest_lots > 0 && !spot_may_rest(at, slot, order.side, order.price_lots)) {
            plan.rest_lots = 0;
        }
        const bool rests = plan.rest_lots > 0;
        const bool evicts = rests && must_evict(op, at.book, order.side, order.price_lots);
        OpenOrders& held = open_orders_at(account, spot);
        if (rests && held.orders >= limits_.spot_orders) {
            refuse_full(op, "TooManyOpenOrders", "spot_orders", limits_.spot_orders);
        }

        // The whole lock comes in; what neither fills nor rests is free at once.
        const bool buys = order.side == Side::bid;
        const std::size_t paying = buys ? quote_slot() : slot;
        OpenOrders next = held;
        std::uint64_t& free = buys ? next.quote_free : next.base_free;
        std::uint64_t& total = buys ? next.quote_total : next.base_total;
        std::uint64_t& vault = buys ? at.quote_vault : at.base_vault;
        const std::uint64_t from_free = std::min(free, plan.locked);
        const std::uint64_t moved = plan.locked - from_free;
        const std::uint64_t resting = buys && rests ? at.quote_of(order.price_lots, plan.rest_lots)
                                                    : at.base_of(plan.rest_lots);
        free = (free - from_free) + (plan.locked - plan.spent - resting);
        total = math::checked_add(total, moved);
        const std::uint64_t vault_after = math::checked_add(vault, moved);
        release_own(at, plan, order.side, next);

        Bank bank = banks_[paying];
        Balance& balance_held = balance_at(account, paying);
        Balance balance = balance_held;
        I80F48 outside_balance = outside_balance_;
        debit(bank, balance, I80F48::from_int(moved), op);
        pay_from_vault(op, bank, outside_balance, moved);

        at.book.reserve();
        at.events.reserve(plan.count + 1);
        Undo undo_balance{balance_held};
        Undo undo_orders{held};
        Undo undo_owner{owner};
        balance_held = balance;
        held = next;
        owner.margin_basket = basket;
        check_health_after(op, account, before);
        undo_balance.keep();
        undo_orders.keep();
        undo_owner.keep();
        owner.being_liquidated = false;
        banks_[paying] = bank;
        outside_balance_ = outside_balance;
        vault = vault_after;
        clock_ = now;
        return carry_out(at, order, account, plan, evicts);
    });
}

SpotOrderReceipt MarginVenue::carry_out(SpotMarket& at, const SpotOrder& order, AccountId account,
                                        const SpotPlan& plan, bool evicts) noexcept {
    SpotOrderReceipt out{.base_lots = plan.base_lots,
                         .quote = plan.quote,
                         .fee = plan.fees,
                         .posted_lots = plan.rest_lots,
                         .id = {},
                         .locked = plan.locked};
    for (std::size_t i = 0; i < plan.count; ++i) {
        const SpotPlan::Step& step = plan.steps[i];
        const BookOrder& resting = at.book.order(step.node);
        const bool is_used_up = resting.size_lots == step.size_lots;
        if (step.meeting == SpotPlan::Meeting::trade) {
            at.events.push({.kind = SpotEvent::Kind::fill,
                            .side = order.side,
                            .maker_out = is_used_up,
                            .taker = account,
                            .maker = resting.owner,
                            .id = resting.id,
                            .price_lots = resting.price_lots,
                            .size_lots = step.size_lots,
                            .fee = step.fee});
        }
        if (is_used_up) {
            at.book.remove(step.node);
        } else {
            at.book.reduce(step.node, step.size_lots);
        }
    }
    if (plan.rest_lots == 0) return out;
    if (evicts) {
        const OrderBook::Node worst = at.book.worst(order.side);
        const BookOrder& gone = at.book.order(worst);
        at.events.push({.kind = SpotEvent::Kind::out,
                        .side = order.side,
                        .maker_out = true,
                        .taker = 0,
                        .maker = gone.owner,
                        .id = gone.id,
                        .price_lots = gone.price_lots,
                        .size_lots = gone.size_lots,
                        .fee = 0});
        at.book.remove(worst);
    }
    out.id = at.book.next_id();
    at.book.insert(order.side, {.price_lots = order.price_lots,
                                .size_lots = plan.rest_lots,
                                .client_id = order.client_id,
                                .owner = account});
    ++open_orders_at(account, static_cast<std::size_t>(&at - spot_markets_.data())).orders;
    return out;
}

}  // namespace voltcore::venues
