#include "refusal.hpp"
#include "venue_undo.hpp"
#include "voltcore/volts/volt.hpp"

// The target leg to one named counterparty, beside the book: the venue's off-book orders.

namespace voltcore::volts {

std::optional<std::uint64_t> Volt::off_book_order() const {
    const std::vector<venues::OffBookOrder>& orders = venue_.off_book_orders(margin_account_);
    for (std::size_t i = 0; i < orders.size(); ++i) {
        if (orders[i].status == venues::OffBookStatus::created) return i;
    }
    return std::nullopt;
}

bool Volt::has_open_off_book_order(std::uint64_t now) const {
    const std::optional<std::uint64_t> index = off_book_order();
    return index && venue_.off_book_orders(margin_account_)[*index].expires > now;
}

void Volt::check_no_off_book_order(const char* op, std::uint64_t now) const {
    if (!has_open_off_book_order(now)) return;
    refuse_rule(ErrorCode::wrong_state, op, "InvalidRebalanceEntropyState",
                "otc_setup_rebalance_block", "is set: an off-book order is open");
}

OffBookReceipt Volt::setup_rebalance_off_book(CallerId caller, venues::AccountId counterparty,
                                              std::int64_t price_lots, std::uint64_t expires,
                                              std::uint64_t now) {
    const OperationRow& row = row_of(Operation::setup_rebalance_off_book);
    const char* op = row.name.data();
    begin(row, caller, now);
    check_no_off_book_order(op, now);
    venue_.require_fresh(margin_account_, now);
    const std::size_t market = config_.target_perp;
    const std::int64_t missing = math::checked_sub(entropy_round_.target_lots, position(market));
    if (missing == 0) {
        refuse_rule(ErrorCode::wrong_state, op, "InvalidRebalanceEntropyState", "target_lots",
                    "are reached: nothing is left to trade");
    }
    check_limit_price(op, caller, market, missing, price_lots, true);
    VenueUndo undo{*this};
    // One that has expired makes room first.
    if (const auto expired = off_book_order()) {
        venue_.cancel_off_book_order(volt_authority, margin_account_, *expired, now);
    }
    const bool sells = missing < 0;
    OffBookReceipt out{.index = 0,
                       .size_lots = missing,
                       .price_lots = price_lots,
                       .counterparty = counterparty,
                       .expires = expires};
    out.index = venue_.create_off_book_order(
        volt_authority, margin_account_, market, sells ? venues::Side::ask : venues::Side::bid,
        price_lots, sells ? math::checked_negate(missing) : missing, counterparty, expires, now);
    undo.keep();
    epoch_.used_off_book = true;
    clock_ = now;
    return out;
}

void Volt::cancel_rebalance_off_book(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::cancel_rebalance_off_book);
    begin(row, caller, now);
    const std::optional<std::uint64_t> index = off_book_order();
    if (!index) {
        refuse_rule(ErrorCode::wrong_state, row.name, "InvalidOtcOrderStatus", "status",
                    "of no order of the volt is created");
    }
    venue_.cancel_off_book_order(volt_authority, margin_account_, *index, now);
    clock_ = now;
}

}  // namespace voltcore::volts
