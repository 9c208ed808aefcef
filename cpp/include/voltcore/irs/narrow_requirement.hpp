#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/irs/fixed_and_variable_math.hpp"

namespace voltcore::irs {

/// The calculation of one side (fixed takers, or variable takers that owe fixed tokens) in 128
/// bits: what does not depend on the balances is known.
///
/// It answers where nothing can leave 127 bits and says so where something could; then the
/// calculation proper is asked. Both give the same numbers: with balances below 2^62 and factors
/// below 2^61 nothing that the contracts check can fail.
class NarrowRequirement {
public:
    struct Factors {
        U256 worst_case;  ///< variable factor at maturity, wad
        U256 now;         ///< fixed factor, wad
        U256 variable;    ///< factor so far, wad
        U256 unwind;      ///< fixed tokens of one unit unwound, wad; R22
        U256 eta;         ///< share of the notional a year, wad; R23
        U256 years;       ///< to maturity, wad; R23
        U256 least;       ///< to incentivise liquidators, token units
    };

    /// `at_maturity`: the fixed factor. Nothing when a factor is too wide.
    [[nodiscard]] static std::optional<NarrowRequirement> of(const Factors& factors,
                                                             const math::LimbDivisor& at_maturity,
                                                             bool counterfactual_unwind) noexcept;

    /// Below 2^62 in size, both.
    [[nodiscard]] static bool fits(const I256& fixed, const I256& variable) noexcept {
        std::int64_t unused{};
        return fits_62_bits(fixed, unused) && fits_62_bits(variable, unused);
    }
    /// False when something could be too wide. Precondition: variable < 0, or fixed < 0 < variable.
    [[nodiscard]] bool operator()(const I256& fixed, const I256& variable,
                                  U256& out) const noexcept {
        std::int64_t f{};
        std::int64_t v{};
        if (!fits_62_bits(fixed, f) || !fits_62_bits(variable, v)) return false;
        // Below 2^62 times 2^61, twice: below 2^124.
        const i128 cash = static_cast<i128>(f) * static_cast<i128>(at_maturity_.value()) +
                          static_cast<i128>(v) * worst_case_;
        u128 most = cash < 0 ? over_wad(static_cast<u128>(-cash)) : 0;
        const auto size = static_cast<std::uint64_t>(v < 0 ? -v : v);
        u128 other{};
        if (counterfactual_unwind_) {
            if (!after_unwind(f, v, size, other)) return false;
        } else {
            other = rounded(rounded(static_cast<u128>(size) * eta_) * years_);
        }
        if (other > most) most = other;
        out = U256{least_ > most ? u128{least_} : most};
        return true;
    }

private:
    NarrowRequirement(bool counterfactual_unwind, const math::LimbDivisor& at_maturity) noexcept
        : counterfactual_unwind_{counterfactual_unwind}, at_maturity_{at_maturity} {}

    /// p / 10^18. One digit where the quotient has one, which is nearly always.
    [[nodiscard]] static u128 over_wad(u128 p) noexcept {
        if (static_cast<std::uint64_t>(p >> 64) < math::wad_u64) [[likely]] {
            return math::wad_divisor.small_quotient(p);
        }
        return math::wad_divisor.quotient(p);
    }
    /// The same, half up.
    [[nodiscard]] static u128 rounded(u128 p) noexcept {
        const u128 q = over_wad(p);
        return q + (p - q * math::wad_u64 >= math::half_wad_u64 ? 1U : 0U);
    }

    /// MarginCalculator::minimum without its least value.
    [[nodiscard]] bool after_unwind(std::int64_t fixed, std::int64_t variable, std::uint64_t size,
                                    u128& out) const noexcept {
        constexpr u128 most = u128{1} << 62;
        // Below 2^62 times 2^66.
        const u128 unwound = over_wad(size * unwind_);
        if (unwound >= most) return false;
        const auto raw = static_cast<i128>(variable > 0 ? unwound : u128{0} - unwound);
        // Below 2^62 times 2^61, twice: below 2^124.
        const i128 excess = raw * now_ - static_cast<i128>(variable) * variable_;
        i128 moved{};
        if (!narrow_rebalanced(raw, excess, at_maturity_, moved)) return false;
        const i128 left = fixed + moved;
        if (left >= 0) {
            out = 0;
            return true;
        }
        const auto owed = static_cast<u128>(-left);
        if (owed >= most) return false;
        out = over_wad(owed * at_maturity_.value());
        return true;
    }

    bool counterfactual_unwind_;
    math::LimbDivisor at_maturity_;
    std::int64_t worst_case_{};
    std::int64_t now_{};
    std::int64_t variable_{};
    u128 unwind_{};
    std::uint64_t eta_{};
    std::uint64_t years_{};
    std::uint64_t least_{};
};

}  // namespace voltcore::irs
