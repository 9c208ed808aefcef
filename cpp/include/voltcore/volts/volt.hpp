#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "voltcore/math/i80f48.hpp"
#include "voltcore/venues/margin_venue.hpp"
#include "voltcore/volts/config.hpp"
#include "voltcore/volts/execution.hpp"
#include "voltcore/volts/operations.hpp"
#include "voltcore/volts/receipts.hpp"
#include "voltcore/volts/records.hpp"
#include "voltcore/volts/scratch.hpp"
#include "voltcore/volts/shares.hpp"
#include "voltcore/volts/stage.hpp"

namespace voltcore::volts {

using venues::CallerId;

/// Owner of a volt's margin account: the volt itself. Nobody may call under this id.
inline constexpr CallerId volt_authority = ~CallerId{0};

/// Why a volt should be rebalanced; the first that fires, in this order.
enum class Trigger : std::uint8_t {
    none,
    epoch_end,
    collateral_ratio,
    leverage,
    pending_flows,
    hedge_drift
};

struct TriggerReport {
    Trigger trigger = Trigger::none;
    /// Only the hedge leg is redone, inside the epoch: `rehedge` instead of the twelve steps.
    bool hedge_only = false;
};

/// What a volt owns, and how it is exposed, at oracle prices.
struct Exposure {
    I80F48 equity;           ///< of the margin account
    I80F48 target_notional;  ///< |lots| * base_lot * price of the target leg
    I80F48 target_delta;     ///< native base of the underlying
    I80F48 net_delta;        ///< with the hedge
};

/// Volt #03 (crab) or #04 (basis yield) with the margin venue it trades on, as one plain value.
///
/// Every operation names its caller and the clock; it does what it says or throws one Error and
/// changes nothing, neither in the volt nor in the venue. Amounts are native units of the deposit
/// token, shares are native units of the volt token.
class Volt {
public:
    Volt() = default;
    /// Opens the volt's margin account on `venue`.
    Volt(const VoltConfig& config, venues::MarginVenue venue, std::uint64_t now);

    /// Money from outside the model into a user's wallet; opens his account if he has none.
    void credit_wallet(CallerId user, std::uint64_t amount);

    // Users: volt_users.cpp.
    TransferReceipt deposit(CallerId caller, std::uint64_t amount, std::uint64_t now);
    TransferReceipt withdraw(CallerId caller, std::uint64_t shares, std::uint64_t now);
    std::uint64_t cancel_pending_deposit(CallerId caller, std::uint64_t now);
    std::uint64_t cancel_pending_withdrawal(CallerId caller, std::uint64_t now);
    std::uint64_t claim_pending_deposit(CallerId caller, std::uint64_t now);
    std::uint64_t claim_pending_withdrawal(CallerId caller, std::uint64_t now);
    TransferReceipt deposit_with_claim(CallerId caller, std::uint64_t amount, std::uint64_t now);
    TransferReceipt withdraw_with_claim(CallerId caller, std::uint64_t shares, std::uint64_t now);

    // The cycle: volt_cranks.cpp.
    FeesReceipt take_performance_fees(CallerId caller, std::uint64_t now);
    /// `expected_oracle_price` is of the linear underlying; `mark_price` of the target market is
    /// needed when sizes follow the mark.
    SetupReceipt setup_rebalance(CallerId caller, std::uint64_t now,
                                 std::optional<I80F48> expected_oracle_price = {},
                                 std::optional<I80F48> mark_price = {});
    EndRoundReceipt end_round(CallerId caller, std::uint64_t now, bool bypass = false);
    std::uint64_t take_pending_withdrawal_fees(CallerId caller, std::uint64_t now);
    /// Returns A, the assets that the epoch starts with.
    std::uint64_t start_round(CallerId caller, std::uint64_t now);

    // The legs: volt_rebalance.cpp. Prices in quote lots per base lot.
    RebalanceReceipt rebalance_target(CallerId caller, std::uint64_t now,
                                      std::int64_t limit_price_lots,
                                      std::optional<std::uint64_t> max_quote,
                                      const Execution& execution, bool off_book = false);
    /// An off-book order for the whole rest of the target leg, to one named counterparty. While it
    /// is open nothing else trades the leg; taken, the next rebalance_target finds the position.
    OffBookReceipt setup_rebalance_off_book(CallerId caller, venues::AccountId counterparty,
                                            std::int64_t price_lots, std::uint64_t expires,
                                            std::uint64_t now);
    void cancel_rebalance_off_book(CallerId caller, std::uint64_t now);
    /// Whether such an order is open: the original's otc_setup_rebalance_block.
    [[nodiscard]] bool has_open_off_book_order(std::uint64_t now) const;
    RebalanceReceipt rebalance_hedge(CallerId caller, std::uint64_t now,
                                     std::int64_t limit_price_lots,
                                     std::optional<std::uint64_t> max_quote,
                                     const Execution& execution);
    /// The hedge leg alone, inside the epoch: no fee, no flows, no new round.
    RebalanceReceipt rehedge(CallerId caller, std::uint64_t now, std::int64_t limit_price_lots,
                             std::optional<std::uint64_t> max_quote, const Execution& execution);
    void init_spot_open_orders(CallerId caller, std::uint64_t now);
    RebalanceReceipt rebalance_spot(CallerId caller, std::uint64_t now,
                                    std::int64_t limit_price_lots,
                                    std::optional<std::uint64_t> max_quote,
                                    const Execution& execution);
    void reset_rebalancing(CallerId caller, bool only_hedge, std::uint64_t now);

    // The admin: volt_admin.cpp.
    void set_strategy_params(CallerId caller, const StrategyParams& params, std::uint64_t now);
    void change_fees(CallerId caller, const FeeSettings& fees, std::uint64_t now);
    void change_capacity(CallerId caller, std::uint64_t capacity, std::uint64_t individual_capacity,
                         std::uint64_t now);
    void set_permissionless_cranks(CallerId caller, bool on, std::uint64_t now);
    void turn_off_deposits_and_withdrawals(CallerId caller, bool off, std::uint64_t now);
    void propose_admin(CallerId caller, CallerId heir, std::uint64_t now);
    void accept_admin(CallerId caller, std::uint64_t now);

    // Readings: volt_views.cpp.

    /// A: floor(equity) + deposit_pool; the deposit token is the venue's quote, whose price is 1.
    /// @throws Error (AccountEquityLessThanZero, InvalidPriceCache, ...).
    [[nodiscard]] std::uint64_t assets(std::uint64_t now) const;
    /// S: the mint's supply, and W from StartRound to EndRound: burned shares own until then.
    [[nodiscard]] std::uint64_t shares_outstanding() const;
    /// No value from SetupRebalance to EndRound, where A already holds D and S not yet M.
    [[nodiscard]] std::optional<SharePrice> share_price(std::uint64_t now) const;
    /// A with the target perp and the hedge at their own market's prices; never used for shares or
    /// fees. Signed.
    [[nodiscard]] math::i128 nav_at_mark(I80F48 target_mark, I80F48 hedge_mark) const;
    [[nodiscard]] Exposure exposure() const;
    /// CR at oracle prices in basis points; no value without a position.
    [[nodiscard]] std::optional<std::int64_t> collateral_ratio_bps() const;
    /// Hedge lots that make the book delta neutral now (mode `delta`), or those of mode `ratio`.
    [[nodiscard]] std::int64_t hedge_target_lots() const;
    /// The first trigger that fires; none outside ACTIVE. `daily_volume` is the venue's trailing
    /// 24 h volume of the target perp in native quote; without it the fourth is skipped.
    [[nodiscard]] TriggerReport check_triggers(
        std::uint64_t now, std::optional<std::uint64_t> daily_volume = {}) const;

    [[nodiscard]] Stage stage() const noexcept { return stage_; }
    [[nodiscard]] std::uint64_t round_number() const noexcept { return round_number_; }
    [[nodiscard]] std::uint64_t supply() const noexcept { return supply_; }
    [[nodiscard]] std::uint64_t deposit_pool() const noexcept { return deposit_pool_; }
    [[nodiscard]] std::uint64_t fee_account() const noexcept { return fee_account_; }
    [[nodiscard]] std::uint64_t clock() const noexcept { return clock_; }
    [[nodiscard]] CallerId admin() const noexcept { return config_.admin; }
    [[nodiscard]] const VoltConfig& config() const noexcept { return config_; }
    [[nodiscard]] const EntropyRound& entropy_round() const noexcept { return entropy_round_; }
    [[nodiscard]] const EpochInfo& epoch_info() const noexcept { return epoch_; }
    [[nodiscard]] const std::vector<EpochInfo>& finished_epochs() const noexcept { return epochs_; }
    [[nodiscard]] const std::vector<Round>& rounds() const noexcept { return rounds_; }
    [[nodiscard]] const std::vector<UserAccount>& users() const noexcept { return users_; }
    /// An account with nothing in it for a user who has none.
    [[nodiscard]] UserAccount user(CallerId id) const;
    [[nodiscard]] venues::AccountId margin_account() const noexcept { return margin_account_; }
    [[nodiscard]] const venues::MarginVenue& venue() const noexcept { return venue_; }
    /// For keepers (prices, funding, caches, other accounts). Nobody can act as the volt there.
    [[nodiscard]] venues::MarginVenue& venue() noexcept { return venue_; }

    /// Checks every invariant of the volt and of its venue; throws Error (invariant).
    void audit() const;
    /// Recomputes what is derived; run after reading stored bytes.
    void restore();

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("config", self.config_);
        visit("pending_admin", self.pending_admin_);
        visit("stage", self.stage_);
        visit("clock", self.clock_);
        visit("round_number", self.round_number_);
        visit("epoch_start", self.epoch_start_);
        visit("supply", self.supply_);
        visit("deposit_pool", self.deposit_pool_);
        visit("fee_account", self.fee_account_);
        visit("margin_account", self.margin_account_);
        visit("spot_open_orders", self.spot_open_orders_);
        visit("credited_from_outside", self.credited_from_outside_);
        visit("moved_to_venue", self.moved_to_venue_);
        visit("moved_from_venue", self.moved_from_venue_);
        visit("entropy_round", self.entropy_round_);
        visit("epoch", self.epoch_);
        visit("users", self.users_);
        visit("rounds", self.rounds_);
        visit("epochs", self.epochs_);
        visit("venue", self.venue_);
    }
    friend bool operator==(const Volt&, const Volt&) = default;

private:
    class VenueUndo;

    void check_clock(const OperationRow& row, std::uint64_t now) const;
    void check_caller(const OperationRow& row, CallerId caller) const;
    void check_stage(const OperationRow& row) const;
    /// Caller, then stage, then clock.
    void begin(const OperationRow& row, CallerId caller, std::uint64_t now) const;
    void check_transfers_on(const OperationRow& row) const;
    /// What a deposit and a withdrawal check first.
    void begin_transfer(const OperationRow& row, std::uint64_t amount, const char* field,
                        const char* onchain, std::uint64_t now) const;
    void check_limit_price(const char* op, CallerId caller, std::size_t market, std::int64_t lots,
                           std::int64_t limit_price_lots, bool always) const;

    /// The volt's created off-book order, expired or not; it never has two.
    [[nodiscard]] std::optional<std::uint64_t> off_book_order() const;
    void check_no_off_book_order(const char* op, std::uint64_t now) const;
    [[nodiscard]] UserAccount* find(CallerId id) noexcept;
    [[nodiscard]] const UserAccount* find(CallerId id) const noexcept;
    [[nodiscard]] Round* round_of(std::uint64_t number) noexcept;
    /// The present round; there is one from the first StartRound on.
    [[nodiscard]] Round& round() noexcept { return rounds_.back(); }
    [[nodiscard]] const Round& round() const noexcept { return rounds_.back(); }

    [[nodiscard]] I80F48 equity(std::uint64_t now) const;
    /// A of a margin account worth `equity`.
    [[nodiscard]] std::uint64_t assets_from(const char* op, I80F48 equity) const;
    [[nodiscard]] std::uint64_t assets_for(const char* op, std::uint64_t now) const {
        return assets_from(op, equity(now));
    }
    [[nodiscard]] const venues::Market& market_of(std::size_t index) const {
        return venue_.markets()[index];
    }
    [[nodiscard]] std::int64_t position(std::size_t market) const;
    [[nodiscard]] I80F48 delta_of(std::size_t market, std::int64_t lots) const;
    [[nodiscard]] std::int64_t hedge_target_lots(I80F48 equity) const;
    /// Whether the venue has a token to hedge with.
    [[nodiscard]] bool has_spot() const noexcept;
    /// Native base of the hedge: the other perp's, or what is held of the token.
    [[nodiscard]] I80F48 hedge_delta(bool spot) const;
    /// Signed lots from what the hedge is to what it should be.
    [[nodiscard]] std::int64_t missing_hedge_lots(I80F48 sizing_equity, bool spot) const;

    TransferReceipt deposit_checked(const OperationRow& row, CallerId caller, std::uint64_t amount,
                                    std::uint64_t now, std::uint64_t claimed);
    TransferReceipt withdraw_checked(const OperationRow& row, CallerId caller, std::uint64_t shares,
                                     std::uint64_t now, std::uint64_t claimed);
    using Claim = std::uint64_t (Volt::*)(CallerId, std::uint64_t);
    using Move = TransferReceipt (Volt::*)(const OperationRow&, CallerId, std::uint64_t,
                                           std::uint64_t, std::uint64_t);
    /// Claims an older request if there is one, then moves; both or nothing.
    TransferReceipt claim_then_move(const OperationRow& row, CallerId caller, std::uint64_t amount,
                                    std::uint64_t now, PendingRecord UserAccount::* record,
                                    Claim claim, Move move);
    void settle_legs(std::uint64_t now);
    RebalanceReceipt trade_hedge(const OperationRow& row, CallerId caller, std::uint64_t now,
                                 std::int64_t limit_price_lots,
                                 std::optional<std::uint64_t> max_quote, const Execution& execution,
                                 I80F48 sizing_equity, bool spot);

    VoltConfig config_;
    CallerId pending_admin_ = 0;
    Stage stage_ = Stage::between;
    std::uint64_t clock_ = 0;
    std::uint64_t round_number_ = 0;  ///< 0 before the first round
    std::uint64_t epoch_start_ = 0;   ///< time of the last StartRound
    std::uint64_t supply_ = 0;        ///< of the share mint, unclaimed shares included
    std::uint64_t deposit_pool_ = 0;  ///< native underlying outside the venue
    std::uint64_t fee_account_ = 0;   ///< native underlying
    venues::AccountId margin_account_ = 0;
    bool spot_open_orders_ = false;
    math::u128 credited_from_outside_ = 0;
    math::u128 moved_to_venue_ = 0;
    math::u128 moved_from_venue_ = 0;
    EntropyRound entropy_round_;
    EpochInfo epoch_;
    std::vector<UserAccount> users_;  ///< rising id
    std::vector<Round> rounds_;       ///< rising number, the present one last
    std::vector<EpochInfo> epochs_;   ///< finished ones, if history is kept
    venues::MarginVenue venue_;
    Scratch<venues::MarginVenue> before_;  ///< of the steps of one crank; no part of the value
};

}  // namespace voltcore::volts
