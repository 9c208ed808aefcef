#include "voltcore/sim/basis_batch.hpp"

#include <algorithm>

#include "batch_parts.hpp"

namespace voltcore::sim {

BasisBatch::BasisBatch(const BasisModel& model, std::size_t traced,
                       std::span<const double> share_price_edges,
                       std::span<const double> epoch_return_edges)
    : model_{model},
      traced_{traced},
      share_price_{TimeBins::of(share_price_edges, model.weeks())},
      epoch_return_{TimeBins::of(epoch_return_edges, model.weeks())} {}

bool BasisBatch::simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count_of_paths,
                          Control& control) {
    BasisRunner runner{model_};
    BasisPath path;
    for (std::uint64_t i = 0; i < count_of_paths; ++i) {
        if (!runner.run(seed, first + i, path, &control)) return false;
        add(path);
        control.add_finished(1);
    }
    return true;
}

void BasisBatch::add(const BasisPath& path) {
    const BasisMetrics& m = path.metrics;
    BasisColumns& c = columns_;
    const double ratio =
        m.supply == 0 ? 0.0 : static_cast<double>(m.final_assets) / static_cast<double>(m.supply);
    c.total_return.push_back(100.0 * (ratio - 1.0));
    c.apy.push_back(yearly(ratio, years_of(model_.weeks())));
    c.max_drawdown.push_back(100.0 * m.max_drawdown);
    c.min_health.push_back(m.min_health);
    c.worst_epoch.push_back(100.0 * m.worst_round_return);
    c.winning_epochs.push_back(percent_of(m.winning_rounds, m.rounds));
    const auto all_steps = static_cast<std::uint32_t>(model_.weeks() * model_.steps_per_week());
    c.time_in_position.push_back(percent_of(m.steps_in_position, all_steps));
    c.share_price.push_back(
        m.supply == 0 ? 0 : math::mul_div_floor(m.final_assets, 1'000'000'000, m.supply));
    add_profit(m);
    const auto by = [&m](volts::Trigger trigger) {
        return m.rebalances[static_cast<std::size_t>(trigger)];
    };
    c.epochs.push_back(m.rounds);
    c.entries.push_back(m.entries);
    c.exits.push_back(m.exits);
    c.rebalances_epoch_end.push_back(by(volts::Trigger::epoch_end));
    c.rebalances_leverage.push_back(by(volts::Trigger::leverage));
    c.rebalances_hedge.push_back(by(volts::Trigger::hedge_drift));
    c.loss.push_back(m.final_assets < model_.config().deposit);
    c.liquidated.push_back(m.end == PathEnd::liquidated);
    c.liquidated_hour.push_back(m.end == PathEnd::liquidated ? m.end_hour : -1);
    c.stopped.push_back(m.end == PathEnd::stopped);
    c.stopped_hour.push_back(m.end == PathEnd::stopped ? m.end_hour : -1);
    c.stopped_code.push_back(m.stop_code);
    add_weeks(path);
}

void BasisBatch::add_profit(const BasisMetrics& m) {
    BasisColumns& c = columns_;
    const std::uint64_t deposit = model_.config().deposit;
    const BasisProfit& profit = m.profit;
    math::i128 parts = 0;
    const auto gain = [&parts](std::vector<std::int64_t>& column, I80F48 value) {
        column.push_back(whole(value));
        parts += column.back();
    };
    const auto cost = [&parts](std::vector<std::int64_t>& column, I80F48 value) {
        column.push_back(whole(value));
        parts -= column.back();
    };
    const auto fee = [&parts](std::vector<std::uint64_t>& column, std::uint64_t value) {
        column.push_back(value);
        parts -= value;
    };
    c.deposit.push_back(deposit);
    c.final_value.push_back(m.final_assets);
    gain(c.perp_pnl, profit.perp);
    gain(c.spot_pnl, profit.spot);
    c.basis_pnl.push_back(c.perp_pnl.back() + c.spot_pnl.back());
    gain(c.funding, profit.funding);
    cost(c.borrow_interest, profit.borrow_interest);
    gain(c.deposit_interest, profit.deposit_interest);
    cost(c.trading_cost, profit.spread_cost);
    cost(c.taker_fees, profit.taker_fees);
    fee(c.performance_fees, profit.performance_fees);
    fee(c.withdrawal_fees, profit.withdrawal_fees);
    fee(c.aum_fees, profit.aum_fees);
    cost(c.liquidation_cost, profit.liquidation_cost);
    const math::i128 change =
        static_cast<math::i128>(m.final_assets) - static_cast<math::i128>(deposit);
    c.rounding.push_back(math::checked_cast<std::int64_t>(change - parts));
}

void BasisBatch::add_weeks(const BasisPath& path) {
    const bool is_traced = columns_.loss.size() <= traced_;
    const double supply = static_cast<double>(std::max<std::uint64_t>(path.metrics.supply, 1));
    double before = 1.0;
    for (std::size_t week = 0; week < path.weeks.size(); ++week) {
        const BasisSample& sample = path.weeks[week];
        const double assets = static_cast<double>(sample.assets);
        const double price = assets / supply;
        const double change = before > 0.0 ? 100.0 * (price / before - 1.0) : 0.0;
        before = price;
        share_price_.add(week, price);
        epoch_return_.add(week, change);
        if (!is_traced) continue;
        const auto share = [assets](std::int64_t amount) {
            return assets > 0.0 ? 100.0 * static_cast<double>(amount) / assets : 0.0;
        };
        traces_.share_price.push_back(price);
        traces_.share_price_at_mark.push_back(static_cast<double>(sample.nav_at_mark) / supply);
        traces_.epoch_return.push_back(change);
        traces_.funding.push_back(share(sample.funding));
        traces_.interest.push_back(share(sample.interest));
        traces_.rebalances.push_back(sample.rebalances);
        traces_.in_position.push_back(sample.in_position ? 1 : 0);
    }
}

}  // namespace voltcore::sim
