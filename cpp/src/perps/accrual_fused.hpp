#pragma once

#include <cstddef>
#include <cstdint>

#include "voltcore/perps/accrual.hpp"

namespace voltcore::perps {

/// floor(a / d) of a whole a below 2^51: the whole number nearest to fma(a, reciprocal, shift).
/// a / d + 0.5 / d - 0.5 is at least 0.5 / d away from a tie, further than roundings carry it.
struct FusedDivisor {
    double reciprocal;
    double shift;
};

/// A curve for amounts that are whole doubles below 2^52.
struct FusedCurve {
    double below_rate;  ///< added to the rate of the segment below the kink
    double above_rate;
    double slope1;
    double slope2;
    double kink;
    FusedDivisor below;
    FusedDivisor above;
    double rounding;   ///< 3599 when rates are rounded up
    double most_used;  ///< utilisation up to which products stay below 2^51; 0 if that is not much

    FusedCurve(const SlopeCurve& curve, const AccrualRule& rule, std::uint32_t longest) noexcept;
};

/// Amounts below this are whole doubles that the steps keep exact.
inline constexpr std::uint64_t fused_amount_limit = std::uint64_t{1} << 52;

/// All steps of some custodies whose `owned` is not 0. A row that leaves the exact ranges gets the
/// top bit of `wrong`. `rates` is room for as many.
void accrue_fused(const FusedCurve& curve, const std::uint32_t* seconds, std::size_t steps,
                  bool compound, std::size_t count, double* owned, double* locked,
                  double* cumulative, double* rates, std::uint64_t* wrong) noexcept;

}  // namespace voltcore::perps
