#include <string>
#include <vector>

#include "voltcore/perps/jlp_pool.hpp"

// What must hold between operations. Spec 7.14.

namespace voltcore::perps {

void JlpPool::audit() const {
    governance_.audit();
    lp_.audit();
    hold(configs_.size() == custodies_.size() && !configs_.empty(), "custodies",
         "do not match their configuration");
    struct Sums {
        u128 locked = 0;
        u128 guaranteed_usd = 0;
        u128 longs_usd = 0;
        u128 shorts_usd = 0;
        u128 trader_collateral = 0;
    };
    std::vector<Sums> sums(custodies_.size());
    for (const auto& [key, position] : positions_) {
        hold(key.owner != 0 && key.custody < custodies_.size() &&
                 key.collateral_custody < custodies_.size() && key.side <= Side::short_side,
             "positions", "have a key that names nothing");
        const std::string at = "positions[" + std::to_string(key.owner) + "]";
        const bool is_long = key.side == Side::long_side;
        hold(position.size_usd != 0 && position.price != 0 && position.collateral_usd != 0, at,
             "is empty");
        hold(position.size_usd >= position.collateral_usd, at, "is smaller than its collateral");
        hold(position.snapshot <= custodies_[key.collateral_custody].cumulative, at + ".snapshot",
             "is ahead of the custody");
        hold(!is_long || position.collateral_tokens == 0, at, "is a long with tokens of its own");
        sums[key.collateral_custody].locked += position.locked_amount;
        sums[key.collateral_custody].trader_collateral += position.collateral_tokens;
        if (is_long) {
            sums[key.custody].guaranteed_usd += position.size_usd - position.collateral_usd;
            sums[key.custody].longs_usd += position.size_usd;
        } else {
            sums[key.custody].shorts_usd += position.size_usd;
        }
    }
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        const JlpCustody& custody = custodies_[i];
        const std::string at = configs_[i].name + ".";
        hold(settings_.surplus <= Surplus::forfeit && settings_.impact_mode <= ImpactMode::decimal,
             "settings", "have an unknown switch");
        hold(static_cast<u128>(custody.owned) + custody.fees_reserves + custody.trader_collateral ==
                 custody.balance,
             at + "balance", "is not owned + fees_reserves + trader_collateral");
        hold(sums[i].locked == custody.locked, at + "locked", "is not the sum over positions");
        hold(sums[i].guaranteed_usd == custody.guaranteed_usd, at + "guaranteed_usd",
             "is not the sum over longs");
        hold(sums[i].longs_usd == custody.global_long_sizes, at + "global_long_sizes",
             "is not the sum over longs");
        hold(sums[i].shorts_usd == custody.global_short_sizes, at + "global_short_sizes",
             "is not the sum over shorts");
        hold(sums[i].trader_collateral == custody.trader_collateral, at + "trader_collateral",
             "is not the sum over shorts");
        hold(custody.last_update <= clock(), at + "last_update", "is later than the clock");
    }
    for (const auto& [id, wish] : requests_) {
        hold(wish.owner != 0 && wish.action <= TradeAction::decrease &&
                 wish.trade.side <= Side::short_side && wish.trade.custody < custodies_.size() &&
                 wish.trade.collateral_custody < custodies_.size(),
             "requests[" + std::to_string(id) + "]", "names nothing");
    }
}

}  // namespace voltcore::perps
