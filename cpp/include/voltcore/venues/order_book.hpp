#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "voltcore/venues/perp_account.hpp"

// One book of resting orders in price-time priority, without any idea of what is traded. Orders
// live in one pool and are linked from best to worst; each price has one entry that remembers its
// last order, the best price at the end of the array, where almost all changes happen.

namespace voltcore::venues {

enum class Side : std::uint8_t { bid, ask };
[[nodiscard]] constexpr Side opposite(Side side) noexcept {
    return side == Side::bid ? Side::ask : Side::bid;
}
/// Whether an order at `price` reaches a resting one of the other side.
[[nodiscard]] constexpr bool crosses(Side side, std::int64_t price, std::int64_t resting) noexcept {
    return side == Side::bid ? price >= resting : price <= resting;
}
/// Whether `price` comes before `other` on that side.
[[nodiscard]] constexpr bool is_better(Side side, std::int64_t price, std::int64_t other) noexcept {
    return side == Side::bid ? price > other : price < other;
}

/// An order that rests in a book.
struct BookOrder {
    std::uint64_t id = 0;         ///< sequence number in its book
    std::int64_t price_lots = 0;  ///< quote lots per base lot
    std::int64_t size_lots = 0;   ///< base lots that are left
    std::uint64_t expires = 0;    ///< seconds; 0 for never
    std::uint64_t client_id = 0;
    AccountId owner = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("id", self.id);
        visit("price_lots", self.price_lots);
        visit("size_lots", self.size_lots);
        visit("expires", self.expires);
        visit("client_id", self.client_id);
        visit("owner", self.owner);
    }
    [[nodiscard]] bool is_valid(std::uint64_t now) const noexcept {
        return expires == 0 || now < expires;
    }
    friend bool operator==(const BookOrder&, const BookOrder&) = default;
};

class OrderBook {
public:
    /// A resting order's place in the pool, valid until it leaves the book.
    using Node = std::uint32_t;
    static constexpr Node none = std::numeric_limits<Node>::max();

    [[nodiscard]] Node best(Side side) const noexcept { return half(side).best; }
    [[nodiscard]] Node worst(Side side) const noexcept { return half(side).worst; }
    /// The next worse order of the same side.
    [[nodiscard]] Node next(Node node) const noexcept { return pool_[node].next; }
    [[nodiscard]] const BookOrder& order(Node node) const noexcept { return pool_[node].order; }
    [[nodiscard]] Side side_of(Node node) const noexcept { return pool_[node].side; }
    [[nodiscard]] std::size_t size(Side side) const noexcept { return half(side).count; }
    [[nodiscard]] std::uint64_t next_id() const noexcept { return next_id_; }
    /// The order of that id, or `none`.
    [[nodiscard]] Node find(std::uint64_t id) const noexcept;
    /// Best order that is valid at `now`, or `none`.
    [[nodiscard]] Node best_valid(Side side, std::uint64_t now) const noexcept;
    /// Price at which the cumulative valid size first reaches `quantity`; 0 when it never does.
    [[nodiscard]] std::int64_t impact_price(Side side, std::int64_t quantity,
                                            std::uint64_t now) const noexcept;
    /// Orders of a side, best first.
    [[nodiscard]] std::vector<BookOrder> orders(Side side) const;

    /// Memory for one more order; `insert` after it cannot fail.
    void reserve();
    /// Adds an order behind those of its price and gives it the next id.
    Node insert(Side side, const BookOrder& order) noexcept;
    /// Takes `lots` off an order, less than it has.
    void reduce(Node node, std::int64_t lots) noexcept { pool_[node].order.size_lots -= lots; }
    void remove(Node node) noexcept;

    /// Bytes set aside; steady trading does not change it.
    [[nodiscard]] std::size_t memory() const noexcept {
        return pool_.capacity() * sizeof(Entry) + index_.capacity() * sizeof(Node) +
               (bids_.levels.capacity() + asks_.levels.capacity()) * sizeof(Level);
    }
    /// Whether the orders are in priority order and every id is where `find` looks.
    [[nodiscard]] bool is_sound() const noexcept;

    /// Rows best first, whatever the pool looks like: equal books have equal bytes.
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("next_id", self.next_id_);
        if constexpr (std::is_const_v<Self>) {
            const std::vector<BookOrder> bids = self.orders(Side::bid);
            visit("bids", bids);
            const std::vector<BookOrder> asks = self.orders(Side::ask);
            visit("asks", asks);
        } else {
            std::vector<BookOrder> bids;
            visit("bids", bids);
            std::vector<BookOrder> asks;
            visit("asks", asks);
            self.assign(bids, asks);
        }
    }
    friend bool operator==(const OrderBook& a, const OrderBook& b);

private:
    struct Entry {
        BookOrder order;
        Node next = none;      ///< next worse, or the next free entry
        Node previous = none;  ///< next better
        Side side = Side::bid;
    };
    struct Level {
        std::int64_t price;
        Node last;
    };
    struct Half {
        std::vector<Level> levels;  ///< worst price first
        Node best = none;
        Node worst = none;
        std::uint32_t count = 0;
    };

    [[nodiscard]] Half& half(Side side) noexcept { return side == Side::bid ? bids_ : asks_; }
    [[nodiscard]] const Half& half(Side side) const noexcept {
        return side == Side::bid ? bids_ : asks_;
    }
    [[nodiscard]] static std::size_t level_at(const Half& half, Side side,
                                              std::int64_t price) noexcept;
    [[nodiscard]] std::size_t home_of(std::uint64_t id) const noexcept;
    [[nodiscard]] std::size_t slot_of(std::uint64_t id) const noexcept;
    void index(Node node) noexcept;
    void forget(std::uint64_t id) noexcept;
    /// @throws Error (corrupt) unless these rows are a book.
    void assign(const std::vector<BookOrder>& bids, const std::vector<BookOrder>& asks);
    void place(Side side, const BookOrder& order) noexcept;

    std::uint64_t next_id_ = 0;
    Half bids_;
    Half asks_;
    std::vector<Entry> pool_;
    Node free_ = none;
    /// Open addressing by id, twice the pool or more; `none` for an empty slot.
    std::vector<Node> index_;
};

}  // namespace voltcore::venues
