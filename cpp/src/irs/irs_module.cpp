#include "irs_transaction.hpp"
#include "voltcore/math/ray.hpp"

// The fully-collateralised module: a fixed taker posts yield tokens equal to the notional and is
// never liquidated. Source: Voltz AaveFCM.sol, TraderWithYieldBearingAssets.sol.

namespace voltcore::irs {

PositionKey IrsPool::module_position() const noexcept {
    return {module_account, -config_.tick_spacing, config_.tick_spacing};
}

void IrsPool::require_module(std::string_view op) const {
    if (!config_.has_module) {
        refuse({.code = ErrorCode::wrong_state,
                .field = "has_module",
                .value = "false",
                .bound = "the pool has no fully-collateralised module",
                .op = std::string{op},
                .onchain = {}});
    }
    require_unpaused(scalars_.module.paused, op);
}

void IrsPool::require_module_margin(const ModuleTrader& trader) {
    const U256 factor = oracle_.variable_factor(config_.term, scalars_.now);
    const I256 cashflow = settlement_cashflow(
        trader.fixed_token_balance, trader.variable_token_balance, config_.term, factor, now_wad());
    if (!cashflow.is_negative()) return;
    const U256 collateral =
        math::ray_mul(trader.margin_in_scaled_yield_bearing_tokens, index_ray());
    const I256 spare =
        math::to_int256(collateral) - math::to_int256(trader.variable_token_balance.magnitude());
    if (-cashflow > spare)
        check(Revert::margin_requirement_not_met_fcm, "check_margin_requirement");
}

SwapReceipt IrsPool::initiate_fully_collateralised_fixed_taker_swap(
    AccountId caller, std::uint32_t now, const U256& notional, const U256& sqrt_price_limit_x96) {
    constexpr std::string_view op = "initiate_fully_collateralised_fixed_taker_swap";
    Transaction transaction{*this, caller, now, op};
    require_module(op);
    if (notional.is_zero()) check(Revert::fcm_zero_notional, op);
    const SwapReceipt receipt = run_swap(Role::module, module_account, module_position(),
                                         math::to_int256(notional), sqrt_price_limit_x96);
    const U256 executed = receipt.variable_token_delta.magnitude();
    ModuleTrader& trader = traders_.edit(caller);
    trader.margin_in_scaled_yield_bearing_tokens += math::ray_div(executed, index_ray());
    trader.fixed_token_balance += receipt.fixed_token_delta;
    trader.variable_token_balance += receipt.variable_token_delta;
    pull_yield_tokens(caller, executed);
    pull(caller, receipt.cumulative_fee);
    transaction.keep();
    return receipt;
}

SwapReceipt IrsPool::unwind_fully_collateralised_fixed_taker_swap(
    AccountId caller, std::uint32_t now, const U256& notional_to_unwind,
    const U256& sqrt_price_limit_x96) {
    constexpr std::string_view op = "unwind_fully_collateralised_fixed_taker_swap";
    Transaction transaction{*this, caller, now, op};
    require_module(op);
    ModuleTrader& trader = traders_.edit(caller);
    if (notional_to_unwind > trader.variable_token_balance.magnitude()) {
        check(Revert::fcm_unwind_too_large, op);
    }
    const SwapReceipt receipt =
        run_swap(Role::module, module_account, module_position(),
                 -math::to_int256(notional_to_unwind), sqrt_price_limit_x96);
    const U256 executed = receipt.variable_token_delta.magnitude();
    trader.fixed_token_balance += receipt.fixed_token_delta;
    trader.variable_token_balance += receipt.variable_token_delta;
    trader.margin_in_scaled_yield_bearing_tokens -= math::ray_div(executed, index_ray());
    require_module_margin(trader);
    pull(caller, receipt.cumulative_fee);
    pay_yield_tokens(caller, executed);
    transaction.keep();
    return receipt;
}

I256 IrsPool::settle_trader(AccountId caller, std::uint32_t now) {
    constexpr std::string_view op = "settle_trader";
    Transaction transaction{*this, caller, now, op};
    require_module(op);
    if (config_.term.end_wad > now_wad()) check(Revert::settle_before_maturity, op);
    ModuleTrader& trader = traders_.edit(caller);
    const U256 factor = oracle_.variable_factor(config_.term, now);
    const I256 cashflow = settlement_cashflow(
        trader.fixed_token_balance, trader.variable_token_balance, config_.term, factor, now_wad());
    if (cashflow.is_negative()) {
        trader.margin_in_scaled_yield_bearing_tokens -=
            math::ray_div(cashflow.magnitude(), index_ray());
    }
    const U256 left = math::ray_mul(trader.margin_in_scaled_yield_bearing_tokens, index_ray());
    if (trader.is_settled) check(Revert::already_settled, op);
    trader = {.margin_in_scaled_yield_bearing_tokens = {},
              .fixed_token_balance = {},
              .variable_token_balance = {},
              .is_settled = true};
    pay_yield_tokens(caller, left);
    if (!cashflow.is_negative()) pay(caller, cashflow.magnitude());
    transaction.keep();
    return cashflow;
}

}  // namespace voltcore::irs
