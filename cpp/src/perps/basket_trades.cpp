#include <algorithm>
#include <string>

#include "voltcore/perps/basket_pool.hpp"

// Positions of the ancestor. Spec 5.5, 5.6.

namespace voltcore::perps {

namespace {

void accrue_side(SideStats& stats, u128 cumulative, std::uint64_t less) {
    const std::uint64_t interest =
        anc_interest(cumulative, stats.cumulative_interest_snapshot, stats.borrow_size_usd);
    stats.cumulative_interest_usd =
        saturating_sub(add_u64(stats.cumulative_interest_usd, interest), less);
}

u128 quantity(const BasketPosition& position) {
    return static_cast<u128>(position.size_usd) * bps_scale / position.price;
}

}  // namespace

void BasketPool::enter_sides(const BasketHolding& holding, BasketCustody& traded,
                             BasketCustody& collateral, std::int64_t) const {
    const BasketPosition& position = holding.position;
    const bool is_long = position.side == Side::long_side;
    SideStats& stats = traded.side(position.side);
    ++stats.positions;
    stats.size_usd = add_u64(stats.size_usd, position.size_usd);
    stats.locked_amount = add_u64(stats.locked_amount, position.locked_amount);
    stats.weighted_price = add(stats.weighted_price, mul(position.price, quantity(position)));
    stats.total_quantity = add(stats.total_quantity, quantity(position));
    SideStats& borrowing = is_long ? stats : collateral.side(position.side);
    accrue_side(borrowing, position.cumulative_interest_snapshot, 0);
    borrowing.cumulative_interest_snapshot = position.cumulative_interest_snapshot;
    borrowing.borrow_size_usd = add_u64(borrowing.borrow_size_usd, position.borrow_size_usd);
    if (!is_long) ++borrowing.positions;
}

void BasketPool::leave_sides(const BasketHolding& holding, BasketCustody& traded,
                             BasketCustody& collateral, std::int64_t now) const {
    const BasketPosition& position = holding.position;
    const bool is_long = position.side == Side::long_side;
    SideStats& stats = traded.side(position.side);
    if (stats.positions == 1) {
        // The ancestor leaves early here: a short's part of the collateral custody stays behind.
        stats = {};
        return;
    }
    --stats.positions;
    stats.size_usd = sub_u64(stats.size_usd, position.size_usd);
    stats.locked_amount = sub_u64(stats.locked_amount, position.locked_amount);
    stats.weighted_price -= mul(position.price, quantity(position));
    stats.total_quantity -= quantity(position);
    SideStats& borrowing = is_long ? stats : collateral.side(position.side);
    const u128 cumulative = cumulative_at(holding.collateral_custody, now);
    accrue_side(
        borrowing, cumulative,
        anc_interest(cumulative, position.cumulative_interest_snapshot, position.borrow_size_usd));
    // The traded custody's cumulative, also for a short: the ancestor's rule.
    borrowing.cumulative_interest_snapshot = cumulative_at(holding.custody, now);
    borrowing.borrow_size_usd = saturating_sub(borrowing.borrow_size_usd, position.borrow_size_usd);
    if (!is_long && borrowing.positions > 0) --borrowing.positions;
}

void BasketPool::check_initial_leverage(const char* op, const BasketHolding& holding,
                                        std::int64_t now) const {
    const BasketCustodyConfig& config = configs_[holding.custody];
    const std::uint64_t leverage = basket_leverage(holding.position, market(holding, now));
    if (leverage <= config.max_leverage_bps && leverage >= config.min_initial_leverage_bps &&
        leverage <= config.max_initial_leverage_bps) {
        return;
    }
    refuse_perp("MaxLeverage", op, "leverage_bps", std::to_string(leverage),
                "is outside the initial limits");
}

BasketOpenReceipt BasketPool::open(CallerId caller, const BasketOpenOrder& order,
                                   std::int64_t now) {
    constexpr const char* op = "open";
    check_custody(op, order.custody);
    check_custody(op, order.collateral_custody);
    Governance::require_somebody(op, caller);
    check_flag(op, order.custody, &BasketPermissions::allow_open_position);
    const BasketCustodyConfig& config = configs_[order.custody];
    const BasketCustodyConfig& paying = configs_[order.collateral_custody];
    if (config.is_stable) {
        refuse_perp("InstructionNotAllowed", op, "custody", config.name, "is a stable");
    }
    if (order.size == 0 || order.collateral == 0 || order.price == 0) {
        refuse_perp("InvalidArgument", op, "size, collateral, price", "0", "is not positive");
    }
    const bool is_long = order.side == Side::long_side;
    if (is_long ? order.collateral_custody != order.custody
                : order.collateral_custody == order.custody || !paying.is_stable) {
        refuse_perp("InvalidCollateralCustody", op, "collateral_custody", paying.name,
                    is_long ? "is not the traded custody" : "is not a stable custody");
    }
    governance_.require_time(op, now);
    BasketHolding holding{caller,
                          static_cast<std::uint32_t>(order.custody),
                          static_cast<std::uint32_t>(order.collateral_custody),
                          {}};
    const BasketMarket view = market(holding, now);
    BasketPosition& position = holding.position;
    position.side = order.side;
    position.price = basket_entry_price(order.side, view);
    if (position.price == 0 ||
        (is_long ? position.price > order.price : position.price < order.price)) {
        refuse_perp("MaxPriceSlippage", op, "price", std::to_string(order.price),
                    "is passed by the entry price");
    }
    const Price entry{position.price, -usd_decimals};
    const Price credit = min_stable(view.collateral, paying.is_stable);
    position.size_usd = usd_of(entry, order.size, config.decimals);
    position.collateral_usd = usd_of(credit, order.collateral, paying.decimals);
    position.collateral_amount = order.collateral;
    const std::uint64_t payoff = config.max_payoff_multiplier_bps;
    position.locked_amount = is_long ? muldiv(order.size, payoff, bps_scale)
                                     : muldiv(tokens_of(credit, position.size_usd, paying.decimals),
                                              std::min(payoff, bps_scale), bps_scale);
    if (payoff == bps_scale) {
        position.borrow_size_usd = position.size_usd;
    } else {
        position.borrow_size_usd = usd_of(is_long ? entry : view.collateral.greatest(),
                                          position.locked_amount, paying.decimals);
    }
    BasketCustody collateral = custodies_[order.collateral_custody];
    BasketOpenReceipt receipt;
    receipt.fee = anc_entry_fee(config.fees.open_bps, order.size, position.locked_amount,
                                collateral.owned, collateral.locked,
                                paying.fees.utilization_multiplier_bps, paying.optimal_utilization);
    if (!is_long) {
        receipt.fee =
            tokens_of(view.collateral.ema, usd_of(view.traded.ema, receipt.fee, config.decimals),
                      paying.decimals);
    }
    receipt.protocol_fee = anc_percentage_fee(config.fees.protocol_share_bps, receipt.fee);
    position.cumulative_interest_snapshot = view.cumulative_interest;
    position.open_time = now;
    if (position.locked_amount == 0) {
        refuse_perp("InvalidArgument", op, "size", std::to_string(order.size), "locks nothing");
    }
    check_initial_leverage(op, holding, now);
    collateral.locked = add_u64(collateral.locked, position.locked_amount);
    if (paying.max_utilization_bps > 0 && paying.max_utilization_bps < bps_scale &&
        collateral.owned > 0 &&
        static_cast<u128>(collateral.locked) * bps_scale / collateral.owned >
            paying.max_utilization_bps) {
        refuse_perp("MaxUtilization", op, "size", std::to_string(order.size),
                    "locks more than max_utilization_bps");
    }
    if (collateral.owned < collateral.locked) {
        refuse_perp("InsufficientFunds", op, "size", std::to_string(order.size),
                    "locks more than the custody owns");
    }
    collateral.collateral = add_u64(collateral.collateral, order.collateral);
    collateral.protocol_fees = add_u64(collateral.protocol_fees, receipt.protocol_fee);
    collateral.lp_fee_outside_owned =
        add_u64(collateral.lp_fee_outside_owned, receipt.fee - receipt.protocol_fee);
    collateral.balance = add_u64(collateral.balance, add_u64(order.collateral, receipt.fee));
    BasketCustody traded = is_long ? collateral : custodies_[order.custody];
    enter_sides(holding, is_long ? collateral : traded, collateral, now);
    const SideStats& side = (is_long ? collateral : traded).side(order.side);
    const auto beyond = [&](std::uint64_t locked, std::uint64_t limit) {
        return limit != 0 && usd_of(view.traded.spot, locked, config.decimals) > limit;
    };
    if (beyond(position.locked_amount, config.max_position_locked_usd)) {
        refuse_perp("PositionAmountLimit", op, "size", std::to_string(order.size),
                    "locks more than max_position_locked_usd");
    }
    if (beyond(side.locked_amount, config.max_total_locked_usd)) {
        refuse_perp("CustodyAmountLimit", op, "size", std::to_string(order.size),
                    "brings the side above max_total_locked_usd");
    }
    accrue_and_rate(order.collateral_custody, collateral, now);
    receipt.position_id = opened_ + 1;
    receipt.entry_price = position.price;
    receipt.size_usd = position.size_usd;
    receipt.collateral_usd = position.collateral_usd;
    receipt.locked_amount = position.locked_amount;
    receipt.borrow_size_usd = position.borrow_size_usd;
    positions_.emplace(receipt.position_id, holding);
    opened_ = receipt.position_id;
    if (!is_long) custodies_[order.custody] = traded;
    custodies_[order.collateral_custody] = collateral;
    governance_.tick(now);
    return receipt;
}

BasketCloseReceipt BasketPool::settle(const char* op, std::uint64_t id, bool liquidation,
                                      std::int64_t now) {
    const BasketHolding holding = this->holding(op, id);
    const BasketPosition& position = holding.position;
    const BasketCustodyConfig& config = configs_[holding.custody];
    const BasketCustodyConfig& paying = configs_[holding.collateral_custody];
    const bool is_long = position.side == Side::long_side;
    const BasketMarket view = market(holding, now);
    const BasketClose close = basket_close(position, view, liquidation);
    BasketCloseReceipt receipt;
    receipt.profit_usd = close.profit.profit_usd;
    receipt.loss_usd = close.profit.loss_usd;
    receipt.fee = is_long
                      ? close.profit.exit_fee
                      : tokens_of(view.collateral.ema,
                                  usd_of(view.traded.ema, close.profit.exit_fee, config.decimals),
                                  paying.decimals);
    receipt.reward =
        liquidation ? anc_percentage_fee(config.fees.liquidation_bps, close.amount) : 0;
    receipt.amount_out = sub_u64(close.amount, receipt.reward);
    const std::uint64_t protocol = anc_percentage_fee(config.fees.protocol_share_bps, receipt.fee);

    BasketCustody collateral = custodies_[holding.collateral_custody];
    collateral.locked = saturating_sub(collateral.locked, position.locked_amount);
    collateral.owned = sub_u64(add_u64(collateral.owned, position.collateral_amount), close.amount);
    collateral.collateral = sub_u64(collateral.collateral, position.collateral_amount);
    collateral.balance = sub_u64(collateral.balance, close.amount);
    const std::uint64_t spare =
        saturating_sub(add_u64(collateral.owned, collateral.collateral), collateral.locked);
    if (spare >= protocol) {
        receipt.protocol_fee = protocol;
        collateral.owned = sub_u64(collateral.owned, protocol);
        collateral.protocol_fees = add_u64(collateral.protocol_fees, protocol);
    }
    BasketCustody traded = is_long ? collateral : custodies_[holding.custody];
    leave_sides(holding, is_long ? collateral : traded, collateral, now);
    accrue_and_rate(holding.collateral_custody, collateral, now);
    if (!is_long) custodies_[holding.custody] = traded;
    custodies_[holding.collateral_custody] = collateral;
    positions_.erase(id);
    governance_.tick(now);
    return receipt;
}

BasketCloseReceipt BasketPool::close(CallerId caller, std::uint64_t id, std::uint64_t price,
                                     std::int64_t now) {
    constexpr const char* op = "close";
    if (price == 0) refuse_perp("InvalidArgument", op, "price", "0", "is not positive");
    const BasketHolding& found = owned_by(op, caller, id);
    check_flag(op, found.custody, &BasketPermissions::allow_close_position);
    governance_.require_time(op, now);
    const std::uint64_t exit = basket_exit_price(found.position.side, market(found, now));
    if (found.position.side == Side::long_side ? exit < price : exit > price) {
        refuse_perp("MaxPriceSlippage", op, "price", std::to_string(price),
                    "is passed by the exit price");
    }
    return settle(op, id, false, now);
}

BasketCloseReceipt BasketPool::liquidate(CallerId caller, std::uint64_t id, std::int64_t now) {
    constexpr const char* op = "liquidate";
    const BasketHolding& found = holding(op, id);
    governance_.require_liquidator(op, caller);
    check_flag(op, found.custody, &BasketPermissions::allow_close_position);
    governance_.require_time(op, now);
    if (!liquidatable(id, now)) {
        refuse_perp("InvalidPositionState", op, "position", std::to_string(id), "is healthy");
    }
    return settle(op, id, true, now);
}

BasketCollateralReceipt BasketPool::add_collateral(CallerId caller, std::uint64_t id,
                                                   std::uint64_t amount, std::int64_t now) {
    constexpr const char* op = "add_collateral";
    BasketHolding holding = owned_by(op, caller, id);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    governance_.require_time(op, now);
    const BasketCustodyConfig& paying = configs_[holding.collateral_custody];
    const Price credit = min_stable(prices(holding.collateral_custody, now), paying.is_stable);
    BasketPosition& position = holding.position;
    BasketCollateralReceipt receipt;
    receipt.amount = amount;
    receipt.value_usd = usd_of(credit, amount, paying.decimals);
    position.collateral_usd = add_u64(position.collateral_usd, receipt.value_usd);
    position.collateral_amount = add_u64(position.collateral_amount, amount);
    receipt.collateral_usd = position.collateral_usd;
    check_initial_leverage(op, holding, now);
    BasketCustody custody = custodies_[holding.collateral_custody];
    custody.collateral = add_u64(custody.collateral, amount);
    custody.balance = add_u64(custody.balance, amount);
    accrue_and_rate(holding.collateral_custody, custody, now);
    positions_.find(id)->second = holding;
    custodies_[holding.collateral_custody] = custody;
    governance_.tick(now);
    return receipt;
}

BasketCollateralReceipt BasketPool::remove_collateral(CallerId caller, std::uint64_t id,
                                                      std::uint64_t usd, std::int64_t now) {
    constexpr const char* op = "remove_collateral";
    BasketHolding holding = owned_by(op, caller, id);
    check_flag(op, holding.custody, &BasketPermissions::allow_collateral_withdrawal);
    BasketPosition& position = holding.position;
    if (usd == 0 || usd >= position.collateral_usd) {
        refuse_perp("InvalidArgument", op, "usd", std::to_string(usd),
                    "is not above 0 and below the collateral");
    }
    governance_.require_time(op, now);
    BasketCollateralReceipt receipt;
    receipt.value_usd = usd;
    receipt.amount = tokens_of(prices(holding.collateral_custody, now).greatest(), usd,
                               configs_[holding.collateral_custody].decimals);
    if (receipt.amount > position.collateral_amount) {
        refuse_perp("InsufficientFunds", op, "usd", std::to_string(usd),
                    "is worth more tokens than were given");
    }
    position.collateral_usd -= usd;
    position.collateral_amount -= receipt.amount;
    receipt.collateral_usd = position.collateral_usd;
    check_initial_leverage(op, holding, now);
    BasketCustody custody = custodies_[holding.collateral_custody];
    custody.collateral = sub_u64(custody.collateral, receipt.amount);
    custody.balance = sub_u64(custody.balance, receipt.amount);
    accrue_and_rate(holding.collateral_custody, custody, now);
    positions_.find(id)->second = holding;
    custodies_[holding.collateral_custody] = custody;
    governance_.tick(now);
    return receipt;
}

}  // namespace voltcore::perps
