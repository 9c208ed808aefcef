#pragma once

#include "voltcore/math/i256.hpp"
#include "voltcore/math/mul_div.hpp"
#include "voltcore/math/u256.hpp"

// Amounts and sqrt prices (Q64.96). Source: SqrtPriceMath.sol of Uniswap v3 and of Voltz.
//
// Rounding always favours the pool: what it receives is rounded up, what it pays down.

namespace voltcore::amm {

using math::i128;
using math::I256;
using math::Revert;
using math::u128;
using math::U256;

/// What an intermediate result does when it leaves its width.
enum class Arithmetic {
    checked,   ///< Voltz: it fails, with a text or as a panic
    wrapping,  ///< Uniswap v3: it wraps and the formula falls back; failures carry no data
};

namespace detail {

/// The failures of the wrapping build carry no data, whichever rule was broken.
template <Arithmetic style>
[[nodiscard]] constexpr Revert styled(Revert revert) noexcept {
    if constexpr (style == Arithmetic::checked) return revert;
    switch (revert) {
        case Revert::denominator_underflow:
        case Revert::price_not_above_quotient:
            return Revert::empty_liquidity;
        case Revert::mul_div_by_zero:
        case Revert::panic_divide_by_zero:
            return Revert::empty_divide_by_zero;
        case Revert::zero_price:
        case Revert::zero_lower_price:
        case Revert::zero_liquidity:
            return Revert::empty_zero;
        default:
            return Revert::empty_overflow;
    }
}

template <Arithmetic style>
[[nodiscard]] constexpr Revert mul_div_ceil(const U256& a, const U256& b, const U256& d,
                                            U256& out) noexcept {
    const Revert revert = math::try_mul_div_ceil(a, b, d, out);
    return revert == Revert::none ? revert : styled<style>(revert);
}

template <Arithmetic style>
[[nodiscard]] constexpr Revert mul_div(const U256& a, const U256& b, const U256& d,
                                       U256& out) noexcept {
    const Revert revert = math::try_mul_div(a, b, d, out);
    return revert == Revert::none ? revert : styled<style>(revert);
}

[[nodiscard]] constexpr U256 low_160_bits(const U256& value) noexcept {
    return U256::from_limbs(value.limb(0), value.limb(1), value.limb(2) & 0xffffffffU, 0);
}

}  // namespace detail

/// Price after `amount` of token0 comes in (`add`) or goes out; rounded up.
template <Arithmetic style>
[[nodiscard]] constexpr Revert next_sqrt_price_from_amount0(const U256& price, u128 liquidity,
                                                            const U256& amount, bool add,
                                                            U256& out) noexcept {
    out = price;
    if (amount.is_zero()) return Revert::none;
    const U256 numerator = shift_left_truncating(U256{liquidity}, 96);
    U256 product;
    const bool product_overflows = multiply_overflows(amount, price, product);
    if (add) {
        U256 denominator;
        const bool overflows = product_overflows || add_overflows(numerator, product, denominator);
        if (!overflows) [[likely]] {
            const Revert revert = detail::mul_div_ceil<style>(numerator, price, denominator, out);
            out = detail::low_160_bits(out);
            return revert;
        }
        if constexpr (style == Arithmetic::checked) return Revert::panic_overflow;
        if (price.is_zero()) return Revert::empty_divide_by_zero;
        U256 divisor;
        if (add_overflows(divide_nonzero(numerator, price).quotient, amount, divisor)) {
            return Revert::empty_overflow;
        }
        out = detail::low_160_bits(div_up_unsafe(numerator, divisor));
        return Revert::none;
    }
    if (product_overflows) return detail::styled<style>(Revert::panic_overflow);
    if (numerator <= product) return detail::styled<style>(Revert::denominator_underflow);
    const Revert revert =
        detail::mul_div_ceil<style>(numerator, price, wrapping_subtract(numerator, product), out);
    if (revert != Revert::none) return revert;
    return out.fits_u160() ? Revert::none : detail::styled<style>(Revert::to_uint160_overflow);
}

/// Price after `amount` of token1 comes in (`add`) or goes out; rounded down.
template <Arithmetic style>
[[nodiscard]] constexpr Revert next_sqrt_price_from_amount1(const U256& price, u128 liquidity,
                                                            const U256& amount, bool add,
                                                            U256& out) noexcept {
    constexpr U256 q96 = U256::power_of_two(96);
    U256 quotient;
    if (add) {
        if (amount.fits_u160()) {
            if (liquidity == 0) return detail::styled<style>(Revert::panic_divide_by_zero);
            quotient = divide_nonzero(shift_left_truncating(amount, 96), U256{liquidity}).quotient;
        } else {
            const Revert revert = detail::mul_div<style>(amount, q96, U256{liquidity}, quotient);
            if (revert != Revert::none) return revert;
        }
        if (!quotient.fits_u160()) return detail::styled<style>(Revert::to_uint160_overflow);
        out = wrapping_add(price, quotient);  // two numbers below 2^160
        return out.fits_u160() ? Revert::none : detail::styled<style>(Revert::panic_overflow);
    }
    if (amount.fits_u160()) {
        quotient = div_up_unsafe(shift_left_truncating(amount, 96), U256{liquidity});
    } else {
        const Revert revert = detail::mul_div_ceil<style>(amount, q96, U256{liquidity}, quotient);
        if (revert != Revert::none) return revert;
    }
    if (price <= quotient) return detail::styled<style>(Revert::price_not_above_quotient);
    out = wrapping_subtract(price, quotient);
    return Revert::none;
}

/// Price after an exact input: token0 pushes it down, token1 up.
template <Arithmetic style>
[[nodiscard]] constexpr Revert next_sqrt_price_from_input(const U256& price, u128 liquidity,
                                                          const U256& amount_in, bool zero_for_one,
                                                          U256& out) noexcept {
    if (price.is_zero()) return detail::styled<style>(Revert::zero_price);
    if (liquidity == 0) return detail::styled<style>(Revert::zero_liquidity);
    return zero_for_one
               ? next_sqrt_price_from_amount0<style>(price, liquidity, amount_in, true, out)
               : next_sqrt_price_from_amount1<style>(price, liquidity, amount_in, true, out);
}

/// Price after an exact output: taking token1 out pushes it down, token0 up.
template <Arithmetic style>
[[nodiscard]] constexpr Revert next_sqrt_price_from_output(const U256& price, u128 liquidity,
                                                           const U256& amount_out,
                                                           bool zero_for_one, U256& out) noexcept {
    if (price.is_zero()) return detail::styled<style>(Revert::zero_price);
    if (liquidity == 0) return detail::styled<style>(Revert::zero_liquidity);
    return zero_for_one
               ? next_sqrt_price_from_amount1<style>(price, liquidity, amount_out, false, out)
               : next_sqrt_price_from_amount0<style>(price, liquidity, amount_out, false, out);
}

/// Token0 between two prices: L 2^96 (B - A) / B / A, each of the two divisions rounded.
/// Fails when the lower price is zero.
template <Arithmetic style>
[[nodiscard]] constexpr Revert amount0_delta(const U256& a, const U256& b, u128 liquidity,
                                             bool round_up, U256& out) noexcept {
    const U256& low = a <= b ? a : b;
    const U256& high = a <= b ? b : a;
    if (low.is_zero()) return detail::styled<style>(Revert::zero_lower_price);
    // The quotient by `high` is at most L 2^96 < 2^224, so neither division can leave its width.
    math::U256Division division;
    const Revert revert = math::try_mul_div_rem(shift_left_truncating(U256{liquidity}, 96),
                                                wrapping_subtract(high, low), high, division);
    if (revert != Revert::none) return detail::styled<style>(revert);
    if (round_up) {
        const U256 numerator = wrapping_add(
            division.quotient, U256{static_cast<std::uint64_t>(!division.remainder.is_zero())});
        out = div_up_unsafe(numerator, low);
    } else {
        out = divide_nonzero(division.quotient, low).quotient;
    }
    return Revert::none;
}

/// Token1 between two prices: L |B - A| / 2^96.
[[nodiscard]] constexpr U256 amount1_delta(const U256& a, const U256& b, u128 liquidity,
                                           bool round_up) noexcept {
    const U256 difference = a <= b ? wrapping_subtract(b, a) : wrapping_subtract(a, b);
    // 160 + 128 - 96 bits: the result fits, and so does its increment.
    const math::U512 product = multiply_full(difference, U256{liquidity});
    const U256 quotient = (product >> 96).low();
    const bool exact =
        product.low().limb(0) == 0 && static_cast<std::uint32_t>(product.low().limb(1)) == 0;
    return wrapping_add(quotient, U256{static_cast<std::uint64_t>(round_up && !exact)});
}

/// With a signed liquidity: minus the rounded-down amount when it is removed, the rounded-up one
/// when it is added.
template <Arithmetic style>
[[nodiscard]] constexpr Revert amount0_delta_signed(const U256& a, const U256& b, i128 liquidity,
                                                    I256& out) noexcept {
    const bool negative = liquidity < 0;
    const u128 size =
        negative ? u128{0} - static_cast<u128>(liquidity) : static_cast<u128>(liquidity);
    if (negative && size == u128{1} << 127) return detail::styled<style>(Revert::panic_overflow);
    U256 amount;
    const Revert revert = amount0_delta<style>(a, b, size, !negative, amount);
    if (revert != Revert::none) return revert;
    if (math::try_to_int256(amount, out) != Revert::none) {
        return detail::styled<style>(Revert::to_int256_overflow);
    }
    if (negative) out = I256::from_bits(wrapping_negate(amount));
    return Revert::none;
}

template <Arithmetic style>
[[nodiscard]] constexpr Revert amount1_delta_signed(const U256& a, const U256& b, i128 liquidity,
                                                    I256& out) noexcept {
    const bool negative = liquidity < 0;
    const u128 size =
        negative ? u128{0} - static_cast<u128>(liquidity) : static_cast<u128>(liquidity);
    if (negative && size == u128{1} << 127) return detail::styled<style>(Revert::panic_overflow);
    // Below 2^192: the sign bit is free.
    const U256 amount = amount1_delta(a, b, size, !negative);
    out = I256::from_bits(negative ? wrapping_negate(amount) : amount);
    return Revert::none;
}

/// Liquidity plus a signed change; a panic outside uint128. Source: LiquidityMath.sol, addDelta.
[[nodiscard]] constexpr Revert add_delta(u128 liquidity, i128 change, u128& out) noexcept {
    const bool overflows =
        change < 0 ? __builtin_sub_overflow(liquidity, u128{0} - static_cast<u128>(change), &out)
                   : __builtin_add_overflow(liquidity, static_cast<u128>(change), &out);
    return overflows ? Revert::panic_overflow : Revert::none;
}

}  // namespace voltcore::amm
