#include <algorithm>
#include <limits>
#include <string>

#include "voltcore/perps/jlp_pool.hpp"

// Positions of JLP. Spec 6.2, 6.3, 6.5, 6.6.

namespace voltcore::perps {

namespace {

/// size - collateral, which an audit keeps at 0 or above.
std::uint64_t guaranteed(const JlpPosition& position) {
    return saturating_sub(position.size_usd, position.collateral_usd);
}

/// Tokens worth `usd_e6`, rounded up as a whole (`tokens_of` rounds up in its first division only).
std::uint64_t fee_tokens_of(Price price, std::uint64_t usd_e6, int decimals) {
    return to_u64(ceil_div(mul(usd_e6, power_of_ten(decimals)), price.mantissa));
}

std::uint64_t moved(std::uint64_t value, std::uint64_t more, std::uint64_t less) {
    return to_u64(add(value, more) - std::min<u128>(add(value, more), less));
}

}  // namespace

void JlpPool::check_market(const char* op, const JlpTrade& trade) const {
    check_custody(op, trade.custody);
    check_custody(op, trade.collateral_custody);
    if (configs_[trade.custody].is_stable) {
        refuse_perp("InvalidArgument", op, "custody", configs_[trade.custody].name, "is a stable");
    }
    const bool fits = trade.side == Side::long_side ? trade.collateral_custody == trade.custody
                                                    : configs_[trade.collateral_custody].is_stable;
    if (!fits) {
        refuse_perp("InvalidCollateralAccount", op, "collateral_custody",
                    configs_[trade.collateral_custody].name,
                    trade.side == Side::long_side ? "is not the traded custody"
                                                  : "is not a stable custody");
    }
}

void JlpPool::check_slippage(const char* op, const JlpTrade& trade, bool upward,
                             std::int64_t now) const {
    if (trade.price_slippage == 0) return;
    const std::uint64_t mark = price(trade.custody, now).mantissa;
    // An upward trade (a long opening, a short closing) must not pay more than the limit.
    if (upward ? mark <= trade.price_slippage : mark >= trade.price_slippage) return;
    refuse_perp("MaxPriceSlippage", op, "price_slippage", std::to_string(trade.price_slippage),
                "is passed by the mark");
}

PositionFee JlpPool::trade_fee(std::size_t index, JlpCustody& traded, std::uint64_t size_usd,
                               bool increase, std::int64_t now) const {
    const JlpCustodyConfig& config = configs_[index];
    const std::uint64_t bps = increase ? config.increase_bps : config.decrease_bps;
    if (config.additive.factor != 0) {
        if (size_usd > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            math_overflow("flow window");
        }
        const auto flow = static_cast<std::int64_t>(size_usd);
        const i128 imbalance =
            enter_flow(traded.flow, traded.flow_update, now, increase ? flow : -flow);
        traded.flow_update = now;
        return jlp_additive_fee(size_usd, bps, config.trade_impact_fee_scalar, imbalance,
                                config.additive);
    }
    return settings_.impact_mode == ImpactMode::integer
               ? jlp_position_fee(size_usd, bps, config.trade_impact_fee_scalar)
               : jlp_decimal_position_fee(size_usd, bps, config.trade_impact_fee_scalar);
}

JlpIncreaseReceipt JlpPool::increase(CallerId caller, const JlpTrade& trade, std::int64_t now) {
    constexpr const char* op = "increase";
    Governance::require_somebody(op, caller);
    governance_.require_time(op, now);
    return apply_increase(op, caller, trade, now);
}

JlpIncreaseReceipt JlpPool::apply_increase(const char* op, CallerId owner, const JlpTrade& trade,
                                           std::int64_t now) {
    check_market(op, trade);
    if (trade.size_usd == 0 && trade.collateral == 0) {
        refuse_perp("InvalidArgument", op, "size_usd", "0", "and no collateral do nothing");
    }
    check_flag(op, trade.custody, &JlpPermissions::increase);
    const bool is_long = trade.side == Side::long_side;
    if (trade.size_usd != 0) check_slippage(op, trade, is_long, now);
    const JlpKey key{owner, trade.custody, trade.collateral_custody, trade.side};
    const auto found = positions_.find(key);
    const bool opens = found == positions_.end();
    if (opens && (trade.size_usd == 0 || trade.collateral == 0)) {
        refuse_perp("InvalidPositionState", op, "position", {},
                    "needs size and collateral to be opened");
    }
    JlpPosition position = opens ? JlpPosition{} : found->second;
    const JlpCustodyConfig& config = configs_[trade.custody];
    const JlpCustodyConfig& paying = configs_[trade.collateral_custody];
    const std::uint64_t mark = price(trade.custody, now).mantissa;
    const Price credit = credit_price(price(trade.collateral_custody, now), paying.is_stable);
    JlpCustody collateral = custodies_[trade.collateral_custody];
    accrue(trade.collateral_custody, collateral, now);
    JlpCustody other = custodies_[trade.custody];  // the traded custody of a short
    JlpCustody& traded = is_long ? collateral : other;

    JlpIncreaseReceipt receipt;
    const PositionFee fee = trade_fee(trade.custody, traded, trade.size_usd, true, now);
    receipt.position_fee_usd = fee.fee_usd;
    receipt.impact_fee_usd = fee.impact_usd;
    receipt.borrow_fee_usd =
        opens ? 0 : borrow_fee(collateral.cumulative, position.snapshot, position.size_usd);
    const std::uint64_t fees = add_u64(receipt.borrow_fee_usd, receipt.position_fee_usd);
    const std::uint64_t guaranteed_before = guaranteed(position);
    position.collateral_usd =
        add_u64(position.collateral_usd, usd_of(credit, trade.collateral, paying.decimals));
    if (position.collateral_usd <= fees) {
        refuse_perp("InvalidCollateralAmount", op, "collateral", std::to_string(trade.collateral),
                    "does not exceed the fees");
    }
    position.collateral_usd -= fees;
    receipt.fee_tokens = fee_tokens_of(credit, fees, paying.decimals);
    const std::uint64_t lock = tokens_of(credit, trade.size_usd, paying.decimals);
    if (trade.size_usd != 0) {
        position.price =
            jlp_merged_price(trade.side, position.size_usd, position.price, trade.size_usd, mark);
    }
    const std::uint64_t short_average =
        is_long || trade.size_usd == 0
            ? traded.global_short_average_prices
            : jlp_merged_price(Side::short_side, traded.global_short_sizes,
                               traded.global_short_average_prices, trade.size_usd, mark);
    position.size_usd = add_u64(position.size_usd, trade.size_usd);
    position.locked_amount = add_u64(position.locked_amount, lock);
    position.snapshot = collateral.cumulative;
    if (position.size_usd < position.collateral_usd) {
        refuse_perp("MaxLeverage", op, "size_usd", std::to_string(position.size_usd),
                    "is below the collateral");
    }
    if (liquidatable(trade.custody, key, position, collateral.cumulative, mark)) {
        refuse_perp("MaxLeverage", op, "size_usd", std::to_string(position.size_usd),
                    "could be liquidated at once");
    }
    if (settings_.max_position_usd != 0 && position.size_usd > settings_.max_position_usd) {
        refuse_perp("PersonalPoolAmountLimit", op, "size_usd", std::to_string(position.size_usd),
                    "is above max_position_usd");
    }
    std::uint64_t& sizes = is_long ? traded.global_long_sizes : traded.global_short_sizes;
    sizes = add_u64(sizes, trade.size_usd);
    const std::uint64_t limit = is_long ? config.max_global_long_usd : config.max_global_short_usd;
    if (limit != 0 && sizes > limit) {
        refuse_perp("CustodyAmountLimit", op, "size_usd", std::to_string(trade.size_usd),
                    "brings the side above its global limit");
    }
    collateral.locked = add_u64(collateral.locked, lock);
    collateral.fees_reserves = add_u64(collateral.fees_reserves, receipt.fee_tokens);
    collateral.balance = add_u64(collateral.balance, trade.collateral);
    if (is_long) {
        collateral.owned = sub_u64(add_u64(collateral.owned, trade.collateral), receipt.fee_tokens);
        collateral.guaranteed_usd =
            moved(collateral.guaranteed_usd, guaranteed(position), guaranteed_before);
    } else {
        collateral.trader_collateral =
            sub_u64(add_u64(collateral.trader_collateral, trade.collateral), receipt.fee_tokens);
        position.collateral_tokens =
            sub_u64(add_u64(position.collateral_tokens, trade.collateral), receipt.fee_tokens);
        other.global_short_average_prices = short_average;
    }
    if (collateral.locked > collateral.owned) {
        refuse_perp("CustodyAmountLimit", op, "size_usd", std::to_string(trade.size_usd),
                    "locks more than the custody owns");
    }
    receipt.entry_price = position.price;
    receipt.size_usd = position.size_usd;
    receipt.collateral_usd = position.collateral_usd;
    receipt.locked_amount = position.locked_amount;
    positions_.insert_or_assign(key, position);
    if (!is_long) custodies_[trade.custody] = other;
    custodies_[trade.collateral_custody] = collateral;
    governance_.tick(now);
    return receipt;
}

JlpDecreaseReceipt JlpPool::decrease(CallerId caller, const JlpTrade& trade, std::int64_t now) {
    constexpr const char* op = "decrease";
    Governance::require_somebody(op, caller);
    governance_.require_time(op, now);
    return apply_decrease(op, caller, trade, false, now);
}

JlpDecreaseReceipt JlpPool::liquidate(CallerId caller, const JlpKey& key, std::int64_t now) {
    constexpr const char* op = "liquidate";
    JlpTrade trade{key.custody, key.collateral_custody, key.side, 0, 0, true, 0};
    check_market(op, trade);
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", op, "position", {}, "does not exist");
    }
    governance_.require_liquidator(op, caller);
    check_flag(op, key.custody, &JlpPermissions::liquidate);
    governance_.require_time(op, now);
    const JlpHealth health =
        jlp_health(exposure(key, found->second, now), price(key.custody, now).mantissa);
    if (!health.liquidatable) {
        refuse_perp("InvalidPositionState", op, "position", {}, "is healthy");
    }
    return apply_decrease(op, key.owner, trade, true, now);
}

JlpDecreaseReceipt JlpPool::apply_decrease(const char* op, CallerId owner, const JlpTrade& trade,
                                           bool liquidation, std::int64_t now) {
    check_market(op, trade);
    const JlpKey key{owner, trade.custody, trade.collateral_custody, trade.side};
    const auto found = positions_.find(key);
    if (found == positions_.end()) {
        refuse_perp("InvalidPositionState", op, "position", {}, "does not exist");
    }
    const JlpPosition before = found->second;
    if (!trade.entire &&
        (trade.size_usd > before.size_usd || (trade.size_usd == 0 && trade.collateral == 0))) {
        refuse_perp("InvalidArgument", op, "size_usd", std::to_string(trade.size_usd),
                    "is above the position, or nothing is asked for");
    }
    const bool closes = trade.entire || trade.size_usd == before.size_usd;
    const std::uint64_t size = closes ? before.size_usd : trade.size_usd;
    if (!liquidation) check_flag(op, trade.custody, &JlpPermissions::decrease);
    if (!closes && trade.collateral != 0) {
        check_flag(op, trade.custody, &JlpPermissions::collateral_withdrawal);
    }
    const bool is_long = trade.side == Side::long_side;
    if (size != 0) check_slippage(op, trade, !is_long, now);
    const JlpCustodyConfig& paying = configs_[trade.collateral_custody];
    const std::uint64_t mark = price(trade.custody, now).mantissa;
    const Price paid = price(trade.collateral_custody, now);
    JlpCustody collateral = custodies_[trade.collateral_custody];
    accrue(trade.collateral_custody, collateral, now);
    JlpCustody other = custodies_[trade.custody];
    JlpCustody& traded = is_long ? collateral : other;

    JlpDecreaseReceipt receipt;
    receipt.borrow_fee_usd = borrow_fee(collateral.cumulative, before.snapshot, before.size_usd);
    const std::uint64_t due =
        add_u64(receipt.borrow_fee_usd, trade_fee(trade.custody, traded, size, false, now).fee_usd);
    const std::uint64_t lock =
        closes ? before.locked_amount : muldiv(before.locked_amount, size, before.size_usd);
    const Profit profit = jlp_profit(trade.side, size, before.price, mark);
    receipt.profit = size != 0 && profit.in_profit;
    receipt.pnl_usd = profit.usd;
    JlpPosition after = before;
    std::uint64_t payout = 0;
    if (receipt.profit) {
        const Price credit = credit_price(paid, paying.is_stable);
        receipt.pnl_usd = std::min(profit.usd, usd_of(credit, lock, paying.decimals));
        payout = receipt.pnl_usd;
    } else {
        const std::uint64_t loss = std::min(profit.usd, before.collateral_usd);
        after.collateral_usd -= loss;
        receipt.bad_debt_usd = profit.usd - loss;
    }
    const std::uint64_t withdrawn = closes ? after.collateral_usd : trade.collateral;
    if (withdrawn > after.collateral_usd) {
        refuse_perp("InvalidCollateralAmount", op, "collateral", std::to_string(withdrawn),
                    "is more than is left");
    }
    after.collateral_usd -= withdrawn;
    payout = add_u64(payout, withdrawn);
    const std::uint64_t from_payout = std::min(due, payout);
    const std::uint64_t from_collateral = std::min(due - from_payout, after.collateral_usd);
    payout -= from_payout;
    after.collateral_usd -= from_collateral;
    receipt.fee_usd = from_payout + from_collateral;  // at most `due`
    if (liquidation && settings_.surplus == Surplus::forfeit) {
        receipt.forfeited_usd = payout;
        payout = 0;
    }
    receipt.usd_out = payout;
    const Price debit = debit_price(paid, paying.is_stable);
    receipt.amount_out = tokens_of(debit, payout, paying.decimals);
    receipt.fee_tokens = tokens_of(debit, receipt.fee_usd, paying.decimals);

    after.size_usd -= size;
    after.locked_amount -= lock;
    after.snapshot = collateral.cumulative;
    const i128 signed_pnl = static_cast<i128>(receipt.pnl_usd);
    after.realised_pnl_usd += receipt.profit ? signed_pnl : -signed_pnl;
    if (!closes && (after.collateral_usd == 0 || after.size_usd < after.collateral_usd ||
                    liquidatable(trade.custody, key, after, collateral.cumulative, mark))) {
        refuse_perp("MaxLeverage", op, "collateral_usd", std::to_string(after.collateral_usd),
                    "would not carry the rest of the position");
    }
    const std::uint64_t leaving = add_u64(receipt.amount_out, receipt.fee_tokens);
    collateral.locked = sub_u64(collateral.locked, lock);
    collateral.fees_reserves = add_u64(collateral.fees_reserves, receipt.fee_tokens);
    collateral.balance = sub_u64(collateral.balance, receipt.amount_out);
    if (is_long) {
        collateral.owned = sub_u64(collateral.owned, leaving);
        collateral.guaranteed_usd =
            moved(collateral.guaranteed_usd, closes ? 0 : guaranteed(after), guaranteed(before));
        collateral.global_long_sizes = sub_u64(collateral.global_long_sizes, size);
    } else {
        const std::uint64_t released =
            closes ? before.collateral_tokens
                   : muldiv(before.collateral_tokens, before.collateral_usd - after.collateral_usd,
                            before.collateral_usd);
        after.collateral_tokens -= released;
        collateral.trader_collateral = sub_u64(collateral.trader_collateral, released);
        collateral.owned = sub_u64(add_u64(collateral.owned, released), leaving);
        other.global_short_sizes = sub_u64(other.global_short_sizes, size);
        if (other.global_short_sizes == 0) other.global_short_average_prices = 0;
    }
    if (closes) {
        positions_.erase(key);
    } else {
        positions_.find(key)->second = after;
    }
    if (!is_long) custodies_[trade.custody] = other;
    custodies_[trade.collateral_custody] = collateral;
    governance_.tick(now);
    return receipt;
}

}  // namespace voltcore::perps
