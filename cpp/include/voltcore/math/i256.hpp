#pragma once

#include <compare>
#include <concepts>
#include <cstdint>

#include "voltcore/math/u256.hpp"

namespace voltcore::math {

/// A signed 256-bit integer, two's complement, with the checked arithmetic of the contracts.
///
/// Division and remainder truncate toward zero. The least value has no negative: negating it and
/// dividing it by -1 are refused (a panic, E301).
class I256 {
public:
    constexpr I256() noexcept = default;

    template <std::signed_integral T>
    constexpr I256(T value) noexcept : I256{static_cast<i128>(value)} {}
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    constexpr I256(T value) noexcept : bits_{value} {}
    constexpr I256(i128 value) noexcept
        : bits_{U256::from_halves(value < 0 ? ~u128{0} : u128{0}, static_cast<u128>(value))} {}
    constexpr I256(u128 value) noexcept : bits_{value} {}
    I256(bool) = delete;
    I256(double) = delete;

    /// The 256 bits read as two's complement: a bare cast, nothing is checked.
    [[nodiscard]] static constexpr I256 from_bits(const U256& bits) noexcept {
        I256 out;
        out.bits_ = bits;
        return out;
    }
    [[nodiscard]] static constexpr I256 max() noexcept { return from_bits(U256::max() >> 1); }
    [[nodiscard]] static constexpr I256 min() noexcept {
        return from_bits(U256::power_of_two(255));
    }

    [[nodiscard]] constexpr const U256& to_bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return bits_.is_zero(); }
    [[nodiscard]] constexpr bool is_negative() const noexcept { return (bits_.limb(3) >> 63) != 0; }
    [[nodiscard]] constexpr bool is_min() const noexcept { return *this == min(); }
    /// |value|; 2^255 for the least value, which is why the result is unsigned.
    [[nodiscard]] constexpr U256 magnitude() const noexcept {
        return is_negative() ? wrapping_negate(bits_) : bits_;
    }
    [[nodiscard]] constexpr bool fits_i128() const noexcept {
        const u128 sign = (bits_.limb(1) >> 63) != 0 ? ~u128{0} : u128{0};
        return bits_.high_half() == sign;
    }
    /// The value in 128 bits, or ArithmeticOverflowError.
    [[nodiscard]] constexpr i128 to_i128() const {
        if (!fits_i128()) refuse_overflow("narrow", "i128");
        return static_cast<i128>(bits_.low_half());
    }
    [[nodiscard]] constexpr std::int64_t to_i64() const {
        return checked_cast<std::int64_t>(to_i128());
    }
    /// For reports and filters only.
    [[nodiscard]] constexpr double to_double() const noexcept {
        return is_negative() ? -magnitude().to_double() : bits_.to_double();
    }

    friend constexpr bool operator==(const I256&, const I256&) noexcept = default;
    friend constexpr std::strong_ordering operator<=>(const I256& a, const I256& b) noexcept {
        // Flipping the sign bit maps the signed order on the unsigned one.
        return (a.bits_ ^ U256::power_of_two(255)) <=> (b.bits_ ^ U256::power_of_two(255));
    }

    [[nodiscard]] friend constexpr bool add_overflows(const I256& a, const I256& b,
                                                      I256& out) noexcept {
        const I256 sum = from_bits(wrapping_add(a.bits_, b.bits_));
        const bool overflows =
            a.is_negative() == b.is_negative() && sum.is_negative() != a.is_negative();
        out = sum;
        return overflows;
    }
    [[nodiscard]] friend constexpr bool subtract_overflows(const I256& a, const I256& b,
                                                           I256& out) noexcept {
        const I256 difference = from_bits(wrapping_subtract(a.bits_, b.bits_));
        const bool overflows =
            a.is_negative() != b.is_negative() && difference.is_negative() != a.is_negative();
        out = difference;
        return overflows;
    }
    [[nodiscard]] friend constexpr bool multiply_overflows(const I256& a, const I256& b,
                                                           I256& out) noexcept {
        const bool negative = a.is_negative() != b.is_negative();
        U256 size;
        const bool too_wide = multiply_overflows(a.magnitude(), b.magnitude(), size);
        return restore_sign_overflows(size, negative, out) || too_wide;
    }
    /// `size` with a sign; whether that leaves the range.
    [[nodiscard]] static constexpr bool restore_sign_overflows(const U256& size, bool negative,
                                                               I256& out) noexcept {
        out = from_bits(negative ? wrapping_negate(size) : size);
        return !size.is_zero() && out.is_negative() != negative;
    }

    [[nodiscard]] friend constexpr I256 wrapping_add(const I256& a, const I256& b) noexcept {
        return from_bits(wrapping_add(a.bits_, b.bits_));
    }
    [[nodiscard]] friend constexpr I256 wrapping_subtract(const I256& a, const I256& b) noexcept {
        return from_bits(wrapping_subtract(a.bits_, b.bits_));
    }

    friend constexpr I256 operator+(const I256& a, const I256& b) {
        I256 out;
        if (add_overflows(a, b, out)) [[unlikely]]
            throw_revert(Revert::panic_overflow, "add");
        return out;
    }
    friend constexpr I256 operator-(const I256& a, const I256& b) {
        I256 out;
        if (subtract_overflows(a, b, out)) [[unlikely]] {
            throw_revert(Revert::panic_overflow, "subtract");
        }
        return out;
    }
    friend constexpr I256 operator*(const I256& a, const I256& b) {
        I256 out;
        if (multiply_overflows(a, b, out)) [[unlikely]] {
            throw_revert(Revert::panic_overflow, "multiply");
        }
        return out;
    }
    friend constexpr I256 operator-(const I256& a) {
        if (a.is_min()) [[unlikely]]
            throw_revert(Revert::panic_overflow, "negate");
        return from_bits(wrapping_negate(a.bits_));
    }
    /// Toward zero.
    friend constexpr I256 operator/(const I256& a, const I256& b) {
        const U256 size = divide(a.magnitude(), b.magnitude()).quotient;
        I256 out;
        if (restore_sign_overflows(size, a.is_negative() != b.is_negative(), out)) [[unlikely]] {
            throw_revert(Revert::panic_overflow, "divide");
        }
        return out;
    }
    /// a - b * (a / b): the sign of a.
    friend constexpr I256 operator%(const I256& a, const I256& b) {
        const U256 size = divide(a.magnitude(), b.magnitude()).remainder;
        return from_bits(a.is_negative() ? wrapping_negate(size) : size);
    }
    /// floor(a / 2^shift): an arithmetic shift; 0 or -1 from 256 on.
    friend constexpr I256 operator>>(const I256& a, unsigned shift) noexcept {
        if (!a.is_negative()) return from_bits(a.bits_ >> shift);
        return from_bits(~(~a.bits_ >> shift));
    }

    constexpr I256& operator+=(const I256& other) { return *this = *this + other; }
    constexpr I256& operator-=(const I256& other) { return *this = *this - other; }
    constexpr I256& operator*=(const I256& other) { return *this = *this * other; }
    constexpr I256& operator/=(const I256& other) { return *this = *this / other; }
    constexpr I256& operator%=(const I256& other) { return *this = *this % other; }
    constexpr I256& operator>>=(unsigned shift) noexcept { return *this = *this >> shift; }

    template <class Self, class Visit>
    static constexpr void each_field(Self& self, Visit&& visit) {
        visit("bits", self.bits_);
    }

private:
    U256 bits_{};
};

static_assert(std::is_trivially_copyable_v<I256> && sizeof(I256) == 32);

// The casts of the contracts (SafeCast), each with its own text.

[[nodiscard]] constexpr Revert try_to_int256(const U256& value, I256& out) noexcept {
    out = I256::from_bits(value);
    return out.is_negative() ? Revert::to_int256_overflow : Revert::none;
}
[[nodiscard]] constexpr Revert try_to_uint256(const I256& value, U256& out) noexcept {
    out = value.to_bits();
    return value.is_negative() ? Revert::to_uint256_negative : Revert::none;
}
[[nodiscard]] constexpr Revert try_to_int128(const I256& value, i128& out) noexcept {
    out = static_cast<i128>(value.to_bits().low_half());
    return value.fits_i128() ? Revert::none : Revert::to_int128_overflow;
}
[[nodiscard]] constexpr I256 to_int256(const U256& value) {
    I256 out;
    check(try_to_int256(value, out), "to_int256");
    return out;
}
[[nodiscard]] constexpr U256 to_uint256(const I256& value) {
    U256 out;
    check(try_to_uint256(value, out), "to_uint256");
    return out;
}
[[nodiscard]] constexpr i128 to_int128(const I256& value) {
    i128 out{};
    check(try_to_int128(value, out), "to_int128");
    return out;
}
/// `value` when it fits uint160, else "toUint160 oflo".
[[nodiscard]] constexpr U256 to_uint160(const U256& value) {
    check(value.fits_u160() ? Revert::none : Revert::to_uint160_overflow, "to_uint160");
    return value;
}

}  // namespace voltcore::math
