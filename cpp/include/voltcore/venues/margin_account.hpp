#pragma once

#include <cstdint>

#include "voltcore/venues/venue_config.hpp"

// What a venue keeps of a market index and of an account beside its balances and positions.

namespace voltcore::venues {

inline constexpr std::size_t most_tokens = 16;
inline constexpr std::size_t most_accounts = std::size_t{1} << 31;
/// `withdraw` without borrowing reads it as "the whole deposit".
inline constexpr std::uint64_t whole_deposit = ~std::uint64_t{0};

struct Market {
    Oracle oracle;
    PerpMarket perp;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("oracle", self.oracle);
        visit("perp", self.perp);
    }
    friend bool operator==(const Market&, const Market&) = default;
};

struct MarginAccount {
    CallerId owner = 0;
    bool being_liquidated = false;
    bool is_bankrupt = false;
    /// Perp orders on all books, with those that left a book by an event still to be processed.
    std::uint16_t open_orders = 0;
    std::uint16_t margin_basket = 0;  ///< bit i: spot orders or proceeds in market i

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("being_liquidated", self.being_liquidated);
        visit("is_bankrupt", self.is_bankrupt);
        visit("open_orders", self.open_orders);
        visit("margin_basket", self.margin_basket);
    }
    [[nodiscard]] bool has_in_basket(std::size_t market) const noexcept {
        return (margin_basket >> market & 1U) != 0;
    }
    friend bool operator==(const MarginAccount&, const MarginAccount&) = default;
};

/// Whether a liquidation may go on, or has nothing left to do.
struct Rescue {
    I80F48 init_health;
    bool is_over = false;
};

}  // namespace voltcore::venues
