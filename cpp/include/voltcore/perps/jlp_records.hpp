#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "voltcore/perps/governance.hpp"
#include "voltcore/perps/liquidation.hpp"
#include "voltcore/perps/price_feed.hpp"
#include "voltcore/perps/trade_fee.hpp"

// What a JlpPool is configured with, holds and hands back. Spec sections 4, 6, 8.

namespace voltcore::perps {

/// What is left of a liquidated position: back to its owner (the original published rule), or to
/// the LPs (today's).
enum class Surplus : std::uint8_t { refund, forfeit };

/// The impact coefficient in whole bps rounded up, as on chain, or to the unit, as in the prose.
enum class ImpactMode : std::uint8_t { integer, decimal };

struct JlpPermissions {
    bool swap = true;
    bool add_liquidity = true;
    bool remove_liquidity = true;
    bool increase = true;
    bool decrease = true;
    bool collateral_withdrawal = true;
    bool liquidate = true;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("swap", self.swap);
        visit("add_liquidity", self.add_liquidity);
        visit("remove_liquidity", self.remove_liquidity);
        visit("increase", self.increase);
        visit("decrease", self.decrease);
        visit("collateral_withdrawal", self.collateral_withdrawal);
        visit("liquidate", self.liquidate);
    }
    friend bool operator==(const JlpPermissions&, const JlpPermissions&) = default;
};

struct JlpSettings {
    std::uint64_t swap_bps = 10;
    std::uint64_t tax_bps = 0;
    std::uint64_t stable_swap_bps = 2;
    std::uint64_t stable_swap_tax_bps = 0;
    std::uint64_t swap_multiplier = 1;
    std::uint64_t stable_swap_multiplier = 1;
    std::uint64_t add_remove_bps = 0;
    std::uint64_t protocol_share_bps = 2'500;
    std::uint64_t max_aum_usd = ~std::uint64_t{0};
    std::uint64_t weight_buffer_bps = 0;  ///< 0: off
    std::uint64_t max_position_usd = 0;   ///< 0: off
    Surplus surplus = Surplus::refund;
    ImpactMode impact_mode = ImpactMode::integer;
    std::uint64_t max_request_execution_sec = 45;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("swap_bps", self.swap_bps);
        visit("tax_bps", self.tax_bps);
        visit("stable_swap_bps", self.stable_swap_bps);
        visit("stable_swap_tax_bps", self.stable_swap_tax_bps);
        visit("swap_multiplier", self.swap_multiplier);
        visit("stable_swap_multiplier", self.stable_swap_multiplier);
        visit("add_remove_bps", self.add_remove_bps);
        visit("protocol_share_bps", self.protocol_share_bps);
        visit("max_aum_usd", self.max_aum_usd);
        visit("weight_buffer_bps", self.weight_buffer_bps);
        visit("max_position_usd", self.max_position_usd);
        visit("surplus", self.surplus);
        visit("impact_mode", self.impact_mode);
        visit("max_request_execution_sec", self.max_request_execution_sec);
    }
    friend bool operator==(const JlpSettings&, const JlpSettings&) = default;
};

struct JlpCustodyConfig {
    std::string name;
    std::int32_t decimals = usd_decimals;
    bool is_stable = false;
    FeedRules feed;
    std::uint64_t target_bps = 2'500;
    std::uint64_t increase_bps = 6;
    std::uint64_t decrease_bps = 6;
    std::uint64_t trade_impact_fee_scalar = 0;
    AdditiveImpact additive;
    std::uint64_t max_leverage_bps = 200 * bps_scale;
    std::uint64_t max_global_long_usd = 0;   ///< 0: off
    std::uint64_t max_global_short_usd = 0;  ///< 0: off
    std::uint64_t hourly_funding_dbps = 0;   ///< 0: the jump rate
    JumpRate jump;                           ///< target_utilization 1e9; all zero: no borrow fee
    std::uint64_t seed_owned = 0;            ///< tokens there at the start, without LP tokens
    std::uint64_t seed_fees_reserves = 0;
    JlpPermissions permissions;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("name", self.name);
        visit("decimals", self.decimals);
        visit("is_stable", self.is_stable);
        visit("feed", self.feed);
        visit("target_bps", self.target_bps);
        visit("increase_bps", self.increase_bps);
        visit("decrease_bps", self.decrease_bps);
        visit("trade_impact_fee_scalar", self.trade_impact_fee_scalar);
        visit("additive", self.additive);
        visit("max_leverage_bps", self.max_leverage_bps);
        visit("max_global_long_usd", self.max_global_long_usd);
        visit("max_global_short_usd", self.max_global_short_usd);
        visit("hourly_funding_dbps", self.hourly_funding_dbps);
        visit("jump", self.jump);
        visit("seed_owned", self.seed_owned);
        visit("seed_fees_reserves", self.seed_fees_reserves);
        visit("permissions", self.permissions);
    }
    friend bool operator==(const JlpCustodyConfig&, const JlpCustodyConfig&) = default;
};

struct JlpConfig {
    PoolRoles roles;
    JlpSettings settings;
    std::vector<JlpCustodyConfig> custodies;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("roles", self.roles);
        visit("settings", self.settings);
        visit("custodies", self.custodies);
    }
};

/// What a custody holds. balance = owned + fees_reserves + trader_collateral.
struct JlpCustody {
    PriceFeed feed;
    std::uint64_t owned = 0;
    std::uint64_t locked = 0;
    std::uint64_t fees_reserves = 0;
    std::uint64_t guaranteed_usd = 0;
    std::uint64_t global_short_sizes = 0;
    std::uint64_t global_short_average_prices = 0;
    std::uint64_t global_long_sizes = 0;  ///< sum of size_usd of the longs
    std::uint64_t trader_collateral = 0;  ///< tokens of open shorts
    u128 cumulative = 0;
    std::int64_t last_update = 0;
    std::uint64_t balance = 0;        ///< from transfers alone
    std::uint64_t protocol_paid = 0;  ///< left by fee distribution
    FlowWindow flow{};                ///< signed size of the last minute
    std::int64_t flow_update = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("feed", self.feed);
        visit("owned", self.owned);
        visit("locked", self.locked);
        visit("fees_reserves", self.fees_reserves);
        visit("guaranteed_usd", self.guaranteed_usd);
        visit("global_short_sizes", self.global_short_sizes);
        visit("global_short_average_prices", self.global_short_average_prices);
        visit("global_long_sizes", self.global_long_sizes);
        visit("trader_collateral", self.trader_collateral);
        visit("cumulative", self.cumulative);
        visit("last_update", self.last_update);
        visit("balance", self.balance);
        visit("protocol_paid", self.protocol_paid);
        visit("flow", self.flow);
        visit("flow_update", self.flow_update);
    }
    friend bool operator==(const JlpCustody&, const JlpCustody&) = default;
};

/// One position for each owner, traded custody, collateral custody and side.
struct JlpKey {
    CallerId owner = 0;
    std::uint32_t custody = 0;
    std::uint32_t collateral_custody = 0;
    Side side{};

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("custody", self.custody);
        visit("collateral_custody", self.collateral_custody);
        visit("side", self.side);
    }
    friend auto operator<=>(const JlpKey&, const JlpKey&) = default;
};

struct JlpPosition {
    std::uint64_t price = 0;
    std::uint64_t size_usd = 0;
    std::uint64_t collateral_usd = 0;
    std::uint64_t locked_amount = 0;
    u128 snapshot = 0;
    std::uint64_t collateral_tokens = 0;  ///< shorts only; a long's are in `owned`
    i128 realised_pnl_usd = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("price", self.price);
        visit("size_usd", self.size_usd);
        visit("collateral_usd", self.collateral_usd);
        visit("locked_amount", self.locked_amount);
        visit("snapshot", self.snapshot);
        visit("collateral_tokens", self.collateral_tokens);
        visit("realised_pnl_usd", self.realised_pnl_usd);
    }
    friend bool operator==(const JlpPosition&, const JlpPosition&) = default;
};

enum class TradeAction : std::uint8_t { increase, decrease };

/// A trade: an increase of size and collateral tokens, or a decrease of size and collateral USD.
struct JlpTrade {
    std::uint32_t custody = 0;
    std::uint32_t collateral_custody = 0;
    Side side{};
    std::uint64_t size_usd = 0;
    std::uint64_t collateral = 0;      ///< token units in, or USD out
    bool entire = false;               ///< a decrease that closes
    std::uint64_t price_slippage = 0;  ///< absolute price limit; 0: none

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("custody", self.custody);
        visit("collateral_custody", self.collateral_custody);
        visit("side", self.side);
        visit("size_usd", self.size_usd);
        visit("collateral", self.collateral);
        visit("entire", self.entire);
        visit("price_slippage", self.price_slippage);
    }
    friend bool operator==(const JlpTrade&, const JlpTrade&) = default;
};

/// A trade waiting for the keeper. Collateral of an increase is in escrow, outside the custody.
struct JlpRequest {
    CallerId owner = 0;
    TradeAction action{};
    JlpTrade trade;
    std::uint64_t trigger = 0;  ///< 0: a market request with a deadline
    bool above = false;         ///< fires at or above the trigger, else at or below
    std::int64_t created = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("action", self.action);
        visit("trade", self.trade);
        visit("trigger", self.trigger);
        visit("above", self.above);
        visit("created", self.created);
    }
    friend bool operator==(const JlpRequest&, const JlpRequest&) = default;
};

}  // namespace voltcore::perps
