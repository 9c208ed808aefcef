#pragma once

#include <cstdint>
#include <span>

#include "voltcore/venues/perp_book.hpp"

// One book on its own: a long sequence of orders and cancels in one call, without accounts.

namespace voltcore::venues {

/// One row: an order of `type`, or a cancel of order `price_lots` (its id) for `cancel`.
struct BookOperation {
    static constexpr std::int64_t cancel = 5;  ///< one behind the last OrderType

    std::int64_t type;
    std::int64_t side;
    std::int64_t price_lots;
    std::int64_t base_lots;
    std::int64_t owner;
    std::int64_t time_in_force;
    std::int64_t now;
};

struct BookResult {
    std::int64_t base_lots;   ///< filled
    std::int64_t quote_lots;  ///< filled
    std::int64_t rest_lots;   ///< posted, or taken off by a cancel
    std::int64_t id;          ///< of the resting order, -1 without one
};

/// Runs the rows in order on one book, every event processed at once. A row that the book refuses
/// gets the number of its error code in `status` and zeros in `results`; the others get 0.
void replay_book(std::span<const BookOperation> operations, std::uint32_t orders_per_side,
                 std::span<BookResult> results, std::span<std::uint16_t> status);

}  // namespace voltcore::venues
