#pragma once

#include <cstdint>
#include <span>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/health.hpp"
#include "voltcore/venues/perp_account.hpp"

// A perp market: what it is worth (oracle and index), what funding it charges, what it has
// accrued. Source: Mango v3 `PerpMarket`, `PerpMarketCache`, `PriceCache`; Entropy for power 2.

namespace voltcore::venues {

/// Where the index price of a market comes from: its own feed, or a power of another market's.
struct IndexConfig {
    std::uint8_t power = 1;
    std::uint64_t scale = 1;      ///< index = price(underlying)^power / scale
    std::uint8_t underlying = 0;  ///< market index; its own for a market with its own feed

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("power", self.power);
        visit("scale", self.scale);
        visit("underlying", self.underlying);
    }
    friend bool operator==(const IndexConfig&, const IndexConfig&) = default;
};

/// price^power / scale. The square floors, the division truncates.
[[nodiscard]] inline I80F48 index_price(const IndexConfig& config, I80F48 price) {
    const I80F48 powered = config.power == 2 ? price * price : price;
    return config.scale == 1 ? powered : powered / I80F48::from_int(config.scale);
}

/// The price feed of a market index and the price that everything else reads until the next cache.
struct Oracle {
    IndexConfig config;
    I80F48 feed_price;       ///< native quote per native base; 0 until the first price
    I80F48 feed_confidence;  ///< half width of the feed's interval, same unit
    bool feed_trading = true;
    I80F48 price;  ///< cached
    std::uint64_t last_update = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("config", self.config);
        visit("feed_price", self.feed_price);
        visit("feed_confidence", self.feed_confidence);
        visit("feed_trading", self.feed_trading);
        visit("price", self.price);
        visit("last_update", self.last_update);
    }
    friend bool operator==(const Oracle&, const Oracle&) = default;
};

struct PerpMarketConfig {
    std::int64_t base_lot_size = 0;   ///< native base; 0 means that no perp is listed at this index
    std::int64_t quote_lot_size = 0;  ///< native quote
    I80F48 init_leverage;
    I80F48 maint_leverage;
    I80F48 liquidation_fee;
    I80F48 taker_fee;
    I80F48 maker_fee;                  ///< may be negative (a rebate), not below -taker_fee
    std::uint64_t funding_period = 0;  ///< seconds
    I80F48 funding_clamp;              ///< largest |book / index - 1|
    std::int64_t impact_quantity = 0;  ///< base lots

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lot_size", self.base_lot_size);
        visit("quote_lot_size", self.quote_lot_size);
        visit("init_leverage", self.init_leverage);
        visit("maint_leverage", self.maint_leverage);
        visit("liquidation_fee", self.liquidation_fee);
        visit("taker_fee", self.taker_fee);
        visit("maker_fee", self.maker_fee);
        visit("funding_period", self.funding_period);
        visit("funding_clamp", self.funding_clamp);
        visit("impact_quantity", self.impact_quantity);
    }
    friend bool operator==(const PerpMarketConfig&, const PerpMarketConfig&) = default;
};

/// Native price of `price_lots` quote lots per base lot; truncated.
[[nodiscard]] inline I80F48 native_price(std::int64_t price_lots, std::int64_t base_lot_size,
                                         std::int64_t quote_lot_size) {
    return scale(I80F48::from_int(price_lots), quote_lot_size) / I80F48::from_int(base_lot_size);
}

/// How far the book stands from the index, clamped. A side without enough size has price 0; one
/// side alone reads as the clamp, none as 0.
[[nodiscard]] inline I80F48 funding_diff(const PerpMarketConfig& config, I80F48 index,
                                         std::int64_t bid_lots, std::int64_t ask_lots) {
    if (bid_lots > 0 && ask_lots > 0) {
        // Both are positive: their unsigned sum cannot wrap, and its half fits again.
        const auto sum =
            static_cast<std::uint64_t>(bid_lots) + static_cast<std::uint64_t>(ask_lots);
        const I80F48 book = native_price(static_cast<std::int64_t>(sum / 2), config.base_lot_size,
                                         config.quote_lot_size);
        const I80F48 diff = book / index - I80F48::from_int(1);
        if (diff > config.funding_clamp) return config.funding_clamp;
        if (diff < -config.funding_clamp) return -config.funding_clamp;
        return diff;
    }
    if (bid_lots > 0) return config.funding_clamp;
    if (ask_lots > 0) return -config.funding_clamp;
    return I80F48{};
}

/// Funding per base lot of `elapsed` seconds; positive when longs pay.
[[nodiscard]] inline I80F48 funding_delta(const PerpMarketConfig& config, I80F48 index, I80F48 diff,
                                          std::int64_t elapsed) {
    const I80F48 time_factor = I80F48::from_int(elapsed) / I80F48::from_int(config.funding_period);
    return scale(index * diff, config.base_lot_size) * time_factor;
}

/// A price level of one side of a book, best first in a sequence.
struct BookLevel {
    std::int64_t price_lots;
    std::int64_t size_lots;
};

/// Price of the level at which the cumulative size first reaches `quantity`; 0 when it never does.
[[nodiscard]] std::int64_t impact_price(std::span<const BookLevel> levels, std::int64_t quantity);

/// The accumulators that health and settling use until the next cache_perp_markets.
struct PerpMarketCache {
    I80F48 long_funding;
    I80F48 short_funding;
    std::uint64_t last_update = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("long_funding", self.long_funding);
        visit("short_funding", self.short_funding);
        visit("last_update", self.last_update);
    }
    friend bool operator==(const PerpMarketCache&, const PerpMarketCache&) = default;
};

struct PerpMarket {
    PerpMarketConfig config;
    I80F48 long_funding;   ///< native quote per base lot
    I80F48 short_funding;  ///< native quote per base lot
    std::uint64_t last_updated = 0;
    I80F48 fees_accrued;             ///< native quote
    std::int64_t open_interest = 0;  ///< base lots, the sum of |base| over every party
    PerpMarketCache cache;
    /// The other side of the fills at quoted prices, so that base and quote still sum to zero.
    PerpAccount counterparty;
    /// Native quote that fee roundings and socialised losses left to nobody: positions, accrued
    /// fees and this sum to zero to the last bit.
    I80F48 dust;
    HealthWeights weights;  ///< from the leverages of `config`; not part of the stored bytes

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("config", self.config);
        visit("long_funding", self.long_funding);
        visit("short_funding", self.short_funding);
        visit("last_updated", self.last_updated);
        visit("fees_accrued", self.fees_accrued);
        visit("open_interest", self.open_interest);
        visit("cache", self.cache);
        visit("counterparty", self.counterparty);
        visit("dust", self.dust);
    }
    [[nodiscard]] bool is_listed() const noexcept { return config.base_lot_size > 0; }
    friend bool operator==(const PerpMarket&, const PerpMarket&) = default;
};

/// Adds to both accumulators and their caches; what one side pays beyond the other's gain is dust.
void move_funding(PerpMarket& perp, I80F48 long_delta, I80F48 short_delta);

/// Base and quote value of a position with the worse side of its open orders; ties take the asks.
[[nodiscard]] inline PositionValue perp_value(const PerpAccount& account,
                                              std::int64_t base_lot_size,
                                              std::int64_t quote_lot_size, I80F48 price,
                                              I80F48 long_funding, I80F48 short_funding) {
    const I80F48 quote = quote_after_funding(account, long_funding, short_funding);
    if (account.taker_base == 0 && account.taker_quote == 0 && account.bids_quantity == 0 &&
        account.asks_quantity == 0) {
        return {notional(account.base_position, base_lot_size, price), quote};
    }
    const std::int64_t position = math::checked_add(account.base_position, account.taker_base);
    const std::int64_t high = math::checked_add(position, account.bids_quantity);
    const std::int64_t low = math::checked_sub(position, account.asks_quantity);
    const I80F48 taker_quote = scale(I80F48::from_int(account.taker_quote), quote_lot_size);
    const auto magnitude = [](std::int64_t lots) {
        return lots < 0 ? -static_cast<math::i128>(lots) : static_cast<math::i128>(lots);
    };
    if (magnitude(high) > magnitude(low)) {
        return {notional(high, base_lot_size, price),
                (quote + taker_quote) - notional(account.bids_quantity, base_lot_size, price)};
    }
    return {notional(low, base_lot_size, price),
            (quote + taker_quote) + notional(account.asks_quantity, base_lot_size, price)};
}

}  // namespace voltcore::venues
