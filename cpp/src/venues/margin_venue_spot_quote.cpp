#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// A spot trade at a quoted price: what a fill on the spot market comes to once it is settled.

namespace voltcore::venues {

using math::checked_add;
using math::checked_cast;
using math::checked_mul;
using math::checked_sub;
using math::i128;

namespace {

struct SpotAmounts {
    std::uint64_t base = 0;
    std::uint64_t quote = 0;
    std::uint64_t fee = 0;
};

SpotAmounts spot_amounts(const PerpMarketConfig& lots, std::int64_t base_lots,
                         std::int64_t price_lots, I80F48 taker_fee) {
    const i128 size = base_lots < 0 ? -i128{base_lots} : i128{base_lots};
    const i128 quote = checked_mul(checked_mul(size, i128{price_lots}), i128{lots.quote_lot_size});
    return {.base = checked_cast<std::uint64_t>(checked_mul(size, i128{lots.base_lot_size})),
            .quote = checked_cast<std::uint64_t>(quote),
            .fee = checked_cast<std::uint64_t>((I80F48::from_int(quote) * taker_fee).ceil())};
}

}  // namespace

SpotFillReceipt MarginVenue::fill_spot_at_quote(CallerId caller, AccountId account,
                                                std::size_t market, std::int64_t base_lots,
                                                std::int64_t price_lots, I80F48 taker_fee,
                                                std::uint64_t now) {
    constexpr const char* op = "fill_spot_at_quote";
    if (base_lots == 0) refuse_param(op, "base_lots", base_lots, "is zero");
    if (price_lots <= 0) refuse_param(op, "price_lots", price_lots, "is not positive");
    if (taker_fee.is_negative() || taker_fee >= I80F48::from_int(1)) {
        refuse_param(op, "taker_fee", 0, "is not a fee in [0, 1)");
    }
    check_perp(op, market);
    const std::size_t slot = slot_of(static_cast<std::uint8_t>(market), op);  // < 15 markets
    check_account(op, account);
    check_owner(op, caller, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_caches(op, account, slot, market, now);
    return transact(op, [&] {
        const I80F48 before = health_before(op, account);
        const SpotAmounts amounts =
            spot_amounts(markets_[market].perp.config, base_lots, price_lots, taker_fee);
        Balance& held_base = balance_at(account, slot);
        Balance& held_quote = balance_at(account, quote_slot());
        Bank base_bank = banks_[slot];
        Bank quote_bank = banks_[quote_slot()];
        Balance base = held_base;
        Balance quote = held_quote;
        I80F48 outside_balance = outside_balance_;
        if (base_lots < 0) {
            debit(base_bank, base, I80F48::from_int(amounts.base), op);
            pay_from_vault(op, base_bank, outside_balance, amounts.base);
            const std::uint64_t proceeds = checked_sub(amounts.quote, amounts.fee);
            quote_bank.vault = checked_add(quote_bank.vault, proceeds);
            credit(quote_bank, quote, I80F48::from_int(proceeds));
        } else {
            const std::uint64_t cost = checked_add(amounts.quote, amounts.fee);
            debit(quote_bank, quote, I80F48::from_int(cost), op);
            pay_from_vault(op, quote_bank, outside_balance, cost);
            base_bank.vault = checked_add(base_bank.vault, amounts.base);
            credit(base_bank, base, I80F48::from_int(amounts.base));
        }
        Undo undo_base{held_base};
        Undo undo_quote{held_quote};
        held_base = base;
        held_quote = quote;
        check_health_after(op, account, before);
        undo_base.keep();
        undo_quote.keep();
        accounts_[account].being_liquidated = false;
        banks_[slot] = base_bank;
        banks_[quote_slot()] = quote_bank;
        outside_balance_ = outside_balance;
        clock_ = now;
        return SpotFillReceipt{.base_lots = base_lots,
                               .quote = amounts.quote,
                               .fee = amounts.fee,
                               .base_balance = base,
                               .quote_balance = quote};
    });
}

}  // namespace voltcore::venues
