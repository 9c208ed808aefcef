#include "voltcore/venues/spot_market.hpp"

#include <algorithm>
#include <string>

#include "voltcore/math/integer.hpp"
#include "voltcore/venues/refusal.hpp"

namespace voltcore::venues {

namespace {

constexpr std::uint64_t bps_one = 10'000;

/// A product of positive numbers as native units.
std::uint64_t native(math::u128 value) { return math::checked_cast<std::uint64_t>(value); }

}  // namespace

std::uint64_t SpotMarket::base_of(std::int64_t lots) const {
    return native(static_cast<math::u128>(lots) * static_cast<math::u128>(config.base_lot_size));
}

std::uint64_t SpotMarket::quote_of(std::int64_t price_lots, std::int64_t lots) const {
    // Two positive i64 make less than 2^126: the last factor needs the check.
    const auto quote_lots = static_cast<math::u128>(price_lots) * static_cast<math::u128>(lots);
    return math::checked_mul(native(quote_lots), static_cast<std::uint64_t>(config.quote_lot_size));
}

std::uint64_t SpotMarket::taker_fee(std::uint64_t quote) const {
    return native((static_cast<math::u128>(quote) * config.taker_fee_bps + (bps_one - 1)) /
                  bps_one);
}

std::uint64_t SpotMarket::maker_rebate(std::uint64_t quote) const {
    return native(static_cast<math::u128>(quote) * config.maker_rebate_bps / bps_one);
}

/// What the market takes in for an order before it matches: all it could cost, and every fill may
/// round its fee up once.
std::uint64_t SpotMarket::lock_of(const SpotOrder& order) const {
    if (order.side == Side::ask) return base_of(order.base_lots);
    std::uint64_t most = quote_of(order.price_lots, order.base_lots);
    if (order.type != OrderType::post_only && config.taker_fee_bps > 0) {
        const auto fills =
            std::min<std::uint64_t>(order.limit, static_cast<std::uint64_t>(order.base_lots));
        most = math::checked_add(most, math::checked_add(taker_fee(most), fills - 1));
    }
    return std::min(most, order.quote_native);
}

std::int64_t SpotMarket::affordable(std::int64_t price_lots, std::uint64_t budget,
                                    bool with_fee) const {
    // ceil(cost * (1 + fee)) <= budget and cost * (1 + fee) <= budget are the same for an integer
    // budget. A unit within 64 bits times at most 2 * 10^4 stays within 128.
    const auto unit =
        static_cast<math::u128>(price_lots) * static_cast<math::u128>(config.quote_lot_size);
    if (unit > budget) return 0;
    const math::u128 lots = with_fee ? static_cast<math::u128>(budget) * bps_one /
                                           (unit * (bps_one + config.taker_fee_bps))
                                     : budget / unit;
    return static_cast<std::int64_t>(
        std::min<math::u128>(lots, std::numeric_limits<std::int64_t>::max()));
}

void SpotMarket::match(const SpotOrder& order, AccountId account, SpotPlan& plan) const {
    const bool buys = order.side == Side::bid;
    const bool post_only = order.type == OrderType::post_only;
    bool may_rest = order.type != OrderType::immediate_or_cancel;
    plan.locked = lock_of(order);
    std::uint64_t budget = plan.locked;  // of a bid
    std::int64_t base = order.base_lots;
    for (auto node = book.best(opposite(order.side)); node != OrderBook::none && base > 0;
         node = book.next(node)) {
        const BookOrder& resting = book.order(node);
        if (!crosses(order.side, order.price_lots, resting.price_lots)) break;
        if (post_only || plan.count == order.limit) {
            may_rest = false;  // it would cross the book
            break;
        }
        if (resting.owner == account && order.self_trade != SelfTrade::decrement_take) {
            if (order.self_trade == SelfTrade::abort) {
                refuse_onchain(ErrorCode::wrong_state, "place_spot_order", "WouldSelfTrade", "id",
                               std::to_string(resting.id), "is an order of the same account");
            }
            plan.steps[plan.count++] = {node, SpotPlan::Meeting::cancel, resting.size_lots, 0};
            continue;
        }
        std::int64_t size = std::min(base, resting.size_lots);
        if (resting.owner == account) {
            plan.steps[plan.count++] = {node, SpotPlan::Meeting::decrement, size, 0};
            base -= size;
            continue;
        }
        const std::int64_t most =
            buys ? affordable(resting.price_lots, budget, true) : resting.size_lots;
        if (most == 0) {
            may_rest = false;
            break;
        }
        const bool is_bounded = size > most;
        size = std::min(size, most);
        const std::uint64_t cost = quote_of(resting.price_lots, size);
        const std::uint64_t fee = taker_fee(cost);
        plan.steps[plan.count++] = {node, SpotPlan::Meeting::trade, size, fee};
        plan.quote = math::checked_add(plan.quote, cost);
        plan.fees = math::checked_add(plan.fees, fee);
        plan.base_lots += size;
        base -= size;
        if (buys) budget -= cost + fee;
        if (is_bounded) {
            may_rest = false;  // what is left of the resting order crosses
            break;
        }
    }
    if (may_rest && base > 0) {
        plan.rest_lots = buys ? std::min(base, affordable(order.price_lots, budget, false)) : base;
    }
    plan.spent = buys ? plan.locked - budget : base_of(plan.base_lots);
}

}  // namespace voltcore::venues
