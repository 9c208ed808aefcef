#include "voltcore/sim/crab_batch.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "batch_parts.hpp"

namespace voltcore::sim {

namespace {

using volts::Trigger;

constexpr std::int64_t safe_collateral_ratio = 15'000;

}  // namespace

CrabBatch::CrabBatch(const CrabModel& model, std::size_t traced,
                     std::span<const double> share_price_edges,
                     std::span<const double> epoch_return_edges, std::span<const double> cr_edges)
    : model_{model},
      traced_{traced},
      share_price_{TimeBins::of(share_price_edges, model.weeks())},
      epoch_return_{TimeBins::of(epoch_return_edges, model.weeks())},
      cr_{TimeBins::of(cr_edges, model.weeks())} {}

bool CrabBatch::simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count_of_paths,
                         Control& control, bool reference) {
    CrabColumns::each_column(columns_, [&](const char*, auto& column) {
        column.reserve(column.size() + count_of_paths);
    });
    const auto runner = std::make_unique<CrabRunner>(model_);
    PathResult path;
    for (std::uint64_t i = 0; i < count_of_paths; ++i) {
        if (reference) {
            if (control.cancelled()) return false;
            runner->run_reference(seed, first + i, path);
        } else if (!runner->run(seed, first + i, path, &control)) {
            return false;
        }
        add(path);
        control.add_finished(1);
    }
    return true;
}

void CrabBatch::add(const PathResult& path) {
    const PathMetrics& m = path.metrics;
    CrabColumns& c = columns_;
    const std::uint64_t deposit = model_.config().deposit;
    const double ratio =
        m.supply == 0 ? 0.0 : static_cast<double>(m.final_assets) / static_cast<double>(m.supply);
    const double years = years_of(model_.weeks());
    c.total_return.push_back(100.0 * (ratio - 1.0));
    c.apy.push_back(yearly(ratio, years));
    c.max_drawdown.push_back(100.0 * m.max_drawdown);
    c.min_cr.push_back(m.min_collateral_ratio);
    c.worst_epoch.push_back(100.0 * m.worst_round_return);
    c.winning_epochs.push_back(m.rounds == 0 ? 0.0
                                             : 100.0 * static_cast<double>(m.winning_rounds) /
                                                   static_cast<double>(m.rounds));
    c.share_price.push_back(
        m.supply == 0 ? 0 : math::mul_div_floor(m.final_assets, 1'000'000'000, m.supply));
    c.deposit.push_back(deposit);
    c.final_value.push_back(m.final_assets);

    const ProfitParts& profit = m.profit;
    const std::int64_t target = whole(profit.leg[0]);
    const std::int64_t hedge = whole(profit.leg[1]);
    const std::int64_t target_funding = whole(profit.funding[0]);
    const std::int64_t hedge_funding = whole(profit.funding[1]);
    const std::int64_t trading = whole(profit.spread_cost);
    const std::int64_t taker = whole(profit.taker_fees);
    const std::int64_t liquidation = whole(profit.liquidation_cost);
    const auto parts = static_cast<math::i128>(target) + hedge + target_funding + hedge_funding -
                       trading - taker - liquidation - profit.performance_fees -
                       profit.withdrawal_fees - profit.aum_fees;
    const math::i128 change =
        static_cast<math::i128>(m.final_assets) - static_cast<math::i128>(deposit);
    c.target_price_pnl.push_back(target);
    c.hedge_price_pnl.push_back(hedge);
    c.target_funding.push_back(target_funding);
    c.hedge_funding.push_back(hedge_funding);
    c.trading_cost.push_back(trading);
    c.taker_fees.push_back(taker);
    c.performance_fees.push_back(profit.performance_fees);
    c.withdrawal_fees.push_back(profit.withdrawal_fees);
    c.aum_fees.push_back(profit.aum_fees);
    c.liquidation_cost.push_back(liquidation);
    c.rounding.push_back(math::checked_cast<std::int64_t>(change - parts));

    const auto by = [&m](Trigger trigger) {
        return m.rebalances[static_cast<std::size_t>(trigger)];
    };
    c.epochs.push_back(m.rounds);
    c.rebalances_epoch_end.push_back(by(Trigger::epoch_end));
    c.rebalances_cr.push_back(by(Trigger::collateral_ratio));
    c.rebalances_leverage.push_back(by(Trigger::leverage));
    c.rebalances_flows.push_back(by(Trigger::pending_flows));
    c.rebalances_hedge.push_back(by(Trigger::hedge_drift));
    c.hedge_only_rebalances.push_back(m.hedges);
    const bool liquidated = m.end == PathEnd::liquidated;
    const bool stopped = m.end == PathEnd::stopped;
    c.loss.push_back(m.final_assets < deposit);
    c.cr_below_150.push_back(m.min_collateral_ratio < safe_collateral_ratio);
    c.liquidated.push_back(liquidated);
    c.liquidated_hour.push_back(liquidated ? m.end_hour : -1);
    c.stopped.push_back(stopped);
    c.stopped_hour.push_back(stopped ? m.end_hour : -1);
    c.stopped_code.push_back(m.stop_code);
    add_weeks(path);
}

void CrabBatch::add_weeks(const PathResult& path) {
    const bool is_traced = columns_.loss.size() <= traced_;
    const double supply = static_cast<double>(std::max<std::uint64_t>(path.metrics.supply, 1));
    double before = 1.0;
    for (std::size_t week = 0; week < path.weeks.size(); ++week) {
        const WeekSample& sample = path.weeks[week];
        const double price = static_cast<double>(sample.assets) / supply;
        const double change = before > 0.0 ? 100.0 * (price / before - 1.0) : 0.0;
        before = price;
        share_price_.add(week, price);
        epoch_return_.add(week, change);
        const bool has_ratio = sample.min_collateral_ratio != no_collateral_ratio;
        const double ratio = has_ratio ? static_cast<double>(sample.min_collateral_ratio) / 100.0
                                       : std::numeric_limits<double>::quiet_NaN();
        if (has_ratio) cr_.add(week, ratio);
        if (!is_traced) continue;
        traces_.share_price.push_back(price);
        traces_.share_price_at_mark.push_back(static_cast<double>(sample.nav_at_mark) / supply);
        traces_.cr.push_back(ratio);
        traces_.epoch_return.push_back(change);
        traces_.hedges.push_back(sample.hedges);
        traces_.triggers.push_back(sample.triggers);
    }
}

}  // namespace voltcore::sim
