#include <string>

#include "checks.hpp"
#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"
#include "voltcore/venues/perp_exchange.hpp"

// Liquidation: a liquidator takes a position or a borrow over from an account below maintenance.

namespace voltcore::venues {

namespace {

/// The program's name for a missing precondition.
[[noreturn]] void refuse_generic(const char* op, std::string_view field, std::string_view bound) {
    refuse_onchain(ErrorCode::wrong_state, op, "Default", field, {}, bound);
}

LiquidationReceipt receipt_of(const MarginAccount& flags, I80F48 taken, I80F48 paid) {
    return {.taken = taken,
            .paid = paid,
            .being_liquidated = flags.being_liquidated,
            .is_bankrupt = flags.is_bankrupt};
}

}  // namespace

void MarginVenue::check_liquidator(const char* op, CallerId caller, AccountId liquidator,
                                   AccountId account, std::uint64_t now) const {
    check_account(op, liquidator);
    check_account(op, account);
    if (liquidator == account) {
        refuse_onchain(ErrorCode::bad_combination, op, "InvalidAccount", "liquidator",
                       std::to_string(liquidator), "is the account itself");
    }
    check_owner(op, caller, liquidator);
    check_not_bankrupt(op, liquidator);
    check_clock(op, now);
}

void MarginVenue::check_no_perp_orders(const char* op, AccountId account) const {
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const PerpAccount& held = perp_at(account, i);
        if (held.bids_quantity != 0 || held.asks_quantity != 0 || held.taker_base != 0 ||
            held.taker_quote != 0) {
            refuse_generic(op, "perp orders", "or unprocessed events of the account are left");
        }
    }
}

Rescue MarginVenue::begin_rescue(const char* op, AccountId account) const {
    const MarginAccount& held = accounts_[account];
    Rescue out{.init_health = health(account, HealthKind::init), .is_over = false};
    out.is_over = held.being_liquidated && out.init_health.is_positive();
    if (!held.being_liquidated) {
        const I80F48 maint = health(account, HealthKind::maint);
        if (!maint.is_negative()) refuse_not_liquidatable(op, maint);
    }
    return out;
}

MarginAccount MarginVenue::flags_after_rescue(AccountId account) const {
    MarginAccount out = accounts_[account];
    if (health(account, HealthKind::maint).is_negative()) {
        out.being_liquidated = true;
        out.is_bankrupt = has_nothing_left(account);
    } else {
        // Not 0, because of dust: one native unit of quote.
        out.being_liquidated = health(account, HealthKind::init) < I80F48::from_int(-1);
    }
    return out;
}

bool MarginVenue::has_nothing_left(AccountId account) const {
    for (std::size_t slot = 0; slot < banks_.size(); ++slot) {
        if (balance_at(account, slot).deposits > limits_.dust_threshold) return false;
    }
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        const PerpAccount& held = perp_at(account, i);
        if (held.base_position != 0 || held.quote_position.is_positive()) return false;
    }
    for (std::size_t spot = 0; spot < spot_markets_.size(); ++spot) {
        if (!open_orders_at(account, spot).is_empty()) return false;
    }
    return true;
}

std::uint64_t MarginVenue::force_cancel_perp_orders(AccountId account, std::size_t market,
                                                    std::uint64_t limit, std::uint64_t now) {
    constexpr const char* op = "force_cancel_perp_orders";
    check_perp(op, market);
    check_account(op, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_caches(op, account, nothing, market, now);
    return transact(op, [&] {
        const Rescue rescue = begin_rescue(op, account);
        accounts_[account].being_liquidated = !rescue.is_over;
        clock_ = now;
        return rescue.is_over ? 0 : release_perp_orders(account, market, limit);
    });
}

std::uint64_t MarginVenue::force_cancel_spot_orders(AccountId account, std::size_t market,
                                                    std::uint64_t limit, std::uint64_t now) {
    constexpr const char* op = "force_cancel_spot_orders";
    const std::size_t spot = spot_slot(op, market);
    check_account(op, account);
    check_not_bankrupt(op, account);
    check_clock(op, now);
    check_caches(op, account, slot_of(static_cast<std::uint8_t>(market), op), nothing, now);
    return transact(op, [&] {
        const Rescue rescue = begin_rescue(op, account);
        std::uint64_t gone = 0;
        if (!rescue.is_over) {
            gone = release_spot_orders(account, spot, limit);
            settle_spot(account, spot);
        }
        accounts_[account].being_liquidated = !rescue.is_over;
        clock_ = now;
        return gone;
    });
}

LiquidationReceipt MarginVenue::liquidate_perp(CallerId caller, AccountId liquidator,
                                               AccountId account, std::size_t market,
                                               std::int64_t base_lots, std::uint64_t now) {
    constexpr const char* op = "liquidate_perp";
    check_perp(op, market);
    check_liquidator(op, caller, liquidator, account, now);
    check_not_bankrupt(op, account);
    check_caches(op, liquidator, nothing, market, now);
    check_caches(op, account, nothing, market, now);
    const std::int64_t position = perp_at(account, market).base_position;
    if (position == 0) refuse_generic(op, "base_position", "is zero");
    if (base_lots == 0 || (base_lots > 0) != (position > 0)) {
        refuse_param(op, "base_lots", base_lots, "has not the sign of the position");
    }
    check_no_perp_orders(op, account);
    return transact(op, [&] {
        const Rescue rescue = begin_rescue(op, account);
        if (rescue.is_over) return end_rescue(account, now);
        PerpMarket& perp = markets_[market].perp;
        const PerpLiquidationAmounts moved = perp_liquidation_amounts(
            rescue.init_health, position, base_lots, markets_[market].oracle.price,
            perp.config.base_lot_size, perp.weights.init, perp.config.liquidation_fee);
        PerpAccount& taker_held = perp_at(liquidator, market);
        PerpAccount& held = perp_at(account, market);
        PerpAccount taker = taker_held;
        PerpAccount next = held;
        const std::int64_t open_interest =
            exchange(perp, next, taker, moved.base_lots, -moved.quote);
        Undo undo_taker{taker_held};
        Undo undo_held{held};
        taker_held = taker;
        held = next;
        check_liquidator_health(op, liquidator);
        const MarginAccount flags = flags_after_rescue(account);
        undo_taker.keep();
        undo_held.keep();
        accounts_[account] = flags;
        perp.open_interest = open_interest;
        clock_ = now;
        return receipt_of(flags, I80F48::from_int(moved.base_lots), moved.quote);
    });
}

LiquidationReceipt MarginVenue::end_rescue(AccountId account, std::uint64_t now) {
    accounts_[account].being_liquidated = false;
    clock_ = now;
    return {};
}

void MarginVenue::check_liquidator_health(const char* op, AccountId liquidator) const {
    const I80F48 after = health(liquidator, HealthKind::init);
    if (after.is_negative()) refuse_health(op, after);
}

LiquidationSide MarginVenue::token_side(std::size_t slot, bool is_asset) const {
    const I80F48 one = I80F48::from_int(1);
    if (slot == quote_slot()) return {.price = one, .weight = one, .fee_factor = one};
    const Bank& bank = banks_[slot];
    const Weights& init = bank.weights.init;
    return {.price = markets_[bank.config.index].oracle.price,
            .weight = is_asset ? init.asset : init.liability,
            .fee_factor =
                is_asset ? one + bank.config.liquidation_fee : one - bank.config.liquidation_fee};
}

LiquidationReceipt MarginVenue::liquidate_token_and_token(CallerId caller, AccountId liquidator,
                                                          AccountId account, std::uint8_t asset,
                                                          std::uint8_t liability,
                                                          I80F48 max_liability, std::uint64_t now) {
    constexpr const char* op = "liquidate_token_and_token";
    const std::size_t asset_slot = slot_of(asset, op);
    const std::size_t liability_slot = slot_of(liability, op);
    if (asset == liability) {
        refuse_unsigned_param(op, "liability", liability, "is the asset itself");
    }
    check_positive(op, max_liability);
    check_liquidator(op, caller, liquidator, account, now);
    check_not_bankrupt(op, account);
    for (const AccountId each : {liquidator, account}) {
        check_caches(op, each, asset_slot, nothing, now);
        check_caches(op, each, liability_slot, nothing, now);
    }
    if (!balance_at(account, asset_slot).deposits.is_positive()) {
        refuse_generic(op, "asset", "is no deposit of the account");
    }
    if (!balance_at(account, liability_slot).borrows.is_positive()) {
        refuse_generic(op, "liability", "is no borrow of the account");
    }
    check_no_perp_orders(op, account);
    return transact(op, [&] {
        const Rescue rescue = begin_rescue(op, account);
        if (rescue.is_over) return end_rescue(account, now);
        const LiquidationSide give = token_side(asset_slot, true);
        const LiquidationSide owe = token_side(liability_slot, false);
        const LiquidationAmounts moved = liquidation_amounts(
            liquidation_deficit(rescue.init_health, give, owe), max_liability,
            native_at(account, asset_slot), -native_at(account, liability_slot), give, owe);
        Bank asset_bank = banks_[asset_slot];
        Bank liability_bank = banks_[liability_slot];
        Balance& account_asset = balance_at(account, asset_slot);
        Balance& account_liability = balance_at(account, liability_slot);
        Balance& taker_asset = balance_at(liquidator, asset_slot);
        Balance& taker_liability = balance_at(liquidator, liability_slot);
        Undo undo_1{account_asset};
        Undo undo_2{account_liability};
        Undo undo_3{taker_asset};
        Undo undo_4{taker_liability};
        credit(liability_bank, account_liability, moved.liability);
        debit(liability_bank, taker_liability, moved.liability, op);
        credit(asset_bank, taker_asset, moved.asset);
        debit(asset_bank, account_asset, moved.asset, op);
        check_liquidator_health(op, liquidator);
        const MarginAccount flags = flags_after_rescue(account);
        undo_1.keep();
        undo_2.keep();
        undo_3.keep();
        undo_4.keep();
        banks_[asset_slot] = asset_bank;
        banks_[liability_slot] = liability_bank;
        accounts_[account] = flags;
        clock_ = now;
        return receipt_of(flags, moved.liability, moved.asset);
    });
}

LiquidationReceipt MarginVenue::liquidate_token_and_perp(CallerId caller, AccountId liquidator,
                                                         AccountId account, std::uint8_t token,
                                                         std::size_t market, bool token_is_asset,
                                                         I80F48 max_liability, std::uint64_t now) {
    constexpr const char* op = "liquidate_token_and_perp";
    const std::size_t slot = slot_of(token, op);
    check_perp(op, market);
    check_positive(op, max_liability);
    check_liquidator(op, caller, liquidator, account, now);
    check_not_bankrupt(op, account);
    check_caches(op, liquidator, slot, market, now);
    check_caches(op, account, slot, market, now);
    check_no_perp_orders(op, account);
    return transact(op, [&] {
        PerpAccount taker = funded(liquidator, market);
        PerpAccount next = funded(account, market);
        const I80F48 net = native_at(account, slot);
        if (next.base_position != 0) refuse_generic(op, "base_position", "is not zero");
        const bool fits = token_is_asset ? net.is_positive() && next.quote_position.is_negative()
                                         : net.is_negative() && next.quote_position.is_positive();
        if (!fits) refuse_generic(op, "token", "and perp quote are not the asset and liability");
        const Rescue rescue = begin_rescue(op, account);
        if (rescue.is_over) return end_rescue(account, now);
        const I80F48 one = I80F48::from_int(1);
        const LiquidationSide perp_side{.price = one, .weight = one, .fee_factor = one};
        const LiquidationSide give = token_is_asset ? token_side(slot, true) : perp_side;
        const LiquidationSide owe = token_is_asset ? perp_side : token_side(slot, false);
        const I80F48 asset = token_is_asset ? net : next.quote_position;
        const I80F48 liability = token_is_asset ? -next.quote_position : -net;
        // Quote against quote: nothing weighs, the whole balance may go.
        const I80F48 deficit =
            slot == quote_slot() ? abs(net) : liquidation_deficit(rescue.init_health, give, owe);
        const LiquidationAmounts moved =
            liquidation_amounts(deficit, max_liability, asset, liability, give, owe);
        Bank bank = banks_[slot];
        Balance& account_token = balance_at(account, slot);
        Balance& taker_token = balance_at(liquidator, slot);
        PerpAccount& taker_held = perp_at(liquidator, market);
        PerpAccount& held = perp_at(account, market);
        Undo undo_1{account_token};
        Undo undo_2{taker_token};
        Undo undo_3{taker_held};
        Undo undo_4{held};
        if (token_is_asset) {
            next.quote_position += moved.liability;
            taker.quote_position -= moved.liability;
            credit(bank, taker_token, moved.asset);
            debit(bank, account_token, moved.asset, op);
        } else {
            credit(bank, account_token, moved.liability);
            debit(bank, taker_token, moved.liability, op);
            taker.quote_position += moved.asset;
            next.quote_position -= moved.asset;
        }
        taker_held = taker;
        held = next;
        check_liquidator_health(op, liquidator);
        const MarginAccount flags = flags_after_rescue(account);
        undo_1.keep();
        undo_2.keep();
        undo_3.keep();
        undo_4.keep();
        banks_[slot] = bank;
        accounts_[account] = flags;
        clock_ = now;
        return receipt_of(flags, moved.liability, moved.asset);
    });
}

}  // namespace voltcore::venues
