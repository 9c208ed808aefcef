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

}  // namespace voltcore::venues
