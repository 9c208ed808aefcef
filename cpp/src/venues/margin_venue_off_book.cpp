#include <algorithm>
#include <string>

#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"
#include "voltcore/venues/perp_exchange.hpp"

// Orders between two named accounts: no book, no events, no fees, no effect on funding.

namespace voltcore::venues {

namespace {

[[noreturn]] void refuse_status(const char* op, std::string_view bound) {
    refuse_onchain(ErrorCode::wrong_state, op, "InvalidOtcOrderStatus", "status", {}, bound);
}

}  // namespace

const std::vector<OffBookOrder>& MarginVenue::off_book_orders(AccountId account) const {
    static const std::vector<OffBookOrder> none;
    check_account("off_book_orders", account);
    const auto found = off_book_.find(account);
    return found == off_book_.end() ? none : found->second;
}

const OffBookOrder& MarginVenue::off_book_order(const char* op, AccountId account,
                                                std::uint64_t index) const {
    const std::vector<OffBookOrder>& orders = off_book_orders(account);
    if (index >= orders.size()) {
        refuse_unknown(op, "InvalidOtcOrderIndex", "index", index, orders.size());
    }
    return orders[index];
}

std::uint64_t MarginVenue::create_off_book_order(CallerId caller, AccountId account,
                                                 std::size_t market, Side side,
                                                 std::int64_t price_lots, std::int64_t size_lots,
                                                 AccountId counterparty, std::uint64_t expires,
                                                 std::uint64_t now) {
    constexpr const char* op = "create_off_book_order";
    if (price_lots <= 0) refuse_param(op, "price_lots", price_lots, "is not positive");
    if (size_lots <= 0) refuse_param(op, "size_lots", size_lots, "is not positive");
    check_perp(op, market);
    check_account(op, account);
    check_account(op, counterparty);
    if (counterparty == account) {
        refuse_onchain(ErrorCode::bad_combination, op, "InvalidAccount", "counterparty",
                       std::to_string(counterparty), "is the account itself");
    }
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    if (expires <= now) {
        refuse_onchain(ErrorCode::out_of_range, op, "InvalidTimeArgument", "expires",
                       std::to_string(expires), "is not later than now");
    }
    const std::vector<OffBookOrder>& held = off_book_orders(account);
    const auto is_done = [](const OffBookOrder& order) {
        return order.status != OffBookStatus::created;
    };
    const auto done = std::find_if(held.begin(), held.end(), is_done);
    const bool is_full = held.size() >= limits_.off_book_orders;
    if (is_full && done == held.end()) {
        refuse_full(op, "MaxOtcOrdersReached", "off_book_orders", limits_.off_book_orders);
    }
    const auto freed = done - held.begin();
    // All memory first: neither line below changes what is stored.
    std::vector<OffBookOrder> next;
    next.reserve(limits_.off_book_orders);
    next.assign(held.begin(), held.end());
    if (is_full) next.erase(next.begin() + freed);  // later ones shift down
    next.push_back({.side = side,
                    .status = OffBookStatus::created,
                    .market = static_cast<std::uint8_t>(market),
                    .price_lots = price_lots,
                    .size_lots = size_lots,
                    .counterparty = counterparty,
                    .created_at = now,
                    .expires = expires});
    const std::uint64_t index = next.size() - 1;
    off_book_.insert_or_assign(account, std::move(next));
    clock_ = now;
    return index;
}

void MarginVenue::check_off_book_owner(const char* op, CallerId caller, AccountId account,
                                       std::uint64_t now) const {
    check_account(op, account);
    check_owner(op, caller, account);
    check_clock(op, now);
}

void MarginVenue::cancel_off_book_order(CallerId caller, AccountId account, std::uint64_t index,
                                        std::uint64_t now) {
    constexpr const char* op = "cancel_off_book_order";
    check_account(op, account);
    const OffBookOrder& order = off_book_order(op, account, index);
    check_off_book_owner(op, caller, account, now);
    if (order.status != OffBookStatus::created) refuse_status(op, "is not created");
    off_book_[account][index].status = OffBookStatus::cancelled;
    clock_ = now;
}

void MarginVenue::delete_off_book_order(CallerId caller, AccountId account, std::uint64_t index,
                                        std::uint64_t now) {
    constexpr const char* op = "delete_off_book_order";
    check_account(op, account);
    const OffBookOrder& order = off_book_order(op, account, index);
    check_off_book_owner(op, caller, account, now);
    if (order.status == OffBookStatus::created) refuse_status(op, "is created");
    std::vector<OffBookOrder>& orders = off_book_[account];
    orders.erase(orders.begin() + static_cast<std::ptrdiff_t>(index));
    if (orders.empty()) off_book_.erase(account);
    clock_ = now;
}

std::uint64_t MarginVenue::delete_off_book_orders(CallerId caller, AccountId account,
                                                  std::uint64_t now) {
    constexpr const char* op = "delete_off_book_orders";
    check_off_book_owner(op, caller, account, now);
    const std::vector<OffBookOrder>& orders = off_book_orders(account);
    for (const OffBookOrder& order : orders) {
        if (order.status == OffBookStatus::created) refuse_status(op, "of one is created");
    }
    const std::uint64_t count = orders.size();
    off_book_.erase(account);
    clock_ = now;
    return count;
}

void MarginVenue::check_taking(const char* op, CallerId caller, AccountId counterparty,
                               AccountId creator, std::size_t market, const OffBookOrder& order,
                               std::uint64_t now) const {
    if (order.counterparty != counterparty) {
        refuse_onchain(ErrorCode::not_authorized, op, "InvalidAccount", "counterparty",
                       std::to_string(counterparty), "is not the one that the order names");
    }
    check_owner(op, caller, counterparty);
    check_not_bankrupt(op, counterparty);
    check_not_bankrupt(op, creator);
    if (order.market != market) {
        refuse_onchain(ErrorCode::bad_combination, op, "InvalidMarket", "market",
                       std::to_string(market), "is not the one of the order");
    }
    check_clock(op, now);
    if (order.expires <= now) {
        refuse_onchain(ErrorCode::wrong_state, op, "OtcOrderExpired", "expires",
                       std::to_string(order.expires), "is not later than now");
    }
    if (order.status != OffBookStatus::created) refuse_status(op, "is not created");
    check_caches(op, counterparty, nothing, market, now);
    check_caches(op, creator, nothing, market, now);
}

FillReceipt MarginVenue::take_off_book_order(CallerId caller, AccountId counterparty,
                                             AccountId creator, std::size_t market,
                                             std::uint64_t index, std::uint64_t now) {
    constexpr const char* op = "take_off_book_order";
    check_perp(op, market);
    check_account(op, counterparty);
    check_account(op, creator);
    const OffBookOrder order = off_book_order(op, creator, index);
    check_taking(op, caller, counterparty, creator, market, order, now);
    return transact(op, [&] {
        const I80F48 taker_before = health_before(op, counterparty);
        const I80F48 creator_before = health_before(op, creator);
        PerpMarket& perp = markets_[market].perp;
        PerpAccount& taker_held = perp_at(counterparty, market);
        PerpAccount& creator_held = perp_at(creator, market);
        PerpAccount taker = taker_held;
        PerpAccount made = creator_held;
        const std::int64_t base = order.side == Side::ask ? order.size_lots : -order.size_lots;
        const I80F48 quote =
            scale(scale(I80F48::from_int(order.price_lots), perp.config.quote_lot_size), base);
        FillReceipt out{.base_lots = base,
                        .quote = -quote,
                        .fee = {},
                        .funding = -taker_held.quote_position,
                        .base_position = 0,
                        .quote_position = {}};
        const std::int64_t open_interest = exchange(perp, made, taker, base, quote);
        out.funding += taker.quote_position + quote;
        Undo undo_taker{taker_held};
        Undo undo_creator{creator_held};
        taker_held = taker;
        creator_held = made;
        check_health_after(op, counterparty, taker_before);
        check_health_after(op, creator, creator_before);
        undo_taker.keep();
        undo_creator.keep();
        accounts_[counterparty].being_liquidated = false;
        accounts_[creator].being_liquidated = false;
        perp.open_interest = open_interest;
        off_book_.find(creator)->second[index].status = OffBookStatus::filled;
        clock_ = now;
        out.base_position = taker.base_position;
        out.quote_position = taker.quote_position;
        return out;
    });
}

}  // namespace voltcore::venues
