#include "voltcore/venues/margin_venue.hpp"

#include <string>

#include "transaction.hpp"

// What every operation shares: construction, existence and freshness checks, and the views.

namespace voltcore::venues {

MarginVenue::MarginVenue(const VenueConfig& config, std::uint64_t now)
    : admin_{config.admin},
      valid_interval_{config.valid_interval},
      enforce_health_{config.enforce_health},
      unlimited_pnl_counterparty_{config.unlimited_pnl_counterparty},
      limits_{config.limits},
      clock_{now} {
    validate(config);
    check_clock("create", now);
    markets_.reserve(config.markets.size());
    for (const MarketConfig& given : config.markets) {
        Market& market = markets_.emplace_back();
        market.oracle.config = given.index;
        market.perp.config = given.perp;
        market.perp.last_updated = now;
        market.perp.cache.last_update = now;
        if (!given.spot.is_listed()) continue;
        SpotMarket& spot = spot_markets_.emplace_back();
        spot.market = static_cast<std::uint8_t>(markets_.size() - 1);
        spot.config = given.spot;
    }
    banks_.reserve(config.tokens.size());
    for (const TokenConfig& given : config.tokens) {
        Bank& bank = banks_.emplace_back();
        bank.config = given;
        bank.last_updated = now;
        bank.cache.last_update = now;
    }
    derive_weights();
}

void MarginVenue::derive_weights() {
    for (Market& market : markets_) {
        if (!market.perp.is_listed()) continue;
        market.perp.weights =
            health_weights(market.perp.config.init_leverage, market.perp.config.maint_leverage);
    }
    for (std::size_t slot = 0; slot < quote_slot(); ++slot) {
        const TokenConfig& config = banks_[slot].config;
        banks_[slot].weights = health_weights(config.init_leverage, config.maint_leverage);
    }
}

VenueConfig MarginVenue::config() const {
    VenueConfig out{.admin = admin_,
                    .valid_interval = valid_interval_,
                    .enforce_health = enforce_health_,
                    .unlimited_pnl_counterparty = unlimited_pnl_counterparty_,
                    .limits = limits_,
                    .markets = {},
                    .tokens = {}};
    for (const Market& market : markets_) {
        out.markets.push_back(
            {.index = market.oracle.config, .perp = market.perp.config, .spot = {}});
    }
    for (const SpotMarket& spot : spot_markets_) out.markets[spot.market].spot = spot.config;
    for (const Bank& bank : banks_) out.tokens.push_back(bank.config);
    return out;
}

std::size_t MarginVenue::slot_of(std::uint8_t token, const char* op) const {
    for (std::size_t slot = 0; slot < banks_.size(); ++slot) {
        if (banks_[slot].config.index == token) return slot;
    }
    refuse_unsigned_param(op, "token", token, "is not a token of this venue");
}

bool MarginVenue::is_fresh(std::uint64_t last_update, std::uint64_t now) const noexcept {
    // now and valid_interval are below 2^63 and 2^62: the sum cannot wrap.
    return last_update + 2 * valid_interval_ >= now;
}

void MarginVenue::check_clock(const char* op, std::uint64_t now) const {
    if (now < clock_ || now > latest_time) refuse_time(op, now, clock_);
}

void MarginVenue::check_account(const char* op, AccountId account) const {
    if (account >= accounts_.size()) {
        refuse_unknown(op, "InvalidAccount", "account", account, accounts_.size());
    }
}

void MarginVenue::check_market(const char* op, std::size_t market) const {
    if (market >= markets_.size()) {
        refuse_unknown(op, "InvalidMarket", "market", market, markets_.size());
    }
}

void MarginVenue::check_perp(const char* op, std::size_t market) const {
    check_market(op, market);
    if (!markets_[market].perp.is_listed()) {
        refuse_onchain(ErrorCode::out_of_range, op, "InvalidMarket", "market",
                       std::to_string(market), "has no perp");
    }
}

void MarginVenue::check_owner(const char* op, CallerId caller, AccountId account) const {
    if (caller != accounts_[account].owner) refuse_caller(op, caller, "owner of the account");
}

void MarginVenue::check_not_bankrupt(const char* op, AccountId account) const {
    if (accounts_[account].is_bankrupt) refuse_state(op, "Bankrupt", account);
}

void MarginVenue::check_price_cache(const char* op, std::size_t market, std::uint64_t now) const {
    const Oracle& oracle = markets_[market].oracle;
    if (oracle.price.is_zero() || !is_fresh(oracle.last_update, now)) {
        refuse_stale(op, "InvalidPriceCache", "markets[" + std::to_string(market) + "].oracle",
                     oracle.last_update, now);
    }
}

void MarginVenue::check_bank_cache(const char* op, std::size_t slot, std::uint64_t now) const {
    const Bank& bank = banks_[slot];
    if (!is_fresh(bank.cache.last_update, now)) {
        refuse_stale(op, "InvalidRootBankCache",
                     "token " + std::to_string(bank.config.index) + " cache",
                     bank.cache.last_update, now);
    }
}

void MarginVenue::check_perp_cache(const char* op, std::size_t market, std::uint64_t now) const {
    const PerpMarketCache& cache = markets_[market].perp.cache;
    if (!is_fresh(cache.last_update, now)) {
        refuse_stale(op, "InvalidPerpMarketCache",
                     "markets[" + std::to_string(market) + "].perp.cache", cache.last_update, now);
    }
}

void MarginVenue::check_caches(const char* op, AccountId account, std::size_t named_slot,
                               std::size_t named_market, std::uint64_t now) const {
    std::size_t slot = 0;
    for (std::size_t i = 0; i < markets_.size(); ++i) {
        bool price_is_read = false;
        std::size_t bank_read = nothing;
        if (slot < quote_slot() && banks_[slot].config.index == i) {
            if (slot == named_slot || balance_at(account, slot).is_active() ||
                accounts_[account].has_in_basket(i)) {
                price_is_read = true;
                bank_read = slot;
            }
            ++slot;
        }
        const bool perp_is_read = i == named_market || perp_at(account, i).is_active();
        if (price_is_read || perp_is_read) check_price_cache(op, i, now);
        if (bank_read != nothing) check_bank_cache(op, bank_read, now);
        if (perp_is_read) check_perp_cache(op, i, now);
    }
    check_bank_cache(op, quote_slot(), now);
}

void MarginVenue::require_fresh(AccountId account, std::uint64_t now) const {
    constexpr const char* op = "require_fresh";
    check_account(op, account);
    check_clock(op, now);
    check_caches(op, account, nothing, nothing, now);
}

I80F48 MarginVenue::health(AccountId account, HealthKind kind) const {
    check_account("health", account);
    return transact("health", [&] {
        I80F48 total = native_at(account, quote_slot());
        std::size_t slot = 0;
        for (std::size_t i = 0; i < markets_.size(); ++i) {
            const Market& market = markets_[i];
            if (slot < quote_slot() && banks_[slot].config.index == i) {
                if (accounts_[account].has_in_basket(i)) {
                    total +=
                        weighted(spot_value_with_orders(account, slot), banks_[slot].weights, kind);
                } else if (balance_at(account, slot).is_active()) {
                    total += weighted(spot_value(native_at(account, slot), market.oracle.price),
                                      banks_[slot].weights, kind);
                }
                ++slot;
            }
            const PerpAccount& position = perp_at(account, i);
            if (position.is_active()) {
                total += weighted(value_of(position, market), market.perp.weights, kind);
            }
        }
        return total;
    });
}

PositionValue MarginVenue::spot_value_with_orders(AccountId account, std::size_t slot) const {
    const std::size_t market = banks_[slot].config.index;
    const OpenOrders& held = open_orders_at(account, spot_slot("health", market));
    const OpenOrdersBalance orders{
        .base_free = I80F48::from_int(held.base_free),
        .base_locked = I80F48::from_int(held.base_total - held.base_free),
        .quote_free = I80F48::from_int(held.quote_free) + I80F48::from_int(held.rebates),
        .quote_locked = I80F48::from_int(held.quote_total - held.quote_free)};
    return spot_value(native_at(account, slot), markets_[market].oracle.price, orders);
}

PositionValue MarginVenue::position_value(AccountId account, std::size_t market) const {
    constexpr const char* op = "position_value";
    check_perp(op, market);
    check_account(op, account);
    return transact(op, [&] { return value_of(perp_at(account, market), markets_[market]); });
}

I80F48 MarginVenue::net_balance(AccountId account, std::uint8_t token) const {
    constexpr const char* op = "net_balance";
    const std::size_t slot = slot_of(token, op);
    check_account(op, account);
    return transact(op, [&] { return native_at(account, slot); });
}

const Market& MarginVenue::market(std::size_t index) const {
    check_market("market", index);
    return markets_[index];
}

const Bank& MarginVenue::bank(std::uint8_t token) const { return banks_[slot_of(token, "bank")]; }

const MarginAccount& MarginVenue::account(AccountId id) const {
    check_account("account", id);
    return accounts_[id];
}

const Balance& MarginVenue::balance(AccountId account, std::uint8_t token) const {
    const std::size_t slot = slot_of(token, "balance");
    check_account("balance", account);
    return balance_at(account, slot);
}

const PerpAccount& MarginVenue::perp_account(AccountId account, std::size_t market) const {
    check_perp("perp_account", market);
    check_account("perp_account", account);
    return perp_at(account, market);
}

}  // namespace voltcore::venues
