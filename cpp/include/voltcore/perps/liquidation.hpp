#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/math/i256.hpp"
#include "voltcore/perps/borrow_rate.hpp"
#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/profit.hpp"
#include "voltcore/perps/trade_fee.hpp"

// When a position may be closed against its owner's will.

namespace voltcore::perps {

/// What decides a JLP liquidation.
struct JlpExposure {
    Side side{};
    std::uint64_t price = 0;  ///< entry, 6 decimals
    std::uint64_t size_usd = 0;
    std::uint64_t collateral_usd = 0;
    std::uint64_t close_bps = 0;
    std::uint64_t impact_scalar = 0;
    std::uint64_t max_leverage_bps = 0;
    u128 cumulative = 0;
    u128 snapshot = 0;
};

struct JlpHealth {
    bool liquidatable = false;
    i128 remaining_usd = 0;  ///< collateral + pnl - close fee - borrow fee, fees rounded up
};

/// remaining * max_leverage < size * BPS, strictly. Spec 6.6.
[[nodiscard]] inline JlpHealth jlp_health(const JlpExposure& position, std::uint64_t mark) {
    const Profit profit = jlp_profit(position.side, position.size_usd, position.price, mark);
    const std::uint64_t close =
        position_fee(position.size_usd, position.close_bps, position.impact_scalar);
    const std::uint64_t borrow =
        borrow_fee(position.cumulative, position.snapshot, position.size_usd);
    // Four u64: no overflow in 128 bits.
    const i128 pnl =
        profit.in_profit ? static_cast<i128>(profit.usd) : -static_cast<i128>(profit.usd);
    const i128 remaining = static_cast<i128>(position.collateral_usd) + pnl -
                           static_cast<i128>(close) - static_cast<i128>(borrow);
    if (remaining < 0) return {true, remaining};
    // The left side may need 130 bits; the right one fits 78.
    const u128 needed = static_cast<u128>(position.size_usd) * bps_scale;
    u128 covered{};
    const bool beyond = __builtin_mul_overflow(
        static_cast<u128>(remaining), static_cast<u128>(position.max_leverage_bps), &covered);
    return {!beyond && covered < needed, remaining};
}

/// The price that interfaces show; it may differ from the trigger by one unit, and the trigger
/// decides. Fees floor here. Spec 6.6.
[[nodiscard]] inline std::uint64_t jlp_liquidation_price(const JlpExposure& position) {
    const std::uint64_t bps =
        add_u64(position.close_bps, impact_bps(position.size_usd, position.impact_scalar));
    const std::uint64_t close = muldiv(position.size_usd, bps, bps_scale);
    if (position.snapshot > position.cumulative) math_overflow("liquidation price");
    const u128 borrow =
        mul(position.cumulative - position.snapshot, position.size_usd) / rate_scale;
    const std::uint64_t max_loss = to_u64(
        add(add(muldiv(position.size_usd, bps_scale, position.max_leverage_bps), close), borrow));
    const std::uint64_t gap =
        muldiv(distance(max_loss, position.collateral_usd), position.price, position.size_usd);
    const bool above = (max_loss > position.collateral_usd) == (position.side == Side::long_side);
    return above ? add_u64(position.price, gap) : saturating_sub(position.price, gap);
}

enum class VolState : std::uint8_t { healthy, over_leverage, over_profit };

/// What decides a VolPerp liquidation.
struct VolExposure {
    Side side{};
    std::uint64_t size = 0;
    std::uint64_t collateral = 0;
    std::int32_t entry = 0;
    std::uint64_t decrease_bps = 0;
    std::uint64_t impact_scalar = 0;
    std::uint64_t max_leverage = 0;  ///< plain multiple
    std::uint64_t modifier_bps = bps_scale;
    std::uint64_t max_size = 0;
    u128 cumulative = 0;
    u128 snapshot = 0;
};

struct VolHealth {
    i128 pnl = 0;
    u128 effective_size = 0;  ///< size + max(0, pnl)
    std::uint64_t close_fee = 0;
    std::uint64_t borrow_fee = 0;
    i128 effective_collateral = 0;  ///< collateral + pnl - close fee - borrow fee
    VolState state = VolState::healthy;
};

/// Over-leverage is tested before over-profit. Spec 7.7.
[[nodiscard]] inline VolHealth vol_health(const VolExposure& position, std::int32_t value) {
    VolHealth health;
    health.pnl = vol_profit(position.side, position.size, position.entry, value);
    const u128 gain = health.pnl > 0 ? static_cast<u128>(health.pnl) : 0;
    health.effective_size = gain + position.size;  // < 2^98
    health.close_fee =
        position_fee(to_u64(health.effective_size), position.decrease_bps, position.impact_scalar);
    health.borrow_fee = borrow_fee(position.cumulative, position.snapshot, position.size);
    health.effective_collateral = static_cast<i128>(position.collateral) + health.pnl -
                                  static_cast<i128>(health.close_fee) -
                                  static_cast<i128>(health.borrow_fee);
    bool over_leverage = health.effective_collateral <= 0;
    if (!over_leverage) {
        const u128 allowance = mul(position.max_leverage, position.modifier_bps);
        u128 covered{};
        const bool beyond = __builtin_mul_overflow(static_cast<u128>(health.effective_collateral),
                                                   allowance, &covered);
        over_leverage = !beyond && static_cast<u128>(position.size) * bps_scale > covered;
    }
    if (over_leverage) {
        health.state = VolState::over_leverage;
    } else if (health.effective_size > position.max_size) {
        health.state = VolState::over_profit;
    }
    return health;
}

/// Leverage modifier in bps at the creation of a position: below 10000 on the crowded side.
/// Spec 7.6.
[[nodiscard]] inline std::uint64_t vol_modifier(Side side, std::uint64_t longed,
                                                std::uint64_t shorted) {
    if (longed == 0 || shorted == 0) return bps_scale;  // chosen: the published text is cut here
    const std::uint64_t own = side == Side::long_side ? longed : shorted;
    const std::uint64_t other = side == Side::long_side ? shorted : longed;
    const U256 total{static_cast<u128>(own) + other};
    const U256 total_squared = total * total;  // < 2^130
    const U256 gap{distance(own, other)};
    const U256 gap_squared = gap * gap;
    const U256 shifted = own > other ? total_squared - gap_squared : total_squared + gap_squared;
    return to_u64(math::mul_div(shifted, U256{bps_scale}, total_squared));
}

/// The largest size + profit of a position, fixed at its creation. Spec 7.6.
[[nodiscard]] inline std::uint64_t vol_max_size(std::uint64_t pool_limit,
                                                std::uint64_t custody_limit,
                                                std::uint64_t modifier_bps, std::uint64_t base,
                                                std::uint64_t locked) {
    const u128 scaled =
        static_cast<u128>(std::min(pool_limit, custody_limit)) * modifier_bps / bps_scale;
    return static_cast<std::uint64_t>(std::min<u128>(scaled, sub_u64(base, locked)));
}

}  // namespace voltcore::perps
