#pragma once

#include <cstdint>

#include "voltcore/math/integer.hpp"

namespace voltcore::volts {

inline constexpr std::uint64_t basis_points = 10'000;
inline constexpr std::uint64_t seconds_per_year = 31'536'000;

/// The three rates of a volt, in basis points.
/// Source: the volts' public documentation: 10 % of profits, 0.1 % of withdrawals, no AUM fee.
struct FeeRates {
    std::uint32_t performance_bps = 1'000;
    std::uint32_t withdrawal_bps = 10;
    std::uint32_t aum_bps = 0;  ///< a year

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("performance_fee_bps", self.performance_bps);
        visit("withdrawal_fee_bps", self.withdrawal_bps);
        visit("aum_fee_bps", self.aum_bps);
    }
    friend bool operator==(const FeeRates&, const FeeRates&) = default;
};

/// floor(amount * bps / 10 000), 0 for a loss. Source: the published client and documentation.
[[nodiscard]] constexpr std::uint64_t fee(math::i128 amount, std::uint64_t bps) {
    if (amount <= 0 || bps == 0) return 0;
    const math::u128 product =
        math::checked_mul(static_cast<math::u128>(amount), static_cast<math::u128>(bps));
    return math::checked_cast<std::uint64_t>(product / basis_points);
}

/// floor(assets * bps * seconds / (10 000 * 31 536 000)): the fee on assets under management.
[[nodiscard]] constexpr std::uint64_t aum_fee(std::uint64_t assets, std::uint64_t bps,
                                              std::uint64_t seconds) {
    if (bps == 0) return 0;
    // assets * bps cannot overflow: both are below 2^64.
    const math::u128 yearly = static_cast<math::u128>(assets) * bps;
    const math::u128 product = math::checked_mul(yearly, static_cast<math::u128>(seconds));
    return math::checked_cast<std::uint64_t>(
        product / (static_cast<math::u128>(basis_points) * seconds_per_year));
}

}  // namespace voltcore::volts
