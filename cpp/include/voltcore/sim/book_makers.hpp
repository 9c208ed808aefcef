#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/venues/margin_venue.hpp"

// Makers of the simulated venue: what they quote, and the ladder of orders they put on a book.

namespace voltcore::sim {

/// How the volt's orders meet the market: at quoted prices, or on the venue's own order book.
enum class ExecutionKind : std::uint8_t { quoted, book };

/// What trading costs, in parts per million of the mid.
struct TradingCost {
    std::uint32_t half_spread_ppm = 0;
    std::uint32_t impact_ppm = 0;  ///< more for every further slice of the same leg, or level
};

/// What makers show on each side of a book: the first level half a spread from the mid, each
/// further one by the impact further away.
struct BookDepth {
    std::uint32_t levels = 12;
    std::uint64_t level_quote = 10'000'000'000;  ///< native quote at each level
};

/// An account's orders on all books of the venue leave room for two markets of two such sides.
inline constexpr std::uint32_t most_book_levels = 16;

inline constexpr venues::CallerId maker_id = 6;
/// What the makers bring: they never run out of it, and 2^60 native quote overflows nothing.
inline constexpr std::uint64_t maker_deposit = std::uint64_t{1} << 60;

/// Price of slice (or level) `slice` of a trade of the sign of `lots`: half spread and impact away
/// from the mid, rounded away from it to whole price lots.
[[nodiscard]] inline std::int64_t slice_price(const TradingCost& cost, std::int64_t mid,
                                              std::int64_t lots, std::uint32_t slice) noexcept {
    constexpr std::uint64_t million = 1'000'000;
    const std::uint64_t away = std::min<std::uint64_t>(
        cost.half_spread_ppm + std::uint64_t{cost.impact_ppm} * slice, million / 2);
    // mid = whole * million + rest: both products fit 64 bits.
    const std::uint64_t whole = static_cast<std::uint64_t>(mid) / million;
    const std::uint64_t rest = static_cast<std::uint64_t>(mid) - whole * million;
    const auto moved =
        static_cast<std::int64_t>(whole * away + (rest * away + million - 1) / million);
    return lots > 0 ? mid + moved : std::max<std::int64_t>(mid - moved, 1);
}

/// The side of the book that a trade of the sign of `lots` takes from.
[[nodiscard]] constexpr venues::Side side_of_makers(std::int64_t lots) noexcept {
    return lots > 0 ? venues::Side::ask : venues::Side::bid;
}

/// Opens the makers' account and fills it.
[[nodiscard]] venues::AccountId open_makers(venues::MarginVenue& venue, std::uint64_t now);
/// The same with quote and tokens that lie free in a spot market instead of in the banks, whose
/// rates are then what others lend and borrow.
[[nodiscard]] venues::AccountId open_spot_makers(venues::MarginVenue& venue, std::uint8_t market,
                                                 std::uint64_t now);

/// The makers' orders in one market: as many levels on each side, of the same sizes and at the same
/// distance from the mid.
class Ladder {
public:
    Ladder(venues::AccountId account, std::size_t market, const TradingCost& cost,
           const BookDepth& depth) noexcept
        : account_{account}, market_{market}, cost_{cost}, depth_{depth} {}

    /// The price that reaches every level, for a trade of the sign of `lots`.
    [[nodiscard]] std::int64_t limit_price(std::int64_t mid, std::int64_t lots) const noexcept {
        return slice_price(cost_, mid, lots, depth_.levels - 1);
    }
    [[nodiscard]] std::size_t market() const noexcept { return market_; }

protected:
    /// Calls `place(price_lots, base_lots)` for each level of a side.
    template <class Place>
    void each_level(venues::Side side, std::int64_t mid, std::int64_t lots,
                    const Place& place) const {
        const std::int64_t taker = side == venues::Side::ask ? 1 : -1;
        for (std::uint32_t level = 0; level < depth_.levels; ++level) {
            place(slice_price(cost_, mid, taker, level), lots);
        }
    }
    [[nodiscard]] std::int64_t level_lots(std::int64_t quote_lot_size, std::int64_t mid,
                                          std::int64_t impact_quantity) const;

    venues::AccountId account_;
    std::size_t market_;
    TradingCost cost_;
    BookDepth depth_;
};

/// In a perp market. Funding reads the mid whatever depth it looks at, so that hours in which
/// nobody trades need no orders.
class PerpMakers : public Ladder {
public:
    using Ladder::Ladder;
    /// Takes back what is left and quotes one side around `mid`.
    void quote(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
               std::uint64_t now) const;
    /// The same for both sides.
    void quote(venues::MarginVenue& venue, std::int64_t mid, std::uint64_t now) const;

private:
    void place(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
               std::uint64_t now) const;
};

/// In a spot market, one side at a time.
class SpotMakers : public Ladder {
public:
    using Ladder::Ladder;
    void quote(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
               std::uint64_t now) const;
};

}  // namespace voltcore::sim
