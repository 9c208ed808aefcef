#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/perps/jlp_pool.hpp"

// Deposits, withdrawals and positions in any token: a swap before or after the operation, both or
// neither. Spec section 6.

namespace voltcore::perps {

/// A swap outside the pool: a price, a fee on what comes out, and the least that is accepted.
struct OutsideRoute {
    std::uint64_t price_e9 = 0;  ///< units out for a unit in, 1e9
    std::uint64_t fee_bps = 0;   ///< rounded up
    std::uint64_t min_amount = 0;
};

struct SwapLeg {
    std::uint64_t amount_in = 0;
    std::uint64_t amount_out = 0;
    std::uint64_t fee = 0;  ///< of the token going out
    bool outside = false;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount_in", self.amount_in);
        visit("amount_out", self.amount_out);
        visit("fee", self.fee);
        visit("outside", self.outside);
    }
};

template <class Receipt>
struct Routed {
    SwapLeg swap;
    Receipt receipt;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("swap", self.swap);
        visit("receipt", self.receipt);
    }
};

/// @throws Error (MaxPriceSlippage) below the least amount.
[[nodiscard]] SwapLeg swap_outside(const OutsideRoute& route, std::uint64_t amount);

/// One end of a leg: a custody of the pool, or nothing for a token the pool does not know.
using Token = std::optional<std::size_t>;

/// Swaps `amount` of one token into another, in the pool unless a route is given.
SwapLeg swap_by_route(JlpPool& pool, CallerId caller, Token in, Token out, std::uint64_t amount,
                      const std::optional<OutsideRoute>& route, std::int64_t now);

/// Runs `body` on a copy and keeps it only when nothing was refused.
template <class Body>
auto atomically(JlpPool& pool, Body&& body) {
    JlpPool trial = pool;
    auto out = body(trial);
    pool = std::move(trial);
    return out;
}

}  // namespace voltcore::perps
