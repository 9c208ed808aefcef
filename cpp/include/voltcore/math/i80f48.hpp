#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "voltcore/math/integer.hpp"

namespace voltcore::math {

/// A signed fixed-point number with 48 fractional bits in 128: the number type of the margin
/// venues.
///
/// Range [-2^79, 2^79). Add and subtract are exact; multiply rounds toward minus infinity; divide
/// toward zero. Every operation that leaves the range throws ArithmeticOverflowError.
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

    friend constexpr auto operator<=>(const I80F48&, const I80F48&) = default;

    friend constexpr I80F48 operator+(I80F48 a, I80F48 b) {
        i128 out{};
        if (__builtin_add_overflow(a.bits_, b.bits_, &out)) refuse_overflow("add", "I80F48");
        return from_bits(out);
    }
    friend constexpr I80F48 operator-(I80F48 a, I80F48 b) {
        i128 out{};
        if (__builtin_sub_overflow(a.bits_, b.bits_, &out)) refuse_overflow("subtract", "I80F48");
        return from_bits(out);
    }
    friend constexpr I80F48 operator-(I80F48 a) { return I80F48{} - a; }

    /// floor(a * b): the exact product of the bits, shifted right by 48.
    friend constexpr I80F48 operator*(I80F48 a, I80F48 b) {
        if (fits_i64(a.bits_) && fits_i64(b.bits_)) {
            // |product| <= 2^126: no overflow in 128 bits, and none after the shift.
            return from_bits((a.bits_ * b.bits_) >> fraction_bits);
        }
        return multiply_wide(a, b);
    }

    /// trunc(a / b), toward zero.
    friend constexpr I80F48 operator/(I80F48 a, I80F48 b) {
        if (b.bits_ == 0) refuse_divide_by_zero("divide", "I80F48");
        // |a| < 2^79 leaves room for the shift by 48; -1 / 2^48 as divisor cannot overflow then.
        if (a.bits_ < (i128{1} << 79) && a.bits_ > -(i128{1} << 79)) {
            return from_bits((a.bits_ * (i128{1} << fraction_bits)) / b.bits_);
        }
        return divide_wide(a, b);
    }

    constexpr I80F48& operator+=(I80F48 other) { return *this = *this + other; }
    constexpr I80F48& operator-=(I80F48 other) { return *this = *this - other; }

    [[nodiscard]] friend constexpr I80F48 abs(I80F48 a) { return a.bits_ < 0 ? -a : a; }

private:
    static constexpr i128 fraction_mask = (i128{1} << fraction_bits) - 1;

    [[nodiscard]] static constexpr bool fits_i64(i128 v) noexcept {
        return v == static_cast<std::int64_t>(v);
    }
    static I80F48 multiply_wide(I80F48 a, I80F48 b);
    static I80F48 divide_wide(I80F48 a, I80F48 b);

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
