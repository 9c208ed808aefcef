#include <algorithm>

#include "refusal.hpp"
#include "voltcore/volts/sizing.hpp"
#include "voltcore/volts/volt.hpp"

// What can be read from a volt, and the triggers, which are nothing but readings.

namespace voltcore::volts {

using math::checked_add;
using math::checked_cast;
using math::i128;
using math::u128;

I80F48 Volt::equity(std::uint64_t now) const {
    venue_.require_fresh(margin_account_, now);
    return venue_.equity(margin_account_);
}

std::uint64_t Volt::assets_from(const char* op, I80F48 held) const {
    if (held.is_negative()) [[unlikely]] {
        refuse_equity(op);
    }
    return checked_add(checked_cast<std::uint64_t>(held.floor()), deposit_pool_);
}

std::uint64_t Volt::assets(std::uint64_t now) const { return assets_for("assets", now); }

std::uint64_t Volt::shares_outstanding() const {
    if (between_rounds.contains(stage_)) return supply_;
    return checked_add(supply_, round().volt_tokens_from_pending_withdrawals);
}

std::optional<SharePrice> Volt::share_price(std::uint64_t now) const {
    if (rebalancing.contains(stage_)) return std::nullopt;
    return SharePrice{.assets = assets(now), .supply = shares_outstanding()};
}

i128 Volt::nav_at_mark(I80F48 target_mark, I80F48 hedge_mark) const {
    const auto difference = [this](std::size_t index, I80F48 mark) {
        const venues::Market& market = market_of(index);
        return venues::notional(position(index), market.perp.config.base_lot_size,
                                mark - market.oracle.price);
    };
    I80F48 held = venue_.equity(margin_account_) + difference(config_.target_perp, target_mark);
    if (config_.has_hedge_perp()) held += difference(config_.hedge_perp, hedge_mark);
    if (config_.strategy.hedge_with_spot && has_spot()) {
        held += hedge_delta(true) * (hedge_mark - market_of(config_.hedge_spot).oracle.price);
    }
    return held.floor() + static_cast<i128>(deposit_pool_);
}

std::int64_t Volt::position(std::size_t market) const {
    const venues::PerpAccount& held = venue_.perp_account(margin_account_, market);
    return checked_add(held.base_position, held.taker_base);
}

I80F48 Volt::delta_of(std::size_t index, std::int64_t lots) const {
    const venues::Market& market = market_of(index);
    const venues::IndexConfig& config = market.oracle.config;
    const I80F48 spot = market_of(config.underlying).oracle.price;
    return position_delta(lots, market.perp.config.base_lot_size, config.power,
                          checked_cast<std::int64_t>(config.scale), spot);
}

Exposure Volt::exposure() const {
    const std::int64_t target = position(config_.target_perp);
    const venues::Market& market = market_of(config_.target_perp);
    Exposure out;
    out.equity = venue_.equity(margin_account_);
    out.target_notional =
        abs(venues::notional(target, market.perp.config.base_lot_size, market.oracle.price));
    out.target_delta = delta_of(config_.target_perp, target);
    out.net_delta = out.target_delta;
    if (config_.has_hedge_perp()) out.net_delta += hedge_delta(false);
    if (config_.strategy.hedge_with_spot && has_spot()) out.net_delta += hedge_delta(true);
    return out;
}

std::optional<std::int64_t> Volt::collateral_ratio_bps() const {
    const venues::Market& market = market_of(config_.target_perp);
    return volts::collateral_ratio_bps(venue_.equity(margin_account_),
                                       position(config_.target_perp),
                                       market.perp.config.base_lot_size, market.oracle.price);
}

std::int64_t Volt::hedge_target_lots(I80F48 sizing_equity) const {
    const venues::Market& hedge = market_of(config_.hedge_market());
    const std::int64_t base_lot = hedge.perp.config.base_lot_size;
    if (config_.strategy.hedge_mode == HedgeMode::ratio) {
        return hedge_lots_by_ratio(sizing_equity, config_.strategy.target_leverage,
                                   config_.strategy.target_hedge_ratio, hedge.oracle.price,
                                   base_lot);
    }
    return hedge_lots_by_delta(delta_of(config_.target_perp, position(config_.target_perp)),
                               base_lot);
}

bool Volt::has_spot() const noexcept {
    const std::size_t market = config_.hedge_spot;
    if (market >= venue_.markets().size() || !market_of(market).perp.is_listed()) return false;
    return std::ranges::any_of(
        venue_.banks(), [market](const venues::Bank& bank) { return bank.config.index == market; });
}

I80F48 Volt::hedge_delta(bool spot) const {
    if (spot) return venue_.net_balance(margin_account_, config_.hedge_spot);
    return delta_of(config_.hedge_perp, position(config_.hedge_perp));
}

std::int64_t Volt::missing_hedge_lots(I80F48 sizing_equity, bool spot) const {
    const std::int64_t wanted = hedge_target_lots(sizing_equity);
    if (!spot) return math::checked_sub(wanted, position(config_.hedge_perp));
    // A borrow grows by its interest and is no whole number of lots: the nearest is traded.
    const std::int64_t lot = market_of(config_.hedge_spot).perp.config.base_lot_size;
    if (config_.strategy.hedge_mode == HedgeMode::ratio) {
        const I80F48 goal = I80F48::from_int(math::checked_mul(wanted, lot));
        return hedge_lots_by_delta(hedge_delta(true) - goal, lot);
    }
    return hedge_lots_by_delta(
        delta_of(config_.target_perp, position(config_.target_perp)) + hedge_delta(true), lot);
}

std::int64_t Volt::hedge_target_lots() const {
    return hedge_target_lots(rebalancing.contains(stage_) ? entropy_round_.equity_target
                                                          : venue_.equity(margin_account_));
}

namespace {

/// The first boundary after `start`: start + period, or the next anchor + k * period.
u128 epoch_end(const VoltConfig& config, std::uint64_t start) noexcept {
    const auto period = static_cast<i128>(config.epoch_period);
    if (config.epoch_anchor == 0) return static_cast<u128>(start) + config.epoch_period;
    const i128 since = static_cast<i128>(start) - static_cast<i128>(config.epoch_anchor);
    i128 past = since % period;
    if (past < 0) past += period;
    return static_cast<u128>(static_cast<i128>(start) + period - past);
}

}  // namespace

TriggerReport Volt::check_triggers(std::uint64_t now,
                                   std::optional<std::uint64_t> daily_volume) const {
    if (stage_ != Stage::active) return {};
    if (static_cast<u128>(now) >= epoch_end(config_, epoch_start_)) {
        return {.trigger = Trigger::epoch_end, .hedge_only = false};
    }
    const StrategyParams& strategy = config_.strategy;
    venue_.require_fresh(margin_account_, now);
    const Exposure held = exposure();
    if (!held.target_notional.is_zero() &&
        collateral_ratio_below(held.equity, held.target_notional,
                               strategy.min_collateral_ratio_bps)) {
        return {.trigger = Trigger::collateral_ratio, .hedge_only = false};
    }
    // |notional / E - |leverage|| > lenience, without the division (chosen).
    const I80F48 wanted = held.equity * abs(strategy.target_leverage);
    if (abs(held.target_notional - wanted) > held.equity * strategy.target_leverage_lenience) {
        return {.trigger = Trigger::leverage, .hedge_only = false};
    }
    const Round& present = round();
    if (daily_volume && (present.underlying_from_pending_deposits != 0 ||
                         present.volt_tokens_from_pending_withdrawals != 0)) {
        const std::uint64_t leaving =
            underlying_for_shares(present.volt_tokens_from_pending_withdrawals,
                                  {.assets = assets(now), .supply = shares_outstanding()});
        const std::uint64_t most = std::max(present.underlying_from_pending_deposits, leaving);
        if (static_cast<u128>(most) * basis_points >
            static_cast<u128>(*daily_volume) * strategy.pending_volume_bps) {
            return {.trigger = Trigger::pending_flows, .hedge_only = false};
        }
    }
    if (strategy.is_hedging_on) {
        const venues::Market& hedge = market_of(config_.hedge_market());
        // Half a lot is no drift: no trade could remove it (chosen, as in the final check). A
        // borrow grows, so that half a lot of it would be traded to and fro: there a whole one is
        // none.
        const std::int64_t lot = hedge.perp.config.base_lot_size;
        if (!net_delta_accepted(held.target_delta, held.net_delta,
                                strategy.hedge_with_spot ? 2 * lot : lot,
                                strategy.hedge_band_bps)) {
            return {.trigger = Trigger::hedge_drift, .hedge_only = strategy.hedge_only};
        }
    }
    return {};
}

}  // namespace voltcore::volts
