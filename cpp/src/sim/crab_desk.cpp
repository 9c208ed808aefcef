#include "crab_desk.hpp"

#include <algorithm>

namespace voltcore::sim {

namespace {

constexpr std::size_t market_of(Leg leg) noexcept {
    return leg == Leg::squared ? squared_market : linear_market;
}

constexpr std::size_t at(Leg leg) noexcept { return static_cast<std::size_t>(leg); }

}  // namespace

void observe_hour(PathMetrics& metrics, WeekSample& sample, std::uint64_t assets,
                  std::int64_t collateral_ratio) noexcept {
    sample.min_collateral_ratio = std::min(sample.min_collateral_ratio, collateral_ratio);
    metrics.min_collateral_ratio = std::min(metrics.min_collateral_ratio, collateral_ratio);
    book_drawdown(metrics, assets);
}

void book_rebalance(PathMetrics& metrics, WeekSample& sample, volts::Trigger trigger) noexcept {
    const auto bit = static_cast<std::size_t>(trigger);
    ++metrics.rebalances[bit];
    sample.triggers = static_cast<std::uint8_t>(sample.triggers | (1U << bit));
}

std::int64_t CrabDesk::position(std::size_t market) const {
    return volt_.venue().perp_account(volt_.margin_account(), market).base_position;
}

void CrabDesk::open(const Mids& mids, std::uint64_t now) {
    const std::uint64_t amount = model_.config().deposit;
    volt_.credit_wallet(depositor, amount);
    volt_.deposit(depositor, amount, now);
    metrics_.supply = volt_.supply();
    metrics_.peak_assets = volt_.start_round(operator_id, now);
    // A round without length: its cycle opens the position. The rounds that count begin after it.
    cycle(mids, now);
    forget_rounds(metrics_);
}

void CrabDesk::act(const volts::TriggerReport& report, const Mids& mids, std::uint64_t now,
                   WeekSample& sample) {
    if (report.trigger == volts::Trigger::none) return;
    if (report.hedge_only) {
        trade_hedge(mids.linear, now, true);
        ++metrics_.hedges;
        ++sample.hedges;
        return;
    }
    cycle(mids, now);
    book_rebalance(metrics_, sample, report.trigger);
}

void CrabDesk::settle(std::uint64_t now) {
    // A loss settles out of the deposit, which a profit of the other leg may have to fill first.
    for (const std::size_t market : {squared_market, linear_market, squared_market}) {
        if (model_.is_on_book()) {
            volt_.venue().settle_pnl(volt_.margin_account(), 0, market, now);
        } else {
            volt_.venue().settle_pnl_outside(volt_.margin_account(), market, now);
        }
    }
}

void CrabDesk::cycle(const Mids& mids, std::uint64_t now) {
    settle(now);
    const volts::FeesReceipt fees = volt_.take_performance_fees(operator_id, now);
    metrics_.profit.performance_fees += fees.performance_fee;
    metrics_.profit.aum_fees += fees.aum_fee;
    volt_.setup_rebalance(operator_id, now);
    trade_target(mids.squared, now);
    trade_hedge(mids.linear, now, false);
    volt_.end_round(operator_id, now);
    metrics_.profit.withdrawal_fees += volt_.take_pending_withdrawal_fees(operator_id, now);
    book_round(metrics_, volt_.start_round(operator_id, now));
}

template <class Crank>
volts::RebalanceReceipt CrabDesk::trade(Leg leg, std::int64_t mid, std::int64_t missing,
                                        std::uint32_t slice, std::uint64_t now,
                                        const Crank& crank) {
    if (!model_.is_on_book()) {
        const CrabConfig& config = model_.config();
        const TradingCost& cost = leg == Leg::squared ? config.squared_cost : config.linear_cost;
        return crank(slice_price(cost, mid, missing, slice), volts::QuotedExecution{});
    }
    venues::MarginVenue& venue = volt_.venue();
    const PerpMakers makers = model_.makers(market_of(leg));
    const venues::Side side = side_of_makers(missing);
    // Makers quote before the first order of a leg, and anew once it has eaten a whole side.
    if (slice == 0 || venue.perp_book(makers.market()).book.size(side) == 0) {
        makers.quote(venue, side, mid, now);
    }
    const volts::RebalanceReceipt receipt =
        crank(makers.limit_price(mid, missing), volts::BookExecution{volt_.margin_account(), now});
    venue.consume_events(makers.market(), ~std::uint64_t{0}, now);
    return receipt;
}

void CrabDesk::trade_target(std::int64_t mid, std::uint64_t now) {
    for (std::uint32_t slice = 0; volt_.stage() == volts::Stage::ready; ++slice) {
        const std::int64_t missing = volt_.entropy_round().target_lots - position(squared_market);
        const auto crank = [&](std::int64_t price, const volts::Execution& execution) {
            return volt_.rebalance_target(operator_id, now, price, {}, execution);
        };
        book_trade(Leg::squared, trade(Leg::squared, mid, missing, slice, now, crank), mid);
    }
}

void CrabDesk::trade_hedge(std::int64_t mid, std::uint64_t now, bool inside_epoch) {
    for (std::uint32_t slice = 0;; ++slice) {
        if (!inside_epoch && volt_.stage() != volts::Stage::target_done) return;
        const std::int64_t missing = volt_.hedge_target_lots() - position(linear_market);
        const auto crank = [&](std::int64_t price, const volts::Execution& execution) {
            return inside_epoch ? volt_.rehedge(operator_id, now, price, {}, execution)
                                : volt_.rebalance_hedge(operator_id, now, price, {}, execution);
        };
        const volts::RebalanceReceipt receipt = trade(Leg::linear, mid, missing, slice, now, crank);
        book_trade(Leg::linear, receipt, mid);
        // What nobody fills stays as it is; a round cannot end so, an epoch goes on.
        if (receipt.is_done || receipt.filled_lots == 0) return;
    }
}

void CrabDesk::book_trade(Leg leg, const volts::RebalanceReceipt& receipt, std::int64_t mid) {
    if (receipt.filled_lots == 0) return;
    const std::int64_t quote_lot = volt_.venue().market(market_of(leg)).perp.config.quote_lot_size;
    const I80F48 at_mid = -scale(scale(I80F48::from_int(mid), quote_lot), receipt.filled_lots);
    metrics_.profit.leg[at(leg)] += at_mid;
    metrics_.profit.spread_cost += at_mid - receipt.quote;
    metrics_.profit.taker_fees += receipt.fee;
}

void CrabDesk::book_funding(Leg leg, math::i128 gained) {
    const std::int64_t lots = position(market_of(leg));
    metrics_.profit.funding[at(leg)] -= scale(I80F48::from_bits(gained), lots);
}

void CrabDesk::book_liquidation() {
    const venues::MarginVenue& venue = volt_.venue();
    I80F48 fee;
    for (const std::size_t market : {squared_market, linear_market}) {
        const venues::Market& at_market = venue.market(market);
        const I80F48 value = venues::notional(position(market), at_market.perp.config.base_lot_size,
                                              at_market.oracle.price);
        fee += abs(value) * at_market.perp.config.liquidation_fee;
    }
    const I80F48 equity = venue.equity(volt_.margin_account());
    // The rest of the loss is the venue's: a negative equity is not the depositor's debt.
    const I80F48 left = std::max(equity - fee, I80F48{});
    metrics_.profit.liquidation_cost = equity - left;
    metrics_.final_assets = math::checked_cast<std::uint64_t>(left.floor()) + volt_.deposit_pool();
}

void CrabDesk::sample_week(const Mids& mids, WeekSample& sample) const {
    const auto mark = [this](std::size_t market, std::int64_t mid) {
        const venues::PerpMarketConfig& config = volt_.venue().market(market).perp.config;
        return venues::native_price(mid, config.base_lot_size, config.quote_lot_size);
    };
    sample.assets = metrics_.round_assets;
    sample.nav_at_mark = math::checked_cast<std::int64_t>(
        volt_.nav_at_mark(mark(squared_market, mids.squared), mark(linear_market, mids.linear)));
}

void CrabDesk::close(PathResult& out) {
    const venues::MarginVenue& venue = volt_.venue();
    for (const Leg leg : {Leg::squared, Leg::linear}) {
        const venues::Market& market = venue.market(market_of(leg));
        metrics_.profit.leg[at(leg)] += venues::notional(
            position(market_of(leg)), market.perp.config.base_lot_size, market.oracle.price);
    }
    if (metrics_.end != PathEnd::liquidated) {
        const math::i128 whole = venue.equity(volt_.margin_account()).floor() +
                                 static_cast<math::i128>(volt_.deposit_pool());
        metrics_.final_assets = whole > 0 ? math::checked_cast<std::uint64_t>(whole) : 0;
    }
    if (metrics_.end == PathEnd::complete) return;
    const auto week = static_cast<std::size_t>(metrics_.end_hour) / hours_per_week;
    for (std::size_t i = week; i < out.weeks.size(); ++i) {
        out.weeks[i].assets = metrics_.final_assets;
        out.weeks[i].nav_at_mark = static_cast<std::int64_t>(metrics_.final_assets);
    }
}

}  // namespace voltcore::sim
