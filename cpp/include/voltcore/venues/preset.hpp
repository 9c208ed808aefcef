#pragma once

#include <cstdint>

#include "voltcore/venues/venue_config.hpp"

// The two programs as data, and the example parameters of their own tests.

namespace voltcore::venues {

/// What one program fixes for all its markets.
struct VenuePreset {
    std::uint64_t linear_funding_period = 0;   ///< seconds
    std::uint64_t squared_funding_period = 0;  ///< seconds
    I80F48 funding_clamp;                      ///< largest |book / index - 1|
    std::int64_t impact_quantity = 0;          ///< base lots
    I80F48 dust_threshold;                     ///< index units
    std::uint32_t off_book_orders = 0;         ///< per account

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("linear_funding_period", self.linear_funding_period);
        visit("squared_funding_period", self.squared_funding_period);
        visit("funding_clamp", self.funding_clamp);
        visit("impact_quantity", self.impact_quantity);
        visit("dust_threshold", self.dust_threshold);
        visit("off_book_orders", self.off_book_orders);
    }
};

/// Mango v3: every funding period is a day.
[[nodiscard]] VenuePreset mango_v3();
/// Entropy: a week for the squared market, larger dust, 10 off-book orders per account.
[[nodiscard]] VenuePreset entropy();

/// The linear market of the programs' tests: lots 100 / 10, leverage 10 / 20, liquidation fee
/// 2.5 %, taker and maker 1 %.
[[nodiscard]] PerpMarketConfig example_linear_market(const VenuePreset& preset);
/// The squared market; its live leverages and fees are not public, so these are chosen: leverage
/// 5 / 10, liquidation fee 5 %, taker 5 bps, maker 0.
[[nodiscard]] PerpMarketConfig example_squared_market(const VenuePreset& preset);
/// The curve of the programs' tests: 70 % / 6 % / 150 %.
[[nodiscard]] InterestCurve example_curve();

}  // namespace voltcore::venues
