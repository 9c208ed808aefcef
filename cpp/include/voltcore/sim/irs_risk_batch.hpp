#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/sim/irs_risk.hpp"
#include "voltcore/sim/time_bins.hpp"

// A range of paths of a rates pool as columns, counts in fixed bins and traces.

namespace voltcore::sim {

/// One entry for each seat and path: of the first path all seats, then of the second, ...
struct IrsSeatColumns {
    std::vector<std::int64_t> pnl;       ///< token units
    std::vector<double> total_return;    ///< % of m0
    std::vector<double> sharpe;          ///< a year; 0 where nothing moved
    std::vector<double> least_headroom;  ///< % of m0
    std::vector<double> lvar_95;         ///< % of m0: mean - z deviation of replicate means
    std::vector<double> lvar_99;
    std::vector<double> ivar_95;
    std::vector<double> ivar_99;
    std::vector<double> least_liquidation;  ///< % of m0
    std::vector<double> least_equity;       ///< % of m0
    std::vector<std::uint8_t> liquidated;
    std::vector<std::int32_t> liquidated_day;  ///< from 1; -1 if never
    std::vector<std::uint8_t> insolvent;
    std::vector<std::int32_t> insolvent_day;  ///< from 1; -1 if never

    template <class Self, class Visit>
    static void each_column(Self& self, Visit&& visit) {
        visit("pnl", self.pnl);
        visit("return", self.total_return);
        visit("sharpe", self.sharpe);
        visit("headroom", self.least_headroom);
        visit("lvar_95", self.lvar_95);
        visit("lvar_99", self.lvar_99);
        visit("ivar_95", self.ivar_95);
        visit("ivar_99", self.ivar_99);
        visit("least_liquidation", self.least_liquidation);
        visit("least_equity", self.least_equity);
        visit("liquidated", self.liquidated);
        visit("liquidated_day", self.liquidated_day);
        visit("insolvent", self.insolvent);
        visit("insolvent_day", self.insolvent_day);
    }
};

/// One entry for each path.
struct IrsPathColumns {
    std::vector<double> variable_factor;  ///< % over the term
    std::vector<std::uint32_t> refused_trades;
    std::vector<std::uint32_t> refused_liquidations;

    template <class Self, class Visit>
    static void each_column(Self& self, Visit&& visit) {
        visit("variable_factor", self.variable_factor);
        visit("refused_trades", self.refused_trades);
        visit("refused_liquidations", self.refused_liquidations);
    }
};

class IrsRiskBatch {
public:
    IrsRiskBatch(const IrsRiskConfig& config, std::size_t traced,
                 std::span<const double> headroom_edges, std::span<const double> rate_edges);

    /// Adds the paths [first, first + count); false, with nothing to be used, when cancelled.
    bool simulate(std::uint64_t seed, std::uint64_t first, std::uint64_t count, Control& control);

    [[nodiscard]] const IrsSeatColumns& seats() const noexcept { return seats_; }
    [[nodiscard]] const IrsPathColumns& paths() const noexcept { return paths_; }
    /// One for each seat.
    [[nodiscard]] const std::vector<TimeBins>& headroom() const noexcept { return headroom_; }
    [[nodiscard]] const TimeBins& variable_rate() const noexcept { return variable_rate_; }
    [[nodiscard]] const TimeBins& fixed_rate() const noexcept { return fixed_rate_; }
    /// Row-major (traced, days) of the first paths.
    [[nodiscard]] const std::vector<double>& traced_variable_rate() const noexcept {
        return traced_variable_rate_;
    }
    [[nodiscard]] const std::vector<double>& traced_fixed_rate() const noexcept {
        return traced_fixed_rate_;
    }
    /// Row-major (traced, seats, days).
    [[nodiscard]] const std::vector<double>& traced_headroom() const noexcept {
        return traced_headroom_;
    }
    [[nodiscard]] std::uint32_t days() const noexcept { return runner_.days(); }

private:
    void add(const IrsPathResult& path);
    void add_seat(const IrsSeatResult& seat, double margin);

    const IrsRiskConfig& config_;
    IrsRiskRunner runner_;
    std::size_t traced_;
    IrsSeatColumns seats_;
    IrsPathColumns paths_;
    std::vector<TimeBins> headroom_;
    TimeBins variable_rate_;
    TimeBins fixed_rate_;
    std::vector<double> traced_variable_rate_;
    std::vector<double> traced_fixed_rate_;
    std::vector<double> traced_headroom_;
};

}  // namespace voltcore::sim
