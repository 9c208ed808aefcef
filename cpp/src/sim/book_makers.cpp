#include "voltcore/sim/book_makers.hpp"

namespace voltcore::sim {

namespace {

/// Lots of one level: what the depth buys at the mid, at least as many as let the whole side reach
/// the size that funding looks for.
[[nodiscard]] std::int64_t level_lots(const venues::PerpMarketConfig& config,
                                      const BookDepth& depth, std::int64_t mid) {
    const math::u128 lot_value =
        static_cast<math::u128>(mid) * static_cast<math::u128>(config.quote_lot_size);
    const auto affordable =
        static_cast<std::int64_t>(static_cast<math::u128>(depth.level_quote) / lot_value);
    const auto levels = static_cast<std::int64_t>(depth.levels);
    const std::int64_t least = (config.impact_quantity + levels - 1) / levels;
    return std::max({affordable, least, std::int64_t{1}});
}

}  // namespace

venues::AccountId open_makers(venues::MarginVenue& venue, std::uint64_t now) {
    const venues::AccountId account = venue.add_account(maker_id, now);
    venue.deposit(maker_id, account, venues::quote_token_index, maker_deposit, now);
    return account;
}

void PerpMakers::place(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
                       std::uint64_t now) const {
    const std::int64_t lots = level_lots(venue.market(market_).perp.config, depth_, mid);
    const std::int64_t taker = side == venues::Side::ask ? 1 : -1;
    for (std::uint32_t level = 0; level < depth_.levels; ++level) {
        venue.place_perp_order(maker_id, account_, market_,
                               {.side = side,
                                .type = venues::OrderType::post_only,
                                .price_lots = slice_price(cost_, mid, taker, level),
                                .base_lots = lots},
                               now);
    }
}

void PerpMakers::quote(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
                       std::uint64_t now) const {
    venue.cancel_all_perp_orders(maker_id, account_, market_, ~std::uint64_t{0}, now);
    place(venue, side, mid, now);
}

void PerpMakers::quote(venues::MarginVenue& venue, std::int64_t mid, std::uint64_t now) const {
    quote(venue, venues::Side::bid, mid, now);
    place(venue, venues::Side::ask, mid, now);
}

}  // namespace voltcore::sim
