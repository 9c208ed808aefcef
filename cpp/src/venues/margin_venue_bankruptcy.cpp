#include <algorithm>
#include <string>

#include "checks.hpp"
#include "transaction.hpp"
#include "voltcore/venues/bankruptcy.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Bankruptcy: insurance pays a liquidator to take the debt over, what is left falls on everyone.

namespace voltcore::venues {

void MarginVenue::deposit_insurance(std::uint64_t amount, std::uint64_t now) {
    constexpr const char* op = "deposit_insurance";
    check_clock(op, now);
    transact(op, [&] { insurance_vault_ = math::checked_add(insurance_vault_, amount); });
    clock_ = now;
}

void MarginVenue::check_resolving(const char* op, CallerId caller, AccountId liquidator,
                                  AccountId account, std::uint64_t now) const {
    check_liquidator(op, caller, liquidator, account, now);
    if (!accounts_[account].is_bankrupt) {
        refuse_onchain(ErrorCode::wrong_state, op, "Default", "account", std::to_string(account),
                       "is not bankrupt");
    }
}

bool MarginVenue::is_free_of_debt(AccountId account) const {
    for (std::size_t slot = 0; slot < banks_.size(); ++slot) {
        if (balance_at(account, slot).borrows > limits_.dust_threshold) return false;
    }
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const PerpAccount& held = perp_at(account, i);
        if (held.base_position != 0 || held.quote_position.is_negative()) return false;
    }
    return true;
}

BankruptcyReceipt MarginVenue::resolve_perp_bankruptcy(CallerId caller, AccountId liquidator,
                                                       AccountId account, std::size_t market,
                                                       I80F48 max_liability, std::uint64_t now) {
    constexpr const char* op = "resolve_perp_bankruptcy";
    check_perp(op, market);
    check_positive(op, max_liability);
    check_resolving(op, caller, liquidator, account, now);
    check_perp_cache(op, market, now);
    check_bank_cache(op, quote_slot(), now);
    return transact(op, [&] {
        PerpMarket perp = markets_[market].perp;
        PerpAccount taker = funded(liquidator, market);
        PerpAccount next = funded(account, market);
        if (!next.quote_position.is_negative()) {
            refuse_onchain(ErrorCode::wrong_state, op, "Default", "quote_position", {},
                           "is not negative");
        }
        const math::i128 wanted = std::min(max_liability, -next.quote_position).ceil();
        const auto pay =
            static_cast<std::uint64_t>(std::min<math::i128>(wanted, math::i128{insurance_vault_}));
        const I80F48 paid = I80F48::from_int(pay);
        Bank bank = banks_[quote_slot()];
        Balance cash = balance_at(liquidator, quote_slot());
        bank.vault = math::checked_add(bank.vault, pay);
        credit(bank, cash, paid);
        next.quote_position += paid;
        taker.quote_position -= paid;
        I80F48 loss;
        if (pay == insurance_vault_ && next.quote_position.is_negative()) {
            loss = perp_loss_per_lot(next.quote_position, perp.open_interest);
            perp.dust += next.quote_position;
            next.quote_position = I80F48{};
            move_funding(perp, -loss, loss);
        }
        BankruptcyReceipt out{.insurance = pay, .liability = paid, .loss = loss};
        Undo undo_held{perp_at(account, market)};
        perp_at(account, market) = next;
        out.is_bankrupt = !is_free_of_debt(account);
        undo_held.keep();
        perp_at(liquidator, market) = taker;
        balance_at(liquidator, quote_slot()) = cash;
        banks_[quote_slot()] = bank;
        markets_[market].perp = perp;
        insurance_vault_ -= pay;
        accounts_[account].is_bankrupt = out.is_bankrupt;
        clock_ = now;
        return out;
    });
}

BankruptcyReceipt MarginVenue::resolve_token_bankruptcy(CallerId caller, AccountId liquidator,
                                                        AccountId account, std::uint8_t token,
                                                        I80F48 max_liability, std::uint64_t now) {
    constexpr const char* op = "resolve_token_bankruptcy";
    const std::size_t slot = slot_of(token, op);
    check_positive(op, max_liability);
    check_resolving(op, caller, liquidator, account, now);
    check_caches(op, liquidator, slot, nothing, now);
    check_caches(op, account, slot, nothing, now);
    return transact(op, [&] {
        const bool is_quote = slot == quote_slot();
        const LiquidationSide owe = token_side(slot, false);
        const I80F48 borrow = -native_at(account, slot);
        if (!borrow.is_positive()) {
            refuse_onchain(ErrorCode::wrong_state, op, "Default", "token", {},
                           "is no borrow of the account");
        }
        const I80F48 insurance = I80F48::from_int(insurance_vault_);
        const I80F48 insured = (insurance * owe.fee_factor) / owe.price;
        const I80F48 wanted = std::min({max_liability, borrow, insured});
        const auto pay = static_cast<std::uint64_t>(std::min<math::i128>(
            ((wanted * owe.price) / owe.fee_factor).ceil(), math::i128{insurance_vault_}));
        const I80F48 liability = (I80F48::from_int(pay) * owe.fee_factor) / owe.price;

        Balance& account_held = balance_at(account, slot);
        Balance& taker_held = balance_at(liquidator, slot);
        Balance& cash_held = balance_at(liquidator, quote_slot());
        Undo undo_account{account_held};
        Undo undo_taker{taker_held};
        Undo undo_cash{cash_held};
        Bank quote_bank = banks_[quote_slot()];
        Bank own_bank = banks_[slot];
        Bank& bank = is_quote ? quote_bank : own_bank;
        quote_bank.vault = math::checked_add(quote_bank.vault, pay);
        credit(quote_bank, cash_held, I80F48::from_int(pay));
        credit(bank, account_held, liability);
        debit(bank, taker_held, liability, op);
        if (pay > 0) check_liquidator_health(op, liquidator);
        BankruptcyReceipt out{.insurance = pay, .liability = liability, .loss = {}};
        if (pay == insurance_vault_ && account_held.borrows.is_positive()) {
            out.loss = write_off(bank, account_held);
        }
        out.is_bankrupt = !is_free_of_debt(account);
        undo_account.keep();
        undo_taker.keep();
        undo_cash.keep();
        banks_[slot] = own_bank;
        banks_[quote_slot()] = quote_bank;
        insurance_vault_ -= pay;
        accounts_[account].is_bankrupt = out.is_bankrupt;
        clock_ = now;
        return out;
    });
}

}  // namespace voltcore::venues
