#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/event_queue.hpp"
#include "voltcore/venues/order_book.hpp"
#include "voltcore/venues/perp_book.hpp"
#include "voltcore/venues/spot_config.hpp"

// A spot order book whose traders lock tokens in open-orders accounts. Source: Serum's DEX program.

namespace voltcore::venues {

/// What happens when an order meets one of its own account.
enum class SelfTrade : std::uint8_t {
    decrement_take,  ///< both shrink by the same lots, without a trade
    cancel_provide,  ///< the resting one is cancelled
    abort,           ///< the new one is refused
};

struct SpotOrder {
    Side side = Side::bid;
    OrderType type = OrderType::limit;  ///< limit, immediate_or_cancel or post_only
    std::int64_t price_lots = 0;        ///< quote lots per base lot
    std::int64_t base_lots = 0;
    std::uint64_t quote_native =
        std::numeric_limits<std::uint64_t>::max();  ///< of a bid, with fees
    std::uint32_t limit = 255;                      ///< resting orders it may meet
    SelfTrade self_trade = SelfTrade::decrement_take;
    std::uint64_t client_id = 0;
};

/// An account's tokens inside a spot market, native units; what is not free is locked by orders
/// and by fills that wait in the queue.
struct OpenOrders {
    bool exists = false;
    std::uint16_t orders = 0;  ///< resting, or gone by an event still to be processed
    std::uint64_t base_free = 0;
    std::uint64_t base_total = 0;
    std::uint64_t quote_free = 0;
    std::uint64_t quote_total = 0;
    std::uint64_t rebates = 0;  ///< quote, beside the total

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("exists", self.exists);
        visit("orders", self.orders);
        visit("base_free", self.base_free);
        visit("base_total", self.base_total);
        visit("quote_free", self.quote_free);
        visit("quote_total", self.quote_total);
        visit("rebates", self.rebates);
    }
    [[nodiscard]] bool is_empty() const noexcept {
        return orders == 0 && base_total == 0 && quote_total == 0 && rebates == 0;
    }
    friend bool operator==(const OpenOrders&, const OpenOrders&) = default;
};

struct SpotEvent {
    enum class Kind : std::uint8_t { fill, out };

    Kind kind = Kind::fill;
    Side side = Side::bid;   ///< of the taker; of the order that left for `out`
    bool maker_out = false;  ///< the fill used up the resting order
    AccountId taker = 0;     ///< 0 for `out`
    AccountId maker = 0;     ///< owner of the resting order
    std::uint64_t id = 0;    ///< of the resting order
    std::int64_t price_lots = 0;
    std::int64_t size_lots = 0;
    std::uint64_t fee = 0;  ///< of the taker, native quote

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
        visit("fee", self.fee);
    }
    friend bool operator==(const SpotEvent&, const SpotEvent&) = default;
};

/// What a spot order will do to the book, worked out before anything changes.
struct SpotPlan {
    static constexpr std::size_t most_steps = 255;
    enum class Meeting : std::uint8_t { trade, decrement, cancel };

    struct Step {
        OrderBook::Node node;
        Meeting meeting;
        std::int64_t size_lots;
        std::uint64_t fee;  ///< native quote
    };

    std::uint64_t locked = 0;  ///< native quote of a bid, native base of an ask, at most
    std::uint64_t spent = 0;   ///< of that, what fills keep until they are processed
    std::uint64_t quote = 0;   ///< native quote of the fills, before fees
    std::uint64_t fees = 0;    ///< native quote
    std::int64_t base_lots = 0;
    std::int64_t rest_lots = 0;
    std::size_t count = 0;
    // Not initialised: only the first `count` are ever read.
    std::array<Step, most_steps> steps;
};

struct SpotMarket {
    std::uint8_t market = 0;  ///< index, the base token's too
    SpotMarketConfig config;
    std::uint64_t base_vault = 0;
    std::uint64_t quote_vault = 0;
    std::uint64_t fees_accrued = 0;  ///< native quote, inside the vault
    OrderBook book;
    EventQueue<SpotEvent> events;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("market", self.market);
        visit("config", self.config);
        visit("base_vault", self.base_vault);
        visit("quote_vault", self.quote_vault);
        visit("fees_accrued", self.fees_accrued);
        visit("book", self.book);
        visit("events", self.events);
    }
    friend bool operator==(const SpotMarket&, const SpotMarket&) = default;

    /// Native base of `lots`. @throws Error (overflow) as the two below.
    [[nodiscard]] std::uint64_t base_of(std::int64_t lots) const;
    /// Native quote of `lots` at a price.
    [[nodiscard]] std::uint64_t quote_of(std::int64_t price_lots, std::int64_t lots) const;
    /// Taker fee of a fill of `quote`, rounded up.
    [[nodiscard]] std::uint64_t taker_fee(std::uint64_t quote) const;
    /// What goes back to the maker of a fill of `quote`, rounded down.
    [[nodiscard]] std::uint64_t maker_rebate(std::uint64_t quote) const;

    /// Matches an order of `account`; every amount of the plan fits.
    /// @throws Error (WouldSelfTrade) as the order wishes.
    void match(const SpotOrder& order, AccountId account, SpotPlan& plan) const;

private:
    [[nodiscard]] std::uint64_t lock_of(const SpotOrder& order) const;
    /// Most lots that `budget` pays at a price, fee included.
    [[nodiscard]] std::int64_t affordable(std::int64_t price_lots, std::uint64_t budget,
                                          bool with_fee) const;
};

}  // namespace voltcore::venues
