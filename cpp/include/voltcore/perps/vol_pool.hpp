#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "voltcore/perps/liquidity.hpp"
#include "voltcore/perps/vol_receipts.hpp"
#include "voltcore/perps/vol_records.hpp"

namespace voltcore::perps {

using VolTradeReceipt = std::variant<VolIncreaseReceipt, VolDecreaseReceipt>;

/// Imperial's VolPerp pool as one plain value: positions on volatility against LPs. Spec 7, 8.
///
/// Every mutating operation names its caller and the clock; it does what it says or throws one
/// Error and changes nothing. All stables have 6 decimals and count as 1 USD.
class VolPool {
public:
    VolPool() = default;
    explicit VolPool(const VolConfig& config, std::int64_t now = 0);

    /// Publishes the volatilities given; each has its own time.
    void set_oracle(CallerId caller, VolWindow window, std::optional<std::int32_t> implied,
                    std::optional<std::int32_t> realized, std::int64_t now);
    void set_permissions(CallerId caller, std::size_t custody, const VolPermissions& permissions,
                         std::int64_t now);
    void propose_admin(CallerId caller, CallerId next, std::int64_t now) {
        governance_.propose_admin(caller, next, now);
    }
    void accept_admin(CallerId caller, std::int64_t now) { governance_.accept_admin(caller, now); }

    /// A gift to the insurance account; anyone may.
    void fund_insurance(CallerId caller, std::size_t custody, std::uint64_t amount,
                        std::int64_t now);
    VolDepositReceipt deposit(CallerId caller, std::size_t custody, std::uint64_t amount,
                              std::uint64_t min_lp, std::int64_t now);
    /// `amount` of the receipt is net of the fee.
    VolDepositReceipt withdraw(CallerId caller, std::size_t custody, std::uint64_t lp,
                               std::uint64_t min_amount, std::int64_t now);
    /// Fee reserves into base; the admin.
    std::uint64_t clear_fee_reserves(CallerId caller, std::size_t custody, std::int64_t now);

    VolIncreaseReceipt increase(CallerId caller, const VolKey& key, const VolOrder& order,
                                std::int64_t now);
    VolDecreaseReceipt decrease(CallerId caller, const VolKey& key, const VolOrder& order,
                                std::int64_t now);
    VolLiquidationReceipt liquidate(CallerId caller, const VolKey& key, std::int64_t now);

    void create_request(CallerId caller, const VolKey& key, VolAction action, const VolOrder& order,
                        std::int64_t now);
    VolTradeReceipt execute_request(CallerId caller, const VolKey& key, std::int64_t now);
    /// The escrow that goes back. The owner, or the crank.
    std::uint64_t cancel_request(CallerId caller, const VolKey& key, std::int64_t now);

    // Views.

    /// Sum of base over the custodies: what LP tokens are priced on.
    [[nodiscard]] std::uint64_t pool_value() const;
    /// pool_value less the open positions' profits plus their losses within their collateral.
    [[nodiscard]] i128 mark_to_market(std::int64_t now) const;
    [[nodiscard]] std::int32_t value_of(VolWindow window, std::int64_t now) const;
    [[nodiscard]] VolHealth health(const VolKey& key, std::int64_t now) const;
    /// What a liquidator may close now, in the order of the keys.
    [[nodiscard]] std::vector<VolKey> liquidatable(std::int64_t now) const;

    [[nodiscard]] std::size_t index_of(std::string_view name) const;
    [[nodiscard]] const VolSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] const std::vector<VolCustodyConfig>& configs() const noexcept { return configs_; }
    [[nodiscard]] const std::vector<VolCustody>& custodies() const noexcept { return custodies_; }
    [[nodiscard]] const std::map<VolKey, VolPosition>& positions() const noexcept {
        return positions_;
    }
    [[nodiscard]] const LpHolders& lp() const noexcept { return lp_; }
    [[nodiscard]] std::uint64_t lp_inventory() const noexcept {
        return settings_.lp_inventory - lp_.total();
    }
    [[nodiscard]] std::uint64_t realized_fee_usd() const noexcept { return realized_fee_usd_; }
    [[nodiscard]] std::int64_t clock() const noexcept { return governance_.clock(); }

    void audit() const;

    template <class Self, class Visit>
    static void each_field(Self& self, Visit&& visit) {
        visit("governance", self.governance_);
        visit("settings", self.settings_);
        visit("limit", self.limit_);
        visit("fees", self.fees_);
        visit("configs", self.configs_);
        visit("oracle", self.oracle_);
        visit("custodies", self.custodies_);
        visit("realized_fee_usd", self.realized_fee_usd_);
        visit("lp", self.lp_);
        visit("positions", self.positions_);
        visit("requests", self.requests_);
    }
    friend bool operator==(const VolPool&, const VolPool&) = default;

private:
    using Flag = bool VolPermissions::*;

    void check_custody(const char* op, std::size_t custody) const;
    void check_key(const char* op, const VolKey& key) const;
    void check_flag(const char* op, std::size_t custody, Flag flag) const;
    static void check_slippage(const char* op, Side side, bool increase, const VolOrder& order,
                               std::int32_t value);
    [[nodiscard]] PoolLimit limit_of(std::size_t custody) const;
    void accrue(VolCustody& custody, std::int64_t now) const;
    void rate(std::size_t index, VolCustody& custody) const;
    [[nodiscard]] VolExposure exposure(const VolKey& key, const VolPosition& position,
                                       std::uint64_t cumulative) const;
    [[nodiscard]] VolExposure exposure(const VolKey& key, const VolPosition& position,
                                       std::uint64_t cumulative, const PoolLimit& limit) const;
    /// Splits a fee: the protocol's part leaves, the rest goes to the reserves.
    std::uint64_t take_fee(VolCustody& custody, std::uint64_t fee,
                           std::uint64_t& realized_fee_usd) const;
    [[nodiscard]] VolWaterfall pay_profit(VolCustody& custody, std::uint64_t profit,
                                          std::uint64_t lock, std::uint64_t size) const;
    VolIncreaseReceipt apply_increase(const char* op, const VolKey& key, const VolOrder& order,
                                      std::int64_t now);
    VolDecreaseReceipt apply_decrease(const char* op, const VolKey& key, const VolOrder& order,
                                      std::int64_t now);

    Governance governance_;
    VolSettings settings_;
    PoolLimit limit_;
    VolFees fees_;
    std::vector<VolCustodyConfig> configs_;
    std::array<VolQuote, vol_windows> oracle_{};
    std::vector<VolCustody> custodies_;
    std::uint64_t realized_fee_usd_ = 0;
    LpHolders lp_;
    std::map<VolKey, VolPosition> positions_;
    std::map<VolKey, VolRequest> requests_;
};

}  // namespace voltcore::perps
