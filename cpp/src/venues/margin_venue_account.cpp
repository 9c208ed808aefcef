#include <algorithm>

#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// What an owner does with a margin account: deposit, withdraw, trade.

namespace voltcore::venues {

namespace {

/// Room for `more` elements at amortised cost, before any of them is added.
template <class T>
void grow(std::vector<T>& values, std::size_t more) {
    const std::size_t needed = values.size() + more;
    if (needed > values.capacity()) values.reserve(std::max(needed, 2 * values.capacity()));
}

}  // namespace

AccountId MarginVenue::add_account(CallerId caller, std::uint64_t now) {
    constexpr const char* op = "add_account";
    if (caller == 0) refuse_caller(op, caller, "owner of anything");
    if (accounts_.size() >= most_accounts) {
        refuse_unsigned_param(op, "accounts", accounts_.size(), "is the most a venue holds");
    }
    check_clock(op, now);
    // All memory first: what follows cannot fail.
    grow(accounts_, 1);
    grow(balances_, banks_.size());
    grow(perp_accounts_, markets_.size());
    grow(open_orders_, spot_markets_.size());
    accounts_.push_back({.owner = caller});
    balances_.resize(balances_.size() + banks_.size());
    perp_accounts_.resize(perp_accounts_.size() + markets_.size());
    open_orders_.resize(open_orders_.size() + spot_markets_.size());
    clock_ = now;
    return static_cast<AccountId>(accounts_.size() - 1);
}

BalanceReceipt MarginVenue::deposit(CallerId caller, AccountId account, std::uint8_t token,
                                    std::uint64_t amount, std::uint64_t now) {
    constexpr const char* op = "deposit";
    const std::size_t slot = slot_of(token, op);
    check_account(op, account);
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_bank_cache(op, slot, now);
    return transact(op, [&] {
        Bank bank = banks_[slot];
        Balance balance = balance_at(account, slot);
        bank.vault = math::checked_add(bank.vault, amount);
        credit(bank, balance, I80F48::from_int(amount));
        banks_[slot] = bank;
        balance_at(account, slot) = balance;
        clock_ = now;
        return BalanceReceipt{.amount = amount, .balance = balance};
    });
}

void MarginVenue::pay_from_vault(const char* op, Bank& bank, I80F48& outside_balance,
                                 std::uint64_t amount) const {
    if (bank.vault < amount) {
        const bool is_quote = bank.config.index == quote_token_index;
        if (!unlimited_pnl_counterparty_ || !is_quote) {
            refuse_liquidity(op, I80F48::from_int(amount), I80F48::from_int(bank.vault));
        }
        // The outside counterparty pays in what it owes for settled profits.
        outside_balance += I80F48::from_int(amount - bank.vault);
        bank.vault = amount;
    }
    bank.vault -= amount;
}

BalanceReceipt MarginVenue::withdraw(CallerId caller, AccountId account, std::uint8_t token,
                                     std::uint64_t amount, bool allow_borrow, std::uint64_t now) {
    constexpr const char* op = "withdraw";
    const std::size_t slot = slot_of(token, op);
    check_account(op, account);
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_caches(op, account, slot, nothing, now);
    return transact(op, [&] {
        Bank bank = banks_[slot];
        Balance& held = balance_at(account, slot);
        const I80F48 deposited = held.deposits * bank.cache.deposit_index;
        std::uint64_t paid = amount;
        if (!allow_borrow) {
            if (amount == whole_deposit) {
                paid = math::checked_cast<std::uint64_t>(deposited.floor());
            } else if (deposited < I80F48::from_int(amount)) {
                refuse_balance(op, amount, deposited);
            }
        }
        I80F48 outside_balance = outside_balance_;
        Balance balance = held;
        debit(bank, balance, I80F48::from_int(paid), op);
        pay_from_vault(op, bank, outside_balance, paid);
        Undo undo{held};
        held = balance;
        if (enforce_health_) {
            const I80F48 after = health(account, HealthKind::init);
            if (after.is_negative()) refuse_health(op, after);
        }
        undo.keep();
        accounts_[account].being_liquidated = false;
        banks_[slot] = bank;
        outside_balance_ = outside_balance;
        clock_ = now;
        return BalanceReceipt{.amount = paid, .balance = balance};
    });
}

FillReceipt MarginVenue::fill_at_quote(CallerId caller, AccountId account, std::size_t market,
                                       std::int64_t base_lots, std::int64_t price_lots,
                                       std::uint64_t now, bool off_book) {
    constexpr const char* op = "fill_at_quote";
    if (base_lots == 0) refuse_param(op, "base_lots", base_lots, "is zero");
    if (price_lots <= 0) refuse_param(op, "price_lots", price_lots, "is not positive");
    check_perp(op, market);
    check_account(op, account);
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_caches(op, account, nothing, market, now);
    return transact(op, [&] {
        MarginAccount& owner = accounts_[account];
        PerpMarket& perp = markets_[market].perp;
        PerpAccount& held = perp_at(account, market);
        const bool reads_health = enforce_health_ || owner.being_liquidated;
        const I80F48 before = reads_health ? health(account, HealthKind::init) : I80F48{};
        if (owner.being_liquidated && before.is_negative()) {
            refuse_state(op, "BeingLiquidated", account);
        }

        PerpAccount taker = held;
        PerpAccount maker = perp.counterparty;
        venues::settle_funding(taker, perp.cache.long_funding, perp.cache.short_funding);
        venues::settle_funding(maker, perp.cache.long_funding, perp.cache.short_funding);
        FillReceipt out{
            .base_lots = base_lots,
            .quote =
                -scale(scale(I80F48::from_int(price_lots), perp.config.quote_lot_size), base_lots),
            .fee = {},
            .funding = taker.quote_position - held.quote_position,
            .base_position = 0,
            .quote_position = {}};
        I80F48 maker_fee;
        if (!off_book) {
            out.fee = abs(out.quote) * perp.config.taker_fee;
            maker_fee = abs(out.quote) * perp.config.maker_fee;
        }
        taker.base_position = math::checked_add(taker.base_position, base_lots);
        taker.quote_position = (taker.quote_position - out.fee) + out.quote;
        maker.base_position = math::checked_sub(maker.base_position, base_lots);
        maker.quote_position = (maker.quote_position - maker_fee) - out.quote;
        const I80F48 fees_accrued = perp.fees_accrued + (out.fee + maker_fee);
        std::int64_t open_interest = math::checked_sub(perp.open_interest, open_interest_of(held));
        open_interest = math::checked_sub(open_interest, open_interest_of(perp.counterparty));
        open_interest = math::checked_add(open_interest, open_interest_of(taker));
        open_interest = math::checked_add(open_interest, open_interest_of(maker));

        Undo undo{held};
        held = taker;
        if (enforce_health_) {
            const I80F48 after = health(account, HealthKind::init);
            if (after.is_negative() && (!before.is_negative() || after < before)) {
                refuse_health(op, after);
            }
        }
        undo.keep();
        owner.being_liquidated = false;
        perp.counterparty = maker;
        perp.fees_accrued = fees_accrued;
        perp.open_interest = open_interest;
        clock_ = now;
        out.base_position = taker.base_position;
        out.quote_position = taker.quote_position;
        return out;
    });
}

}  // namespace voltcore::venues
