#include <algorithm>

#include "voltcore/amm/sqrt_price_math.hpp"
#include "voltcore/irs/margin_calculator.hpp"

namespace voltcore::irs {

using math::check;

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
        memory_.at.moment.fixed_token_balance(unbalanced, variable, variable_factor_wad), variable};
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
    return std::max(at_top, scenario(bottom));
}

}  // namespace voltcore::irs
