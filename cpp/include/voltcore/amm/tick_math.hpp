#pragma once

#include <array>
#include <cstdint>

#include "voltcore/amm/tick_range.hpp"
#include "voltcore/math/integer.hpp"
#include "voltcore/math/revert.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/wide_product.hpp"

// Ticks and sqrt prices (Q64.96): price(t) = 1.0001^(t/2). Source: TickMath.sol of both protocols.

namespace voltcore::amm {

using math::multiply_high;
using math::Revert;
using math::u128;
using math::U256;

[[nodiscard]] constexpr u128 make_u128(std::uint64_t high, std::uint64_t low) noexcept {
    return (static_cast<u128>(high) << 64) | low;
}

/// 2^128 / 1.0001^(2^i / 2), rounded as the contracts have it: consensus constants.
inline constexpr std::array<u128, 20> tick_factors = {
    make_u128(0xfffcb933bd6fad37, 0xaa2d162d1a594001),
    make_u128(0xfff97272373d4132, 0x59a46990580e213a),
    make_u128(0xfff2e50f5f656932, 0xef12357cf3c7fdcc),
    make_u128(0xffe5caca7e10e4e6, 0x1c3624eaa0941cd0),
    make_u128(0xffcb9843d60f6159, 0xc9db58835c926644),
    make_u128(0xff973b41fa98c081, 0x472e6896dfb254c0),
    make_u128(0xff2ea16466c96a38, 0x43ec78b326b52861),
    make_u128(0xfe5dee046a99a2a8, 0x11c461f1969c3053),
    make_u128(0xfcbe86c7900a88ae, 0xdcffc83b479aa3a4),
    make_u128(0xf987a7253ac41317, 0x6f2b074cf7815e54),
    make_u128(0xf3392b0822b70005, 0x940c7a398e4b70f3),
    make_u128(0xe7159475a2c29b74, 0x43b29c7fa6e889d9),
    make_u128(0xd097f3bdfd2022b8, 0x845ad8f792aa5825),
    make_u128(0xa9f746462d870fdf, 0x8a65dc1f90e061e5),
    make_u128(0x70d869a156d2a1b8, 0x90bb3df62baf32f7),
    make_u128(0x31be135f97d08fd9, 0x81231505542fcfa6),
    make_u128(0x09aa508b5b7a84e1, 0xc677de54f3e99bc9),
    make_u128(0x005d6af8dedb8119, 0x6699c329225ee604),
    make_u128(0x00002216e584f5fa, 0x1ea926041bedfe98),
    make_u128(0x00000000048a1703, 0x91f7dc42444e8fa2),
};

/// The contracts' own algorithm, one factor a bit: the truth that the fast form is tested against.
/// Precondition: |tick| < 2^20.
[[nodiscard]] U256 sqrt_ratio_at_tick_plain(std::int32_t tick) noexcept;

/// The same by tables (see tick_products.cpp for the proof). Precondition: |tick| <= 887272.
[[nodiscard]] U256 sqrt_ratio_at_legal_tick(std::int32_t tick) noexcept;

/// "T" outside the range.
inline Revert sqrt_ratio_at_tick(std::int32_t tick, const TickRange& range, U256& out) noexcept {
    if (tick < range.min_tick || tick > range.max_tick) return Revert::tick_out_of_range;
    out = sqrt_ratio_at_legal_tick(tick);
    return Revert::none;
}

/// The greatest tick whose sqrt price is <= `sqrt_price`, by binary search over the plain form.
/// Precondition: the price lies in the general range.
[[nodiscard]] std::int32_t tick_at_sqrt_ratio_plain(const U256& sqrt_price) noexcept;

/// The same from a floating-point estimate with a proven bound. Precondition as above.
[[nodiscard]] std::int32_t tick_at_legal_sqrt_ratio(const U256& sqrt_price) noexcept;

/// "R" outside the range; the upper end is excluded.
inline Revert tick_at_sqrt_ratio(const U256& sqrt_price, const TickRange& range,
                                 std::int32_t& out) noexcept {
    if (sqrt_price < range.min_sqrt_ratio || sqrt_price >= range.max_sqrt_ratio) {
        return Revert::ratio_out_of_range;
    }
    out = tick_at_legal_sqrt_ratio(sqrt_price);
    return Revert::none;
}

/// floor((2^128 - 1) / number of usable ticks): the most liquidity that one tick may hold.
/// "TSOOB" unless 0 < spacing < 16384.
Revert max_liquidity_per_tick(std::int32_t spacing, const TickRange& range, u128& out) noexcept;

/// In this order: "TLU" unless lower < upper, "TLM", "TUM". The spacing is not looked at.
[[nodiscard]] constexpr Revert check_ticks(std::int32_t lower, std::int32_t upper,
                                           const TickRange& range) noexcept {
    if (lower >= upper) return Revert::ticks_misordered;
    if (lower < range.min_tick) return Revert::tick_lower_too_low;
    if (upper > range.max_tick) return Revert::tick_upper_too_high;
    return Revert::none;
}

}  // namespace voltcore::amm
