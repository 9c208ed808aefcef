#pragma once

#include <cstdint>
#include <optional>

#include "voltcore/venues/bank.hpp"

// What the operations of a venue hand back.

namespace voltcore::venues {

struct BalanceReceipt {
    std::uint64_t amount = 0;  ///< native units that moved
    Balance balance;           ///< of the account, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("amount", self.amount);
        visit("balance", self.balance);
    }
};

struct FundingReceipt {
    I80F48 diff;   ///< clamped book / index - 1
    I80F48 delta;  ///< native quote per base lot, added to both accumulators

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("diff", self.diff);
        visit("delta", self.delta);
    }
};

struct FillReceipt {
    std::int64_t base_lots = 0;      ///< signed as given
    I80F48 quote;                    ///< native quote moved into the position, before the fee
    I80F48 fee;                      ///< taker fee, native quote
    I80F48 funding;                  ///< settled on the way, native quote, positive when received
    std::int64_t base_position = 0;  ///< base lots, after
    I80F48 quote_position;           ///< native quote, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("funding", self.funding);
        visit("base_position", self.base_position);
        visit("quote_position", self.quote_position);
    }
};

/// An order that met the book of a perp market.
struct PerpOrderReceipt {
    std::int64_t base_lots = 0;       ///< filled, not negative
    std::int64_t quote_lots = 0;      ///< filled, not negative
    std::int64_t posted_lots = 0;     ///< base lots left on the book
    std::optional<std::uint64_t> id;  ///< of the resting order
    std::uint32_t fills = 0;
    I80F48 fee;  ///< taker fee, native quote

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote_lots", self.quote_lots);
        visit("posted_lots", self.posted_lots);
        visit("id", self.id);
        visit("fills", self.fills);
        visit("fee", self.fee);
    }
};

struct SpotFillReceipt {
    std::int64_t base_lots = 0;  ///< signed as given
    std::uint64_t quote = 0;     ///< native quote at the price, before the fee
    std::uint64_t fee = 0;       ///< native quote
    Balance base_balance;        ///< of the traded token, after
    Balance quote_balance;       ///< after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("base_balance", self.base_balance);
        visit("quote_balance", self.quote_balance);
    }
};

/// An order that met a spot book.
struct SpotOrderReceipt {
    std::int64_t base_lots = 0;       ///< traded
    std::uint64_t quote = 0;          ///< native quote traded, before the fee
    std::uint64_t fee = 0;            ///< taker fee, native quote
    std::int64_t posted_lots = 0;     ///< base lots left on the book
    std::optional<std::uint64_t> id;  ///< of the resting order
    std::uint64_t locked = 0;  ///< native units taken in for it; what was not needed is free again

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base_lots", self.base_lots);
        visit("quote", self.quote);
        visit("fee", self.fee);
        visit("posted_lots", self.posted_lots);
        visit("id", self.id);
        visit("locked", self.locked);
    }
};

/// What settling moved from open orders into deposits, native units.
struct SpotSettlement {
    std::uint64_t base = 0;
    std::uint64_t quote = 0;  ///< rebates included

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("base", self.base);
        visit("quote", self.quote);
    }
};

/// What a liquidator took over and what he got for it; all 0 when the account had recovered.
struct LiquidationReceipt {
    I80F48 taken;  ///< base lots of a perp, native units of a borrow or of negative perp quote
    I80F48 paid;   ///< native units to the liquidator: quote of a perp, or the asset
    bool being_liquidated = false;  ///< the account, after
    bool is_bankrupt = false;       ///< the account, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("taken", self.taken);
        visit("paid", self.paid);
        visit("being_liquidated", self.being_liquidated);
        visit("is_bankrupt", self.is_bankrupt);
    }
};

struct BankruptcyReceipt {
    std::uint64_t insurance = 0;  ///< native quote to the liquidator
    I80F48 liability;             ///< native units he took over for it
    I80F48 loss;               ///< socialised: per lot of open interest, or share of all deposits
    bool is_bankrupt = false;  ///< the account, after

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("insurance", self.insurance);
        visit("liability", self.liability);
        visit("loss", self.loss);
        visit("is_bankrupt", self.is_bankrupt);
    }
};

}  // namespace voltcore::venues
