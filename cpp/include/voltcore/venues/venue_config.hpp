#pragma once

#include <cstdint>
#include <vector>

#include "voltcore/venues/bank.hpp"
#include "voltcore/venues/perp_market.hpp"
#include "voltcore/venues/spot_config.hpp"

namespace voltcore::venues {

inline constexpr std::size_t most_markets = 15;
/// Clocks are seconds in [0, 2^63 - 1].
inline constexpr std::uint64_t latest_time = ~std::uint64_t{0} >> 1;
inline constexpr std::uint64_t longest_valid_interval = std::uint64_t{1} << 61;

/// A person or program that calls. 0 is nobody and is never a valid role.
using CallerId = std::uint64_t;

/// Everything of one market index: where its price comes from and, if listed, its perp and its
/// spot market against the quote token.
struct MarketConfig {
    IndexConfig index;
    PerpMarketConfig perp;
    SpotMarketConfig spot;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("index", self.index);
        visit("perp", self.perp);
        visit("spot", self.spot);
    }
    friend bool operator==(const MarketConfig&, const MarketConfig&) = default;
};

/// How much of everything a venue holds, and below what a balance counts as nothing.
struct VenueLimits {
    /// Index units; 1e-3 to the nearest 2^-48, as in Entropy.
    I80F48 dust_threshold = I80F48::from_bits(281'474'976'711);
    std::uint32_t orders_per_account = 64;    ///< perp orders over all markets
    std::uint32_t orders_per_side = 512;      ///< resting orders on one side of one book
    std::uint32_t off_book_orders = 10;       ///< per account
    std::uint32_t margin_basket = 9;          ///< spot markets of one account at a time
    std::uint32_t spot_orders = 128;          ///< per account and spot market
    std::uint32_t referral_surcharge_e6 = 0;  ///< of the quote of a fill, on top of the taker fee

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("dust_threshold", self.dust_threshold);
        visit("orders_per_account", self.orders_per_account);
        visit("orders_per_side", self.orders_per_side);
        visit("off_book_orders", self.off_book_orders);
        visit("margin_basket", self.margin_basket);
        visit("spot_orders", self.spot_orders);
        visit("referral_surcharge_e6", self.referral_surcharge_e6);
    }
    friend bool operator==(const VenueLimits&, const VenueLimits&) = default;
};

/// A venue before anyone has used it. What differs between protocols and revisions is data here.
struct VenueConfig {
    CallerId admin = 0;
    std::uint64_t valid_interval = 0;  ///< seconds; caches are fresh for twice as long
    bool enforce_health = true;        ///< off: no operation looks at init health
    /// On: an outside party settles any profit, and any loss within the loser's deposit.
    bool unlimited_pnl_counterparty = false;
    VenueLimits limits;
    std::vector<MarketConfig> markets;  ///< market index = position, at most 15
    std::vector<TokenConfig> tokens;    ///< rising index, the quote token last

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("admin", self.admin);
        visit("valid_interval", self.valid_interval);
        visit("enforce_health", self.enforce_health);
        visit("unlimited_pnl_counterparty", self.unlimited_pnl_counterparty);
        visit("limits", self.limits);
        visit("markets", self.markets);
        visit("tokens", self.tokens);
    }
    friend bool operator==(const VenueConfig&, const VenueConfig&) = default;
};

/// @throws Error (InvalidParam) naming the first field that is out of its range or contradicts
/// another.
void validate(const VenueConfig& config);

}  // namespace voltcore::venues
