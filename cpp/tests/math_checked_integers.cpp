#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <limits>
#include <optional>
#include <vector>

#include "voltcore/math/error.hpp"
#include "voltcore/math/i256.hpp"
#include "voltcore/math/integer.hpp"

namespace voltcore::math {

namespace {

/// The result of a call, or the code of its refusal.
template <class T>
struct Outcome {
    std::optional<T> value;
    ErrorCode code{};

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <class T>
Outcome<T> outcome(auto&& call) {
    try {
        return {call(), ErrorCode{}};
    } catch (const Error& error) {
        return {std::nullopt, error.code()};
    }
}

/// What a wider integer says: the exact result, or that it does not fit.
template <class T, class Wide>
Outcome<T> expected(Wide exact) {
    const bool fits = exact >= static_cast<Wide>(std::numeric_limits<T>::min()) &&
                      exact <= static_cast<Wide>(std::numeric_limits<T>::max());
    if (!fits) return {std::nullopt, ErrorCode::overflow};
    return {static_cast<T>(exact), ErrorCode{}};
}

template <class T, class Wide>
int disagreements(T a, T b) {
    const auto x = static_cast<Wide>(a);
    const auto y = static_cast<Wide>(b);
    int count = 0;
    const auto compare = [&](const Outcome<T>& found, const Outcome<T>& wanted) {
        if (found != wanted) ++count;
    };
    compare(outcome<T>([&] { return checked_add(a, b); }), expected<T>(Wide(x + y)));
    compare(outcome<T>([&] { return checked_sub(a, b); }), expected<T>(Wide(x - y)));
    compare(outcome<T>([&] { return checked_mul(a, b); }), expected<T>(Wide(x * y)));
    compare(outcome<T>([&] { return checked_negate(a); }), expected<T>(Wide(-x)));
    compare(
        outcome<T>([&] { return checked_div(a, b); }),
        y == 0 ? Outcome<T>{std::nullopt, ErrorCode::divide_by_zero} : expected<T>(Wide(x / y)));
    return count;
}

template <class T>
std::vector<T> borders() {
    constexpr int width = static_cast<int>(sizeof(T)) * 8;
    using U = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    std::vector<T> out;
    for (int k = 0; k < width; ++k) {
        for (const int step : {-1, 0, 1}) {
            const U bits = (U{1} << k) + static_cast<U>(step);
            out.push_back(static_cast<T>(bits));
            out.push_back(static_cast<T>(U{0} - bits));
        }
    }
    return out;
}

}  // namespace

TEST_CASE("eight-bit checked operations agree with wider integers on every pair") {
    int count = 0;
    for (int a = -128; a < 256; ++a) {
        for (int b = -128; b < 256; ++b) {
            if (a >= 0 && b >= 0) {
                count += disagreements<std::uint8_t, int>(static_cast<std::uint8_t>(a),
                                                          static_cast<std::uint8_t>(b));
            }
            if (a < 128 && b < 128) {
                count += disagreements<std::int8_t, int>(static_cast<std::int8_t>(a),
                                                         static_cast<std::int8_t>(b));
            }
        }
    }
    CHECK(count == 0);
}

TEST_CASE_TEMPLATE("checked operations agree with 128 bits at every power of two", T, std::int32_t,
                   std::uint32_t, std::int64_t) {
    int count = 0;
    for (const T a : borders<T>()) {
        for (const T b : borders<T>()) count += disagreements<T, i128>(a, b);
    }
    CHECK(count == 0);
}

TEST_CASE("u64 checked operations agree with 128 bits at every power of two") {
    using u64 = std::uint64_t;
    int count = 0;
    for (const u64 a : borders<u64>()) {
        for (const u64 b : borders<u64>()) {
            const u128 sum = static_cast<u128>(a) + b;
            const u128 product = static_cast<u128>(a) * b;
            const auto fitting = [](u128 exact) {
                return exact >> 64 == 0 ? Outcome<u64>{static_cast<u64>(exact), ErrorCode{}}
                                        : Outcome<u64>{std::nullopt, ErrorCode::overflow};
            };
            const auto difference = a >= b ? Outcome<u64>{a - b, ErrorCode{}}
                                           : Outcome<u64>{std::nullopt, ErrorCode::overflow};
            if (outcome<u64>([&] { return checked_add(a, b); }) != fitting(sum)) ++count;
            if (outcome<u64>([&] { return checked_mul(a, b); }) != fitting(product)) ++count;
            if (outcome<u64>([&] { return checked_sub(a, b); }) != difference) ++count;
            for (const u64 d : {u64{0}, u64{1}, u64{3}, u64{1} << 32, ~u64{0}}) {
                const Outcome<u64> zero{std::nullopt, ErrorCode::divide_by_zero};
                const auto floor = d == 0 ? zero : fitting(product / d);
                const auto ceil = d == 0 ? zero : fitting(product / d + (product % d != 0));
                if (outcome<u64>([&] { return mul_div_floor(a, b, d); }) != floor) ++count;
                if (outcome<u64>([&] { return mul_div_ceil(a, b, d); }) != ceil) ++count;
            }
        }
    }
    CHECK(count == 0);
}

TEST_CASE("i128 checked operations agree with 256 bits at every power of two") {
    std::vector<i128> values;
    for (int k = 0; k < 128; ++k) {
        for (const int step : {-1, 0, 1}) {
            const u128 bits = (u128{1} << k) + static_cast<u128>(step);
            values.push_back(static_cast<i128>(bits));
            values.push_back(static_cast<i128>(u128{0} - bits));
        }
    }
    const I256 low{std::numeric_limits<i128>::min()};
    const I256 high{std::numeric_limits<i128>::max()};
    int count = 0;
    for (const i128 a : values) {
        for (const i128 b : values) {
            const auto compare = [&](auto&& call, const I256& exact) {
                const Outcome<i128> found = outcome<i128>(call);
                const bool fits = exact >= low && exact <= high;
                const bool same = fits ? found.value && I256{*found.value} == exact
                                       : !found.value && found.code == ErrorCode::overflow;
                if (!same) ++count;
            };
            compare([&] { return checked_add(a, b); }, I256{a} + I256{b});
            compare([&] { return checked_sub(a, b); }, I256{a} - I256{b});
            compare([&] { return checked_mul(a, b); }, I256{a} * I256{b});
            if (b != 0) compare([&] { return checked_div(a, b); }, I256{a} / I256{b});
        }
    }
    CHECK(count == 0);
    CHECK(outcome<i128>([] { return checked_div(i128{1}, i128{0}); }).code ==
          ErrorCode::divide_by_zero);
}

TEST_CASE("a narrowing that loses nothing passes, any other is refused") {
    int count = 0;
    const auto compare = [&](auto to, auto from) {
        using To = decltype(to);
        const auto wide = static_cast<i128>(from);
        const Outcome<To> wanted = expected<To>(wide);
        if (outcome<To>([&] { return checked_cast<To>(from); }) != wanted) ++count;
    };
    for (const std::int64_t value : borders<std::int64_t>()) {
        compare(std::uint8_t{}, value);
        compare(std::int16_t{}, value);
        compare(std::uint32_t{}, value);
        compare(std::int32_t{}, value);
        compare(std::uint64_t{}, value);
    }
    for (const std::uint64_t value : borders<std::uint64_t>()) {
        compare(std::int64_t{}, value);
        compare(std::uint32_t{}, value);
        compare(std::int8_t{}, value);
    }
    CHECK(count == 0);
}

}  // namespace voltcore::math
