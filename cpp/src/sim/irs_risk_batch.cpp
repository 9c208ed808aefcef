#include "voltcore/sim/irs_risk_batch.hpp"

#include <cmath>

namespace voltcore::sim {

namespace {

// One-sided points of the normal distribution.
constexpr double z_95 = 1.6448536269514722;
constexpr double z_99 = 2.3263478740408408;

void append(std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

IrsRiskBatch::IrsRiskBatch(const IrsRiskConfig& config, std::size_t traced,
                           std::span<const double> headroom_edges,
                           std::span<const double> rate_edges)
    : config_{config},
      runner_{config},
      traced_{traced},
      headroom_(config.seats.size(), TimeBins::of(headroom_edges, runner_.days())),
      variable_rate_{TimeBins::of(rate_edges, runner_.days())},
      fixed_rate_{TimeBins::of(rate_edges, runner_.days())} {}

bool IrsRiskBatch::simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count,
                            Control& control) {
    IrsPathResult path;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!runner_.run(seed, first + i, path, &control)) return false;
        add(path);
        control.add_finished(1);
    }
    return true;
}

void IrsRiskBatch::add(const IrsPathResult& path) {
    const bool is_traced = paths_.variable_factor.size() < traced_;
    const std::size_t days = runner_.days();
    for (std::size_t i = 0; i < path.seats.size(); ++i) {
        add_seat(path.seats[i], config_.seats[i].margin.to_double());
        for (std::size_t day = 0; day < days; ++day) {
            headroom_[i].add(day, 100.0 * path.headroom[i * days + day]);
        }
    }
    for (std::size_t day = 0; day < days; ++day) {
        variable_rate_.add(day, path.variable_rate[day]);
        fixed_rate_.add(day, path.fixed_rate[day]);
    }
    paths_.variable_factor.push_back(path.variable_factor);
    paths_.refused_trades.push_back(path.refused_trades);
    paths_.refused_liquidations.push_back(path.refused_liquidations);
    if (!is_traced) return;
    append(traced_variable_rate_, path.variable_rate);
    append(traced_fixed_rate_, path.fixed_rate);
    for (const double share : path.headroom) traced_headroom_.push_back(100.0 * share);
}

void IrsRiskBatch::add_seat(const IrsSeatResult& seat, double margin) {
    const double steps_a_year = 31'536'000.0 / static_cast<double>(config_.step_seconds);
    const auto per_day = static_cast<std::int32_t>(config_.steps_per_day);
    const auto day_of = [&](std::int32_t step) { return step < 0 ? -1 : (step - 1) / per_day + 1; };
    seats_.pnl.push_back(seat.pnl);
    seats_.total_return.push_back(100.0 * static_cast<double>(seat.pnl) / margin);
    seats_.sharpe.push_back(seat.step_deviation > 0.0
                                ? seat.step_mean / seat.step_deviation * std::sqrt(steps_a_year)
                                : 0.0);
    seats_.least_headroom.push_back(100.0 * seat.least_headroom);
    seats_.lvar_95.push_back(100.0 * seat.liquidation_moments.lower(z_95));
    seats_.lvar_99.push_back(100.0 * seat.liquidation_moments.lower(z_99));
    seats_.ivar_95.push_back(100.0 * seat.equity_moments.lower(z_95));
    seats_.ivar_99.push_back(100.0 * seat.equity_moments.lower(z_99));
    seats_.least_liquidation.push_back(100.0 * seat.least_liquidation);
    seats_.least_equity.push_back(100.0 * seat.least_equity);
    seats_.liquidated.push_back(seat.liquidated_step >= 0);
    seats_.liquidated_day.push_back(day_of(seat.liquidated_step));
    seats_.insolvent.push_back(seat.insolvent_step >= 0);
    seats_.insolvent_day.push_back(day_of(seat.insolvent_step));
}

}  // namespace voltcore::sim
