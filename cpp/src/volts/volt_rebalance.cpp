#include <algorithm>

#include "refusal.hpp"
#include "venue_undo.hpp"
#include "voltcore/volts/sizing.hpp"
#include "voltcore/volts/volt.hpp"

// The two legs. Every call re-reads positions, so a run can stop anywhere and resume; what a fill
// will do is known before it happens, so that a refused call has moved nothing.

namespace voltcore::volts {

using math::checked_add;
using math::checked_sub;
using math::i128;

namespace {

std::int64_t with_sign_of(std::int64_t sign, std::uint64_t size) {
    const auto lots = math::checked_cast<std::int64_t>(size);
    return sign < 0 ? -lots : lots;
}

i128 magnitude(std::int64_t lots) noexcept {
    return lots < 0 ? -static_cast<i128>(lots) : static_cast<i128>(lots);
}

void check_price_lots(const char* op, std::int64_t limit_price_lots) {
    if (limit_price_lots > 0) return;
    refuse_onchain(ErrorCode::not_positive, op, "InvalidParam", "limit_price_lots",
                   std::to_string(limit_price_lots), "is not above 0");
}

/// The part of `remaining` that `most` of the quote token pays for at the limit.
std::int64_t next_order(const char* op, std::int64_t remaining, std::uint64_t most,
                        std::int64_t limit_price_lots, std::int64_t quote_lot_size) {
    const std::uint64_t slice = slice_lots(remaining, most, limit_price_lots, quote_lot_size);
    if (slice == 0) {
        refuse_rule(ErrorCode::cap, op, "QuotePositionChangedTooMuch", "max_quote_pos_change",
                    "is less than one lot costs");
    }
    return with_sign_of(remaining, slice);
}

/// `filled` must go toward the target and not grow |remaining|.
void check_moves_closer(const char* op, std::int64_t remaining, std::int64_t filled) {
    if (magnitude(checked_sub(remaining, filled)) <= magnitude(remaining)) return;
    refuse_rule(ErrorCode::funds, op, "MustMoveCloserToTargetCollateralization", "position",
                "would move away from its target");
}

}  // namespace

void Volt::check_limit_price(const char* op, CallerId caller, std::size_t index, std::int64_t lots,
                             std::int64_t limit_price_lots, bool always) const {
    if (!always && caller == config_.admin) return;
    const venues::Market& market = market_of(index);
    const venues::PerpMarketConfig& perp = market.perp.config;
    const I80F48 one = I80F48::from_int(1);
    const I80F48 basis = config_.strategy.required_basis_from_oracle;
    const I80F48 limit = scale(I80F48::from_int(limit_price_lots), perp.quote_lot_size);
    const I80F48 oracle = scale(market.oracle.price, perp.base_lot_size);
    const bool accepted =
        lots > 0 ? limit <= oracle * (one + basis) : limit >= oracle * (one - basis);
    if (accepted) return;
    refuse_onchain(ErrorCode::slippage, op, "InvalidOtcOrderPrice", "limit_price_lots",
                   std::to_string(limit_price_lots),
                   "is worse than the oracle price by more than required_basis_from_oracle");
}

RebalanceReceipt Volt::rebalance_target(CallerId caller, std::uint64_t now,
                                        std::int64_t limit_price_lots,
                                        std::optional<std::uint64_t> max_quote,
                                        const Execution& execution, bool off_book) {
    const OperationRow& row =
        row_of(off_book ? Operation::rebalance_target_off_book : Operation::rebalance_target);
    const char* op = row.name.data();
    begin(row, caller, now);
    check_no_off_book_order(op, now);
    check_price_lots(op, limit_price_lots);
    venue_.require_fresh(margin_account_, now);

    const std::size_t index = config_.target_perp;
    const venues::Market& market = market_of(index);
    const venues::PerpMarketConfig& perp = market.perp.config;
    const std::int64_t target = entropy_round_.target_lots;
    const std::int64_t before = position(index);
    const std::int64_t remaining = checked_sub(target, before);
    RebalanceReceipt out;
    out.target_lots = target;

    FillRequest request{
        .market = index, .limit_price_lots = limit_price_lots, .off_book = off_book};
    Fill fill;
    if (remaining != 0) {
        const std::uint64_t most =
            std::min(max_quote.value_or(unlimited), config_.strategy.max_quote_pos_change);
        request.lots = next_order(op, remaining, most, limit_price_lots, perp.quote_lot_size);
        check_limit_price(op, caller, index, request.lots, limit_price_lots, off_book);
        fill = execution.estimate(venue_, request);
        check_moves_closer(op, remaining, fill.lots);
    }
    out.filled_lots = fill.lots;
    out.missing_lots = checked_sub(remaining, fill.lots);
    out.quote = fill.quote;
    out.fee = fill.fee;

    const std::int64_t after = checked_add(before, fill.lots);
    const venues::PerpAccount& held = venue_.perp_account(margin_account_, index);
    const I80F48 waiting = scale(I80F48::from_int(held.taker_quote), perp.quote_lot_size);
    const I80F48 quote_after = ((venues::quote_after_funding(held, market.perp.cache.long_funding,
                                                             market.perp.cache.short_funding) +
                                 waiting) +
                                fill.quote) -
                               fill.fee;
    out.is_done = out.missing_lots == 0;
    if (!out.is_done && fill.lots == 0) {
        // The exact target is tried first (chosen); what nobody fills may stay within the lenience.
        const I80F48 notional = venues::notional(before, perp.base_lot_size, market.oracle.price);
        const I80F48 wanted = entropy_round_.equity_target * config_.strategy.target_leverage;
        const I80F48 lenience =
            entropy_round_.equity_target * config_.strategy.target_leverage_lenience;
        if (abs(notional - wanted) > lenience) {
            refuse_rule(ErrorCode::slippage, op, "CollateralNotWithinLenience",
                        "target_leverage_lenience", "is exceeded and nothing fills at the limit");
        }
        out.is_done = true;
    }
    if (config_.kind == VoltKind::crab) {
        // No rule leads there but a market that fills more than it was asked for.
        if (after > 0) {
            refuse_rule(ErrorCode::funds, op, "BasePositionMustBeNegative", "base_position",
                        "is positive");
        }
        // A buy may end with a small rest of a short whose losses have eaten its proceeds, and the
        // volt must still be able to leave; only a sale must end with more sold than lost (chosen).
        if (out.is_done && after < 0 && fill.lots < 0 && !quote_after.is_positive()) {
            refuse_rule(ErrorCode::funds, op, "QuotePositionMustBePositive", "quote_position",
                        "is not positive");
        }
    }
    if (fill.lots != 0) {
        execution.fill(venue_, volt_authority, margin_account_, request, fill, now);
    }
    entropy_round_.target_curr_base_position = after;
    entropy_round_.target_curr_quote_position = quote_after;
    if (epoch_.num_times_called_enter != ~std::uint32_t{0}) ++epoch_.num_times_called_enter;
    epoch_.used_off_book = epoch_.used_off_book || off_book;
    if (out.is_done) {
        stage_ = config_.strategy.is_hedging_on ? Stage::target_done : Stage::done;
    }
    clock_ = now;
    return out;
}

RebalanceReceipt Volt::rebalance_hedge(CallerId caller, std::uint64_t now,
                                       std::int64_t limit_price_lots,
                                       std::optional<std::uint64_t> max_quote,
                                       const Execution& execution) {
    const OperationRow& row = row_of(Operation::rebalance_hedge);
    check_caller(row, caller);
    if (!config_.strategy.is_hedging_on) {
        refuse_rule(ErrorCode::wrong_state, row.name, "HedgingMustBeOn", "is_hedging_on", "is off");
    }
    if (config_.strategy.hedge_with_spot) {
        refuse_rule(ErrorCode::wrong_state, row.name, "ShouldHedgeWithSpotNotPerp",
                    "hedge_with_spot", "is on");
    }
    check_stage(row);
    check_clock(row, now);
    const RebalanceReceipt out = trade_hedge(row, caller, now, limit_price_lots, max_quote,
                                             execution, entropy_round_.equity_target, false);
    if (out.is_done) stage_ = Stage::done;
    return out;
}

RebalanceReceipt Volt::rehedge(CallerId caller, std::uint64_t now, std::int64_t limit_price_lots,
                               std::optional<std::uint64_t> max_quote, const Execution& execution) {
    const OperationRow& row = row_of(Operation::rehedge);
    check_caller(row, caller);
    if (!config_.strategy.is_hedging_on || !config_.strategy.hedge_only) {
        refuse_rule(ErrorCode::wrong_state, row.name, "HedgingMustBeOn",
                    "is_hedging_on, hedge_only", "must both be on");
    }
    if (config_.strategy.hedge_with_spot) {
        refuse_rule(ErrorCode::wrong_state, row.name, "ShouldHedgeWithSpotNotPerp",
                    "hedge_with_spot", "is on");
    }
    check_stage(row);
    check_clock(row, now);
    if (caller != config_.admin && check_triggers(now).trigger != Trigger::hedge_drift) {
        // A stranger must not trade the volt back and forth inside its band (chosen).
        refuse_caller(row, caller);
    }
    return trade_hedge(row, caller, now, limit_price_lots, max_quote, execution,
                       venue_.equity(margin_account_), false);
}

RebalanceReceipt Volt::trade_hedge(const OperationRow& row, CallerId caller, std::uint64_t now,
                                   std::int64_t limit_price_lots,
                                   std::optional<std::uint64_t> max_quote,
                                   const Execution& execution, I80F48 sizing_equity, bool spot) {
    const char* op = row.name.data();
    check_price_lots(op, limit_price_lots);
    venue_.require_fresh(margin_account_, now);
    const std::size_t index = spot ? config_.hedge_spot : config_.hedge_perp;
    const venues::PerpMarketConfig& perp = market_of(index).perp.config;
    RebalanceReceipt out;
    out.target_lots = hedge_target_lots(sizing_equity);
    const std::int64_t remaining = missing_hedge_lots(sizing_equity, spot);

    FillRequest request{.market = index, .limit_price_lots = limit_price_lots, .spot = spot};
    Fill fill;
    if (remaining != 0) {
        const std::uint64_t most =
            std::min(max_quote.value_or(unlimited), config_.strategy.max_quote_pos_change);
        request.lots = next_order(op, remaining, most, limit_price_lots, perp.quote_lot_size);
        check_limit_price(op, caller, index, request.lots, limit_price_lots, false);
        fill = execution.estimate(venue_, request);
        check_moves_closer(op, remaining, fill.lots);
    }
    out.filled_lots = fill.lots;
    out.missing_lots = checked_sub(remaining, fill.lots);
    out.quote = fill.quote;
    out.fee = fill.fee;
    const I80F48 delta = delta_of(config_.target_perp, position(config_.target_perp));
    const I80F48 after =
        hedge_delta(spot) + I80F48::from_int(math::checked_mul(fill.lots, perp.base_lot_size));
    if (spot && out.target_lots <= 0 && !config_.strategy.target_leverage.is_negative() &&
        scale(after, 2) > I80F48::from_int(perp.base_lot_size)) {
        refuse_rule(ErrorCode::funds, op, "DepositedAmountOfHedgeAssetShouldBeZero", "hedge_spot",
                    "would be held instead of owed");
    }
    const bool accepted = net_delta_accepted(delta, delta + after, perp.base_lot_size,
                                             config_.strategy.target_hedge_lenience_bps);
    if (out.missing_lots == 0 && !accepted) {
        refuse_rule(ErrorCode::slippage, op, "IncorrectHedge", "net delta",
                    "is outside target_hedge_lenience_bps");
    }
    // As on the target leg, what nobody fills may stay within the lenience (chosen).
    out.is_done = out.missing_lots == 0 || (fill.lots == 0 && accepted);
    if (fill.lots != 0) {
        std::optional<VenueUndo> undo;
        if (execution.takes_steps(request)) undo.emplace(*this);
        execution.fill(venue_, volt_authority, margin_account_, request, fill, now);
        if (undo) undo->keep();
    }
    if (epoch_.num_times_called_enter != ~std::uint32_t{0}) ++epoch_.num_times_called_enter;
    clock_ = now;
    return out;
}

void Volt::init_spot_open_orders(CallerId caller, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::init_spot_open_orders);
    check_caller(row, caller);
    if (!config_.strategy.hedge_with_spot) {
        refuse_rule(ErrorCode::wrong_state, row.name, "HedgeWithSpotMustBeTrue", "hedge_with_spot",
                    "is off");
    }
    check_stage(row);
    check_clock(row, now);
    // A volt that trades spot at quotes needs no account on a spot market.
    if (venue_.has_spot_market(config_.hedge_spot)) {
        venue_.init_spot_open_orders(volt_authority, margin_account_, config_.hedge_spot, now);
    }
    spot_open_orders_ = true;
    clock_ = now;
}

RebalanceReceipt Volt::rebalance_spot(CallerId caller, std::uint64_t now,
                                      std::int64_t limit_price_lots,
                                      std::optional<std::uint64_t> max_quote,
                                      const Execution& execution) {
    const OperationRow& row = row_of(Operation::rebalance_spot);
    check_caller(row, caller);
    if (!config_.strategy.hedge_with_spot) {
        refuse_rule(ErrorCode::wrong_state, row.name, "HedgeWithSpotMustBeTrue", "hedge_with_spot",
                    "is off");
    }
    check_stage(row);
    check_clock(row, now);
    if (!has_spot()) {
        refuse_rule(ErrorCode::not_initialized, row.name, {}, "hedge_spot",
                    "is no token of this venue");
    }
    const RebalanceReceipt out = trade_hedge(row, caller, now, limit_price_lots, max_quote,
                                             execution, entropy_round_.equity_target, true);
    if (out.is_done) stage_ = Stage::done;
    return out;
}

void Volt::reset_rebalancing(CallerId caller, bool only_hedge, std::uint64_t now) {
    const OperationRow& row = row_of(Operation::reset_rebalancing);
    begin(row, caller, now);
    check_no_off_book_order(row.name.data(), now);
    // The hedge alone can only be redone once the target leg is done (chosen).
    if (only_hedge && stage_ == Stage::ready) refuse_stage(row, stage_);
    stage_ = only_hedge ? Stage::target_done : Stage::ready;
    clock_ = now;
}

}  // namespace voltcore::volts
