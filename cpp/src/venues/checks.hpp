#pragma once

#include <string>

#include "voltcore/venues/health.hpp"
#include "voltcore/venues/order_book.hpp"
#include "voltcore/venues/refusal.hpp"

// Checks that several operations of a venue share and that need nothing of it.

namespace voltcore::venues {

/// Whether an order may rest at `ratio` = its price / the oracle's.
[[nodiscard]] inline bool is_in_band(const Weights& maint, Side side, I80F48 ratio) {
    return side == Side::bid ? ratio <= maint.liability : ratio >= maint.asset;
}

inline void check_order_of(const char* op, const OrderBook& book, OrderBook::Node node,
                           std::uint64_t id, AccountId account) {
    if (node == OrderBook::none) {
        refuse_order(op, "InvalidOrderId", "id", id, "is no order of this book");
    }
    if (book.order(node).owner != account) {
        refuse_onchain(ErrorCode::not_authorized, op, "InvalidOwner", "id", std::to_string(id),
                       "is not an order of the account");
    }
}

inline void check_positive(const char* op, I80F48 max_liability) {
    if (max_liability.is_positive()) return;
    refuse_onchain(ErrorCode::out_of_range, op, "InvalidParam", "max_liability", {},
                   "is not positive");
}

}  // namespace voltcore::venues
