#include "refusal.hpp"
#include "saturating.hpp"
#include "voltcore/volts/fees.hpp"
#include "voltcore/volts/volt.hpp"

// Deposits, withdrawals, cancels and claims. The order of the checks is part of the rules.

namespace voltcore::volts {

using math::checked_add;
using math::u128;

namespace {

/// Puts a record back unless the operation got to its end.
template <class T>
class Restore {
public:
    explicit Restore(T& target) noexcept : target_{target}, before_{target} {}
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;
    ~Restore() {
        if (!kept_) target_ = before_;
    }
    void keep() noexcept { kept_ = true; }

private:
    T& target_;
    T before_;
    bool kept_ = false;
};

}  // namespace

void Volt::check_transfers_on(const OperationRow& row) const {
    if (!config_.turn_off_deposits_and_withdrawals) return;
    refuse_rule(ErrorCode::paused, row.name, "DepositsAndWithdrawalsAreTurnedOff", "deposits",
                "are turned off");
}

void Volt::begin_transfer(const OperationRow& row, std::uint64_t amount, const char* field,
                          const char* onchain, std::uint64_t now) const {
    check_transfers_on(row);
    if (amount == 0) {
        refuse_onchain(ErrorCode::not_positive, row.name, onchain, field, "0", "is not above 0");
    }
    check_stage(row);
    check_clock(row, now);
}

TransferReceipt Volt::deposit(CallerId caller, std::uint64_t amount, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::deposit);
    check_caller(row, caller);
    return deposit_checked(row, caller, amount, now, 0);
}

TransferReceipt Volt::deposit_checked(const OperationRow& row, CallerId caller,
                                      std::uint64_t amount, std::uint64_t now,
                                      std::uint64_t claimed) {
    begin_transfer(row, amount, "amount", "InvalidDepositAmount", now);
    UserAccount* user = find(caller);
    const std::uint64_t wallet = user != nullptr ? user->wallet : 0;
    if (wallet < amount) {
        refuse_amount(ErrorCode::insufficient_funds, row.name, "InsufficientCollateralForDeposit",
                      "wallet", amount, wallet);
    }
    const bool instant = between_rounds.contains(stage_);
    const PendingRecord pending = user->pending_deposit;
    if (!instant && pending.round != 0 && pending.round < round_number_) {
        refuse_onchain(ErrorCode::wrong_state, row.name, "PendingDepositAlreadyExists",
                       "pending_deposit.round", std::to_string(pending.round),
                       "has not been claimed");
    }
    const std::uint64_t outstanding = shares_outstanding();
    const std::uint64_t waiting = instant ? 0 : round().underlying_from_pending_deposits;
    if (outstanding == 0) {
        const std::uint64_t own = instant ? 0 : pending.amount;
        const bool is_first = waiting == own;
        if (is_first && static_cast<u128>(own) + amount < config_.min_first_deposit) {
            refuse_amount(ErrorCode::out_of_range, row.name, "InvalidDepositAmount", "amount",
                          config_.min_first_deposit - own, amount);
        }
    }
    const std::uint64_t held = assets_for(row.name.data(), now);
    const u128 total = static_cast<u128>(held) + waiting + amount;
    if (total > config_.capacity) {
        const u128 used = total - amount;
        refuse_amount(
            ErrorCode::cap, row.name, "VaultCapacityWouldBeExceeded", "capacity", amount,
            used < config_.capacity ? config_.capacity - static_cast<std::uint64_t>(used) : 0);
    }
    const SharePrice price{.assets = held, .supply = outstanding};
    u128 own_part = pending.amount;
    if (instant) own_part += underlying_for_shares(user->volt_tokens, price);
    if (own_part + amount > config_.individual_capacity) {
        refuse_amount(ErrorCode::cap, row.name, "IndividualDepositCapacityWouldBeExceeded",
                      "individual_capacity", amount,
                      own_part < config_.individual_capacity
                          ? config_.individual_capacity - static_cast<std::uint64_t>(own_part)
                          : 0);
    }
    if (!instant) {
        const std::uint64_t waiting_next = checked_add(waiting, amount);
        user->wallet -= amount;
        // A part of D, and so within its width.
        user->pending_deposit = {.round = round_number_, .amount = pending.amount + amount};
        round().underlying_from_pending_deposits = waiting_next;
        round().round_underlying = waiting_next;
        add_saturating(epoch_.pending_deposits, amount);
        add_saturating(epoch_.total_deposits, amount);
        clock_ = now;
        return {.round = round_number_, .amount = amount, .claimed = claimed};
    }
    const std::uint64_t shares = shares_for_deposit(amount, price);
    const std::uint64_t supply = checked_add(supply_, shares);
    const std::uint64_t pool = checked_add(deposit_pool_, amount);
    user->wallet -= amount;
    user->volt_tokens += shares;  // a part of the supply
    supply_ = supply;
    deposit_pool_ = pool;
    add_saturating(entropy_round_.instant_deposits_native, amount);
    add_saturating(epoch_.instant_deposits, amount);
    add_saturating(epoch_.total_deposits, amount);
    clock_ = now;
    return {.amount = amount, .received = shares, .claimed = claimed};
}

TransferReceipt Volt::withdraw(CallerId caller, std::uint64_t shares, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::withdraw);
    check_caller(row, caller);
    return withdraw_checked(row, caller, shares, now, 0);
}

TransferReceipt Volt::withdraw_checked(const OperationRow& row, CallerId caller,
                                       std::uint64_t shares, std::uint64_t now,
                                       std::uint64_t claimed) {
    begin_transfer(row, shares, "shares", "InvalidWithdrawAmount", now);
    UserAccount* user = find(caller);
    const std::uint64_t held = user != nullptr ? user->volt_tokens : 0;
    if (held < shares) {
        refuse_amount(ErrorCode::insufficient_funds, row.name, "InsufficientVaultTokens",
                      "volt_tokens", shares, held);
    }
    if (!between_rounds.contains(stage_)) {
        const PendingRecord pending = user->pending_withdrawal;
        if (pending.round != 0 && pending.round < round_number_) {
            refuse_onchain(ErrorCode::wrong_state, row.name, "CantHaveMultiplePendingWithdrawals",
                           "pending_withdrawal.round", std::to_string(pending.round),
                           "has not been claimed");
        }
        // Burned shares and the supply together never exceed what the supply was: no overflow.
        user->volt_tokens -= shares;
        user->pending_withdrawal = {.round = round_number_, .amount = pending.amount + shares};
        supply_ -= shares;
        round().volt_tokens_from_pending_withdrawals += shares;
        add_saturating(epoch_.pending_withdrawals_volt_tokens, shares);
        clock_ = now;
        return {.round = round_number_, .amount = shares, .claimed = claimed};
    }
    const SharePrice price{.assets = assets_for(row.name.data(), now), .supply = supply_};
    const std::uint64_t gross = underlying_for_shares(shares, price);
    if (deposit_pool_ < gross) {
        refuse_amount(ErrorCode::insufficient_funds, row.name, "InvalidWithdrawAmount",
                      "deposit_pool", gross, deposit_pool_);
    }
    const std::uint64_t charged = fee(gross, config_.fees.rates().withdrawal_bps);
    const std::uint64_t wallet = checked_add(user->wallet, gross - charged);
    const std::uint64_t fees = checked_add(fee_account_, charged);
    user->volt_tokens -= shares;
    user->wallet = wallet;
    supply_ -= shares;
    deposit_pool_ -= gross;
    fee_account_ = fees;
    add_saturating(epoch_.instant_withdrawals, gross);
    add_saturating(epoch_.total_withdrawals, gross);
    add_saturating(epoch_.withdrawal_fees, charged);
    clock_ = now;
    return {.amount = shares, .received = gross - charged, .fee = charged, .claimed = claimed};
}

namespace {

/// One kind of request: where it is kept, and how the original refuses.
struct RequestKind {
    PendingRecord UserAccount::* record;
    const char* field;
    const char* missing;
    const char* old_round;
};

constexpr RequestKind deposit_request{&UserAccount::pending_deposit, "pending_deposit",
                                      "PendingDepositDoesNotExist",
                                      "CannotCancelPendingDepositFromOldRound"};
constexpr RequestKind withdrawal_request{&UserAccount::pending_withdrawal, "pending_withdrawal",
                                         "PendingWithdrawalDoesNotExist",
                                         "CannotCancelPendingWithdrawalFromOldRound"};

/// The user, who has such a request.
UserAccount& with_request(const OperationRow& row, UserAccount* user, const RequestKind& kind) {
    if (user != nullptr && (user->*kind.record).round != 0) return *user;
    refuse_rule(ErrorCode::wrong_state, row.name, kind.missing, kind.field, "does not exist");
}

/// The request is of the present round.
void check_present(const OperationRow& row, const UserAccount& user, const RequestKind& kind,
                   std::uint64_t round) {
    const std::uint64_t of = (user.*kind.record).round;
    if (of >= round) return;
    refuse_onchain(ErrorCode::wrong_state, row.name, kind.old_round,
                   std::string{kind.field} + ".round", std::to_string(of), "is an old round");
}

}  // namespace

std::uint64_t Volt::cancel_pending_deposit(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::cancel_pending_deposit);
    check_caller(row, caller);
    UserAccount& user = with_request(row, find(caller), deposit_request);
    check_present(row, user, deposit_request, round_number_);
    check_stage(row);
    check_clock(row, now);
    const std::uint64_t amount = user.pending_deposit.amount;
    user.wallet = checked_add(user.wallet, amount);
    user.pending_deposit = {};
    round().underlying_from_pending_deposits -= amount;
    round().round_underlying -= amount;
    add_saturating(epoch_.canceled_deposits, amount);
    clock_ = now;
    return amount;
}

std::uint64_t Volt::cancel_pending_withdrawal(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::cancel_pending_withdrawal);
    check_caller(row, caller);
    UserAccount& user = with_request(row, find(caller), withdrawal_request);
    check_present(row, user, withdrawal_request, round_number_);
    check_stage(row);
    check_clock(row, now);
    const std::uint64_t shares = user.pending_withdrawal.amount;
    // The burned shares come back; supply and balance held them before.
    user.volt_tokens += shares;
    user.pending_withdrawal = {};
    supply_ += shares;
    round().volt_tokens_from_pending_withdrawals -= shares;
    add_saturating(epoch_.canceled_withdrawals, shares);
    clock_ = now;
    return shares;
}

std::uint64_t Volt::claim_pending_deposit(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::claim_pending_deposit);
    check_caller(row, caller);
    UserAccount& user = with_request(row, find(caller), deposit_request);
    const PendingRecord pending = user.pending_deposit;
    if (pending.round >= round_number_) refuse_stage(row, stage_);
    check_clock(row, now);
    Round& of = *round_of(pending.round);  // kept while it has open claims
    const std::uint64_t shares =
        claim_pro_rata(pending.amount, of.round_volt_tokens, of.underlying_from_pending_deposits);
    of.round_volt_tokens -= shares;
    of.underlying_from_pending_deposits -= pending.amount;
    user.volt_tokens += shares;  // a part of the supply
    user.pending_deposit = {};
    clock_ = now;
    return shares;
}

std::uint64_t Volt::claim_pending_withdrawal(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::claim_pending_withdrawal);
    check_caller(row, caller);
    UserAccount& user = with_request(row, find(caller), withdrawal_request);
    const PendingRecord pending = user.pending_withdrawal;
    if (pending.round >= round_number_) refuse_stage(row, stage_);
    check_clock(row, now);
    Round& of = *round_of(pending.round);
    const std::uint64_t paid =
        claim_pro_rata(pending.amount, of.round_underlying_for_pending_withdrawals,
                       of.volt_tokens_from_pending_withdrawals);
    user.wallet = checked_add(user.wallet, paid);
    user.pending_withdrawal = {};
    of.round_underlying_for_pending_withdrawals -= paid;
    of.volt_tokens_from_pending_withdrawals -= pending.amount;
    clock_ = now;
    return paid;
}

TransferReceipt Volt::deposit_with_claim(CallerId caller, std::uint64_t amount, std::uint64_t now) {
    return claim_then_move(row_of(Operation::deposit_with_claim), caller, amount, now,
                           &UserAccount::pending_deposit, &Volt::claim_pending_deposit,
                           &Volt::deposit_checked);
}

TransferReceipt Volt::withdraw_with_claim(CallerId caller, std::uint64_t shares,
                                          std::uint64_t now) {
    return claim_then_move(row_of(Operation::withdraw_with_claim), caller, shares, now,
                           &UserAccount::pending_withdrawal, &Volt::claim_pending_withdrawal,
                           &Volt::withdraw_checked);
}

TransferReceipt Volt::claim_then_move(const OperationRow& row, CallerId caller,
                                      std::uint64_t amount, std::uint64_t now,
                                      PendingRecord UserAccount::* record, Claim claim, Move move) {
    check_caller(row, caller);
    UserAccount* user = find(caller);
    const std::uint64_t of = user == nullptr ? 0 : (user->*record).round;
    if (of == 0 || of >= round_number_) return (this->*move)(row, caller, amount, now, 0);
    Restore<UserAccount> user_before{*user};
    Restore<Round> round_before{*round_of(of)};
    Restore<std::uint64_t> clock_before{clock_};
    const std::uint64_t claimed = (this->*claim)(caller, now);
    const TransferReceipt receipt = (this->*move)(row, caller, amount, now, claimed);
    user_before.keep();
    round_before.keep();
    clock_before.keep();
    return receipt;
}

}  // namespace voltcore::volts
