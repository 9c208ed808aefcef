#pragma once

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

/// The rebalanced fixed token balance: a trade in the middle of the term earns from now on only.
[[nodiscard]] inline I256 fixed_token_balance(const I256& fixed, const I256& variable,
                                              const U256& variable_factor_wad, const Term& term,
                                              const U256& now_wad) {
    if (term.end_wad <= term.start_wad) {
        math::check(Revert::term_end_not_after_start, "fixed_token_balance");
    }
    if (fixed.is_zero() && variable.is_zero()) return I256{};
    const I256 fixed_wad = math::sd59x18_from_int(fixed);
    const I256 variable_wad = math::sd59x18_from_int(variable);
    const I256 excess = excess_balance(fixed_wad, variable_wad, variable_factor_wad, term, now_wad);
    return math::sd59x18_to_int(balance_without_excess(fixed_wad, excess, term, now_wad));
}

/// What a pair of balances is worth at maturity, in token units.
[[nodiscard]] inline I256 settlement_cashflow(const I256& fixed, const I256& variable,
                                              const Term& term, const U256& variable_factor_wad,
                                              const U256& now_wad) {
    const I256 fixed_part = math::sd59x18_mul(math::sd59x18_from_int(fixed),
                                              math::to_int256(fixed_factor(true, term, now_wad)));
    const I256 variable_part =
        math::sd59x18_mul(math::sd59x18_from_int(variable), math::to_int256(variable_factor_wad));
    return math::sd59x18_to_int(fixed_part + variable_part);
}

}  // namespace voltcore::irs
