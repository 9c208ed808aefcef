#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"

// One account's position in one perp market. Source: Mango v3 `PerpAccount`.

namespace voltcore::venues {

using math::I80F48;

/// Position of a margin account, in order of creation from 0.
using AccountId = std::uint32_t;

struct PerpAccount {
    std::int64_t base_position = 0;  ///< base lots
    I80F48 quote_position;           ///< native quote
    I80F48 long_settled_funding;     ///< native quote per base lot
    I80F48 short_settled_funding;    ///< native quote per base lot
    std::int64_t taker_base = 0;     ///< base lots of taker fills not yet processed
    std::int64_t taker_quote = 0;    ///< quote lots of taker fills not yet processed
    std::int64_t bids_quantity = 0;  ///< base lots on the bid side or in the queue
    std::int64_t asks_quantity = 0;  ///< base lots on the ask side or in the queue

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_position", self.base_position);
        visit("quote_position", self.quote_position);
        visit("long_settled_funding", self.long_settled_funding);
        visit("short_settled_funding", self.short_settled_funding);
        visit("taker_base", self.taker_base);
        visit("taker_quote", self.taker_quote);
        visit("bids_quantity", self.bids_quantity);
        visit("asks_quantity", self.asks_quantity);
    }

    /// Non-empty, so that its market's caches must be fresh.
    [[nodiscard]] bool is_active() const noexcept {
        return base_position != 0 || !quote_position.is_zero() || taker_base != 0 ||
               taker_quote != 0 || bids_quantity != 0 || asks_quantity != 0;
    }
    friend bool operator==(const PerpAccount&, const PerpAccount&) = default;
};

/// Quote position after the funding that has not been settled yet. Lots are integers, so the
/// product is exact and funding is zero-sum while both accumulators move alike.
[[nodiscard]] inline I80F48 quote_after_funding(const PerpAccount& account, I80F48 long_funding,
                                                I80F48 short_funding) {
    if (account.base_position > 0) {
        return account.quote_position -
               scale(long_funding - account.long_settled_funding, account.base_position);
    }
    if (account.base_position < 0) {
        return account.quote_position -
               scale(short_funding - account.short_settled_funding, account.base_position);
    }
    return account.quote_position;
}

/// Must run before every change of the base position.
inline void settle_funding(PerpAccount& account, I80F48 long_funding, I80F48 short_funding) {
    account.quote_position = quote_after_funding(account, long_funding, short_funding);
    account.long_settled_funding = long_funding;
    account.short_settled_funding = short_funding;
}

/// |base position|: what the account adds to the open interest.
[[nodiscard]] inline std::int64_t open_interest_of(const PerpAccount& account) {
    return account.base_position < 0 ? math::checked_negate(account.base_position)
                                     : account.base_position;
}

/// lots * base_lot_size * price in native quote; exact.
[[nodiscard]] inline I80F48 notional(std::int64_t lots, std::int64_t base_lot_size, I80F48 price) {
    return scale(scale(price, base_lot_size), lots);
}

/// Profit of a position whose funding is settled: quote - (-base * base_lot_size * price).
[[nodiscard]] inline I80F48 profit(const PerpAccount& account, std::int64_t base_lot_size,
                                   I80F48 price) {
    return account.quote_position + notional(account.base_position, base_lot_size, price);
}

/// What settling two profits moves out of the first: the lesser magnitude when the signs differ,
/// else nothing.
[[nodiscard]] inline I80F48 settlement(I80F48 profit_a, I80F48 profit_b) {
    if (profit_a.is_positive() && profit_b.is_negative()) {
        return profit_a < -profit_b ? profit_a : -profit_b;
    }
    if (profit_a.is_negative() && profit_b.is_positive()) {
        return -profit_a < profit_b ? profit_a : -profit_b;
    }
    return I80F48{};
}

}  // namespace voltcore::venues
