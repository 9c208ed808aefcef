#pragma once

#include "voltcore/math/u256.hpp"

// Fixed-point with 27 (ray) and 18 (wad) decimals as the lending pools' rate indices use it.
// Intermediate results are 256 bits wide and checked. Source: WadRayMath.sol.

namespace voltcore::math {

inline constexpr U256 ray{(u128{54'210'108} << 64) | 11'515'845'246'265'065'472U};
inline constexpr std::uint64_t wad_ray_ratio = 1'000'000'000U;

namespace wad_ray {

[[nodiscard]] constexpr Revert multiply(const U256& a, const U256& b, const U256& scale,
                                        U256& out) noexcept {
    // A zero operand needs no case of its own: floor((0 + scale / 2) / scale) = 0.
    U256 product;
    if (multiply_overflows(a, b, product) || add_overflows(product, scale >> 1, product))
        [[unlikely]] {
        return Revert::panic_overflow;
    }
    out = divide_nonzero(product, scale).quotient;
    return Revert::none;
}

[[nodiscard]] constexpr Revert divide(const U256& a, const U256& b, const U256& scale,
                                      U256& out) noexcept {
    if (b.is_zero()) [[unlikely]]
        return Revert::ray_divide_by_zero;
    U256 numerator;
    if (multiply_overflows(a, scale, numerator) || add_overflows(numerator, b >> 1, numerator))
        [[unlikely]] {
        return Revert::panic_overflow;
    }
    out = divide_nonzero(numerator, b).quotient;
    return Revert::none;
}

}  // namespace wad_ray

[[nodiscard]] constexpr Revert try_ray_mul(const U256& a, const U256& b, U256& out) noexcept {
    return wad_ray::multiply(a, b, ray, out);
}
[[nodiscard]] constexpr Revert try_ray_div(const U256& a, const U256& b, U256& out) noexcept {
    return wad_ray::divide(a, b, ray, out);
}
[[nodiscard]] constexpr Revert try_wad_mul(const U256& a, const U256& b, U256& out) noexcept {
    return wad_ray::multiply(a, b, U256{1'000'000'000'000'000'000U}, out);
}
[[nodiscard]] constexpr Revert try_wad_div(const U256& a, const U256& b, U256& out) noexcept {
    return wad_ray::divide(a, b, U256{1'000'000'000'000'000'000U}, out);
}
[[nodiscard]] constexpr Revert try_ray_to_wad(const U256& a, U256& out) noexcept {
    const U256Division division = divide_nonzero(a, U256{wad_ray_ratio});
    const bool up = division.remainder.limb(0) >= wad_ray_ratio / 2;
    out = wrapping_add(division.quotient, U256{static_cast<std::uint64_t>(up)});
    return Revert::none;
}
[[nodiscard]] constexpr Revert try_wad_to_ray(const U256& a, U256& out) noexcept {
    return multiply_overflows(a, U256{wad_ray_ratio}, out) ? Revert::panic_overflow : Revert::none;
}

/// a * b / 10^27, rounded half up.
[[nodiscard]] constexpr U256 ray_mul(const U256& a, const U256& b) {
    U256 out;
    check(try_ray_mul(a, b, out), "ray_mul");
    return out;
}
/// a * 10^27 / b, rounded half up.
[[nodiscard]] constexpr U256 ray_div(const U256& a, const U256& b) {
    U256 out;
    check(try_ray_div(a, b, out), "ray_div");
    return out;
}
/// a * b / 10^18, rounded half up.
[[nodiscard]] constexpr U256 wad_mul(const U256& a, const U256& b) {
    U256 out;
    check(try_wad_mul(a, b, out), "wad_mul");
    return out;
}
/// a * 10^18 / b, rounded half up.
[[nodiscard]] constexpr U256 wad_div(const U256& a, const U256& b) {
    U256 out;
    check(try_wad_div(a, b, out), "wad_div");
    return out;
}
/// a / 10^9, rounded half up.
[[nodiscard]] constexpr U256 ray_to_wad(const U256& a) noexcept {
    U256 out;
    (void)try_ray_to_wad(a, out);
    return out;
}
/// a * 10^9, exactly.
[[nodiscard]] constexpr U256 wad_to_ray(const U256& a) {
    U256 out;
    check(try_wad_to_ray(a, out), "wad_to_ray");
    return out;
}

}  // namespace voltcore::math
