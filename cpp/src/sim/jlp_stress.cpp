#include "voltcore/sim/jlp_stress.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "voltcore/perps/book.hpp"
#include "voltcore/perps/refusal.hpp"

namespace voltcore::sim {

namespace {

using perps::CallerId;
using perps::JlpKey;
using perps::JlpPool;
using perps::Side;

constexpr CallerId lp = 1'000'000'000;
constexpr CallerId first_trader = lp + 1;
constexpr std::uint8_t purpose_flow = 82;
constexpr double usd = 1e6;

[[nodiscard]] std::int64_t whole(math::i128 value) {
    return math::checked_cast<std::int64_t>(value);
}
[[nodiscard]] std::uint64_t price_e6(double price) {
    return static_cast<std::uint64_t>(std::fmin(std::fmax(price * usd, 1.0), 1e18));
}

/// Token units of a whole token; 10^18 and below are exact doubles.
[[nodiscard]] double unit_of(std::int32_t decimals) {
    double unit = 1.0;
    for (std::int32_t i = 0; i < decimals; ++i) unit *= 10.0;
    return unit;
}

/// The positions of one token and side as columns: a step asks all of them at once.
struct Market {
    std::vector<JlpKey> keys;
    std::vector<std::uint64_t> size, collateral, entry, snapshot;
    std::vector<std::uint8_t> side, bitmap;

    void clear() {
        keys.clear();
        for (auto* column : {&size, &collateral, &entry, &snapshot}) column->clear();
        side.clear();
    }
    void add(const JlpKey& key, const perps::JlpPosition& position) {
        keys.push_back(key);
        size.push_back(position.size_usd);
        collateral.push_back(position.collateral_usd);
        entry.push_back(position.price);
        snapshot.push_back(math::checked_cast<std::uint64_t>(position.snapshot));
        side.push_back(key.side == Side::long_side ? 0 : 1);
    }
    void scan(const perps::BookMarket& market) {
        bitmap.resize(keys.size() / 8 + 1);
        const perps::Book book{size.data(),     collateral.data(), entry.data(),
                               snapshot.data(), side.data(),       keys.size()};
        const perps::ScanCount found = perps::scan_rows(book, market, nullptr, 0, keys.size(),
                                                        {bitmap.data(), nullptr, nullptr});
        if (found.bad != 0) perps::math_overflow("liquidation scan");
    }
    [[nodiscard]] bool hit(std::size_t i) const { return (bitmap[i / 8] >> (i % 8) & 1) != 0; }
};

class Run {
public:
    Run(const JlpStressConfig& config, const markets::CorrelatedAssets& prices, std::uint64_t seed,
        std::uint64_t path)
        : config_{config},
          pool_{config.pool, 0},
          assets_{prices.assets()},
          walk_{prices},
          draws_{seed, purpose_flow, path} {
        walk_.restart(seed, path);
        for (std::size_t i = 0; i < assets_; ++i) start_.push_back(prices.asset(i).start);
        markets_.resize(2 * assets_);
    }

    bool go(const Control& control, JlpStressPath& out, std::vector<JlpStressDay>& days);

private:
    [[nodiscard]] CallerId admin() const { return config_.pool.roles.admin; }
    [[nodiscard]] std::size_t stable() const { return config_.pool.custodies.size() - 1; }
    void set_price(std::size_t custody, double price) {
        const std::uint64_t e6 = price_e6(price);
        pool_.set_price(config_.pool.roles.oracle, custody, {e6, e6, 0, -6, now_}, now_);
    }
    void deposit();
    void publish(std::uint32_t step);
    void close_due(std::uint32_t step, JlpStressPath& out);
    void liquidate(std::uint32_t step, JlpStressPath& out);
    void open_new(std::uint32_t step, JlpStressPath& out);
    void daily(JlpStressPath& out);
    void settled(const perps::JlpDecreaseReceipt& receipt, JlpStressPath& out);
    [[nodiscard]] double share_price() const {
        return static_cast<double>(pool_.aum(now_)) / static_cast<double>(pool_.lp().total());
    }
    [[nodiscard]] double utilisation() const {
        const perps::JlpCustody& custody = pool_.custodies()[0];
        return custody.owned == 0
                   ? 0.0
                   : static_cast<double>(custody.locked) / static_cast<double>(custody.owned);
    }

    const JlpStressConfig& config_;
    JlpPool pool_;
    std::size_t assets_;
    markets::CorrelatedPath walk_;
    StressDraws draws_;
    std::vector<double> start_;
    std::vector<std::vector<double>> history_;  ///< prices of every step
    std::int64_t now_ = 0;
    CallerId next_trader_ = first_trader;
    std::multimap<std::uint32_t, JlpKey> due_;
    std::map<JlpKey, std::uint32_t> eligible_since_;
    std::vector<Market> markets_;  ///< longs and shorts of each traded token
    double day_price_ = 1.0;
    std::int64_t lp_flow_ = 0;
    math::i128 drift_ = 0;  ///< USD e6, of all tokens that the pool owned while prices moved
};

void Run::deposit() {
    for (std::size_t i = 0; i < config_.deposits_usd.size(); ++i) {
        set_price(i, i < assets_ ? start_[i] : 1.0);
    }
    for (std::size_t i = 0; i < config_.deposits_usd.size(); ++i) {
        const double price = i < assets_ ? start_[i] : 1.0;
        const double scale = unit_of(config_.pool.custodies[i].decimals);
        const double tokens = config_.deposits_usd[i] / price * scale;
        if (tokens >= 1.0) pool_.mint(lp, i, static_cast<std::uint64_t>(tokens), 0, now_);
    }
}

void Run::publish(std::uint32_t step) {
    const auto next = walk_.next();
    history_.emplace_back(next.begin(), next.end());
    const std::size_t seen =
        step > config_.oracle_delay_steps ? step - config_.oracle_delay_steps : 0;
    for (std::size_t i = 0; i < assets_; ++i) {
        const auto before = static_cast<math::i128>(pool_.custodies()[i].feed.price);
        set_price(i, seen == 0 ? start_[i] : history_[seen - 1][i]);
        const auto after = static_cast<math::i128>(pool_.custodies()[i].feed.price);
        const auto unit = static_cast<math::i128>(unit_of(config_.pool.custodies[i].decimals));
        drift_ += static_cast<math::i128>(pool_.custodies()[i].owned) * (after - before) / unit;
    }
    for (std::size_t i = assets_; i <= stable(); ++i) set_price(i, 1.0);
}

void Run::settled(const perps::JlpDecreaseReceipt& receipt, JlpStressPath& out) {
    // A loss counts as far as collateral paid for it.
    out.trader_pnl +=
        receipt.profit ? whole(receipt.pnl_usd) : -whole(receipt.pnl_usd - receipt.bad_debt_usd);
    const std::uint64_t borrow = std::min(receipt.borrow_fee_usd, receipt.fee_usd);
    out.borrow_fees += whole(borrow);
    out.fees += whole(receipt.fee_usd - borrow);
    out.bad_debt += whole(receipt.bad_debt_usd);
    out.forfeited += whole(receipt.forfeited_usd);
}

void Run::close_due(std::uint32_t step, JlpStressPath& out) {
    while (!due_.empty() && due_.begin()->first <= step) {
        const JlpKey key = due_.begin()->second;
        due_.erase(due_.begin());
        if (!pool_.positions().contains(key)) continue;
        settled(
            pool_.decrease(key.owner,
                           {key.custody, key.collateral_custody, key.side, 0, 0, true, 0}, now_),
            out);
        eligible_since_.erase(key);
    }
}

void Run::liquidate(std::uint32_t step, JlpStressPath& out) {
    for (Market& market : markets_) market.clear();
    for (const auto& [key, position] : pool_.positions()) {
        markets_[2 * key.custody + (key.side == Side::long_side ? 0 : 1)].add(key, position);
    }
    std::vector<JlpKey> ripe;
    for (Market& market : markets_) {
        if (market.keys.empty()) continue;
        const JlpKey& any = market.keys.front();
        const perps::JlpExposure shared =
            pool_.exposure(any, pool_.positions().find(any)->second, now_);
        market.scan({pool_.custodies()[any.custody].feed.price,
                     math::checked_cast<std::uint64_t>(shared.cumulative), shared.close_bps,
                     shared.impact_scalar, shared.max_leverage_bps});
        for (std::size_t i = 0; i < market.keys.size(); ++i) {
            const JlpKey& key = market.keys[i];
            if (!market.hit(i)) {
                if (!eligible_since_.empty()) eligible_since_.erase(key);
                continue;
            }
            const auto [since, fresh] = eligible_since_.try_emplace(key, step);
            if (step - since->second >= config_.liquidation_delay_steps) ripe.push_back(key);
        }
    }
    std::sort(ripe.begin(), ripe.end());
    for (const JlpKey& key : ripe) {
        out.liquidated_notional += whole(pool_.positions().at(key).size_usd);
        settled(pool_.liquidate(admin(), key, now_), out);
        ++out.liquidations;
        eligible_since_.erase(key);
    }
}

void Run::open_new(std::uint32_t step, JlpStressPath& out) {
    const std::uint32_t arrivals = draws_.poisson(config_.flow.arrivals_per_step);
    for (std::uint32_t i = 0; i < arrivals; ++i) {
        double pick = draws_.uniform();
        std::size_t asset = 0;
        while (asset + 1 < assets_ && pick >= config_.asset_share[asset]) {
            pick -= config_.asset_share[asset++];
        }
        const double before = step > config_.steps_per_day
                                  ? history_[step - 1 - config_.steps_per_day][asset]
                                  : start_[asset];
        const Wish wish =
            draw_wish(draws_, config_.flow, markets::log(history_[step - 1][asset] / before));
        const std::size_t paying = wish.is_long ? asset : stable();
        const double unit = unit_of(config_.pool.custodies[paying].decimals);
        const double price = static_cast<double>(pool_.custodies()[paying].feed.price);
        const JlpKey key{next_trader_++, static_cast<std::uint32_t>(asset),
                         static_cast<std::uint32_t>(paying),
                         wish.is_long ? Side::long_side : Side::short_side};
        const auto tokens =
            static_cast<std::uint64_t>(static_cast<double>(wish.collateral) / price * unit);
        try {
            const perps::JlpIncreaseReceipt receipt = pool_.increase(
                key.owner,
                {key.custody, key.collateral_custody, key.side, wish.size, tokens, false, 0}, now_);
            out.fees += whole(receipt.position_fee_usd);
            ++out.opened;
            due_.emplace(step + wish.steps, key);
        } catch (const Error&) {
            ++out.refused;  // a limit of the pool, or too little collateral for the fee
        }
    }
    out.most_positions =
        std::max(out.most_positions, static_cast<std::uint32_t>(pool_.positions().size()));
}

void Run::daily(JlpStressPath& out) {
    for (std::size_t i = 0; i <= stable(); ++i) pool_.distribute_fees(admin(), i, now_);
    if (config_.lp_exit_share > 0.0 && share_price() < day_price_ * (1.0 - config_.lp_exit_loss)) {
        const auto units = static_cast<std::uint64_t>(static_cast<double>(pool_.lp().of(lp)) *
                                                      config_.lp_exit_share);
        try {
            const std::uint64_t before = pool_.aum(now_);
            pool_.burn(lp, 0, units, 0, now_);
            lp_flow_ += whole(pool_.aum(now_)) - whole(before);
        } catch (const Error&) {
            ++out.refused;  // locked: they stay
        }
    }
    day_price_ = share_price();
}

bool Run::go(const Control& control, JlpStressPath& out, std::vector<JlpStressDay>& days) {
    const std::int64_t step_seconds = 86'400 / config_.steps_per_day;
    const std::uint32_t steps = config_.days * config_.steps_per_day;
    deposit();
    history_.reserve(steps);
    const double first = share_price();
    const auto start_value = whole(pool_.aum(now_));
    double peak = first;
    day_price_ = first;
    double used_sum = 0.0;
    days.clear();
    for (std::uint32_t step = 1; step <= steps; ++step) {
        if (step % 32 == 0 && control.cancelled()) return false;
        now_ += step_seconds;
        publish(step);
        close_due(step, out);
        liquidate(step, out);
        open_new(step, out);
        const double used = utilisation();
        used_sum += used;
        out.max_utilisation = std::max(out.max_utilisation, 100.0 * used);
        if (step % config_.steps_per_day != 0) continue;
        daily(out);
        const double price = share_price();
        peak = std::max(peak, price);
        out.max_drawdown = std::max(out.max_drawdown, 100.0 * (1.0 - price / peak));
        days.push_back({price / first, 100.0 * utilisation(), history_[step - 1][0]});
    }
    for (const auto& [key, position] : pool_.positions()) {
        const perps::JlpPositionView view = pool_.value_of(key, now_);
        const std::uint64_t loss = std::min(view.pnl_usd, position.collateral_usd);
        out.trader_pnl += view.profit ? whole(view.pnl_usd) : -whole(loss);
    }
    double held = 0.0;
    double paid = 0.0;
    for (std::size_t i = 0; i < config_.deposits_usd.size(); ++i) {
        const double ratio = i < assets_ ? history_[steps - 1][i] / start_[i] : 1.0;
        held += config_.deposits_usd[i] * ratio;
        paid += config_.deposits_usd[i];
    }
    out.asset_return = 100.0 * (held / paid - 1.0);
    out.lp_return = 100.0 * (share_price() / first - 1.0);
    out.mean_utilisation = 100.0 * used_sum / steps;
    const double share = 1.0 - static_cast<double>(config_.pool.settings.protocol_share_bps) / 1e4;
    out.lp_fees = static_cast<std::int64_t>(static_cast<double>(out.fees) * share);
    out.lp_borrow = static_cast<std::int64_t>(static_cast<double>(out.borrow_fees) * share);
    out.lp_trader_pnl = -out.trader_pnl;
    out.lp_change = whole(pool_.aum(now_)) - start_value - lp_flow_;
    out.lp_asset_drift = whole(drift_);
    out.lp_other =
        out.lp_change - out.lp_fees - out.lp_borrow - out.lp_trader_pnl - out.lp_asset_drift;
    out.lp_loss = out.lp_return < 0.0;
    out.any_bad_debt = out.bad_debt > 0;
    out.traders_won = out.trader_pnl > 0;
    return true;
}

}  // namespace

bool run_jlp_stress(const JlpStressConfig& config, const markets::CorrelatedAssets& prices,
                    std::uint64_t seed, std::uint64_t path, const Control& control,
                    JlpStressPath& out, std::vector<JlpStressDay>& days) {
    out = {};
    Run run{config, prices, seed, path};
    return run.go(control, out, days);
}

}  // namespace voltcore::sim
