#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "voltcore/markets/kernels.hpp"
#include "voltcore/sim/control.hpp"
#include "voltcore/sim/time_bins.hpp"

// Price paths as columns, counts in fixed bins and traces: what a shard keeps.

namespace voltcore::sim {

/// One entry for each path.
struct PricePathColumns {
    std::vector<double> final_price;
    std::vector<double> total_return;  ///< %
    std::vector<double> min_price;
    std::vector<double> max_price;
    std::vector<double>
        realised_volatility;           ///< % a year: sqrt(sum of squared log returns / years)
    std::vector<double> max_drawdown;  ///< %, largest fall from a peak
    std::vector<std::uint8_t> loss;    ///< the last price is below the first

    template <class Columns, class Visit>
    static void each_column(Columns& self, Visit visit) {
        visit("final_price", self.final_price);
        visit("total_return", self.total_return);
        visit("min_price", self.min_price);
        visit("max_price", self.max_price);
        visit("realised_volatility", self.realised_volatility);
        visit("max_drawdown", self.max_drawdown);
        visit("loss", self.loss);
    }
};

/// How a path is looked at.
struct PricePathPlan {
    std::size_t steps;        ///< at least 1
    std::size_t steps_shown;  ///< steps between two times of the bands; the last step is one too
    double years;             ///< length of the path
    std::size_t traced;       ///< first paths that are kept

    /// Times of the bands: after steps_shown, 2 steps_shown, ... and the last step.
    [[nodiscard]] std::size_t times() const noexcept {
        return (steps + steps_shown - 1) / steps_shown;
    }
};

class PricePathBatch {
public:
    PricePathBatch(const PricePathPlan& plan, std::span<const double> price_edges,
                   std::span<const double> drawdown_edges);

    /// Draws and takes in the paths first, first + 1, ...; false when cancelled.
    template <class Model>
    [[nodiscard]] bool simulate(const Model& model, std::uint64_t seed, std::uint64_t first,
                                std::uint64_t paths, Control& control) {
        for (std::uint64_t i = 0; i < paths; ++i) {
            if (control.cancelled()) return false;
            model.fill(markets::best_kernels(), seed, first + i, prices_);
            add();
            control.add_finished(1);
        }
        return true;
    }

    [[nodiscard]] const PricePathColumns& columns() const noexcept { return columns_; }
    [[nodiscard]] const TimeBins& price() const noexcept { return price_; }
    [[nodiscard]] const TimeBins& drawdown() const noexcept { return drawdown_; }
    /// traced x times, row by row.
    [[nodiscard]] const std::vector<double>& price_traces() const noexcept { return price_traces_; }
    [[nodiscard]] const std::vector<double>& drawdown_traces() const noexcept {
        return drawdown_traces_;
    }

private:
    void add();
    void add_time(std::size_t time, double price, double drawdown);
    [[nodiscard]] double squared_log_returns();

    PricePathPlan plan_;
    std::vector<double> prices_;
    std::vector<double> logs_;
    PricePathColumns columns_;
    TimeBins price_;
    TimeBins drawdown_;
    std::vector<double> price_traces_;
    std::vector<double> drawdown_traces_;
};

}  // namespace voltcore::sim
