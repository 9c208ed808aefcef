#include "voltcore/venues/preset.hpp"

namespace voltcore::venues {

namespace {

/// numerator / denominator to the nearest 2^-48, ties to even: how a decimal literal converts.
constexpr I80F48 nearest(std::int64_t numerator, std::int64_t denominator) {
    const math::i128 shifted = math::i128{numerator} << I80F48::fraction_bits;
    math::i128 bits = shifted / denominator;
    const math::i128 twice_rest = 2 * (shifted % denominator);
    if (twice_rest > denominator || (twice_rest == denominator && (bits & 1) != 0)) ++bits;
    return I80F48::from_bits(bits);
}
static_assert(nearest(1, 100).bits() == 2'814'749'767'107, "0.01 is rounded up");

constexpr std::uint64_t day = 86'400;

PerpMarketConfig market(const VenuePreset& preset, std::int64_t init_leverage,
                        std::uint64_t funding_period) {
    return {.base_lot_size = 100,
            .quote_lot_size = 10,
            .init_leverage = I80F48::from_int(init_leverage),
            .maint_leverage = I80F48::from_int(2 * init_leverage),
            .liquidation_fee = {},
            .taker_fee = {},
            .maker_fee = {},
            .funding_period = funding_period,
            .funding_clamp = preset.funding_clamp,
            .impact_quantity = preset.impact_quantity};
}

}  // namespace

VenuePreset mango_v3() {
    return {.linear_funding_period = day,
            .squared_funding_period = day,
            .funding_clamp = nearest(5, 100),
            .impact_quantity = 100,
            .dust_threshold = nearest(1, 1'000'000),
            .off_book_orders = 0};
}

VenuePreset entropy() {
    return {.linear_funding_period = day,
            .squared_funding_period = 7 * day,
            .funding_clamp = nearest(5, 100),
            .impact_quantity = 100,
            .dust_threshold = nearest(1, 1000),
            .off_book_orders = 10};
}

PerpMarketConfig example_linear_market(const VenuePreset& preset) {
    PerpMarketConfig config = market(preset, 10, preset.linear_funding_period);
    config.liquidation_fee = nearest(25, 1000);
    config.taker_fee = nearest(1, 100);
    config.maker_fee = nearest(1, 100);
    return config;
}

PerpMarketConfig example_squared_market(const VenuePreset& preset) {
    PerpMarketConfig config = market(preset, 5, preset.squared_funding_period);
    config.liquidation_fee = nearest(5, 100);
    config.taker_fee = nearest(5, 10'000);
    return config;
}

InterestCurve example_curve() {
    return {.optimal_util = nearest(7, 10),
            .optimal_rate = nearest(6, 100),
            .max_rate = nearest(15, 10)};
}

}  // namespace voltcore::venues
