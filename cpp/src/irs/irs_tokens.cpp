#include "irs_transaction.hpp"
#include "voltcore/math/ray.hpp"

// The underlying token that the margin engine holds, and the yield token of the module.

namespace voltcore::irs {

namespace {

U256 taken_from(const U256& balance, const U256& amount, Revert refusal, std::string_view op) {
    if (balance < amount) check(refusal, op);
    return balance - amount;
}

}  // namespace

U256 IrsPool::yield_balance_of(AccountId account) const {
    const U256 scaled =
        account == module_account ? scalars_.module.scaled_yield_balance : yield_.get(account);
    return math::ray_mul(scaled, index_ray());
}

void IrsPool::pull(AccountId account, const U256& amount) {
    U256& balance = balances_.edit(account);
    balance = taken_from(balance, amount, Revert::transfer_exceeds_balance, "transfer");
    if (balance.is_zero()) balances_.erase(account);
    scalars_.engine.underlying_balance += amount;
}

void IrsPool::pay(AccountId account, const U256& amount) {
    U256& held = scalars_.engine.underlying_balance;
    held = taken_from(held, amount, Revert::transfer_exceeds_balance, "transfer");
    if (!amount.is_zero()) balances_.edit(account) += amount;
}

void IrsPool::transfer_margin(AccountId account, const U256& amount) {
    const U256 held = scalars_.engine.underlying_balance;
    if (amount <= held) {
        pay(account, amount);
        return;
    }
    pay(account, held);
    if (!config_.has_module) check(Revert::empty_engine_shortfall, "transfer_margin");
    module_covers(account, amount - held);
}

void IrsPool::module_covers(AccountId account, const U256& amount) {
    constexpr std::string_view op = "transfer_margin_to_margin_engine_trader";
    ModuleState& module = scalars_.module;
    require_unpaused(module.paused, op);
    if (module.yield_underlying_reserve < amount) {
        pay_yield_tokens(account, amount);
        return;
    }
    // The lending pool burns the module's yield tokens and pays from its reserve.
    module.scaled_yield_balance =
        taken_from(module.scaled_yield_balance, math::ray_div(amount, index_ray()),
                   Revert::burn_exceeds_balance, op);
    module.yield_underlying_reserve -= amount;
    balances_.edit(account) += amount;
}

void IrsPool::pull_yield_tokens(AccountId account, const U256& amount) {
    const U256 scaled = math::ray_div(amount, index_ray());
    U256& balance = yield_.edit(account);
    balance = taken_from(balance, scaled, Revert::transfer_exceeds_balance, "transfer");
    if (balance.is_zero()) yield_.erase(account);
    scalars_.module.scaled_yield_balance += scaled;
}

void IrsPool::pay_yield_tokens(AccountId account, const U256& amount) {
    const U256 scaled = math::ray_div(amount, index_ray());
    U256& held = scalars_.module.scaled_yield_balance;
    held = taken_from(held, scaled, Revert::transfer_exceeds_balance, "transfer");
    if (!scaled.is_zero()) yield_.edit(account) += scaled;
}

void IrsPool::collect_protocol(AccountId caller, std::uint32_t now, AccountId recipient,
                               const U256& amount) {
    constexpr std::string_view op = "collect_protocol";
    Transaction transaction{*this, caller, now, op};
    require_unpaused(scalars_.engine.paused, op);
    require_owner(caller, op);
    if (!amount.is_zero()) {
        U256& fees = scalars_.vamm.protocol_fees;
        if (amount > fees) fail_with(Revert::not_enough_protocol_fees, op, amount, fees);
        fees -= amount;
        pay(recipient, amount);
    }
    transaction.keep();
}

void IrsPool::transfer_margin_to_fcm_trader(AccountId caller, std::uint32_t now, AccountId,
                                            const U256&) {
    // Only the module calls this, from settle_trader; nobody outside is the module.
    Transaction transaction{*this, caller, now, "transfer_margin_to_fcm_trader"};
    check(Revert::only_fcm, "transfer_margin_to_fcm_trader");
}

}  // namespace voltcore::irs
