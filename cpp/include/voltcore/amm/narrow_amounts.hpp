#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "voltcore/math/limb_divisor.hpp"
#include "voltcore/math/limbs.hpp"
#include "voltcore/math/u256.hpp"
#include "voltcore/math/wide_product.hpp"

// The amounts and prices of a swap step for operands below 2^128: what SqrtPriceMath.sol gives, by
// one short division each. A function returns false where it cannot answer; the caller then takes
// the general form (sqrt_price_math.hpp), so that nothing here decides how a contract fails.

namespace voltcore::amm::narrow {

using math::Halves;
using math::u128;
using math::wide_product;

[[nodiscard]] constexpr int leading_zeros(u128 value) noexcept {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return high != 0 ? std::countl_zero(high)
                     : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
}

/// The high half of value * 2^shift for 0 <= shift < 128.
[[nodiscard]] constexpr u128 high_half_shifted(const Halves& value, int shift) noexcept {
    // Twice, so that 0 is defined.
    return (value.high << shift) | ((value.low >> 1) >> (127 - shift));
}

/// A divisor of 128 bits that many numbers are divided by: moved up so that its top bit is set.
class Divisor {
public:
    constexpr Divisor() noexcept = default;
    /// Precondition: divisor > 0.
    constexpr explicit Divisor(u128 divisor) noexcept
        : shift_{leading_zeros(divisor)},
          value_{divisor << shift_},
          reciprocal_{math::limbs::reciprocal_3by2(static_cast<std::uint64_t>(value_ >> 64),
                                                   static_cast<std::uint64_t>(value_))} {}
    /// The same with the reciprocal known.
    constexpr Divisor(u128 divisor, std::uint64_t reciprocal) noexcept
        : shift_{leading_zeros(divisor)}, value_{divisor << shift_}, reciprocal_{reciprocal} {}

    [[nodiscard]] constexpr std::uint64_t reciprocal() const noexcept { return reciprocal_; }

    /// floor(dividend / moved divisor). Precondition: dividend.high < moved divisor.
    [[nodiscard]] constexpr u128 divide_moved(const Halves& dividend,
                                              u128& remainder) const noexcept {
        const auto first = math::limbs::divide_3by2(static_cast<std::uint64_t>(dividend.high >> 64),
                                                    static_cast<std::uint64_t>(dividend.high),
                                                    static_cast<std::uint64_t>(dividend.low >> 64),
                                                    value_, reciprocal_);
        const auto second =
            math::limbs::divide_3by2(static_cast<std::uint64_t>(first.remainder >> 64),
                                     static_cast<std::uint64_t>(first.remainder),
                                     static_cast<std::uint64_t>(dividend.low), value_, reciprocal_);
        remainder = second.remainder;
        return (static_cast<u128>(first.quotient) << 64) | second.quotient;
    }
    /// floor(a 2^exponent / divisor) for an exponent of at most 128, where the quotient is below
    /// 2^128. False for a divisor of more than `exponent` bits, too.
    [[nodiscard]] constexpr bool divide_shifted(u128 a, int exponent,
                                                u128& quotient) const noexcept {
        // a 2^(exponent + shift) has no low half.
        const int up = exponent + shift_ - 128;
        if (up < 0 || leading_zeros(a) < up) return false;
        const u128 high = a << up;
        if (high >= value_) return false;
        u128 unused{};
        quotient = divide_moved({high, 0}, unused);
        return true;
    }

private:
    int shift_{};
    u128 value_{};
    std::uint64_t reciprocal_{};
};

/// floor((u2, u1, u0) / d) and the remainder. Preconditions: d >= 2^127, (u2, u1) < d.
///
/// For a single digit one division of the machine is shorter than making a reciprocal: Knuth's
/// estimate by the top limb, at most 2 too large.
[[nodiscard]] constexpr std::uint64_t divide_once(std::uint64_t u2, std::uint64_t u1,
                                                  std::uint64_t u0, u128 d,
                                                  u128& remainder) noexcept {
    const auto d1 = static_cast<std::uint64_t>(d >> 64);
    const auto d0 = static_cast<std::uint64_t>(d);
    if (u2 == d1) [[unlikely]] {
        // The estimate would not fit: take the general digit.
        const auto digit =
            math::limbs::divide_3by2(u2, u1, u0, d, math::limbs::reciprocal_3by2(d1, d0));
        remainder = digit.remainder;
        return digit.quotient;
    }
    std::uint64_t rest{};
    std::uint64_t quotient = math::limbs::divide_2by1(u2, u1, d1, rest);
    const u128 partial = (static_cast<u128>(rest) << 64) | u0;
    const u128 product = static_cast<u128>(quotient) * d0;
    // partial - product + k d lies in [0, d) for the k in {0, 1, 2} that the estimate is too large.
    u128 out = partial - product;
    if (partial < product) {
        --quotient;
        const bool again = out + d >= d;  // no wrap: still negative
        out += d;
        if (again) {
            --quotient;
            out += d;
        }
    }
    remainder = out;
    return quotient;
}

/// floor(x) of x = a b 2^(shift - 32) / (d + s), where a, b > 0, d >= 2^127 and 0 <= s < 1 is not
/// known. False where a 2^(shift - 32) or the quotient does not fit 128 bits or where the unknown s
/// could matter; otherwise x is not an integer. Precondition: 0 <= shift < 128.
///
/// Proof. With U = floor(a b 2^(shift - 32)), nu < 1 what that leaves off, U = Q d + r and r < d,
/// the dividend is Q (d + s) + (r + nu - Q s). For r >= Q the last term is at least Q (1 - s) >= 0
/// and below d: Q is the floor. The term is 0 only for Q = 0 and an empty dividend, which a b > 0
/// excludes.
[[nodiscard]] constexpr bool divide_truncated(u128 a, u128 b, int shift, u128 d,
                                              u128& floor) noexcept {
    const int up = shift - 32;
    if (leading_zeros(a) < up) return false;
    Halves dividend = wide_product(a << std::max(up, 0), b);
    if (up < 0) {
        dividend = {dividend.high >> -up,
                    (dividend.low >> -up) | ((dividend.high << 1) << (127 + up))};
    }
    if (dividend.high >= d) return false;
    u128 remainder{};
    if (dividend.high >> 64 == 0 && ((dividend.high << 64) | (dividend.low >> 64)) < d) {
        floor = divide_once(static_cast<std::uint64_t>(dividend.high),
                            static_cast<std::uint64_t>(dividend.low >> 64),
                            static_cast<std::uint64_t>(dividend.low), d, remainder);
    } else {
        floor = Divisor{d}.divide_moved(dividend, remainder);
    }
    return remainder >= floor;
}

/// floor and ceiling of a fraction.
struct Bounds {
    u128 down;
    u128 up;
};

/// Token0 between two prices: L 2^96 (high - low) / (high low), rounded both ways. The two
/// divisions of the contract, both rounded the same way, are one by the product:
/// ceil(ceil(x / m) / n) = ceil(x / (m n)), and so for the floor.
/// Precondition: liquidity > 0, 0 < low < high.
[[nodiscard]] constexpr bool amount0(u128 low, u128 high, u128 liquidity, Bounds& out) noexcept {
    const Halves product = wide_product(low, high);
    if (product.high == 0) return false;
    // Moved up by k bits, the product is (d + s) 2^128.
    const int shift = leading_zeros(product.high);
    if (!divide_truncated(liquidity, high - low, shift, high_half_shifted(product, shift),
                          out.down)) {
        return false;
    }
    out.up = out.down + 1;
    return true;
}

/// Token1 between two prices: L difference / 2^96, rounded both ways.
[[nodiscard]] constexpr bool amount1(u128 difference, u128 liquidity, Bounds& out) noexcept {
    const Halves product = wide_product(difference, liquidity);
    // Room for the quotient and its increment.
    if ((product.high >> 95) != 0) return false;
    out.down = (product.high << 32) | (product.low >> 96);
    out.up = out.down + static_cast<u128>((product.low << 32) != 0);
    return true;
}

/// Price after `amount` of token0 has come in: ceil(L 2^96 price / (L 2^96 + amount price)).
/// Precondition: all > 0.
[[nodiscard]] constexpr bool next_price0(u128 price, u128 liquidity, u128 amount,
                                         u128& out) noexcept {
    if ((liquidity >> 126) != 0) return false;
    const Halves product = wide_product(amount, price);
    if ((product.high >> 127) != 0) return false;
    // Below 2^222 and 2^255: the sum fits.
    const u128 low = product.low + (liquidity << 96);
    const u128 high = product.high + (liquidity >> 32) + static_cast<u128>(low < product.low);
    if (high == 0) return false;
    // Moved up by k bits, the sum is (d + s) 2^128.
    const int shift = leading_zeros(high);
    u128 floor{};
    if (!divide_truncated(liquidity, price, shift, high_half_shifted({high, low}, shift), floor)) {
        return false;
    }
    out = floor + 1;
    return true;
}

/// What the contract calculates back as the input for `next_price0` is the amount itself.
///
/// Proof. With N = L 2^96 and the exact price q* = N p / (N + a p), N / q* - N / p = a. The price
/// q is q* rounded up: N / q = N / q* - e with e = N (q - q*) / (q q*) < N / (q (q - 1)). For
/// N <= q (q - 1), ceil(N / q - N / p) = ceil(a - e) = a because 0 <= e < 1. With b bits of q,
/// q (q - 1) >= 2^(b-1) (2^(b-1) - 1) >= 2^(2b-3) for b >= 2.
[[nodiscard]] constexpr bool input0_is_exact(u128 next_price, u128 liquidity) noexcept {
    const int price_bits = 128 - leading_zeros(next_price);
    const int liquidity_bits = 128 - leading_zeros(liquidity);
    return price_bits >= 2 && 2 * price_bits - 3 >= liquidity_bits + 96;
}

inline constexpr std::uint32_t one_in_pips = 1'000'000;
inline constexpr math::LimbDivisor pips_divisor{one_in_pips};

/// floor(a / divisor): one digit for what mostly comes.
[[nodiscard]] constexpr u128 short_quotient(const math::LimbDivisor& divisor, u128 a) noexcept {
    return static_cast<std::uint64_t>(a >> 64) < divisor.value() ? divisor.small_quotient(a)
                                                                 : divisor.quotient(a);
}

/// ceil(input fee_pips / (10^6 - fee_pips)), where `rest` divides by 10^6 - fee_pips.
[[nodiscard]] constexpr bool fee_of_input(u128 input, std::uint32_t fee_pips,
                                          const math::LimbDivisor& rest, u128& fee) noexcept {
    // fee_pips and 10^6 are below 2^20: neither product nor sum reaches 2^128.
    if ((input >> 107) != 0) return false;
    fee = short_quotient(rest, input * fee_pips + (rest.value() - 1));
    return true;
}

/// floor(amount (10^6 - fee_pips) / 10^6).
[[nodiscard]] constexpr bool without_fee(u128 amount, std::uint32_t fee_pips, u128& out) noexcept {
    if ((amount >> 108) != 0) return false;
    out = short_quotient(pips_divisor, amount * (one_in_pips - fee_pips));
    return true;
}

}  // namespace voltcore::amm::narrow
