#include "refusal.hpp"
#include "voltcore/volts/volt.hpp"

// What only the admin may change.

namespace voltcore::volts {

void Volt::set_strategy_params(CallerId caller, const StrategyParams& params, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::set_strategy_params);
    begin(row, caller, now);
    validate(params, config_.kind, row.name.data());
    config_.strategy = params;
    clock_ = now;
}

void Volt::change_fees(CallerId caller, const FeeSettings& fees, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::change_fees);
    begin(row, caller, now);
    validate(fees.custom, row.name.data());
    config_.fees = fees;
    clock_ = now;
}

void Volt::change_capacity(CallerId caller, std::uint64_t capacity,
                           std::uint64_t individual_capacity, std::uint64_t now) {
    begin(row_of(Operation::change_capacity), caller, now);
    config_.capacity = capacity;
    config_.individual_capacity = individual_capacity;
    clock_ = now;
}

void Volt::set_permissionless_cranks(CallerId caller, bool on, std::uint64_t now) {
    begin(row_of(Operation::set_permissionless_cranks), caller, now);
    config_.permissionless_cranks = on;
    clock_ = now;
}

void Volt::turn_off_deposits_and_withdrawals(CallerId caller, bool off, std::uint64_t now) {
    begin(row_of(Operation::turn_off_deposits_and_withdrawals), caller, now);
    config_.turn_off_deposits_and_withdrawals = off;
    clock_ = now;
}

void Volt::propose_admin(CallerId caller, CallerId heir, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::propose_admin);
    begin(row, caller, now);
    if (heir == volt_authority) {
        refuse_rule(ErrorCode::out_of_range, row.name, {}, "heir", "is not in [0, 2^64 - 2]");
    }
    pending_admin_ = heir;  // 0 takes a proposal back
    clock_ = now;
}

void Volt::accept_admin(CallerId caller, std::uint64_t now) {
    begin(row_of(Operation::accept_admin), caller, now);
    config_.admin = caller;
    pending_admin_ = 0;
    clock_ = now;
}

}  // namespace voltcore::volts
