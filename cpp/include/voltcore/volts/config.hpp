#pragma once

#include <cstdint>
#include <limits>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/volts/fees.hpp"

namespace voltcore::volts {

using math::I80F48;

/// No limit on a u64 amount.
inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

enum class VoltKind : std::uint8_t { crab, basis };
enum class HedgeMode : std::uint8_t { delta, ratio };
enum class SizePrice : std::uint8_t { oracle, mark };

/// What the strategy aims at. Fractions come as floats in the original and are converted once, to
/// the nearest I80F48, ties to even.
struct StrategyParams {
    I80F48 target_leverage;           ///< fraction of equity; negative for a short
    I80F48 target_leverage_lenience;  ///< fraction of equity
    I80F48 target_hedge_ratio;        ///< hedge notional over target notional, mode `ratio`
    /// Band of the final hedge check, the original's target_hedge_lenience; the rule is stated in
    /// whole basis points, so it is kept as such.
    std::uint32_t target_hedge_lenience_bps = 100;
    bool hedge_with_spot = false;
    bool is_hedging_on = true;
    I80F48 exit_early_ratio;            ///< reserved: stored and validated (< 1), not used
    I80F48 required_basis_from_oracle;  ///< largest distance of a limit on the wrong side
    I80F48 rebalancing_lenience;        ///< reserved: stored and validated (>= 0), not used
    std::uint64_t max_quote_pos_change = unlimited;  ///< native quote of one slice
    HedgeMode hedge_mode = HedgeMode::delta;
    SizePrice size_price = SizePrice::oracle;
    std::uint32_t min_collateral_ratio_bps = 15'000;  ///< trigger 2; 0 switches it off
    std::uint32_t pending_volume_bps = 200;           ///< trigger 4, of the day's volume
    std::uint32_t hedge_band_bps = 500;               ///< trigger 5, of the target leg's delta
    bool hedge_only = true;  ///< trigger 5 only redoes the hedge, inside the epoch

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("target_leverage", self.target_leverage);
        visit("target_leverage_lenience", self.target_leverage_lenience);
        visit("target_hedge_ratio", self.target_hedge_ratio);
        visit("target_hedge_lenience_bps", self.target_hedge_lenience_bps);
        visit("hedge_with_spot", self.hedge_with_spot);
        visit("is_hedging_on", self.is_hedging_on);
        visit("exit_early_ratio", self.exit_early_ratio);
        visit("required_basis_from_oracle", self.required_basis_from_oracle);
        visit("rebalancing_lenience", self.rebalancing_lenience);
        visit("max_quote_pos_change", self.max_quote_pos_change);
        visit("hedge_mode", self.hedge_mode);
        visit("size_price", self.size_price);
        visit("min_collateral_ratio_bps", self.min_collateral_ratio_bps);
        visit("pending_volume_bps", self.pending_volume_bps);
        visit("hedge_band_bps", self.hedge_band_bps);
        visit("hedge_only", self.hedge_only);
    }
    friend bool operator==(const StrategyParams&, const StrategyParams&) = default;
};

struct FeeSettings {
    bool use_custom_fees = false;
    FeeRates custom;

    /// The rates in force.
    [[nodiscard]] FeeRates rates() const noexcept { return use_custom_fees ? custom : FeeRates{}; }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("use_custom_fees", self.use_custom_fees);
        visit("custom", self.custom);
    }
    friend bool operator==(const FeeSettings&, const FeeSettings&) = default;
};

struct VoltConfig {
    std::uint64_t admin = 0;
    VoltKind kind = VoltKind::crab;
    std::uint8_t decimals = 6;                      ///< of the deposit mint and of the shares
    std::uint64_t capacity = unlimited;             ///< native underlying
    std::uint64_t individual_capacity = unlimited;  ///< native underlying
    std::uint64_t min_first_deposit = 1'000'000;    ///< native underlying
    std::uint8_t target_perp = 0;
    std::uint8_t hedge_perp = 1;
    std::uint8_t hedge_spot = 1;
    std::uint64_t epoch_period = 604'800;  ///< seconds
    /// A boundary lies at epoch_anchor + k * epoch_period; 0 counts from StartRound instead.
    std::uint64_t epoch_anchor = 0;
    bool permissionless_cranks = false;
    bool turn_off_deposits_and_withdrawals = false;
    /// Off: rounds without open claims and finished epochs are dropped, so a long simulation
    /// allocates nothing.
    bool keep_history = true;
    FeeSettings fees;
    StrategyParams strategy;

    /// The basis volt names its target twice: it has no second perp.
    [[nodiscard]] bool has_hedge_perp() const noexcept { return hedge_perp != target_perp; }
    /// The market that the hedge trades on.
    [[nodiscard]] std::uint8_t hedge_market() const noexcept {
        return strategy.hedge_with_spot ? hedge_spot : hedge_perp;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("admin", self.admin);
        visit("kind", self.kind);
        visit("decimals", self.decimals);
        visit("capacity", self.capacity);
        visit("individual_capacity", self.individual_capacity);
        visit("min_first_deposit", self.min_first_deposit);
        visit("target_perp", self.target_perp);
        visit("hedge_perp", self.hedge_perp);
        visit("hedge_spot", self.hedge_spot);
        visit("epoch_period", self.epoch_period);
        visit("epoch_anchor", self.epoch_anchor);
        visit("permissionless_cranks", self.permissionless_cranks);
        visit("turn_off_deposits_and_withdrawals", self.turn_off_deposits_and_withdrawals);
        visit("keep_history", self.keep_history);
        visit("fees", self.fees);
        visit("strategy", self.strategy);
    }
    friend bool operator==(const VoltConfig&, const VoltConfig&) = default;
};

/// The crab of the public documentation: short the squared perp at half of the equity, hedged with
/// the linear perp.
[[nodiscard]] VoltConfig crab_config(std::uint64_t admin);
/// The basis volt of the public documentation: long the perp of `market` with the whole equity,
/// and short as much of its token, borrowed and sold.
[[nodiscard]] VoltConfig basis_config(std::uint64_t admin, std::uint8_t market);

/// @throws Error for parameters that no strategy of this kind could run with.
void validate(const StrategyParams& params, VoltKind kind, const char* op);
void validate(const FeeRates& rates, const char* op);
void validate(const VoltConfig& config);

}  // namespace voltcore::volts
