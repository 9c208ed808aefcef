#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "voltcore/venues/perp_book.hpp"

// What Python cannot see of a book: its memory.

namespace voltcore::venues {

namespace {

/// A small generator of its own, so that the walk is the same everywhere.
class Walk {
public:
    std::uint32_t below(std::uint32_t bound) {
        state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<std::uint32_t>(state_ >> 33) % bound;
    }

private:
    std::uint64_t state_ = 7;
};

/// Orders near 1000, cancels and matches; 200 orders rest in the end of each round.
void trade(PerpBook& held, Walk& walk, int steps) {
    for (int i = 0; i < steps; ++i) {
        OrderBook& book = held.book;
        const Side side = walk.below(2) == 0 ? Side::bid : Side::ask;
        if (book.size(side) > 100 && walk.below(2) == 0) {
            auto node = book.best(side);
            for (auto skip = walk.below(50); skip > 0; --skip) node = book.next(node);
            book.remove(node);
            continue;
        }
        const PerpOrder order{.side = side,
                              .price_lots = 1000 + static_cast<std::int64_t>(walk.below(60)) - 30,
                              .base_lots = 1 + walk.below(9)};
        MatchPlan plan;
        held.match(order, order.base_lots, 0, plan);
        book.reserve();
        held.events.reserve(plan.count + 1);
        held.carry_out(order, 0, plan);
        if (plan.rest_lots > 0) {
            book.insert(side, {.price_lots = plan.price_lots, .size_lots = plan.rest_lots});
        }
        while (!held.events.empty()) held.events.pop();
    }
}

}  // namespace

TEST_CASE("a book and its copies stay sound through a long walk") {
    PerpBook held;
    Walk walk;
    for (int round = 0; round < 20; ++round) {
        trade(held, walk, 500);
        REQUIRE(held.book.is_sound());
        PerpBook copy = held;
        CHECK(copy == held);
        Walk other = walk;
        trade(copy, other, 50);
        CHECK(copy.book.is_sound());
        CHECK_FALSE(copy == held);
        CHECK(held.book.is_sound());
    }
}

TEST_CASE("memory of a book stops growing") {
    PerpBook held;
    Walk walk;
    trade(held, walk, 20'000);
    const std::size_t settled = held.book.memory();
    trade(held, walk, 100'000);
    CHECK(held.book.memory() == settled);
}

TEST_CASE("prices do not cross and orders of one price are in the order of their ids") {
    PerpBook held;
    Walk walk;
    trade(held, walk, 5'000);
    const OrderBook& book = held.book;
    CHECK(book.order(book.best(Side::bid)).price_lots <
          book.order(book.best(Side::ask)).price_lots);
    for (const Side side : {Side::bid, Side::ask}) {
        const std::vector<BookOrder> rows = book.orders(side);
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const bool better = is_better(side, rows[i - 1].price_lots, rows[i].price_lots);
            const bool earlier =
                rows[i - 1].price_lots == rows[i].price_lots && rows[i - 1].id < rows[i].id;
            CHECK((better || earlier));
        }
    }
}

}  // namespace voltcore::venues
