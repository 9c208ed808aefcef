#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "voltcore/perps/governance.hpp"
#include "voltcore/perps/liquidation.hpp"

// What a VolPool is configured with and holds. Spec sections 3, 4, 7, 8.

namespace voltcore::perps {

/// What is traded: implied volatility, realised volatility, or realised minus implied.
enum class VolProduct : std::uint8_t { iv, rv, rv_diff_iv };

/// The jump rate as the protocol prints it, or without dividing before multiplying.
enum class RateMode : std::uint8_t { published, exact };

/// What the lock covers of a profit: all of it, or what it exceeds the position by.
enum class LockCovers : std::uint8_t { profit, position };

enum class VolWindow : std::uint8_t { day_1, week_1, week_2, day_30, day_60, day_90 };
inline constexpr std::size_t vol_windows = 6;

struct VolPermissions {
    bool allow_open_position = true;
    bool allow_close_position = true;
    bool allow_pnl_withdrawal = true;
    bool allow_collateral_withdrawal = true;
    bool allow_size_change = true;
    bool allow_leverage_change = true;
    bool allow_adding_collateral = true;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("allow_open_position", self.allow_open_position);
        visit("allow_close_position", self.allow_close_position);
        visit("allow_pnl_withdrawal", self.allow_pnl_withdrawal);
        visit("allow_collateral_withdrawal", self.allow_collateral_withdrawal);
        visit("allow_size_change", self.allow_size_change);
        visit("allow_leverage_change", self.allow_leverage_change);
        visit("allow_adding_collateral", self.allow_adding_collateral);
    }
    friend bool operator==(const VolPermissions&, const VolPermissions&) = default;
};

/// Of the pool and of each custody; the less extreme of the two holds.
struct PoolLimit {
    std::uint32_t pool_profit_load_percentage_bps = 10'000;
    std::uint64_t max_long_size = ~std::uint64_t{0};
    std::uint64_t max_short_size = ~std::uint64_t{0};
    std::uint64_t max_leverage = 20;  ///< plain multiple
    std::uint64_t trade_impact_fee_scalar = 0;
    std::uint64_t trade_blockage_utilization_limit = 10'000;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("pool_profit_load_percentage_bps", self.pool_profit_load_percentage_bps);
        visit("max_long_size", self.max_long_size);
        visit("max_short_size", self.max_short_size);
        visit("max_leverage", self.max_leverage);
        visit("trade_impact_fee_scalar", self.trade_impact_fee_scalar);
        visit("trade_blockage_utilization_limit", self.trade_blockage_utilization_limit);
    }
    friend bool operator==(const PoolLimit&, const PoolLimit&) = default;
};

struct VolFees {
    std::uint64_t swap_fee_bps = 0;
    std::uint64_t increase_position_bps = 0;
    std::uint64_t decrease_position_bps = 0;
    std::uint64_t protocol_share_bps = 0;
    std::uint64_t positive_collateral_liquidator_reward_bps = 0;
    std::uint64_t positive_collateral_protocol_reward_bps = 0;
    std::uint64_t positive_collateral_pool_reward_bps = 0;
    std::uint64_t negative_collateral_liquidation_reward_bps = 0;
    std::uint64_t insurance_fund_liquidation_fee_bps = 0;
    std::uint64_t borrow_fee_liquidation_fund_contribution_dps = 0;  ///< 1e5

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("swap_fee_bps", self.swap_fee_bps);
        visit("increase_position_bps", self.increase_position_bps);
        visit("decrease_position_bps", self.decrease_position_bps);
        visit("protocol_share_bps", self.protocol_share_bps);
        visit("positive_collateral_liquidator_reward_bps",
              self.positive_collateral_liquidator_reward_bps);
        visit("positive_collateral_protocol_reward_bps",
              self.positive_collateral_protocol_reward_bps);
        visit("positive_collateral_pool_reward_bps", self.positive_collateral_pool_reward_bps);
        visit("negative_collateral_liquidation_reward_bps",
              self.negative_collateral_liquidation_reward_bps);
        visit("insurance_fund_liquidation_fee_bps", self.insurance_fund_liquidation_fee_bps);
        visit("borrow_fee_liquidation_fund_contribution_dps",
              self.borrow_fee_liquidation_fund_contribution_dps);
    }
    friend bool operator==(const VolFees&, const VolFees&) = default;
};

struct VolSettings {
    VolProduct product = VolProduct::iv;
    RateMode rate_mode = RateMode::exact;
    LockCovers lock_covers = LockCovers::profit;
    std::uint64_t max_request_execution_sec = 60;
    std::uint64_t max_oracle_age_sec = 0;  ///< 0: off
    std::uint64_t lp_inventory = 1'000'000'000'000'000;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("product", self.product);
        visit("rate_mode", self.rate_mode);
        visit("lock_covers", self.lock_covers);
        visit("max_request_execution_sec", self.max_request_execution_sec);
        visit("max_oracle_age_sec", self.max_oracle_age_sec);
        visit("lp_inventory", self.lp_inventory);
    }
    friend bool operator==(const VolSettings&, const VolSettings&) = default;
};

struct VolCustodyConfig {
    std::string name;
    PoolLimit limit;
    JumpRate jump;  ///< target_utilization in bps; yearly rates
    VolPermissions permissions;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("name", self.name);
        visit("limit", self.limit);
        visit("jump", self.jump);
        visit("permissions", self.permissions);
    }
    friend bool operator==(const VolCustodyConfig&, const VolCustodyConfig&) = default;
};

struct VolConfig {
    PoolRoles roles;
    VolSettings settings;
    PoolLimit limit;
    VolFees fees;
    std::vector<VolCustodyConfig> custodies;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("roles", self.roles);
        visit("settings", self.settings);
        visit("limit", self.limit);
        visit("fees", self.fees);
        visit("custodies", self.custodies);
    }
};

/// Volatilities of one window, 4 decimals; a time of -1 was never published.
struct VolQuote {
    std::int32_t implied_volatility = 0;
    std::int32_t realized_volatility = 0;
    std::int64_t iv_timestamp = -1;
    std::int64_t rv_timestamp = -1;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("implied_volatility", self.implied_volatility);
        visit("realized_volatility", self.realized_volatility);
        visit("iv_timestamp", self.iv_timestamp);
        visit("rv_timestamp", self.rv_timestamp);
    }
    friend bool operator==(const VolQuote&, const VolQuote&) = default;
};

/// Assets of a custody, one unit = 10^-6 USD. Main account = owned + fee_reserves; the insurance
/// account holds `insurance`.
struct VolCustody {
    std::uint64_t insurance = 0;
    std::uint64_t impairment_losses = 0;
    std::uint64_t user_losses = 0;
    std::uint64_t owned = 0;
    std::uint64_t base = 0;
    std::uint64_t locked = 0;
    std::uint64_t longed = 0;
    std::uint64_t shorted = 0;
    std::uint64_t guaranteed_usd = 0;
    std::uint64_t fee_reserves = 0;
    std::uint64_t cumulative = 0;
    std::int64_t last_updated = 0;
    std::uint64_t last_borrow_rate = 0;   ///< yearly, 1e9
    std::uint64_t protocol_paid = 0;      ///< protocol parts and rewards, already away
    std::uint64_t balance = 0;            ///< main account, from transfers alone
    std::uint64_t insurance_balance = 0;  ///< insurance account, from transfers alone

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("insurance", self.insurance);
        visit("impairment_losses", self.impairment_losses);
        visit("user_losses", self.user_losses);
        visit("owned", self.owned);
        visit("base", self.base);
        visit("locked", self.locked);
        visit("longed", self.longed);
        visit("shorted", self.shorted);
        visit("guaranteed_usd", self.guaranteed_usd);
        visit("fee_reserves", self.fee_reserves);
        visit("cumulative", self.cumulative);
        visit("last_updated", self.last_updated);
        visit("last_borrow_rate", self.last_borrow_rate);
        visit("protocol_paid", self.protocol_paid);
        visit("balance", self.balance);
        visit("insurance_balance", self.insurance_balance);
    }
    friend bool operator==(const VolCustody&, const VolCustody&) = default;
};

/// One position, and at most one live request, for each custody, owner, window and side.
struct VolKey {
    std::uint32_t custody = 0;
    CallerId owner = 0;
    VolWindow window{};
    Side side{};

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("custody", self.custody);
        visit("owner", self.owner);
        visit("window", self.window);
        visit("side", self.side);
    }
    friend auto operator<=>(const VolKey&, const VolKey&) = default;
};

struct VolPosition {
    std::int32_t entry = 0;
    std::uint64_t size = 0;  ///< loan + collateral
    std::uint64_t collateral = 0;
    std::uint64_t locked_amount = 0;
    std::uint64_t max_size = 0;
    std::uint64_t leverage_modifier_bps = 0;
    std::uint64_t snapshot = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("entry", self.entry);
        visit("size", self.size);
        visit("collateral", self.collateral);
        visit("locked_amount", self.locked_amount);
        visit("max_size", self.max_size);
        visit("leverage_modifier_bps", self.leverage_modifier_bps);
        visit("snapshot", self.snapshot);
    }
    friend bool operator==(const VolPosition&, const VolPosition&) = default;
};

/// Volatility that the caller saw and how far it may have moved against them.
struct VolSlippage {
    std::int32_t entry_value = 0;
    std::uint64_t vol_slippage_bps = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("entry_value", self.entry_value);
        visit("vol_slippage_bps", self.vol_slippage_bps);
    }
    friend bool operator==(const VolSlippage&, const VolSlippage&) = default;
};

enum class VolAction : std::uint8_t { increase, decrease };

/// An increase by size and collateral, or a decrease of both.
struct VolOrder {
    std::uint64_t size = 0;
    std::uint64_t collateral = 0;
    bool entire = false;
    std::optional<VolSlippage> slippage;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("size", self.size);
        visit("collateral", self.collateral);
        visit("entire", self.entire);
        visit("slippage", self.slippage);
    }
    friend bool operator==(const VolOrder&, const VolOrder&) = default;
};

/// Collateral of an increase waits in escrow, outside the custody.
struct VolRequest {
    VolAction action{};
    VolOrder order;
    std::int64_t created = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("action", self.action);
        visit("order", self.order);
        visit("created", self.created);
    }
    friend bool operator==(const VolRequest&, const VolRequest&) = default;
};

}  // namespace voltcore::perps
