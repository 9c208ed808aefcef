#include "crab_books.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "voltcore/math/limbs.hpp"
#include "voltcore/volts/fees.hpp"
#include "voltcore/volts/sizing.hpp"

namespace voltcore::sim {

using math::u128;

namespace {

constexpr std::size_t at(Leg leg) noexcept { return static_cast<std::size_t>(leg); }

[[nodiscard]] constexpr i128 whole(i128 native) noexcept {
    return native * (i128{1} << I80F48::fraction_bits);
}

/// Index units of a native amount, truncated: an integer index divides the bits.
[[nodiscard]] i128 units_of(i128 native) noexcept {
    const auto size = static_cast<u128>(native < 0 ? -native : native);
    constexpr auto index = static_cast<std::uint64_t>(venues::starting_index);
    std::uint64_t rest = 0;
    const auto upper = static_cast<std::uint64_t>(size >> 64);
    const std::uint64_t high = upper / index;
    rest = upper - high * index;
    const std::uint64_t low =
        math::limbs::divide_2by1(rest, static_cast<std::uint64_t>(size), index, rest);
    const auto units = static_cast<i128>((static_cast<u128>(high) << 64) | low);
    return native < 0 ? -units : units;
}

[[nodiscard]] constexpr i128 native_of(i128 units) noexcept {
    return units * venues::starting_index;
}

/// floor(value * factor) of I80F48 bits with |factor| < 2^62 bits and |value| < 2^112 bits.
[[nodiscard]] i128 times(i128 value, i128 factor) noexcept {
    const i128 upper = value >> I80F48::fraction_bits;
    const i128 lower = value & ((i128{1} << I80F48::fraction_bits) - 1);
    return upper * factor + ((lower * factor) >> I80F48::fraction_bits);
}

/// trunc(notional / lot_value) for |quotient| < 2^50: the estimate is off by at most one.
[[nodiscard]] std::int64_t whole_lots(i128 notional, i128 lot_value) noexcept {
    const i128 size = notional < 0 ? -notional : notional;
    auto lots = static_cast<std::int64_t>(estimate(size) / estimate(lot_value));
    const i128 rest = size - lots * lot_value;
    if (rest < 0) --lots;
    if (rest >= lot_value) ++lots;
    return notional < 0 ? -lots : lots;
}

/// Money up to which nothing here can leave 128 bits, native quote.
constexpr double most_money = 0x1p58;

}  // namespace

CrabBooks::CrabBooks(const CrabModel& model)
    : strategy_{model.config().strategy},
      fees_{model.config().fees.rates()},
      scale_{model.kernel().rule().squared_scale} {
    const venues::MarginVenue& venue = model.initial().venue();
    const auto terms_of = [&](std::size_t market, const TradingCost& cost) {
        const venues::PerpMarketConfig& config = venue.market(market).perp.config;
        return MarketTerms{.base_lot = config.base_lot_size,
                           .quote_lot = config.quote_lot_size,
                           .taker_fee = static_cast<std::int64_t>(config.taker_fee.bits()),
                           .maker_fee = static_cast<std::int64_t>(config.maker_fee.bits()),
                           .cost = cost,
                           .margin = 0.0};
    };
    terms_ = {terms_of(squared_market, model.config().squared_cost),
              terms_of(linear_market, model.config().linear_cost)};
    terms_[at(Leg::squared)].margin =
        venue.market(squared_market).perp.weights.init.liability.to_double() - 1.0;
    terms_[at(Leg::linear)].margin =
        1.0 - venue.market(linear_market).perp.weights.init.asset.to_double();
}

void CrabBooks::LegState::settle_funding() noexcept {
    quote -= (accumulator - settled) * base;
    settled = accumulator;
}

void CrabBooks::gain(i128 squared, i128 linear, ProfitParts& profit) {
    const auto book = [&](Leg leg, i128 gained) {
        LegState& held = leg_of(state_, leg);
        held.accumulator += gained;
        profit.funding[at(leg)] -= I80F48::from_bits(gained * held.base);
    };
    book(Leg::squared, squared);
    book(Leg::linear, linear);
}

I80F48 CrabBooks::fixed() const noexcept {
    i128 bits = native_of(state_.units);
    for (const LegState& held : state_.legs) {
        bits += held.quote - (held.accumulator - held.settled) * held.base;
    }
    return I80F48::from_bits(bits);
}

double CrabBooks::lot_value(Leg leg, const TradingHour& hour) const noexcept {
    const I80F48 price = leg == Leg::squared ? hour.index : hour.price;
    return estimate(price.bits()) * static_cast<double>(terms(leg).base_lot);
}

i128 CrabBooks::value_of(const State& state, Leg leg, const TradingHour& hour) const noexcept {
    const I80F48 price = leg == Leg::squared ? hour.index : hour.price;
    return (price.bits() * terms(leg).base_lot) * state.legs[at(leg)].base;
}

i128 CrabBooks::equity_bits(const State& state, const TradingHour& hour) const noexcept {
    i128 bits = native_of(state.units);
    for (const Leg leg : {Leg::squared, Leg::linear}) {
        const LegState& held = state.legs[at(leg)];
        bits += held.quote - (held.accumulator - held.settled) * held.base;
        bits += value_of(state, leg, hour);
    }
    return bits;
}

std::int64_t CrabBooks::nav_at_mark(const TradingHour& hour) const {
    i128 bits = native_of(state_.units);
    for (const Leg leg : {Leg::squared, Leg::linear}) {
        const LegState& held = state_.legs[at(leg)];
        const std::int64_t mid = leg == Leg::squared ? hour.mids.squared : hour.mids.linear;
        // The mark as the venue states it: truncated to whole bits.
        const i128 mark = whole(static_cast<i128>(mid) * terms(leg).quote_lot);
        const i128 price = static_cast<i128>(static_cast<u128>(mark) /
                                             static_cast<std::uint64_t>(terms(leg).base_lot));
        bits += held.quote - (held.accumulator - held.settled) * held.base;
        bits += (price * terms(leg).base_lot) * held.base;
    }
    return math::checked_cast<std::int64_t>((bits >> I80F48::fraction_bits) +
                                            static_cast<i128>(state_.pool));
}

bool CrabBooks::is_margin_safe(const State& state, const TradingHour& hour,
                               double equity) const noexcept {
    const std::int64_t shorts = state.legs[at(Leg::squared)].base;
    const std::int64_t longs = state.legs[at(Leg::linear)].base;
    if (shorts > 0 || longs < 0) return false;
    const double sold = -static_cast<double>(shorts) * lot_value(Leg::squared, hour);
    const double bought = static_cast<double>(longs) * lot_value(Leg::linear, hour);
    const double needed = sold * terms(Leg::squared).margin + bought * terms(Leg::linear).margin;
    // Init health above zero beyond every rounding; then maintenance health is, too.
    return equity - needed > 1.0 + 1e-9 * (equity + sold + bought) &&
           equity + sold + bought < most_money;
}

bool CrabBooks::settle(State& state, Leg leg, const TradingHour& hour) const noexcept {
    LegState& held = leg_of(state, leg);
    held.settle_funding();
    const i128 profit = held.quote + value_of(state, leg, hour);
    if (profit == 0) return true;
    // A loss is limited to the deposit: the engine's case, as soon as it takes all of it.
    if (-profit >= native_of(state.units)) return false;
    state.units += units_of(profit);
    state.roundings += 2;
    held.quote -= profit;
    held.maker_quote += profit;
    state.outside_balance -= profit;
    return true;
}

bool CrabBooks::pay_fees(State& state, std::uint64_t assets, ProfitParts& profit,
                         const TradingHour& hour) const {
    const i128 pnl = static_cast<i128>(assets) - static_cast<i128>(state.epoch_assets);
    const std::uint64_t performance = volts::fee(pnl, fees_.performance_bps);
    const std::uint64_t yearly =
        volts::aum_fee(assets, fees_.aum_bps, hour.now - state.epoch_start);
    const std::uint64_t total = performance + yearly;
    profit.performance_fees += performance;
    profit.aum_fees += yearly;
    state.fee_account += total;
    if (total == 0) return true;
    // Out of the deposit; after settling, profits are cash and settling again moves nothing.
    if (whole(total) >= native_of(state.units)) return false;
    state.units -= units_of(whole(total));
    state.roundings += 2;
    const std::uint64_t paid_in = total - std::min(state.vault, total);
    state.outside_balance += whole(paid_in);
    state.vault += paid_in;
    state.vault -= total;
    state.moved_from_venue += total;
    return true;
}

std::int64_t CrabBooks::hedge_target(const State& state, const TradingHour& hour) const {
    const std::int64_t target = state.legs[at(Leg::squared)].base;
    const std::int64_t lot = terms(Leg::linear).base_lot;
    const double lots =
        -2.0 * static_cast<double>(target) * static_cast<double>(terms(Leg::squared).base_lot) *
        estimate(hour.price.bits()) / static_cast<double>(scale_) / static_cast<double>(lot);
    const double nearest_lots = nearest(lots);
    // Below 2^40 the estimate is off by less than 2^-9.
    if (std::abs(lots) < 0x1p40 && std::abs(lots - nearest_lots) < 0.5 - 0x1p-8) {
        return static_cast<std::int64_t>(nearest_lots);
    }
    return volts::hedge_lots_by_delta(
        volts::position_delta(target, terms(Leg::squared).base_lot, 2, scale_, hour.price), lot);
}

bool CrabBooks::trade(State& state, Leg leg, std::int64_t target, const TradingHour& hour,
                      double& equity, ProfitParts& profit) const {
    const MarketTerms& market = terms(leg);
    const std::int64_t mid = leg == Leg::squared ? hour.mids.squared : hour.mids.linear;
    const double value = lot_value(leg, hour);
    if (!(std::abs(static_cast<double>(target)) * value < most_money)) return false;
    LegState& held = leg_of(state, leg);
    for (std::uint32_t slice = 0; held.base != target; ++slice) {
        const std::int64_t missing = target - held.base;
        const std::int64_t price = slice_price(market.cost, mid, missing, slice);
        const auto size = static_cast<std::uint64_t>(std::abs(missing));
        const u128 lot_quote =
            static_cast<u128>(price) * static_cast<std::uint64_t>(market.quote_lot);
        if (lot_quote >> 62 != 0) return false;
        const std::uint64_t most = strategy_.max_quote_pos_change;
        const std::uint64_t filled =
            size * lot_quote <= most ? size : most / static_cast<std::uint64_t>(lot_quote);
        if (filled == 0 || lot_quote * filled >> 62 != 0) return false;
        const auto lots =
            missing < 0 ? -static_cast<std::int64_t>(filled) : static_cast<std::int64_t>(filled);
        if (slice == 0) {
            held.settle_funding();
            held.maker_quote += (held.accumulator - held.maker_settled) * held.base;
            held.maker_settled = held.accumulator;
        }
        // Whole native units: their products with a rate need no rounding.
        const i128 paid = static_cast<i128>(lot_quote) * lots;
        const i128 volume = paid < 0 ? -paid : paid;
        const i128 fee = volume * market.taker_fee;
        const i128 maker_fee = volume * market.maker_fee;
        held.base += lots;
        held.quote -= fee + whole(paid);
        held.maker_quote += whole(paid) - maker_fee;
        held.fees_accrued += fee + maker_fee;

        const i128 at_mid = -static_cast<i128>(mid) * market.quote_lot * lots;
        profit.leg[at(leg)] += I80F48::from_bits(whole(at_mid));
        profit.spread_cost += I80F48::from_bits(whole(at_mid + paid));
        profit.taker_fees += I80F48::from_bits(fee);
        equity += static_cast<double>(lots) * value -
                  static_cast<double>(static_cast<std::int64_t>(paid)) - estimate(fee);
        if (!is_margin_safe(state, hour, equity)) return false;
        ++state.calls;
    }
    return true;
}

bool CrabBooks::hedge(const TradingHour& hour, PathMetrics& metrics) {
    LegState& leg = leg_of(state_, Leg::linear);
    const std::int64_t target = hedge_target(state_, hour);
    if (target == leg.base) return false;
    const LegState before = leg;
    const std::uint32_t calls = state_.calls;
    const ProfitParts profit = metrics.profit;
    double held = hour.equity;
    if (!trade(state_, Leg::linear, target, hour, held, metrics.profit)) {
        leg = before;
        state_.calls = calls;
        metrics.profit = profit;
        return false;
    }
    state_.volt_clock = hour.now;
    return true;
}

bool CrabBooks::cycle(const TradingHour& hour, PathMetrics& metrics) {
    State next = state_;
    ProfitParts profit = metrics.profit;
    if (next.pool != 0) return false;
    if (!settle(next, Leg::squared, hour) || !settle(next, Leg::linear, hour)) return false;
    // Both profits are cash now: equity is the deposit.
    const i128 settled = native_of(next.units);
    if (!pay_fees(next, static_cast<std::uint64_t>(settled >> I80F48::fraction_bits), profit,
                  hour)) {
        return false;
    }
    const i128 base = native_of(next.units);
    double held = estimate(base);
    // Init health after the fees; and a target below 2^50 lots.
    if (base >> I80F48::fraction_bits == 0 || !is_margin_safe(next, hour, held) ||
        !(held < 0x1p49 * lot_value(Leg::squared, hour))) {
        return false;
    }
    const std::int64_t target = whole_lots(times(base, strategy_.target_leverage.bits()),
                                           hour.index.bits() * terms(Leg::squared).base_lot);
    const bool sells = target < next.legs[at(Leg::squared)].base;
    if (!trade(next, Leg::squared, target, hour, held, profit)) return false;
    // Only a sale must leave more sold than lost.
    if (sells && target < 0 && next.legs[at(Leg::squared)].quote <= 0) return false;
    if (strategy_.is_hedging_on &&
        !trade(next, Leg::linear, hedge_target(next, hour), hour, held, profit)) {
        return false;
    }
    next.epoch_assets =
        static_cast<std::uint64_t>(equity_bits(next, hour) >> I80F48::fraction_bits);
    next.epoch_start = hour.now;
    next.volt_clock = hour.now;
    next.calls = 0;
    next.has_new_round = true;
    ++next.round_number;
    state_ = next;
    metrics.profit = profit;
    book_round(metrics, next.epoch_assets);
    return true;
}

}  // namespace voltcore::sim
