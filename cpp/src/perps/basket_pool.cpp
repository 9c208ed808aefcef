#include "voltcore/perps/basket_pool.hpp"

#include <algorithm>
#include <limits>

#include "config_check.hpp"

namespace voltcore::perps {

namespace {

constexpr std::size_t whole_pool = std::numeric_limits<std::size_t>::max();

void validate(const BasketCustodyConfig& config, const std::string& at) {
    require_config(!config.name.empty(), at + "name", "is empty");
    require_config(config.decimals >= 0 && config.decimals <= 18, at + "decimals",
                   "is not in [0, 18]");
    require_config(config.optimal_utilization > 0 && config.optimal_utilization <= rate_scale,
                   at + "optimal_utilization", "is not in (0, 10^9]");
    require_config(config.min_ratio_bps <= config.target_ratio_bps &&
                       config.target_ratio_bps <= config.max_ratio_bps &&
                       config.max_ratio_bps <= bps_scale,
                   at + "target_ratio_bps", "is not between the ratio limits");
    require_config(config.min_initial_leverage_bps >= bps_scale &&
                       config.min_initial_leverage_bps <= config.max_initial_leverage_bps &&
                       config.max_initial_leverage_bps <= config.max_leverage_bps,
                   at + "max_leverage_bps", "is not above the initial limits");
    for (const std::uint64_t bps :
         {config.spread_long_bps, config.spread_short_bps, config.swap_spread_bps,
          config.fees.open_bps, config.fees.close_bps, config.fees.liquidation_bps,
          config.fees.add_liquidity_bps, config.fees.remove_liquidity_bps, config.fees.swap_in_bps,
          config.fees.swap_out_bps, config.fees.stable_swap_in_bps, config.fees.stable_swap_out_bps,
          config.fees.protocol_share_bps}) {
        require_config(bps <= bps_scale, at + "fees", "has one above 10000 bps");
    }
}

}  // namespace

BasketPool::BasketPool(const BasketConfig& config, std::int64_t now)
    : governance_{config.roles, now},
      permissions_{config.permissions},
      configs_{config.custodies},
      custodies_(config.custodies.size()) {
    require_config(!configs_.empty() && configs_.size() <= most_custodies, "custodies",
                   "are not 1 to 16");
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        validate(configs_[i], "custodies[" + std::to_string(i) + "].");
        for (std::size_t j = 0; j < i; ++j) {
            require_config(configs_[i].name != configs_[j].name, "custodies", "share a name");
        }
    }
}

std::size_t BasketPool::index_of(std::string_view name) const {
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        if (configs_[i].name == name) return i;
    }
    refuse_perp("InvalidArgument", {}, "custody", name, "is not a custody of this pool");
}

void BasketPool::check_custody(const char* op, std::size_t custody) const {
    if (custody < custodies_.size()) return;
    refuse_perp("InvalidArgument", op, "custody", std::to_string(custody),
                "is not a custody of this pool");
}

void BasketPool::check_flag(const char* op, std::size_t custody, Flag flag) const {
    if (permissions_.*flag && configs_[custody].permissions.*flag) return;
    refuse_perp("InstructionNotAllowed", op, "custody", configs_[custody].name, "has it off");
}

const BasketHolding& BasketPool::holding(const char* op, std::uint64_t position) const {
    const auto found = positions_.find(position);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", op, "position", std::to_string(position),
                    "does not exist");
    }
    return found->second;
}

const BasketHolding& BasketPool::owned_by(const char* op, CallerId caller,
                                          std::uint64_t position) const {
    const BasketHolding& found = holding(op, position);
    if (caller == 0 || found.owner != caller) {
        refuse_perp("Unauthorized", op, "caller", std::to_string(caller), "is not the owner");
    }
    return found;
}

void BasketPool::set_price(CallerId caller, std::size_t custody, const PriceFeed& feed,
                           std::int64_t now) {
    constexpr const char* op = "set_price";
    check_custody(op, custody);
    governance_.require_oracle(op, caller);
    governance_.require_time(op, now);
    if (feed.exponent < -18 || feed.exponent > 0) {
        refuse_perp("InvalidOraclePrice", op, "exponent", std::to_string(feed.exponent),
                    "is not in [-18, 0]");
    }
    custodies_[custody].feed.publish(configs_[custody].feed, feed, now);
    governance_.tick(now);
}

void BasketPool::set_permissions(CallerId caller, std::size_t custody,
                                 const BasketPermissions& permissions, std::int64_t now) {
    constexpr const char* op = "set_permissions";
    if (custody != whole_pool) check_custody(op, custody);
    governance_.require_admin(op, caller);
    governance_.require_time(op, now);
    (custody == whole_pool ? permissions_ : configs_[custody].permissions) = permissions;
    governance_.tick(now);
}

PricePair BasketPool::prices(std::size_t custody, std::int64_t now) const {
    const BasketCustodyConfig& config = configs_[custody];
    const PriceFeed& feed = custodies_[custody].feed;
    const Price spot = feed.read(config.feed, false, now);
    return {spot, config.use_ema ? feed.read(config.feed, true, now) : spot};
}

u128 BasketPool::cumulative_at(std::size_t custody, std::int64_t now) const {
    const BasketCustody& state = custodies_[custody];
    return hourly_accrue(state.cumulative_interest, state.last_update, now, state.borrow_rate);
}

void BasketPool::accrue_and_rate(std::size_t index, BasketCustody& custody,
                                 std::int64_t now) const {
    const BasketCustodyConfig& config = configs_[index];
    if (custody.owned != 0) {
        custody.cumulative_interest = hourly_accrue(custody.cumulative_interest,
                                                    custody.last_update, now, custody.borrow_rate);
    }
    custody.borrow_rate = anc_hourly_rate(custody.owned, custody.locked, config.base_rate,
                                          config.slope1, config.slope2, config.optimal_utilization);
    custody.last_update = std::max(now, custody.last_update);
}

BasketMarket BasketPool::market(const BasketHolding& holding, std::int64_t now) const {
    const BasketCustodyConfig& traded = configs_[holding.custody];
    const BasketCustodyConfig& collateral = configs_[holding.collateral_custody];
    return {prices(holding.custody, now),
            traded.decimals,
            prices(holding.collateral_custody, now),
            collateral.decimals,
            collateral.is_stable,
            traded.spread_long_bps,
            traded.spread_short_bps,
            traded.fees.close_bps,
            traded.fees.liquidation_bps,
            traded.max_leverage_bps,
            cumulative_at(holding.collateral_custody, now),
            now};
}

std::uint64_t BasketPool::with_unrealized(std::uint64_t aum, std::size_t index,
                                          const BasketCustody& custody, std::int64_t now) const {
    const BasketCustodyConfig& config = configs_[index];
    const u128 cumulative =
        hourly_accrue(custody.cumulative_interest, custody.last_update, now, custody.borrow_rate);
    if (config.is_stable) {
        for (const SideStats* stats : {&custody.longs, &custody.shorts}) {
            aum = add_u64(aum, anc_interest(cumulative, stats->cumulative_interest_snapshot,
                                            stats->borrow_size_usd));
        }
        return aum;
    }
    const PricePair pair = prices(index, now);
    const BasketMarket market{pair,
                              config.decimals,
                              pair,
                              config.decimals,
                              false,
                              config.spread_long_bps,
                              config.spread_short_bps,
                              config.fees.close_bps,
                              config.fees.liquidation_bps,
                              config.max_leverage_bps,
                              cumulative,
                              now};
    BasketProfit both[2];
    for (const Side side : {Side::long_side, Side::short_side}) {
        const SideStats& stats = side == Side::long_side ? custody.longs : custody.shorts;
        BasketPosition total;
        total.side = side;
        total.price =
            stats.total_quantity == 0 ? 0 : to_u64(stats.weighted_price / stats.total_quantity);
        total.size_usd = stats.size_usd;
        total.borrow_size_usd = stats.borrow_size_usd;
        total.locked_amount = stats.locked_amount;
        total.cumulative_interest_snapshot = stats.cumulative_interest_snapshot;
        total.unrealized_loss_usd = stats.cumulative_interest_usd;
        both[static_cast<std::size_t>(side)] = basket_profit(total, market, false);
    }
    aum = add_u64(add_u64(aum, both[0].loss_usd), both[1].loss_usd);
    return saturating_sub(saturating_sub(aum, both[0].profit_usd), both[1].profit_usd);
}

std::uint64_t BasketPool::aum_with(AumMode mode, std::size_t changed, const BasketCustody& custody,
                                   std::int64_t now) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        const BasketCustody& state = i == changed ? custody : custodies_[i];
        const PricePair pair = prices(i, now);
        const Price price = mode == AumMode::last  ? pair.spot
                            : mode == AumMode::ema ? pair.ema
                            : mode == AumMode::min ? pair.least()
                                                   : pair.greatest();
        total = add_u64(total, usd_of(price, state.owned, configs_[i].decimals));
        if (configs_[i].use_unrealized_pnl_in_aum) {
            total = with_unrealized(total, i, state, now);
        }
    }
    return total;
}

std::uint64_t BasketPool::aum(AumMode mode, std::int64_t now) const {
    return aum_with(mode, whole_pool, {}, now);
}

std::uint64_t BasketPool::lp_price(std::int64_t now) const {
    return dec_div(aum(AumMode::ema, now), -usd_decimals, lp_.total(), -usd_decimals,
                   -usd_decimals);
}

std::uint64_t BasketPool::update_aum(CallerId caller, std::int64_t now) {
    constexpr const char* op = "update_aum";
    Governance::require_somebody(op, caller);
    governance_.require_time(op, now);
    const std::uint64_t total = aum(AumMode::ema, now);
    aum_usd_ = total;
    governance_.tick(now);
    return total;
}

BasketProfit BasketPool::profit(std::uint64_t position, std::int64_t now) const {
    const BasketHolding& found = holding("profit", position);
    return basket_profit(found.position, market(found, now), false);
}

std::uint64_t BasketPool::leverage(std::uint64_t position, std::int64_t now) const {
    const BasketHolding& found = holding("leverage", position);
    return basket_leverage(found.position, market(found, now));
}

std::uint64_t BasketPool::liquidation_price(std::uint64_t position, std::int64_t now) const {
    const BasketHolding& found = holding("liquidation_price", position);
    return basket_liquidation_price(found.position, market(found, now));
}

bool BasketPool::liquidatable(std::uint64_t position, std::int64_t now) const {
    const BasketHolding& found = holding("liquidatable", position);
    return basket_leverage(found.position, market(found, now)) >
           configs_[found.custody].max_leverage_bps;
}

}  // namespace voltcore::perps
