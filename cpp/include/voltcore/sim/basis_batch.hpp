#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/sim/basis.hpp"
#include "voltcore/sim/crab_batch.hpp"

// A range of paths of the basis volt as columns, counts in fixed bins and traces.

namespace voltcore::sim {

/// One entry for each path. Money in native units of the deposit token (10^-6 USDC).
struct BasisColumns {
    std::vector<double> total_return;        ///< % of the deposit
    std::vector<double> apy;                 ///< %, over the whole period of the scenario
    std::vector<double> max_drawdown;        ///< %
    std::vector<std::int64_t> min_health;    ///< bps of equity; the largest int64 if never in
    std::vector<double> worst_epoch;         ///< %
    std::vector<double> winning_epochs;      ///< % of the epochs
    std::vector<double> time_in_position;    ///< % of the steps
    std::vector<std::uint64_t> share_price;  ///< floor(assets * 10^9 / shares)
    std::vector<std::uint64_t> deposit;
    std::vector<std::uint64_t> final_value;
    std::vector<std::int64_t> perp_pnl;
    std::vector<std::int64_t> spot_pnl;
    std::vector<std::int64_t> basis_pnl;  ///< perp_pnl + spot_pnl
    std::vector<std::int64_t> funding;
    std::vector<std::int64_t> borrow_interest;
    std::vector<std::int64_t> deposit_interest;
    std::vector<std::int64_t> trading_cost;
    std::vector<std::int64_t> taker_fees;
    std::vector<std::uint64_t> performance_fees;
    std::vector<std::uint64_t> withdrawal_fees;
    std::vector<std::uint64_t> aum_fees;
    std::vector<std::int64_t> liquidation_cost;
    std::vector<std::int64_t> rounding;  ///< closes the sum of the parts exactly
    std::vector<std::uint32_t> epochs;
    std::vector<std::uint32_t> entries;
    std::vector<std::uint32_t> exits;
    std::vector<std::uint32_t> rebalances_epoch_end;
    std::vector<std::uint32_t> rebalances_leverage;
    std::vector<std::uint32_t> rebalances_hedge;
    std::vector<std::uint8_t> loss;
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
        visit("min_health", self.min_health);
        visit("worst_epoch", self.worst_epoch);
        visit("winning_epochs", self.winning_epochs);
        visit("time_in_position", self.time_in_position);
        visit("share_price", self.share_price);
        visit("deposit", self.deposit);
        visit("final_value", self.final_value);
        visit("perp_pnl", self.perp_pnl);
        visit("spot_pnl", self.spot_pnl);
        visit("basis_pnl", self.basis_pnl);
        visit("funding", self.funding);
        visit("borrow_interest", self.borrow_interest);
        visit("deposit_interest", self.deposit_interest);
        visit("trading_cost", self.trading_cost);
        visit("taker_fees", self.taker_fees);
        visit("performance_fees", self.performance_fees);
        visit("withdrawal_fees", self.withdrawal_fees);
        visit("aum_fees", self.aum_fees);
        visit("liquidation_cost", self.liquidation_cost);
        visit("rounding", self.rounding);
        visit("epochs", self.epochs);
        visit("entries", self.entries);
        visit("exits", self.exits);
        visit("rebalances_epoch_end", self.rebalances_epoch_end);
        visit("rebalances_leverage", self.rebalances_leverage);
        visit("rebalances_hedge", self.rebalances_hedge);
        visit("loss", self.loss);
        visit("liquidated", self.liquidated);
        visit("liquidated_hour", self.liquidated_hour);
        visit("stopped", self.stopped);
        visit("stopped_hour", self.stopped_hour);
        visit("stopped_code", self.stopped_code);
    }
};

/// The first paths kept whole: row-major (traced, weeks).
struct BasisTraces {
    std::vector<double> share_price;
    std::vector<double> share_price_at_mark;
    std::vector<double> epoch_return;  ///< of the week, %
    std::vector<double> funding;       ///< received in the week, % of the assets at its end
    std::vector<double> interest;      ///< net, the same
    std::vector<std::uint32_t> rebalances;
    std::vector<std::uint16_t> in_position;

    template <class Self, class Visit>
    static void each_column(Self& self, Visit&& visit) {
        visit("share_price", self.share_price);
        visit("share_price_at_mark", self.share_price_at_mark);
        visit("epoch_return", self.epoch_return);
        visit("funding", self.funding);
        visit("interest", self.interest);
        visit("rebalances", self.rebalances);
        visit("in_position", self.in_position);
    }
};

class BasisBatch {
public:
    BasisBatch(const BasisModel& model, std::size_t traced,
               std::span<const double> share_price_edges,
               std::span<const double> epoch_return_edges);

    /// Adds the paths [first, first + count); false, with nothing to be used, when cancelled.
    bool simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count, Control& control);

    [[nodiscard]] const BasisColumns& columns() const noexcept { return columns_; }
    [[nodiscard]] const TimeBins& share_price() const noexcept { return share_price_; }
    [[nodiscard]] const TimeBins& epoch_return() const noexcept { return epoch_return_; }
    [[nodiscard]] const BasisTraces& traces() const noexcept { return traces_; }

private:
    void add(const BasisPath& path);
    void add_profit(const BasisMetrics& metrics);
    void add_weeks(const BasisPath& path);

    const BasisModel& model_;
    std::size_t traced_;
    BasisColumns columns_;
    TimeBins share_price_;
    TimeBins epoch_return_;
    BasisTraces traces_;
};

}  // namespace voltcore::sim
