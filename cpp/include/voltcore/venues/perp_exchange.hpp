#pragma once

#include "voltcore/venues/perp_market.hpp"

namespace voltcore::venues {

/// Moves `base` lots from one position to another for `quote` native the other way, both with their
/// funding settled first; the market's open interest after it. Both may be one position.
[[nodiscard]] inline std::int64_t exchange(const PerpMarket& perp, PerpAccount& from,
                                           PerpAccount& to, std::int64_t base, I80F48 quote) {
    std::int64_t open_interest = math::checked_sub(perp.open_interest, open_interest_of(from));
    open_interest = math::checked_sub(open_interest, open_interest_of(to));
    settle_funding(from, perp.cache.long_funding, perp.cache.short_funding);
    settle_funding(to, perp.cache.long_funding, perp.cache.short_funding);
    from.base_position = math::checked_sub(from.base_position, base);
    to.base_position = math::checked_add(to.base_position, base);
    from.quote_position += quote;
    to.quote_position -= quote;
    open_interest = math::checked_add(open_interest, open_interest_of(from));
    return math::checked_add(open_interest, open_interest_of(to));
}

}  // namespace voltcore::venues
