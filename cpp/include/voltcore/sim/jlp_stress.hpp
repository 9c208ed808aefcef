#pragma once

#include <cstdint>
#include <vector>

#include "voltcore/markets/correlated_assets.hpp"
#include "voltcore/perps/jlp_pool.hpp"
#include "voltcore/sim/control.hpp"
#include "voltcore/sim/stress_draws.hpp"

// A JLP pool under correlated prices with jumps and a flow of leveraged traders.

namespace voltcore::sim {

struct JlpStressConfig {
    perps::JlpConfig pool;  ///< the traded custodies first, in the order of the assets, then USDC
    TraderFlow flow;
    std::vector<double> asset_share;   ///< of the arrivals, adding to 1
    std::vector<double> deposits_usd;  ///< of the LPs, for each custody
    std::uint32_t days = 30;
    std::uint32_t steps_per_day = 24;
    std::uint32_t liquidation_delay_steps = 0;
    std::uint32_t oracle_delay_steps = 0;
    double lp_exit_share = 0.0;  ///< of the LP tokens, after a day that loses more than the next
    double lp_exit_loss = 1.0;
};

/// One path; amounts in 10^-6 USD.
struct JlpStressPath {
    double lp_return = 0.0;  ///< %, of the virtual price
    double max_drawdown = 0.0;
    double asset_return = 0.0;        ///< %, of the deposit held without a pool
    std::int64_t trader_pnl = 0;      ///< settled and open, before fees
    std::int64_t fees = 0;            ///< position fees paid
    std::int64_t borrow_fees = 0;     ///< paid
    std::int64_t lp_fees = 0;         ///< what of the position fees is the LPs'
    std::int64_t lp_borrow = 0;       ///< what of the borrow fees is the LPs'
    std::int64_t lp_trader_pnl = 0;   ///< minus what traders won
    std::int64_t lp_asset_drift = 0;  ///< what the prices did to the tokens that the pool held
    std::int64_t lp_other = 0;        ///< closes the LPs' sum
    std::int64_t lp_change = 0;
    std::int64_t bad_debt = 0;
    std::int64_t forfeited = 0;
    double mean_utilisation = 0.0;  ///< %, of the first custody
    double max_utilisation = 0.0;
    std::uint32_t opened = 0;
    std::uint32_t refused = 0;
    std::uint32_t liquidations = 0;
    std::int64_t liquidated_notional = 0;
    std::uint32_t most_positions = 0;
    bool lp_loss = false;
    bool any_bad_debt = false;
    bool traders_won = false;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("lp_return", self.lp_return);
        visit("max_drawdown", self.max_drawdown);
        visit("asset_return", self.asset_return);
        visit("trader_pnl", self.trader_pnl);
        visit("fees", self.fees);
        visit("borrow_fees", self.borrow_fees);
        visit("lp_fees", self.lp_fees);
        visit("lp_borrow", self.lp_borrow);
        visit("lp_trader_pnl", self.lp_trader_pnl);
        visit("lp_asset_drift", self.lp_asset_drift);
        visit("lp_other", self.lp_other);
        visit("lp_change", self.lp_change);
        visit("bad_debt", self.bad_debt);
        visit("forfeited", self.forfeited);
        visit("mean_utilisation", self.mean_utilisation);
        visit("max_utilisation", self.max_utilisation);
        visit("opened", self.opened);
        visit("refused", self.refused);
        visit("liquidations", self.liquidations);
        visit("liquidated_notional", self.liquidated_notional);
        visit("most_positions", self.most_positions);
        visit("lp_loss", self.lp_loss);
        visit("any_bad_debt", self.any_bad_debt);
        visit("traders_won", self.traders_won);
    }
};

/// At the end of each day, for the bands and traces.
struct JlpStressDay {
    double share_price = 0.0;  ///< 1 at the start
    double utilisation = 0.0;  ///< %, of the first custody
    double price = 0.0;        ///< USD, of the first custody

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("share_price", self.share_price);
        visit("utilisation", self.utilisation);
        visit("price", self.price);
    }
};

/// Runs one path; false when `control` was cancelled. `days` gets one row for each day.
bool run_jlp_stress(const JlpStressConfig& config, const markets::CorrelatedAssets& prices,
                    std::uint64_t seed, std::uint64_t path, const Control& control,
                    JlpStressPath& out, std::vector<JlpStressDay>& days);

}  // namespace voltcore::sim
