#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/bank.hpp"
#include "voltcore/venues/health.hpp"
#include "voltcore/venues/liquidation.hpp"
#include "voltcore/venues/margin_account.hpp"
#include "voltcore/venues/off_book_order.hpp"
#include "voltcore/venues/perp_account.hpp"
#include "voltcore/venues/perp_book.hpp"
#include "voltcore/venues/perp_market.hpp"
#include "voltcore/venues/receipts.hpp"
#include "voltcore/venues/spot_market.hpp"
#include "voltcore/venues/venue_config.hpp"

namespace voltcore::venues {

/// A cross-margined venue (Mango v3, Entropy) as one plain value: banks, perp markets, margin
/// accounts, vaults. Health and matching read cached prices, indices and funding only.
///
/// Every mutating operation names its caller and the clock; it does what it says or throws one
/// Error and changes nothing. The clock never runs backwards. Prices are native quote per native
/// base; positions are base lots; order prices are quote lots per base lot.
class MarginVenue {
public:
    /// A venue without markets or tokens, to be read into or assigned to.
    MarginVenue() = default;
    /// @throws Error (InvalidParam) for parameters that contradict each other.
    explicit MarginVenue(const VenueConfig& config, std::uint64_t now = 0);

    // Keeper operations. The admin owns the price feeds; the rest anyone may call.

    void set_price(CallerId caller, std::size_t market, I80F48 price, std::uint64_t now) {
        set_price(caller, market, price, I80F48{}, true, now);
    }
    /// `confidence` is the half width of the feed's interval; see cache_prices.
    void set_price(CallerId caller, std::size_t market, I80F48 price, I80F48 confidence,
                   bool trading, std::uint64_t now);
    /// Caches every usable feed, then the powers of those cached at this very instant. A feed
    /// without a price, not trading or with confidence / price > 10 % is skipped.
    void cache_prices(std::uint64_t now);
    /// Interest of every bank up to `now`.
    void update_banks(std::uint64_t now);
    void cache_root_banks(std::uint64_t now);
    /// One funding update from the impact prices of the book, in lots; 0 for a side without
    /// enough size.
    FundingReceipt update_funding(std::size_t market, std::int64_t bid_lots, std::int64_t ask_lots,
                                  std::uint64_t now);
    void cache_perp_markets(std::uint64_t now);

    // Accounts.

    /// @throws Error (InvalidOwner) for caller 0.
    AccountId add_account(CallerId caller, std::uint64_t now);
    BalanceReceipt deposit(CallerId caller, AccountId account, std::uint8_t token,
                           std::uint64_t amount, std::uint64_t now);
    /// Native units out of the deposit and, with `allow_borrow`, on credit. `whole_deposit`
    /// without borrowing takes the floor of the deposit.
    BalanceReceipt withdraw(CallerId caller, AccountId account, std::uint8_t token,
                            std::uint64_t amount, bool allow_borrow, std::uint64_t now);
    /// Takes `base_lots` (negative: sells) from the market's outside counterparty at a price in
    /// lots: settles funding, moves the position, charges the taker fee (and the maker fee to the
    /// counterparty); `off_book` fills carry no fees.
    FillReceipt fill_at_quote(CallerId caller, AccountId account, std::size_t market,
                              std::int64_t base_lots, std::int64_t price_lots, std::uint64_t now,
                              bool off_book = false);

    /// Trades `base_lots` (negative: sells) of a market's token against native quote with a
    /// counterparty outside, at a price in the lots of the market's perp (chosen: both legs of a
    /// hedge then match exactly). What the account does not hold it borrows. The fee, `taker_fee`
    /// of the quote rounded up, leaves the venue.
    SpotFillReceipt fill_spot_at_quote(CallerId caller, AccountId account, std::size_t market,
                                       std::int64_t base_lots, std::int64_t price_lots,
                                       I80F48 taker_fee, std::uint64_t now);

    // The order book of a perp market.

    /// Matches an order against the book, the rest of it may stay there. Fills move positions when
    /// consume_events gets to them; the taker fee is due at once.
    PerpOrderReceipt place_perp_order(CallerId caller, AccountId account, std::size_t market,
                                      const PerpOrder& order, std::uint64_t now);
    /// What place_perp_order would fill and let rest; nothing changes and nothing is checked but
    /// the order itself.
    [[nodiscard]] PerpOrderReceipt quote_perp_order(AccountId account, std::size_t market,
                                                    const PerpOrder& order,
                                                    std::uint64_t now) const;
    /// Base lots taken off the book.
    std::int64_t cancel_perp_order(CallerId caller, AccountId account, std::size_t market,
                                   std::uint64_t id, std::uint64_t now);
    std::int64_t cancel_perp_order_by_client_id(CallerId caller, AccountId account,
                                                std::size_t market, std::uint64_t client_id,
                                                std::uint64_t now);
    /// At most `limit` orders of the account in one market; how many went.
    std::uint64_t cancel_all_perp_orders(CallerId caller, AccountId account, std::size_t market,
                                         std::uint64_t limit, std::uint64_t now);
    /// Processes the oldest events of a market, at most `limit`; how many. Anyone may call. An
    /// event whose arithmetic fails stays, and is refused when it is the first.
    std::uint64_t consume_events(std::size_t market, std::uint64_t limit, std::uint64_t now);
    /// One funding update from the impact prices of the market's own book.
    FundingReceipt update_funding_from_book(std::size_t market, std::uint64_t now);
    /// Adds to both accumulators and their caches, as a recorded market had it.
    void adjust_funding(CallerId caller, std::size_t market, I80F48 long_delta, I80F48 short_delta,
                        std::uint64_t now);

    // Off-book orders between two accounts; no fees, no events, no effect on the book.

    /// The order's place in the account's list. A full list loses its first finished order, and
    /// later ones move up.
    std::uint64_t create_off_book_order(CallerId caller, AccountId account, std::size_t market,
                                        Side side, std::int64_t price_lots, std::int64_t size_lots,
                                        AccountId counterparty, std::uint64_t expires,
                                        std::uint64_t now);
    void cancel_off_book_order(CallerId caller, AccountId account, std::uint64_t index,
                               std::uint64_t now);
    void delete_off_book_order(CallerId caller, AccountId account, std::uint64_t index,
                               std::uint64_t now);
    /// How many there were; none of them may still be open.
    std::uint64_t delete_off_book_orders(CallerId caller, AccountId account, std::uint64_t now);
    /// The named counterparty takes the whole order; its own side of the fill.
    FillReceipt take_off_book_order(CallerId caller, AccountId counterparty, AccountId creator,
                                    std::size_t market, std::uint64_t index, std::uint64_t now);

    // Spot markets.

    /// True when the account had none in this market.
    bool init_spot_open_orders(CallerId caller, AccountId account, std::size_t market,
                               std::uint64_t now);
    /// Takes what the order could cost out of the deposit, on credit where it is short.
    SpotOrderReceipt place_spot_order(CallerId caller, AccountId account, std::size_t market,
                                      const SpotOrder& order, std::uint64_t now);
    /// What place_spot_order would fill and let rest; nothing changes and nothing is checked but
    /// the order itself.
    [[nodiscard]] SpotOrderReceipt quote_spot_order(AccountId account, std::size_t market,
                                                    const SpotOrder& order) const;
    std::int64_t cancel_spot_order(CallerId caller, AccountId account, std::size_t market,
                                   std::uint64_t id, std::uint64_t now);
    std::uint64_t consume_spot_events(std::size_t market, std::uint64_t limit, std::uint64_t now);
    /// Moves what is free into the deposits, paying borrows back first.
    SpotSettlement settle_spot_funds(CallerId caller, AccountId account, std::size_t market,
                                     std::uint64_t now);

    // Liquidation and bankruptcy. The liquidator's owner calls; cancelling is for anyone.

    std::uint64_t force_cancel_perp_orders(AccountId account, std::size_t market,
                                           std::uint64_t limit, std::uint64_t now);
    /// Settles the account's free funds of this market too.
    std::uint64_t force_cancel_spot_orders(AccountId account, std::size_t market,
                                           std::uint64_t limit, std::uint64_t now);
    /// Takes over at most `base_lots` of a position, with its sign.
    LiquidationReceipt liquidate_perp(CallerId caller, AccountId liquidator, AccountId account,
                                      std::size_t market, std::int64_t base_lots,
                                      std::uint64_t now);
    LiquidationReceipt liquidate_token_and_token(CallerId caller, AccountId liquidator,
                                                 AccountId account, std::uint8_t asset,
                                                 std::uint8_t liability, I80F48 max_liability,
                                                 std::uint64_t now);
    /// A token against the quote of a perp without a position: the token pays for a negative
    /// quote, or is the borrow that a positive quote pays for.
    LiquidationReceipt liquidate_token_and_perp(CallerId caller, AccountId liquidator,
                                                AccountId account, std::uint8_t token,
                                                std::size_t market, bool token_is_asset,
                                                I80F48 max_liability, std::uint64_t now);
    BankruptcyReceipt resolve_perp_bankruptcy(CallerId caller, AccountId liquidator,
                                              AccountId account, std::size_t market,
                                              I80F48 max_liability, std::uint64_t now);
    BankruptcyReceipt resolve_token_bankruptcy(CallerId caller, AccountId liquidator,
                                               AccountId account, std::uint8_t token,
                                               I80F48 max_liability, std::uint64_t now);
    /// Native quote into the insurance vault.
    void deposit_insurance(std::uint64_t amount, std::uint64_t now);

    // Settling; anyone may call.

    /// Funding of one account up to the cached accumulators; what it received, native quote.
    I80F48 settle_funding(AccountId account, std::size_t market, std::uint64_t now);
    /// Moves min(|profit|, |profit|) of two accounts with opposite signs into their deposits; the
    /// amount that left `a`'s position, native quote.
    I80F48 settle_pnl(AccountId a, AccountId b, std::size_t market, std::uint64_t now);
    /// The same against the outside counterparty, which needs `unlimited_pnl_counterparty`; a loss
    /// is limited to the deposit.
    I80F48 settle_pnl_outside(AccountId account, std::size_t market, std::uint64_t now);
    /// A losing account pays accrued fees to the fee vault; whole native units.
    std::uint64_t settle_fees(AccountId account, std::size_t market, std::uint64_t now);

    // Views on the cached state.

    /// @throws Error (InvalidPriceCache, ...) when a cache that `account` depends on is too old.
    void require_fresh(AccountId account, std::uint64_t now) const;
    [[nodiscard]] I80F48 health(AccountId account, HealthKind kind) const;
    [[nodiscard]] I80F48 equity(AccountId account) const {
        return health(account, HealthKind::equity);
    }
    [[nodiscard]] PositionValue position_value(AccountId account, std::size_t market) const;
    /// Native deposit, or minus the borrow, at the cached indices.
    [[nodiscard]] I80F48 net_balance(AccountId account, std::uint8_t token) const;

    [[nodiscard]] const Market& market(std::size_t index) const;
    [[nodiscard]] const Bank& bank(std::uint8_t token) const;
    [[nodiscard]] const MarginAccount& account(AccountId id) const;
    [[nodiscard]] const Balance& balance(AccountId account, std::uint8_t token) const;
    [[nodiscard]] const PerpAccount& perp_account(AccountId account, std::size_t market) const;
    /// The book of a market; an empty one before its first resting order.
    [[nodiscard]] const PerpBook& perp_book(std::size_t market) const;

    [[nodiscard]] const std::vector<OffBookOrder>& off_book_orders(AccountId account) const;
    [[nodiscard]] bool has_spot_market(std::size_t market) const noexcept;
    [[nodiscard]] const SpotMarket& spot_market(std::size_t market) const;
    [[nodiscard]] const OpenOrders& open_orders(AccountId account, std::size_t market) const;

    [[nodiscard]] const std::vector<Market>& markets() const noexcept { return markets_; }
    [[nodiscard]] const std::vector<Bank>& banks() const noexcept { return banks_; }
    [[nodiscard]] const std::vector<MarginAccount>& accounts() const noexcept { return accounts_; }
    [[nodiscard]] CallerId admin() const noexcept { return admin_; }
    [[nodiscard]] std::uint64_t valid_interval() const noexcept { return valid_interval_; }
    [[nodiscard]] bool enforces_health() const noexcept { return enforce_health_; }
    [[nodiscard]] bool has_unlimited_pnl_counterparty() const noexcept {
        return unlimited_pnl_counterparty_;
    }
    [[nodiscard]] const VenueLimits& limits() const noexcept { return limits_; }
    [[nodiscard]] std::uint64_t clock() const noexcept { return clock_; }
    [[nodiscard]] std::uint64_t fee_vault() const noexcept { return fee_vault_; }
    [[nodiscard]] std::uint64_t insurance_vault() const noexcept { return insurance_vault_; }
    [[nodiscard]] I80F48 outside_balance() const noexcept { return outside_balance_; }

    [[nodiscard]] VenueConfig config() const;

    /// Checks every invariant of the state; throws Error (invariant) naming the first broken one.
    void audit() const;
    /// Recomputes what is derived from the configuration; run after reading stored bytes.
    /// @throws Error (corrupt) when the stored sections do not fit each other.
    void restore();

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("admin", self.admin_);
        visit("valid_interval", self.valid_interval_);
        visit("enforce_health", self.enforce_health_);
        visit("unlimited_pnl_counterparty", self.unlimited_pnl_counterparty_);
        visit("limits", self.limits_);
        visit("clock", self.clock_);
        visit("insurance_vault", self.insurance_vault_);
        visit("fee_vault", self.fee_vault_);
        visit("outside_balance", self.outside_balance_);
        visit("markets", self.markets_);
        visit("banks", self.banks_);
        visit("accounts", self.accounts_);
        visit("balances", self.balances_);
        visit("perp_accounts", self.perp_accounts_);
        visit("perp_books", self.perp_books_);
        visit("off_book", self.off_book_);
        visit("spot_markets", self.spot_markets_);
        visit("open_orders", self.open_orders_);
    }
    friend bool operator==(const MarginVenue&, const MarginVenue&) = default;

private:
    static constexpr std::size_t nothing = ~std::size_t{0};
    [[nodiscard]] std::size_t slot_of(std::uint8_t token, const char* op) const;
    [[nodiscard]] std::size_t quote_slot() const noexcept { return banks_.size() - 1; }
    [[nodiscard]] Balance& balance_at(AccountId account, std::size_t slot) noexcept {
        return balances_[account * banks_.size() + slot];
    }
    [[nodiscard]] const Balance& balance_at(AccountId account, std::size_t slot) const noexcept {
        return balances_[account * banks_.size() + slot];
    }
    [[nodiscard]] PerpAccount& perp_at(AccountId account, std::size_t market) noexcept {
        return perp_accounts_[account * markets_.size() + market];
    }
    [[nodiscard]] const PerpAccount& perp_at(AccountId account, std::size_t market) const noexcept {
        return perp_accounts_[account * markets_.size() + market];
    }
    [[nodiscard]] const PerpBook& perp_book_at(std::size_t market) const noexcept;
    [[nodiscard]] bool is_fresh(std::uint64_t last_update, std::uint64_t now) const noexcept;

    [[nodiscard]] I80F48 native_at(AccountId account, std::size_t slot) const {
        const BankCache& cache = banks_[slot].cache;
        return net_native(balance_at(account, slot), cache.deposit_index, cache.borrow_index);
    }
    [[nodiscard]] static PositionValue value_of(const PerpAccount& position, const Market& market) {
        const PerpMarket& perp = market.perp;
        return perp_value(position, perp.config.base_lot_size, perp.config.quote_lot_size,
                          market.oracle.price, perp.cache.long_funding, perp.cache.short_funding);
    }
    /// The position with its funding settled up to the cache.
    [[nodiscard]] PerpAccount funded(AccountId account, std::size_t market) const;

    void check_clock(const char* op, std::uint64_t now) const;
    void check_account(const char* op, AccountId account) const;
    void check_market(const char* op, std::size_t market) const;
    void check_perp(const char* op, std::size_t market) const;
    void check_owner(const char* op, CallerId caller, AccountId account) const;
    void check_not_bankrupt(const char* op, AccountId account) const;
    void check_price_cache(const char* op, std::size_t market, std::uint64_t now) const;
    void check_bank_cache(const char* op, std::size_t slot, std::uint64_t now) const;
    void check_perp_cache(const char* op, std::size_t market, std::uint64_t now) const;
    /// Every cache of the account's active assets, of the named slot and market, and of the quote.
    void check_caches(const char* op, AccountId account, std::size_t named_slot,
                      std::size_t named_market, std::uint64_t now) const;
    void check_settling(const char* op, AccountId account, std::size_t market,
                        std::uint64_t now) const;
    /// Takes cash out of a scratch copy of a bank; the outside counterparty fills up the quote
    /// vault where it settles profits.
    void pay_from_vault(const char* op, Bank& bank, I80F48& outside_balance,
                        std::uint64_t amount) const;
    /// Init health before a trade; @throws Error (BeingLiquidated) for a flagged account that has
    /// not recovered. 0 where nothing will look at it.
    [[nodiscard]] I80F48 health_before(const char* op, AccountId account) const;
    /// @throws Error (InsufficientFunds) when init health is negative, and lower than before if it
    /// already was.
    void check_health_after(const char* op, AccountId account, I80F48 before) const;
    [[nodiscard]] std::int64_t order_size(AccountId account, std::size_t market,
                                          const PerpOrder& order) const;
    /// Whether an order may rest at its price, seen from the oracle.
    [[nodiscard]] bool may_rest(std::size_t market, Side side, std::int64_t price_lots) const;
    void plan_perp_order(AccountId account, std::size_t market, const PerpOrder& order,
                         std::uint64_t now, MatchPlan& plan) const;
    /// What the taker pays for a fill of `quote`, native.
    [[nodiscard]] I80F48 taker_fee(const PerpMarket& perp, I80F48 quote) const;
    void process(const PerpEvent& event, std::size_t market);
    /// Off the book and out of the account, at once.
    std::int64_t release_perp_order(std::size_t market, OrderBook::Node node) noexcept;
    std::uint64_t release_perp_orders(AccountId account, std::size_t market,
                                      std::uint64_t limit) noexcept;
    void check_canceller(const char* op, CallerId caller, AccountId account, std::size_t market,
                         std::uint64_t now) const;
    [[nodiscard]] bool must_evict(const char* op, const OrderBook& book, Side side,
                                  std::int64_t price_lots) const;

    [[nodiscard]] const OffBookOrder& off_book_order(const char* op, AccountId account,
                                                     std::uint64_t index) const;
    void check_off_book_owner(const char* op, CallerId caller, AccountId account,
                              std::uint64_t now) const;
    void check_taking(const char* op, CallerId caller, AccountId counterparty, AccountId creator,
                      std::size_t market, const OffBookOrder& order, std::uint64_t now) const;

    [[nodiscard]] std::size_t spot_slot(const char* op, std::size_t market) const;
    [[nodiscard]] OpenOrders& open_orders_at(AccountId account, std::size_t spot) noexcept {
        return open_orders_[account * spot_markets_.size() + spot];
    }
    [[nodiscard]] const OpenOrders& open_orders_at(AccountId account,
                                                   std::size_t spot) const noexcept {
        return open_orders_[account * spot_markets_.size() + spot];
    }
    void check_spot_trader(const char* op, CallerId caller, AccountId account, std::size_t spot,
                           std::uint64_t now) const;
    [[nodiscard]] bool reduces(AccountId account, std::size_t slot, std::size_t spot, Side side,
                               std::uint64_t base) const;
    [[nodiscard]] bool spot_may_rest(const SpotMarket& spot, std::size_t slot, Side side,
                                     std::int64_t price_lots) const;
    SpotOrderReceipt carry_out(SpotMarket& at, const SpotOrder& order, AccountId account,
                               const SpotPlan& plan, bool evicts) noexcept;
    std::int64_t release_spot_order(std::size_t spot, OrderBook::Node node);
    std::uint64_t release_spot_orders(AccountId account, std::size_t spot, std::uint64_t limit);
    void process(const SpotEvent& event, std::size_t spot);
    SpotSettlement settle_spot(AccountId account, std::size_t spot);
    [[nodiscard]] PositionValue spot_value_with_orders(AccountId account, std::size_t slot) const;

    void check_liquidator(const char* op, CallerId caller, AccountId liquidator, AccountId account,
                          std::uint64_t now) const;
    void check_no_perp_orders(const char* op, AccountId account) const;
    void check_liquidator_health(const char* op, AccountId liquidator) const;
    [[nodiscard]] Rescue begin_rescue(const char* op, AccountId account) const;
    LiquidationReceipt end_rescue(AccountId account, std::uint64_t now);
    [[nodiscard]] MarginAccount flags_after_rescue(AccountId account) const;
    [[nodiscard]] bool has_nothing_left(AccountId account) const;
    [[nodiscard]] LiquidationSide token_side(std::size_t slot, bool is_asset) const;
    void check_resolving(const char* op, CallerId caller, AccountId liquidator, AccountId account,
                         std::uint64_t now) const;
    [[nodiscard]] bool is_free_of_debt(AccountId account) const;

    void derive_weights();
    void audit_orders() const;
    void audit_off_book() const;
    void audit_spot(std::size_t spot) const;
    void audit_bank(std::size_t slot) const;
    void audit_market(std::size_t index) const;

    CallerId admin_ = 0;
    std::uint64_t valid_interval_ = 0;
    bool enforce_health_ = true;
    bool unlimited_pnl_counterparty_ = false;
    VenueLimits limits_;
    std::uint64_t clock_ = 0;
    std::uint64_t insurance_vault_ = 0;  ///< native quote
    std::uint64_t fee_vault_ = 0;        ///< native quote
    /// Native quote that the outside counterparty has in the quote vault; negative when it owes.
    I80F48 outside_balance_;
    std::vector<Market> markets_;
    std::vector<Bank> banks_;  ///< rising token index, the quote last
    std::vector<MarginAccount> accounts_;
    std::vector<Balance> balances_;           ///< account-major, one per bank
    std::vector<PerpAccount> perp_accounts_;  ///< account-major, one per market
    /// One per market, or none before the first order rests: fills at quotes never pay for them.
    std::vector<PerpBook> perp_books_;
    std::map<AccountId, std::vector<OffBookOrder>> off_book_;  ///< accounts that have any
    std::vector<SpotMarket> spot_markets_;                     ///< rising market index
    std::vector<OpenOrders> open_orders_;  ///< account-major, one per spot market
};

}  // namespace voltcore::venues
