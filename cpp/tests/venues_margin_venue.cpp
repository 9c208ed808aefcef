#include <doctest/doctest.h>

#include "voltcore/math/bytes.hpp"
#include "voltcore/venues/margin_venue.hpp"

// What Python cannot reach: copies as plain values, and the kernels as other C++ code calls them.

using namespace voltcore;
using math::I80F48;
using venues::MarginVenue;

namespace {

constexpr std::uint64_t admin = 1;
constexpr std::uint64_t trader = 7;

/// num / den, truncated.
I80F48 ratio(std::int64_t num, std::int64_t den) {
    return I80F48::from_int(num) / I80F48::from_int(den);
}

venues::PerpMarketConfig perp_config(std::uint64_t funding_period) {
    return {.base_lot_size = 100,
            .quote_lot_size = 10,
            .init_leverage = I80F48::from_int(10),
            .maint_leverage = I80F48::from_int(20),
            .liquidation_fee = ratio(25, 1000),
            .taker_fee = ratio(1, 100),
            .maker_fee = ratio(1, 100),
            .funding_period = funding_period,
            .funding_clamp = ratio(5, 100),
            .impact_quantity = 100};
}

MarginVenue crab_venue() {
    venues::VenueConfig config;
    config.admin = admin;
    config.valid_interval = 60;
    config.markets = {
        {.index = {.power = 2, .scale = 1'000'000, .underlying = 1}, .perp = perp_config(604'800)},
        {.index = {.power = 1, .scale = 1, .underlying = 1}, .perp = perp_config(86'400)}};
    config.tokens = {{.index = venues::quote_token_index,
                      .curve = {.optimal_util = ratio(7, 10),
                                .optimal_rate = ratio(6, 100),
                                .max_rate = ratio(15, 10)},
                      .init_leverage = {},
                      .maint_leverage = {},
                      .liquidation_fee = {}}};
    MarginVenue venue{config, 1000};
    venue.set_price(admin, 1, I80F48::from_int(50'000), 1000);
    venue.cache_prices(1000);
    return venue;
}

}  // namespace

TEST_CASE("a squared market is indexed at the square of its underlying over its scale") {
    const MarginVenue venue = crab_venue();
    CHECK(venue.market(0).oracle.price == I80F48::from_int(2500));
    CHECK(venue.market(1).oracle.price == I80F48::from_int(50'000));
}

TEST_CASE("a copy goes its own way and both stay sound") {
    MarginVenue venue = crab_venue();
    const auto account = venue.add_account(trader, 1000);
    venue.deposit(trader, account, venues::quote_token_index, 1'000'000'000, 1000);
    MarginVenue path = venue;
    CHECK(path == venue);
    path.fill_at_quote(trader, account, 0, -1000, 25'500, 1000);
    CHECK(path != venue);
    path.audit();
    path = venue;
    CHECK(path == venue);
}

TEST_CASE("bytes come back as the same value, weights included") {
    MarginVenue venue = crab_venue();
    const auto account = venue.add_account(trader, 1000);
    venue.deposit(trader, account, venues::quote_token_index, 1'000'000'000, 1000);
    venue.fill_at_quote(trader, account, 0, -1000, 25'500, 1000);
    math::ByteWriter writer;
    writer.put(venue);
    MarginVenue back;
    math::ByteReader reader{writer.bytes()};
    reader.get(back);
    reader.finish();
    back.restore();
    CHECK(back == venue);
}

TEST_CASE("a refused fill leaves the venue as it was") {
    MarginVenue venue = crab_venue();
    const auto account = venue.add_account(trader, 1000);
    venue.deposit(trader, account, venues::quote_token_index, 1'000'000, 1000);
    const MarginVenue before = venue;
    CHECK_THROWS_AS(venue.fill_at_quote(trader, account, 1, 1000, 500'000, 1000), Error);
    CHECK(venue == before);
}

TEST_CASE("net_native of an index of one million reads an integer deposit at most a step lower") {
    venues::Balance balance;
    const I80F48 index = I80F48::from_int(venues::starting_index);
    venues::credit(balance, index, index, I80F48::from_int(1));
    CHECK(venues::net_native(balance, index, index).floor() == 0);
}
