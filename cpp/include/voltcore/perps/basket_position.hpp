#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "voltcore/perps/borrow_rate.hpp"
#include "voltcore/perps/checked.hpp"
#include "voltcore/perps/decimal.hpp"
#include "voltcore/perps/trade_fee.hpp"

// A position of the ancestor: prices with a spread, profit, leverage, liquidation price. Spec
// 3, 5.2.

namespace voltcore::perps {

/// Spot and EMA of one custody, as an instruction reads them; without `use_ema` they are equal.
struct PricePair {
    Price spot;
    Price ema;

    [[nodiscard]] Price least() const noexcept { return spot.mantissa < ema.mantissa ? spot : ema; }
    [[nodiscard]] Price greatest() const noexcept {
        return spot.mantissa > ema.mantissa ? spot : ema;
    }
};

/// The greater of spot and EMA plus a spread, rounded up.
[[nodiscard]] inline Price price_up(const PricePair& pair, std::uint64_t spread_bps) {
    const Price price = pair.greatest();
    return {add_u64(price.mantissa, muldiv_ceil(price.mantissa, spread_bps, bps_scale)),
            price.exponent};
}

/// The lesser of spot and EMA minus a spread, rounded down and not below 0.
[[nodiscard]] inline Price price_down(const PricePair& pair, std::uint64_t spread_bps) {
    const Price price = pair.least();
    return {saturating_sub(price.mantissa, muldiv(price.mantissa, spread_bps, bps_scale)),
            price.exponent};
}

/// The lesser of spot and EMA, capped at exactly 1 USD for a stable.
[[nodiscard]] inline Price min_stable(const PricePair& pair, bool stable) {
    const Price price = pair.least();
    constexpr Price one{1'000'000, -usd_decimals};
    if (!stable) return price;
    return rescale(price, -usd_decimals).mantissa > one.mantissa ? one : price;
}

struct BasketPosition {
    Side side{};
    std::uint64_t price = 0;  ///< entry, 6 decimals
    std::uint64_t size_usd = 0;
    std::uint64_t borrow_size_usd = 0;
    std::uint64_t collateral_usd = 0;
    std::uint64_t locked_amount = 0;
    std::uint64_t collateral_amount = 0;
    u128 cumulative_interest_snapshot = 0;
    std::int64_t open_time = 0;
    std::uint64_t unrealized_loss_usd = 0;  ///< 0 but in the aggregate of a side

    friend bool operator==(const BasketPosition&, const BasketPosition&) = default;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("side", self.side);
        visit("price", self.price);
        visit("size_usd", self.size_usd);
        visit("borrow_size_usd", self.borrow_size_usd);
        visit("collateral_usd", self.collateral_usd);
        visit("locked_amount", self.locked_amount);
        visit("collateral_amount", self.collateral_amount);
        visit("cumulative_interest_snapshot", self.cumulative_interest_snapshot);
        visit("open_time", self.open_time);
        visit("unrealized_loss_usd", self.unrealized_loss_usd);
    }
};

/// The market around a position at one instant.
struct BasketMarket {
    PricePair traded;
    int traded_decimals = usd_decimals;
    PricePair collateral;
    int collateral_decimals = usd_decimals;
    bool collateral_stable = false;
    std::uint64_t spread_long_bps = 0;
    std::uint64_t spread_short_bps = 0;
    std::uint64_t close_fee_bps = 0;
    std::uint64_t liquidation_fee_bps = 0;
    std::uint64_t max_leverage_bps = 0;
    u128 cumulative_interest = 0;  ///< of the collateral custody, now
    std::int64_t now = 0;
};

/// A trade that raises the price pays the greater one plus spread, one that lowers it gets the
/// lesser one minus spread; 6 decimals, truncated.
[[nodiscard]] inline std::uint64_t basket_entry_price(Side side, const BasketMarket& market) {
    const Price price = side == Side::long_side
                            ? price_up(market.traded, market.spread_long_bps)
                            : price_down(market.traded, market.spread_short_bps);
    return rescale(price, -usd_decimals).mantissa;
}
[[nodiscard]] inline std::uint64_t basket_exit_price(Side side, const BasketMarket& market) {
    const Price price = side == Side::long_side ? price_down(market.traded, market.spread_short_bps)
                                                : price_up(market.traded, market.spread_long_bps);
    return rescale(price, -usd_decimals).mantissa;
}

struct BasketProfit {
    std::uint64_t profit_usd = 0;
    std::uint64_t loss_usd = 0;
    std::uint64_t exit_fee = 0;  ///< traded-token units
    std::uint64_t costs_usd = 0;
};

[[nodiscard]] inline BasketProfit basket_profit(const BasketPosition& position,
                                                const BasketMarket& market, bool liquidation) {
    BasketProfit out;
    if (position.size_usd == 0 || position.price == 0) return out;
    const std::uint64_t bps = liquidation ? market.liquidation_fee_bps : market.close_fee_bps;
    const std::uint64_t size_tokens =
        tokens_of(market.traded.ema, position.size_usd, market.traded_decimals);
    out.exit_fee = anc_percentage_fee(bps, size_tokens);
    out.costs_usd =
        add_u64(usd_of(market.traded.ema, out.exit_fee, market.traded_decimals),
                anc_interest(market.cumulative_interest, position.cumulative_interest_snapshot,
                             position.borrow_size_usd));
    out.costs_usd = add_u64(out.costs_usd, position.unrealized_loss_usd);
    const std::uint64_t exit = basket_exit_price(position.side, market);
    const std::uint64_t move = distance(exit, position.price);
    const bool gains =
        position.side == Side::long_side ? exit > position.price : exit < position.price;
    if (!gains) {
        out.loss_usd = add_u64(muldiv_ceil(position.size_usd, move, position.price), out.costs_usd);
        return out;
    }
    const std::uint64_t profit = muldiv(position.size_usd, move, position.price);
    if (profit < out.costs_usd) {
        out.loss_usd = out.costs_usd - profit;
        return out;
    }
    const std::uint64_t cap = market.now <= position.open_time
                                  ? 0
                                  : usd_of(min_stable(market.collateral, market.collateral_stable),
                                           position.locked_amount, market.collateral_decimals);
    out.profit_usd = std::min(cap, profit - out.costs_usd);
    return out;
}

/// floor(size * BPS / margin); the greatest u64 at margin 0.
[[nodiscard]] inline std::uint64_t basket_leverage(const BasketPosition& position,
                                                   const BasketMarket& market) {
    const BasketProfit profit = basket_profit(position, market, false);
    const std::uint64_t margin = profit.profit_usd > 0
                                     ? add_u64(position.collateral_usd, profit.profit_usd)
                                     : saturating_sub(position.collateral_usd, profit.loss_usd);
    if (margin == 0) return std::numeric_limits<std::uint64_t>::max();
    return muldiv(position.size_usd, bps_scale, margin);
}

[[nodiscard]] inline std::uint64_t basket_liquidation_price(const BasketPosition& position,
                                                            const BasketMarket& market) {
    if (position.size_usd == 0 || position.price == 0) return 0;
    const std::uint64_t costs = basket_profit(position, market, false).costs_usd;
    const std::uint64_t max_loss =
        add_u64(muldiv(position.size_usd, bps_scale, market.max_leverage_bps), costs);
    const std::uint64_t gap =
        muldiv(distance(max_loss, position.collateral_usd), position.price, position.size_usd);
    const bool above = (max_loss >= position.collateral_usd) == (position.side == Side::long_side);
    return above ? add_u64(position.price, gap) : saturating_sub(position.price, gap);
}

struct BasketClose {
    std::uint64_t amount = 0;  ///< collateral-token units that leave the pool in all
    BasketProfit profit;
};

/// The exit fee enters in traded-token units even for shorts: the ancestor's quirk, kept.
[[nodiscard]] inline BasketClose basket_close(const BasketPosition& position,
                                              const BasketMarket& market, bool liquidation) {
    BasketClose out;
    out.profit = basket_profit(position, market, liquidation);
    const std::uint64_t usd = out.profit.profit_usd > 0
                                  ? add_u64(position.collateral_usd, out.profit.profit_usd)
                                  : saturating_sub(position.collateral_usd, out.profit.loss_usd);
    const std::uint64_t most = add_u64(saturating_sub(position.locked_amount, out.profit.exit_fee),
                                       position.collateral_amount);
    out.amount =
        std::min(most, tokens_of(market.collateral.greatest(), usd, market.collateral_decimals));
    return out;
}

}  // namespace voltcore::perps
