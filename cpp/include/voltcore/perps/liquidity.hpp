#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/decimal.hpp"

// Providing liquidity: fees that steer the weights, LP tokens minted and burned, swaps.

namespace voltcore::perps {

/// Swap, mint or burn fee in bps: lower when the custody moves toward its target weight. Spec 6.3.
[[nodiscard]] inline std::uint64_t jlp_fee_bps(std::uint64_t current_usd, std::uint64_t target_bps,
                                               std::uint64_t aum_usd, std::uint64_t delta_usd,
                                               std::uint64_t base_bps, std::uint64_t tax_bps,
                                               std::uint64_t multiplier, bool increases) {
    const u128 target = muldiv(aum_usd, target_bps, bps_scale);
    if (target == 0) return 0;
    const u128 current = current_usd;
    const u128 move = mul(multiplier, delta_usd);
    const u128 next = increases ? add(current, move) : (current > move ? current - move : 0);
    const u128 before = current > target ? current - target : target - current;
    const u128 after = next > target ? next - target : target - next;
    if (after < before) {
        const u128 rebate = mul(tax_bps, before) / target;
        return rebate >= base_bps ? 0 : base_bps - static_cast<std::uint64_t>(rebate);
    }
    const u128 mean = std::min(add(before, after) / 2, target);
    return to_u64(add(base_bps, mul(tax_bps, mean) / target));
}

/// min(1, p) for a stable, p otherwise: what tokens given are credited at. Spec 3.
[[nodiscard]] inline Price credit_price(Price price, bool stable) {
    constexpr Price one{1'000'000, -usd_decimals};
    return stable && rescale(price, -usd_decimals).mantissa > one.mantissa ? one : price;
}

/// max(1, p) for a stable, p otherwise: what tokens handed out are charged at. Spec 3.
[[nodiscard]] inline Price debit_price(Price price, bool stable) {
    constexpr Price one{1'000'000, -usd_decimals};
    return stable && rescale(price, -usd_decimals).mantissa < one.mantissa ? one : price;
}

/// A custody as minting and burning see it.
struct LiquidityView {
    Price price;
    int decimals = usd_decimals;
    bool stable = false;
    std::uint64_t owned = 0;
    std::uint64_t locked = 0;
    std::uint64_t guaranteed_usd = 0;
    std::uint64_t target_bps = 0;
};

struct LiquidityFees {
    std::uint64_t base_bps = 0;
    std::uint64_t tax_bps = 0;
    std::uint64_t multiplier = 1;
};

/// USD weight of a custody for its fee. Stable: all it owns; other: what is free plus what is
/// guaranteed. Spec 6.3.
[[nodiscard]] inline std::uint64_t jlp_current_usd(const LiquidityView& view) {
    if (view.stable) return usd_of(view.price, view.owned, view.decimals);
    const std::uint64_t free = saturating_sub(view.owned, view.locked);
    return add_u64(usd_of(view.price, free, view.decimals), view.guaranteed_usd);
}

struct MintQuote {
    std::uint64_t delta_usd = 0;  ///< gross of the fee
    std::uint64_t fee_bps = 0;
    std::uint64_t fee = 0;  ///< token units
    std::uint64_t net = 0;  ///< token units
    std::uint64_t lp = 0;
};

/// LP for tokens: floor(usd(net) * supply / AUM), or usd(net) at supply 0. `credit` is what the
/// tokens are valued at; the custody's weight is taken at its own price. Spec 6.4.
[[nodiscard]] inline MintQuote jlp_mint_quote(std::uint64_t amount, Price credit,
                                              const LiquidityView& view, std::uint64_t aum_usd,
                                              std::uint64_t supply, const LiquidityFees& fees) {
    MintQuote quote;
    quote.delta_usd = usd_of(credit, amount, view.decimals);
    quote.fee_bps = jlp_fee_bps(jlp_current_usd(view), view.target_bps, aum_usd, quote.delta_usd,
                                fees.base_bps, fees.tax_bps, fees.multiplier, true);
    quote.fee = muldiv(amount, quote.fee_bps, bps_scale);
    quote.net = sub_u64(amount, quote.fee);
    const std::uint64_t usd = usd_of(credit, quote.net, view.decimals);
    quote.lp = supply == 0 ? usd : muldiv(usd, supply, aum_usd);
    return quote;
}

struct BurnQuote {
    std::uint64_t delta_usd = 0;
    std::uint64_t fee_bps = 0;
    std::uint64_t gross = 0;  ///< token units
    std::uint64_t fee = 0;    ///< token units
    std::uint64_t out = 0;    ///< token units
};

/// Tokens for LP: floor(AUM * lp / supply) USD, floor tokens at the `debit` price, less the fee.
/// Spec 6.4.
[[nodiscard]] inline BurnQuote jlp_burn_quote(std::uint64_t lp, Price debit,
                                              const LiquidityView& view, std::uint64_t aum_usd,
                                              std::uint64_t supply, const LiquidityFees& fees) {
    BurnQuote quote;
    quote.delta_usd = muldiv(aum_usd, lp, supply);
    quote.fee_bps = jlp_fee_bps(jlp_current_usd(view), view.target_bps, aum_usd, quote.delta_usd,
                                fees.base_bps, fees.tax_bps, fees.multiplier, false);
    quote.gross = tokens_of(debit, quote.delta_usd, view.decimals);
    quote.fee = muldiv(quote.gross, quote.fee_bps, bps_scale);
    quote.out = sub_u64(quote.gross, quote.fee);
    return quote;
}

/// Output tokens of a swap at oracle prices: floor(p_in * 10^9 / p_out), then dec_mul. Spec 6.4.
[[nodiscard]] inline std::uint64_t jlp_swap_amount(Price in, Price out, int decimals_in,
                                                   int decimals_out, std::uint64_t amount) {
    const std::uint64_t pair = muldiv(in.mantissa, rate_scale, out.mantissa);
    return dec_mul(amount, -decimals_in, pair, in.exponent - 9 - out.exponent, -decimals_out);
}

/// LP units for a VolPool deposit; 1:1 only while none are outstanding. Spec 7.4.
[[nodiscard]] inline std::uint64_t vol_lp_out(std::uint64_t net, std::uint64_t outstanding,
                                              std::uint64_t pool_value) {
    if (outstanding == 0) return net;
    if (pool_value == 0) refuse_perp("PoolInsolvent", "deposit", "pool_value");
    return muldiv(net, outstanding, pool_value);
}

/// Tokens for VolPool LP units, floor. Spec 7.4.
[[nodiscard]] inline std::uint64_t vol_lp_in(std::uint64_t lp, std::uint64_t outstanding,
                                             std::uint64_t pool_value) {
    return muldiv(lp, pool_value, outstanding);
}

}  // namespace voltcore::perps
