#include <algorithm>
#include <string>

#include "voltcore/perps/jlp_pool.hpp"

// Liquidity, swaps and fee distribution of JLP. Spec 6.3, 6.4, 6.7.

namespace voltcore::perps {

void JlpPool::check_weight(const char* op, std::size_t index, std::uint64_t aum,
                           std::uint64_t delta_usd, bool increases, std::int64_t now) const {
    if (settings_.weight_buffer_bps == 0) return;
    const std::uint64_t current = jlp_current_usd(view(index, now));
    const std::uint64_t before = aum == 0 ? 0 : muldiv(current, bps_scale, aum);
    const std::uint64_t next_usd =
        increases ? add_u64(current, delta_usd) : saturating_sub(current, delta_usd);
    const std::uint64_t next_aum =
        increases ? add_u64(aum, delta_usd) : saturating_sub(aum, delta_usd);
    const std::uint64_t next = next_aum == 0 ? 0 : muldiv(next_usd, bps_scale, next_aum);
    const u128 scaled = mul(next, bps_scale);
    const u128 target = configs_[index].target_bps;
    const bool too_high = scaled > target * (bps_scale + settings_.weight_buffer_bps);
    const bool too_low = scaled < target * saturating_sub(bps_scale, settings_.weight_buffer_bps);
    if ((too_high && next > before) || (too_low && next < before)) {
        refuse_perp("ExceedTokenWeightage", op, configs_[index].name + " weight",
                    std::to_string(next), "leaves the band and does not move inward");
    }
}

JlpMintReceipt JlpPool::mint(CallerId caller, std::size_t index, std::uint64_t amount,
                             std::uint64_t min_lp, std::int64_t now) {
    constexpr const char* op = "mint";
    check_custody(op, index);
    Governance::require_somebody(op, caller);
    check_flag(op, index, &JlpPermissions::add_liquidity);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    governance_.require_time(op, now);
    const LiquidityView seen = view(index, now);
    const std::uint64_t before = aum(now);
    const MintQuote quote =
        jlp_mint_quote(amount, credit_price(seen.price, seen.stable), seen, before, lp_.total(),
                       {settings_.add_remove_bps, settings_.tax_bps, settings_.swap_multiplier});
    if (static_cast<u128>(before) + quote.delta_usd > settings_.max_aum_usd) {
        refuse_perp("PoolAmountLimit", op, "amount", std::to_string(amount),
                    "brings the AUM above max_aum_usd");
    }
    if (lp_.total() != 0) check_weight(op, index, before, quote.delta_usd, true, now);
    if (quote.lp == 0 || quote.lp < min_lp) {
        refuse_perp("InsufficientAmountReturned", op, "min_lp", std::to_string(min_lp),
                    "is more than the LP returned");
    }
    JlpCustody next = custodies_[index];
    accrue(index, next, now);
    next.owned = add_u64(next.owned, quote.net);
    next.fees_reserves = add_u64(next.fees_reserves, quote.fee);
    next.balance = add_u64(next.balance, amount);
    lp_.credit(caller, quote.lp);
    custodies_[index] = next;
    governance_.tick(now);
    return {amount, quote.lp, quote.fee_bps, quote.fee};
}

JlpBurnReceipt JlpPool::burn(CallerId caller, std::size_t index, std::uint64_t lp,
                             std::uint64_t min_amount, std::int64_t now) {
    constexpr const char* op = "burn";
    check_custody(op, index);
    Governance::require_somebody(op, caller);
    check_flag(op, index, &JlpPermissions::remove_liquidity);
    if (lp == 0 || lp > lp_.of(caller)) {
        refuse_perp("InvalidArgument", op, "lp", std::to_string(lp),
                    "is not above 0 and within what is held");
    }
    governance_.require_time(op, now);
    const LiquidityView seen = view(index, now);
    const std::uint64_t before = aum(now);
    const BurnQuote quote =
        jlp_burn_quote(lp, debit_price(seen.price, seen.stable), seen, before, lp_.total(),
                       {settings_.add_remove_bps, settings_.tax_bps, settings_.swap_multiplier});
    check_weight(op, index, before, quote.delta_usd, false, now);
    if (saturating_sub(seen.owned, seen.locked) < quote.gross) {
        refuse_perp("CustodyAmountLimit", op, "lp", std::to_string(lp),
                    "asks for more than is free");
    }
    if (quote.out == 0 || quote.out < min_amount) {
        refuse_perp("InsufficientAmountReturned", op, "min_amount", std::to_string(min_amount),
                    "is more than the tokens returned");
    }
    JlpCustody next = custodies_[index];
    accrue(index, next, now);
    next.owned -= quote.gross;
    next.fees_reserves = add_u64(next.fees_reserves, quote.fee);
    next.balance = sub_u64(next.balance, quote.out);
    lp_.debit(caller, lp);
    custodies_[index] = next;
    governance_.tick(now);
    return {lp, quote.out, quote.fee_bps, quote.fee};
}

JlpSwapReceipt JlpPool::swap(CallerId caller, std::size_t custody_in, std::size_t custody_out,
                             std::uint64_t amount, std::uint64_t min_amount, std::int64_t now) {
    constexpr const char* op = "swap";
    check_custody(op, custody_in);
    check_custody(op, custody_out);
    Governance::require_somebody(op, caller);
    if (custody_in == custody_out || amount == 0) {
        refuse_perp("InvalidArgument", op, "amount", std::to_string(amount),
                    "is 0, or the custody is on both sides");
    }
    check_flag(op, custody_in, &JlpPermissions::swap);
    check_flag(op, custody_out, &JlpPermissions::swap);
    governance_.require_time(op, now);
    const LiquidityView in = view(custody_in, now);
    const LiquidityView out = view(custody_out, now);
    const std::uint64_t before = aum(now);
    const std::uint64_t delta_usd = usd_of(in.price, amount, in.decimals);
    const bool stable = in.stable && out.stable;
    const auto leg_bps = [&](const LiquidityView& leg, bool increases) {
        return jlp_fee_bps(jlp_current_usd(leg), leg.target_bps, before, delta_usd,
                           stable ? settings_.stable_swap_bps : settings_.swap_bps,
                           stable ? settings_.stable_swap_tax_bps : settings_.tax_bps,
                           stable ? settings_.stable_swap_multiplier : settings_.swap_multiplier,
                           increases);
    };
    JlpSwapReceipt receipt;
    receipt.amount_in = amount;
    receipt.fee_bps = std::max(leg_bps(in, true), leg_bps(out, false));
    const std::uint64_t gross =
        jlp_swap_amount(in.price, out.price, in.decimals, out.decimals, amount);
    receipt.fee = muldiv(gross, receipt.fee_bps, bps_scale);
    receipt.amount_out = sub_u64(gross, receipt.fee);
    check_weight(op, custody_in, before, delta_usd, true, now);
    check_weight(op, custody_out, before, delta_usd, false, now);
    if (saturating_sub(out.owned, out.locked) < gross) {
        refuse_perp("CustodyAmountLimit", op, "amount", std::to_string(amount),
                    "asks for more than is free");
    }
    if (receipt.amount_out == 0 || receipt.amount_out < min_amount) {
        refuse_perp("InsufficientAmountReturned", op, "min_amount", std::to_string(min_amount),
                    "is more than the tokens returned");
    }
    JlpCustody next_in = custodies_[custody_in];
    JlpCustody next_out = custodies_[custody_out];
    accrue(custody_in, next_in, now);
    accrue(custody_out, next_out, now);
    next_in.owned = add_u64(next_in.owned, amount);
    next_in.balance = add_u64(next_in.balance, amount);
    next_out.owned -= gross;
    next_out.fees_reserves = add_u64(next_out.fees_reserves, receipt.fee);
    next_out.balance = sub_u64(next_out.balance, receipt.amount_out);
    custodies_[custody_in] = next_in;
    custodies_[custody_out] = next_out;
    governance_.tick(now);
    return receipt;
}

JlpDistributionReceipt JlpPool::distribute_fees(CallerId caller, std::size_t index,
                                                std::int64_t now) {
    constexpr const char* op = "distribute_fees";
    check_custody(op, index);
    if (caller != governance_.roles().admin) governance_.require_keeper(op, caller);
    governance_.require_time(op, now);
    JlpCustody next = custodies_[index];
    accrue(index, next, now);
    const std::uint64_t fees = next.fees_reserves;
    JlpDistributionReceipt receipt;
    receipt.to_protocol = muldiv(fees, settings_.protocol_share_bps, bps_scale);
    receipt.to_pool = fees - receipt.to_protocol;
    next.fees_reserves = 0;
    next.owned = add_u64(next.owned, receipt.to_pool);
    next.protocol_paid = add_u64(next.protocol_paid, receipt.to_protocol);
    next.balance = sub_u64(next.balance, receipt.to_protocol);
    custodies_[index] = next;
    governance_.tick(now);
    return receipt;
}

}  // namespace voltcore::perps
