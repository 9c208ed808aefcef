#include "voltcore/irs/margin_calculator.hpp"

#include <algorithm>

#include "voltcore/irs/decay.hpp"

namespace voltcore::irs {

namespace {

using math::check;
using math::sd59x18_div;
using math::sd59x18_mul;
using math::ud60x18_div;
using math::ud60x18_mul;

const I256 signed_wad = I256::from_bits(wad);

/// The contract's `<<` on a signed number: nothing is checked.
I256 shift_left(const I256& value, unsigned shift) noexcept {
    return I256::from_bits(shift_left_truncating(value.to_bits(), shift));
}

U256 larger(const U256& a, const U256& b) noexcept { return a < b ? b : a; }

}  // namespace

void MarginMemory::begin(const Term& term, const U256& now_wad) {
    const auto place = [&](const U256& time) {
        return std::ranges::lower_bound(
            known, time, {}, [](const AtTime& of) -> const U256& { return of.moment.now_wad(); });
    };
    const auto holds = [&](auto found, const U256& time, const Term& its) {
        return found != known.end() && found->moment.now_wad() == time &&
               found->moment.term() == its;
    };
    if (keeps_times && at.moment.term() == term) {
        const auto found = place(at.moment.now_wad());
        if (holds(found, at.moment.now_wad(), term)) {
            *found = at;
        } else if (known.size() < most_times) {
            known.insert(found, at);
        }
    }
    const auto found = place(now_wad);
    at = holds(found, now_wad, term) ? *found : AtTime{.moment = Moment{term, now_wad}};
    for (auto& slot : bound) slot.reset();
    for (auto& slot : worst_case) slot.reset();
    for (auto& slot : unwind) slot.reset();
    for (auto& slot : narrow) slot.requirement.reset();
    for (auto& slot : extra) slot.reset();
}

I256 MarginCalculator::time_factor() {
    if (memory_.at.time_factor) return *memory_.at.time_factor;
    if (now_wad_ > term_.end_wad) check(Revert::past_term_end, "time_factor");
    if (parameters_.beta_wad.is_zero()) check(Revert::beta_is_zero, "time_factor");
    const I256 scaled_time =
        sd59x18_div(math::to_int256(term_.end_wad - now_wad_), parameters_.t_max_wad);
    memory_.at.time_factor = exp_of(sd59x18_mul(scaled_time, -parameters_.beta_wad));
    return *memory_.at.time_factor;
}

const MarginMemory::AtTime::Bounds& MarginCalculator::bound_parts() {
    std::optional<MarginMemory::AtTime::Bounds>& known = memory_.at.bounds;
    if (!known) {
        const MarginParameters& p = parameters_;
        const I256 factor = time_factor();
        MarginMemory::AtTime::Bounds parts;
        parts.one_minus = signed_wad - factor;
        const I256 four_alpha = shift_left(p.alpha_wad, 2);
        const I256 four_beta = shift_left(p.beta_wad, 2);
        parts.degrees_of_freedom = sd59x18_div(four_alpha, p.sigma_squared_wad);
        parts.decayed = sd59x18_mul(four_beta, factor);
        known = parts;
    }
    return *known;
}

const I256& MarginCalculator::bound_scale() {
    std::optional<I256>& known = memory_.at.bound_scale;
    if (!known) {
        const I256 spread = sd59x18_mul(parameters_.sigma_squared_wad, bound_parts().one_minus);
        known = sd59x18_div(spread, shift_left(parameters_.beta_wad, 2));
    }
    return *known;
}

I256 MarginCalculator::bound_of(const U256& historical_apy_wad, bool is_upper) {
    const MarginParameters& p = parameters_;
    const MarginMemory::AtTime::Bounds& parts = bound_parts();
    // Degrees of freedom and non-centrality of the scaled chi-square of the CIR model.
    const I256& k = parts.degrees_of_freedom;
    const I256 decayed = sd59x18_mul(parts.decayed, math::to_int256(historical_apy_wad));
    const I256 lambda = sd59x18_div(sd59x18_div(decayed, p.sigma_squared_wad), parts.one_minus);
    const I256 root = math::sd59x18_sqrt(shift_left(shift_left(lambda, 1) + k, 1));
    I256 critical = sd59x18_mul(root, is_upper ? p.xi_upper_wad : p.xi_lower_wad);
    if (!is_upper) critical = -critical;
    const I256& scale = bound_scale();
    return sd59x18_mul(scale, k + lambda + critical);
}

U256 MarginCalculator::apy_bound(const U256& historical_apy_wad, bool is_upper) {
    const I256 bound = bound_of(historical_apy_wad, is_upper);
    return bound.is_negative() ? U256{} : bound.to_bits();
}

U256 MarginCalculator::growth_so_far() {
    return rules_.growth_in_worst_case ? inputs_.variable_factor_no_cache_wad() + wad : U256{};
}

const U256& MarginCalculator::remembered_bound(const U256& historical_apy_wad, bool is_upper) {
    std::optional<MarginMemory::Bound>& known = memory_.bound[is_upper ? 1 : 0];
    if (!known || known->historical_apy_wad != historical_apy_wad) {
        known = {historical_apy_wad, apy_bound(historical_apy_wad, is_upper)};
    }
    return known->apy_wad;
}

U256 MarginCalculator::worst_case_from(bool is_fixed_taker, bool is_lm,
                                       const U256& historical_apy_wad, const U256& growth_wad) {
    const U256& multiplier = is_fixed_taker ? parameters_.apy_upper_multiplier_wad
                                            : parameters_.apy_lower_multiplier_wad;
    if (!rules_.growth_in_worst_case) {
        const U256 years = accrual_factor(term_.end_wad - term_.start_wad);
        const U256 factor =
            ud60x18_mul(remembered_bound(historical_apy_wad, is_fixed_taker), years);
        return is_lm ? factor : ud60x18_mul(factor, multiplier);
    }
    U256 apy = remembered_bound(historical_apy_wad, is_fixed_taker);
    if (!is_lm) apy = ud60x18_mul(apy, multiplier);
    const U256 years = accrual_factor(term_.end_wad - now_wad_);
    return ud60x18_mul(growth_wad, ud60x18_mul(apy, years) + wad) - wad;
}

U256 MarginCalculator::worst_case_variable_factor(bool is_fixed_taker, bool is_lm,
                                                  const U256& historical_apy_wad) {
    return worst_case_from(is_fixed_taker, is_lm, historical_apy_wad, growth_so_far());
}

const I256& MarginCalculator::remembered_worst_case(bool is_fixed_taker, bool is_lm) {
    // Both are read each time: reading may refresh them, and may fail.
    const U256 historical_apy = inputs_.historical_apy_wad();
    const U256 growth = growth_so_far();
    auto& known = memory_.worst_case[(is_fixed_taker ? 2 : 0) + (is_lm ? 1 : 0)];
    if (!known || known->historical_apy_wad != historical_apy || known->growth_wad != growth) {
        const U256 factor = worst_case_from(is_fixed_taker, is_lm, historical_apy, growth);
        known = {historical_apy, growth, math::to_int256(factor)};
    }
    return known->factor;
}

U256 MarginCalculator::core(const I256& fixed, const I256& variable, bool is_lm) {
    if (!fixed.is_negative() && !variable.is_negative()) return U256{};
    I256 cashflow = times_factor(fixed, memory_.at.moment.factor_at_maturity());
    if (!variable.is_zero()) {
        (void)math::sd59x18_from_int(variable);  // fails before the worst case does
        const bool is_fixed_taker = variable.is_negative();
        cashflow += times_factor(variable, remembered_worst_case(is_fixed_taker, is_lm));
    }
    return cashflow.is_negative() ? math::ud60x18_to_uint((-cashflow).to_bits()) : U256{};
}

const U256& MarginCalculator::unwind_decay() {
    if (!memory_.at.unwind_decay) {
        const U256 scaled_time =
            ud60x18_div(term_.end_wad - now_wad_, math::to_uint256(parameters_.t_max_wad));
        const I256 exponent =
            sd59x18_mul(math::to_int256(scaled_time), -math::to_int256(parameters_.gamma_wad));
        memory_.at.unwind_decay = wad - math::to_uint256(exp_of(exponent));
    }
    return *memory_.at.unwind_decay;
}

const U256& MarginCalculator::rate_at(const U256& sqrt_price_x96) {
    std::optional<MarginMemory::Rate>& known =
        memory_.rate[(sqrt_price_x96.limb(0) >> 32) % std::size(memory_.rate)];
    if (!known || known->sqrt_price_x96 != sqrt_price_x96) {
        const U256 inverse = math::mul_div(wad, q96, sqrt_price_x96);
        known = {sqrt_price_x96, ud60x18_mul(inverse, inverse)};
    }
    return known->percent_wad;
}

const U256& MarginCalculator::unwind_factor(const U256& sqrt_price_x96,
                                            const U256& rate_multiplier_wad,
                                            const U256& deviation_min_wad,
                                            bool is_fixed_taker_unwind) {
    std::optional<MarginMemory::Unwind>& known = memory_.unwind[is_fixed_taker_unwind ? 1 : 0];
    if (!known || known->sqrt_price_x96 != sqrt_price_x96 ||
        known->rate_multiplier_wad != rate_multiplier_wad ||
        known->deviation_min_wad != deviation_min_wad) {
        const U256& rate = rate_at(sqrt_price_x96);
        const U256 deviation = larger(ud60x18_mul(rate, rate_multiplier_wad), deviation_min_wad);
        const U256 shift = ud60x18_mul(deviation, unwind_decay());
        U256 factor;
        if (is_fixed_taker_unwind) {
            factor = rate > shift ? rate - shift : U256{};
        } else {
            factor = rate + shift;
        }
        known = {sqrt_price_x96, rate_multiplier_wad, deviation_min_wad, factor};
    }
    return known->factor_wad;
}

const U256& MarginCalculator::unwind_factor(const U256& sqrt_price_x96, bool is_lm,
                                            bool is_fixed_taker_unwind) {
    const MarginParameters& p = parameters_;
    if (is_fixed_taker_unwind) {
        return unwind_factor(sqrt_price_x96,
                             is_lm ? p.dev_mul_left_unwind_lm_wad : p.dev_mul_left_unwind_im_wad,
                             is_lm ? p.fixed_rate_deviation_min_left_unwind_lm_wad
                                   : p.fixed_rate_deviation_min_left_unwind_im_wad,
                             true);
    }
    return unwind_factor(sqrt_price_x96,
                         is_lm ? p.dev_mul_right_unwind_lm_wad : p.dev_mul_right_unwind_im_wad,
                         is_lm ? p.fixed_rate_deviation_min_right_unwind_lm_wad
                               : p.fixed_rate_deviation_min_right_unwind_im_wad,
                         false);
}

U256 MarginCalculator::unwound(const U256& variable_size, const U256& factor) {
    // mul(fromUint(size), factor) is exact: the scale cancels. Below 2^128 times 2^127 the 512-bit
    // product stays below 2^315, so that nothing of it can fail.
    if (variable_size.fits_u128() && factor.bit_length() < 128) [[likely]] {
        return math::ud60x18_to_uint(wrapping_multiply(variable_size, factor));
    }
    return math::ud60x18_to_uint(ud60x18_mul(math::ud60x18_from_uint(variable_size), factor));
}

U256 MarginCalculator::simulated_unwind(const U256& variable_size, const U256& sqrt_price_x96,
                                        const U256& rate_multiplier_wad,
                                        const U256& deviation_min_wad, bool is_fixed_taker_unwind) {
    return unwound(variable_size, unwind_factor(sqrt_price_x96, rate_multiplier_wad,
                                                deviation_min_wad, is_fixed_taker_unwind));
}

U256 MarginCalculator::minimum(const I256& fixed, const I256& variable, bool is_lm,
                               const U256& sqrt_price_x96) {
    if (variable.is_zero()) return U256{};
    const bool is_fixed_taker_unwind = !variable.is_negative();
    if (is_fixed_taker_unwind && !fixed.is_negative() && !fixed.is_zero()) return U256{};
    const I256 minus_variable = -variable;
    const U256& factor = unwind_factor(sqrt_price_x96, is_lm, is_fixed_taker_unwind);
    const I256 unbalanced = math::to_int256(unwound(variable.magnitude(), factor));
    const I256 fixed_delta =
        memory_.at.moment.fixed_token_balance(is_fixed_taker_unwind ? unbalanced : -unbalanced,
                                              minus_variable, inputs_.variable_factor_wad());
    return larger(core(fixed + fixed_delta, I256{}, is_lm),
                  parameters_.min_margin_to_incentivise_liquidators);
}

U256 MarginCalculator::requirement_plain(const I256& fixed, const I256& variable, bool is_lm,
                                         const U256& sqrt_price_x96) {
    const U256 margin = core(fixed, variable, is_lm);
    if (rules_.counterfactual_unwind) {
        return larger(margin, minimum(fixed, variable, is_lm, sqrt_price_x96));
    }
    if (variable.is_min()) check(Revert::panic_overflow, "requirement");
    const U256& eta = is_lm ? parameters_.eta_lm_wad : parameters_.eta_im_wad;
    const U256 share = ud60x18_mul(ud60x18_mul(variable.magnitude(), eta),
                                   accrual_factor(term_.end_wad - now_wad_));
    return larger(larger(margin, share), parameters_.min_margin_to_incentivise_liquidators);
}

std::optional<NarrowRequirement> MarginCalculator::narrowed(bool is_fixed_taker, bool is_lm,
                                                            const U256& sqrt_price_x96) {
    // In the order of the calculation: what fails in it fails here, with the same words.
    NarrowRequirement::Factors factors;
    const math::LimbDivisor* at_maturity = memory_.at.moment.narrow_divisor();
    factors.worst_case = remembered_worst_case(is_fixed_taker, is_lm).to_bits();
    factors.least = parameters_.min_margin_to_incentivise_liquidators;
    if (rules_.counterfactual_unwind) {
        factors.unwind = unwind_factor(sqrt_price_x96, is_lm, !is_fixed_taker);
        factors.variable = inputs_.variable_factor_wad();
        factors.now = memory_.at.moment.factor_now().to_bits();
    } else {
        factors.eta = is_lm ? parameters_.eta_lm_wad : parameters_.eta_im_wad;
        factors.years = accrual_factor(term_.end_wad - now_wad_);
    }
    if (at_maturity == nullptr) return std::nullopt;
    return NarrowRequirement::of(factors, *at_maturity, rules_.counterfactual_unwind);
}

MarginMemory::Grounds MarginCalculator::present(const U256& sqrt_price_x96) {
    // In the order of the calculation, and each time: reading may refresh, and may fail.
    MarginMemory::Grounds out{.sqrt_price_x96 = sqrt_price_x96,
                              .historical_apy_wad = inputs_.historical_apy_wad(),
                              .growth_wad = growth_so_far(),
                              .variable_factor_wad = {}};
    if (rules_.counterfactual_unwind) out.variable_factor_wad = inputs_.variable_factor_wad();
    return out;
}

const NarrowRequirement* MarginCalculator::narrow_at(bool is_fixed_taker, bool is_lm,
                                                     const U256& sqrt_price_x96) {
    MarginMemory::Narrow& known = memory_.narrow[(is_fixed_taker ? 2 : 0) + (is_lm ? 1 : 0)];
    const bool is_fresh = known.generation != 0 && known.generation == memory_.generation &&
                          known.grounds.sqrt_price_x96 == sqrt_price_x96;
    if (known.requirement && is_fresh) return &*known.requirement;
    const MarginMemory::Grounds now = present(sqrt_price_x96);
    if (!known.requirement || known.grounds != now) {
        known.grounds = now;
        known.requirement = narrowed(is_fixed_taker, is_lm, sqrt_price_x96);
    }
    known.generation = memory_.generation;
    return known.requirement ? &*known.requirement : nullptr;
}

U256 MarginCalculator::requirement(const I256& fixed, const I256& variable, bool is_lm,
                                   const U256& sqrt_price_x96) {
    if (needs_everything(fixed, variable) && NarrowRequirement::fits(fixed, variable)) {
        const NarrowRequirement* narrow = narrow_at(variable.is_negative(), is_lm, sqrt_price_x96);
        if (U256 out; narrow != nullptr && (*narrow)(fixed, variable, out)) return out;
    }
    return requirement_plain(fixed, variable, is_lm, sqrt_price_x96);
}

U256 MarginCalculator::requirement_of_row(const I256& fixed, const I256& variable, bool is_lm,
                                          const U256& sqrt_price_x96, RowMemory& rows) {
    if (!needs_everything(fixed, variable)) {
        return requirement_plain(fixed, variable, is_lm, sqrt_price_x96);
    }
    const bool is_fixed_taker = variable.is_negative();
    const NarrowRequirement*& narrow = rows.narrow[is_fixed_taker ? 1 : 0];
    if (U256 out; narrow != nullptr && (*narrow)(fixed, variable, out)) return out;
    const U256 out = requirement(fixed, variable, is_lm, sqrt_price_x96);
    if (narrow == nullptr && NarrowRequirement::fits(fixed, variable)) {
        narrow = narrow_at(is_fixed_taker, is_lm, sqrt_price_x96);
    }
    return out;
}

}  // namespace voltcore::irs
