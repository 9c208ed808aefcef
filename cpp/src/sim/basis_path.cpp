// A path of the basis volt: every step through the engine's public operations.
#include <algorithm>
#include <optional>

#include "crab_desk.hpp"
#include "round_books.hpp"
#include "voltcore/sim/basis.hpp"

namespace voltcore::sim {

namespace {

/// Makers' mids of a step, in price lots.
struct BasisMids {
    std::int64_t perp = 0;
    std::int64_t spot = 0;
};

[[nodiscard]] std::int64_t lots_of(const BasisModel& model, std::int64_t steps, double ratio) {
    const double lots = nearest(static_cast<double>(steps) * (model.lots_per_step() * ratio));
    return lots < 1.0 ? 1 : static_cast<std::int64_t>(lots);
}

/// The operator: turns the cranks when a trigger fires, and keeps the books of the path.
class BasisDesk {
public:
    BasisDesk(const BasisModel& model, volts::Volt& volt, BasisMetrics& metrics) noexcept
        : model_{model}, volt_{volt}, metrics_{metrics} {}

    void open(const BasisMids& mids, std::uint64_t now) {
        const std::uint64_t amount = model_.config().deposit;
        volt_.credit_wallet(depositor, amount);
        volt_.deposit(depositor, amount, now);
        metrics_.supply = volt_.supply();
        metrics_.peak_assets = volt_.start_round(operator_id, now);
        metrics_.entries = is_in() ? 1 : 0;
        cycle(mids, now);
        forget_rounds(metrics_);
    }

    /// One step of keeper work, and what it brought.
    void keep(I80F48 price, std::int64_t funding_mid, std::uint64_t now, BasisSample& sample) {
        venues::MarginVenue& venue = volt_.venue();
        const I80F48 funding_before = venue.market(basis_market).perp.long_funding;
        const venues::BankCache token_before = venue.bank(basis_market).cache;
        const venues::BankCache quote_before = venue.bank(venues::quote_token_index).cache;
        venue.set_price(keeper, basis_market, price, now);
        venue.cache_prices(now);
        venue.update_banks(now);
        venue.cache_root_banks(now);
        // Only the mid of a symmetric book enters.
        venue.update_funding(basis_market, funding_mid, funding_mid, now);
        venue.cache_perp_markets(now);
        const I80F48 received =
            -scale(venue.market(basis_market).perp.long_funding - funding_before, position());
        const I80F48 owed =
            balance(basis_market).borrows *
            (venue.bank(basis_market).cache.borrow_index - token_before.borrow_index);
        const I80F48 borrow_interest = owed * price;
        const I80F48 deposit_interest = balance(venues::quote_token_index).deposits *
                                        (venue.bank(venues::quote_token_index).cache.deposit_index -
                                         quote_before.deposit_index);
        metrics_.profit.funding += received;
        metrics_.profit.borrow_interest += borrow_interest;
        metrics_.profit.deposit_interest += deposit_interest;
        week_funding_ += received;
        week_interest_ += deposit_interest - borrow_interest;
        sample.funding = math::checked_cast<std::int64_t>(week_funding_.floor());
        sample.interest = math::checked_cast<std::int64_t>(week_interest_.floor());
    }

    [[nodiscard]] bool is_liquidatable() const {
        return volt_.venue()
            .health(volt_.margin_account(), venues::HealthKind::maint)
            .is_negative();
    }

    void observe(std::uint64_t now) {
        const std::uint64_t assets = volt_.assets(now);
        book_drawdown(metrics_, assets);
        if (position() == 0) return;
        ++metrics_.steps_in_position;
        const I80F48 equity = volt_.venue().equity(volt_.margin_account());
        if (!equity.is_positive()) return;
        const I80F48 health =
            volt_.venue().health(volt_.margin_account(), venues::HealthKind::maint);
        const auto bps =
            math::checked_cast<std::int64_t>(scale(health, 10'000).bits() / equity.bits());
        metrics_.min_health = std::min(metrics_.min_health, bps);
    }

    void act(std::optional<I80F48> trailing_funding, const BasisMids& mids, std::uint64_t now,
             BasisSample& sample) {
        const volts::TriggerReport report = volt_.check_triggers(now);
        if (report.trigger == volts::Trigger::none) return;
        if (trailing_funding) follow(*trailing_funding, now);
        cycle(mids, now);
        ++metrics_.rebalances[static_cast<std::size_t>(report.trigger)];
        ++sample.rebalances;
    }

    void sample_week(const BasisMids& mids, BasisSample& sample) {
        const venues::PerpMarketConfig& lots = model_.config().perp;
        const auto mark = [&lots](std::int64_t mid) {
            return venues::native_price(mid, lots.base_lot_size, lots.quote_lot_size);
        };
        sample.assets = metrics_.round_assets;
        sample.nav_at_mark =
            math::checked_cast<std::int64_t>(volt_.nav_at_mark(mark(mids.perp), mark(mids.spot)));
        sample.in_position = position() != 0;
        week_funding_ = {};
        week_interest_ = {};
    }

    /// The venue takes both legs over: what is left after its fees.
    void book_liquidation() {
        const venues::MarginVenue& venue = volt_.venue();
        const venues::Market& market = venue.market(basis_market);
        const I80F48 price = market.oracle.price;
        const I80F48 perp =
            abs(venues::notional(position(), market.perp.config.base_lot_size, price));
        const I80F48 token = abs(venue.net_balance(volt_.margin_account(), basis_market) * price);
        const I80F48 fee = perp * market.perp.config.liquidation_fee +
                           token * venue.bank(basis_market).config.liquidation_fee;
        const I80F48 equity = venue.equity(volt_.margin_account());
        // The rest of the loss is the venue's: a negative equity is not the depositor's debt.
        const I80F48 left = std::max(equity - fee, I80F48{});
        metrics_.profit.liquidation_cost = equity - left;
        metrics_.final_assets =
            math::checked_cast<std::uint64_t>(left.floor()) + volt_.deposit_pool();
    }

    /// Completes the metrics from the state of the volt; weeks that never came show what was left.
    void close(BasisPath& out) {
        const venues::MarginVenue& venue = volt_.venue();
        const venues::Market& market = venue.market(basis_market);
        BasisProfit& profit = metrics_.profit;
        profit.perp +=
            venues::notional(position(), market.perp.config.base_lot_size, market.oracle.price);
        profit.spot +=
            venue.net_balance(volt_.margin_account(), basis_market) * market.oracle.price +
            profit.borrow_interest;
        if (metrics_.end != PathEnd::liquidated) {
            const math::i128 held = venue.equity(volt_.margin_account()).floor() +
                                    static_cast<math::i128>(volt_.deposit_pool());
            metrics_.final_assets = held > 0 ? math::checked_cast<std::uint64_t>(held) : 0;
        }
        if (metrics_.end == PathEnd::complete) return;
        const auto week = static_cast<std::size_t>(metrics_.end_hour) / hours_per_week;
        for (std::size_t i = week; i < out.weeks.size(); ++i) {
            out.weeks[i].assets = metrics_.final_assets;
            out.weeks[i].nav_at_mark = static_cast<std::int64_t>(metrics_.final_assets);
        }
    }

private:
    [[nodiscard]] std::int64_t position() const {
        return volt_.venue().perp_account(volt_.margin_account(), basis_market).base_position;
    }
    [[nodiscard]] const venues::Balance& balance(std::uint8_t token) const {
        return volt_.venue().balance(volt_.margin_account(), token);
    }
    [[nodiscard]] bool is_in() const { return !volt_.config().strategy.target_leverage.is_zero(); }

    void follow(I80F48 trailing_funding, std::uint64_t now) {
        const volts::BasisSignal signal = volts::basis_signal(trailing_funding);
        if (signal == volts::BasisSignal::stay) return;
        const bool enters = signal == volts::BasisSignal::enter;
        if (enters == is_in()) return;
        volts::StrategyParams strategy = volt_.config().strategy;
        strategy.target_leverage = enters ? model_.config().strategy.target_leverage : I80F48{};
        volt_.set_strategy_params(operator_id, strategy, now);
        ++(enters ? metrics_.entries : metrics_.exits);
    }

    void cycle(const BasisMids& mids, std::uint64_t now) {
        // Profits become cash first, as anybody may do: payouts and purchases need it.
        volt_.venue().settle_pnl_outside(volt_.margin_account(), basis_market, now);
        const volts::FeesReceipt fees = volt_.take_performance_fees(operator_id, now);
        metrics_.profit.performance_fees += fees.performance_fee;
        metrics_.profit.aum_fees += fees.aum_fee;
        volt_.setup_rebalance(operator_id, now);
        if (model_.is_on_book()) volt_.init_spot_open_orders(operator_id, now);
        trade_perp(mids.perp, now);
        trade_spot(mids.spot, now);
        volt_.end_round(operator_id, now);
        metrics_.profit.withdrawal_fees += volt_.take_pending_withdrawal_fees(operator_id, now);
        book_round(metrics_, volt_.start_round(operator_id, now));
    }

    void trade_perp(std::int64_t mid, std::uint64_t now) {
        for (std::uint32_t slice = 0; volt_.stage() == volts::Stage::ready; ++slice) {
            const std::int64_t missing = volt_.entropy_round().target_lots - position();
            if (model_.is_on_book()) {
                book_trade(metrics_.profit.perp, mid, trade_on_perp_book(mid, missing, slice, now));
                continue;
            }
            const std::int64_t price = slice_price(model_.config().perp_cost, mid, missing, slice);
            book_trade(
                metrics_.profit.perp, mid,
                volt_.rebalance_target(operator_id, now, price, {}, volts::QuotedExecution{}));
        }
    }

    // Makers quote before the first order of a leg, and anew once it has eaten a whole side.

    volts::RebalanceReceipt trade_on_perp_book(std::int64_t mid, std::int64_t missing,
                                               std::uint32_t slice, std::uint64_t now) {
        venues::MarginVenue& venue = volt_.venue();
        const BasisConfig& config = model_.config();
        const PerpMakers makers{basis_makers, basis_market, config.perp_cost, config.perp_depth};
        const venues::Side side = side_of_makers(missing);
        if (slice == 0 || venue.perp_book(basis_market).book.size(side) == 0) {
            makers.quote(venue, side, mid, now);
        }
        const std::int64_t limit = makers.limit_price(mid, missing);
        const volts::BookExecution book{volt_.margin_account(), now};
        const auto receipt = volt_.rebalance_target(operator_id, now, limit, {}, book);
        venue.consume_events(basis_market, ~std::uint64_t{0}, now);
        return receipt;
    }

    volts::RebalanceReceipt trade_on_spot_book(std::int64_t mid, std::int64_t sign,
                                               std::uint32_t slice, std::uint64_t now) {
        const BasisConfig& config = model_.config();
        const SpotMakers makers{basis_makers, basis_market, config.spot_cost, config.spot_depth};
        const venues::Side side = side_of_makers(sign);
        if (slice == 0 || volt_.venue().spot_market(basis_market).book.size(side) == 0) {
            makers.quote(volt_.venue(), side, mid, now);
        }
        const volts::BookExecution book{volt_.margin_account(), now};
        return volt_.rebalance_spot(operator_id, now, makers.limit_price(mid, sign), {}, book);
    }

    void trade_spot(std::int64_t mid, std::uint64_t now) {
        volts::QuotedExecution execution;
        execution.set_spot_taker_fee(model_.config().spot_taker_fee);
        for (std::uint32_t slice = 0; volt_.stage() == volts::Stage::target_done; ++slice) {
            // Only the side matters for the price.
            const std::int64_t side = volt_.exposure().net_delta.is_negative() ? 1 : -1;
            if (model_.is_on_book()) {
                const volts::RebalanceReceipt receipt = trade_on_spot_book(mid, side, slice, now);
                book_trade(metrics_.profit.spot, mid, receipt);
                // What nobody buys stays as it is; a round cannot end so.
                if (!receipt.is_done && receipt.filled_lots == 0) return;
                continue;
            }
            const std::int64_t price = slice_price(model_.config().spot_cost, mid, side, slice);
            book_trade(metrics_.profit.spot, mid,
                       volt_.rebalance_spot(operator_id, now, price, {}, execution));
        }
    }

    void book_trade(I80F48& leg, std::int64_t mid, const volts::RebalanceReceipt& receipt) {
        if (receipt.filled_lots == 0) return;
        const std::int64_t quote_lot = model_.config().perp.quote_lot_size;
        const I80F48 at_mid = -scale(scale(I80F48::from_int(mid), quote_lot), receipt.filled_lots);
        leg += at_mid;
        metrics_.profit.spread_cost += at_mid - receipt.quote;
        metrics_.profit.taker_fees += receipt.fee;
    }

    const BasisModel& model_;
    volts::Volt& volt_;
    BasisMetrics& metrics_;
    I80F48 week_funding_;
    I80F48 week_interest_;
};

}  // namespace

bool BasisRunner::run(std::uint64_t seed, std::uint64_t path, BasisPath& out,
                      const Control* control) {
    volt_ = model_.initial();
    out.metrics = BasisMetrics{};
    out.weeks.assign(model_.weeks(), BasisSample{});
    prices_.resize(hours_per_week);
    BasisDesk desk{model_, volt_, out.metrics};
    const std::uint32_t stride = model_.config().step_hours;
    const double steps = static_cast<double>(model_.steps_per_week());
    std::size_t hour = 0;
    try {
        const std::int64_t opening = model_.bridge().close(0);
        desk.open({.perp = lots_of(model_, opening, 1.0 + model_.basis_at(0)),
                   .spot = lots_of(model_, opening, 1.0)},
                  model_.time_of(0));
        for (std::size_t week = 0; week < model_.weeks(); ++week) {
            if (control != nullptr && control->cancelled()) return false;
            model_.bridge().fill_epoch(seed, path, week, std::span<std::int64_t>{prices_});
            const double before = model_.basis_at(week);
            const double change = model_.basis_at(week + 1) - before;
            const double funding = 1.0 + model_.config().weeks[week].funding_sum / 7.0;
            BasisSample& sample = out.weeks[week];
            BasisMids mids;
            for (std::size_t step = 1; step <= model_.steps_per_week(); ++step) {
                hour = week * hours_per_week + step * stride;
                const std::uint64_t now = model_.time_of(hour);
                const std::int64_t price = prices_[step * stride - 1];
                // The basis goes straight from one week's close to the next.
                const double basis = before + change * (static_cast<double>(step) / steps);
                mids = {.perp = lots_of(model_, price, 1.0 + basis),
                        .spot = lots_of(model_, price, 1.0)};
                desk.keep(oracle_price(price), lots_of(model_, price, funding), now, sample);
                if (desk.is_liquidatable()) {
                    desk.book_liquidation();
                    out.metrics.end = PathEnd::liquidated;
                    break;
                }
                desk.observe(now);
                std::optional<I80F48> trailing;
                if (step == model_.steps_per_week() &&
                    model_.config().rule == BasisRule::trailing) {
                    trailing = model_.funding_of(week);
                }
                desk.act(trailing, mids, now, sample);
            }
            if (out.metrics.end != PathEnd::complete) break;
            desk.sample_week(mids, sample);
        }
    } catch (const Error& error) {
        out.metrics.end = PathEnd::stopped;
        out.metrics.stop_code = static_cast<std::uint16_t>(error.code());
    }
    if (out.metrics.end != PathEnd::complete) {
        // The hours before the step that ended it have passed.
        out.metrics.end_hour = hour == 0 ? 0 : static_cast<std::int32_t>(hour) - 1;
    }
    desk.close(out);
    return true;
}

}  // namespace voltcore::sim
