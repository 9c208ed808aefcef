#include "voltcore/volts/config.hpp"

#include <string>
#include <string_view>

#include "refusal.hpp"

namespace voltcore::volts {

namespace {

const I80F48 zero{};
const I80F48 one = I80F48::from_int(1);

void require(bool condition, ErrorCode code, const char* op, std::string_view onchain,
             std::string_view field, std::string_view bound) {
    if (!condition) refuse_rule(code, op, onchain, field, bound);
}

}  // namespace

void validate(const StrategyParams& params, VoltKind kind, const char* op) {
    using enum ErrorCode;
    require(static_cast<std::uint8_t>(params.hedge_mode) <= 1, unknown_name, op, {}, "hedge_mode",
            "is not delta or ratio");
    require(static_cast<std::uint8_t>(params.size_price) <= 1, unknown_name, op, {}, "size_price",
            "is not oracle or mark");
    require(params.target_leverage_lenience > zero, not_positive, op,
            "LenienceMustBeGreaterThanZero", "target_leverage_lenience", "is not above 0");
    require(params.target_hedge_lenience_bps > 0, not_positive, op, "LenienceMustBeGreaterThanZero",
            "target_hedge_lenience_bps", "is not above 0");
    require(params.target_hedge_lenience_bps <= basis_points, out_of_range, op, {},
            "target_hedge_lenience_bps", "is above 10000");
    const I80F48 leverage = abs(params.target_leverage);
    // The original's name gives no figure; more than the equity itself is over-leveraged (chosen).
    require(leverage <= one, out_of_range, op, "VaultDoesNotSupportOverLeveragedStrategies",
            "target_leverage", "is above 1 in magnitude");
    if (kind == VoltKind::crab) {
        require(params.target_leverage < zero, out_of_range, op,
                "TargetCollateralRatioMustBeNegative", "target_leverage", "is not negative");
    }
    require(kind != VoltKind::basis || params.hedge_with_spot, bad_combination, op,
            "HedgeWithSpotMustBeTrue", "hedge_with_spot", "is off: this volt has no second perp");
    // A volt that is out of its position (leverage 0) has nothing to compare with (chosen).
    require(leverage.is_zero() || params.target_leverage_lenience <= leverage, bad_combination, op,
            "LenienceShouldNotBeGreaterThanLeverage", "target_leverage_lenience",
            "is above |target_leverage|");
    require(params.exit_early_ratio >= zero && params.exit_early_ratio < one, out_of_range, op, {},
            "exit_early_ratio", "is not in [0, 1)");
    require(params.required_basis_from_oracle >= zero && params.required_basis_from_oracle <= one,
            out_of_range, op, {}, "required_basis_from_oracle", "is not in [0, 1]");
    require(params.rebalancing_lenience >= zero, out_of_range, op, {}, "rebalancing_lenience",
            "is negative");
    require(params.max_quote_pos_change > 0, not_positive, op, {}, "max_quote_pos_change",
            "is not above 0");
    const I80F48 widest = I80F48::from_int(1'000);
    require(abs(params.target_hedge_ratio) <= widest, out_of_range, op, {}, "target_hedge_ratio",
            "is above 1000 in magnitude");
}

void validate(const FeeRates& rates, const char* op) {
    const auto check = [op](std::uint32_t bps, std::string_view field) {
        if (bps <= basis_points) return;
        refuse_onchain(ErrorCode::out_of_range, op, {}, field, std::to_string(bps),
                       "is not in [0, 10000]");
    };
    check(rates.performance_bps, "performance_fee_bps");
    check(rates.withdrawal_bps, "withdrawal_fee_bps");
    check(rates.aum_bps, "aum_fee_bps");
}

void validate(const VoltConfig& config) {
    using enum ErrorCode;
    constexpr const char* op = "volt";
    require(config.admin != 0 && config.admin != unlimited, out_of_range, op, {}, "admin",
            "is not in [1, 2^64 - 2]");
    require(static_cast<std::uint8_t>(config.kind) <= 1, unknown_name, op, {}, "kind",
            "is not crab or basis");
    require(config.decimals <= 18, out_of_range, op, {}, "decimals", "is not in [0, 18]");
    require(config.min_first_deposit > 0, not_positive, op, {}, "min_first_deposit",
            "is not above 0");
    require(config.epoch_period > 0, not_positive, op, {}, "epoch_period", "is not above 0");
    require(config.has_hedge_perp() || config.kind == VoltKind::basis, bad_combination, op, {},
            "hedge_perp", "is the target perp");
    validate(config.fees.custom, op);
    validate(config.strategy, config.kind, op);
}

VoltConfig crab_config(std::uint64_t admin) {
    VoltConfig config;
    config.admin = admin;
    // Powers of two and their sums: exact in I80F48.
    config.strategy.target_leverage = I80F48::from_bits(-(math::i128{1} << 47));
    config.strategy.target_leverage_lenience = I80F48::from_bits(math::i128{1} << 46);
    config.strategy.target_hedge_ratio = I80F48::from_int(-2);
    return config;
}

VoltConfig basis_config(std::uint64_t admin, std::uint8_t market) {
    VoltConfig config;
    config.admin = admin;
    config.kind = VoltKind::basis;
    config.target_perp = market;
    config.hedge_perp = market;
    config.hedge_spot = market;
    config.strategy.target_leverage = one;
    config.strategy.target_leverage_lenience = I80F48::from_bits(math::i128{1} << 46);
    config.strategy.target_hedge_ratio = -one;
    config.strategy.hedge_with_spot = true;
    config.strategy.min_collateral_ratio_bps = 0;  // 100 % by construction
    config.strategy.hedge_band_bps = 100;
    config.strategy.hedge_only = false;
    return config;
}

}  // namespace voltcore::volts
