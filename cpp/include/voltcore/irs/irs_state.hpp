#pragma once

#include <compare>
#include <cstdint>

#include "voltcore/amm/uniswap_v3_pool.hpp"
#include "voltcore/irs/margin_parameters.hpp"

// What an IrsPool remembers, record by record.

namespace voltcore::irs {

/// Who calls, owns or receives: any number but 0, which is nobody, and the module's own.
using AccountId = std::uint64_t;
inline constexpr AccountId nobody = 0;
inline constexpr AccountId module_account = ~AccountId{0};

using PositionKey = amm::PositionKey;

/// Source: Voltz Tick.sol, Info.
struct RateTick {
    u128 liquidity_gross{};
    i128 liquidity_net{};
    I256 fixed_token_growth_outside_x128{};
    I256 variable_token_growth_outside_x128{};
    U256 fee_growth_outside_x128{};
    bool initialized{};

    friend bool operator==(const RateTick&, const RateTick&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("liquidity_gross", self.liquidity_gross);
        visit("liquidity_net", self.liquidity_net);
        visit("fixed_token_growth_outside_x128", self.fixed_token_growth_outside_x128);
        visit("variable_token_growth_outside_x128", self.variable_token_growth_outside_x128);
        visit("fee_growth_outside_x128", self.fee_growth_outside_x128);
        visit("initialized", self.initialized);
    }
};

/// Source: Voltz Position.sol, Info. A trader's position has no liquidity.
struct Position {
    bool is_settled{};
    u128 liquidity{};
    I256 margin{};
    I256 fixed_token_growth_inside_last_x128{};
    I256 variable_token_growth_inside_last_x128{};
    I256 fixed_token_balance{};
    I256 variable_token_balance{};
    U256 fee_growth_inside_last_x128{};
    U256 reward_per_amount{};
    U256 accumulated_fees{};

    friend bool operator==(const Position&, const Position&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("is_settled", self.is_settled);
        visit("liquidity", self.liquidity);
        visit("margin", self.margin);
        visit("fixed_token_growth_inside_last_x128", self.fixed_token_growth_inside_last_x128);
        visit("variable_token_growth_inside_last_x128",
              self.variable_token_growth_inside_last_x128);
        visit("fixed_token_balance", self.fixed_token_balance);
        visit("variable_token_balance", self.variable_token_balance);
        visit("fee_growth_inside_last_x128", self.fee_growth_inside_last_x128);
        visit("reward_per_amount", self.reward_per_amount);
        visit("accumulated_fees", self.accumulated_fees);
    }
};

/// Source: Voltz VAMMStorage.sol.
struct VammState {
    U256 sqrt_price_x96{};  ///< 0 until initialised
    std::int32_t tick{};
    std::uint8_t fee_protocol{};  ///< 0, or the protocol's part of a fee is one in that many
    u128 liquidity{};             ///< active at the present tick
    U256 fee_growth_global_x128{};
    I256 fixed_token_growth_global_x128{};
    I256 variable_token_growth_global_x128{};
    U256 protocol_fees{};
    U256 fee_wad{};
    U256 maturity_buffer_wad{};  ///< R23, wad seconds
    bool unlocked{};
    bool paused{};
    bool is_alpha{};

    friend bool operator==(const VammState&, const VammState&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("sqrt_price_x96", self.sqrt_price_x96);
        visit("tick", self.tick);
        visit("fee_protocol", self.fee_protocol);
        visit("liquidity", self.liquidity);
        visit("fee_growth_global_x128", self.fee_growth_global_x128);
        visit("fixed_token_growth_global_x128", self.fixed_token_growth_global_x128);
        visit("variable_token_growth_global_x128", self.variable_token_growth_global_x128);
        visit("protocol_fees", self.protocol_fees);
        visit("fee_wad", self.fee_wad);
        visit("maturity_buffer_wad", self.maturity_buffer_wad);
        visit("unlocked", self.unlocked);
        visit("paused", self.paused);
        visit("is_alpha", self.is_alpha);
    }
};

/// Source: Voltz MarginEngineStorage.sol.
struct EngineState {
    MarginParameters parameters{};
    U256 liquidator_reward_wad{};
    U256 lookback_window_seconds{};
    U256 cache_max_age_seconds{};
    U256 cached_apy_wad{};
    U256 cached_apy_timestamp{};
    U256 underlying_balance{};  ///< tokens that the engine holds
    bool paused{};
    bool is_alpha{};

    friend bool operator==(const EngineState&, const EngineState&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("parameters", self.parameters);
        visit("liquidator_reward_wad", self.liquidator_reward_wad);
        visit("lookback_window_seconds", self.lookback_window_seconds);
        visit("cache_max_age_seconds", self.cache_max_age_seconds);
        visit("cached_apy_wad", self.cached_apy_wad);
        visit("cached_apy_timestamp", self.cached_apy_timestamp);
        visit("underlying_balance", self.underlying_balance);
        visit("paused", self.paused);
        visit("is_alpha", self.is_alpha);
    }
};

/// The fully-collateralised module and the yield token that it holds.
/// Source: Voltz AaveFCM.sol, FCMStorage.
struct ModuleState {
    bool paused{};
    U256 scaled_yield_balance{};      ///< the module's own yield tokens, scaled by the index
    U256 yield_underlying_reserve{};  ///< underlying that the lending pool can pay out

    friend bool operator==(const ModuleState&, const ModuleState&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("paused", self.paused);
        visit("scaled_yield_balance", self.scaled_yield_balance);
        visit("yield_underlying_reserve", self.yield_underlying_reserve);
    }
};

/// Source: Voltz TraderWithYieldBearingAssets.sol, Info.
struct ModuleTrader {
    U256 margin_in_scaled_yield_bearing_tokens{};
    I256 fixed_token_balance{};
    I256 variable_token_balance{};
    bool is_settled{};

    friend bool operator==(const ModuleTrader&, const ModuleTrader&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("margin_in_scaled_yield_bearing_tokens", self.margin_in_scaled_yield_bearing_tokens);
        visit("fixed_token_balance", self.fixed_token_balance);
        visit("variable_token_balance", self.variable_token_balance);
        visit("is_settled", self.is_settled);
    }
};

struct ApprovalKey {
    AccountId owner{};
    AccountId integration{};

    friend auto operator<=>(const ApprovalKey&, const ApprovalKey&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("integration", self.integration);
    }
};

/// What is fixed when the instance is deployed.
struct PoolConfig {
    Revision revision{};
    AccountId owner{};
    AccountId periphery{};  ///< nobody when there is none
    Term term{};
    std::int32_t tick_spacing{1};
    u128 max_liquidity_per_tick{};
    bool has_module{};

    friend bool operator==(const PoolConfig&, const PoolConfig&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("revision", self.revision);
        visit("owner", self.owner);
        visit("periphery", self.periphery);
        visit("term", self.term);
        visit("tick_spacing", self.tick_spacing);
        visit("max_liquidity_per_tick", self.max_liquidity_per_tick);
        visit("has_module", self.has_module);
    }
};

}  // namespace voltcore::irs
