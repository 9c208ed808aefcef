#pragma once

#include <cstdint>

#include "voltcore/perps/checked.hpp"

// Where each unit of a JlpPool operation went.

namespace voltcore::perps {

struct JlpMintReceipt {
    std::uint64_t amount = 0;  ///< token units put in
    std::uint64_t lp = 0;
    std::uint64_t fee_bps = 0;
    std::uint64_t fee = 0;  ///< token units, to fees_reserves

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("lp", self.lp);
        visit("fee_bps", self.fee_bps);
        visit("fee", self.fee);
    }
};

struct JlpBurnReceipt {
    std::uint64_t lp = 0;
    std::uint64_t amount = 0;  ///< token units paid out, net
    std::uint64_t fee_bps = 0;
    std::uint64_t fee = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("lp", self.lp);
        visit("amount", self.amount);
        visit("fee_bps", self.fee_bps);
        visit("fee", self.fee);
    }
};

struct JlpSwapReceipt {
    std::uint64_t amount_in = 0;
    std::uint64_t amount_out = 0;  ///< net
    std::uint64_t fee_bps = 0;
    std::uint64_t fee = 0;  ///< of the token going out

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount_in", self.amount_in);
        visit("amount_out", self.amount_out);
        visit("fee_bps", self.fee_bps);
        visit("fee", self.fee);
    }
};

struct JlpIncreaseReceipt {
    std::uint64_t entry_price = 0;  ///< of the position, after; so are size, collateral and lock
    std::uint64_t size_usd = 0;
    std::uint64_t collateral_usd = 0;
    std::uint64_t locked_amount = 0;
    std::uint64_t position_fee_usd = 0;
    std::uint64_t impact_fee_usd = 0;  ///< part of the position fee
    std::uint64_t borrow_fee_usd = 0;
    std::uint64_t fee_tokens = 0;  ///< both fees

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("entry_price", self.entry_price);
        visit("size_usd", self.size_usd);
        visit("collateral_usd", self.collateral_usd);
        visit("locked_amount", self.locked_amount);
        visit("position_fee_usd", self.position_fee_usd);
        visit("impact_fee_usd", self.impact_fee_usd);
        visit("borrow_fee_usd", self.borrow_fee_usd);
        visit("fee_tokens", self.fee_tokens);
    }
};

struct JlpDecreaseReceipt {
    std::uint64_t amount_out = 0;      ///< token units to the owner
    std::uint64_t usd_out = 0;         ///< their value, net of fees
    std::uint64_t fee_usd = 0;         ///< paid
    std::uint64_t fee_tokens = 0;      ///< paid, to fees_reserves
    std::uint64_t borrow_fee_usd = 0;  ///< due
    bool profit = false;
    std::uint64_t pnl_usd = 0;       ///< of the part that left; a profit after its cap
    std::uint64_t bad_debt_usd = 0;  ///< loss beyond the collateral, paid by nobody
    std::uint64_t forfeited_usd = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount_out", self.amount_out);
        visit("usd_out", self.usd_out);
        visit("fee_usd", self.fee_usd);
        visit("fee_tokens", self.fee_tokens);
        visit("borrow_fee_usd", self.borrow_fee_usd);
        visit("profit", self.profit);
        visit("pnl_usd", self.pnl_usd);
        visit("bad_debt_usd", self.bad_debt_usd);
        visit("forfeited_usd", self.forfeited_usd);
    }
};

struct JlpDistributionReceipt {
    std::uint64_t to_pool = 0;
    std::uint64_t to_protocol = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("to_pool", self.to_pool);
        visit("to_protocol", self.to_protocol);
    }
};

}  // namespace voltcore::perps
