#pragma once

#include <cstdint>

#include "voltcore/venues/order_book.hpp"

// Perp orders between two named accounts, beside the book. Source: Entropy's `OtcOrders`.

namespace voltcore::venues {

enum class OffBookStatus : std::uint8_t { created, cancelled, filled };

struct OffBookOrder {
    Side side = Side::bid;  ///< of the creator
    OffBookStatus status = OffBookStatus::created;
    std::uint8_t market = 0;
    std::int64_t price_lots = 0;  ///< quote lots per base lot
    std::int64_t size_lots = 0;   ///< base lots
    AccountId counterparty = 0;   ///< the only account that may take it
    std::uint64_t created_at = 0;
    std::uint64_t expires = 0;  ///< it can be taken before this second

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("side", self.side);
        visit("status", self.status);
        visit("market", self.market);
        visit("price_lots", self.price_lots);
        visit("size_lots", self.size_lots);
        visit("counterparty", self.counterparty);
        visit("created_at", self.created_at);
        visit("expires", self.expires);
    }
    friend bool operator==(const OffBookOrder&, const OffBookOrder&) = default;
};

}  // namespace voltcore::venues
