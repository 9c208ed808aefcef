#pragma once

#include <algorithm>
#include <cstdint>

// The drawdown and the rounds of a path, as the metrics of both volts keep them.

namespace voltcore::sim {

/// The drawdown of one more reading of A.
template <class Metrics>
void book_drawdown(Metrics& metrics, std::uint64_t assets) noexcept {
    if (assets >= metrics.peak_assets) {
        metrics.peak_assets = assets;
        return;
    }
    const double fall = static_cast<double>(metrics.peak_assets - assets) /
                        static_cast<double>(metrics.peak_assets);
    metrics.max_drawdown = std::max(metrics.max_drawdown, fall);
}

/// A round has ended, and the next one starts with `assets`.
template <class Metrics>
void book_round(Metrics& metrics, std::uint64_t assets) noexcept {
    const double before = static_cast<double>(metrics.round_assets);
    const double change = before > 0.0 ? static_cast<double>(assets) / before - 1.0 : 0.0;
    if (metrics.rounds == 0 || change < metrics.worst_round_return) {
        metrics.worst_round_return = change;
    }
    metrics.winning_rounds += change > 0.0 ? 1 : 0;
    ++metrics.rounds;
    metrics.round_assets = assets;
}

/// The rounds that count begin now: the one that opened the position had no length.
template <class Metrics>
void forget_rounds(Metrics& metrics) noexcept {
    metrics.rounds = 0;
    metrics.winning_rounds = 0;
    metrics.worst_round_return = 0.0;
}

}  // namespace voltcore::sim
