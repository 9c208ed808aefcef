#pragma once

#include <cstdint>
#include <string_view>

#include "voltcore/math/error_code.hpp"
#include "voltcore/volts/stage.hpp"

namespace voltcore::volts {

/// Who may call an operation.
enum class Access : std::uint8_t {
    anyone,  ///< every user, for himself
    crank,   ///< the admin; everybody while `permissionless_cranks` is on
    admin,   ///< the admin, whatever the switch says
    heir     ///< the account that the admin has proposed as his successor
};

enum class Operation : std::uint8_t {
    deposit,
    withdraw,
    cancel_pending_deposit,
    cancel_pending_withdrawal,
    claim_pending_deposit,
    claim_pending_withdrawal,
    deposit_with_claim,
    withdraw_with_claim,
    take_performance_fees,
    setup_rebalance,
    init_spot_open_orders,
    rebalance_target,
    rebalance_target_off_book,
    setup_rebalance_off_book,
    cancel_rebalance_off_book,
    rebalance_hedge,
    rebalance_spot,
    end_round,
    end_round_bypass,
    take_pending_withdrawal_fees,
    start_round,
    rehedge,
    reset_rebalancing,
    set_strategy_params,
    change_fees,
    change_capacity,
    set_permissionless_cranks,
    turn_off_deposits_and_withdrawals,
    propose_admin,
    accept_admin
};

/// One row of the authority table: the only source for the checks, the tests and the docs.
struct OperationRow {
    Operation operation;
    std::string_view name;
    Access access;
    Stages stages;
    ErrorCode wrong_stage;     ///< how a call in another stage is refused
    std::string_view onchain;  ///< the original's name for that refusal, empty if it has none
};

inline constexpr OperationRow operation_table[] = {
    {Operation::deposit, "deposit", Access::anyone, between_rounds | Stage::active,
     ErrorCode::wrong_phase, "DepositsDisabled"},
    {Operation::withdraw, "withdraw", Access::anyone, between_rounds | Stage::active,
     ErrorCode::wrong_phase, "WithdrawalsDisabled"},
    {Operation::cancel_pending_deposit, "cancel_pending_deposit", Access::anyone,
     Stage::active | Stage::fees_taken, ErrorCode::wrong_phase, "InvalidEpochForCancel"},
    {Operation::cancel_pending_withdrawal, "cancel_pending_withdrawal", Access::anyone,
     Stage::active | Stage::fees_taken, ErrorCode::wrong_phase, "InvalidEpochForCancel"},
    {Operation::claim_pending_deposit, "claim_pending_deposit", Access::anyone, any_stage,
     ErrorCode::wrong_phase, "InvalidClaimPendingDepositState"},
    {Operation::claim_pending_withdrawal, "claim_pending_withdrawal", Access::anyone, any_stage,
     ErrorCode::wrong_phase, "InvalidClaimPendingWithdrawalState"},
    {Operation::deposit_with_claim, "deposit_with_claim", Access::anyone,
     between_rounds | Stage::active, ErrorCode::wrong_phase, "DepositsDisabled"},
    {Operation::withdraw_with_claim, "withdraw_with_claim", Access::anyone,
     between_rounds | Stage::active, ErrorCode::wrong_phase, "WithdrawalsDisabled"},
    {Operation::take_performance_fees, "take_performance_fees", Access::crank, Stage::active,
     ErrorCode::wrong_phase, "InvalidTakePerformanceFeesState"},
    {Operation::setup_rebalance, "setup_rebalance", Access::crank, Stage::fees_taken,
     ErrorCode::wrong_phase, "InvalidSetupRebalanceEntropyState"},
    {Operation::init_spot_open_orders, "init_spot_open_orders", Access::crank,
     Stage::fees_taken | Stage::ready, ErrorCode::wrong_phase, "InvalidRebalanceSpotEntropyState"},
    {Operation::rebalance_target, "rebalance_target", Access::crank, Stage::ready,
     ErrorCode::wrong_phase, "InvalidRebalanceEntropyState"},
    {Operation::rebalance_target_off_book, "rebalance_target_off_book", Access::admin, Stage::ready,
     ErrorCode::wrong_phase, "InvalidRebalanceEntropyState"},
    {Operation::setup_rebalance_off_book, "setup_rebalance_off_book", Access::admin, Stage::ready,
     ErrorCode::wrong_phase, "InvalidRebalanceEntropyState"},
    {Operation::cancel_rebalance_off_book, "cancel_rebalance_off_book", Access::admin, any_stage,
     ErrorCode::wrong_phase, "InvalidRebalanceEntropyState"},
    {Operation::rebalance_hedge, "rebalance_hedge", Access::crank, Stage::target_done,
     ErrorCode::wrong_phase, "PowerPerpMustBeDoneRebalancing"},
    {Operation::rebalance_spot, "rebalance_spot", Access::crank, Stage::target_done,
     ErrorCode::wrong_phase, "InvalidRebalanceSpotEntropyState"},
    {Operation::end_round, "end_round", Access::crank, Stage::done, ErrorCode::wrong_phase,
     "InvalidEndEntropyRoundState"},
    {Operation::end_round_bypass, "end_round_bypass", Access::admin, rebalancing,
     ErrorCode::wrong_phase, "InvalidEndEntropyRoundState"},
    {Operation::take_pending_withdrawal_fees, "take_pending_withdrawal_fees", Access::crank,
     Stage::resolved, ErrorCode::wrong_phase, "InvalidEndRoundState"},
    {Operation::start_round, "start_round", Access::crank,
     Stage::between | Stage::withdrawal_fees_taken, ErrorCode::wrong_phase,
     "InvalidStartRoundState"},
    {Operation::rehedge, "rehedge", Access::crank, Stage::active, ErrorCode::wrong_phase,
     "InvalidRebalanceEntropyState"},
    {Operation::reset_rebalancing, "reset_rebalancing", Access::admin, rebalancing,
     ErrorCode::wrong_phase, "InvalidRebalanceEntropyState"},
    {Operation::set_strategy_params, "set_strategy_params", Access::admin,
     between_rounds | Stage::active, ErrorCode::wrong_phase, ""},
    {Operation::change_fees, "change_fees", Access::admin, any_stage, ErrorCode::wrong_phase, ""},
    {Operation::change_capacity, "change_capacity", Access::admin, any_stage,
     ErrorCode::wrong_phase, ""},
    {Operation::set_permissionless_cranks, "set_permissionless_cranks", Access::admin, any_stage,
     ErrorCode::wrong_phase, ""},
    {Operation::turn_off_deposits_and_withdrawals, "turn_off_deposits_and_withdrawals",
     Access::admin, any_stage, ErrorCode::wrong_phase, ""},
    {Operation::propose_admin, "propose_admin", Access::admin, any_stage, ErrorCode::wrong_phase,
     ""},
    {Operation::accept_admin, "accept_admin", Access::heir, any_stage, ErrorCode::wrong_phase, ""},
};

[[nodiscard]] constexpr const OperationRow& row_of(Operation operation) noexcept {
    return operation_table[static_cast<std::uint8_t>(operation)];
}

}  // namespace voltcore::volts
