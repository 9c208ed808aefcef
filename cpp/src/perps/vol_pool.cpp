#include "voltcore/perps/vol_pool.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "config_check.hpp"

namespace voltcore::perps {

namespace {

constexpr std::size_t most_vol_custodies = 16;

void validate(const PoolLimit& limit, const std::string& at) {
    require_config(limit.max_leverage >= 1, at + "max_leverage", "is below 1");
    require_config(limit.trade_blockage_utilization_limit <= bps_scale,
                   at + "trade_blockage_utilization_limit", "is above 10000");
    require_config(limit.pool_profit_load_percentage_bps <= bps_scale,
                   at + "pool_profit_load_percentage_bps", "is above 10000");
}

void validate(const VolFees& fees) {
    for (const std::uint64_t bps :
         {fees.swap_fee_bps, fees.increase_position_bps, fees.decrease_position_bps,
          fees.protocol_share_bps, fees.negative_collateral_liquidation_reward_bps}) {
        require_config(bps <= bps_scale, "fees", "has one above 10000 bps");
    }
    require_config(fees.borrow_fee_liquidation_fund_contribution_dps <= dbps_scale,
                   "fees.borrow_fee_liquidation_fund_contribution_dps", "is above 100000");
    const u128 rewards =
        add(add(fees.positive_collateral_liquidator_reward_bps,
                fees.positive_collateral_protocol_reward_bps),
            add(fees.positive_collateral_pool_reward_bps, fees.insurance_fund_liquidation_fee_bps));
    require_config(rewards <= bps_scale, "fees", "has liquidation rewards above 10000 bps");
}

}  // namespace

VolPool::VolPool(const VolConfig& config, std::int64_t now)
    : governance_{config.roles, now},
      settings_{config.settings},
      limit_{config.limit},
      fees_{config.fees},
      configs_{config.custodies},
      custodies_(config.custodies.size()) {
    require_config(!configs_.empty() && configs_.size() <= most_vol_custodies, "custodies",
                   "are not 1 to 16");
    validate(limit_, "limit.");
    validate(fees_);
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        const std::string at = "custodies[" + std::to_string(i) + "].";
        const JumpRate& jump = configs_[i].jump;
        require_config(!configs_[i].name.empty(), at + "name", "is empty");
        validate(configs_[i].limit, at + "limit.");
        require_config(jump.min_rate_bps <= jump.target_rate_bps &&
                           jump.target_rate_bps <= jump.max_rate_bps &&
                           jump.target_utilization <= bps_scale,
                       at + "jump", "is not rising, or its kink is above 10000");
        for (std::size_t j = 0; j < i; ++j) {
            require_config(configs_[i].name != configs_[j].name, "custodies", "share a name");
        }
    }
}

std::size_t VolPool::index_of(std::string_view name) const {
    for (std::size_t i = 0; i < configs_.size(); ++i) {
        if (configs_[i].name == name) return i;
    }
    refuse_perp("InvalidArgument", {}, "custody", name, "is not a custody of this pool");
}

void VolPool::check_custody(const char* op, std::size_t custody) const {
    if (custody < custodies_.size()) return;
    refuse_perp("InvalidArgument", op, "custody", std::to_string(custody),
                "is not a custody of this pool");
}

void VolPool::check_key(const char* op, const VolKey& key) const {
    check_custody(op, key.custody);
    if (key.side > Side::short_side) refuse_perp("InvalidArgument", op, "side");
    if (key.window > VolWindow::day_90) refuse_perp("InvalidTimeWindow", op, "window");
}

void VolPool::check_flag(const char* op, std::size_t custody, Flag flag) const {
    if (configs_[custody].permissions.*flag) return;
    refuse_perp("InstructionNotAllowed", op, "custody", configs_[custody].name, "has it off");
}

void VolPool::check_slippage(const char* op, Side side, bool increase, const VolOrder& order,
                             std::int32_t value) {
    if (!order.slippage) return;
    const std::int64_t seen = order.slippage->entry_value;
    // A long opening and a short closing suffer from a rise, the others from a fall.
    const bool upward = (side == Side::long_side) == increase;
    const std::int64_t adverse = upward ? value - seen : seen - value;
    const auto limit = static_cast<i128>(static_cast<u128>(seen < 0 ? -seen : seen) *
                                         order.slippage->vol_slippage_bps);
    if (static_cast<i128>(adverse) * static_cast<i128>(bps_scale) <= limit) return;
    refuse_perp("VolSlippageExceeded", op, "value", std::to_string(value),
                "moved too far against the caller");
}

void VolPool::set_oracle(CallerId caller, VolWindow window, std::optional<std::int32_t> implied,
                         std::optional<std::int32_t> realized, std::int64_t now) {
    constexpr const char* op = "set_oracle";
    if (window > VolWindow::day_90) refuse_perp("InvalidTimeWindow", op, "window");
    governance_.require_oracle(op, caller);
    governance_.require_time(op, now);
    VolQuote& quote = oracle_[static_cast<std::size_t>(window)];
    if (implied) {
        quote.implied_volatility = *implied;
        quote.iv_timestamp = now;
    }
    if (realized) {
        quote.realized_volatility = *realized;
        quote.rv_timestamp = now;
    }
    governance_.tick(now);
}

std::int32_t VolPool::value_of(VolWindow window, std::int64_t now) const {
    if (window > VolWindow::day_90) refuse_perp("InvalidTimeWindow", {}, "window");
    const VolQuote& quote = oracle_[static_cast<std::size_t>(window)];
    const bool needs_implied = settings_.product != VolProduct::rv;
    const bool needs_realized = settings_.product != VolProduct::iv;
    const auto check = [&](std::int64_t published, const char* field) {
        if (published < 0) {
            refuse_perp("InvalidTimeWindow", {}, field, {}, "was never published");
        }
        if (settings_.max_oracle_age_sec != 0 && now > published &&
            static_cast<u128>(now - published) > settings_.max_oracle_age_sec) {
            refuse_perp("StaleOraclePrice", {}, field, std::to_string(published),
                        "is older than max_oracle_age_sec");
        }
    };
    if (needs_implied) check(quote.iv_timestamp, "iv_timestamp");
    if (needs_realized) check(quote.rv_timestamp, "rv_timestamp");
    switch (settings_.product) {
        case VolProduct::iv:
            return quote.implied_volatility;
        case VolProduct::rv:
            return quote.realized_volatility;
        default:
            break;
    }
    const std::int64_t gap = std::int64_t{quote.realized_volatility} - quote.implied_volatility;
    if (gap < std::numeric_limits<std::int32_t>::min() ||
        gap > std::numeric_limits<std::int32_t>::max()) {
        math_overflow("volatility difference");
    }
    return static_cast<std::int32_t>(gap);
}

void VolPool::set_permissions(CallerId caller, std::size_t custody,
                              const VolPermissions& permissions, std::int64_t now) {
    constexpr const char* op = "set_permissions";
    check_custody(op, custody);
    governance_.require_admin(op, caller);
    governance_.require_time(op, now);
    configs_[custody].permissions = permissions;
    governance_.tick(now);
}

PoolLimit VolPool::limit_of(std::size_t custody) const {
    const PoolLimit& own = configs_[custody].limit;
    PoolLimit out;
    out.pool_profit_load_percentage_bps =
        std::max(limit_.pool_profit_load_percentage_bps, own.pool_profit_load_percentage_bps);
    out.max_long_size = std::min(limit_.max_long_size, own.max_long_size);
    out.max_short_size = std::min(limit_.max_short_size, own.max_short_size);
    out.max_leverage = std::min(limit_.max_leverage, own.max_leverage);
    out.trade_blockage_utilization_limit =
        std::min(limit_.trade_blockage_utilization_limit, own.trade_blockage_utilization_limit);
    // The smaller non-zero scalar charges more (chosen).
    const std::uint64_t a = limit_.trade_impact_fee_scalar;
    const std::uint64_t b = own.trade_impact_fee_scalar;
    out.trade_impact_fee_scalar = a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
    return out;
}

void VolPool::accrue(VolCustody& custody, std::int64_t now) const {
    if (now > custody.last_updated) {
        custody.cumulative = vol_accrue(custody.cumulative, custody.last_borrow_rate,
                                        static_cast<std::uint64_t>(now - custody.last_updated));
        custody.last_updated = now;
    }
}

void VolPool::rate(std::size_t index, VolCustody& custody) const {
    const JumpRate& jump = configs_[index].jump;
    if (settings_.rate_mode == RateMode::exact) {
        custody.last_borrow_rate = vol_rate_exact(custody.base, custody.locked, jump);
        return;
    }
    const std::uint64_t bps =
        vol_rate_published(vol_utilization_bps(custody.base, custody.locked), jump);
    custody.last_borrow_rate = to_u64(mul(bps, rate_scale / bps_scale));
}

VolExposure VolPool::exposure(const VolKey& key, const VolPosition& position,
                              std::uint64_t cumulative) const {
    return exposure(key, position, cumulative, limit_of(key.custody));
}

VolExposure VolPool::exposure(const VolKey& key, const VolPosition& position,
                              std::uint64_t cumulative, const PoolLimit& limit) const {
    return {key.side,
            position.size,
            position.collateral,
            position.entry,
            fees_.decrease_position_bps,
            limit.trade_impact_fee_scalar,
            limit.max_leverage,
            position.leverage_modifier_bps,
            position.max_size,
            cumulative,
            position.snapshot};
}

VolHealth VolPool::health(const VolKey& key, std::int64_t now) const {
    check_key("health", key);
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", "health", "position", {}, "does not exist");
    }
    VolCustody custody = custodies_[key.custody];
    accrue(custody, now);
    return vol_health(exposure(key, found->second, custody.cumulative), value_of(key.window, now));
}

std::vector<VolKey> VolPool::liquidatable(std::int64_t now) const {
    std::vector<PoolLimit> limits;
    std::vector<std::uint64_t> cumulative;
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        VolCustody custody = custodies_[i];
        accrue(custody, now);
        cumulative.push_back(custody.cumulative);
        limits.push_back(limit_of(i));
    }
    std::array<std::optional<std::int32_t>, vol_windows> values;
    std::vector<VolKey> found;
    for (const auto& [key, position] : positions_) {
        std::optional<std::int32_t>& value = values[static_cast<std::size_t>(key.window)];
        if (!value) value = value_of(key.window, now);
        const VolExposure exposed =
            exposure(key, position, cumulative[key.custody], limits[key.custody]);
        if (vol_health(exposed, *value).state != VolState::healthy) found.push_back(key);
    }
    return found;
}

std::uint64_t VolPool::pool_value() const {
    std::uint64_t total = 0;
    for (const VolCustody& custody : custodies_) total = add_u64(total, custody.base);
    return total;
}

i128 VolPool::mark_to_market(std::int64_t now) const {
    auto total = static_cast<i128>(pool_value());
    for (const auto& [key, position] : positions_) {
        const i128 pnl =
            vol_profit(key.side, position.size, position.entry, value_of(key.window, now));
        total -= std::max(pnl, -static_cast<i128>(position.collateral));
    }
    return total;
}

}  // namespace voltcore::perps
