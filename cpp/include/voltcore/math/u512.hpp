#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "voltcore/math/u256.hpp"

namespace voltcore::math {

/// The product of two U256 values: a number to take apart again, not to calculate with.
class U512 {
public:
    constexpr U512() noexcept = default;
    constexpr explicit U512(const U256& low) noexcept : low_{low} {}
    constexpr U512(const U256& high, const U256& low) noexcept : low_{low}, high_{high} {}

    [[nodiscard]] constexpr const U256& low() const noexcept { return low_; }
    [[nodiscard]] constexpr const U256& high() const noexcept { return high_; }
    [[nodiscard]] constexpr bool fits_u256() const noexcept { return high_.is_zero(); }

    friend constexpr bool operator==(const U512&, const U512&) noexcept = default;
    friend constexpr std::strong_ordering operator<=>(const U512& a, const U512& b) noexcept {
        const std::strong_ordering order = a.high_ <=> b.high_;
        return order != std::strong_ordering::equal ? order : a.low_ <=> b.low_;
    }

    /// floor(a / 2^shift).
    friend constexpr U512 operator>>(const U512& a, unsigned shift) noexcept {
        if (shift == 0) return a;
        if (shift >= 256) return U512{a.high_ >> (shift - 256)};
        return {a.high_ >> shift, (a.low_ >> shift) | shift_left_truncating(a.high_, 256 - shift)};
    }

private:
    U256 low_{};
    U256 high_{};
};

static_assert(std::is_trivially_copyable_v<U512> && sizeof(U512) == 64);

/// a * b, all 512 bits.
[[nodiscard]] constexpr U512 multiply_full(const U256& a, const U256& b) noexcept {
    std::uint64_t p[8] = {};
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        // Liquidity, prices and shifted amounts have empty limbs: a row of zeros is skipped.
        if (a.limb(i) == 0) continue;
        std::uint64_t carry = 0;
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            p[i + j] = limbs::multiply_add(a.limb(i), b.limb(j), p[i + j], carry);
        }
        p[i + 4] = carry;
    }
    return {U256::from_limbs(p[4], p[5], p[6], p[7]), U256::from_limbs(p[0], p[1], p[2], p[3])};
}

/// floor(product / d) and the remainder, by schoolbook division.
/// Precondition: d > the high half of the product, so that the quotient fits.
[[nodiscard]] constexpr U256Division divide_fitting(const U512& product, const U256& d) noexcept {
    if (product.fits_u256()) return divide_nonzero(product.low(), d);
    const U256& high = product.high();
    const U256& low = product.low();
    std::uint64_t u[8] = {low.limb(0),  low.limb(1),  low.limb(2),  low.limb(3),
                          high.limb(0), high.limb(1), high.limb(2), high.limb(3)};
    std::uint64_t q[4]{};
    if (d.fits_u64()) {
        // high < d < 2^64: the remainder of the first step starts as the one high limb.
        std::uint64_t rest = u[4];
        for (int i = 3; i >= 0; --i) q[i] = limbs::divide_2by1(rest, u[i], d.limb(0), rest);
        return {U256::from_limbs(q[0], q[1], q[2], q[3]), U256{rest}};
    }
    const int shift = (256 - d.bit_length()) & 63;
    std::uint64_t v[4]{};
    std::uint64_t rest[4]{};
    (void)limbs::shift_left_small<4>(d.limbs().data(), shift, v);
    // high < d, so the shifted dividend loses nothing and its top limbs stay below v.
    if (shift != 0) (void)limbs::shift_left_small<8>(u, shift, u);
    if (d.limb(3) != 0) {
        limbs::divide_normalized<8, 4>(u, v, q);
    } else if (d.limb(2) != 0) {
        limbs::divide_normalized<7, 3>(u, v, q);
        u[3] = 0;
    } else {
        limbs::divide_normalized<6, 2>(u, v, q);
        u[2] = u[3] = 0;
    }
    limbs::shift_right_small<4>(u, shift, rest);
    return {U256::from_limbs(q[0], q[1], q[2], q[3]),
            U256::from_limbs(rest[0], rest[1], rest[2], rest[3])};
}

}  // namespace voltcore::math
