#include <array>

#include "transaction.hpp"
#include "voltcore/venues/margin_venue.hpp"

// Keeper operations: prices, interest and funding, and the caches that health reads.

namespace voltcore::venues {

void MarginVenue::set_price(CallerId caller, std::size_t market, I80F48 price, I80F48 confidence,
                            bool trading, std::uint64_t now) {
    constexpr const char* op = "set_price";
    check_market(op, market);
    if (!price.is_positive() || confidence.is_negative()) {
        refuse_onchain(ErrorCode::oracle, op, "InvalidOraclePrice",
                       price.is_positive() ? "confidence" : "price", {},
                       price.is_positive() ? "is negative" : "is not positive");
    }
    Oracle& oracle = markets_[market].oracle;
    if (oracle.config.underlying != market) {
        refuse_unsigned_param(op, "market", market, "has no feed of its own");
    }
    if (caller != admin_) refuse_caller(op, caller, "admin");
    check_clock(op, now);
    oracle.feed_price = price;
    oracle.feed_confidence = confidence;
    oracle.feed_trading = trading;
    clock_ = now;
}

namespace {

/// A feed that may be cached: it has a price, trades, and its interval is at most 10 % of it.
bool is_usable(const Oracle& oracle) {
    return oracle.feed_trading && oracle.feed_price.is_positive() &&
           scale(oracle.feed_confidence, 10) <= oracle.feed_price;
}

}  // namespace

void MarginVenue::cache_prices(std::uint64_t now) {
    constexpr const char* op = "cache_prices";
    check_clock(op, now);
    // 0 stands for "not cached now".
    std::array<I80F48, most_markets> prices{};
    transact(op, [&] {
        for (std::size_t i = 0; i < markets_.size(); ++i) {
            const Oracle& oracle = markets_[i].oracle;
            const Oracle& source = markets_[oracle.config.underlying].oracle;
            // A power reads the feed of this instant through its underlying, never a stale price.
            if (is_usable(source)) prices[i] = index_price(oracle.config, source.feed_price);
        }
    });
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        if (prices[i].is_zero()) continue;
        markets_[i].oracle.price = prices[i];
        markets_[i].oracle.last_update = now;
    }
    clock_ = now;
}

void MarginVenue::update_banks(std::uint64_t now) {
    constexpr const char* op = "update_banks";
    check_clock(op, now);
    std::array<BankUpdate, most_tokens> next;
    transact(op, [&] {
        for (std::size_t slot = 0; slot < banks_.size(); ++slot) {
            next[slot] = updated(banks_[slot], now);
        }
    });
    for (std::size_t slot = 0; slot < banks_.size(); ++slot) {
        Bank& bank = banks_[slot];
        bank.deposit_index = next[slot].deposit_index;
        bank.borrow_index = next[slot].borrow_index;
        bank.roundings = next[slot].roundings;
        bank.last_updated = now;
    }
    clock_ = now;
}

void MarginVenue::cache_root_banks(std::uint64_t now) {
    check_clock("cache_root_banks", now);
    for (Bank& bank : banks_) {
        bank.cache = {.deposit_index = bank.deposit_index,
                      .borrow_index = bank.borrow_index,
                      .last_update = now};
    }
    clock_ = now;
}

FundingReceipt MarginVenue::update_funding(std::size_t market, std::int64_t bid_lots,
                                           std::int64_t ask_lots, std::uint64_t now) {
    constexpr const char* op = "update_funding";
    if (bid_lots < 0) refuse_param(op, "bid_lots", bid_lots, "is negative");
    if (ask_lots < 0) refuse_param(op, "ask_lots", ask_lots, "is negative");
    check_perp(op, market);
    check_clock(op, now);
    check_price_cache(op, market, now);
    return transact(op, [&] {
        PerpMarket& perp = markets_[market].perp;
        const I80F48 index = markets_[market].oracle.price;
        const auto elapsed = static_cast<std::int64_t>(now - perp.last_updated);
        FundingReceipt out;
        out.diff = funding_diff(perp.config, index, bid_lots, ask_lots);
        out.delta = funding_delta(perp.config, index, out.diff, elapsed);
        const I80F48 long_funding = perp.long_funding + out.delta;
        const I80F48 short_funding = perp.short_funding + out.delta;
        perp.long_funding = long_funding;
        perp.short_funding = short_funding;
        perp.last_updated = now;
        clock_ = now;
        return out;
    });
}

void MarginVenue::cache_perp_markets(std::uint64_t now) {
    check_clock("cache_perp_markets", now);
    for (Market& market : markets_) {
        PerpMarket& perp = market.perp;
        perp.cache = {.long_funding = perp.long_funding,
                      .short_funding = perp.short_funding,
                      .last_update = now};
    }
    clock_ = now;
}

}  // namespace voltcore::venues
