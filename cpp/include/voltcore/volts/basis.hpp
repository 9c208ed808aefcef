#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"

// Volt #04: when it holds its position, and what the position earns.

namespace voltcore::volts {

using math::I80F48;

enum class BasisSignal : std::uint8_t { stay, enter, exit };

/// At the end of an epoch, from the funding rates of the trailing seven days, positive when longs
/// pay: below 0 the long perp earns and the volt enters, above 0 it exits (chosen; the
/// documentation only says "consistently positive").
[[nodiscard]] constexpr BasisSignal basis_signal(I80F48 trailing_funding) noexcept {
    if (trailing_funding.is_zero()) return BasisSignal::stay;
    return trailing_funding.is_negative() ? BasisSignal::enter : BasisSignal::exit;
}

/// Return a day on the equity, about: -(funding) - (borrow rate) + (deposit rate) of the proceeds.
[[nodiscard]] constexpr double basis_daily_return(double funding, double borrow_rate,
                                                  double deposit_rate) noexcept {
    return -funding - borrow_rate + deposit_rate;
}

}  // namespace voltcore::volts
