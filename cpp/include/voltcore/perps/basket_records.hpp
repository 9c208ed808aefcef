#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "voltcore/perps/basket_position.hpp"
#include "voltcore/perps/governance.hpp"
#include "voltcore/perps/price_feed.hpp"
#include "voltcore/perps/ratio_fee.hpp"

// What a BasketPool is configured with, holds and hands back. Spec sections 4, 5.

namespace voltcore::perps {

/// Flags of a custody and of the whole pool; an operation needs both.
struct BasketPermissions {
    bool allow_swap = true;
    bool allow_add_liquidity = true;
    bool allow_remove_liquidity = true;
    bool allow_open_position = true;
    bool allow_close_position = true;  ///< liquidations too
    bool allow_pnl_withdrawal = true;  ///< stored, unused
    bool allow_collateral_withdrawal = true;
    bool allow_size_change = true;  ///< stored, unused

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("allow_swap", self.allow_swap);
        visit("allow_add_liquidity", self.allow_add_liquidity);
        visit("allow_remove_liquidity", self.allow_remove_liquidity);
        visit("allow_open_position", self.allow_open_position);
        visit("allow_close_position", self.allow_close_position);
        visit("allow_pnl_withdrawal", self.allow_pnl_withdrawal);
        visit("allow_collateral_withdrawal", self.allow_collateral_withdrawal);
        visit("allow_size_change", self.allow_size_change);
    }
    friend bool operator==(const BasketPermissions&, const BasketPermissions&) = default;
};

struct BasketFees {
    FeeMode mode = FeeMode::linear;
    std::uint64_t open_bps = 0;
    std::uint64_t close_bps = 0;
    std::uint64_t liquidation_bps = 0;
    std::uint64_t add_liquidity_bps = 0;
    std::uint64_t remove_liquidity_bps = 0;
    std::uint64_t swap_in_bps = 0;
    std::uint64_t swap_out_bps = 0;
    std::uint64_t stable_swap_in_bps = 0;
    std::uint64_t stable_swap_out_bps = 0;
    std::uint64_t protocol_share_bps = 0;
    std::uint64_t ratio_multiplier_bps = 0;
    std::uint64_t utilization_multiplier_bps = 0;
    std::uint64_t fee_max_bps = 0;
    std::uint64_t fee_optimal_bps = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("mode", self.mode);
        visit("open_bps", self.open_bps);
        visit("close_bps", self.close_bps);
        visit("liquidation_bps", self.liquidation_bps);
        visit("add_liquidity_bps", self.add_liquidity_bps);
        visit("remove_liquidity_bps", self.remove_liquidity_bps);
        visit("swap_in_bps", self.swap_in_bps);
        visit("swap_out_bps", self.swap_out_bps);
        visit("stable_swap_in_bps", self.stable_swap_in_bps);
        visit("stable_swap_out_bps", self.stable_swap_out_bps);
        visit("protocol_share_bps", self.protocol_share_bps);
        visit("ratio_multiplier_bps", self.ratio_multiplier_bps);
        visit("utilization_multiplier_bps", self.utilization_multiplier_bps);
        visit("fee_max_bps", self.fee_max_bps);
        visit("fee_optimal_bps", self.fee_optimal_bps);
    }
    friend bool operator==(const BasketFees&, const BasketFees&) = default;
};

struct BasketCustodyConfig {
    std::string name;
    std::int32_t decimals = usd_decimals;
    bool is_stable = false;
    bool use_ema = false;
    bool use_unrealized_pnl_in_aum = true;
    FeedRules feed;
    std::uint64_t spread_long_bps = 0;
    std::uint64_t spread_short_bps = 0;
    std::uint64_t swap_spread_bps = 0;
    std::uint64_t min_initial_leverage_bps = bps_scale;
    std::uint64_t max_initial_leverage_bps = 10 * bps_scale;
    std::uint64_t max_leverage_bps = 10 * bps_scale;
    std::uint64_t max_payoff_multiplier_bps = bps_scale;
    std::uint64_t max_utilization_bps = 0;      ///< off at 0 and from 10000
    std::uint64_t max_position_locked_usd = 0;  ///< 0: off
    std::uint64_t max_total_locked_usd = 0;     ///< 0: off
    std::uint64_t base_rate = 0;                ///< 1e9
    std::uint64_t slope1 = 0;
    std::uint64_t slope2 = 0;
    std::uint64_t optimal_utilization = rate_scale;
    std::uint64_t target_ratio_bps = 5'000;
    std::uint64_t min_ratio_bps = 0;
    std::uint64_t max_ratio_bps = bps_scale;
    BasketFees fees;
    BasketPermissions permissions;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("name", self.name);
        visit("decimals", self.decimals);
        visit("is_stable", self.is_stable);
        visit("use_ema", self.use_ema);
        visit("use_unrealized_pnl_in_aum", self.use_unrealized_pnl_in_aum);
        visit("feed", self.feed);
        visit("spread_long_bps", self.spread_long_bps);
        visit("spread_short_bps", self.spread_short_bps);
        visit("swap_spread_bps", self.swap_spread_bps);
        visit("min_initial_leverage_bps", self.min_initial_leverage_bps);
        visit("max_initial_leverage_bps", self.max_initial_leverage_bps);
        visit("max_leverage_bps", self.max_leverage_bps);
        visit("max_payoff_multiplier_bps", self.max_payoff_multiplier_bps);
        visit("max_utilization_bps", self.max_utilization_bps);
        visit("max_position_locked_usd", self.max_position_locked_usd);
        visit("max_total_locked_usd", self.max_total_locked_usd);
        visit("base_rate", self.base_rate);
        visit("slope1", self.slope1);
        visit("slope2", self.slope2);
        visit("optimal_utilization", self.optimal_utilization);
        visit("target_ratio_bps", self.target_ratio_bps);
        visit("min_ratio_bps", self.min_ratio_bps);
        visit("max_ratio_bps", self.max_ratio_bps);
        visit("fees", self.fees);
        visit("permissions", self.permissions);
    }
    friend bool operator==(const BasketCustodyConfig&, const BasketCustodyConfig&) = default;
};

struct BasketConfig {
    PoolRoles roles;
    BasketPermissions permissions;
    std::vector<BasketCustodyConfig> custodies;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("roles", self.roles);
        visit("permissions", self.permissions);
        visit("custodies", self.custodies);
    }
};

/// Aggregate of one side. A long is recorded once; a short's borrowing is recorded at its
/// collateral custody, the rest at the traded one.
struct SideStats {
    std::uint64_t positions = 0;
    std::uint64_t size_usd = 0;
    std::uint64_t borrow_size_usd = 0;
    std::uint64_t locked_amount = 0;
    u128 weighted_price = 0;  ///< sum of price * quantity
    u128 total_quantity = 0;
    std::uint64_t cumulative_interest_usd = 0;
    u128 cumulative_interest_snapshot = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("positions", self.positions);
        visit("size_usd", self.size_usd);
        visit("borrow_size_usd", self.borrow_size_usd);
        visit("locked_amount", self.locked_amount);
        visit("weighted_price", self.weighted_price);
        visit("total_quantity", self.total_quantity);
        visit("cumulative_interest_usd", self.cumulative_interest_usd);
        visit("cumulative_interest_snapshot", self.cumulative_interest_snapshot);
    }
    friend bool operator==(const SideStats&, const SideStats&) = default;
};

/// What a custody holds. balance = owned + collateral + protocol_fees + lp_fee_outside_owned.
struct BasketCustody {
    PriceFeed feed;
    std::uint64_t owned = 0;
    std::uint64_t collateral = 0;
    std::uint64_t locked = 0;
    std::uint64_t protocol_fees = 0;
    std::uint64_t lp_fee_outside_owned = 0;  ///< paid at opening, never credited: a known gap
    std::uint64_t balance = 0;               ///< from transfers alone
    std::uint64_t borrow_rate = 0;           ///< hourly, 1e9
    u128 cumulative_interest = 0;
    std::int64_t last_update = 0;
    SideStats longs;
    SideStats shorts;

    [[nodiscard]] SideStats& side(Side which) noexcept {
        return which == Side::long_side ? longs : shorts;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("feed", self.feed);
        visit("owned", self.owned);
        visit("collateral", self.collateral);
        visit("locked", self.locked);
        visit("protocol_fees", self.protocol_fees);
        visit("lp_fee_outside_owned", self.lp_fee_outside_owned);
        visit("balance", self.balance);
        visit("borrow_rate", self.borrow_rate);
        visit("cumulative_interest", self.cumulative_interest);
        visit("last_update", self.last_update);
        visit("longs", self.longs);
        visit("shorts", self.shorts);
    }
    friend bool operator==(const BasketCustody&, const BasketCustody&) = default;
};

struct BasketHolding {
    CallerId owner = 0;
    std::uint32_t custody = 0;
    std::uint32_t collateral_custody = 0;
    BasketPosition position;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("owner", self.owner);
        visit("custody", self.custody);
        visit("collateral_custody", self.collateral_custody);
        visit("position", self.position);
    }
    friend bool operator==(const BasketHolding&, const BasketHolding&) = default;
};

struct BasketOpenOrder {
    std::size_t custody = 0;
    std::size_t collateral_custody = 0;
    Side side{};
    std::uint64_t size = 0;        ///< traded-token units
    std::uint64_t collateral = 0;  ///< collateral-token units
    std::uint64_t price = 0;       ///< limit, 6 decimals
};

// Receipts: where each unit went.

struct BasketLiquidityReceipt {
    std::uint64_t amount = 0;  ///< tokens put in, or paid out
    std::uint64_t lp = 0;
    std::uint64_t fee = 0;           ///< token units, in the pool
    std::uint64_t protocol_fee = 0;  ///< part of the fee

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("lp", self.lp);
        visit("fee", self.fee);
        visit("protocol_fee", self.protocol_fee);
    }
};

struct BasketSwapReceipt {
    std::uint64_t amount_in = 0;
    std::uint64_t amount_out = 0;
    std::uint64_t fee_in = 0;  ///< counted as revenue, not deducted from the payment
    std::uint64_t fee_out = 0;
    std::uint64_t protocol_fee_in = 0;
    std::uint64_t protocol_fee_out = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount_in", self.amount_in);
        visit("amount_out", self.amount_out);
        visit("fee_in", self.fee_in);
        visit("fee_out", self.fee_out);
        visit("protocol_fee_in", self.protocol_fee_in);
        visit("protocol_fee_out", self.protocol_fee_out);
    }
};

struct BasketOpenReceipt {
    std::uint64_t position_id = 0;
    std::uint64_t entry_price = 0;
    std::uint64_t size_usd = 0;
    std::uint64_t collateral_usd = 0;
    std::uint64_t locked_amount = 0;
    std::uint64_t borrow_size_usd = 0;
    std::uint64_t fee = 0;  ///< collateral-token units, on top of the collateral
    std::uint64_t protocol_fee = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("position_id", self.position_id);
        visit("entry_price", self.entry_price);
        visit("size_usd", self.size_usd);
        visit("collateral_usd", self.collateral_usd);
        visit("locked_amount", self.locked_amount);
        visit("borrow_size_usd", self.borrow_size_usd);
        visit("fee", self.fee);
        visit("protocol_fee", self.protocol_fee);
    }
};

struct BasketCloseReceipt {
    std::uint64_t amount_out = 0;    ///< to the owner, collateral-token units
    std::uint64_t reward = 0;        ///< to the liquidator
    std::uint64_t fee = 0;           ///< collateral-token units, stays in the pool
    std::uint64_t protocol_fee = 0;  ///< part of the fee; 0 when the custody cannot spare it
    std::uint64_t profit_usd = 0;
    std::uint64_t loss_usd = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount_out", self.amount_out);
        visit("reward", self.reward);
        visit("fee", self.fee);
        visit("protocol_fee", self.protocol_fee);
        visit("profit_usd", self.profit_usd);
        visit("loss_usd", self.loss_usd);
    }
};

struct BasketCollateralReceipt {
    std::uint64_t amount = 0;          ///< token units that moved
    std::uint64_t value_usd = 0;       ///< what they added or took
    std::uint64_t collateral_usd = 0;  ///< of the position, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("value_usd", self.value_usd);
        visit("collateral_usd", self.collateral_usd);
    }
};

}  // namespace voltcore::perps
