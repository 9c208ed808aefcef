#include "voltcore/sim/book_makers.hpp"

namespace voltcore::sim {

namespace {

/// Lots of a stock of at least 2^54 native units, more than any volt trades. A multiple of 5^6
/// units leaves no fraction of an index unit in the bank.
[[nodiscard]] std::int64_t stock_lots(std::int64_t lot_size) {
    std::int64_t lots = 15'625;
    while (lots <= (std::int64_t{1} << 54) / lot_size) lots *= 2;
    return lots;
}

}  // namespace

venues::AccountId open_makers(venues::MarginVenue& venue, std::uint64_t now) {
    const venues::AccountId account = venue.add_account(maker_id, now);
    venue.deposit(maker_id, account, venues::quote_token_index, maker_deposit, now);
    return account;
}

venues::AccountId open_spot_makers(venues::MarginVenue& venue, std::uint8_t market,
                                   std::uint64_t now) {
    const venues::AccountId account = venue.add_account(maker_id, now);
    const venues::SpotMarketConfig& config = venue.spot_market(market).config;
    venue.init_spot_open_orders(maker_id, account, market, now);
    const auto move = [&](venues::Side side, std::uint8_t token, std::int64_t lot_size) {
        const std::int64_t lots = stock_lots(lot_size);
        venue.deposit(maker_id, account, token, static_cast<std::uint64_t>(lots * lot_size), now);
        // What an order locks is free in the market once it is gone; an ask at the least price is
        // outside the price band and never rests.
        const venues::SpotOrderReceipt placed =
            venue.place_spot_order(maker_id, account, market,
                                   {.side = side,
                                    .type = venues::OrderType::post_only,
                                    .price_lots = 1,
                                    .base_lots = lots},
                                   now);
        if (placed.id) venue.cancel_spot_order(maker_id, account, market, *placed.id, now);
    };
    move(venues::Side::bid, venues::quote_token_index, config.quote_lot_size);
    move(venues::Side::ask, market, config.base_lot_size);
    return account;
}

/// What the depth buys at the mid, at least as many lots as let the whole side reach the size that
/// funding looks for.
std::int64_t Ladder::level_lots(std::int64_t quote_lot_size, std::int64_t mid,
                                std::int64_t impact_quantity) const {
    const math::u128 lot_value =
        static_cast<math::u128>(mid) * static_cast<math::u128>(quote_lot_size);
    const auto affordable =
        static_cast<std::int64_t>(static_cast<math::u128>(depth_.level_quote) / lot_value);
    const auto levels = static_cast<std::int64_t>(depth_.levels);
    const std::int64_t least = (impact_quantity + levels - 1) / levels;
    return std::max({affordable, least, std::int64_t{1}});
}

void PerpMakers::place(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
                       std::uint64_t now) const {
    const venues::PerpMarketConfig& config = venue.market(market_).perp.config;
    const std::int64_t size = level_lots(config.quote_lot_size, mid, config.impact_quantity);
    each_level(side, mid, size, [&](std::int64_t price, std::int64_t lots) {
        venue.place_perp_order(maker_id, account_, market_,
                               {.side = side,
                                .type = venues::OrderType::post_only,
                                .price_lots = price,
                                .base_lots = lots},
                               now);
    });
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

void SpotMakers::quote(venues::MarginVenue& venue, venues::Side side, std::int64_t mid,
                       std::uint64_t now) const {
    const venues::SpotMarket& market = venue.spot_market(market_);
    for (const venues::Side old : {venues::Side::bid, venues::Side::ask}) {
        while (market.book.size(old) > 0) {
            const std::uint64_t id = market.book.order(market.book.best(old)).id;
            venue.cancel_spot_order(maker_id, account_, market_, id, now);
        }
    }
    const std::int64_t size = level_lots(market.config.quote_lot_size, mid, 0);
    each_level(side, mid, size, [&](std::int64_t price, std::int64_t lots) {
        venue.place_spot_order(maker_id, account_, market_,
                               {.side = side,
                                .type = venues::OrderType::post_only,
                                .price_lots = price,
                                .base_lots = lots},
                               now);
    });
}

}  // namespace voltcore::sim
