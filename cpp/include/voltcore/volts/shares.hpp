#pragma once

#include <cstdint>

#include "voltcore/math/integer.hpp"

namespace voltcore::volts {

/// The price of one share as the exact ratio assets / supply; it is never stored rounded.
struct SharePrice {
    std::uint64_t assets = 0;  ///< native units of the deposit token
    std::uint64_t supply = 0;  ///< shares that own them

    /// floor(assets * 10^decimals / supply): for display only. A supply of 0 shows 10^decimals,
    /// the price at which the first share is minted.
    [[nodiscard]] std::uint64_t display(unsigned decimals) const;

    friend bool operator==(const SharePrice&, const SharePrice&) = default;
};

/// Shares for a deposit: floor(amount * supply / assets); the amount itself when supply is 0.
/// Refused as NewEquityMustBeHigherThanDepositAmount when shares exist that nothing backs.
[[nodiscard]] std::uint64_t shares_for_deposit(std::uint64_t amount, SharePrice price);

/// Native units that shares stand for: floor(shares * assets / supply); 0 when supply is 0.
[[nodiscard]] constexpr std::uint64_t underlying_for_shares(std::uint64_t shares,
                                                            SharePrice price) {
    return price.supply == 0 ? 0 : math::mul_div_floor(shares, price.assets, price.supply);
}

/// The amounts of a round, fixed when the rebalance is set up.
struct RoundAmounts {
    std::uint64_t withdraw = 0;  ///< U, the most that leavers are paid
    std::uint64_t mint = 0;      ///< M, the shares of the depositors
};

/// U = floor(W * A / S) and M = floor(D * S / A), or D when S is 0.
[[nodiscard]] RoundAmounts round_amounts(std::uint64_t deposits, std::uint64_t withdrawals,
                                         SharePrice price);

/// What the leavers get at EndRound: min(U, floor(W * max(0, A_now - D) / S)), where W, D and S are
/// those of the set-up. Closing their part costs premium and fees; they bear their share of it and
/// get nothing of a gain.
[[nodiscard]] std::uint64_t capped_payout(std::uint64_t most, std::uint64_t withdrawals,
                                          std::uint64_t deposits, std::uint64_t assets_now,
                                          std::uint64_t supply_at_setup);

/// floor(record * balance / total) of the balance and total that are left. What earlier claims lost
/// by rounding passes to later ones and the last claim takes the rest, so nothing is stranded.
[[nodiscard]] constexpr std::uint64_t claim_pro_rata(std::uint64_t record, std::uint64_t balance,
                                                     std::uint64_t total) {
    return record == 0 ? 0 : math::mul_div_floor(record, balance, total);
}

}  // namespace voltcore::volts
