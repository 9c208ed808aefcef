#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/venues/bank.hpp"

// What the operations of a venue hand back.

namespace voltcore::venues {

struct BalanceReceipt {
    std::uint64_t amount = 0;  ///< native units that moved
    Balance balance;           ///< of the account, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("balance", self.balance);
    }
};

struct FundingReceipt {
    I80F48 diff;   ///< clamped book / index - 1
    I80F48 delta;  ///< native quote per base lot, added to both accumulators

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("diff", self.diff);
        visit("delta", self.delta);
    }
};

struct FillReceipt {
    std::int64_t base_lots = 0;      ///< signed as given
    I80F48 quote;                    ///< native quote moved into the position, before the fee
    I80F48 fee;                      ///< taker fee, native quote
    I80F48 funding;                  ///< settled on the way, native quote, positive when received
    std::int64_t base_position = 0;  ///< base lots, after
    I80F48 quote_position;           ///< native quote, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("funding", self.funding);
        visit("base_position", self.base_position);
        visit("quote_position", self.quote_position);
    }
};

/// An order that met the book of a perp market.
struct PerpOrderReceipt {
    std::int64_t base_lots = 0;       ///< filled, not negative
    std::int64_t quote_lots = 0;      ///< filled, not negative
    std::int64_t posted_lots = 0;     ///< base lots left on the book
    std::optional<std::uint64_t> id;  ///< of the resting order
    std::uint32_t fills = 0;
    I80F48 fee;  ///< taker fee, native quote

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote_lots", self.quote_lots);
        visit("posted_lots", self.posted_lots);
        visit("id", self.id);
        visit("fills", self.fills);
        visit("fee", self.fee);
    }
};

struct SpotFillReceipt {
    std::int64_t base_lots = 0;  ///< signed as given
    std::uint64_t quote = 0;     ///< native quote at the price, before the fee
    std::uint64_t fee = 0;       ///< native quote
    Balance base_balance;        ///< of the traded token, after
    Balance quote_balance;       ///< after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("base_balance", self.base_balance);
        visit("quote_balance", self.quote_balance);
    }
};

}  // namespace voltcore::venues
