#pragma once

#include <type_traits>

#include "voltcore/math/u256.hpp"

namespace voltcore::math {

/// A growth accumulator: an unsigned 256-bit counter that wraps on purpose.
///
/// Only differences of two readings mean anything, and those are right modulo 2^256. It cannot be
/// multiplied, divided or ordered; everything else uses the checked U256.
class WrappingU256 {
public:
    constexpr WrappingU256() noexcept = default;
    constexpr explicit WrappingU256(const U256& value) noexcept : value_{value} {}

    [[nodiscard]] constexpr const U256& value() const noexcept { return value_; }

    friend constexpr bool operator==(const WrappingU256&, const WrappingU256&) noexcept = default;

    friend constexpr WrappingU256 operator+(const WrappingU256& a, const WrappingU256& b) noexcept {
        return WrappingU256{wrapping_add(a.value_, b.value_)};
    }
    friend constexpr WrappingU256 operator-(const WrappingU256& a, const WrappingU256& b) noexcept {
        return WrappingU256{wrapping_subtract(a.value_, b.value_)};
    }
    constexpr WrappingU256& operator+=(const WrappingU256& other) noexcept {
        return *this = *this + other;
    }
    constexpr WrappingU256& operator-=(const WrappingU256& other) noexcept {
        return *this = *this - other;
    }

    template <class Self, class Visit>
    static constexpr void each_field(Self& self, Visit&& visit) {
        visit("value", self.value_);
    }

private:
    U256 value_{};
};

static_assert(std::is_trivially_copyable_v<WrappingU256>);

}  // namespace voltcore::math
