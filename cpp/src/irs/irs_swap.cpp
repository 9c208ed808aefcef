#include <algorithm>

#include "irs_transaction.hpp"

namespace voltcore::irs {

namespace {

/// mul_div(amount, 2^128, liquidity), floor. In limbs the dividend is (amount, 0, 0): where amount
/// and liquidity have one each, a division of the machine gives a digit of the quotient, and
/// nothing can fail, because the quotient stays below 2^192.
U256 growth_of(const U256& amount, u128 liquidity) {
    const auto divisor = static_cast<std::uint64_t>(liquidity);
    if (amount.fits_u64() && liquidity == divisor) [[likely]] {
        const std::uint64_t whole = amount.limb(0) < divisor ? 0 : amount.limb(0) / divisor;
        std::uint64_t rest = amount.limb(0) - whole * divisor;
        const std::uint64_t high = math::limbs::divide_2by1(rest, 0, divisor, rest);
        const std::uint64_t low = math::limbs::divide_2by1(rest, 0, divisor, rest);
        return U256::from_limbs(low, high, whole, 0);
    }
    return math::mul_div(amount, q128, U256{liquidity});
}
/// mul_div_signed(amount, 2^128, liquidity), toward zero.
I256 growth_of(const I256& amount, u128 liquidity) {
    const U256 size = amount.magnitude();
    if (!size.fits_u64()) return math::mul_div_signed(amount, q128, U256{liquidity});
    I256 out;
    (void)I256::restore_sign_overflows(growth_of(size, liquidity), amount.is_negative(), out);
    return out;
}

}  // namespace

Moment& IrsPool::moment() {
    memory_.begin_unless_at(config_.term, now_wad());
    return memory_.at.moment;
}

SwapReceipt IrsPool::swap(AccountId caller, std::uint32_t now, const PositionKey& position,
                          const I256& amount_specified, const U256& sqrt_price_limit_x96) {
    Transaction transaction{*this, caller, now, "swap"};
    const SwapReceipt receipt =
        run_swap(Role::account, caller, position, amount_specified, sqrt_price_limit_x96);
    drop_empty(position);
    transaction.keep();
    return receipt;
}

SwapReceipt IrsPool::run_swap(Role role, AccountId sender, const PositionKey& key,
                              const I256& amount_specified, const U256& sqrt_price_limit_x96) {
    constexpr std::string_view op = "swap";
    disturb();
    VammState& vamm = scalars_.vamm;
    const U256& limit = sqrt_price_limit_x96;
    require_unpaused(vamm.paused, op);
    if (is_near_maturity()) check(Revert::close_to_maturity, op);
    check(amm::check_ticks(key.tick_lower, key.tick_upper, amm::rates_range), op);
    if (amount_specified.is_zero()) fail_with(Revert::zero_notional, op, amount_specified);
    if (!vamm.unlocked) fail_with(Revert::trading_locked, op, std::string{"false"});
    const bool is_fixed_taker = !amount_specified.is_negative();
    const bool limit_fits =
        is_fixed_taker ? vamm.sqrt_price_x96 < limit && limit < amm::rates_range.max_sqrt_ratio
                       : amm::rates_range.min_sqrt_ratio < limit && limit < vamm.sqrt_price_x96;
    if (!limit_fits) check(Revert::price_limit_out_of_bounds, op);
    if (role == Role::account && !is_sender_or_approved(sender, key.owner)) {
        check(rules().short_texts ? Revert::not_approved : Revert::swap_not_approved, op);
    }

    const U256 now_in_wad = now_wad();
    U256 variable_factor_wad;
    if (rules().one_variable_factor_a_swap) {
        variable_factor_wad = oracle_.variable_factor(config_.term, scalars_.now);
    }
    oracle_.write_oracle_entry(scalars_.now);

    // The fee rate for what is left of the term; the setter bounds it, so it cannot overflow.
    U256 fee_rate_wad;
    check(amm::fee_rate(config_.term.end_wad - now_in_wad, vamm.fee_wad, fee_rate_wad), op);
    // Within a swap neither the oracle nor the clock moves: one factor serves all steps.
    Moment& at_now = moment();
    bool factor_known = rules().one_variable_factor_a_swap;

    I256 remaining = amount_specified;
    U256 protocol_fee;
    SwapReceipt receipt;
    while (!remaining.is_zero() && vamm.sqrt_price_x96 != limit) {
        amm::NextTick next =
            bitmap_.next_within_one_word(vamm.tick, config_.tick_spacing, !is_fixed_taker);
        next.tick = std::clamp(next.tick, amm::rates_range.min_tick, amm::rates_range.max_tick);
        const U256 next_price = scratch_.price_at(next.tick, next.tick / config_.tick_spacing);
        const U256& target =
            is_fixed_taker ? std::min(next_price, limit) : std::max(next_price, limit);

        amm::SwapStep step;
        check(amm::swap_step_voltz_at_rate(vamm.sqrt_price_x96, target, vamm.liquidity, remaining,
                                           fee_rate_wad, step),
              op);
        const I256 amount_in = math::to_int256(step.amount_in);
        const I256 amount_out = math::to_int256(step.amount_out);
        const I256 remaining_before = remaining;
        I256 lp_variable;
        I256 lp_fixed_unbalanced;
        if (is_fixed_taker) {
            remaining -= amount_in;
            lp_variable = amount_in;
            lp_fixed_unbalanced = -amount_out;
        } else {
            remaining += amount_out;
            lp_variable = -amount_out;
            lp_fixed_unbalanced = amount_in;
        }
        receipt.cumulative_fee += step.fee;
        if (vamm.fee_protocol > 0) {
            const U256 cut = step.fee / U256{vamm.fee_protocol};
            step.fee -= cut;
            protocol_fee += cut;
        }
        if (vamm.liquidity > 0) {
            if (!factor_known) {
                variable_factor_wad = oracle_.variable_factor(config_.term, scalars_.now);
                factor_known = true;
            }
            const I256 lp_fixed =
                at_now.fixed_token_balance(lp_fixed_unbalanced, lp_variable, variable_factor_wad);
            vamm.fee_growth_global_x128 += growth_of(step.fee, vamm.liquidity);
            vamm.variable_token_growth_global_x128 += growth_of(lp_variable, vamm.liquidity);
            vamm.fixed_token_growth_global_x128 += growth_of(lp_fixed, vamm.liquidity);
            receipt.fixed_token_delta -= lp_fixed;
            receipt.variable_token_delta -= lp_variable;
            receipt.fixed_token_delta_unbalanced -= lp_fixed_unbalanced;
        }

        const U256 price_before = vamm.sqrt_price_x96;
        const std::int32_t tick_before = vamm.tick;
        vamm.sqrt_price_x96 = step.next_price;
        if (vamm.sqrt_price_x96 == next_price) {
            if (next.initialized) {
                RateTick& tick = ticks_.edit_at(ticks_.lower_bound(next.tick));
                tick.fee_growth_outside_x128 =
                    vamm.fee_growth_global_x128 - tick.fee_growth_outside_x128;
                tick.fixed_token_growth_outside_x128 =
                    vamm.fixed_token_growth_global_x128 - tick.fixed_token_growth_outside_x128;
                tick.variable_token_growth_outside_x128 = vamm.variable_token_growth_global_x128 -
                                                          tick.variable_token_growth_outside_x128;
                // A net is never the least int128: each change to it is checked.
                const i128 net = is_fixed_taker ? tick.liquidity_net : -tick.liquidity_net;
                check(amm::add_delta(vamm.liquidity, net, vamm.liquidity), op);
            }
            vamm.tick = is_fixed_taker ? next.tick : next.tick - 1;
        } else if (vamm.sqrt_price_x96 != price_before) {
            check(amm::tick_at_sqrt_ratio(vamm.sqrt_price_x96, amm::rates_range, vamm.tick), op);
        }
        if (vamm.sqrt_price_x96 == price_before && vamm.tick == tick_before &&
            remaining == remaining_before) {
            // The contract would repeat this step until its gas ends.
            check(Revert::endless_loop, op);
        }
    }
    vamm.protocol_fees += protocol_fee;

    if (role == Role::account) receipt.margin_requirement = after_swap(key, receipt);
    return receipt;
}

}  // namespace voltcore::irs
