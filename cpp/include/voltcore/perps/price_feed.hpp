#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/decimal.hpp"

// Prices as an oracle publishes them, and the rule by which a pool reads them. Spec section 3.

namespace voltcore::perps {

/// What a pool demands of its price feeds. 0 switches an age or a move limit off.
struct FeedRules {
    std::uint64_t max_age_sec = 0;
    std::uint64_t max_error_bps = bps_scale;  ///< confidence over price
    std::uint64_t max_move_bps = 0;           ///< of one update

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("max_age_sec", self.max_age_sec);
        visit("max_error_bps", self.max_error_bps);
        visit("max_move_bps", self.max_move_bps);
    }
    friend bool operator==(const FeedRules&, const FeedRules&) = default;
};

/// One published price. The EMA and the confidence share the exponent.
struct PriceFeed {
    std::uint64_t price = 0;
    std::uint64_t ema = 0;
    std::uint64_t confidence = 0;
    std::int32_t exponent = -usd_decimals;
    std::int64_t publish_time = 0;

    /// @throws Error (StaleOraclePrice, InvalidOraclePrice) unless the selected value may be used.
    [[nodiscard]] Price read(const FeedRules& rules, bool ask_ema, std::int64_t now) const {
        const auto age = static_cast<u128>(now < publish_time ? 0 : now - publish_time);
        if (rules.max_age_sec != 0 && age > rules.max_age_sec) {
            refuse_perp("StaleOraclePrice", {}, "publish_time", std::to_string(publish_time),
                        "is older than max_age_sec");
        }
        const std::uint64_t selected = ask_ema ? ema : price;
        if (selected == 0) refuse_perp("InvalidOraclePrice", {}, "price", "0", "is not positive");
        if (static_cast<u128>(confidence) * bps_scale / selected > rules.max_error_bps) {
            refuse_perp("InvalidOraclePrice", {}, "confidence", std::to_string(confidence),
                        "is wider than max_error_bps of the price");
        }
        return {selected, exponent};
    }

    /// Takes an update, or throws and changes nothing: a price of 0, one from the future or from
    /// before the last one, one that moves more than the rules allow.
    void publish(const FeedRules& rules, const PriceFeed& next, std::int64_t now) {
        if (next.price == 0 || next.ema == 0) {
            refuse_perp("InvalidOraclePrice", {}, "price", "0", "is not positive");
        }
        if (next.publish_time > now || next.publish_time < publish_time) {
            refuse_perp("InvalidOraclePrice", {}, "publish_time", std::to_string(next.publish_time),
                        "is in the future or before the last one");
        }
        const u128 move = static_cast<u128>(distance(next.price, price)) * bps_scale;
        if (rules.max_move_bps != 0 && price != 0 &&
            move > static_cast<u128>(price) * rules.max_move_bps) {
            refuse({.code = ErrorCode::price_bound,
                    .field = "price",
                    .value = std::to_string(next.price),
                    .bound = "moves more than max_move_bps",
                    .op = {},
                    .onchain = "InvalidOraclePrice"});
        }
        *this = next;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("price", self.price);
        visit("ema", self.ema);
        visit("confidence", self.confidence);
        visit("exponent", self.exponent);
        visit("publish_time", self.publish_time);
    }
    friend bool operator==(const PriceFeed&, const PriceFeed&) = default;
};

}  // namespace voltcore::perps
