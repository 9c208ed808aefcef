#pragma once

#include <cstdint>
#include <vector>

#include "voltcore/venues/bank.hpp"
#include "voltcore/venues/perp_market.hpp"

namespace voltcore::venues {

inline constexpr std::size_t most_markets = 15;
/// Clocks are seconds in [0, 2^63 - 1].
inline constexpr std::uint64_t latest_time = ~std::uint64_t{0} >> 1;
inline constexpr std::uint64_t longest_valid_interval = std::uint64_t{1} << 61;

/// A person or program that calls. 0 is nobody and is never a valid role.
using CallerId = std::uint64_t;

/// Everything of one market index: where its price comes from and, if listed, its perp.
struct MarketConfig {
    IndexConfig index;
    PerpMarketConfig perp;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("index", self.index);
        visit("perp", self.perp);
    }
    friend bool operator==(const MarketConfig&, const MarketConfig&) = default;
};

/// A venue before anyone has used it. What differs between protocols and revisions is data here.
struct VenueConfig {
    CallerId admin = 0;
    std::uint64_t valid_interval = 0;  ///< seconds; caches are fresh for twice as long
    bool enforce_health = true;        ///< off: no operation looks at init health
    /// On: an outside party settles any profit, and any loss within the loser's deposit.
    bool unlimited_pnl_counterparty = false;
    std::vector<MarketConfig> markets;  ///< market index = position, at most 15
    std::vector<TokenConfig> tokens;    ///< rising index, the quote token last

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("admin", self.admin);
        visit("valid_interval", self.valid_interval);
        visit("enforce_health", self.enforce_health);
        visit("unlimited_pnl_counterparty", self.unlimited_pnl_counterparty);
        visit("markets", self.markets);
        visit("tokens", self.tokens);
    }
    friend bool operator==(const VenueConfig&, const VenueConfig&) = default;
};

/// @throws Error (InvalidParam) naming the first field that is out of its range or contradicts
/// another.
void validate(const VenueConfig& config);

}  // namespace voltcore::venues
