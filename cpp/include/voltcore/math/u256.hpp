#pragma once

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "voltcore/math/integer.hpp"
#include "voltcore/math/limbs.hpp"
#include "voltcore/math/revert.hpp"

namespace voltcore::math {

class U256;
struct U256Division;
[[nodiscard]] constexpr U256Division divide(const U256& a, const U256& b);

/// An unsigned 256-bit integer with the checked arithmetic of the contracts.
///
/// `+ - * / %` and `<<` refuse what does not fit, as the contracts' compiler does (a panic, E301 or
/// E302). What wraps or truncates says so in its name.
class U256 {
public:
    static constexpr int bits = 256;

    constexpr U256() noexcept = default;

    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    constexpr U256(T value) noexcept : limbs_{value, 0, 0, 0} {}
    constexpr U256(u128 value) noexcept
        : limbs_{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0} {
    }
    /// Literals only: a signed variable has to say how it is converted.
    template <std::signed_integral T>
    consteval U256(T value) : limbs_{static_cast<std::uint64_t>(value), 0, 0, 0} {
        if (value < 0) throw "a negative literal";
    }
    U256(bool) = delete;
    U256(i128) = delete;
    U256(double) = delete;

    /// Limbs, least significant first.
    [[nodiscard]] static constexpr U256 from_limbs(std::uint64_t l0, std::uint64_t l1,
                                                   std::uint64_t l2, std::uint64_t l3) noexcept {
        U256 out;
        out.limbs_ = {l0, l1, l2, l3};
        return out;
    }
    [[nodiscard]] static constexpr U256 from_halves(u128 high, u128 low) noexcept {
        return from_limbs(static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(low >> 64),
                          static_cast<std::uint64_t>(high), static_cast<std::uint64_t>(high >> 64));
    }
    [[nodiscard]] static constexpr U256 max() noexcept { return from_halves(~u128{0}, ~u128{0}); }
    /// 2^exponent for exponent < 256.
    [[nodiscard]] static constexpr U256 power_of_two(int exponent) noexcept {
        U256 out;
        out.limbs_[static_cast<std::size_t>(exponent / 64)] = std::uint64_t{1} << (exponent % 64);
        return out;
    }

    [[nodiscard]] constexpr std::uint64_t limb(int i) const noexcept {
        return limbs_[static_cast<std::size_t>(i)];
    }
    [[nodiscard]] constexpr const std::array<std::uint64_t, 4>& limbs() const noexcept {
        return limbs_;
    }
    [[nodiscard]] constexpr u128 low_half() const noexcept {
        return (static_cast<u128>(limbs_[1]) << 64) | limbs_[0];
    }
    [[nodiscard]] constexpr u128 high_half() const noexcept {
        return (static_cast<u128>(limbs_[3]) << 64) | limbs_[2];
    }

    [[nodiscard]] constexpr bool is_zero() const noexcept {
        return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0;
    }
    [[nodiscard]] constexpr bool fits_u64() const noexcept {
        return (limbs_[1] | limbs_[2] | limbs_[3]) == 0;
    }
    [[nodiscard]] constexpr bool fits_u128() const noexcept { return (limbs_[2] | limbs_[3]) == 0; }
    [[nodiscard]] constexpr bool fits_u160() const noexcept {
        return ((limbs_[2] >> 32) | limbs_[3]) == 0;
    }
    [[nodiscard]] constexpr bool is_power_of_two() const noexcept {
        // Limbs are folded from the top; a set bit must meet nothing but zeros. No population
        // count: the baseline machine has no instruction for it.
        const std::uint64_t l01 = limbs_[0] | limbs_[1];
        const std::uint64_t l23 = limbs_[2] | limbs_[3];
        const std::uint64_t all = l01 | l23;
        const bool several_limbs = (limbs_[0] != 0 && limbs_[1] != 0) ||
                                   (limbs_[2] != 0 && limbs_[3] != 0) || (l01 != 0 && l23 != 0);
        return all != 0 && (all & (all - 1)) == 0 && !several_limbs;
    }
    /// Bits needed: 0 for zero, 256 for the top half of the range.
    [[nodiscard]] constexpr int bit_length() const noexcept {
        for (int i = 3; i > 0; --i) {
            if (limb(i) != 0) return 64 * (i + 1) - std::countl_zero(limb(i));
        }
        return 64 - std::countl_zero(limbs_[0]);
    }
    /// Zero bits below the lowest set one; 256 for zero.
    [[nodiscard]] constexpr int trailing_zeros() const noexcept {
        for (int i = 0; i < 4; ++i) {
            if (limb(i) != 0) return 64 * i + std::countr_zero(limb(i));
        }
        return bits;
    }
    [[nodiscard]] constexpr bool bit(int i) const noexcept {
        return ((limb(i / 64) >> (i % 64)) & 1) != 0;
    }

    /// The value in a narrower type, or ArithmeticOverflowError.
    [[nodiscard]] constexpr std::uint64_t to_u64() const {
        if (!fits_u64()) refuse_overflow("narrow", "u64");
        return limbs_[0];
    }
    [[nodiscard]] constexpr u128 to_u128() const {
        if (!fits_u128()) refuse_overflow("narrow", "u128");
        return low_half();
    }
    /// For reports and filters only: the nearest double, ties to even.
    [[nodiscard]] constexpr double to_double() const noexcept {
        const int length = bit_length();
        if (length <= 64) return static_cast<double>(limbs_[0]);
        // The 64 leading bits with what is below them in the last one: 11 bits more than a double
        // has, so rounding them rounds the whole.
        auto cut = static_cast<unsigned>(length - 64);
        std::uint64_t leading = (*this >> cut).limbs_[0];
        leading |= static_cast<std::uint64_t>(trailing_zeros() < static_cast<int>(cut));
        auto out = static_cast<double>(leading);
        for (; cut >= 64; cut -= 64) out *= 0x1p64;
        out *= static_cast<double>(std::uint64_t{1} << cut);
        return out;
    }

    friend constexpr bool operator==(const U256& a, const U256& b) noexcept {
        return ((a.limbs_[0] ^ b.limbs_[0]) | (a.limbs_[1] ^ b.limbs_[1]) |
                (a.limbs_[2] ^ b.limbs_[2]) | (a.limbs_[3] ^ b.limbs_[3])) == 0;
    }
    friend constexpr std::strong_ordering operator<=>(const U256& a, const U256& b) noexcept {
        if (a.high_half() != b.high_half()) {
            return a.high_half() < b.high_half() ? std::strong_ordering::less
                                                 : std::strong_ordering::greater;
        }
        if (a.low_half() == b.low_half()) return std::strong_ordering::equal;
        return a.low_half() < b.low_half() ? std::strong_ordering::less
                                           : std::strong_ordering::greater;
    }

    friend constexpr U256 operator&(const U256& a, const U256& b) noexcept {
        return from_limbs(a.limbs_[0] & b.limbs_[0], a.limbs_[1] & b.limbs_[1],
                          a.limbs_[2] & b.limbs_[2], a.limbs_[3] & b.limbs_[3]);
    }
    friend constexpr U256 operator|(const U256& a, const U256& b) noexcept {
        return from_limbs(a.limbs_[0] | b.limbs_[0], a.limbs_[1] | b.limbs_[1],
                          a.limbs_[2] | b.limbs_[2], a.limbs_[3] | b.limbs_[3]);
    }
    friend constexpr U256 operator^(const U256& a, const U256& b) noexcept {
        return from_limbs(a.limbs_[0] ^ b.limbs_[0], a.limbs_[1] ^ b.limbs_[1],
                          a.limbs_[2] ^ b.limbs_[2], a.limbs_[3] ^ b.limbs_[3]);
    }
    friend constexpr U256 operator~(const U256& a) noexcept {
        return from_limbs(~a.limbs_[0], ~a.limbs_[1], ~a.limbs_[2], ~a.limbs_[3]);
    }

    /// floor(a / 2^shift); 0 from 256 on.
    friend constexpr U256 operator>>(const U256& a, unsigned shift) noexcept {
        if (shift >= 256) return U256{};
        if (shift == 0) return a;
        if (shift >= 128) return from_halves(0, a.high_half() >> (shift - 128));
        return from_halves(a.high_half() >> shift,
                           (a.low_half() >> shift) | (a.high_half() << (128 - shift)));
    }
    /// a * 2^shift, refused when a set bit would be lost.
    friend constexpr U256 operator<<(const U256& a, unsigned shift) {
        if (a.bit_length() + static_cast<int>(shift < 256 ? shift : 256) > bits && !a.is_zero())
            [[unlikely]] {
            throw_revert(Revert::panic_overflow, "shift_left");
        }
        return shift_left_truncating(a, shift);
    }
    /// a * 2^shift modulo 2^256: the shift of the contracts' language.
    [[nodiscard]] friend constexpr U256 shift_left_truncating(const U256& a,
                                                              unsigned shift) noexcept {
        if (shift >= 256) return U256{};
        if (shift == 0) return a;
        if (shift >= 128) return from_halves(a.low_half() << (shift - 128), 0);
        return from_halves((a.high_half() << shift) | (a.low_half() >> (128 - shift)),
                           a.low_half() << shift);
    }

    // The overflowing forms store the result modulo 2^256 and return whether it left the range.
    [[nodiscard]] friend constexpr bool add_overflows(const U256& a, const U256& b,
                                                      U256& out) noexcept {
        std::uint64_t carry = 0;
        const std::uint64_t l0 = limbs::add_carry(a.limbs_[0], b.limbs_[0], carry);
        const std::uint64_t l1 = limbs::add_carry(a.limbs_[1], b.limbs_[1], carry);
        const std::uint64_t l2 = limbs::add_carry(a.limbs_[2], b.limbs_[2], carry);
        const std::uint64_t l3 = limbs::add_carry(a.limbs_[3], b.limbs_[3], carry);
        out.limbs_ = {l0, l1, l2, l3};
        return carry != 0;
    }
    [[nodiscard]] friend constexpr bool subtract_overflows(const U256& a, const U256& b,
                                                           U256& out) noexcept {
        std::uint64_t borrow = 0;
        const std::uint64_t l0 = limbs::subtract_borrow(a.limbs_[0], b.limbs_[0], borrow);
        const std::uint64_t l1 = limbs::subtract_borrow(a.limbs_[1], b.limbs_[1], borrow);
        const std::uint64_t l2 = limbs::subtract_borrow(a.limbs_[2], b.limbs_[2], borrow);
        const std::uint64_t l3 = limbs::subtract_borrow(a.limbs_[3], b.limbs_[3], borrow);
        out.limbs_ = {l0, l1, l2, l3};
        return borrow != 0;
    }
    [[nodiscard]] friend constexpr bool multiply_overflows(const U256& a, const U256& b,
                                                           U256& out) noexcept {
        if (a.fits_u128() && b.fits_u128()) {
            std::uint64_t carry0 = 0;
            std::uint64_t carry1 = 0;
            const std::uint64_t l0 = limbs::multiply_add(a.limbs_[0], b.limbs_[0], 0, carry0);
            std::uint64_t l1 = limbs::multiply_add(a.limbs_[0], b.limbs_[1], 0, carry0);
            l1 = limbs::multiply_add(a.limbs_[1], b.limbs_[0], l1, carry1);
            const std::uint64_t l2 = limbs::multiply_add(a.limbs_[1], b.limbs_[1], carry0, carry1);
            out.limbs_ = {l0, l1, l2, carry1};
            return false;
        }
        std::array<std::uint64_t, 4> product{};
        std::uint64_t lost = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            std::uint64_t carry = 0;
            for (std::size_t j = 0; i + j < 4; ++j) {
                product[i + j] =
                    limbs::multiply_add(a.limbs_[i], b.limbs_[j], product[i + j], carry);
            }
            lost |= carry;
            // A limb pair at or above 2^256 is lost whole.
            for (std::size_t j = 4 - i; j < 4; ++j) {
                lost |= static_cast<std::uint64_t>(a.limbs_[i] != 0 && b.limbs_[j] != 0);
            }
        }
        out.limbs_ = product;
        return lost != 0;
    }

    // Modulo 2^256, where the contract means it (`unchecked`).
    [[nodiscard]] friend constexpr U256 wrapping_add(const U256& a, const U256& b) noexcept {
        U256 out;
        (void)add_overflows(a, b, out);
        return out;
    }
    [[nodiscard]] friend constexpr U256 wrapping_subtract(const U256& a, const U256& b) noexcept {
        U256 out;
        (void)subtract_overflows(a, b, out);
        return out;
    }
    [[nodiscard]] friend constexpr U256 wrapping_multiply(const U256& a, const U256& b) noexcept {
        U256 out;
        (void)multiply_overflows(a, b, out);
        return out;
    }
    [[nodiscard]] friend constexpr U256 wrapping_negate(const U256& a) noexcept {
        return wrapping_subtract(U256{}, a);
    }

    friend constexpr U256 operator+(const U256& a, const U256& b) {
        U256 out;
        if (add_overflows(a, b, out)) [[unlikely]]
            throw_revert(Revert::panic_overflow, "add");
        return out;
    }
    friend constexpr U256 operator-(const U256& a, const U256& b) {
        U256 out;
        if (subtract_overflows(a, b, out)) [[unlikely]] {
            throw_revert(Revert::panic_overflow, "subtract");
        }
        return out;
    }
    friend constexpr U256 operator*(const U256& a, const U256& b) {
        U256 out;
        if (multiply_overflows(a, b, out)) [[unlikely]] {
            throw_revert(Revert::panic_overflow, "multiply");
        }
        return out;
    }
    friend constexpr U256 operator/(const U256& a, const U256& b);
    friend constexpr U256 operator%(const U256& a, const U256& b);

    constexpr U256& operator+=(const U256& other) { return *this = *this + other; }
    constexpr U256& operator-=(const U256& other) { return *this = *this - other; }
    constexpr U256& operator*=(const U256& other) { return *this = *this * other; }
    constexpr U256& operator/=(const U256& other);
    constexpr U256& operator%=(const U256& other);
    constexpr U256& operator<<=(unsigned shift) { return *this = *this << shift; }
    constexpr U256& operator>>=(unsigned shift) noexcept { return *this = *this >> shift; }
    constexpr U256& operator&=(const U256& other) noexcept { return *this = *this & other; }
    constexpr U256& operator|=(const U256& other) noexcept { return *this = *this | other; }
    constexpr U256& operator^=(const U256& other) noexcept { return *this = *this ^ other; }

    template <class Self, class Visit>
    static constexpr void each_field(Self& self, Visit&& visit) {
        visit("limbs", self.limbs_);
    }

private:
    std::array<std::uint64_t, 4> limbs_{};
};

static_assert(std::is_trivially_copyable_v<U256> && sizeof(U256) == 32);

struct U256Division {
    U256 quotient;
    U256 remainder;
};

/// floor(a / b) and the remainder. Precondition: b > 0.
[[nodiscard]] constexpr U256Division divide_nonzero(const U256& a, const U256& b) noexcept {
    if (a.fits_u128() && b.fits_u128()) {
        return {U256{a.low_half() / b.low_half()}, U256{a.low_half() % b.low_half()}};
    }
    if (a < b) return {U256{}, a};
    if (b.fits_u64()) {
        std::array<std::uint64_t, 4> q = a.limbs();
        const std::uint64_t rest =
            limbs::divide_by_limb(q.data(), (a.bit_length() + 63) / 64, b.limb(0));
        return {U256::from_limbs(q[0], q[1], q[2], q[3]), U256{rest}};
    }
    // One more limb than a, so that the top limbs of u are below the shifted divisor.
    const int shift = (256 - b.bit_length()) & 63;
    std::uint64_t u[5]{};
    std::uint64_t d[4]{};
    std::uint64_t q[4]{};
    std::uint64_t rest[4]{};
    u[4] = limbs::shift_left_small<4>(a.limbs().data(), shift, u);
    (void)limbs::shift_left_small<4>(b.limbs().data(), shift, d);
    if (b.limb(3) != 0) {
        limbs::divide_normalized<5, 4>(u, d, q);
    } else if (b.limb(2) != 0) {
        limbs::divide_normalized<5, 3>(u, d, q);
        u[3] = 0;
    } else {
        limbs::divide_normalized<5, 2>(u, d, q);
        u[2] = u[3] = 0;
    }
    limbs::shift_right_small<4>(u, shift, rest);
    return {U256::from_limbs(q[0], q[1], q[2], q[3]),
            U256::from_limbs(rest[0], rest[1], rest[2], rest[3])};
}

/// floor(a / b) and the remainder; b = 0 is the panic of the language.
[[nodiscard]] constexpr U256Division divide(const U256& a, const U256& b) {
    if (b.is_zero()) [[unlikely]]
        throw_revert(Revert::panic_divide_by_zero, "divide");
    return divide_nonzero(a, b);
}

constexpr U256 operator/(const U256& a, const U256& b) { return divide(a, b).quotient; }
constexpr U256 operator%(const U256& a, const U256& b) { return divide(a, b).remainder; }
constexpr U256& U256::operator/=(const U256& other) { return *this = *this / other; }
constexpr U256& U256::operator%=(const U256& other) { return *this = *this % other; }

/// floor(x / y) + (x mod y > 0), and 0 when y is 0. Source: UnsafeMath.sol, divRoundingUp.
[[nodiscard]] constexpr U256 div_up_unsafe(const U256& x, const U256& y) noexcept {
    if (y.is_zero()) return U256{};
    const U256Division division = divide_nonzero(x, y);
    // A remainder means y > 1, so the quotient is at most 2^255 and the increment cannot wrap.
    return division.remainder.is_zero() ? division.quotient
                                        : wrapping_add(division.quotient, U256{1U});
}

}  // namespace voltcore::math
