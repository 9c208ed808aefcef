#pragma once

#include <cstdint>

#include "voltcore/perps/checked.hpp"

namespace voltcore::perps {

/// c1 * 10^e1 times c2 * 10^e2 with exponent `target`; the last division floors, or ceils on
/// request. Source: the ancestor's decimal kernels; spec section 1.1.
[[nodiscard]] inline std::uint64_t dec_mul(std::uint64_t c1, int e1, std::uint64_t c2, int e2,
                                           int target, bool ceil = false) {
    if (c1 == 0 || c2 == 0) return 0;
    const u128 product = static_cast<u128>(c1) * c2;
    const int power = e1 + e2 - target;
    if (power >= 0) return to_u64(mul(product, power_of_ten(power)));
    const u128 divisor = power_of_ten(-power);
    return to_u64(ceil ? ceil_div(product, divisor) : product / divisor);
}

/// c1 * 10^e1 over c2 * 10^e2 with exponent `target`.
///
/// With a positive remaining power the low digits are lost on purpose, and the ceil form rounds up
/// in the first division only: both as the ancestor does. Source: spec section 1.1.
[[nodiscard]] inline std::uint64_t dec_div(std::uint64_t c1, int e1, std::uint64_t c2, int e2,
                                           int target, bool ceil = false) {
    if (c2 == 0) math_overflow("dec_div");
    if (c1 == 0) return 0;
    int scale = 0;
    int power = e1 - e2 - target;
    if (e1 > 0) scale += e1;
    if (e2 < 0) {
        scale += -e2;
        power += e2;
    }
    if (target < 0) {
        scale += -target;
        power += target;
    }
    const u128 scaled = scale > 0 ? mul(c1, power_of_ten(scale)) : c1;
    const u128 quotient = ceil ? ceil_div(scaled, c2) : scaled / c2;
    if (power >= 0) return to_u64(mul(quotient, power_of_ten(power)));
    return to_u64(quotient / power_of_ten(-power));
}

/// A price: mantissa * 10^exponent USD per whole token.
struct Price {
    std::uint64_t mantissa = 0;
    std::int32_t exponent = -usd_decimals;

    friend bool operator==(const Price&, const Price&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("mantissa", self.mantissa);
        visit("exponent", self.exponent);
    }
};

/// Value of `amount` token units in USD e6, floor; 0 at a price of 0.
[[nodiscard]] inline std::uint64_t usd_of(Price price, std::uint64_t amount, int decimals) {
    if (price.mantissa == 0) return 0;
    return dec_mul(amount, -decimals, price.mantissa, price.exponent, -usd_decimals);
}

/// Token units worth `usd_e6`; floor, or rounded up in the first division on request; 0 at a price
/// of 0.
[[nodiscard]] inline std::uint64_t tokens_of(Price price, std::uint64_t usd_e6, int decimals,
                                             bool ceil = false) {
    if (price.mantissa == 0) return 0;
    return dec_div(usd_e6, -usd_decimals, price.mantissa, price.exponent, -decimals, ceil);
}

/// The price with another exponent, truncating.
[[nodiscard]] inline Price rescale(Price price, int exponent) {
    const int shift = price.exponent - exponent;
    if (shift >= 0) return {to_u64(mul(price.mantissa, power_of_ten(shift))), exponent};
    return {static_cast<std::uint64_t>(price.mantissa / power_of_ten(-shift)), exponent};
}

}  // namespace voltcore::perps
