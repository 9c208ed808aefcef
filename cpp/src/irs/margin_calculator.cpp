#include "voltcore/irs/margin_calculator.hpp"

#include <algorithm>

#include "voltcore/amm/sqrt_price_math.hpp"

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

I256 MarginCalculator::time_factor() {
    if (memory_.time_factor) return *memory_.time_factor;
    if (now_wad_ > term_.end_wad) check(Revert::past_term_end, "time_factor");
    if (parameters_.beta_wad.is_zero()) check(Revert::beta_is_zero, "time_factor");
    const I256 scaled_time =
        sd59x18_div(math::to_int256(term_.end_wad - now_wad_), parameters_.t_max_wad);
    memory_.time_factor = math::sd59x18_exp(sd59x18_mul(scaled_time, -parameters_.beta_wad));
    return *memory_.time_factor;
}

I256 MarginCalculator::bound_of(const U256& historical_apy_wad, bool is_upper) {
    const MarginParameters& p = parameters_;
    const I256 factor = time_factor();
    const I256 one_minus = signed_wad - factor;
    const I256 four_alpha = shift_left(p.alpha_wad, 2);
    const I256 four_beta = shift_left(p.beta_wad, 2);
    // Degrees of freedom and non-centrality of the scaled chi-square of the CIR model.
    const I256 k = sd59x18_div(four_alpha, p.sigma_squared_wad);
    const I256 decayed =
        sd59x18_mul(sd59x18_mul(four_beta, factor), math::to_int256(historical_apy_wad));
    const I256 lambda = sd59x18_div(sd59x18_div(decayed, p.sigma_squared_wad), one_minus);
    const I256 root = math::sd59x18_sqrt(shift_left(shift_left(lambda, 1) + k, 1));
    I256 critical = sd59x18_mul(root, is_upper ? p.xi_upper_wad : p.xi_lower_wad);
    if (!is_upper) critical = -critical;
    const I256 scale = sd59x18_div(sd59x18_mul(p.sigma_squared_wad, one_minus), four_beta);
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
    I256 cashflow = times_factor(fixed, memory_.moment.factor_at_maturity());
    if (!variable.is_zero()) {
        (void)math::sd59x18_from_int(variable);  // fails before the worst case does
        const bool is_fixed_taker = variable.is_negative();
        cashflow += times_factor(variable, remembered_worst_case(is_fixed_taker, is_lm));
    }
    return cashflow.is_negative() ? math::ud60x18_to_uint((-cashflow).to_bits()) : U256{};
}

const U256& MarginCalculator::unwind_decay() {
    if (!memory_.unwind_decay) {
        const U256 scaled_time =
            ud60x18_div(term_.end_wad - now_wad_, math::to_uint256(parameters_.t_max_wad));
        const I256 exponent =
            sd59x18_mul(math::to_int256(scaled_time), -math::to_int256(parameters_.gamma_wad));
        memory_.unwind_decay = wad - math::to_uint256(math::sd59x18_exp(exponent));
    }
    return *memory_.unwind_decay;
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
        memory_.moment.fixed_token_balance(is_fixed_taker_unwind ? unbalanced : -unbalanced,
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
    const math::LimbDivisor* at_maturity = memory_.moment.narrow_divisor();
    factors.worst_case = remembered_worst_case(is_fixed_taker, is_lm).to_bits();
    factors.least = parameters_.min_margin_to_incentivise_liquidators;
    if (rules_.counterfactual_unwind) {
        factors.unwind = unwind_factor(sqrt_price_x96, is_lm, !is_fixed_taker);
        factors.variable = inputs_.variable_factor_wad();
        factors.now = memory_.moment.factor_now().to_bits();
    } else {
        factors.eta = is_lm ? parameters_.eta_lm_wad : parameters_.eta_im_wad;
        factors.years = accrual_factor(term_.end_wad - now_wad_);
    }
    if (at_maturity == nullptr) return std::nullopt;
    return NarrowRequirement::of(factors, *at_maturity, rules_.counterfactual_unwind);
}

MarginMemory::Narrow MarginCalculator::present(const U256& sqrt_price_x96) {
    // In the order of the calculation, and each time: reading may refresh, and may fail.
    MarginMemory::Narrow out{.sqrt_price_x96 = sqrt_price_x96,
                             .historical_apy_wad = inputs_.historical_apy_wad(),
                             .growth_wad = growth_so_far(),
                             .variable_factor_wad = {}};
    if (rules_.counterfactual_unwind) out.variable_factor_wad = inputs_.variable_factor_wad();
    return out;
}

const NarrowRequirement* MarginCalculator::narrow_at(bool is_fixed_taker, bool is_lm,
                                                     const U256& sqrt_price_x96) {
    MarginMemory::Narrow& known = memory_.narrow[(is_fixed_taker ? 2 : 0) + (is_lm ? 1 : 0)];
    const MarginMemory::Narrow now = present(sqrt_price_x96);
    if (!known.requirement || !known.rests_on_the_same(now)) {
        known = now;
        known.requirement = narrowed(is_fixed_taker, is_lm, sqrt_price_x96);
    }
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

FixedAndVariable MarginCalculator::extra_balances(std::int32_t from_tick, std::int32_t to_tick,
                                                  u128 liquidity, const U256& variable_factor_wad) {
    if (from_tick == to_tick) return {};
    const bool rising = from_tick < to_tick;
    std::optional<MarginMemory::Extra>& known = memory_.extra[rising ? 1 : 0];
    if (known && known->from_tick == from_tick && known->to_tick == to_tick &&
        known->liquidity == liquidity && known->variable_factor_wad == variable_factor_wad) {
        return known->balances;
    }
    constexpr std::string_view op = "extra_balances";
    U256 from;
    U256 to;
    check(amm::sqrt_ratio_at_tick(from_tick, amm::rates_range, from), op);
    check(amm::sqrt_ratio_at_tick(to_tick, amm::rates_range, to), op);
    // The contract's cast: above 2^127 - 1 it wraps.
    const auto size = static_cast<i128>(liquidity);
    const auto minus_size = static_cast<i128>(u128{0} - liquidity);
    if (size == minus_size && size != 0) check(Revert::panic_overflow, op);
    I256 unbalanced;
    I256 variable;
    constexpr amm::Arithmetic style = amm::Arithmetic::checked;
    check(amm::amount0_delta_signed<style>(from, to, rising ? minus_size : size, unbalanced), op);
    check(amm::amount1_delta_signed<style>(from, to, rising ? size : minus_size, variable), op);
    const FixedAndVariable out{
        memory_.moment.fixed_token_balance(unbalanced, variable, variable_factor_wad), variable};
    known = {from_tick, to_tick, liquidity, variable_factor_wad, out};
    return out;
}

const MarginMemory::Range& MarginCalculator::range_of(std::int32_t tick_lower,
                                                      std::int32_t tick_upper) {
    std::optional<MarginMemory::Range>& known = memory_.range;
    if (!known || known->tick_lower != tick_lower || known->tick_upper != tick_upper) {
        known = {tick_lower, tick_upper, amm::sqrt_ratio_at_legal_tick(tick_lower),
                 amm::sqrt_ratio_at_legal_tick(tick_upper)};
    }
    return *known;
}

U256 MarginCalculator::position_requirement(u128 liquidity, const FixedAndVariable& balances,
                                            std::int32_t tick_lower, std::int32_t tick_upper,
                                            bool is_lm, const U256& sqrt_price_x96,
                                            std::int32_t tick) {
    constexpr std::string_view op = "position_requirement";
    check(amm::check_ticks(tick_lower, tick_upper, amm::rates_range), op);
    const U256 variable_factor = inputs_.variable_factor_wad();
    if (liquidity == 0) {
        return requirement(balances.fixed, balances.variable, is_lm, sqrt_price_x96);
    }
    const std::int32_t inside = std::clamp(tick, tick_lower, tick_upper);
    FixedAndVariable top = balances;
    if (tick < tick_upper) {
        const FixedAndVariable extra =
            extra_balances(inside, tick_upper, liquidity, variable_factor);
        top.fixed += extra.fixed;
        top.variable += extra.variable;
    }
    FixedAndVariable bottom = balances;
    if (tick > tick_lower) {
        const FixedAndVariable extra =
            extra_balances(inside, tick_lower, liquidity, variable_factor);
        bottom.fixed += extra.fixed;
        bottom.variable += extra.variable;
    }
    const MarginMemory::Range& range = range_of(tick_lower, tick_upper);
    const U256& low = sqrt_price_x96 < range.at_lower ? sqrt_price_x96 : range.at_lower;
    const U256& high = sqrt_price_x96 < range.at_upper ? range.at_upper : sqrt_price_x96;
    const auto scenario = [&](const FixedAndVariable& end) {
        const bool is_variable_taker = !end.variable.is_negative() && !end.variable.is_zero();
        return requirement(end.fixed, end.variable, is_lm, is_variable_taker ? high : low);
    };
    const U256 at_top = scenario(top);
    return larger(at_top, scenario(bottom));
}

}  // namespace voltcore::irs
