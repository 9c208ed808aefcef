#include "voltcore/sim/imperial_rv.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace voltcore::sim {

namespace {

using perps::CallerId;
using perps::Side;
using perps::VolKey;
using perps::VolPool;
using perps::VolWindow;

constexpr CallerId lp = 1'000'000'000;
constexpr CallerId first_trader = lp + 1;
constexpr std::uint8_t purpose_flow = 80;
constexpr std::uint8_t purpose_weeks = 81;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr double days_per_week = 7.0;
constexpr VolWindow windows[] = {VolWindow::week_1, VolWindow::day_30};

/// Realised volatility with 4 decimals of the last 7 and 30 days, at every step: the variance of a
/// day is a seventh of its week's.
class Volatility {
public:
    Volatility(const ImperialRvConfig& config, std::uint64_t seed, std::uint64_t path) {
        StressDraws draws{seed, purpose_weeks, path};
        const std::size_t known = config.weekly_variance.size();
        // Five weeks before the first day fill the longest window.
        const std::size_t needed = config.weeks + 5;
        while (weekly_.size() < needed) {
            const auto start =
                static_cast<std::size_t>(draws.uniform() * static_cast<double>(known));
            for (std::uint32_t i = 0; i < config.block_weeks && weekly_.size() < needed; ++i) {
                weekly_.push_back(config.weekly_variance[(start + i) % known]);
            }
        }
        double sum = 0.0;
        for (const double week : weekly_) {
            before_.push_back(sum);
            sum += week;
        }
    }

    /// Per year, at `day` days after the start; `window` in days.
    [[nodiscard]] double at(double day, double window) const {
        const double end = day + 5.0 * days_per_week;
        const double sum = until(end) - until(end - window);
        return std::sqrt(std::max(sum, 0.0) / window * 365.0);
    }

private:
    /// Variance accumulated up to a day.
    [[nodiscard]] double until(double day) const {
        const double whole = std::floor(day / days_per_week);
        const auto week = std::min(static_cast<std::size_t>(whole), weekly_.size() - 1);
        return before_[week] + weekly_[week] * (day / days_per_week - static_cast<double>(week));
    }

    std::vector<double> weekly_;
    std::vector<double> before_;  ///< sum of the weeks before each
};

[[nodiscard]] std::int64_t whole(math::i128 value) {
    return math::checked_cast<std::int64_t>(value);
}

/// A loss counts as far as collateral paid for it.
[[nodiscard]] std::int64_t won(math::i128 pnl, std::uint64_t collateral) {
    return whole(std::max(pnl, -static_cast<math::i128>(collateral)));
}

class Run {
public:
    Run(const ImperialRvConfig& config, std::uint64_t seed, std::uint64_t path)
        : config_{config},
          pool_{config.pool, 0},
          volatility_{config, seed, path},
          draws_{seed, purpose_flow, path} {}

    bool go(const Control& control, ImperialRvPath& out, std::vector<ImperialRvWeek>& weeks);

private:
    [[nodiscard]] CallerId admin() const { return config_.pool.roles.admin; }
    void publish(std::uint32_t step);
    void close_due(std::uint32_t step, ImperialRvPath& out);
    void liquidate(std::uint32_t step, ImperialRvPath& out);
    void open_new(std::uint32_t step, ImperialRvPath& out);
    void daily(ImperialRvPath& out);
    [[nodiscard]] std::uint64_t insurance() const { return pool_.custodies()[0].insurance; }
    /// What the LPs keep of a paid fee: nothing of the insurance's share and the protocol's part.
    void keep_fee(std::uint64_t fee, std::uint64_t borrow, std::uint64_t to_insurance,
                  ImperialRvPath& out) const;
    /// Profits paid out of the insurance that held `before`. It may be filled up again within the
    /// same operation, by the fee of a liquidation.
    static void draw_insurance(std::uint64_t before, const perps::VolWaterfall& profit,
                               ImperialRvPath& out);
    [[nodiscard]] double share_price() const {
        const std::uint64_t lp_units = pool_.lp().total();
        return lp_units == 0
                   ? 1.0
                   : static_cast<double>(pool_.pool_value()) / static_cast<double>(lp_units);
    }

    const ImperialRvConfig& config_;
    VolPool pool_;
    Volatility volatility_;
    StressDraws draws_;
    std::int64_t now_ = 0;
    CallerId next_trader_ = first_trader;
    std::multimap<std::uint32_t, VolKey> due_;
    std::map<VolKey, std::uint32_t> eligible_since_;
    double last_move_ = 0.0;
    double day_price_ = 1.0;
    std::int64_t lp_flow_ = 0;
};

void Run::publish(std::uint32_t step) {
    const double per_day = config_.steps_per_day;
    const double seen = static_cast<double>(
        step > config_.oracle_delay_steps ? step - config_.oracle_delay_steps : 0);
    const double day = seen / per_day;
    for (const VolWindow window : windows) {
        const double days = window == VolWindow::week_1 ? 7.0 : 30.0;
        const double value = std::fmax(volatility_.at(day, days) * 1e4, 1.0);
        pool_.set_oracle(config_.pool.roles.oracle, window, std::nullopt,
                         static_cast<std::int32_t>(std::fmin(value, 1e9)), now_);
    }
    last_move_ =
        markets::log(volatility_.at(day, 7.0) / volatility_.at(std::fmax(day - 1.0, 0.0), 7.0));
}

void Run::keep_fee(std::uint64_t fee, std::uint64_t borrow, std::uint64_t to_insurance,
                   ImperialRvPath& out) const {
    const std::uint64_t share = config_.pool.fees.protocol_share_bps;
    const auto kept = [share](std::uint64_t part) {
        return whole(part - perps::muldiv(part, share, perps::bps_scale));
    };
    const std::uint64_t paid_borrow = std::min(borrow, fee);  // it counts as paid first
    const std::int64_t of_borrow = kept(paid_borrow - to_insurance);
    out.borrow_fees += whole(paid_borrow);
    out.fees += whole(fee - paid_borrow);
    out.lp_borrow += of_borrow;
    out.lp_fees += kept(fee - to_insurance) - of_borrow;
}

void Run::draw_insurance(std::uint64_t before, const perps::VolWaterfall& profit,
                         ImperialRvPath& out) {
    out.insurance_low = std::min(out.insurance_low, whole(before - profit.from_insurance));
    out.lp_insurance += whole(profit.from_insurance);
}

void Run::close_due(std::uint32_t step, ImperialRvPath& out) {
    while (!due_.empty() && due_.begin()->first <= step) {
        const VolKey key = due_.begin()->second;
        due_.erase(due_.begin());
        if (!pool_.positions().contains(key)) continue;
        const std::uint64_t collateral = pool_.positions().at(key).collateral;
        const std::uint64_t insured = insurance();
        const perps::VolDecreaseReceipt receipt =
            pool_.decrease(key.owner, key, {0, 0, true, std::nullopt}, now_);
        out.trader_pnl += won(receipt.pnl, collateral) - whole(receipt.profit.unpaid);
        keep_fee(receipt.fee, receipt.borrow_fee, receipt.insurance_contribution, out);
        draw_insurance(insured, receipt.profit, out);
        eligible_since_.erase(key);
    }
}

void Run::liquidate(std::uint32_t step, ImperialRvPath& out) {
    std::map<VolKey, std::uint32_t> since;
    std::vector<VolKey> ripe;
    for (const VolKey& key : pool_.liquidatable(now_)) {
        const auto known = eligible_since_.find(key);
        const std::uint32_t first = known == eligible_since_.end() ? step : known->second;
        since.emplace_hint(since.end(), key, first);
        if (step - first >= config_.liquidation_delay_steps) ripe.push_back(key);
    }
    eligible_since_ = std::move(since);  // one that recovered begins anew
    for (const VolKey& key : ripe) {
        const perps::VolPosition position = pool_.positions().at(key);
        out.liquidated_notional += whole(position.size);
        const std::uint64_t insured = insurance();
        const std::uint64_t borrow = pool_.health(key, now_).borrow_fee;
        const perps::VolLiquidationReceipt receipt = pool_.liquidate(admin(), key, now_);
        ++out.liquidations;
        out.over_profit += receipt.reason == perps::VolState::over_profit ? 1 : 0;
        out.trader_pnl += won(receipt.pnl, position.collateral) - whole(receipt.profit.unpaid);
        if (receipt.effective_collateral < 0) out.shortfall += whole(-receipt.effective_collateral);
        keep_fee(receipt.fee, borrow, 0, out);
        draw_insurance(insured, receipt.profit, out);
        out.insurance_low = std::min(out.insurance_low, whole(insurance()));
        eligible_since_.erase(key);
    }
}

void Run::open_new(std::uint32_t step, ImperialRvPath& out) {
    const std::uint32_t arrivals = draws_.poisson(config_.flow.arrivals_per_step);
    for (std::uint32_t i = 0; i < arrivals; ++i) {
        const Wish wish = draw_wish(draws_, config_.flow, last_move_);
        const VolKey key{0, next_trader_++, windows[draws_.uniform() < 0.5 ? 0 : 1],
                         wish.is_long ? Side::long_side : Side::short_side};
        try {
            const perps::VolIncreaseReceipt receipt = pool_.increase(
                key.owner, key, {wish.size, wish.collateral, false, std::nullopt}, now_);
            keep_fee(receipt.fee, 0, 0, out);
            ++out.opened;
            due_.emplace(step + wish.steps, key);
        } catch (const Error&) {
            ++out.refused;
        }
    }
}

void Run::daily(ImperialRvPath& out) {
    pool_.clear_fee_reserves(admin(), 0, now_);
    const double price = share_price();
    if (config_.lp_exit_share > 0.0 && price < day_price_ * (1.0 - config_.lp_exit_loss)) {
        const auto units = static_cast<std::uint64_t>(static_cast<double>(pool_.lp().of(lp)) *
                                                      config_.lp_exit_share);
        try {
            if (units > 0) {
                const perps::VolDepositReceipt receipt = pool_.withdraw(lp, 0, units, 0, now_);
                lp_flow_ -= whole(receipt.amount) + whole(receipt.protocol);
            }
        } catch (const Error&) {
            ++out.refused;  // blocked: they stay
        }
    }
    day_price_ = share_price();
}

bool Run::go(const Control& control, ImperialRvPath& out, std::vector<ImperialRvWeek>& weeks) {
    const std::int64_t step_seconds = seconds_per_day / config_.steps_per_day;
    const std::uint32_t steps = config_.weeks * 7 * config_.steps_per_day;
    pool_.deposit(lp, 0, config_.deposit, 0, now_);
    if (config_.insurance > 0) pool_.fund_insurance(lp, 0, config_.insurance, now_);
    out.insurance_low = whole(config_.insurance);
    const double first = share_price();
    const auto start_value = whole(pool_.pool_value());
    double peak = first;
    day_price_ = first;
    double used_sum = 0.0;
    std::uint32_t blocked = 0;
    weeks.clear();
    for (std::uint32_t step = 1; step <= steps; ++step) {
        if (step % 64 == 0 && control.cancelled()) return false;
        now_ += step_seconds;
        publish(step);
        close_due(step, out);
        liquidate(step, out);
        open_new(step, out);
        const perps::VolCustody& custody = pool_.custodies()[0];
        const double used = custody.base == 0 ? 1.0
                                              : static_cast<double>(custody.locked) /
                                                    static_cast<double>(custody.base);
        used_sum += used;
        out.max_utilisation = std::max(out.max_utilisation, 100.0 * used);
        const double limit = static_cast<double>(
            std::min(config_.pool.limit.trade_blockage_utilization_limit,
                     config_.pool.custodies[0].limit.trade_blockage_utilization_limit));
        blocked += used * 1e4 >= limit ? 1 : 0;
        if (step % config_.steps_per_day == 0) daily(out);
        const double price = share_price();
        peak = std::max(peak, price);
        out.max_drawdown = std::max(out.max_drawdown, 100.0 * (1.0 - price / peak));
        if (step % (7 * config_.steps_per_day) == 0) {
            weeks.push_back(
                {price / first, 100.0 * used,
                 static_cast<double>(pool_.custodies()[0].insurance) / 1e6,
                 100.0 * volatility_.at(static_cast<double>(step) / config_.steps_per_day, 30.0)});
        }
    }
    const perps::VolCustody& custody = pool_.custodies()[0];
    for (const auto& [key, position] : pool_.positions()) {
        out.trader_pnl += won(pool_.health(key, now_).pnl, position.collateral);
    }
    const double units = static_cast<double>(std::max<std::uint64_t>(pool_.lp().total(), 1));
    out.lp_return = 100.0 * (share_price() / first - 1.0);
    out.lp_return_at_mark =
        100.0 * (static_cast<double>(pool_.mark_to_market(now_)) / units / first - 1.0);
    out.mean_utilisation = 100.0 * used_sum / steps;
    out.blocked_time = 100.0 * blocked / steps;
    out.to_protocol = whole(custody.protocol_paid);
    out.impairment = whole(custody.impairment_losses);
    out.user_losses = whole(custody.user_losses);
    out.insurance_end = whole(custody.insurance);
    out.lp_trader_pnl = -out.trader_pnl;
    out.lp_change =
        whole(pool_.mark_to_market(now_)) + whole(custody.fee_reserves) - start_value - lp_flow_;
    out.lp_other =
        out.lp_change - out.lp_fees - out.lp_borrow - out.lp_trader_pnl - out.lp_insurance;
    out.lp_loss = out.lp_return_at_mark < 0.0;
    out.insurance_depleted = out.insurance_low == 0;
    out.any_user_loss = out.user_losses > 0;
    out.any_impairment = out.impairment > 0;
    return true;
}

}  // namespace

bool run_imperial_rv(const ImperialRvConfig& config, std::uint64_t seed, std::uint64_t path,
                     const Control& control, ImperialRvPath& out,
                     std::vector<ImperialRvWeek>& weeks) {
    out = {};
    Run run{config, seed, path};
    return run.go(control, out, weeks);
}

}  // namespace voltcore::sim
