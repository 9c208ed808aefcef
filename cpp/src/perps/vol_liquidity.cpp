#include <string>

#include "voltcore/perps/vol_pool.hpp"

// LP deposits and withdrawals, insurance and fee clearing of a VolPool. Spec 7.4, 7.9.

namespace voltcore::perps {

std::uint64_t VolPool::take_fee(VolCustody& custody, std::uint64_t fee,
                                std::uint64_t& realized_fee_usd) const {
    const std::uint64_t protocol = muldiv(fee, fees_.protocol_share_bps, bps_scale);
    custody.fee_reserves = add_u64(custody.fee_reserves, fee - protocol);
    custody.protocol_paid = add_u64(custody.protocol_paid, protocol);
    realized_fee_usd = add_u64(realized_fee_usd, fee - protocol);
    return protocol;
}

void VolPool::fund_insurance(CallerId caller, std::size_t index, std::uint64_t amount,
                             std::int64_t now) {
    constexpr const char* op = "fund_insurance";
    check_custody(op, index);
    Governance::require_somebody(op, caller);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    governance_.require_time(op, now);
    VolCustody& custody = custodies_[index];
    const std::uint64_t insurance = add_u64(custody.insurance, amount);
    const std::uint64_t balance = add_u64(custody.insurance_balance, amount);
    custody.insurance = insurance;
    custody.insurance_balance = balance;
    governance_.tick(now);
}

VolDepositReceipt VolPool::deposit(CallerId caller, std::size_t index, std::uint64_t amount,
                                   std::uint64_t min_lp, std::int64_t now) {
    constexpr const char* op = "deposit";
    check_custody(op, index);
    Governance::require_somebody(op, caller);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    governance_.require_time(op, now);
    VolCustody next = custodies_[index];
    accrue(next, now);
    VolDepositReceipt receipt;
    receipt.amount = amount;
    receipt.fee = muldiv_ceil(amount, fees_.swap_fee_bps, bps_scale);
    const std::uint64_t net = sub_u64(amount, receipt.fee);
    receipt.lp = vol_lp_out(net, lp_.total(), pool_value());
    if (receipt.lp == 0 || receipt.lp < min_lp) {
        refuse_perp("InsufficientAmountReturned", op, "min_lp", std::to_string(min_lp),
                    "is more than the LP returned");
    }
    if (receipt.lp > lp_inventory()) {
        refuse_perp("InsufficientFunds", op, "lp", std::to_string(receipt.lp),
                    "is more than the inventory");
    }
    next.owned = add_u64(next.owned, net);
    next.base = add_u64(next.base, net);
    std::uint64_t realized = realized_fee_usd_;
    receipt.protocol = take_fee(next, receipt.fee, realized);
    next.balance = add_u64(next.balance, amount - receipt.protocol);
    rate(index, next);
    lp_.credit(caller, receipt.lp);
    custodies_[index] = next;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return receipt;
}

VolDepositReceipt VolPool::withdraw(CallerId caller, std::size_t index, std::uint64_t lp,
                                    std::uint64_t min_amount, std::int64_t now) {
    constexpr const char* op = "withdraw";
    check_custody(op, index);
    Governance::require_somebody(op, caller);
    if (lp == 0 || lp > lp_.of(caller)) {
        refuse_perp("InvalidArgument", op, "lp", std::to_string(lp),
                    "is not above 0 and within what is held");
    }
    governance_.require_time(op, now);
    VolCustody next = custodies_[index];
    accrue(next, now);
    VolDepositReceipt receipt;
    receipt.lp = lp;
    const std::uint64_t gross = vol_lp_in(lp, lp_.total(), pool_value());
    receipt.fee = muldiv_ceil(gross, fees_.swap_fee_bps, bps_scale);
    receipt.amount = sub_u64(gross, receipt.fee);
    if (receipt.amount == 0 || receipt.amount < min_amount) {
        refuse_perp("InsufficientAmountReturned", op, "min_amount", std::to_string(min_amount),
                    "is more than the tokens returned");
    }
    if (next.base - next.locked < gross) {
        refuse_perp("InsufficientFunds", op, "lp", std::to_string(lp),
                    "asks for more than is free");
    }
    const std::uint64_t limit = limit_of(index).trade_blockage_utilization_limit;
    if (mul(next.locked, bps_scale) > mul(limit, next.base - gross)) {
        refuse_perp("TradeBlockageUtilization", op, "lp", std::to_string(lp),
                    "brings the utilisation above the limit");
    }
    next.owned = sub_u64(next.owned, gross);
    next.base -= gross;
    std::uint64_t realized = realized_fee_usd_;
    receipt.protocol = take_fee(next, receipt.fee, realized);
    next.balance = sub_u64(next.balance, add_u64(receipt.amount, receipt.protocol));
    rate(index, next);
    lp_.debit(caller, lp);
    custodies_[index] = next;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return receipt;
}

std::uint64_t VolPool::clear_fee_reserves(CallerId caller, std::size_t index, std::int64_t now) {
    constexpr const char* op = "clear_fee_reserves";
    check_custody(op, index);
    governance_.require_admin(op, caller);
    governance_.require_time(op, now);
    VolCustody next = custodies_[index];
    accrue(next, now);
    const std::uint64_t cleared = next.fee_reserves;
    const std::uint64_t realized = sub_u64(realized_fee_usd_, cleared);
    next.base = add_u64(next.base, cleared);
    next.owned = add_u64(next.owned, cleared);
    next.fee_reserves = 0;
    rate(index, next);
    custodies_[index] = next;
    realized_fee_usd_ = realized;
    governance_.tick(now);
    return cleared;
}

}  // namespace voltcore::perps
