#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/sim/crab.hpp"
#include "voltcore/sim/time_bins.hpp"

// A range of paths as columns, counts in fixed bins and traces: what a shard keeps.

namespace voltcore::sim {

/// One entry for each path. Money in native units of the deposit token (10^-6 USDC).
struct CrabColumns {
    std::vector<double> total_return;        ///< % of the deposit
    std::vector<double> apy;                 ///< %, over the whole period of the scenario
    std::vector<double> max_drawdown;        ///< %
    std::vector<std::int64_t> min_cr;        ///< bps; the largest int64 without any position
    std::vector<double> worst_epoch;         ///< %
    std::vector<double> winning_epochs;      ///< % of the epochs
    std::vector<std::uint64_t> share_price;  ///< floor(assets * 10^9 / shares)
    std::vector<std::uint64_t> deposit;
    std::vector<std::uint64_t> final_value;
    std::vector<std::int64_t> target_price_pnl;
    std::vector<std::int64_t> hedge_price_pnl;
    std::vector<std::int64_t> target_funding;
    std::vector<std::int64_t> hedge_funding;
    std::vector<std::int64_t> trading_cost;
    std::vector<std::int64_t> taker_fees;
    std::vector<std::uint64_t> performance_fees;
    std::vector<std::uint64_t> withdrawal_fees;
    std::vector<std::uint64_t> aum_fees;
    std::vector<std::int64_t> liquidation_cost;
    std::vector<std::int64_t> rounding;  ///< closes the sum of the parts exactly
    std::vector<std::uint32_t> epochs;
    std::vector<std::uint32_t> rebalances_epoch_end;
    std::vector<std::uint32_t> rebalances_cr;
    std::vector<std::uint32_t> rebalances_leverage;
    std::vector<std::uint32_t> rebalances_flows;
    std::vector<std::uint32_t> rebalances_hedge;
    std::vector<std::uint32_t> hedge_only_rebalances;
    std::vector<std::uint8_t> loss;
    std::vector<std::uint8_t> cr_below_150;
    std::vector<std::uint8_t> liquidated;
    std::vector<std::int32_t> liquidated_hour;  ///< from 0; -1 if never
    std::vector<std::uint8_t> stopped;
    std::vector<std::int32_t> stopped_hour;  ///< -1 if never
    std::vector<std::uint16_t> stopped_code;

    template <class Self, class Visit>
    static void each_column(Self& self, Visit&& visit) {
        visit("total_return", self.total_return);
        visit("apy", self.apy);
        visit("max_drawdown", self.max_drawdown);
        visit("min_cr", self.min_cr);
        visit("worst_epoch", self.worst_epoch);
        visit("winning_epochs", self.winning_epochs);
        visit("share_price", self.share_price);
        visit("deposit", self.deposit);
        visit("final_value", self.final_value);
        visit("target_price_pnl", self.target_price_pnl);
        visit("hedge_price_pnl", self.hedge_price_pnl);
        visit("target_funding", self.target_funding);
        visit("hedge_funding", self.hedge_funding);
        visit("trading_cost", self.trading_cost);
        visit("taker_fees", self.taker_fees);
        visit("performance_fees", self.performance_fees);
        visit("withdrawal_fees", self.withdrawal_fees);
        visit("aum_fees", self.aum_fees);
        visit("liquidation_cost", self.liquidation_cost);
        visit("rounding", self.rounding);
        visit("epochs", self.epochs);
        visit("rebalances_epoch_end", self.rebalances_epoch_end);
        visit("rebalances_cr", self.rebalances_cr);
        visit("rebalances_leverage", self.rebalances_leverage);
        visit("rebalances_flows", self.rebalances_flows);
        visit("rebalances_hedge", self.rebalances_hedge);
        visit("hedge_only_rebalances", self.hedge_only_rebalances);
        visit("loss", self.loss);
        visit("cr_below_150", self.cr_below_150);
        visit("liquidated", self.liquidated);
        visit("liquidated_hour", self.liquidated_hour);
        visit("stopped", self.stopped);
        visit("stopped_hour", self.stopped_hour);
        visit("stopped_code", self.stopped_code);
    }
};

/// The first paths kept whole: row-major (traced, weeks).
struct CrabTraces {
    std::vector<double> share_price;
    std::vector<double> share_price_at_mark;
    std::vector<double> cr;            ///< least of the week, %; NaN without a position
    std::vector<double> epoch_return;  ///< of the week, %
    std::vector<std::uint32_t> hedges;
    std::vector<std::uint16_t> triggers;

    template <class Self, class Visit>
    static void each_column(Self& self, Visit&& visit) {
        visit("share_price", self.share_price);
        visit("share_price_at_mark", self.share_price_at_mark);
        visit("cr", self.cr);
        visit("epoch_return", self.epoch_return);
        visit("hedges", self.hedges);
        visit("triggers", self.triggers);
    }
};

class CrabBatch {
public:
    CrabBatch(const CrabModel& model, std::size_t traced, std::span<const double> share_price_edges,
              std::span<const double> epoch_return_edges, std::span<const double> cr_edges);

    /// Adds the paths [first, first + count); false, with nothing to be used, when cancelled.
    /// `reference` takes the plain loop instead of the quick one.
    bool simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count, Control& control,
                  bool reference = false);

    [[nodiscard]] const CrabColumns& columns() const noexcept { return columns_; }
    [[nodiscard]] const TimeBins& share_price() const noexcept { return share_price_; }
    [[nodiscard]] const TimeBins& epoch_return() const noexcept { return epoch_return_; }
    [[nodiscard]] const TimeBins& cr() const noexcept { return cr_; }
    [[nodiscard]] const CrabTraces& traces() const noexcept { return traces_; }

private:
    void add(const PathResult& path);
    void add_weeks(const PathResult& path);

    const CrabModel& model_;
    std::size_t traced_;
    CrabColumns columns_;
    TimeBins share_price_;
    TimeBins epoch_return_;
    TimeBins cr_;
    CrabTraces traces_;
};

}  // namespace voltcore::sim
