#include "voltcore/sim/price_path_batch.hpp"

#include <cmath>

namespace voltcore::sim {

PricePathBatch::PricePathBatch(const PricePathPlan& plan, std::span<const double> price_edges,
                               std::span<const double> drawdown_edges)
    : plan_{plan},
      prices_(plan.steps + 1),
      logs_(plan.steps + 1),
      price_{TimeBins::of(price_edges, plan.times())},
      drawdown_{TimeBins::of(drawdown_edges, plan.times())} {}

double PricePathBatch::squared_log_returns() {
    markets::best_kernels().log(std::as_bytes(std::span{prices_}).data(),
                                std::as_writable_bytes(std::span{logs_}).data(), logs_.size());
    double sum = 0.0;
    for (std::size_t k = 1; k < logs_.size(); ++k) {
        const double move = logs_[k] - logs_[k - 1];
        sum = sum + move * move;
    }
    return sum;
}

void PricePathBatch::add() {
    const double start = prices_.front();
    const double last = prices_.back();
    double least = start;
    double most = start;
    double lowest_share = 1.0;  // of the peak before
    std::size_t time = 0;
    std::size_t next_shown = std::min(plan_.steps_shown, plan_.steps);
    for (std::size_t k = 1; k < prices_.size(); ++k) {
        const double price = prices_[k];
        least = std::min(least, price);
        most = std::max(most, price);
        lowest_share = std::min(lowest_share, price / most);
        if (k == next_shown) {
            add_time(time, price, 100.0 * (1.0 - lowest_share));
            ++time;
            next_shown = std::min(k + plan_.steps_shown, plan_.steps);
        }
    }
    columns_.final_price.push_back(last);
    columns_.total_return.push_back(100.0 * (last / start - 1.0));
    columns_.min_price.push_back(least);
    columns_.max_price.push_back(most);
    columns_.realised_volatility.push_back(100.0 * std::sqrt(squared_log_returns() / plan_.years));
    columns_.max_drawdown.push_back(100.0 * (1.0 - lowest_share));
    columns_.loss.push_back(last < start ? 1 : 0);
}

void PricePathBatch::add_time(std::size_t time, double price, double drawdown) {
    price_.add(time, price);
    drawdown_.add(time, drawdown);
    if (columns_.loss.size() >= plan_.traced) return;
    price_traces_.push_back(price);
    drawdown_traces_.push_back(drawdown);
}

}  // namespace voltcore::sim
