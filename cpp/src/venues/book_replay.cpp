#include "voltcore/venues/book_replay.hpp"

#include <limits>

#include "voltcore/venues/refusal.hpp"

namespace voltcore::venues {

namespace {

constexpr std::int64_t latest_now = std::int64_t{1} << 62;
constexpr std::uint32_t most_orders_per_side = 1U << 20;
constexpr std::int64_t longest_time_in_force = 255;

class Replay {
public:
    explicit Replay(std::uint32_t orders_per_side) : orders_per_side_{orders_per_side} {}

    ErrorCode run(const BookOperation& row, BookResult& out) {
        if (row.type < 0 || row.type > BookOperation::cancel || row.side < 0 || row.side > 1 ||
            row.owner < 0 || row.owner > std::numeric_limits<AccountId>::max() || row.now < 0 ||
            row.now > latest_now) {
            return ErrorCode::out_of_range;
        }
        return row.type == BookOperation::cancel ? cancel(row, out) : place(row, out);
    }

private:
    ErrorCode cancel(const BookOperation& row, BookResult& out) noexcept {
        if (row.price_lots < 0) return ErrorCode::out_of_range;
        const auto node = held_.book.find(static_cast<std::uint64_t>(row.price_lots));
        if (node == OrderBook::none) return ErrorCode::out_of_range;
        if (held_.book.order(node).owner != static_cast<AccountId>(row.owner)) {
            return ErrorCode::not_authorized;
        }
        out.rest_lots = held_.book.order(node).size_lots;
        held_.book.remove(node);
        return ErrorCode{};
    }

    ErrorCode place(const BookOperation& row, BookResult& out) {
        if (row.price_lots <= 0 || row.base_lots <= 0 || row.time_in_force < 0 ||
            row.time_in_force > longest_time_in_force) {
            return ErrorCode::out_of_range;
        }
        const PerpOrder order{.side = static_cast<Side>(row.side),
                              .type = static_cast<OrderType>(row.type),
                              .price_lots = row.price_lots,
                              .base_lots = row.base_lots};
        const auto now = static_cast<std::uint64_t>(row.now);
        const auto owner = static_cast<AccountId>(row.owner);
        MatchPlan plan;
        held_.match(order, order.base_lots, now, plan);
        const bool rests = plan.rest_lots > 0;
        const bool evicts = rests && held_.is_full(order.side, orders_per_side_);
        if (evicts && !is_better(order.side, plan.price_lots,
                                 held_.book.order(held_.book.worst(order.side)).price_lots)) {
            return ErrorCode::cap;
        }
        held_.book.reserve();
        held_.events.reserve(plan.count + 1);
        held_.carry_out(order, owner, plan);
        out = {.base_lots = plan.base_lots,
               .quote_lots = plan.quote_lots,
               .rest_lots = plan.rest_lots,
               .id = -1};
        if (rests) {
            if (evicts) held_.evict(order.side);
            out.id = static_cast<std::int64_t>(held_.book.next_id());
            const auto lifetime = static_cast<std::uint64_t>(row.time_in_force);
            held_.book.insert(order.side, {.price_lots = plan.price_lots,
                                           .size_lots = plan.rest_lots,
                                           .expires = lifetime == 0 ? 0 : now + lifetime,
                                           .owner = owner});
        }
        while (!held_.events.empty()) held_.events.pop();
        return ErrorCode{};
    }

    std::uint32_t orders_per_side_;
    PerpBook held_;
};

}  // namespace

void replay_book(std::span<const BookOperation> operations, std::uint32_t orders_per_side,
                 std::span<BookResult> results, std::span<std::uint16_t> status) {
    if (orders_per_side < 1 || orders_per_side > most_orders_per_side) {
        refuse_unsigned_param("replay_book", "orders_per_side", orders_per_side,
                              "is not in [1, 1048576]");
    }
    Replay replay{orders_per_side};
    for (std::size_t i = 0; i < operations.size(); ++i) {
        results[i] = {.base_lots = 0, .quote_lots = 0, .rest_lots = 0, .id = -1};
        ErrorCode code{};
        try {
            code = replay.run(operations[i], results[i]);
        } catch (const Error& error) {  // a slide to a price of 0
            code = error.code();
        }
        status[i] = static_cast<std::uint16_t>(code);
    }
}

}  // namespace voltcore::venues
