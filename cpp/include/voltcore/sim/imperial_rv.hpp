#pragma once

#include <cstdint>
#include <vector>

#include "voltcore/perps/vol_pool.hpp"
#include "voltcore/sim/control.hpp"
#include "voltcore/sim/stress_draws.hpp"

// A VolPerp pool on realised volatility of real BTC weeks, resampled in blocks.

namespace voltcore::sim {

struct ImperialRvConfig {
    perps::VolConfig pool;
    TraderFlow flow;
    std::vector<double> weekly_variance;  ///< sum of squared hourly log returns
    std::uint32_t weeks = 26;
    std::uint32_t block_weeks = 4;
    std::uint32_t steps_per_day = 4;
    std::uint32_t liquidation_delay_steps = 0;
    std::uint32_t oracle_delay_steps = 0;
    std::uint64_t deposit = 0;    ///< of the LPs, 10^-6 USD
    std::uint64_t insurance = 0;  ///< seed
    double lp_exit_share = 0.0;   ///< of the LP units, after a day that loses more than the next
    double lp_exit_loss = 1.0;
};

/// One path; amounts in 10^-6 USD.
struct ImperialRvPath {
    double lp_return = 0.0;  ///< %, of the share price
    double lp_return_at_mark = 0.0;
    double max_drawdown = 0.0;
    std::int64_t trader_pnl = 0;  ///< settled and open, as far as paid, before fees
    std::int64_t fees = 0;        ///< paid at openings, closes and liquidations
    std::int64_t borrow_fees = 0;
    std::int64_t to_protocol = 0;
    std::int64_t lp_fees = 0;    ///< what of the fees stayed with the LPs
    std::int64_t lp_borrow = 0;  ///< what of the borrow fees did
    std::int64_t lp_trader_pnl = 0;
    std::int64_t lp_insurance = 0;  ///< profits that the insurance paid
    std::int64_t lp_other = 0;      ///< closes the LPs' sum: what liquidations leave them
    std::int64_t lp_change = 0;     ///< at mark, with the fees not yet cleared
    double mean_utilisation = 0.0;
    double max_utilisation = 0.0;
    std::int64_t insurance_low = 0;  ///< also within an operation
    std::int64_t insurance_end = 0;
    std::int64_t impairment = 0;
    std::int64_t user_losses = 0;
    std::int64_t shortfall = 0;  ///< loss beyond the collateral of liquidated positions
    std::uint32_t opened = 0;
    std::uint32_t refused = 0;
    std::uint32_t liquidations = 0;
    std::uint32_t over_profit = 0;
    std::int64_t liquidated_notional = 0;
    double blocked_time = 0.0;  ///< % of the steps
    bool lp_loss = false;
    bool insurance_depleted = false;
    bool any_user_loss = false;
    bool any_impairment = false;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("lp_return", self.lp_return);
        visit("lp_return_at_mark", self.lp_return_at_mark);
        visit("max_drawdown", self.max_drawdown);
        visit("trader_pnl", self.trader_pnl);
        visit("fees", self.fees);
        visit("borrow_fees", self.borrow_fees);
        visit("to_protocol", self.to_protocol);
        visit("lp_fees", self.lp_fees);
        visit("lp_borrow", self.lp_borrow);
        visit("lp_trader_pnl", self.lp_trader_pnl);
        visit("lp_insurance", self.lp_insurance);
        visit("lp_other", self.lp_other);
        visit("lp_change", self.lp_change);
        visit("mean_utilisation", self.mean_utilisation);
        visit("max_utilisation", self.max_utilisation);
        visit("insurance_low", self.insurance_low);
        visit("insurance_end", self.insurance_end);
        visit("impairment", self.impairment);
        visit("user_losses", self.user_losses);
        visit("shortfall", self.shortfall);
        visit("opened", self.opened);
        visit("refused", self.refused);
        visit("liquidations", self.liquidations);
        visit("over_profit", self.over_profit);
        visit("liquidated_notional", self.liquidated_notional);
        visit("blocked_time", self.blocked_time);
        visit("lp_loss", self.lp_loss);
        visit("insurance_depleted", self.insurance_depleted);
        visit("any_user_loss", self.any_user_loss);
        visit("any_impairment", self.any_impairment);
    }
};

/// At the end of each week, for the bands and traces.
struct ImperialRvWeek {
    double share_price = 0.0;  ///< 1 at the start
    double utilisation = 0.0;  ///< %
    double insurance = 0.0;    ///< USD
    double volatility = 0.0;   ///< %, of the 30-day window

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("share_price", self.share_price);
        visit("utilisation", self.utilisation);
        visit("insurance", self.insurance);
        visit("volatility", self.volatility);
    }
};

/// Runs one path; false when `control` was cancelled. `weeks` gets one row for each week.
bool run_imperial_rv(const ImperialRvConfig& config, std::uint64_t seed, std::uint64_t path,
                     const Control& control, ImperialRvPath& out,
                     std::vector<ImperialRvWeek>& weeks);

}  // namespace voltcore::sim
