#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/decimal.hpp"

// The ancestor's fees on liquidity and swaps, which depend on how far a token is from its target
// weight. Spec 5.4.

namespace voltcore::perps {

enum class FeeMode : std::uint8_t { fixed, linear, optimal };

struct RatioFeeRule {
    FeeMode mode = FeeMode::linear;
    std::uint64_t ratio_multiplier_bps = 0;
    std::uint64_t target_bps = 5'000;
    std::uint64_t min_bps = 0;
    std::uint64_t max_bps = bps_scale;
    std::uint64_t fee_max_bps = 0;      ///< optimal mode
    std::uint64_t fee_optimal_bps = 0;  ///< optimal mode
};

/// Weight of a token in bps after adding or removing: min(BPS, floor(token AUM * BPS / pool AUM)).
[[nodiscard]] inline std::uint64_t anc_ratio(Price price, int decimals, std::uint64_t owned,
                                             std::uint64_t aum_usd, std::uint64_t added,
                                             std::uint64_t removed) {
    if (added != 0 && removed != 0) refuse_perp("InvalidArgument", "ratio");
    std::uint64_t token_usd{};
    std::uint64_t pool_usd{};
    if (removed != 0) {
        const std::uint64_t removed_usd = usd_of(price, removed, decimals);
        if (removed >= owned || removed_usd >= aum_usd) return 0;
        token_usd = usd_of(price, owned - removed, decimals);
        pool_usd = aum_usd - removed_usd;
    } else {
        token_usd = usd_of(price, add_u64(owned, added), decimals);
        pool_usd = add_u64(aum_usd, usd_of(price, added, decimals));
    }
    if (pool_usd == 0) return 0;
    const u128 ratio = static_cast<u128>(token_usd) * bps_scale / pool_usd;
    return static_cast<std::uint64_t>(std::min<u128>(ratio, bps_scale));
}

/// Fee in token units for adding or removing `added` / `removed`.
[[nodiscard]] inline std::uint64_t anc_fee(const RatioFeeRule& rule, std::uint64_t base_bps,
                                           Price price, int decimals, std::uint64_t owned,
                                           std::uint64_t aum_usd, std::uint64_t added,
                                           std::uint64_t removed) {
    const std::uint64_t amount = std::max(added, removed);
    if (rule.mode == FeeMode::fixed) {
        if (added != 0 && removed != 0) refuse_perp("InvalidArgument", "fee");
        return muldiv_ceil(amount, base_bps, bps_scale);
    }
    const std::uint64_t next = anc_ratio(price, decimals, owned, aum_usd, added, removed);
    const std::uint64_t span = next <= rule.target_bps ? sub_u64(rule.target_bps, rule.min_bps)
                                                       : sub_u64(rule.max_bps, rule.target_bps);
    if (rule.mode == FeeMode::linear) {
        const std::uint64_t now = anc_ratio(price, decimals, owned, aum_usd, 0, 0);
        const std::uint64_t gap = distance(next, rule.target_bps);
        const std::uint64_t factor =
            span == 0 ? bps_scale
                      : add_u64(bps_scale, muldiv(rule.ratio_multiplier_bps, gap, span));
        const bool improved = gap < distance(now, rule.target_bps);
        const std::uint64_t bps =
            improved ? muldiv(base_bps, bps_scale, factor) : muldiv(base_bps, factor, bps_scale);
        return muldiv_ceil(amount, bps, bps_scale);
    }
    if ((added != 0 && next > rule.max_bps) || (removed != 0 && next < rule.min_bps)) {
        refuse_perp("TokenRatioOutOfRange", "fee");
    }
    if (span == 0) math_overflow("fee");
    const i128 rise = static_cast<i128>(rule.fee_max_bps) - static_cast<i128>(rule.fee_optimal_bps);
    const i128 slope = added != 0 ? rise : -rise;
    // All factors are bps: far inside 128 bits for any u64 configuration below 2^60.
    const i128 line = slope * static_cast<i128>(next) +
                      static_cast<i128>(rule.fee_optimal_bps) * static_cast<i128>(span) -
                      static_cast<i128>(rule.target_bps) * slope;
    const i128 bps = static_cast<i128>(base_bps) + line / static_cast<i128>(span);
    if (bps < 0) math_overflow("fee");
    return muldiv_ceil(amount, to_u64(static_cast<u128>(bps)), bps_scale);
}

}  // namespace voltcore::perps
