#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "voltcore/irs/irs_state.hpp"
#include "voltcore/irs/margin_calculator.hpp"
#include "voltcore/irs/rate_oracle.hpp"

namespace voltcore::irs {

struct GrowthInside {
    I256 fixed_token_growth_x128{};
    I256 variable_token_growth_x128{};
    U256 fee_growth_x128{};
};

/// What a swap moves, seen by the trader: a fixed taker ends with fixed tokens > 0 and variable
/// tokens < 0.
struct SwapReceipt {
    I256 fixed_token_delta{};
    I256 variable_token_delta{};
    U256 cumulative_fee{};
    I256 fixed_token_delta_unbalanced{};
    U256 margin_requirement{};
};

struct OracleSetup {
    OracleKind kind{};
    std::vector<std::uint32_t> times;
    std::vector<U256> values;
    U256 rate_ray{};
    std::uint32_t report_timestamp{};
};

/// An interest-rate-swap market as one value: the vAMM, the margin engine, the rate oracle, the
/// fully-collateralised module and the token balances of everyone who trades there.
/// Source: Voltz VAMM.sol, MarginEngine.sol, AaveFCM.sol of both revisions.
///
/// Every operation names its caller and the time (whole seconds, never backwards). It does what it
/// says or throws Error and leaves everything as it was, oracle and caches included.
class IrsPool {
public:
    IrsPool() = default;
    IrsPool(const PoolConfig& config, const OracleSetup& oracle, std::uint32_t now);

    [[nodiscard]] const PoolConfig& config() const noexcept { return config_; }
    [[nodiscard]] const VammState& vamm() const noexcept { return scalars_.vamm; }
    [[nodiscard]] const EngineState& margin_engine() const noexcept { return scalars_.engine; }
    [[nodiscard]] const ModuleState& module_state() const noexcept { return scalars_.module; }
    [[nodiscard]] const RateOracle& rate_oracle() const noexcept { return oracle_; }
    [[nodiscard]] const amm::TickBitmap& bitmap() const noexcept { return bitmap_; }
    [[nodiscard]] const amm::JournaledMap<std::int32_t, RateTick>& ticks() const noexcept {
        return ticks_;
    }
    [[nodiscard]] const amm::JournaledMap<PositionKey, Position>& positions() const noexcept {
        return positions_;
    }
    [[nodiscard]] std::uint32_t now() const noexcept { return scalars_.now; }
    [[nodiscard]] U256 balance_of(AccountId account) const { return balances_.get(account); }
    /// Yield tokens at the present index.
    [[nodiscard]] U256 yield_balance_of(AccountId account) const;
    [[nodiscard]] ModuleTrader module_trader(AccountId account) const {
        return traders_.get(account);
    }
    [[nodiscard]] bool is_approved(AccountId owner, AccountId integration) const;

    // The world around the contracts.

    /// What the source of the index reports from `now` on.
    void set_rate(std::uint32_t now, const U256& rate_ray, std::uint32_t report_timestamp);
    /// New underlying tokens for an account.
    void fund(AccountId account, const U256& amount);
    /// Yield tokens for an account, `amount` at the present index.
    void fund_yield_tokens(AccountId account, const U256& amount);
    void fund_yield_reserve(const U256& amount);

    // Settings; the owner's unless said otherwise.

    void set_margin_calculator_parameters(AccountId caller, std::uint32_t now,
                                          const MarginParameters& parameters);
    void set_lookback_window_in_seconds(AccountId caller, std::uint32_t now, const U256& seconds);
    void set_cache_max_age_in_seconds(AccountId caller, std::uint32_t now, const U256& seconds);
    void set_liquidator_reward(AccountId caller, std::uint32_t now, const U256& reward_wad);
    void set_fee(AccountId caller, std::uint32_t now, const U256& fee_wad);
    void set_fee_protocol(AccountId caller, std::uint32_t now, std::uint8_t fee_protocol);
    void set_is_alpha(AccountId caller, std::uint32_t now, bool is_alpha);
    void set_is_alpha_margin_engine(AccountId caller, std::uint32_t now, bool is_alpha);
    void set_maturity_buffer(AccountId caller, std::uint32_t now, const U256& buffer_wad);
    void set_min_seconds_since_last_update(AccountId caller, std::uint32_t now,
                                           const U256& seconds);
    void change_pauser(AccountId caller, std::uint32_t now, AccountId account, bool permission);
    /// By a pauser.
    void set_pausability(AccountId caller, std::uint32_t now, bool paused);
    /// By anyone, for itself.
    void set_approval(AccountId caller, std::uint32_t now, AccountId integration, bool allow);
    /// By anyone.
    void increase_observation_cardinality_next(AccountId caller, std::uint32_t now,
                                               std::uint16_t next);
    void write_oracle_entry(AccountId caller, std::uint32_t now);

    // The vAMM.

    void initialize_vamm(AccountId caller, std::uint32_t now, const U256& sqrt_price_x96);
    /// The initial margin requirement.
    U256 mint(AccountId caller, std::uint32_t now, const PositionKey& position, u128 amount);
    U256 burn(AccountId caller, std::uint32_t now, const PositionKey& position, u128 amount);
    SwapReceipt swap(AccountId caller, std::uint32_t now, const PositionKey& position,
                     const I256& amount_specified, const U256& sqrt_price_limit_x96);
    [[nodiscard]] GrowthInside compute_growth_inside(std::int32_t tick_lower,
                                                     std::int32_t tick_upper) const;
    void update_protocol_fees(AccountId caller, std::uint32_t now, const U256& amount);

    // The margin engine.

    void update_position_margin(AccountId caller, std::uint32_t now, const PositionKey& position,
                                const I256& margin_delta);
    void settle_position(AccountId caller, std::uint32_t now, const PositionKey& position);
    /// The liquidator's reward.
    U256 liquidate_position(AccountId caller, std::uint32_t now, const PositionKey& position);
    /// The position after a refresh, which stays.
    Position get_position(AccountId caller, std::uint32_t now, const PositionKey& position);
    U256 get_position_margin_requirement(AccountId caller, std::uint32_t now,
                                         const PositionKey& position, bool is_lm);
    U256 get_historical_apy(AccountId caller, std::uint32_t now);
    void collect_protocol(AccountId caller, std::uint32_t now, AccountId recipient,
                          const U256& amount);
    void transfer_margin_to_fcm_trader(AccountId caller, std::uint32_t now, AccountId account,
                                       const U256& amount);
    U256 variable_factor(AccountId caller, std::uint32_t now);

    // The fully-collateralised module; the caller is the trader.

    SwapReceipt initiate_fully_collateralised_fixed_taker_swap(AccountId caller, std::uint32_t now,
                                                               const U256& notional,
                                                               const U256& sqrt_price_limit_x96);
    SwapReceipt unwind_fully_collateralised_fixed_taker_swap(AccountId caller, std::uint32_t now,
                                                             const U256& notional_to_unwind,
                                                             const U256& sqrt_price_limit_x96);
    I256 settle_trader(AccountId caller, std::uint32_t now);

    /// Becomes a copy of `other`; what it has found out about times that come again is kept.
    void restart(const IrsPool& other);

    /// Throws InvariantError for the first invariant that does not hold.
    void audit() const;

    friend bool operator==(const IrsPool& a, const IrsPool& b) {
        return a.config_ == b.config_ && a.scalars_ == b.scalars_ && a.oracle_ == b.oracle_ &&
               a.ticks_ == b.ticks_ && a.bitmap_ == b.bitmap_ && a.positions_ == b.positions_ &&
               a.balances_ == b.balances_ && a.yield_ == b.yield_ && a.approvals_ == b.approvals_ &&
               a.pausers_ == b.pausers_ && a.traders_ == b.traders_;
    }

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("config", self.config_);
        visit("scalars", self.scalars_);
        visit("oracle", self.oracle_);
        visit("ticks", self.ticks_);
        visit("bitmap", self.bitmap_);
        visit("positions", self.positions_);
        visit("balances", self.balances_);
        visit("yield_balances", self.yield_);
        visit("approvals", self.approvals_);
        visit("pausers", self.pausers_);
        visit("module_traders", self.traders_);
    }

private:
    class Transaction;
    class Reading;
    class EngineInputs;
    enum class Role : std::uint8_t { account, margin_engine, module };

    /// Everything that is small enough to be copied before an operation.
    struct Scalars {
        std::uint32_t now{};
        VammState vamm{};
        EngineState engine{};
        ModuleState module{};

        friend bool operator==(const Scalars&, const Scalars&) = default;
        template <class Self, class Visit>
        static void each_field(Self& self, Visit&& visit) {
            visit("now", self.now);
            visit("vamm", self.vamm);
            visit("margin_engine", self.engine);
            visit("module", self.module);
        }
    };

    [[nodiscard]] const RevisionRules& rules() const noexcept { return rules_of(config_.revision); }
    [[nodiscard]] U256 now_wad() const noexcept { return seconds_wad(scalars_.now); }
    /// Refuses a caller that cannot be one, and a clock that runs backwards; else it is `now`.
    void enter(AccountId caller, std::uint32_t now, std::string_view op);
    /// What was found out about requirements and growth may no longer hold.
    void disturb() noexcept;
    void require_owner(AccountId caller, std::string_view op) const;
    void require_unpaused(bool paused, std::string_view op) const;
    [[nodiscard]] bool is_near_maturity() const;
    [[nodiscard]] bool is_sender_or_approved(AccountId sender, AccountId owner) const;

    // vAMM, irs_vamm.cpp and irs_swap.cpp.
    [[nodiscard]] Moment& moment();
    U256 update_position(Role role, const PositionKey& key, i128 change);
    bool update_tick(std::int32_t tick, i128 change, bool upper);
    void flip_tick(std::int32_t tick);
    void burn_liquidity(Role role, AccountId sender, const PositionKey& key, u128 amount);
    SwapReceipt run_swap(Role role, AccountId sender, const PositionKey& key,
                         const I256& amount_specified, const U256& sqrt_price_limit_x96);

    // Margin engine, irs_margin_engine.cpp.
    [[nodiscard]] const GrowthInside& growth_inside(std::int32_t tick_lower,
                                                    std::int32_t tick_upper);
    Position& refreshed(const PositionKey& key, bool is_mint_burn);
    /// The same for who only looks: nothing is made, and nothing is written of what stays.
    const Position& refreshed_to_read(const PositionKey& key);
    void drop_empty(const PositionKey& key);
    void drop_empty(const PositionKey& key, const Position& position);
    [[nodiscard]] U256 requirement_of(const PositionKey& key, const Position& position, bool is_lm);
    [[nodiscard]] U256 historical_apy();
    void refresh_historical_apy();
    U256 after_mint_burn(const PositionKey& key, i128 change);
    U256 after_swap(const PositionKey& key, const SwapReceipt& receipt);
    [[nodiscard]] bool is_unwind(const I256& balance, const I256& change) const;
    static void apply_swap(Position& position, const SwapReceipt& receipt);
    void check_withdrawal(const PositionKey& key, const Position& position);

    // Tokens, irs_tokens.cpp and irs_module.cpp.
    void pull(AccountId account, const U256& amount);
    void pay(AccountId account, const U256& amount);
    void transfer_margin(AccountId account, const U256& amount);
    void module_covers(AccountId account, const U256& amount);
    void pull_yield_tokens(AccountId account, const U256& amount);
    void pay_yield_tokens(AccountId account, const U256& amount);
    [[nodiscard]] U256 index_ray() const noexcept {
        return oracle_.last_updated(scalars_.now).rate_ray;
    }
    [[nodiscard]] PositionKey module_position() const noexcept;
    void require_module(std::string_view op) const;
    void require_module_margin(const ModuleTrader& trader);

    // irs_audit.cpp.
    void audit_config() const;
    void audit_ticks() const;
    void audit_positions() const;

    PoolConfig config_{};
    Scalars scalars_{};
    RateOracle oracle_{};
    amm::JournaledMap<std::int32_t, RateTick> ticks_;
    amm::TickBitmap bitmap_;
    amm::JournaledMap<PositionKey, Position> positions_;
    amm::JournaledMap<AccountId, U256> balances_;
    amm::JournaledMap<AccountId, U256> yield_;
    amm::JournaledMap<ApprovalKey, std::uint8_t> approvals_;
    amm::JournaledMap<AccountId, std::uint8_t> pausers_;
    amm::JournaledMap<AccountId, ModuleTrader> traders_;
    std::vector<std::int32_t> flips_;  ///< of this operation
    // What can be calculated again at any time; no part of the value.
    amm::SwapScratch scratch_;
    MarginMemory memory_;
    /// The growth inside the last range asked for, until something is disturbed.
    struct KnownInside {
        std::int32_t tick_lower;
        std::int32_t tick_upper;
        GrowthInside growth;
    };
    std::optional<KnownInside> inside_;
};

}  // namespace voltcore::irs
