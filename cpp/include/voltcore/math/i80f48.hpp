#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "voltcore/math/integer.hpp"
#include "voltcore/math/limbs.hpp"
#include "voltcore/math/revert.hpp"

namespace voltcore::math {

/// A signed fixed-point number with 48 fractional bits in 128: the number type of the margin
/// venues.
///
/// Range [-2^79, 2^79). Add and subtract are exact; multiply rounds toward minus infinity; divide
/// toward zero. Every operation that leaves the range throws ArithmeticOverflowError; the `try_`
/// kernels beside them report it and never throw.
/// Source: the `fixed` crate's FixedI128<U48> as Mango v3 and Entropy use it.
class I80F48 {
public:
    static constexpr int fraction_bits = 48;

    constexpr I80F48() noexcept = default;

    /// The value bits / 2^48.
    [[nodiscard]] static constexpr I80F48 from_bits(i128 bits) noexcept {
        I80F48 out;
        out.bits_ = bits;
        return out;
    }

    /// An integer, exactly.
    template <class T>
    [[nodiscard]] static constexpr I80F48 from_int(T value) {
        const i128 wide = checked_cast<i128>(value);
        if (wide >= (i128{1} << 79) || wide < -(i128{1} << 79))
            refuse_overflow("convert", "I80F48");
        return from_bits(wide * (i128{1} << fraction_bits));
    }

    /// The value nearest to decimal text such as "-0.0125", ties to even.
    /// @throws Error (bad_text) unless the text is an optional sign and digits with at most one
    /// point among them; (overflow) outside the range.
    [[nodiscard]] static I80F48 from_decimal(std::string_view text);

    /// The value nearest to a double, ties to even.
    /// @throws Error (not_finite) for NaN and infinities; (overflow) outside the range.
    [[nodiscard]] static I80F48 from_double(double value);

    [[nodiscard]] constexpr i128 bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const noexcept { return bits_ < 0; }
    [[nodiscard]] constexpr bool is_positive() const noexcept { return bits_ > 0; }

    /// Greatest integer <= value. The arithmetic right shift is floor in C++20.
    [[nodiscard]] constexpr i128 floor() const noexcept { return bits_ >> fraction_bits; }
    /// Least integer >= value.
    [[nodiscard]] constexpr i128 ceil() const noexcept {
        return (bits_ >> fraction_bits) + ((bits_ & fraction_mask) != 0 ? 1 : 0);
    }
    /// Toward zero.
    [[nodiscard]] constexpr i128 trunc() const noexcept { return bits_ < 0 ? ceil() : floor(); }

    /// For reports and filters only: the nearest double.
    [[nodiscard]] constexpr double to_double() const noexcept {
        return static_cast<double>(bits_) * 0x1p-48;
    }
    /// Every digit: the decimal expansion of a multiple of 2^-48 ends.
    [[nodiscard]] std::string to_decimal() const;

    friend constexpr auto operator<=>(const I80F48&, const I80F48&) = default;

    [[nodiscard]] friend constexpr Revert try_add(I80F48 a, I80F48 b, I80F48& out) noexcept {
        return __builtin_add_overflow(a.bits_, b.bits_, &out.bits_) ? Revert::panic_overflow
                                                                    : Revert::none;
    }
    [[nodiscard]] friend constexpr Revert try_subtract(I80F48 a, I80F48 b, I80F48& out) noexcept {
        return __builtin_sub_overflow(a.bits_, b.bits_, &out.bits_) ? Revert::panic_overflow
                                                                    : Revert::none;
    }
    /// floor(a * b): the exact product of the bits, shifted right by 48.
    [[nodiscard]] friend constexpr Revert try_multiply(I80F48 a, I80F48 b, I80F48& out) noexcept {
        if (fits_i64(a.bits_) && fits_i64(b.bits_)) {
            // |product| <= 2^126: no overflow in 128 bits, and none after the shift.
            out.bits_ = (a.bits_ * b.bits_) >> fraction_bits;
            return Revert::none;
        }
        return try_multiply_wide(a, b, out);
    }
    /// trunc(a / b), toward zero.
    [[nodiscard]] friend constexpr Revert try_divide(I80F48 a, I80F48 b, I80F48& out) noexcept {
        if (b.bits_ == 0) [[unlikely]]
            return Revert::panic_divide_by_zero;
        const bool negative = (a.bits_ < 0) != (b.bits_ < 0);
        const u128 numerator = magnitude(a.bits_);
        const u128 divisor = magnitude(b.bits_);
        const auto divisor_low = static_cast<std::uint64_t>(divisor);
        const u128 shifted = numerator << fraction_bits;
        const auto above = static_cast<std::uint64_t>(numerator >> (128 - fraction_bits));
        u128 quotient{};
        if (divisor_low == divisor) {
            // Three limbs by one: the first digit is the part that cannot fit.
            std::uint64_t rest = above;
            if (rest >= divisor_low) [[unlikely]]
                return Revert::panic_overflow;
            const std::uint64_t high = limbs::divide_2by1(
                rest, static_cast<std::uint64_t>(shifted >> 64), divisor_low, rest);
            const std::uint64_t low =
                limbs::divide_2by1(rest, static_cast<std::uint64_t>(shifted), divisor_low, rest);
            quotient = (static_cast<u128>(high) << 64) | low;
        } else if (above == 0) {
            quotient = shifted / divisor;
        } else {
            const int shift = std::countl_zero(static_cast<std::uint64_t>(divisor >> 64));
            const std::uint64_t n[3] = {static_cast<std::uint64_t>(shifted),
                                        static_cast<std::uint64_t>(shifted >> 64), above};
            const u128 normal = divisor << shift;
            const std::uint64_t d[2] = {static_cast<std::uint64_t>(normal),
                                        static_cast<std::uint64_t>(normal >> 64)};
            // The numerator is below 2^175 and the shift below 64, so the top two of the four limbs
            // are below 2^111 <= d.
            std::uint64_t u[4]{};
            std::uint64_t q[2]{};
            u[3] = limbs::shift_left_small<3>(n, shift, u);
            limbs::divide_normalized<4, 2>(u, d, q);
            quotient = (static_cast<u128>(q[1]) << 64) | q[0];
        }
        return with_sign(quotient, negative, out);
    }

    friend constexpr I80F48 operator+(I80F48 a, I80F48 b) {
        I80F48 out;
        if (try_add(a, b, out) != Revert::none) [[unlikely]]
            refuse_overflow("add", "I80F48");
        return out;
    }
    friend constexpr I80F48 operator-(I80F48 a, I80F48 b) {
        I80F48 out;
        if (try_subtract(a, b, out) != Revert::none) [[unlikely]] {
            refuse_overflow("subtract", "I80F48");
        }
        return out;
    }
    friend constexpr I80F48 operator-(I80F48 a) { return I80F48{} - a; }
    friend constexpr I80F48 operator*(I80F48 a, I80F48 b) {
        I80F48 out;
        if (try_multiply(a, b, out) != Revert::none) [[unlikely]] {
            refuse_overflow("multiply", "I80F48");
        }
        return out;
    }
    friend constexpr I80F48 operator/(I80F48 a, I80F48 b) {
        I80F48 out;
        if (try_divide(a, b, out) != Revert::none) [[unlikely]] {
            if (b.is_zero()) refuse_divide_by_zero("divide", "I80F48");
            refuse_overflow("divide", "I80F48");
        }
        return out;
    }

    constexpr I80F48& operator+=(I80F48 other) { return *this = *this + other; }
    constexpr I80F48& operator-=(I80F48 other) { return *this = *this - other; }

    [[nodiscard]] friend constexpr I80F48 abs(I80F48 a) { return a.bits_ < 0 ? -a : a; }

private:
    static constexpr i128 fraction_mask = (i128{1} << fraction_bits) - 1;

    [[nodiscard]] static constexpr bool fits_i64(i128 v) noexcept {
        return v == static_cast<std::int64_t>(v);
    }
    /// |value| without the trap at the least value: 2^127 fits u128.
    [[nodiscard]] static constexpr u128 magnitude(i128 value) noexcept {
        return value < 0 ? ~static_cast<u128>(value) + 1 : static_cast<u128>(value);
    }
    [[nodiscard]] static constexpr Revert with_sign(u128 size, bool negative,
                                                    I80F48& out) noexcept {
        const u128 most = (u128{1} << 127) - (negative ? 0 : 1);
        if (size > most) [[unlikely]]
            return Revert::panic_overflow;
        out.bits_ = static_cast<i128>(negative ? ~size + 1 : size);
        return Revert::none;
    }
    [[nodiscard]] static constexpr Revert try_multiply_wide(I80F48 a, I80F48 b,
                                                            I80F48& out) noexcept {
        const bool negative = (a.bits_ < 0) != (b.bits_ < 0);
        const u128 x = magnitude(a.bits_);
        const u128 y = magnitude(b.bits_);
        const auto x0 = static_cast<std::uint64_t>(x);
        const auto x1 = static_cast<std::uint64_t>(x >> 64);
        const auto y0 = static_cast<std::uint64_t>(y);
        const auto y1 = static_cast<std::uint64_t>(y >> 64);
        std::uint64_t carry0 = 0;
        std::uint64_t carry1 = 0;
        const std::uint64_t p0 = limbs::multiply_add(x0, y0, 0, carry0);
        std::uint64_t p1 = limbs::multiply_add(x0, y1, 0, carry0);
        p1 = limbs::multiply_add(x1, y0, p1, carry1);
        const std::uint64_t p2 = limbs::multiply_add(x1, y1, carry0, carry1);
        if (carry1 != 0 || p2 >> fraction_bits != 0) [[unlikely]]
            return Revert::panic_overflow;
        const u128 low = (static_cast<u128>(p1) << 64) | p0;
        u128 size = (static_cast<u128>(p2) << (128 - fraction_bits)) | (low >> fraction_bits);
        // Floor: a negative product with a remainder is one unit further from zero.
        if (negative && (p0 & static_cast<std::uint64_t>(fraction_mask)) != 0) {
            if (++size == 0) [[unlikely]]
                return Revert::panic_overflow;
        }
        return with_sign(size, negative, out);
    }

    i128 bits_ = 0;
};

/// base * lot * price of integers and a fixed-point price: exact, so it needs no order.
[[nodiscard]] constexpr I80F48 scale(I80F48 value, std::int64_t factor) {
    i128 out{};
    if (__builtin_mul_overflow(value.bits(), static_cast<i128>(factor), &out)) {
        refuse_overflow("multiply", "I80F48");
    }
    return I80F48::from_bits(out);
}

}  // namespace voltcore::math
