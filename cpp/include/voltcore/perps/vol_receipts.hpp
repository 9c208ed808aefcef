#pragma once

#include <cstdint>

#include "voltcore/perps/liquidation.hpp"

// Where each unit of a VolPool operation went.

namespace voltcore::perps {

struct VolDepositReceipt {
    std::uint64_t amount = 0;
    std::uint64_t lp = 0;
    std::uint64_t fee = 0;
    std::uint64_t protocol = 0;  ///< part of the fee

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("lp", self.lp);
        visit("fee", self.fee);
        visit("protocol", self.protocol);
    }
};

struct VolIncreaseReceipt {
    std::uint64_t size = 0;  ///< of the position, after; so are the next two
    std::uint64_t collateral = 0;
    std::int32_t entry = 0;
    std::uint64_t fee = 0;  ///< trade fee
    std::uint64_t borrow_fee = 0;
    std::uint64_t insurance_contribution = 0;
    std::uint64_t protocol = 0;
    std::uint64_t locked_amount = 0;
    std::uint64_t max_size = 0;
    std::uint64_t leverage_modifier_bps = 0;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("size", self.size);
        visit("collateral", self.collateral);
        visit("entry", self.entry);
        visit("fee", self.fee);
        visit("borrow_fee", self.borrow_fee);
        visit("insurance_contribution", self.insurance_contribution);
        visit("protocol", self.protocol);
        visit("locked_amount", self.locked_amount);
        visit("max_size", self.max_size);
        visit("leverage_modifier_bps", self.leverage_modifier_bps);
    }
};

/// Who pays a profit, in the order of the waterfall.
struct VolWaterfall {
    std::uint64_t from_locked = 0;
    std::uint64_t from_insurance = 0;
    std::uint64_t impairment = 0;  ///< from the free base
    std::uint64_t unpaid = 0;      ///< user losses

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("from_locked", self.from_locked);
        visit("from_insurance", self.from_insurance);
        visit("impairment", self.impairment);
        visit("unpaid", self.unpaid);
    }
};

struct VolDecreaseReceipt {
    std::int64_t pnl = 0;              ///< of the part that left
    std::uint64_t paid_custody = 0;    ///< to the owner, net of fees
    std::uint64_t paid_insurance = 0;  ///< to the owner, from the insurance account
    std::uint64_t fee = 0;             ///< all that was paid
    std::uint64_t borrow_fee = 0;      ///< due
    std::uint64_t insurance_contribution = 0;
    std::uint64_t protocol = 0;
    VolWaterfall profit;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("pnl", self.pnl);
        visit("paid_custody", self.paid_custody);
        visit("paid_insurance", self.paid_insurance);
        visit("fee", self.fee);
        visit("borrow_fee", self.borrow_fee);
        visit("insurance_contribution", self.insurance_contribution);
        visit("protocol", self.protocol);
        visit("profit", self.profit);
    }
};

struct VolLiquidationReceipt {
    VolState reason{};
    i128 effective_collateral = 0;
    i128 pnl = 0;
    std::uint64_t fee = 0;           ///< paid
    std::uint64_t protocol_fee = 0;  ///< the protocol's part of the fee
    std::uint64_t liquidator = 0;
    bool liquidator_from_insurance = false;
    std::uint64_t protocol = 0;  ///< reward
    std::uint64_t pool = 0;      ///< reward
    std::uint64_t insurance_fee = 0;
    std::uint64_t owner_custody = 0;
    std::uint64_t owner_insurance = 0;
    VolWaterfall profit;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("reason", self.reason);
        visit("effective_collateral", self.effective_collateral);
        visit("pnl", self.pnl);
        visit("fee", self.fee);
        visit("protocol_fee", self.protocol_fee);
        visit("liquidator", self.liquidator);
        visit("liquidator_from_insurance", self.liquidator_from_insurance);
        visit("protocol", self.protocol);
        visit("pool", self.pool);
        visit("insurance_fee", self.insurance_fee);
        visit("owner_custody", self.owner_custody);
        visit("owner_insurance", self.owner_insurance);
        visit("profit", self.profit);
    }
};

}  // namespace voltcore::perps
