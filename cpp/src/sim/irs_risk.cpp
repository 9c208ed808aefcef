#include "voltcore/sim/irs_risk.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "voltcore/markets/elementary.hpp"
#include "voltcore/math/mul_div.hpp"

namespace voltcore::sim {

namespace {

using irs::I256;
using irs::U256;
using math::u128;

constexpr double year_seconds = 31'536'000.0;
/// More notional than any range holds: a trade of it ends at its limit.
constexpr I256 whatever_it_takes = I256::from_bits(U256::power_of_two(120));

/// Draws of this model; see markets::Purpose.
constexpr auto bootstrap_draws =
    static_cast<markets::Purpose>(static_cast<int>(markets::Purpose::first_free));

void refuse_config(const char* field, std::uint64_t value, const char* bound) {
    refuse({.code = ErrorCode::out_of_range,
            .field = field,
            .value = std::to_string(value),
            .bound = bound,
            .op = "IrsRiskModel",
            .onchain = {}});
}

}  // namespace

IrsRiskRunner::IrsRiskRunner(const IrsRiskConfig& config)
    : config_{config}, bootstrap_{config.block, config.replicates}, steps_{0} {
    const std::uint32_t start = config.pool.now();
    if (config.pool.config().term.end_wad != irs::seconds_wad(config.term_end) ||
        config.term_end <= start) {
        refuse_config("term_end", config.term_end, "is not the end of the pool's term");
    }
    if (config.step_seconds == 0 || (config.term_end - start) % config.step_seconds != 0) {
        refuse_config("step_seconds", config.step_seconds, "does not divide the term");
    }
    steps_ = (config.term_end - start) / config.step_seconds;
    if (config.steps_per_day == 0 || steps_ % config.steps_per_day != 0) {
        refuse_config("steps_per_day", config.steps_per_day, "does not divide the steps");
    }
    for (const IrsSeat& seat : config.seats) {
        if (seat.margin.is_zero()) refuse_config("seats.margin", 0, "is not positive");
    }
    liquidation_.resize(config.seats.size());
    equity_.resize(config.seats.size());
}

U256 IrsRiskRunner::grown(const U256& index_ray, double from, double to,
                          double step_years) noexcept {
    const double growth = markets::exp(markets::log(1.0 + 0.5 * (from + to)) * step_years);
    // A rate of [0, 1000] over a step of at most some years: 2^96 times it fits 128 bits.
    const U256 factor{static_cast<u128>(std::min(growth, 0x1p31) * 0x1p96)};
    return math::mul_div(index_ray, factor, irs::q96);
}

U256 IrsRiskRunner::sqrt_price_at(double percent) noexcept {
    return U256{static_cast<u128>(0x1p96 / std::sqrt(percent))};
}

void IrsRiskRunner::trade(std::uint32_t now, double rate, IrsPathResult& out) {
    const double wished = 100.0 * rate * (1.0 + config_.tilt);
    const U256 target = sqrt_price_at(std::clamp(wished, config_.low_rate, config_.high_rate));
    const U256 price = pool_.vamm().sqrt_price_x96;
    if (target == price) return;
    // A fixed taker raises the price, which lowers the rate.
    const I256 amount = target > price ? whatever_it_takes : -whatever_it_takes;
    const irs::PositionKey& taker = config_.market_taker;
    try {
        pool_.swap(taker.owner, now, taker, amount, target);
    } catch (const Error&) {
        ++out.refused_trades;
    }
}

bool IrsRiskRunner::run(std::uint64_t seed, std::uint64_t path, IrsPathResult& out,
                        const Control* control) {
    const std::size_t seats = config_.seats.size();
    pool_.restart(config_.pool);
    out = {};
    out.seats.assign(seats, {});
    for (IrsSeatResult& seat : out.seats) {
        seat.least_headroom = seat.least_liquidation = seat.least_equity = HUGE_VAL;
    }
    out.headroom.resize(seats * days());
    for (auto& series : liquidation_) series.clear();
    for (auto& series : equity_) series.clear();

    const double step_years = static_cast<double>(config_.step_seconds) / year_seconds;
    double rate = config_.rate.start();
    U256 index = pool_.rate_oracle().head().rate_ray;
    std::uint32_t now = pool_.now();
    for (std::uint32_t step = 1; step <= steps_; ++step) {
        if (control != nullptr && control->cancelled()) return false;
        const double next = config_.rate.next(seed, path, step - 1, rate);
        index = grown(index, rate, next, step_years);
        rate = next;
        now += config_.step_seconds;
        pool_.set_rate(now, index, 0);
        if (step < steps_) {
            pool_.write_oracle_entry(config_.liquidator, now);
            if (now < config_.trading_ends) trade(now, rate, out);
            Accrual accrual{pool_.config().term, now,
                            pool_.variable_factor(config_.liquidator, now)};
            for (std::size_t i = 0; i < seats; ++i) watch(i, step, now, accrual, out);
        } else {
            settle(now, out);
        }
        if (step % config_.steps_per_day == 0) {
            out.variable_rate.push_back(100.0 * rate);
            const double root = 0x1p96 / pool_.vamm().sqrt_price_x96.to_double();
            out.fixed_rate.push_back(root * root);
        }
    }
    summarise(seed, path, out);
    return true;
}

void IrsRiskRunner::add_equity(std::size_t seat, std::uint32_t step, double equity,
                               IrsPathResult& out) {
    IrsSeatResult& result = out.seats[seat];
    equity_[seat].push_back(equity);
    result.least_equity = std::min(result.least_equity, equity);
    if (equity < 0.0 && result.insolvent_step < 0) {
        result.insolvent_step = static_cast<std::int32_t>(step);
    }
}

void IrsRiskRunner::watch(std::size_t i, std::uint32_t step, std::uint32_t now, Accrual& accrual,
                          IrsPathResult& out) {
    const IrsSeat& seat = config_.seats[i];
    IrsSeatResult& result = out.seats[i];
    const U256 requirement =
        pool_.get_position_margin_requirement(config_.liquidator, now, seat.key, true);
    const irs::Position nothing{};
    const irs::Position* position = pool_.positions().find(seat.key);
    if (position == nullptr) position = &nothing;
    const double start = seat.margin.to_double();
    const double needed = requirement.to_double();
    const double headroom = (position->margin.to_double() - needed) / start;
    const double liquidation = (start - needed) / start;
    liquidation_[i].push_back(liquidation);
    result.least_headroom = std::min(result.least_headroom, headroom);
    result.least_liquidation = std::min(result.least_liquidation, liquidation);
    if (step % config_.steps_per_day == 0) {
        out.headroom[i * days() + step / config_.steps_per_day - 1] = headroom;
    }
    if (now < config_.trading_ends && position->margin < math::to_int256(requirement)) {
        try {
            pool_.liquidate_position(config_.liquidator, now, seat.key);
            if (result.liquidated_step < 0) {
                result.liquidated_step = static_cast<std::int32_t>(step);
            }
        } catch (const Error&) {
            ++out.refused_liquidations;
        }
        position = pool_.positions().find(seat.key);
        if (position == nullptr) position = &nothing;
    }
    const I256 accrued =
        accrual.of(position->fixed_token_balance, position->variable_token_balance);
    add_equity(i, step, (position->margin + accrued).to_double() / start, out);
}

void IrsRiskRunner::settle(std::uint32_t now, IrsPathResult& out) {
    for (std::size_t i = 0; i < config_.seats.size(); ++i) {
        const IrsSeat& seat = config_.seats[i];
        pool_.settle_position(config_.liquidator, now, seat.key);
        const I256 margin = pool_.positions().get(seat.key).margin;
        const I256 pnl = margin - math::to_int256(seat.margin);
        out.seats[i].pnl = pnl.to_i64();
        const double equity = margin.to_double() / seat.margin.to_double();
        add_equity(i, steps_, equity, out);
        out.headroom[i * days() + days() - 1] = equity;  // nothing is required any more
    }
    out.variable_factor = 100.0 * pool_.variable_factor(config_.liquidator, now).to_double() / 1e18;
}

void IrsRiskRunner::summarise(std::uint64_t seed, std::uint64_t path, IrsPathResult& out) {
    for (std::size_t i = 0; i < config_.seats.size(); ++i) {
        IrsSeatResult& result = out.seats[i];
        const auto stream = [&](std::uint32_t series) {
            return markets::Stream::of(seed, bootstrap_draws, path,
                                       static_cast<std::uint32_t>(2 * i) + series);
        };
        result.liquidation_moments = bootstrap_.moments(liquidation_[i], stream(0));
        result.equity_moments = bootstrap_.moments(equity_[i], stream(1));
        double sum = 0.0;
        double squares = 0.0;
        double before = 1.0;
        for (const double equity : equity_[i]) {
            const double change = equity - before;
            sum += change;
            squares += change * change;
            before = equity;
        }
        const auto n = static_cast<double>(equity_[i].size());
        result.step_mean = sum / n;
        result.step_deviation =
            std::sqrt(std::max(0.0, squares / n - result.step_mean * result.step_mean));
        if (liquidation_[i].empty()) {
            result.least_headroom = result.least_liquidation = result.least_equity;
        }
    }
}

}  // namespace voltcore::sim
