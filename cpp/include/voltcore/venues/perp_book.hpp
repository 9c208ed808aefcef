#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "voltcore/venues/event_queue.hpp"
#include "voltcore/venues/order_book.hpp"
#include "voltcore/venues/perp_market.hpp"

// How orders meet the book of a perp market. Source: Mango v3 `Book::new_bid` and `new_ask`.

namespace voltcore::venues {

enum class OrderType : std::uint8_t {
    limit,
    immediate_or_cancel,
    post_only,
    market,
    post_only_slide,
};

/// One side's worst price: what a market order accepts.
[[nodiscard]] constexpr std::int64_t market_price(Side side) noexcept {
    return side == Side::bid ? std::numeric_limits<std::int64_t>::max() : 1;
}

struct PerpOrder {
    Side side = Side::bid;
    OrderType type = OrderType::limit;
    std::int64_t price_lots = 0;  ///< quote lots per base lot; any positive one for a market order
    std::int64_t base_lots = 0;
    std::int64_t quote_lots = std::numeric_limits<std::int64_t>::max();  ///< before fees
    std::uint32_t limit = 255;                                           ///< fills
    std::uint32_t time_in_force = 0;                                     ///< seconds; 0 for ever
    bool reduce_only = false;
    std::uint64_t client_id = 0;
};

/// What waits in a market's queue until somebody processes it.
struct PerpEvent {
    enum class Kind : std::uint8_t { fill, out };

    Kind kind = Kind::fill;
    Side side = Side::bid;   ///< of the taker; of the order that left for `out`
    bool maker_out = false;  ///< the fill used up the resting order
    AccountId taker = 0;     ///< 0 for `out`
    AccountId maker = 0;     ///< owner of the resting order
    std::uint64_t id = 0;    ///< of the resting order
    std::int64_t price_lots = 0;
    std::int64_t size_lots = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("kind", self.kind);
        visit("side", self.side);
        visit("maker_out", self.maker_out);
        visit("taker", self.taker);
        visit("maker", self.maker);
        visit("id", self.id);
        visit("price_lots", self.price_lots);
        visit("size_lots", self.size_lots);
    }
    friend bool operator==(const PerpEvent&, const PerpEvent&) = default;
};

/// What an order will do to the book, worked out before anything changes.
struct MatchPlan {
    static constexpr std::size_t most_fills = 255;
    static constexpr std::size_t most_drops = 5;

    /// A fill of `size_lots`, or an expired order to drop for 0.
    struct Step {
        OrderBook::Node node;
        std::int64_t size_lots;
    };

    std::int64_t price_lots = 0;  ///< after sliding
    std::int64_t base_lots = 0;   ///< filled
    std::int64_t quote_lots = 0;  ///< filled
    std::int64_t rest_lots = 0;   ///< what may rest, 0 for types that do not
    std::size_t fills = 0;
    std::size_t count = 0;
    // Not initialised: only the first `count` are ever read.
    std::array<Step, most_fills + most_drops> steps;
};

/// Maker fee of a fill of `lots` of a resting order, native quote; a rebate is negative.
[[nodiscard]] inline I80F48 maker_fee_of(const PerpMarketConfig& config, std::int64_t price_lots,
                                         std::int64_t lots) {
    // The book matched lots * price within 64 bits.
    return scale(I80F48::from_int(price_lots * lots), config.quote_lot_size) * config.maker_fee;
}

/// A market's book with its queue of events.
struct PerpBook {
    OrderBook book;
    EventQueue<PerpEvent> events;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("book", self.book);
        visit("events", self.events);
    }
    friend bool operator==(const PerpBook&, const PerpBook&) = default;

    /// Matches `order` of at most `base_lots` against the opposite side.
    /// @throws Error (InvalidParam) for a slide to a price of 0.
    void match(const PerpOrder& order, std::int64_t base_lots, std::uint64_t now,
               MatchPlan& plan) const;
    /// Carries a plan out and queues its events; the memory is there.
    void carry_out(const PerpOrder& order, AccountId taker, const MatchPlan& plan) noexcept;
    /// Whether `order_limit` orders rest on the side, so that the worst must go for a new one.
    [[nodiscard]] bool is_full(Side side, std::uint32_t order_limit) const noexcept {
        return book.size(side) >= order_limit;
    }
    /// Takes the worst order of a side off the book and leaves an event.
    void evict(Side side) noexcept;
    /// Takes an order off the book and leaves an event.
    void drop(OrderBook::Node node) noexcept;
    /// Base lots of unprocessed fills of the account's resting orders, signed.
    [[nodiscard]] math::i128 waiting_as_maker(AccountId account) const noexcept;
};

}  // namespace voltcore::venues
