#include <string>
#include <vector>

#include "voltcore/perps/vol_pool.hpp"

// What must hold between operations. Spec 7.14.

namespace voltcore::perps {

void VolPool::audit() const {
    governance_.audit();
    lp_.audit();
    hold(configs_.size() == custodies_.size() && !configs_.empty(), "custodies",
         "do not match their configuration");
    hold(settings_.product <= VolProduct::rv_diff_iv && settings_.rate_mode <= RateMode::exact &&
             settings_.lock_covers <= LockCovers::position,
         "settings", "have an unknown switch");
    hold(lp_.total() <= settings_.lp_inventory, "lp", "outstanding is above the fixed supply");
    struct Sums {
        u128 collateral = 0;
        u128 locked = 0;
        u128 longed = 0;
        u128 shorted = 0;
        u128 guaranteed_usd = 0;
    };
    std::vector<Sums> sums(custodies_.size());
    for (const auto& [key, position] : positions_) {
        hold(key.custody < custodies_.size() && key.owner != 0 && key.window <= VolWindow::day_90 &&
                 key.side <= Side::short_side,
             "positions", "have a key that names nothing");
        const std::string at = "positions[" + std::to_string(key.owner) + "]";
        hold(position.size != 0 && position.collateral != 0 && position.entry != 0, at, "is empty");
        hold(position.size >= position.collateral, at, "is smaller than its collateral");
        hold(position.snapshot <= custodies_[key.custody].cumulative, at + ".snapshot",
             "is ahead of the custody");
        Sums& sum = sums[key.custody];
        sum.collateral += position.collateral;
        sum.locked += position.locked_amount;
        (key.side == Side::long_side ? sum.longed : sum.shorted) += position.size;
        sum.guaranteed_usd += position.size - position.collateral;
    }
    u128 reserves = 0;
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        const VolCustody& custody = custodies_[i];
        const std::string at = configs_[i].name + ".";
        hold(static_cast<u128>(custody.base) + sums[i].collateral == custody.owned, at + "owned",
             "is not base + the positions' collateral");
        hold(static_cast<u128>(custody.owned) + custody.fee_reserves == custody.balance,
             at + "balance", "is not owned + fee_reserves");
        hold(custody.insurance == custody.insurance_balance, at + "insurance",
             "is not its account");
        hold(sums[i].locked == custody.locked && custody.locked <= custody.base, at + "locked",
             "is not the sum over positions within base");
        hold(sums[i].longed == custody.longed && sums[i].shorted == custody.shorted, at + "longed",
             "or shorted is not the sum over positions");
        hold(sums[i].guaranteed_usd == custody.guaranteed_usd, at + "guaranteed_usd",
             "is not the sum over positions");
        hold(custody.last_updated <= clock(), at + "last_updated", "is later than the clock");
        reserves += custody.fee_reserves;
    }
    hold(reserves == realized_fee_usd_, "realized_fee_usd", "is not the sum of fee_reserves");
    for (const auto& [key, wish] : requests_) {
        hold(key.custody < custodies_.size() && key.owner != 0 &&
                 wish.action <= VolAction::decrease && wish.created <= clock(),
             "requests", "have one that names nothing");
    }
}

}  // namespace voltcore::perps
