#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "voltcore/perps/checked.hpp"

// Fees on trades: base, price impact, and the additive part of JLP.

namespace voltcore::perps {

/// ceil(size * BPS / scalar): the coefficient is rounded up to a whole bp; 0 without a scalar.
/// Spec 6.3.
[[nodiscard]] inline std::uint64_t impact_bps(std::uint64_t size, std::uint64_t scalar) {
    return scalar == 0 ? 0 : muldiv_ceil(size, bps_scale, scalar);
}

/// ceil(size * (base + impact) / BPS). Spec 6.3, 7.7.
[[nodiscard]] inline std::uint64_t position_fee(std::uint64_t size, std::uint64_t base_bps,
                                                std::uint64_t scalar) {
    return muldiv_ceil(size, add_u64(base_bps, impact_bps(size, scalar)), bps_scale);
}

struct PositionFee {
    std::uint64_t fee_usd = 0;
    std::uint64_t impact_usd = 0;
};

/// The fee of a JLP trade and, within it, the impact part. Spec 6.3.
[[nodiscard]] inline PositionFee jlp_position_fee(std::uint64_t size, std::uint64_t base_bps,
                                                  std::uint64_t scalar) {
    return {position_fee(size, base_bps, scalar),
            muldiv_ceil(size, impact_bps(size, scalar), bps_scale)};
}

/// The fee of the published prose: the impact coefficient size / scalar is not rounded to a whole
/// bp, only the fee is, up. Spec 6.3 `decimal`.
[[nodiscard]] inline PositionFee jlp_decimal_position_fee(std::uint64_t size,
                                                          std::uint64_t base_bps,
                                                          std::uint64_t scalar) {
    const u128 base = static_cast<u128>(size) * base_bps;
    if (scalar == 0) return {to_u64(ceil_div(base, bps_scale)), 0};
    // size * base / BPS + size^2 / scalar over one denominator; below 2^210.
    const U256 impact{static_cast<u128>(size) * size};
    const U256 total = U256{base} * U256{scalar} + impact * U256{bps_scale};
    const U256 divisor = U256{static_cast<u128>(scalar) * bps_scale};
    const U256 one{std::uint64_t{1}};
    return {to_u64(math::mul_div_ceil(total, one, divisor)),
            to_u64(math::mul_div_ceil(impact, one, U256{scalar}))};
}

/// What a JLP custody charges on top when one minute's signed flow is large.
struct AdditiveImpact {
    std::uint64_t threshold_usd = 0;
    std::uint64_t factor = 0;  ///< 0 switches it off
    std::uint64_t exponent = 1;
    std::uint64_t max_bps = 0;

    friend bool operator==(const AdditiveImpact&, const AdditiveImpact&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("threshold_usd", self.threshold_usd);
        visit("factor", self.factor);
        visit("exponent", self.exponent);
        visit("max_bps", self.max_bps);
    }
};

/// base^exponent; beyond 256 bits is MathOverflow.
[[nodiscard]] inline U256 integer_power(std::uint64_t base, std::uint64_t exponent) {
    U256 out{std::uint64_t{1}};
    if (base <= 1) return exponent == 0 ? out : U256{base};
    for (std::uint64_t i = 0; i < exponent; ++i) {
        U256 next;
        if (multiply_overflows(out, U256{base}, next)) math_overflow("power");
        out = next;
    }
    return out;
}

/// The fee with the additive part: base + impact + penalty bps, capped as a whole; the second
/// figure is the fee beyond the floor of the base part. The code divides by the factor and caps the
/// total, where the prose multiplies and caps the impact: the code is followed. Spec 6.3.
[[nodiscard]] inline PositionFee jlp_additive_fee(std::uint64_t size, std::uint64_t base_bps,
                                                  std::uint64_t scalar, i128 imbalance_usd,
                                                  const AdditiveImpact& additive) {
    const u128 imbalance = imbalance_usd < 0 ? ~static_cast<u128>(imbalance_usd) + 1
                                             : static_cast<u128>(imbalance_usd);
    if (additive.factor == 0 || imbalance <= additive.threshold_usd) {
        return jlp_position_fee(size, base_bps, scalar);
    }
    const U256 divisor = integer_power(additive.threshold_usd, additive.exponent);
    if (divisor.is_zero()) math_overflow("additive fee");
    const U256 ratio = math::mul_div_ceil(integer_power(to_u64(imbalance), additive.exponent),
                                          U256{std::uint64_t{1}}, divisor);
    const u128 penalty = ceil_div(to_u128(ratio), additive.factor);
    const u128 uncapped = add(add(base_bps, impact_bps(size, scalar)), penalty);
    const u128 total = std::min<u128>(uncapped, additive.max_bps);
    const std::uint64_t fee = to_u64(ceil_div(mul(size, total), bps_scale));
    return {fee, saturating_sub(fee, muldiv(size, base_bps, bps_scale))};
}

inline constexpr std::int64_t flow_window_seconds = 60;
using FlowWindow = std::array<std::int64_t, flow_window_seconds>;

/// Enters a signed flow into the ring of one-second slots and returns the sum of the last minute.
/// Slots skipped since `last` are zeroed; after a gap of a minute, or at first (`last` 0), only the
/// new amount counts. Spec 6.3.
inline i128 enter_flow(FlowWindow& slots, std::int64_t last, std::int64_t now,
                       std::int64_t amount) {
    if (last == 0 || now - last >= flow_window_seconds) {
        slots.fill(0);
    } else {
        for (std::int64_t t = last + 1; t <= now; ++t) {
            slots[static_cast<std::size_t>(t % flow_window_seconds)] = 0;
        }
    }
    std::int64_t& slot = slots[static_cast<std::size_t>(now % flow_window_seconds)];
    if (__builtin_add_overflow(slot, amount, &slot)) math_overflow("flow window");
    i128 sum = 0;
    for (const std::int64_t value : slots) sum += value;
    return sum;
}

/// ceil(x * bps / BPS): the ancestor's fee. Spec 1.
[[nodiscard]] inline std::uint64_t anc_percentage_fee(std::uint64_t bps, std::uint64_t amount) {
    return muldiv_ceil(amount, bps, bps_scale);
}

/// Entry fee of the ancestor: base, raised when the lock would push utilisation past the optimum.
/// Spec 5.4.
[[nodiscard]] inline std::uint64_t anc_entry_fee(std::uint64_t base_fee_bps, std::uint64_t size,
                                                 std::uint64_t lock, std::uint64_t owned,
                                                 std::uint64_t locked,
                                                 std::uint64_t utilization_multiplier,
                                                 std::uint64_t optimal_utilization) {
    const std::uint64_t fee = anc_percentage_fee(base_fee_bps, size);
    const u128 used = floor_div(mul(add(locked, lock), rate_scale), owned);
    const auto utilization = static_cast<std::uint64_t>(std::min<u128>(used, rate_scale));
    if (utilization <= optimal_utilization) return fee;
    const std::uint64_t surcharge =
        muldiv(utilization_multiplier, utilization - optimal_utilization,
               rate_scale - optimal_utilization);
    return to_u64(mul(fee, add(bps_scale, surcharge)) / bps_scale);
}

}  // namespace voltcore::perps
