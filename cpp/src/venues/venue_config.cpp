#include "voltcore/venues/venue_config.hpp"

#include <algorithm>
#include <string>

namespace voltcore::venues {

namespace {

constexpr const char* op = "create";

/// A fixed-point parameter is shown by its bits: exact, and an integer like every other value.
[[noreturn]] void refuse_field(const std::string& field, std::string_view bound) {
    refuse_onchain(ErrorCode::out_of_range, op, "InvalidParam", field, {}, bound);
}

void require(bool holds, const std::string& field, std::string_view bound) {
    if (!holds) refuse_field(field, bound);
}

/// Margin and liquidation of one asset: a liquidator must gain per lot, and the account must come
/// nearer to health by it, on either side.
void validate_margin(const std::string& at, I80F48 init_leverage, I80F48 maint_leverage,
                     I80F48 liquidation_fee) {
    const I80F48 one = I80F48::from_int(1);
    require(init_leverage >= one, at + "init_leverage", "is not at least 1");
    require(maint_leverage > init_leverage, at + "maint_leverage", "is not above init_leverage");
    require(maint_leverage <= I80F48::from_int(std::int64_t{1} << 32), at + "maint_leverage",
            "is not in (init_leverage, 2^32]");
    require(!liquidation_fee.is_negative() && liquidation_fee < one, at + "liquidation_fee",
            "is not in [0, 1)");
    const Weights init = leverage_weights(init_leverage);
    require((one - init.asset - liquidation_fee).is_positive() &&
                (one - init.liability + liquidation_fee).is_negative(),
            at + "liquidation_fee", "is not below the weight margin of init_leverage");
}

void validate_index(const std::vector<MarketConfig>& markets, std::size_t i) {
    const std::string at = "markets[" + std::to_string(i) + "].index.";
    const IndexConfig& index = markets[i].index;
    require(index.power == 1 || index.power == 2, at + "power", "is neither 1 nor 2");
    require(index.scale > 0, at + "scale", "is not positive");
    require(index.underlying < markets.size(), at + "underlying", "is not a market of this venue");
    if (index.underlying == i) {
        require(index.power == 1 && index.scale == 1, at + "underlying",
                "is the market itself, whose own feed has power 1 and scale 1");
    } else {
        require(markets[index.underlying].index.underlying == index.underlying, at + "underlying",
                "has no feed of its own");
    }
}

void validate_perp(const std::string& at, const PerpMarketConfig& perp) {
    const I80F48 one = I80F48::from_int(1);
    require(perp.base_lot_size > 0, at + "base_lot_size", "is not positive");
    require(perp.quote_lot_size > 0, at + "quote_lot_size", "is not positive");
    require(perp.funding_period > 0 && perp.funding_period <= latest_time, at + "funding_period",
            "is not in [1, 2^63 - 1]");
    require(!perp.funding_clamp.is_negative() && perp.funding_clamp < one, at + "funding_clamp",
            "is not in [0, 1)");
    require(perp.impact_quantity > 0, at + "impact_quantity", "is not positive");
    require(!perp.taker_fee.is_negative() && perp.taker_fee < one, at + "taker_fee",
            "is not in [0, 1)");
    require(perp.maker_fee < one && !(perp.maker_fee + perp.taker_fee).is_negative(),
            at + "maker_fee", "is not in [-taker_fee, 1)");
    validate_margin(at, perp.init_leverage, perp.maint_leverage, perp.liquidation_fee);
}

void validate_token(const std::string& at, const TokenConfig& token) {
    const I80F48 one = I80F48::from_int(1);
    require(token.curve.optimal_util.is_positive() && token.curve.optimal_util < one,
            at + "curve.optimal_util", "is not in (0, 1)");
    require(!token.curve.optimal_rate.is_negative(), at + "curve.optimal_rate", "is negative");
    require(!token.curve.max_rate.is_negative(), at + "curve.max_rate", "is negative");
    if (token.index != quote_token_index) {
        validate_margin(at, token.init_leverage, token.maint_leverage, token.liquidation_fee);
    }
}

void validate_spot(const std::string& at, const SpotMarketConfig& spot) {
    require(spot.base_lot_size > 0, at + "base_lot_size", "is not positive");
    require(spot.quote_lot_size > 0, at + "quote_lot_size", "is not positive");
    require(spot.taker_fee_bps < 10'000, at + "taker_fee_bps", "is not in [0, 9999]");
    require(spot.maker_rebate_bps <= spot.taker_fee_bps, at + "maker_rebate_bps",
            "is above taker_fee_bps");
}

/// Taking over a borrow of one token against a deposit of another must bring the account nearer to
/// health: its weight has to leave room for both fees.
void validate_pair(const std::string& at, const TokenConfig& asset, const TokenConfig& liability) {
    const I80F48 one = I80F48::from_int(1);
    const bool quote = asset.index == quote_token_index;
    const I80F48 given =
        quote ? one : leverage_weights(asset.init_leverage).asset * (one + asset.liquidation_fee);
    require((leverage_weights(liability.init_leverage).liability -
             given / (one - liability.liquidation_fee))
                .is_positive(),
            at + "liquidation_fee",
            "is not below the weight margin against token " + std::to_string(asset.index));
}

void validate_limits(const VenueLimits& limits) {
    const auto within = [](std::uint32_t value, std::uint32_t most, const char* field) {
        require(value >= 1 && value <= most, std::string{"limits."} + field,
                "is not in [1, " + std::to_string(most) + "]");
    };
    require(!limits.dust_threshold.is_negative() && limits.dust_threshold <= I80F48::from_int(1),
            "limits.dust_threshold", "is not in [0, 1]");
    within(limits.orders_per_account, 1024, "orders_per_account");
    within(limits.orders_per_side, 1U << 20, "orders_per_side");
    require(limits.off_book_orders <= 1024, "limits.off_book_orders", "is above 1024");
    within(limits.margin_basket, most_markets, "margin_basket");
    within(limits.spot_orders, 1024, "spot_orders");
    require(limits.referral_surcharge_e6 < 1'000'000, "limits.referral_surcharge_e6",
            "is not below 1000000");
}

}  // namespace

void validate(const VenueConfig& config) {
    validate_limits(config.limits);
    require(config.admin != 0, "admin", "is nobody");
    require(config.valid_interval <= longest_valid_interval, "valid_interval", "is above 2^61");
    require(config.markets.size() <= most_markets, "markets", "are more than 15");
    require(!config.tokens.empty() && config.tokens.back().index == quote_token_index, "tokens",
            "do not end with the quote token, index 15");
    for (std::size_t i = 0; i < config.markets.size(); ++i) {
        validate_index(config.markets, i);
        const PerpMarketConfig& perp = config.markets[i].perp;
        const std::string at = "markets[" + std::to_string(i) + "].";
        // A default is a market that is not listed at this index.
        if (!(perp == PerpMarketConfig{})) validate_perp(at + "perp.", perp);
        const SpotMarketConfig& spot = config.markets[i].spot;
        if (spot == SpotMarketConfig{}) continue;
        validate_spot(at + "spot.", spot);
        const auto is_base = [i](const TokenConfig& token) { return token.index == i; };
        require(std::any_of(config.tokens.begin(), config.tokens.end(), is_base), at + "spot",
                "has no base token");
    }
    for (std::size_t slot = 0; slot < config.tokens.size(); ++slot) {
        const std::string at = "tokens[" + std::to_string(slot) + "].";
        const TokenConfig& token = config.tokens[slot];
        require(slot == 0 || config.tokens[slot - 1].index < token.index, at + "index",
                "does not rise");
        require(token.index == quote_token_index || token.index < config.markets.size(),
                at + "index", "is not a market of this venue");
        validate_token(at, token);
    }
    for (std::size_t slot = 0; slot + 1 < config.tokens.size(); ++slot) {
        for (const TokenConfig& asset : config.tokens) {
            if (asset.index == config.tokens[slot].index) continue;
            validate_pair("tokens[" + std::to_string(slot) + "].", asset, config.tokens[slot]);
        }
    }
}

}  // namespace voltcore::venues
