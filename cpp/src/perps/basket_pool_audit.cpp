#include <string>
#include <vector>

#include "voltcore/perps/basket_pool.hpp"

// What must hold between operations. Spec 5.6, 7.14.

namespace voltcore::perps {

void BasketPool::audit() const {
    governance_.audit();
    lp_.audit();
    hold(configs_.size() == custodies_.size() && !configs_.empty() &&
             configs_.size() <= most_custodies,
         "custodies", "do not match their configuration");
    struct Sums {
        u128 collateral = 0;
        u128 locked = 0;
        u128 size_usd[2] = {0, 0};
        u128 positions[2] = {0, 0};
    };
    std::vector<Sums> sums(custodies_.size());
    for (const auto& [id, holding] : positions_) {
        const std::string at = "positions[" + std::to_string(id) + "]";
        hold(id >= 1 && id <= opened_, at, "has an id that was never given");
        hold(holding.owner != 0, at + ".owner", "is nobody");
        hold(holding.custody < custodies_.size() && holding.collateral_custody < custodies_.size(),
             at + ".custody", "does not exist");
        hold(holding.position.side <= Side::short_side && holding.position.price != 0, at,
             "is not a position");
        Sums& paying = sums[holding.collateral_custody];
        paying.collateral += holding.position.collateral_amount;
        paying.locked += holding.position.locked_amount;
        Sums& traded = sums[holding.custody];
        const auto side = static_cast<std::size_t>(holding.position.side);
        traded.size_usd[side] += holding.position.size_usd;
        ++traded.positions[side];
    }
    for (std::size_t i = 0; i < custodies_.size(); ++i) {
        const BasketCustody& custody = custodies_[i];
        const std::string at = configs_[i].name + ".";
        hold(configs_[i].fees.mode <= FeeMode::optimal, at + "fees.mode", "is not a mode");
        const u128 parts = static_cast<u128>(custody.owned) + custody.collateral +
                           custody.protocol_fees + custody.lp_fee_outside_owned;
        hold(parts == custody.balance, at + "balance",
             "is not owned + collateral + protocol_fees + lp_fee_outside_owned");
        hold(sums[i].collateral == custody.collateral, at + "collateral",
             "is not the sum over positions");
        hold(sums[i].locked == custody.locked, at + "locked", "is not the sum over positions");
        hold(custody.last_update <= clock(), at + "last_update", "is later than the clock");
        if (configs_[i].is_stable) continue;
        hold(custody.longs.size_usd == sums[i].size_usd[0] &&
                 custody.shorts.size_usd == sums[i].size_usd[1],
             at + "size_usd", "is not the sum over positions");
        hold(custody.longs.positions == sums[i].positions[0] &&
                 custody.shorts.positions == sums[i].positions[1],
             at + "positions", "are miscounted");
    }
}

}  // namespace voltcore::perps
