#include "voltcore/volts/shares.hpp"

#include <algorithm>
#include <string>

#include "voltcore/math/error.hpp"

namespace voltcore::volts {

using math::mul_div_floor;
using math::u128;

std::uint64_t SharePrice::display(unsigned decimals) const {
    if (decimals > 18) {
        refuse({.code = ErrorCode::out_of_range,
                .field = "decimals",
                .value = std::to_string(decimals),
                .bound = "is not in [0, 18]",
                .op = {},
                .onchain = {}});
    }
    std::uint64_t one = 1;
    for (unsigned i = 0; i < decimals; ++i) one *= 10;  // 10^18 < 2^64
    return supply == 0 ? one : mul_div_floor(assets, one, supply);
}

std::uint64_t shares_for_deposit(std::uint64_t amount, SharePrice price) {
    if (price.supply == 0) return amount;
    if (price.assets == 0) {
        refuse_onchain(ErrorCode::funds, "shares_for_deposit",
                       "NewEquityMustBeHigherThanDepositAmount", "assets", "0",
                       "back shares that exist already");
    }
    return mul_div_floor(amount, price.supply, price.assets);
}

RoundAmounts round_amounts(std::uint64_t deposits, std::uint64_t withdrawals, SharePrice price) {
    return {.withdraw = underlying_for_shares(withdrawals, price),
            .mint = shares_for_deposit(deposits, price)};
}

std::uint64_t capped_payout(std::uint64_t most, std::uint64_t withdrawals, std::uint64_t deposits,
                            std::uint64_t assets_now, std::uint64_t supply_at_setup) {
    if (supply_at_setup == 0) return 0;
    const std::uint64_t theirs = assets_now > deposits ? assets_now - deposits : 0;
    // The quotient may leave 64 bits only if it is above `most` anyway: cap before narrowing.
    const u128 part = static_cast<u128>(withdrawals) * theirs / supply_at_setup;
    return static_cast<std::uint64_t>(std::min(part, static_cast<u128>(most)));
}

}  // namespace voltcore::volts
