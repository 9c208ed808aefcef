#include "voltcore/perps/jlp_pool.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "config_check.hpp"

namespace voltcore::perps {

namespace {

constexpr std::size_t most_jlp_custodies = 16;

void validate(const JlpCustodyConfig& config, const std::string& at) {
    require_config(!config.name.empty(), at + "name", "is empty");
    require_config(config.decimals >= 0 && config.decimals <= 18, at + "decimals",
                   "is not in [0, 18]");
    require_config(config.target_bps <= bps_scale, at + "target_bps", "is not in [0, 10000]");
    require_config(config.increase_bps <= bps_scale && config.decrease_bps <= bps_scale,
                   at + "increase_bps", "or decrease_bps is above 10000");
    require_config(config.max_leverage_bps >= bps_scale, at + "max_leverage_bps", "is below 1x");
    const JumpRate& jump = config.jump;
    const bool absent = jump == JumpRate{};
    require_config(absent || (jump.target_utilization > 0 && jump.target_utilization < rate_scale),
                   at + "jump.target_utilization", "is not in (0, 10^9)");
    require_config(
        jump.min_rate_bps <= jump.target_rate_bps && jump.target_rate_bps <= jump.max_rate_bps,
        at + "jump", "is not rising");
}

void validate(const JlpSettings& settings) {
    for (const std::uint64_t bps : {settings.swap_bps, settings.stable_swap_bps,
                                    settings.add_remove_bps, settings.protocol_share_bps}) {
        require_config(bps <= bps_scale, "settings", "has a fee above 10000 bps");
    }
}

}  // namespace

JlpPool::JlpPool(const JlpConfig& config, std::int64_t now)
    : governance_{config.roles, now},
      settings_{config.settings},
      configs_{config.custodies},
      custodies_(config.custodies.size()) {
    require_config(!configs_.empty() && configs_.size() <= most_jlp_custodies, "custodies",
                   "are not 1 to 16");
    validate(settings_);
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        validate(configs_[i], "custodies[" + std::to_string(i) + "].");
        for (std::size_t j = 0; j < i; ++j) {
            require_config(configs_[i].name != configs_[j].name, "custodies", "share a name");
        }
        JlpCustody& custody = custodies_[i];
        custody.owned = configs_[i].seed_owned;
        custody.fees_reserves = configs_[i].seed_fees_reserves;
        custody.balance = add_u64(custody.owned, custody.fees_reserves);
    }
}

std::size_t JlpPool::index_of(std::string_view name) const {
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        if (configs_[i].name == name) return i;
    }
    refuse_perp("InvalidArgument", {}, "custody", name, "is not a custody of this pool");
}

void JlpPool::check_custody(const char* op, std::size_t custody) const {
    if (custody < custodies_.size()) return;
    refuse_perp("InvalidArgument", op, "custody", std::to_string(custody),
                "is not a custody of this pool");
}

void JlpPool::check_flag(const char* op, std::size_t custody, Flag flag) const {
    if (configs_[custody].permissions.*flag) return;
    refuse_perp("InstructionNotAllowed", op, "custody", configs_[custody].name, "has it off");
}

void JlpPool::set_price(CallerId caller, std::size_t custody, const PriceFeed& feed,
                        std::int64_t now) {
    constexpr const char* op = "set_price";
    check_custody(op, custody);
    governance_.require_oracle(op, caller);
    governance_.require_time(op, now);
    if (feed.exponent != -usd_decimals) {
        refuse_perp("InvalidOraclePrice", op, "exponent", std::to_string(feed.exponent),
                    "is not -6");
    }
    custodies_[custody].feed.publish(configs_[custody].feed, feed, now);
    governance_.tick(now);
}

void JlpPool::set_permissions(CallerId caller, std::size_t custody,
                              const JlpPermissions& permissions, std::int64_t now) {
    constexpr const char* op = "set_permissions";
    check_custody(op, custody);
    governance_.require_admin(op, caller);
    governance_.require_time(op, now);
    configs_[custody].permissions = permissions;
    governance_.tick(now);
}

std::uint64_t JlpPool::hourly_rate(std::size_t index) const {
    check_custody("hourly_rate", index);
    const JlpCustodyConfig& config = configs_[index];
    const JlpCustody& custody = custodies_[index];
    return config.hourly_funding_dbps != 0
               ? jlp_linear_rate(custody.owned, custody.locked, config.hourly_funding_dbps)
               : jlp_jump_rate(custody.owned, custody.locked, config.jump);
}

u128 JlpPool::cumulative_at(std::size_t index, std::int64_t now) const {
    const JlpCustody& custody = custodies_[index];
    if (custody.owned == 0) return custody.cumulative;
    return hourly_accrue(custody.cumulative, custody.last_update, now, hourly_rate(index));
}

void JlpPool::accrue(std::size_t index, JlpCustody& custody, std::int64_t now) const {
    custody.cumulative = cumulative_at(index, now);
    custody.last_update = std::max(custody.last_update, now);
}

LiquidityView JlpPool::view(std::size_t index, std::int64_t now) const {
    const JlpCustodyConfig& config = configs_[index];
    const JlpCustody& custody = custodies_[index];
    return {price(index, now), config.decimals,        config.is_stable, custody.owned,
            custody.locked,    custody.guaranteed_usd, config.target_bps};
}

std::uint64_t JlpPool::custody_aum(std::size_t index, std::int64_t now) const {
    check_custody("custody_aum", index);
    const LiquidityView seen = view(index, now);
    if (seen.stable) return usd_of(debit_price(seen.price, true), seen.owned, seen.decimals);
    const std::uint64_t held = jlp_current_usd(seen);
    const JlpCustody& custody = custodies_[index];
    if (custody.global_short_sizes == 0) return held;
    const Profit shorts = jlp_profit(Side::short_side, custody.global_short_sizes,
                                     custody.global_short_average_prices, seen.price.mantissa);
    return shorts.in_profit ? saturating_sub(held, shorts.usd) : add_u64(held, shorts.usd);
}

std::uint64_t JlpPool::aum(std::int64_t now) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        total = add_u64(total, custody_aum(i, now));
    }
    return total;
}

std::uint64_t JlpPool::virtual_price(std::int64_t now) const {
    return muldiv(aum(now), 1'000'000, lp_.total());
}

JlpExposure JlpPool::exposure(const JlpKey& key, const JlpPosition& position,
                              std::int64_t now) const {
    const JlpCustodyConfig& config = configs_[key.custody];
    return {key.side,
            position.price,
            position.size_usd,
            position.collateral_usd,
            config.decrease_bps,
            config.trade_impact_fee_scalar,
            config.max_leverage_bps,
            cumulative_at(key.collateral_custody, now),
            position.snapshot};
}

bool JlpPool::liquidatable(std::size_t traded, const JlpKey& key, const JlpPosition& position,
                           u128 cumulative, std::uint64_t mark) const {
    const JlpCustodyConfig& config = configs_[traded];
    return jlp_health({key.side, position.price, position.size_usd, position.collateral_usd,
                       config.decrease_bps, config.trade_impact_fee_scalar, config.max_leverage_bps,
                       cumulative, position.snapshot},
                      mark)
        .liquidatable;
}

JlpPositionView JlpPool::value_of(const JlpKey& key, std::int64_t now) const {
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", "value_of", "position", {}, "does not exist");
    }
    const std::uint64_t mark = price(key.custody, now).mantissa;
    const JlpExposure exposed = exposure(key, found->second, now);
    const Profit profit = jlp_profit(key.side, exposed.size_usd, exposed.price, mark);
    const JlpHealth health = jlp_health(exposed, mark);
    return {profit.in_profit,
            profit.usd,
            borrow_fee(exposed.cumulative, exposed.snapshot, exposed.size_usd),
            position_fee(exposed.size_usd, exposed.close_bps, exposed.impact_scalar),
            health.remaining_usd,
            health.liquidatable,
            jlp_liquidation_price(exposed)};
}

}  // namespace voltcore::perps
