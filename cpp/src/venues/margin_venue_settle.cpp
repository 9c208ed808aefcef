#include <algorithm>

#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Settling: funding into the position, profits and losses into deposits, fees into the fee vault.

namespace voltcore::venues {

I80F48 MarginVenue::settle_funding(AccountId account, std::size_t market, std::uint64_t now) {
    constexpr const char* op = "settle_funding";
    check_perp(op, market);
    check_account(op, account);
    check_clock(op, now);
    check_perp_cache(op, market, now);
    return transact(op, [&] {
        const PerpMarketCache& cache = markets_[market].perp.cache;
        PerpAccount& held = perp_at(account, market);
        PerpAccount next = held;
        venues::settle_funding(next, cache.long_funding, cache.short_funding);
        const I80F48 received = next.quote_position - held.quote_position;
        held = next;
        clock_ = now;
        return received;
    });
}

void MarginVenue::check_settling(const char* op, AccountId account, std::size_t market,
                                 std::uint64_t now) const {
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_price_cache(op, market, now);
    check_perp_cache(op, market, now);
    check_bank_cache(op, quote_slot(), now);
}

PerpAccount MarginVenue::funded(AccountId account, std::size_t market) const {
    const PerpMarketCache& cache = markets_[market].perp.cache;
    PerpAccount out = perp_at(account, market);
    venues::settle_funding(out, cache.long_funding, cache.short_funding);
    return out;
}

I80F48 MarginVenue::settle_pnl(AccountId a, AccountId b, std::size_t market, std::uint64_t now) {
    constexpr const char* op = "settle_pnl";
    check_perp(op, market);
    check_account(op, a);
    check_account(op, b);
    if (a == b) {
        refuse_onchain(ErrorCode::bad_combination, op, "InvalidAccount", "b", std::to_string(b),
                       "is the same account as a");
    }
    check_settling(op, a, market, now);
    check_not_bankrupt(op, b);
    return transact(op, [&] {
        const PerpMarketConfig& config = markets_[market].perp.config;
        const I80F48 price = markets_[market].oracle.price;
        PerpAccount perp_a = funded(a, market);
        PerpAccount perp_b = funded(b, market);
        const I80F48 settled = settlement(profit(perp_a, config.base_lot_size, price),
                                          profit(perp_b, config.base_lot_size, price));
        Bank bank = banks_[quote_slot()];
        Balance balance_a = balance_at(a, quote_slot());
        Balance balance_b = balance_at(b, quote_slot());
        perp_a.quote_position -= settled;
        perp_b.quote_position += settled;
        // The winner first, so that the loser may borrow what the winner leaves in the bank.
        credit(bank, settled.is_negative() ? balance_b : balance_a, abs(settled));
        debit(bank, settled.is_negative() ? balance_a : balance_b, abs(settled), op);
        perp_at(a, market) = perp_a;
        perp_at(b, market) = perp_b;
        balance_at(a, quote_slot()) = balance_a;
        balance_at(b, quote_slot()) = balance_b;
        banks_[quote_slot()] = bank;
        clock_ = now;
        return settled;
    });
}

I80F48 MarginVenue::settle_pnl_outside(AccountId account, std::size_t market, std::uint64_t now) {
    constexpr const char* op = "settle_pnl_outside";
    check_perp(op, market);
    check_account(op, account);
    if (!unlimited_pnl_counterparty_) {
        refuse_onchain(ErrorCode::wrong_state, op, "InvalidAccount", "unlimited_pnl_counterparty",
                       {}, "is switched off");
    }
    check_settling(op, account, market, now);
    return transact(op, [&] {
        PerpMarket& perp = markets_[market].perp;
        PerpAccount next = funded(account, market);
        I80F48 settled = profit(next, perp.config.base_lot_size, markets_[market].oracle.price);
        Bank bank = banks_[quote_slot()];
        Balance balance = balance_at(account, quote_slot());
        if (settled.is_negative()) {
            const I80F48 deposited = balance.deposits * bank.cache.deposit_index;
            settled = std::max(settled, -deposited);
            debit(bank, balance, -settled, op);
        } else {
            credit(bank, balance, settled);
        }
        next.quote_position -= settled;
        const I80F48 counterparty_quote = perp.counterparty.quote_position + settled;
        const I80F48 outside_balance = outside_balance_ - settled;
        perp_at(account, market) = next;
        balance_at(account, quote_slot()) = balance;
        banks_[quote_slot()] = bank;
        perp.counterparty.quote_position = counterparty_quote;
        outside_balance_ = outside_balance;
        clock_ = now;
        return settled;
    });
}

std::uint64_t MarginVenue::settle_fees(AccountId account, std::size_t market, std::uint64_t now) {
    constexpr const char* op = "settle_fees";
    check_perp(op, market);
    check_account(op, account);
    check_settling(op, account, market, now);
    return transact(op, [&] {
        PerpMarket& perp = markets_[market].perp;
        PerpAccount next = funded(account, market);
        const I80F48 loss = -profit(next, perp.config.base_lot_size, markets_[market].oracle.price);
        const I80F48 owed = std::min(loss, perp.fees_accrued);
        const auto paid = owed.is_positive() ? math::checked_cast<std::uint64_t>(owed.floor()) : 0;
        const I80F48 amount = I80F48::from_int(paid);
        Bank bank = banks_[quote_slot()];
        Balance balance = balance_at(account, quote_slot());
        I80F48 outside_balance = outside_balance_;
        debit(bank, balance, amount, op);
        pay_from_vault(op, bank, outside_balance, paid);
        const std::uint64_t fee_vault = math::checked_add(fee_vault_, paid);
        next.quote_position += amount;
        const I80F48 fees_accrued = perp.fees_accrued - amount;
        perp_at(account, market) = next;
        balance_at(account, quote_slot()) = balance;
        banks_[quote_slot()] = bank;
        perp.fees_accrued = fees_accrued;
        outside_balance_ = outside_balance;
        fee_vault_ = fee_vault;
        clock_ = now;
        return paid;
    });
}

}  // namespace voltcore::venues
