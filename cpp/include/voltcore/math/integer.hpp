#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>

#include "voltcore/math/error.hpp"

namespace voltcore::math {

__extension__ using u128 = unsigned __int128;
__extension__ using i128 = __int128;

/// Name of a width, as refusals print it: "u64", "i128".
template <class T>
[[nodiscard]] constexpr std::string_view width_name() noexcept {
    constexpr bool is_signed = static_cast<T>(-1) < T{0};
    switch (sizeof(T)) {
        case 1:
            return is_signed ? "i8" : "u8";
        case 2:
            return is_signed ? "i16" : "u16";
        case 4:
            return is_signed ? "i32" : "u32";
        case 8:
            return is_signed ? "i64" : "u64";
        default:
            return is_signed ? "i128" : "u128";
    }
}

// Checked operations on the built-in widths and 128 bits. Each throws ArithmeticOverflowError and
// is exact otherwise; the compiler's overflow builtins make the check one flag test.

template <class T>
[[nodiscard]] constexpr T checked_add(T a, T b) {
    T out{};
    if (__builtin_add_overflow(a, b, &out)) refuse_overflow("add", width_name<T>());
    return out;
}

template <class T>
[[nodiscard]] constexpr T checked_sub(T a, T b) {
    T out{};
    if (__builtin_sub_overflow(a, b, &out)) refuse_overflow("subtract", width_name<T>());
    return out;
}

template <class T>
[[nodiscard]] constexpr T checked_mul(T a, T b) {
    T out{};
    if (__builtin_mul_overflow(a, b, &out)) refuse_overflow("multiply", width_name<T>());
    return out;
}

/// -a; the least signed value has no negative and is refused.
template <class T>
[[nodiscard]] constexpr T checked_negate(T a) {
    return checked_sub(T{0}, a);
}

/// a / b truncated toward zero; least / -1 is refused.
template <class T>
[[nodiscard]] constexpr T checked_div(T a, T b) {
    if (b == T{0}) refuse_divide_by_zero("divide", width_name<T>());
    if constexpr (static_cast<T>(-1) < T{0}) {
        if (b == static_cast<T>(-1)) return checked_negate(a);
    }
    return static_cast<T>(a / b);
}

/// `value` in a narrower or differently signed type, refused when it does not fit.
template <class To, class From>
[[nodiscard]] constexpr To checked_cast(From value) {
    To out{};
    // Adding zero with a typed result is an exact range test for every pair of widths.
    if (__builtin_add_overflow(value, From{0}, &out)) refuse_overflow("narrow", width_name<To>());
    return out;
}

/// floor(a * b / d) of u64 operands through a 128-bit product.
[[nodiscard]] constexpr std::uint64_t mul_div_floor(std::uint64_t a, std::uint64_t b,
                                                    std::uint64_t d) {
    if (d == 0) refuse_divide_by_zero("mul_div", "u64");
    const u128 quotient = static_cast<u128>(a) * b / d;
    if (quotient >> 64 != 0) refuse_overflow("mul_div", "u64");
    return static_cast<std::uint64_t>(quotient);
}

/// ceil(a * b / d) of u64 operands through a 128-bit product.
[[nodiscard]] constexpr std::uint64_t mul_div_ceil(std::uint64_t a, std::uint64_t b,
                                                   std::uint64_t d) {
    if (d == 0) refuse_divide_by_zero("mul_div", "u64");
    const u128 product = static_cast<u128>(a) * b;
    // quotient + 1 cannot wrap: product <= (2^64 - 1)^2 < 2^128 - 1.
    const u128 quotient = product / d + (product % d != 0 ? 1 : 0);
    if (quotient >> 64 != 0) refuse_overflow("mul_div", "u64");
    return static_cast<std::uint64_t>(quotient);
}

}  // namespace voltcore::math
