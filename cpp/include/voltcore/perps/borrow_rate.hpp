#pragma once

#include <algorithm>
#include <cstdint>

#include "voltcore/perps/checked.hpp"

// What traders pay for what they borrow: the rate curves and the cumulative trackers.

namespace voltcore::perps {

/// A dual-slope curve. `target_utilization` is bps in a VolPool and 1e9 in a JlpPool.
struct JumpRate {
    std::uint64_t min_rate_bps = 0;
    std::uint64_t max_rate_bps = 0;
    std::uint64_t target_rate_bps = 0;
    std::uint64_t target_utilization = 0;

    friend bool operator==(const JumpRate&, const JumpRate&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("min_rate_bps", self.min_rate_bps);
        visit("max_rate_bps", self.max_rate_bps);
        visit("target_rate_bps", self.target_rate_bps);
        visit("target_utilization", self.target_utilization);
    }
};

/// Utilisation of a VolPool custody in bps: floor(locked / base), at most 10000. Base 0 counts as
/// full unless nothing is locked (chosen). Source: spec 7.1.
[[nodiscard]] inline std::uint64_t vol_utilization_bps(std::uint64_t base, std::uint64_t locked) {
    if (base == 0) return locked == 0 ? 0 : bps_scale;
    const u128 used = static_cast<u128>(locked) * bps_scale / base;
    return static_cast<std::uint64_t>(std::min<u128>(used, bps_scale));
}

/// Yearly rate in bps as the protocol prints it: each slope is divided before it is multiplied, so
/// a slope below 1 bps per bps of utilisation is 0. Source: spec 7.2 `published`.
[[nodiscard]] inline std::uint64_t vol_rate_published(std::uint64_t utilization_bps,
                                                      const JumpRate& curve) {
    if (utilization_bps < curve.target_utilization) {
        const std::uint64_t slope =
            sub_u64(curve.target_rate_bps, curve.min_rate_bps) / curve.target_utilization;
        return to_u64(add(mul(utilization_bps, slope), curve.min_rate_bps));
    }
    if (curve.target_utilization >= bps_scale) math_overflow("jump rate");
    const std::uint64_t slope =
        sub_u64(curve.max_rate_bps, curve.target_rate_bps) / (bps_scale - curve.target_utilization);
    const u128 rise = mul(utilization_bps - curve.target_utilization, slope);
    return to_u64(add(rise, curve.target_rate_bps));
}

/// Yearly rate, 1e9, rounded up, from locked / base as an exact fraction (chosen: never divide
/// before multiplying). Source: spec 7.2 `exact`.
[[nodiscard]] inline std::uint64_t vol_rate_exact(std::uint64_t base, std::uint64_t locked,
                                                  const JumpRate& curve) {
    constexpr std::uint64_t rate_per_bps = rate_scale / bps_scale;
    if (base == 0) {
        // Utilisation 0 or full, as in vol_utilization_bps, written as a fraction.
        base = 1;
        locked = locked == 0 ? 0 : 1;
    }
    locked = std::min(locked, base);
    const u128 used = static_cast<u128>(locked) * bps_scale;
    const u128 kink = mul(curve.target_utilization, base);
    const bool lower = curve.target_utilization >= bps_scale || used < kink;
    if (lower) {
        const u128 rise = sub_u64(curve.target_rate_bps, curve.min_rate_bps);
        const U256 part = math::mul_div_ceil(U256{mul(rise, rate_scale)}, U256{locked}, U256{kink});
        return to_u64(add(mul(curve.min_rate_bps, rate_per_bps), to_u128(part)));
    }
    const u128 rise = sub_u64(curve.max_rate_bps, curve.target_rate_bps);
    const u128 span = mul(mul(bps_scale - curve.target_utilization, base), bps_scale);
    const U256 part =
        math::mul_div_ceil(U256{mul(rise, rate_scale)}, U256{used - kink}, U256{span});
    return to_u64(add(mul(curve.target_rate_bps, rate_per_bps), to_u128(part)));
}

/// Cumulative tracker of a VolPool custody after `seconds` at a yearly rate, rounded up. Spec 7.3.
[[nodiscard]] inline std::uint64_t vol_accrue(std::uint64_t cumulative, std::uint64_t rate_e9,
                                              std::uint64_t seconds) {
    return to_u64(add(cumulative, ceil_div(mul(rate_e9, seconds), seconds_per_year)));
}

/// Hourly rate, 1e9: ceil(locked * h / owned) with h = dbps at full use. Spec 6.1.
[[nodiscard]] inline std::uint64_t jlp_linear_rate(std::uint64_t owned, std::uint64_t locked,
                                                   std::uint64_t hourly_funding_dbps) {
    if (owned == 0 || locked == 0) return 0;
    const u128 hourly = mul(hourly_funding_dbps, rate_scale) / dbps_scale;
    return to_u64(ceil_div(mul(locked, hourly), owned));
}

/// Hourly rate, 1e9, of the dual-slope yearly curve. Spec 6.1.
[[nodiscard]] inline std::uint64_t jlp_jump_rate(std::uint64_t owned, std::uint64_t locked,
                                                 const JumpRate& curve) {
    constexpr std::uint64_t hours_per_year = 8'760;
    const std::uint64_t used =
        owned == 0 ? 0 : to_u64(static_cast<u128>(locked) * rate_scale / owned);
    u128 bps{};
    if (used <= curve.target_utilization) {
        const std::uint64_t rise = sub_u64(curve.target_rate_bps, curve.min_rate_bps);
        const u128 part = used == 0 ? 0 : ceil_div(mul(rise, used), curve.target_utilization);
        bps = add(part, curve.min_rate_bps);
    } else {
        const std::uint64_t rise = saturating_sub(curve.max_rate_bps, curve.target_rate_bps);
        const std::uint64_t span = sub_u64(rate_scale, curve.target_utilization);
        bps =
            add(ceil_div(mul(rise, used - curve.target_utilization), span), curve.target_rate_bps);
    }
    return to_u64(mul(bps, rate_scale) / bps_scale / hours_per_year);
}

/// Cumulative tracker after a time at an hourly rate, rounded up: JLP (nothing while `owned` is 0,
/// spec 6.1) and the ancestor (the stored rate applies to the elapsed time, spec 5.1).
[[nodiscard]] inline u128 hourly_accrue(u128 cumulative, std::int64_t last, std::int64_t now,
                                        std::uint64_t hourly_rate_e9) {
    if (now <= last) return cumulative;
    const auto seconds = static_cast<std::uint64_t>(now - last);
    return add(cumulative, ceil_div(mul(hourly_rate_e9, seconds), seconds_per_hour));
}

/// Hourly rate, 1e9, of the ancestor: two slopes and a base. Spec 5.1.
[[nodiscard]] inline std::uint64_t anc_hourly_rate(std::uint64_t owned, std::uint64_t locked,
                                                   std::uint64_t base_rate, std::uint64_t slope1,
                                                   std::uint64_t slope2,
                                                   std::uint64_t optimal_utilization) {
    if (owned == 0) return 0;
    const u128 used = static_cast<u128>(locked) * rate_scale / owned;
    u128 rate{};
    if (used < optimal_utilization || optimal_utilization >= rate_scale) {
        rate = floor_div(mul(used, slope1), optimal_utilization);
    } else {
        rate = add(slope1,
                   mul(used - optimal_utilization, slope2) / (rate_scale - optimal_utilization));
    }
    return to_u64(add(rate, base_rate));
}

/// Fee on the full size since the snapshot, rounded up: JLP and VolPerp. Spec 6.1, 7.3.
[[nodiscard]] inline std::uint64_t borrow_fee(u128 cumulative, u128 snapshot, std::uint64_t size) {
    if (snapshot > cumulative) math_overflow("borrow fee");
    return to_u64(ceil_div(mul(cumulative - snapshot, size), rate_scale));
}

/// Interest on what was borrowed since the snapshot, floor: the ancestor. 0 below the snapshot,
/// which a short's side stats may be ahead of (spec 5.6, known gap). Spec 5.1.
[[nodiscard]] inline std::uint64_t anc_interest(u128 cumulative, u128 snapshot,
                                                std::uint64_t borrow_size_usd) {
    if (snapshot >= cumulative) return 0;
    return to_u64(mul(cumulative - snapshot, borrow_size_usd) / rate_scale);
}

}  // namespace voltcore::perps
