#include <algorithm>
#include <optional>
#include <vector>

#include "refusal.hpp"
#include "saturating.hpp"
#include "venue_undo.hpp"
#include "voltcore/volts/fees.hpp"
#include "voltcore/volts/sizing.hpp"
#include "voltcore/volts/volt.hpp"

// The cranks that move money between rounds: fees, set-up, end, withdrawal fees, start.

namespace voltcore::volts {

using math::checked_add;
using math::checked_cast;
using math::checked_mul;
using math::i128;
using math::u128;

namespace {

/// Room for one more, so that the next push_back cannot fail; doubled, as push_back itself would.
template <class T>
void make_room(std::vector<T>& values) {
    if (values.size() == values.capacity())
        values.reserve(std::max<std::size_t>(4, 2 * values.size()));
}

}  // namespace

void Volt::settle_legs(std::uint64_t now) {
    const std::size_t first = std::min(config_.target_perp, config_.hedge_perp);
    const std::size_t last = std::max(config_.target_perp, config_.hedge_perp);
    for (std::size_t market = first; market <= last; ++market) {
        if (market != first && market != last) continue;
        if (venue_.has_unlimited_pnl_counterparty()) {
            venue_.settle_pnl_outside(margin_account_, market, now);
            continue;
        }
        // Any account of the opposite sign will do; settle_pnl moves nothing between equal signs.
        const auto count = static_cast<venues::AccountId>(venue_.accounts().size());
        for (venues::AccountId other = 0; other < count; ++other) {
            if (other == margin_account_ || venue_.account(other).is_bankrupt) continue;
            venue_.settle_pnl(margin_account_, other, market, now);
        }
    }
}

FeesReceipt Volt::take_performance_fees(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::take_performance_fees);
    begin(row, caller, now);
    FeesReceipt out;
    out.assets = assets_for(row.name.data(), now);
    out.pnl = static_cast<i128>(out.assets) - static_cast<i128>(round().aum_at_epoch_start);
    const FeeRates rates = config_.fees.rates();
    out.performance_fee = fee(out.pnl, rates.performance_bps);
    out.aum_fee = aum_fee(out.assets, rates.aum_bps, now - epoch_start_);
    const std::uint64_t total = checked_add(out.performance_fee, out.aum_fee);
    const std::uint64_t fees = checked_add(fee_account_, total);
    out.from_pool = std::min(deposit_pool_, total);
    out.from_venue = total - out.from_pool;
    if (out.from_venue > 0) {
        VenueUndo undo{*this};
        settle_legs(now);
        venue_.withdraw(volt_authority, margin_account_, venues::quote_token_index, out.from_venue,
                        false, now);
        undo.keep();
    }
    fee_account_ = fees;
    deposit_pool_ -= out.from_pool;
    moved_from_venue_ += out.from_venue;  // u64 amounts: 2^64 of them before it wraps
    round().aum_at_epoch_end = out.assets;
    entropy_round_.acct_equity_before_next_rebalance = out.assets;
    entropy_round_.pnl_quote = out.pnl;
    entropy_round_.performance_fees_quote = out.performance_fee;
    entropy_round_.aum_fees_quote = out.aum_fee;
    epoch_.aum_end = out.assets;
    epoch_.pnl = out.pnl;
    epoch_.performance_fees = out.performance_fee;
    epoch_.aum_fees = out.aum_fee;
    stage_ = Stage::fees_taken;
    clock_ = now;
    return out;
}

SetupReceipt Volt::setup_rebalance(CallerId caller, std::uint64_t now,
                                   std::optional<I80F48> expected_oracle_price,
                                   std::optional<I80F48> mark_price) {
    const OperationRow& row = row_of(Operation::setup_rebalance);
    begin(row, caller, now);
    const venues::Market& target = market_of(config_.target_perp);
    if (expected_oracle_price) {
        const I80F48 price = market_of(target.oracle.config.underlying).oracle.price;
        const I80F48 distance = abs(price - *expected_oracle_price);
        if (checked_mul(distance.bits(), i128{10'000}) >
            checked_mul(expected_oracle_price->bits(), i128{100})) {
            refuse_rule(ErrorCode::price_bound, row.name,
                        "RealizedOraclePriceTooFarOffClientProvided", "expected_oracle_price",
                        "is more than 1 % off");
        }
    }
    I80F48 size_price = target.oracle.price;
    if (config_.strategy.size_price == SizePrice::mark) {
        if (!mark_price || !mark_price->is_positive()) {
            refuse_rule(ErrorCode::not_positive, row.name, {}, "mark_price",
                        "is needed: sizes follow the mark");
        }
        size_price = *mark_price;
    }
    const Round& present = round();
    const I80F48 equity_before = equity(now);
    SetupReceipt out;
    out.assets = assets_from(row.name.data(), equity_before);
    out.supply = shares_outstanding();
    const std::uint64_t deposits = present.underlying_from_pending_deposits;
    const std::uint64_t leaving = present.volt_tokens_from_pending_withdrawals;
    if (out.supply > 0 && out.assets == 0) {
        refuse_rule(ErrorCode::funds, row.name, "NewEquityMustBeHigherThanDepositAmount", "assets",
                    "back shares that exist already with nothing");
    }
    const RoundAmounts amounts =
        round_amounts(deposits, leaving, {.assets = out.assets, .supply = out.supply});
    out.withdraw = amounts.withdraw;
    out.mint = amounts.mint;
    const std::uint64_t pool = checked_add(deposit_pool_, present.round_underlying);
    out.kept = std::min(pool, out.withdraw);
    out.moved = pool - out.kept;
    out.shortfall = out.withdraw - out.kept;
    out.net = static_cast<i128>(deposits) - static_cast<i128>(out.withdraw);

    // Minting must fit at EndRound, when nothing may refuse any more.
    static_cast<void>(checked_add(supply_, out.mint));
    std::optional<VenueUndo> undo;
    I80F48 equity_after = equity_before;
    if (out.moved > 0) {
        undo.emplace(*this);
        venue_.deposit(volt_authority, margin_account_, venues::quote_token_index, out.moved, now);
        equity_after = venue_.equity(margin_account_);
    }
    out.equity_target = equity_after - I80F48::from_int(out.shortfall);
    if (out.equity_target.is_negative()) refuse_equity(row.name);
    out.target_lots = volts::target_lots(out.equity_target, config_.strategy.target_leverage,
                                         size_price, target.perp.config.base_lot_size);
    if (undo) undo->keep();

    deposit_pool_ = out.kept;
    moved_to_venue_ += out.moved;
    Round& open = round();
    open.round_underlying = 0;
    open.withdraw_amt_native = out.withdraw;
    open.minted_volt_tokens = out.mint;
    EntropyRound& work = entropy_round_;
    work.initial_equity = equity_before;
    work.assets_at_setup = out.assets;
    work.total_volt_supply = out.supply;
    work.deposit_amt_native = deposits;
    work.withdraw_shares = leaving;
    work.withdraw_amt_native = out.withdraw;
    work.withdraw_comp_from_deposit_native = out.kept;
    work.deposit_amt_quote = out.moved;
    work.net_deposits_quote = out.net;
    work.new_equity_post_deposit = equity_after;
    work.equity_target = out.equity_target;
    work.oracle_price = market_of(config_.target_perp).oracle.price;
    work.target_lots = out.target_lots;
    epoch_.share_price_assets = out.assets;
    epoch_.share_price_supply = out.supply;
    stage_ = Stage::ready;
    clock_ = now;
    return out;
}

EndRoundReceipt Volt::end_round(CallerId caller, std::uint64_t now, bool bypass) {
    const OperationRow& row = row_of(bypass ? Operation::end_round_bypass : Operation::end_round);
    begin(row, caller, now);
    check_no_off_book_order(row.name.data(), now);
    const EntropyRound& work = entropy_round_;
    const std::uint64_t most = work.withdraw_amt_native;
    std::optional<VenueUndo> undo;
    if (most > deposit_pool_) {
        undo.emplace(*this);
        venue_.require_fresh(margin_account_, now);
        settle_legs(now);
    }
    const std::uint64_t held = assets_for(row.name.data(), now);
    // Chosen: a margin account that may be liquidated does not end a round.
    if (venue_.enforces_health() &&
        venue_.health(margin_account_, venues::HealthKind::maint).is_negative()) {
        refuse_rule(ErrorCode::margin, row.name, "UnhealthyEntropyAccount", "maintenance health",
                    "is negative");
    }
    EndRoundReceipt out;
    out.minted = round().minted_volt_tokens;
    out.paid = capped_payout(most, work.withdraw_shares, work.deposit_amt_native, held,
                             work.total_volt_supply);
    out.from_venue = out.paid > deposit_pool_ ? out.paid - deposit_pool_ : 0;
    out.rebalance_pnl = static_cast<i128>(held) - static_cast<i128>(work.deposit_amt_native) -
                        static_cast<i128>(work.assets_at_setup);
    if (out.from_venue > 0) {
        venue_.withdraw(volt_authority, margin_account_, venues::quote_token_index, out.from_venue,
                        false, now);
    }
    if (undo) undo->keep();

    deposit_pool_ = (deposit_pool_ + out.from_venue) - out.paid;  // <= the larger of both
    moved_from_venue_ += out.from_venue;
    Round& closed = round();
    closed.round_underlying_for_pending_withdrawals = out.paid;
    closed.round_volt_tokens = out.minted;
    supply_ += out.minted;  // fits: checked at SetupRebalance, and nothing mints in between
    epoch_.minted_volt_tokens = out.minted;
    epoch_.pending_withdrawals_underlying = out.paid;
    epoch_.rebalance_pnl = out.rebalance_pnl;
    add_saturating(epoch_.total_withdrawals, out.paid);
    stage_ = Stage::resolved;
    clock_ = now;
    return out;
}

std::uint64_t Volt::take_pending_withdrawal_fees(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::take_pending_withdrawal_fees);
    begin(row, caller, now);
    Round& closed = round();
    const std::uint64_t charged =
        fee(closed.round_underlying_for_pending_withdrawals, config_.fees.rates().withdrawal_bps);
    const std::uint64_t fees = checked_add(fee_account_, charged);
    closed.round_underlying_for_pending_withdrawals -= charged;
    closed.withdrawal_fee = charged;
    fee_account_ = fees;
    add_saturating(epoch_.withdrawal_fees, charged);
    stage_ = Stage::withdrawal_fees_taken;
    clock_ = now;
    return charged;
}

std::uint64_t Volt::start_round(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::start_round);
    check_caller(row, caller);
    if (stage_ == Stage::resolved) {
        refuse_rule(ErrorCode::wrong_phase, row.name, "MustTakeWithdrawalFeesBeforeStartingRound",
                    "stage", "is RESOLVED");
    }
    check_stage(row);
    check_clock(row, now);
    const std::uint64_t held = assets_for(row.name.data(), now);
    const std::uint64_t number = checked_add(round_number_, std::uint64_t{1});
    // Everything that can fail comes first.
    make_room(rounds_);
    if (config_.keep_history) {
        make_room(epochs_);
    } else {
        std::erase_if(rounds_, [](const Round& round) {
            return round.underlying_from_pending_deposits == 0 &&
                   round.volt_tokens_from_pending_withdrawals == 0;
        });
    }
    Round opened;
    opened.number = number;
    opened.aum_at_epoch_start = held;
    rounds_.push_back(opened);
    if (config_.keep_history && round_number_ != 0) epochs_.push_back(epoch_);
    round_number_ = number;
    epoch_start_ = now;
    entropy_round_ = {};
    entropy_round_.acct_equity_start = held;
    epoch_ = {};
    epoch_.number = number;
    epoch_.start_time = now;
    epoch_.aum_start = held;
    epoch_.share_price_assets = held;
    epoch_.share_price_supply = supply_;
    stage_ = Stage::active;
    clock_ = now;
    return held;
}

}  // namespace voltcore::volts
