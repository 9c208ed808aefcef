#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "voltcore/irs/irs_pool.hpp"
#include "voltcore/markets/short_rate.hpp"
#include "voltcore/sim/block_bootstrap.hpp"
#include "voltcore/sim/control.hpp"

// Positions in a rates pool from the start of a term to its settlement, over simulated rates.

namespace voltcore::sim {

/// A position that is watched: it has traded or minted in the pool that every path starts from.
struct IrsSeat {
    irs::PositionKey key{};
    irs::U256 margin{};  ///< m0: paid in at the start, token units, > 0
};

struct IrsRiskConfig {
    irs::IrsPool pool;                ///< at the start of the term
    markets::CoxIngersollRoss rate;   ///< variable rate, a fraction a year; its step is the model's
    std::uint32_t term_end = 0;       ///< seconds; that of the pool
    std::uint32_t step_seconds = 0;   ///< divides what is left of the term
    std::uint32_t steps_per_day = 1;  ///< steps between two samples of bands and traces
    std::uint32_t trading_ends = 0;   ///< from this second on the pool refuses trades
    irs::PositionKey market_taker{};  ///< trades the fixed rate to where the market sees it
    irs::AccountId liquidator{};
    double tilt = 0.0;      ///< the market's fixed rate = (1 + tilt) * variable rate, within
    double low_rate = 0.0;  ///< these two, percent
    double high_rate = 0.0;
    std::uint32_t block = 1;  ///< steps of a block of the bootstrap
    std::uint32_t replicates = 2;
    std::vector<IrsSeat> seats{};
};

/// What one path leaves behind of one seat. Shares are of m0.
struct IrsSeatResult {
    std::int64_t pnl = 0;  ///< margin after settlement - m0, token units
    double step_mean = 0.0;
    double step_deviation = 0.0;           ///< of the change of equity from step to step, of m0
    double least_headroom = 0.0;           ///< (margin - liquidation requirement) / m0
    double least_liquidation = 0.0;        ///< (m0 - liquidation requirement) / m0
    double least_equity = 0.0;             ///< (margin + accrued cashflow) / m0
    BootstrapMoments liquidation_moments;  ///< of (m0 - liquidation requirement) / m0
    BootstrapMoments equity_moments;       ///< of (margin + accrued cashflow) / m0
    std::int32_t liquidated_step = -1;     ///< from 1
    std::int32_t insolvent_step = -1;      ///< first equity below 0, from 1
};

struct IrsPathResult {
    std::vector<IrsSeatResult> seats;
    std::vector<double> headroom;       ///< row-major (seats, days)
    std::vector<double> variable_rate;  ///< percent, (days)
    std::vector<double> fixed_rate;     ///< percent, (days)
    double variable_factor = 0.0;       ///< of the whole term, percent
    std::uint32_t refused_trades = 0;   ///< of the market taker
    std::uint32_t refused_liquidations = 0;
};

/// One path after another on one copy of the pool. Everything that moves money is an operation of
/// the pool; doubles draw the rate and describe what came out.
class IrsRiskRunner {
public:
    explicit IrsRiskRunner(const IrsRiskConfig& config);

    /// False, with nothing to be used, when cancelled.
    bool run(std::uint64_t seed, std::uint64_t path, IrsPathResult& out,
             const Control* control = nullptr);
    /// The pool as the last path left it.
    [[nodiscard]] const irs::IrsPool& pool() const noexcept { return pool_; }
    [[nodiscard]] std::uint32_t steps() const noexcept { return steps_; }
    [[nodiscard]] std::uint32_t days() const noexcept { return steps_ / config_.steps_per_day; }

    /// The index after a step over which the rate went from `from` to `to` (fractions a year):
    /// compounded at their mean, floor.
    [[nodiscard]] static irs::U256 grown(const irs::U256& index_ray, double from, double to,
                                         double step_years) noexcept;
    /// floor(2^96 / sqrt(percent)), for a rate in [0.001, 1000].
    [[nodiscard]] static irs::U256 sqrt_price_at(double percent) noexcept;

private:
    /// What balances have accrued at one moment: whole token units of irs::excess_balance.
    class Accrual {
    public:
        Accrual(const irs::Term& term, std::uint32_t now, const irs::U256& variable_factor_wad)
            : moment_{term, irs::seconds_wad(now)},
              variable_factor_wad_{math::to_int256(variable_factor_wad)} {}
        [[nodiscard]] irs::I256 of(const irs::I256& fixed, const irs::I256& variable) {
            return irs::whole_of_two(fixed, moment_.factor_now(), variable, variable_factor_wad_);
        }

    private:
        irs::Moment moment_;
        irs::I256 variable_factor_wad_;
    };

    void trade(std::uint32_t now, double rate, IrsPathResult& out);
    void watch(std::size_t seat, std::uint32_t step, std::uint32_t now, Accrual& accrual,
               IrsPathResult& out);
    void settle(std::uint32_t now, IrsPathResult& out);
    void summarise(std::uint64_t seed, std::uint64_t path, IrsPathResult& out);
    void add_equity(std::size_t seat, std::uint32_t step, double equity, IrsPathResult& out);

    const IrsRiskConfig& config_;
    irs::IrsPool pool_;
    BlockBootstrap bootstrap_;
    std::uint32_t steps_;
    std::vector<std::vector<double>> liquidation_;  ///< by seat, by step before the end
    std::vector<std::vector<double>> equity_;       ///< by seat, by step
};

}  // namespace voltcore::sim
