#include <algorithm>
#include <string>

#include "voltcore/perps/vol_pool.hpp"

// Increase and decrease of VolPool positions. Spec 7.6 to 7.11.

namespace voltcore::perps {

namespace {

std::uint64_t guaranteed(const VolPosition& position) {
    return saturating_sub(position.size, position.collateral);
}

/// trunc(pnl * part / whole).
i128 share_of(i128 pnl, std::uint64_t part, std::uint64_t whole) {
    const u128 magnitude = pnl < 0 ? ~static_cast<u128>(pnl) + 1 : static_cast<u128>(pnl);
    const u128 share = to_u128(math::mul_div(U256{magnitude}, U256{part}, U256{whole}));
    return pnl < 0 ? -static_cast<i128>(share) : static_cast<i128>(share);
}

std::uint64_t loss_of(i128 pnl) { return pnl < 0 ? to_u64(static_cast<u128>(-pnl)) : 0; }
std::uint64_t profit_of(i128 pnl) { return pnl > 0 ? to_u64(static_cast<u128>(pnl)) : 0; }

std::int64_t narrow(i128 pnl) {
    std::int64_t out{};
    if (__builtin_add_overflow(pnl, i128{0}, &out)) math_overflow("pnl");
    return out;
}

}  // namespace

VolWaterfall VolPool::pay_profit(VolCustody& custody, std::uint64_t profit, std::uint64_t lock,
                                 std::uint64_t size) const {
    VolWaterfall paid;
    const std::uint64_t cover =
        settings_.lock_covers == LockCovers::profit ? lock : saturating_sub(lock, size);
    custody.locked = sub_u64(custody.locked, lock);
    paid.from_locked = std::min(profit, cover);
    custody.base = sub_u64(custody.base, paid.from_locked);
    std::uint64_t left = profit - paid.from_locked;
    paid.from_insurance = std::min(left, custody.insurance);
    custody.insurance -= paid.from_insurance;
    left -= paid.from_insurance;
    paid.impairment = std::min(left, saturating_sub(custody.base, custody.locked));
    custody.base -= paid.impairment;
    custody.impairment_losses = add_u64(custody.impairment_losses, paid.impairment);
    paid.unpaid = left - paid.impairment;
    custody.user_losses = add_u64(custody.user_losses, paid.unpaid);
    custody.insurance_balance = sub_u64(custody.insurance_balance, paid.from_insurance);
    return paid;
}

VolIncreaseReceipt VolPool::increase(CallerId caller, const VolKey& key, const VolOrder& order,
                                     std::int64_t now) {
    constexpr const char* op = "increase";
    Governance::require_owner(op, caller, key.owner);
    governance_.require_time(op, now);
    return apply_increase(op, key, order, now);
}

VolIncreaseReceipt VolPool::apply_increase(const char* op, const VolKey& key, const VolOrder& order,
                                           std::int64_t now) {
    check_key(op, key);
    const auto found = positions_.find(key);
    const bool opens = found == positions_.end();
    if ((order.size == 0 && order.collateral == 0) ||
        (opens && (order.size == 0 || order.collateral == 0))) {
        refuse_perp(
            "InvalidArgument", op, "size", std::to_string(order.size),
            opens ? "and collateral must both be positive to open" : "and collateral are both 0");
    }
    if (opens) {
        check_flag(op, key.custody, &VolPermissions::allow_open_position);
    } else {
        if (order.size != 0) check_flag(op, key.custody, &VolPermissions::allow_size_change);
        check_flag(op, key.custody, &VolPermissions::allow_leverage_change);
        if (order.collateral != 0) {
            check_flag(op, key.custody, &VolPermissions::allow_adding_collateral);
        }
    }
    const std::int32_t value = value_of(key.window, now);
    if (order.size != 0) {
        if (value == 0) refuse_perp("InvalidOraclePrice", op, "value", "0", "cannot be an entry");
        check_slippage(op, key.side, true, order, value);
    }
    const bool is_long = key.side == Side::long_side;
    const PoolLimit limit = limit_of(key.custody);
    VolCustody custody = custodies_[key.custody];
    accrue(custody, now);
    VolPosition position = opens ? VolPosition{} : found->second;
    if (opens) {
        position.leverage_modifier_bps = vol_modifier(key.side, custody.longed, custody.shorted);
        const std::uint64_t most = is_long ? limit.max_long_size : limit.max_short_size;
        position.max_size =
            vol_max_size(most, most, position.leverage_modifier_bps, custody.base, custody.locked);
        position.snapshot = custody.cumulative;
    }
    VolIncreaseReceipt receipt;
    receipt.borrow_fee = borrow_fee(custody.cumulative, position.snapshot, position.size);
    receipt.fee =
        position_fee(order.size, fees_.increase_position_bps, limit.trade_impact_fee_scalar);
    const std::uint64_t fees = add_u64(receipt.borrow_fee, receipt.fee);
    const std::uint64_t gross = add_u64(position.collateral, order.collateral);
    if (gross <= fees) {
        refuse_perp("InsufficientCollateral", op, "collateral", std::to_string(gross),
                    "does not exceed the fees");
    }
    const std::uint64_t guaranteed_before = guaranteed(position);
    position.collateral = gross - fees;
    if (order.size != 0) {
        position.entry =
            vol_merged_entry(key.side, position.size, position.entry, order.size, value);
    }
    position.size = add_u64(position.size, order.size);
    position.snapshot = custody.cumulative;
    if (position.size > position.max_size) {
        refuse_perp("MaxSize", op, "size", std::to_string(position.size), "is above max_size");
    }
    if (position.size < position.collateral) {
        refuse_perp("MinLeverage", op, "size", std::to_string(position.size),
                    "is below the collateral");
    }
    const std::uint64_t load = static_cast<std::uint64_t>(
        static_cast<u128>(position.max_size) * limit.pool_profit_load_percentage_bps / bps_scale);
    const std::uint64_t target = std::max(load, position.size);
    const std::uint64_t added = saturating_sub(target, position.locked_amount);
    if (added > custody.base - custody.locked) {
        refuse_perp("InsufficientFunds", op, "size", std::to_string(order.size),
                    "locks more than is free");
    }
    position.locked_amount += added;
    custody.locked += added;
    receipt.insurance_contribution =
        muldiv(receipt.borrow_fee, fees_.borrow_fee_liquidation_fund_contribution_dps, dbps_scale);
    custody.insurance = add_u64(custody.insurance, receipt.insurance_contribution);
    custody.owned = sub_u64(add_u64(custody.owned, order.collateral), fees);
    std::uint64_t& side = is_long ? custody.longed : custody.shorted;
    side = add_u64(side, order.size);
    custody.guaranteed_usd =
        sub_u64(add_u64(custody.guaranteed_usd, guaranteed(position)), guaranteed_before);
    std::uint64_t realized = realized_fee_usd_;
    receipt.protocol = take_fee(custody, fees - receipt.insurance_contribution, realized);
    custody.insurance_balance = add_u64(custody.insurance_balance, receipt.insurance_contribution);
    custody.balance = sub_u64(add_u64(custody.balance, order.collateral),
                              receipt.insurance_contribution + receipt.protocol);
    const VolHealth health = vol_health(exposure(key, position, custody.cumulative), value);
    if (health.state != VolState::healthy) {
        refuse_perp(health.state == VolState::over_leverage ? "MaxLeverage" : "MaxSize", op, "size",
                    std::to_string(position.size), "could be liquidated at once");
    }
    rate(key.custody, custody);
    receipt.size = position.size;
    receipt.collateral = position.collateral;
    receipt.entry = position.entry;
    receipt.locked_amount = position.locked_amount;
    receipt.max_size = position.max_size;
    receipt.leverage_modifier_bps = position.leverage_modifier_bps;
    positions_.insert_or_assign(key, position);
    custodies_[key.custody] = custody;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return receipt;
}

VolDecreaseReceipt VolPool::decrease(CallerId caller, const VolKey& key, const VolOrder& order,
                                     std::int64_t now) {
    constexpr const char* op = "decrease";
    Governance::require_owner(op, caller, key.owner);
    governance_.require_time(op, now);
    return apply_decrease(op, key, order, now);
}

VolDecreaseReceipt VolPool::apply_decrease(const char* op, const VolKey& key, const VolOrder& order,
                                           std::int64_t now) {
    check_key(op, key);
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", op, "position", {}, "does not exist");
    }
    const VolPosition before = found->second;
    if (!order.entire && (order.size > before.size || (order.size == 0 && order.collateral == 0))) {
        refuse_perp("InvalidArgument", op, "size", std::to_string(order.size),
                    "is above the position, or nothing is asked for");
    }
    const bool closes = order.entire || order.size == before.size;
    const std::uint64_t size = closes ? before.size : order.size;
    if (closes) {
        check_flag(op, key.custody, &VolPermissions::allow_close_position);
    } else {
        if (size != 0) check_flag(op, key.custody, &VolPermissions::allow_size_change);
        check_flag(op, key.custody, &VolPermissions::allow_leverage_change);
        if (order.collateral != 0) {
            check_flag(op, key.custody, &VolPermissions::allow_collateral_withdrawal);
        }
    }
    const std::int32_t value = value_of(key.window, now);
    if (size != 0) check_slippage(op, key.side, false, order, value);
    const PoolLimit limit = limit_of(key.custody);
    VolCustody custody = custodies_[key.custody];
    accrue(custody, now);
    const i128 whole = vol_profit(key.side, before.size, before.entry, value);
    const i128 pnl = closes ? whole : share_of(whole, size, before.size);
    if (pnl > 0) check_flag(op, key.custody, &VolPermissions::allow_pnl_withdrawal);

    VolDecreaseReceipt receipt;
    receipt.pnl = narrow(pnl);
    VolPosition after = before;
    const std::uint64_t profit = profit_of(pnl);
    const std::uint64_t loss = std::min(loss_of(pnl), before.collateral);
    after.collateral -= loss;
    const std::uint64_t withdrawn = closes ? after.collateral : order.collateral;
    if (withdrawn > after.collateral) {
        refuse_perp("InsufficientCollateral", op, "collateral", std::to_string(withdrawn),
                    "is more than is left");
    }
    after.collateral -= withdrawn;
    const std::uint64_t lock =
        closes ? before.locked_amount : muldiv(before.locked_amount, size, before.size);
    custody.base = add_u64(custody.base, loss);
    receipt.profit = pay_profit(custody, profit, lock, size);
    const std::uint64_t from_base = receipt.profit.from_locked + receipt.profit.impairment;

    receipt.borrow_fee = borrow_fee(custody.cumulative, before.snapshot, before.size);
    const std::uint64_t due =
        add_u64(receipt.borrow_fee, position_fee(add_u64(size, profit), fees_.decrease_position_bps,
                                                 limit.trade_impact_fee_scalar));
    const std::uint64_t outgoing = add_u64(from_base, withdrawn);
    const std::uint64_t from_outgoing = std::min(due, outgoing);
    const std::uint64_t from_staying = std::min(due - from_outgoing, after.collateral);
    after.collateral -= from_staying;
    receipt.fee = from_outgoing + from_staying;
    receipt.paid_custody = outgoing - from_outgoing;
    receipt.paid_insurance = receipt.profit.from_insurance;
    receipt.insurance_contribution =
        muldiv(std::min(receipt.borrow_fee, receipt.fee),
               fees_.borrow_fee_liquidation_fund_contribution_dps, dbps_scale);
    std::uint64_t realized = realized_fee_usd_;
    receipt.protocol = take_fee(custody, receipt.fee - receipt.insurance_contribution, realized);
    custody.insurance = add_u64(custody.insurance, receipt.insurance_contribution);
    custody.insurance_balance = add_u64(custody.insurance_balance, receipt.insurance_contribution);
    custody.balance =
        sub_u64(custody.balance,
                add_u64(receipt.paid_custody, receipt.insurance_contribution + receipt.protocol));
    // K of the ledger table: all collateral that left the position.
    const std::uint64_t collateral_left = before.collateral - after.collateral;
    custody.owned = sub_u64(add_u64(custody.owned, loss), add_u64(from_base, collateral_left));

    after.size -= size;
    after.locked_amount -= lock;
    after.snapshot = custody.cumulative;
    std::uint64_t& side = key.side == Side::long_side ? custody.longed : custody.shorted;
    side = sub_u64(side, size);
    custody.guaranteed_usd = sub_u64(
        add_u64(custody.guaranteed_usd, closes ? 0 : guaranteed(after)), guaranteed(before));
    if (!closes) {
        const bool carried = after.collateral > 0 && after.size >= after.collateral &&
                             vol_health(exposure(key, after, custody.cumulative), value).state !=
                                 VolState::over_leverage;
        if (!carried) {
            refuse_perp("MaxLeverage", op, "collateral", std::to_string(after.collateral),
                        "would not carry the rest of the position");
        }
        // A safeguard: the floors above never leave the lock below the size.
        const std::uint64_t top_up = std::min(saturating_sub(after.size, after.locked_amount),
                                              saturating_sub(custody.base, custody.locked));
        after.locked_amount += top_up;
        custody.locked += top_up;
    }
    rate(key.custody, custody);
    if (closes) {
        positions_.erase(key);
    } else {
        positions_.find(key)->second = after;
    }
    custodies_[key.custody] = custody;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return receipt;
}

VolLiquidationReceipt VolPool::liquidate(CallerId caller, const VolKey& key, std::int64_t now) {
    constexpr const char* op = "liquidate";
    check_key(op, key);
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", op, "position", {}, "does not exist");
    }
    governance_.require_liquidator(op, caller);
    governance_.require_time(op, now);
    const VolPosition position = found->second;
    VolCustody custody = custodies_[key.custody];
    accrue(custody, now);
    const VolHealth health =
        vol_health(exposure(key, position, custody.cumulative), value_of(key.window, now));
    if (health.state == VolState::healthy) {
        refuse_perp("PositionNotLiquidatable", op, "position", {}, "is healthy");
    }
    VolLiquidationReceipt receipt;
    receipt.reason = health.state;
    receipt.effective_collateral = health.effective_collateral;
    receipt.pnl = health.pnl;
    std::uint64_t realized = realized_fee_usd_;
    if (health.effective_collateral > 0) {
        const std::uint64_t loss = loss_of(health.pnl);  // below the collateral, as EC > 0
        custody.base = add_u64(custody.base, loss);
        receipt.profit =
            pay_profit(custody, profit_of(health.pnl), position.locked_amount, position.size);
        const std::uint64_t from_base = receipt.profit.from_locked + receipt.profit.impairment;
        std::uint64_t money = add_u64(sub_u64(position.collateral, loss), from_base);
        receipt.fee = std::min(add_u64(health.close_fee, health.borrow_fee), money);
        money -= receipt.fee;
        receipt.protocol_fee = take_fee(custody, receipt.fee, realized);
        const std::uint64_t basis = saturating_sub(
            to_u64(static_cast<u128>(health.effective_collateral)), receipt.profit.unpaid);
        const auto reward = [&](std::uint64_t bps) {
            const std::uint64_t part = std::min(muldiv(basis, bps, bps_scale), money);
            money -= part;
            return part;
        };
        receipt.liquidator = reward(fees_.positive_collateral_liquidator_reward_bps);
        receipt.protocol = reward(fees_.positive_collateral_protocol_reward_bps);
        receipt.pool = health.state == VolState::over_leverage
                           ? reward(fees_.positive_collateral_pool_reward_bps)
                           : 0;
        receipt.insurance_fee = reward(fees_.insurance_fund_liquidation_fee_bps);
        receipt.owner_custody = money;
        receipt.owner_insurance = receipt.profit.from_insurance;
        custody.owned =
            sub_u64(add_u64(custody.owned, loss), add_u64(from_base, position.collateral));
        custody.fee_reserves = add_u64(custody.fee_reserves, receipt.pool);
        realized = add_u64(realized, receipt.pool);
        custody.insurance = add_u64(custody.insurance, receipt.insurance_fee);
        custody.insurance_balance = add_u64(custody.insurance_balance, receipt.insurance_fee);
        custody.protocol_paid = add_u64(custody.protocol_paid, receipt.protocol);
        custody.balance =
            sub_u64(custody.balance, receipt.owner_custody + receipt.liquidator + receipt.protocol +
                                         receipt.protocol_fee + receipt.insurance_fee);
    } else {
        custody.locked = sub_u64(custody.locked, position.locked_amount);
        custody.base = add_u64(custody.base, position.collateral);
        receipt.liquidator_from_insurance = true;
        receipt.liquidator = std::min(
            custody.insurance, muldiv(position.collateral,
                                      fees_.negative_collateral_liquidation_reward_bps, bps_scale));
        custody.insurance -= receipt.liquidator;
        custody.insurance_balance = sub_u64(custody.insurance_balance, receipt.liquidator);
    }
    std::uint64_t& side = key.side == Side::long_side ? custody.longed : custody.shorted;
    side = sub_u64(side, position.size);
    custody.guaranteed_usd = sub_u64(custody.guaranteed_usd, guaranteed(position));
    rate(key.custody, custody);
    positions_.erase(key);
    custodies_[key.custody] = custody;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return receipt;
}

}  // namespace voltcore::perps
