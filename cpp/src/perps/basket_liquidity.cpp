#include <string>

#include "voltcore/perps/basket_pool.hpp"

// Liquidity and swaps of the ancestor. Spec 5.4 to 5.6.

namespace voltcore::perps {

namespace {

/// The mantissa divided by ten, truncating, until it fits 28 bits.
Price normalized(Price price) {
    constexpr std::uint64_t most = (std::uint64_t{1} << 28) - 1;
    while (price.mantissa > most) {
        price.mantissa /= 10;
        ++price.exponent;
    }
    return price;
}

/// in / out with nine more digits, less the swap spread.
Price pair_price(Price in, Price out, std::uint64_t spread_bps) {
    const Price numerator = normalized(in);
    const Price denominator = normalized(out);
    const std::uint64_t price = muldiv(numerator.mantissa, rate_scale, denominator.mantissa);
    return {saturating_sub(price, muldiv(price, spread_bps, bps_scale)),
            numerator.exponent - 9 - denominator.exponent};
}

}  // namespace

RatioFeeRule BasketPool::fee_rule(std::size_t custody) const {
    const BasketCustodyConfig& config = configs_[custody];
    return {config.fees.mode,           config.fees.ratio_multiplier_bps,
            config.target_ratio_bps,    config.min_ratio_bps,
            config.max_ratio_bps,       config.fees.fee_max_bps,
            config.fees.fee_optimal_bps};
}

void BasketPool::check_ratio(const char* op, std::size_t custody, Price price, std::uint64_t aum,
                             std::uint64_t added, std::uint64_t removed) const {
    const BasketCustodyConfig& config = configs_[custody];
    const std::uint64_t owned = custodies_[custody].owned;
    const std::uint64_t next = anc_ratio(price, config.decimals, owned, aum, added, removed);
    if (next >= config.min_ratio_bps && next <= config.max_ratio_bps) return;
    const std::uint64_t current = anc_ratio(price, config.decimals, owned, aum, 0, 0);
    const bool inward = next < config.min_ratio_bps ? next >= current : next <= current;
    if (inward) return;
    refuse_perp("TokenRatioOutOfRange", op, config.name + " ratio", std::to_string(next),
                "is outside the limits and does not move inward");
}

BasketLiquidityReceipt BasketPool::add_liquidity(CallerId caller, std::size_t custody,
                                                 std::uint64_t amount, std::uint64_t min_lp,
                                                 std::int64_t now) {
    constexpr const char* op = "add_liquidity";
    check_custody(op, custody);
    Governance::require_somebody(op, caller);
    check_flag(op, custody, &BasketPermissions::allow_add_liquidity);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    governance_.require_time(op, now);
    const BasketCustodyConfig& config = configs_[custody];
    const PricePair pair = prices(custody, now);
    const std::uint64_t aum_before = aum(AumMode::ema, now);
    BasketLiquidityReceipt out;
    out.amount = amount;
    out.fee = anc_fee(fee_rule(custody), config.fees.add_liquidity_bps, pair.ema, config.decimals,
                      custodies_[custody].owned, aum_before, amount, 0);
    out.protocol_fee = anc_percentage_fee(config.fees.protocol_share_bps, out.fee);
    check_ratio(op, custody, pair.ema, aum_before, sub_u64(amount, out.protocol_fee), 0);
    const std::uint64_t aum_max = aum(AumMode::max, now);
    const std::uint64_t net = sub_u64(amount, out.fee);
    if (net < 1) {
        refuse_perp("InsufficientAmountReturned", op, "amount", std::to_string(amount),
                    "is used up by the fee");
    }
    const std::uint64_t usd = usd_of(pair.least(), net, config.decimals);
    out.lp = aum_max == 0 ? usd : muldiv(usd, lp_.total(), aum_max);
    if (out.lp < min_lp) {
        refuse_perp("MaxPriceSlippage", op, "min_lp", std::to_string(min_lp),
                    "is more than the LP returned");
    }
    BasketCustody next = custodies_[custody];
    next.owned = add_u64(next.owned, amount - out.protocol_fee);
    next.protocol_fees = add_u64(next.protocol_fees, out.protocol_fee);
    next.balance = add_u64(next.balance, amount);
    accrue_and_rate(custody, next, now);
    const std::uint64_t aum_after = aum_with(AumMode::ema, custody, next, now);
    lp_.credit(caller, out.lp);
    custodies_[custody] = next;
    aum_usd_ = aum_after;
    governance_.tick(now);
    return out;
}

BasketLiquidityReceipt BasketPool::remove_liquidity(CallerId caller, std::size_t custody,
                                                    std::uint64_t lp, std::uint64_t min_amount,
                                                    std::int64_t now) {
    constexpr const char* op = "remove_liquidity";
    check_custody(op, custody);
    Governance::require_somebody(op, caller);
    check_flag(op, custody, &BasketPermissions::allow_remove_liquidity);
    if (lp == 0) refuse_perp("InvalidArgument", op, "lp", "0", "is not positive");
    if (lp > lp_.of(caller)) {
        refuse_perp("InsufficientFunds", op, "lp", std::to_string(lp), "is more than is held");
    }
    governance_.require_time(op, now);
    const BasketCustodyConfig& config = configs_[custody];
    const PricePair pair = prices(custody, now);
    const std::uint64_t aum_before = aum(AumMode::ema, now);
    const std::uint64_t usd = muldiv(aum(AumMode::min, now), lp, lp_.total());
    const std::uint64_t gross = tokens_of(pair.greatest(), usd, config.decimals);
    BasketLiquidityReceipt out;
    out.lp = lp;
    out.fee = anc_fee(fee_rule(custody), config.fees.remove_liquidity_bps, pair.ema,
                      config.decimals, custodies_[custody].owned, aum_before, 0, gross);
    out.amount = sub_u64(gross, out.fee);
    if (out.amount < min_amount) {
        refuse_perp("MaxPriceSlippage", op, "min_amount", std::to_string(min_amount),
                    "is more than the tokens returned");
    }
    out.protocol_fee = anc_percentage_fee(config.fees.protocol_share_bps, out.fee);
    const std::uint64_t leaving = add_u64(out.amount, out.protocol_fee);
    check_ratio(op, custody, pair.ema, aum_before, 0, leaving);
    BasketCustody next = custodies_[custody];
    if (saturating_sub(next.owned, next.locked) < leaving) {
        refuse_perp("CustodyAmountLimit", op, "lp", std::to_string(lp),
                    "asks for more than is free");
    }
    next.owned -= leaving;
    next.protocol_fees = add_u64(next.protocol_fees, out.protocol_fee);
    next.balance = sub_u64(next.balance, out.amount);
    accrue_and_rate(custody, next, now);
    const std::uint64_t aum_after = aum_with(AumMode::ema, custody, next, now);
    lp_.debit(caller, lp);
    custodies_[custody] = next;
    aum_usd_ = aum_after;
    governance_.tick(now);
    return out;
}

BasketSwapReceipt BasketPool::swap(CallerId caller, std::size_t custody_in, std::size_t custody_out,
                                   std::uint64_t amount, std::uint64_t min_amount,
                                   std::int64_t now) {
    constexpr const char* op = "swap";
    check_custody(op, custody_in);
    check_custody(op, custody_out);
    Governance::require_somebody(op, caller);
    check_flag(op, custody_in, &BasketPermissions::allow_swap);
    check_flag(op, custody_out, &BasketPermissions::allow_swap);
    if (amount == 0) refuse_perp("InvalidArgument", op, "amount", "0", "is not positive");
    if (custody_in == custody_out) {
        refuse_perp("InvalidArgument", op, "custody", configs_[custody_in].name,
                    "is on both sides");
    }
    governance_.require_time(op, now);
    const BasketCustodyConfig& in = configs_[custody_in];
    const BasketCustodyConfig& out = configs_[custody_out];
    const PricePair price_in = prices(custody_in, now);
    const PricePair price_out = prices(custody_out, now);
    const Price pair = pair_price(price_in.least(), price_out.greatest(), in.swap_spread_bps);
    const std::uint64_t gross =
        dec_mul(amount, -in.decimals, pair.mantissa, pair.exponent, -out.decimals);
    const bool stable = in.is_stable && out.is_stable;
    BasketSwapReceipt receipt;
    receipt.amount_in = amount;
    receipt.fee_in =
        anc_fee(fee_rule(custody_in), stable ? in.fees.stable_swap_in_bps : in.fees.swap_in_bps,
                price_in.spot, in.decimals, custodies_[custody_in].owned, aum_usd_, amount, 0);
    receipt.fee_out = anc_fee(
        fee_rule(custody_out), stable ? out.fees.stable_swap_out_bps : out.fees.swap_out_bps,
        price_out.spot, out.decimals, custodies_[custody_out].owned, aum_usd_, 0, gross);
    receipt.amount_out = sub_u64(gross, receipt.fee_out);
    if (receipt.amount_out < min_amount) {
        refuse_perp("InsufficientAmountReturned", op, "min_amount", std::to_string(min_amount),
                    "is more than the tokens returned");
    }
    receipt.protocol_fee_in = anc_percentage_fee(in.fees.protocol_share_bps, receipt.fee_in);
    receipt.protocol_fee_out = anc_percentage_fee(out.fees.protocol_share_bps, receipt.fee_out);
    const std::uint64_t entering = sub_u64(amount, receipt.protocol_fee_in);
    check_ratio(op, custody_in, price_in.spot, aum_usd_, entering, 0);
    const std::uint64_t leaving = add_u64(receipt.amount_out, receipt.protocol_fee_out);
    check_ratio(op, custody_out, price_out.spot, aum_usd_, 0, leaving);
    BasketCustody next_in = custodies_[custody_in];
    BasketCustody next_out = custodies_[custody_out];
    if (saturating_sub(next_out.owned, next_out.locked) < leaving) {
        refuse_perp("CustodyAmountLimit", op, "amount", std::to_string(amount),
                    "asks for more than is free");
    }
    next_in.owned = add_u64(next_in.owned, entering);
    next_in.protocol_fees = add_u64(next_in.protocol_fees, receipt.protocol_fee_in);
    next_in.balance = add_u64(next_in.balance, amount);
    accrue_and_rate(custody_in, next_in, now);
    next_out.owned -= leaving;
    next_out.protocol_fees = add_u64(next_out.protocol_fees, receipt.protocol_fee_out);
    next_out.balance = sub_u64(next_out.balance, receipt.amount_out);
    accrue_and_rate(custody_out, next_out, now);
    custodies_[custody_in] = next_in;
    custodies_[custody_out] = next_out;
    governance_.tick(now);
    return receipt;
}

}  // namespace voltcore::perps
