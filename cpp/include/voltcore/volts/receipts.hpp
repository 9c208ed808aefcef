#pragma once

#include <cstdint>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/math/integer.hpp"
#include "voltcore/venues/margin_account.hpp"

// What each operation hands back. Amounts are native underlying or shares.

namespace voltcore::volts {

using math::I80F48;

struct TransferReceipt {
    std::uint64_t round = 0;     ///< 0 for an instant transfer
    std::uint64_t amount = 0;    ///< given: underlying of a deposit, shares of a withdrawal
    std::uint64_t received = 0;  ///< handed over at once: shares or underlying; 0 when pending
    std::uint64_t fee = 0;       ///< withdrawal fee of an instant withdrawal
    std::uint64_t claimed = 0;   ///< by the claim before it, of the operations with a claim

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("round", self.round);
        visit("amount", self.amount);
        visit("received", self.received);
        visit("fee", self.fee);
        visit("claimed", self.claimed);
    }
};

struct FeesReceipt {
    std::uint64_t assets = 0;  ///< A before both fees
    math::i128 pnl = 0;
    std::uint64_t performance_fee = 0;
    std::uint64_t aum_fee = 0;
    std::uint64_t from_pool = 0;
    std::uint64_t from_venue = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("assets", self.assets);
        visit("pnl", self.pnl);
        visit("performance_fee", self.performance_fee);
        visit("aum_fee", self.aum_fee);
        visit("from_pool", self.from_pool);
        visit("from_venue", self.from_venue);
    }
};

struct SetupReceipt {
    std::uint64_t assets = 0;    ///< A before anything moves
    std::uint64_t supply = 0;    ///< S with W
    std::uint64_t withdraw = 0;  ///< U
    std::uint64_t mint = 0;      ///< M
    std::uint64_t kept = 0;
    std::uint64_t moved = 0;
    std::uint64_t shortfall = 0;
    math::i128 net = 0;  ///< D - U
    I80F48 equity_target;
    std::int64_t target_lots = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("assets", self.assets);
        visit("supply", self.supply);
        visit("withdraw", self.withdraw);
        visit("mint", self.mint);
        visit("kept", self.kept);
        visit("moved", self.moved);
        visit("shortfall", self.shortfall);
        visit("net", self.net);
        visit("equity_target", self.equity_target);
        visit("target_lots", self.target_lots);
    }
};

struct RebalanceReceipt {
    std::int64_t target_lots = 0;   ///< where the leg is going
    std::int64_t filled_lots = 0;   ///< by this call, signed
    std::int64_t missing_lots = 0;  ///< after this call, signed
    I80F48 quote;                   ///< native quote into the position, before the fee
    I80F48 fee;
    bool is_done = false;  ///< the leg is finished

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("target_lots", self.target_lots);
        visit("filled_lots", self.filled_lots);
        visit("missing_lots", self.missing_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("is_done", self.is_done);
    }
};

/// An off-book order of the volt, as its counterparty takes it.
struct OffBookReceipt {
    std::uint64_t index = 0;     ///< in the list of the volt's margin account
    std::int64_t size_lots = 0;  ///< signed: negative sells
    std::int64_t price_lots = 0;
    venues::AccountId counterparty = 0;
    std::uint64_t expires = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("index", self.index);
        visit("size_lots", self.size_lots);
        visit("price_lots", self.price_lots);
        visit("counterparty", self.counterparty);
        visit("expires", self.expires);
    }
};

struct EndRoundReceipt {
    std::uint64_t minted = 0;
    std::uint64_t paid = 0;  ///< what really went to the leavers
    std::uint64_t from_venue = 0;
    math::i128 rebalance_pnl = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("minted", self.minted);
        visit("paid", self.paid);
        visit("from_venue", self.from_venue);
        visit("rebalance_pnl", self.rebalance_pnl);
    }
};

}  // namespace voltcore::volts
