#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/irs/fixed_and_variable_math.hpp"

namespace voltcore::irs {

/// The calculation of one side (fixed takers, or variable takers that owe fixed tokens) in 128
/// bits: what does not depend on the balances is known.
///
/// It answers where nothing can leave 127 bits and says so where something could; then the
/// calculation proper is asked. Both give the same numbers: with balances and factors below 2^62
/// and 2^61 nothing that the contracts check can fail.
class NarrowRequirement {
public:
    struct Factors {
        U256 worst_case;   ///< variable factor at maturity, wad
        U256 at_maturity;  ///< fixed factors, wad
        U256 now;
        U256 variable;  ///< factor so far, wad
        U256 unwind;    ///< fixed tokens of one unit unwound, wad; R22
        U256 eta;       ///< share of the notional a year, wad; R23
        U256 years;     ///< to maturity, wad; R23
        U256 least;     ///< to incentivise liquidators, token units
    };

    /// Nothing when a factor is too wide.
    [[nodiscard]] static std::optional<NarrowRequirement> of(const Factors& factors,
                                                             bool counterfactual_unwind) noexcept;

    /// Below 2^62 in size, both.
    [[nodiscard]] static bool fits(const I256& fixed, const I256& variable) noexcept {
        std::int64_t unused{};
        return fits(fixed, unused) && fits(variable, unused);
    }
    /// False when something could be too wide. Precondition: variable < 0, or fixed < 0 < variable.
    [[nodiscard]] bool operator()(const I256& fixed, const I256& variable,
                                  U256& out) const noexcept {
        std::int64_t f{};
        std::int64_t v{};
        if (!fits(fixed, f) || !fits(variable, v)) return false;
        const i128 cash = static_cast<i128>(f) * at_maturity_ + static_cast<i128>(v) * worst_case_;
        u128 most = cash < 0 ? math::wad_divisor.quotient(static_cast<u128>(-cash)) : 0;
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
    explicit NarrowRequirement(bool counterfactual_unwind)
        : counterfactual_unwind_{counterfactual_unwind} {}

    [[nodiscard]] static bool fits(const I256& value, std::int64_t& out) noexcept {
        out = static_cast<std::int64_t>(value.to_bits().limb(0));
        const std::uint64_t sign = out < 0 ? ~std::uint64_t{0} : 0;
        const std::uint64_t above = (value.to_bits().limb(1) ^ sign) |
                                    (value.to_bits().limb(2) ^ sign) |
                                    (value.to_bits().limb(3) ^ sign);
        constexpr std::int64_t bound = std::int64_t{1} << 62;
        return above == 0 && out < bound && out > -bound;
    }
    /// p / 10^18, half up.
    [[nodiscard]] static u128 rounded(u128 p) noexcept {
        const u128 q = math::wad_divisor.quotient(p);
        return q + (p - q * math::wad_u64 >= math::half_wad_u64 ? 1U : 0U);
    }

    /// MarginCalculator::minimum without its least value.
    [[nodiscard]] bool after_unwind(std::int64_t fixed, std::int64_t variable, std::uint64_t size,
                                    u128& out) const noexcept {
        constexpr u128 most = u128{1} << 62;
        const u128 unwound = math::wad_divisor.quotient(static_cast<u128>(size) * unwind_);
        if (unwound >= most) return false;
        const auto raw = static_cast<i128>(variable > 0 ? unwound : u128{0} - unwound);
        // Below 2^62 times 2^61, twice: below 2^124.
        const i128 excess = raw * now_ - static_cast<i128>(variable) * variable_;
        const auto excess_size = static_cast<u128>(excess < 0 ? -excess : excess);
        const U256 over =
            at_maturity_divisor_->divide(wrapping_multiply(U256{excess_size}, wad)).quotient;
        if (!over.fits_u128() || (over.limb(1) >> 62) != 0) return false;
        const auto taken_out = static_cast<i128>(over.low_half());
        // Below 2^122 and 2^126.
        const i128 kept =
            raw * static_cast<i128>(math::wad_u64) + (excess < 0 ? taken_out : -taken_out);
        const auto whole = static_cast<i128>(
            math::wad_divisor.quotient(static_cast<u128>(kept < 0 ? -kept : kept)));
        const i128 left = fixed + (kept < 0 ? -whole : whole);
        if (left >= 0) {
            out = 0;
            return true;
        }
        const auto owed = static_cast<u128>(-left);
        if (owed >= most) return false;
        out = math::wad_divisor.quotient(owed * static_cast<std::uint64_t>(at_maturity_));
        return true;
    }

    bool counterfactual_unwind_;
    std::int64_t worst_case_{};
    std::int64_t at_maturity_{};
    std::int64_t now_{};
    std::int64_t variable_{};
    std::uint64_t unwind_{};
    std::uint64_t eta_{};
    std::uint64_t years_{};
    std::uint64_t least_{};
    std::optional<math::LimbDivisor> at_maturity_divisor_;
};

}  // namespace voltcore::irs
