#pragma once

#include <optional>

#include "voltcore/amm/swap_step.hpp"
#include "voltcore/math/sd59x18.hpp"
#include "voltcore/math/ud60x18.hpp"

// Fixed and variable cashflows in decimals. Source: Voltz FixedAndVariableMath.sol.
//
// One fixed token pays 1 % a year on its notional; one variable token pays the variable rate.

namespace voltcore::irs {

using amm::year_wad;
using math::i128;
using math::I256;
using math::Revert;
using math::u128;
using math::U256;
using math::wad;

inline constexpr U256 hundred_wad{static_cast<u128>(100) * math::wad_u64};
inline constexpr U256 q96 = U256::power_of_two(96);
inline constexpr U256 q128 = U256::power_of_two(128);

/// Whole seconds as wad seconds.
[[nodiscard]] constexpr U256 seconds_wad(std::uint64_t seconds) noexcept {
    return U256{static_cast<u128>(seconds) * math::wad_u64};
}

/// Wad seconds as years, wad, floor.
[[nodiscard]] inline U256 accrual_factor(const U256& seconds_in_wad) {
    return math::ud60x18_div(seconds_in_wad, year_wad);
}

/// smul(fromInt(amount), factor). The scale cancels, so that the product is exact.
///
/// Below 2^128 times 2^127 nothing of it can fail: fromInt stays below 2^188, the 512-bit product
/// below 2^315, whose high word is under 10^18, and the result below 2^255.
[[nodiscard]] inline I256 times_factor(const I256& amount, const I256& factor_wad) {
    const U256 size = amount.magnitude();
    const U256 factor_size = factor_wad.magnitude();
    if (size.fits_u128() && factor_size.bit_length() < 128) [[likely]] {
        I256 product;
        (void)I256::restore_sign_overflows(wrapping_multiply(size, factor_size),
                                           amount.is_negative() != factor_wad.is_negative(),
                                           product);
        return product;
    }
    return math::sd59x18_mul(math::sd59x18_from_int(amount), factor_wad);
}

/// The term of a swap, in wad seconds.
struct Term {
    U256 start_wad{};
    U256 end_wad{};

    friend bool operator==(const Term&, const Term&) = default;
    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("start_wad", self.start_wad);
        visit("end_wad", self.end_wad);
    }
};

/// 1 % a year over the whole term (`at_maturity`) or over what has passed of it.
[[nodiscard]] inline U256 fixed_factor(bool at_maturity, const Term& term, const U256& now_wad) {
    constexpr std::string_view op = "fixed_factor";
    if (term.end_wad <= term.start_wad) math::check(Revert::term_end_not_after_start, op);
    if (now_wad < term.start_wad) math::check(Revert::before_term_start, op);
    const U256 elapsed = at_maturity || now_wad >= term.end_wad ? term.end_wad - term.start_wad
                                                                : now_wad - term.start_wad;
    return math::ud60x18_div(accrual_factor(elapsed), hundred_wad);
}

/// The cashflow that a pair of balances has accrued since the start of the term.
[[nodiscard]] inline I256 excess_balance(const I256& fixed_wad, const I256& variable_wad,
                                         const U256& variable_factor_wad, const Term& term,
                                         const U256& now_wad) {
    const I256 fixed_part =
        math::sd59x18_mul(fixed_wad, math::to_int256(fixed_factor(false, term, now_wad)));
    return fixed_part + math::sd59x18_mul(variable_wad, math::to_int256(variable_factor_wad));
}

/// The fixed leg after the excess has been taken out of it.
[[nodiscard]] inline I256 balance_without_excess(const I256& fixed_wad, const I256& excess_wad,
                                                 const Term& term, const U256& now_wad) {
    const I256 factor = math::to_int256(fixed_factor(true, term, now_wad));
    return fixed_wad - math::sd59x18_div(excess_wad, factor);
}

/// One moment of one term: what depends on nothing else is calculated once, when it is first
/// needed.
class Moment {
public:
    Moment() = default;
    Moment(const Term& term, const U256& now_wad) : term_{term}, now_wad_{now_wad} {}

    [[nodiscard]] const Term& term() const noexcept { return term_; }
    [[nodiscard]] const U256& now_wad() const noexcept { return now_wad_; }
    [[nodiscard]] const I256& factor_now() { return factor(factor_now_, false); }
    [[nodiscard]] const I256& factor_at_maturity() { return factor(factor_at_maturity_, true); }

    /// The rebalanced fixed token balance: a trade in the middle of the term earns from now on
    /// only.
    [[nodiscard]] I256 fixed_token_balance(const I256& fixed, const I256& variable,
                                           const U256& variable_factor_wad) {
        if (term_.end_wad <= term_.start_wad) {
            math::check(Revert::term_end_not_after_start, "fixed_token_balance");
        }
        if (fixed.is_zero() && variable.is_zero()) return I256{};
        const I256 fixed_wad = math::sd59x18_from_int(fixed);
        (void)math::sd59x18_from_int(variable);  // fails before the factors do
        I256 excess = times_factor(fixed, factor_now());
        excess += times_factor(variable, math::to_int256(variable_factor_wad));
        return math::sd59x18_to_int(fixed_wad - over_factor_at_maturity(excess));
    }

private:
    [[nodiscard]] const I256& factor(std::optional<I256>& known, bool at_maturity) {
        if (!known) known = math::to_int256(fixed_factor(at_maturity, term_, now_wad_));
        return *known;
    }

    /// excess / factor at maturity, toward zero.
    [[nodiscard]] I256 over_factor_at_maturity(const I256& excess) {
        const I256& factor = factor_at_maturity();
        const U256 size = excess.magnitude();
        // Below 2^128 times 10^18 the dividend fits, and the quotient stays below 2^188.
        if (!size.fits_u128() || !factor.to_bits().fits_u64() || factor.is_zero()) [[unlikely]] {
            return math::sd59x18_div(excess, factor);
        }
        if (!divisor_) divisor_.emplace(factor.to_bits().limb(0));
        I256 out;
        (void)I256::restore_sign_overflows(divisor_->divide(wrapping_multiply(size, wad)).quotient,
                                           excess.is_negative(), out);
        return out;
    }

    Term term_{};
    U256 now_wad_{};
    std::optional<I256> factor_now_;
    std::optional<I256> factor_at_maturity_;
    std::optional<math::LimbDivisor> divisor_;  ///< by the factor at maturity
};

[[nodiscard]] inline I256 fixed_token_balance(const I256& fixed, const I256& variable,
                                              const U256& variable_factor_wad, const Term& term,
                                              const U256& now_wad) {
    return Moment{term, now_wad}.fixed_token_balance(fixed, variable, variable_factor_wad);
}

/// What a pair of balances is worth at maturity, in token units.
[[nodiscard]] inline I256 settlement_cashflow(const I256& fixed, const I256& variable,
                                              const Term& term, const U256& variable_factor_wad,
                                              const U256& now_wad) {
    const I256 fixed_part = times_factor(fixed, math::to_int256(fixed_factor(true, term, now_wad)));
    const I256 variable_part = times_factor(variable, math::to_int256(variable_factor_wad));
    return math::sd59x18_to_int(fixed_part + variable_part);
}

}  // namespace voltcore::irs
