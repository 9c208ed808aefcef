#include "voltcore/venues/bank.hpp"

#include "voltcore/venues/bankruptcy.hpp"

namespace voltcore::venues {

BankUpdate updated(const Bank& bank, std::uint64_t now) {
    BankUpdate out{.deposit_index = bank.deposit_index,
                   .borrow_index = bank.borrow_index,
                   .roundings = bank.roundings};
    const auto elapsed = static_cast<std::int64_t>(now - bank.last_updated);
    // Utilisation 0 gives rate 0: nothing would move.
    if (elapsed == 0 || bank.borrows.is_zero()) return out;
    const Accrual next = accrue(bank.config.curve, bank.deposits, bank.borrows, bank.deposit_index,
                                bank.borrow_index, elapsed);
    out.deposit_index = next.deposit_index;
    out.borrow_index = next.borrow_index;
    // The two truncations of the borrow index cost the vault at most two index steps for each
    // borrowed unit; those of the deposit side are in its favour but for less than two steps.
    const I80F48 steps = scale(bank.borrows, 2) / bank.borrow_index;
    out.roundings =
        math::checked_add(bank.roundings, math::checked_cast<std::uint64_t>(steps.floor() + 3));
    return out;
}

namespace {

/// The account's change of units, applied to the bank's totals so that they stay the exact sums.
void carry(Bank& bank, const Balance& before, const Balance& after) {
    bank.deposits = bank.deposits + (after.deposits - before.deposits);
    bank.borrows = bank.borrows + (after.borrows - before.borrows);
    bank.roundings = math::checked_add(bank.roundings, std::uint64_t{2});
}

}  // namespace

void credit(Bank& bank, Balance& balance, I80F48 native) {
    if (native.is_zero()) return;
    Balance next = balance;
    credit(next, bank.cache.deposit_index, bank.cache.borrow_index, native);
    carry(bank, balance, next);
    balance = next;
}

void debit(Bank& bank, Balance& balance, I80F48 native, const char* op) {
    if (native.is_zero()) return;
    Balance next = balance;
    const bool borrowed = debit(next, bank.cache.deposit_index, bank.cache.borrow_index, native);
    carry(bank, balance, next);
    balance = next;
    if (!borrowed) return;
    const I80F48 deposits = bank.deposits * bank.cache.deposit_index;
    const I80F48 borrows = bank.borrows * bank.cache.borrow_index;
    if (deposits.floor() < borrows.ceil()) refuse_liquidity(op, borrows, deposits);
}

I80F48 write_off(Bank& bank, Balance& balance) {
    const TokenLoss loss =
        token_loss(balance.borrows, bank.borrow_index, bank.deposits, bank.deposit_index);
    // The share is cut off and so is its product with the index: depositors keep at most two index
    // steps for each unit, and one step for each native unit in a unit of the index.
    math::i128 steps = bank.deposits.ceil() + 3;
    steps += bank.deposit_index.is_zero() ? 0 : bank.deposits.ceil();
    bank.roundings = math::checked_add(bank.roundings, math::checked_cast<std::uint64_t>(steps));
    bank.borrows -= balance.borrows;
    balance.borrows = I80F48{};
    bank.cache.deposit_index = bank.cache.deposit_index - loss.share * bank.cache.deposit_index;
    bank.deposit_index = loss.deposit_index;
    return loss.share;
}

}  // namespace voltcore::venues
