#include "voltcore/venues/perp_market.hpp"

namespace voltcore::venues {

std::int64_t impact_price(std::span<const BookLevel> levels, std::int64_t quantity) {
    std::int64_t reached = 0;
    for (const BookLevel& level : levels) {
        // The rest that is still wanted is compared, so that huge sizes cannot overflow a sum.
        if (level.size_lots >= quantity - reached) return level.price_lots;
        reached += level.size_lots;
    }
    return 0;
}

void move_funding(PerpMarket& perp, I80F48 long_delta, I80F48 short_delta) {
    // Longs and shorts hold the same lots: what one side pays beyond the other's gain is dust.
    const I80F48 gap = long_delta - short_delta;
    const I80F48 dust = perp.dust + scale(gap, perp.open_interest / 2);
    const I80F48 long_funding = perp.long_funding + long_delta;
    const I80F48 short_funding = perp.short_funding + short_delta;
    const I80F48 long_cached = perp.cache.long_funding + long_delta;
    const I80F48 short_cached = perp.cache.short_funding + short_delta;
    perp.dust = dust;
    perp.long_funding = long_funding;
    perp.short_funding = short_funding;
    perp.cache.long_funding = long_cached;
    perp.cache.short_funding = short_cached;
}

}  // namespace voltcore::venues
